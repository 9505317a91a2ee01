"""`yizhan bench alarms` prints what DESIGN.md names, computed, and its verdict on the methods is the expected one."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_limits

from services.bench_alarms import Size, alarms


@pytest.fixture(scope="module")
def printed() -> dict:  # type: ignore[type-arg]
    with threadpool_limits(1):
        return alarms(Size(copies=1, seeds=1, townships=40, truths=("plain", "quiet"), reference_weeks=1, draws=37))


def test_the_object_has_its_named_figures(printed: dict) -> None:  # type: ignore[type-arg]
    assert set(printed["noufaily"]["pod"]) == {"3", "5", "10"} and 0 <= printed["noufaily"]["ppv5"] <= 1
    assert {"false_per_week", "fdp", "power"} <= set(printed["panel"])
    assert set(printed["truths"]) == {"quiet"} and printed["truths"]["quiet"]["power"] is None
    assert printed["seconds_5256"] <= 1


def test_the_house_beats_fifty_percent_and_is_not_blind(printed: dict) -> None:  # type: ignore[type-arg]
    assert printed["noufaily"]["fpr"] < 0.02 < printed["plus_50"]["noufaily"]["fpr"]
    assert printed["noufaily"]["pod"]["10"] > 0.8
    assert printed["panel"]["false_per_week"] < 1 < printed["plus_50"]["panel"]["false_per_week"]
    assert printed["panel"]["power"] > 0.1


def test_growth_and_remediation_are_measured_beside_the_plain_rules(printed: dict) -> None:  # type: ignore[type-arg]
    grows, helped = printed["trending"], printed["remedy"]
    assert grows["false"] <= 2 < 5 < grows["three_rises"]["false"]
    assert helped["nothing_done"]["fell"] <= 0.2 and helped["nothing_done"]["naive_fell"] > 0.5
    assert helped["fell_by_60"]["fell"] > 0.4 and helped["nothing_done"]["covered"] >= 0.8
