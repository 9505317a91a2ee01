"""Dates in the writings that come most: the quick way and the slow one say the same."""

from __future__ import annotations

import re

import pytest

from connectors import dates


@pytest.mark.parametrize("fmt", ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"])
def test_the_quick_way_says_what_the_slow_one_says(fmt: str) -> None:
    slowly, how = re.compile(dates._figures(fmt)), dates.How()
    texts = ["2026-01-05", "2026-W01-1", "2026-1-5", "2026-02-30", "20260105", "2026-01-05 24:00:00", "2026-01-05T24:00", "2026-01-05 10:20", "2026-01-05T10:20",
             "2026-01-05 10:20:30", "2026-01-05T10:20:30", "2026-01-05 10:20:3Z", "2026-01-05 10:20+8", "2026-01-05_10:20", "２０２６-０１-０５", "2026-01-05 25:00:00", ""]  # fmt: skip
    parse, taken = dates.date_parser([fmt]), 0
    for text in texts:
        plain = text if text.isascii() else text.translate(dates._WIDE)
        match = slowly.fullmatch(plain)
        try:
            wanted = how.moment(*map(int, match.groups())) if match else None
        except ValueError:
            wanted = None
        assert parse(text) == wanted, text
        taken += wanted is not None
    assert taken >= 1
