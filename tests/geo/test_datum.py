"""Datum conversion: published values, exact inverses, arrays of any shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datum import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

LON, LAT = st.floats(73.5, 134.5), st.floats(4.0, 53.5)
METRES = 111_320.0


def test_published_values() -> None:
    assert np.allclose(wgs84_to_gcj02(116.404, 39.915), (116.41024449916938, 39.91640428150164), rtol=0, atol=1e-9)
    assert np.allclose(gcj02_to_bd09(116.404, 39.915), (116.41036949371029, 39.92133699351021), rtol=0, atol=1e-9)


@settings(max_examples=300)
@given(LON, LAT)
def test_there_and_back_is_within_a_centimetre(lon: float, lat: float) -> None:
    for there, back in (
        (wgs84_to_gcj02, gcj02_to_wgs84),
        (wgs84_to_bd09, bd09_to_wgs84),
        (gcj02_to_bd09, bd09_to_gcj02),
    ):
        x, y = back(*there(lon, lat))
        assert np.hypot(x - lon, y - lat) * METRES < 0.01
        again_x, again_y = there(*back(lon, lat))
        assert np.hypot(again_x - lon, again_y - lat) * METRES < 0.01


@given(LON, LAT)
def test_the_shift_is_some_hundred_metres(lon: float, lat: float) -> None:
    x, y = wgs84_to_gcj02(lon, lat)
    metres = np.hypot((x - lon) * np.cos(np.radians(lat)), y - lat) * METRES
    assert 20 < metres < 1500


def test_arrays_keep_their_shape_and_nan_stays_nan() -> None:
    lon, lat = np.array([[114.9, np.nan], [115.0, 116.0]]), np.array([[28.2, 28.3], [np.nan, 28.4]])
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, bd09_to_wgs84):
        x, y = convert(lon, lat)
        assert x.shape == y.shape == (2, 2)
        assert np.isfinite(x[0, 0]) and np.isfinite(x[1, 1])
        assert np.isnan(x[0, 1]) and np.isnan(y[1, 0])
    one_x, _ = gcj02_to_wgs84(lon[0, 0], lat[0, 0])
    assert one_x == gcj02_to_wgs84(lon, lat)[0][0, 0]


def test_outside_china_nothing_is_shifted() -> None:
    assert np.allclose(wgs84_to_gcj02(2.35, 48.86), (2.35, 48.86), rtol=0, atol=0)
    assert np.allclose(gcj02_to_wgs84(-74.0, 40.7), (-74.0, 40.7), rtol=0, atol=0)


def test_nothing_in_nothing_out() -> None:
    x, y = gcj02_to_wgs84([], [])
    assert len(x) == len(y) == 0


@pytest.mark.parametrize("datum", ["GCJ-02", "gcj02", "Gcj_02"])
def test_a_datum_may_be_written_freely(datum: str) -> None:
    assert np.allclose(to_wgs84(115.0, 28.0, datum), gcj02_to_wgs84(115.0, 28.0), rtol=0, atol=0)


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(ValueError, match="wgs84, gcj02, bd09"):
        to_wgs84(115.0, 28.0, "beijing54")


def test_wgs84_passes_through() -> None:
    assert np.allclose(to_wgs84(115.0, 28.0, "WGS-84"), (115.0, 28.0), rtol=0, atol=0)
