"""Whole demo cities of several seeds, through the real connectors: what was planted is found, what was not planted stays quiet.

The long form (make soak) takes ten minutes a city; YIZHAN_TEST_CITY=0.3 makes smaller ones. The short form is in test_signals.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest

from demo import bringing
from demo.truth import Truth
from demo.whole import TODAY, brought
from matters.access import Scope
from services.signal_counts import last_week
from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
SCALE = float(os.environ.get("YIZHAN_TEST_CITY", "1"))
WEEK = timedelta(days=7)
LAST = last_week(TODAY)


class Found(NamedTuple):
    """A card that was new in a week."""

    week: date
    county: str
    towns: tuple[str, ...]
    category: str
    kinds: tuple[str, ...]


def replayed(services: Services, weeks: list[date]) -> Iterator[Found]:
    """Judge the weeks one after another, each on the Monday after it, from the store as it stands."""
    known: set[int] = set()
    for week in sorted(weeks):
        monday = datetime.combine(week + timedelta(days=1), time(9))
        services.signals._now = lambda monday=monday: monday
        services.signals.run()
        for x in services.signals.desk(CITY).lines:
            if x.fresh and x.id not in known:
                known.add(x.id)
                yield Found(week, x.county, x.towns or ((x.town,) if x.town else ()), x.category, x.kinds)


def _is_about(card: Found, plant: dict[str, Any]) -> bool:
    """The plant's category, in its township, its county, or the whole city."""
    town = plant["area"] if len(plant["area"]) > 6 else ""
    return card.category in plant["categories"] and (not card.towns or not town or town in card.towns) and card.county in ("", plant["county"] or card.county)


def _sunday(day: str, after: int = 0) -> date:
    d = date.fromisoformat(day) + WEEK * after
    return min(d + timedelta(days=6 - d.weekday()), LAST)


def _explained(card: Found, plants: list[dict[str, Any]]) -> bool:
    """Whether anything was planted there that the week could still show: the scan looks back eight weeks."""
    return any(_is_about(card, p) and date.fromisoformat(p["from"]) - WEEK <= card.week <= date.fromisoformat(p["to"]) + WEEK * 8 for p in plants)


def _report(**figures: Any) -> None:
    """A line for docs/benchmarks.md (pytest -s)."""
    print(json.dumps(figures, ensure_ascii=False, default=str))


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_planted_is_found(seed: int) -> None:
    with brought(seed, SCALE) as city:
        bringing.furnish(city.services, city.sources)
        plants = Truth.load(city.sources).expected["planted"]
        bursts = [p for p in plants if p["kind"] == "burst"]
        growths = [p for p in plants if p["kind"] == "growth"]
        weeks = {_sunday(p["to"], k) for p in bursts for k in (-1, 0, 1)} | {LAST - WEEK * k for k in range(5)}
        cards = list(replayed(city.services, sorted(w for w in weeks if w <= LAST)))
        hit = {p["name"] for p in (*bursts, *growths) for c in cards if _is_about(c, p) and date.fromisoformat(p["from"]) <= c.week <= _sunday(p["to"], 2)}
        stray = [c for c in cards if not _explained(c, plants)]
        effects = _effects(city.services, plants)
        candidates = {(c.area, c.category) for c in city.services.candidates.all(CITY).lines if c.growing}
        grown = {p["name"] for p in growths if (p["area"], p["categories"][0]) in candidates or p["name"] in hit}
        _report(seed=seed, scale=SCALE, weeks=len(weeks), bursts=[len(hit & {p["name"] for p in bursts}), len(bursts)], growths=[len(grown), len(growths)],
                missed=sorted({p["name"] for p in (*bursts, *growths)} - hit - grown), stray=len(stray), cards=len(cards), strays=stray, effects=effects)
        assert len(hit & {p["name"] for p in bursts}) >= 0.75 * len(bursts)
        assert len(grown) >= 0.75 * len(growths)
        assert len(stray) <= len(weeks)
        wrong = [name for name, (planted, said) in effects.items() if (planted, said) in (("none", "fell"), ("rose", "fell"), ("fell", "rose"))]
        assert not wrong and effects["T1"] == ("fell", "fell")  # most townships have too few cases to tell; how many is what bench alarms measures


def _effects(services: Services, plants: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Of each planted remediation: (what was planted, what is said of it)."""
    lines = services.listings.all(CITY)
    out: dict[str, tuple[str, str]] = {}
    for p in plants:
        line = next((x for x in lines if p["effect"] and x.area == p["area"] and set(x.categories) == set(p["categories"]) and x.effect), None)
        if line is not None and line.effect is not None:
            out[p["name"]] = (p["effect"], line.effect.verdict)
    return out


@pytest.mark.soak
@pytest.mark.parametrize("seed", [4, 5])
def test_a_city_with_nothing_planted_stays_quiet(seed: int) -> None:
    with brought(seed, SCALE, planted=False) as city:
        weeks = [LAST - WEEK * k for k in range(26)]
        cards = list(replayed(city.services, weeks))
        fell = [c.key for c in city.services.candidates.all(CITY).lines if c.candidate]
        _report(seed=seed, scale=SCALE, quiet=True, weeks=len(weeks), cards=len(cards), a_week=round(len(cards) / len(weeks), 2), candidates=fell,
                what=[(c.week, c.county, c.towns, c.category, c.kinds) for c in cards])
        assert len(cards) <= len(weeks)
