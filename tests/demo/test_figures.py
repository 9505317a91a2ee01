"""The figures in truth.json are those that the written sources give when they are read and counted one by one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from demo import article, city
from demo.plants import PLANTS
from tests.demo.conftest import SCALE, TODAY
from tests.demo.reading import Case, Reader, Source, count, filings, join


@pytest.fixture(scope="module")
def sources(folder: Path, areas: pd.DataFrame) -> dict[str, Source]:
    return Reader(folder, areas).all()


@pytest.fixture(scope="module")
def cases(sources: dict[str, Source]) -> list[Case]:
    return join(sources)


def windows(truth: city.Truth) -> dict[str, tuple[date, date]]:
    year = truth.expected["year"]
    return {"now": article.window(year), "before": article.window(year - 1)}


def inside(cases: list[Case], span: tuple[date, date]) -> list[Case]:
    return [c for c in cases if c.accepted and span[0] <= c.accepted <= span[1]]


def compare(cases: list[Case], truth: city.Truth, today: date) -> None:
    """Every window, with the centre's record and over all, city and counties."""
    for name, span in windows(truth).items():
        figures, mine = truth.expected["figures"][name], inside(cases, span)
        for side, chosen in (("all", mine), ("centre", [c for c in mine if c.centre])):
            for area, wanted in figures[side].items():
                county = {"city": None, "unlocated": ""}.get(area, area)
                found = count([c for c in chosen if county is None or c.county == county], today)
                assert found == {k: wanted[k] for k in found}, (name, side, area)
        counted = filings(cases, *span)
        assert {k: v for k, v in figures["filings"].items() if v} == counted


def test_every_figure_is_counted(cases: list[Case], truth: city.Truth) -> None:
    compare(cases, truth, TODAY)


def test_totals(cases: list[Case], truth: city.Truth) -> None:
    assert len(cases) == truth.expected["matters"]
    assert sum(len(c.rows) for c in cases) == truth.expected["records"]
    assert sum(len(c.rows) > 1 for c in cases) == truth.expected["linked"] > 100


def test_stock_of_open_matters(cases: list[Case], truth: city.Truth) -> None:
    past = [c for c in cases if c.open and c.due and c.due < TODAY]
    rest = [c for c in cases if c.open and not (c.due and c.due < TODAY)]
    waiting = [c for c in rest if not c.accepted and c.opened < TODAY - timedelta(days=2)]
    idle = [c for c in rest if c.accepted and not c.handled and c.accepted < TODAY - timedelta(days=7)]
    found = {"open": len(past) + len(rest), "past_limit": len(past), "unaccepted": len(waiting), "unhandled": len(idle),
             "overdue": len(past) + len(waiting) + len(idle)}  # fmt: skip
    assert found == truth.expected["stock"]
    assert min(found.values()) > 0


def is_exact(cases: list[Case], truth: city.Truth, today: date) -> None:
    """Satisfaction to the matter, and every county at its floor, with the centre and over all."""
    mine = inside(cases, windows(truth)["now"])
    for chosen in (mine, [c for c in mine if c.centre]):
        found = count(chosen, today)
        assert found["satisfied"] * 5 == found["rated"] * 4 > 0
        for county in article.COUNTIES:
            one = count([c for c in chosen if c.county == county.code], today)
            assert one["resolved"] >= article.RESOLVED_FLOOR * (one["closed"] + one["past_limit"])


def in_proportion(cases: list[Case], truth: city.Truth) -> None:
    """The centre's matters and both years' filings are the article's, scaled and rounded by county."""
    now, before = (filings(cases, *span) for span in windows(truth).values())
    for county in article.COUNTIES:
        assert now.get(county.code, 0) == round(county.filings * SCALE)
        assert before.get(county.code, 0) == round(county.filings_before * SCALE)
    centre = [c for c in inside(cases, windows(truth)["now"]) if c.centre]
    assert len(centre) == sum(round(c.centre * SCALE) for c in (*article.COUNTIES, article.UNLOCATED))


def test_satisfaction_is_exact_and_every_county_resolves(cases: list[Case], truth: city.Truth) -> None:
    is_exact(cases, truth, TODAY)


def test_small_city_keeps_the_article_in_proportion(cases: list[Case], truth: city.Truth) -> None:
    in_proportion(cases, truth)


def test_linked_matters_stay_in_one_county(cases: list[Case]) -> None:
    for case in cases:
        assert len({r.county for r in case.rows if r.county}) <= 1, [r.key for r in case.rows]
        assert len({(r.feed, r.kind) for r in case.rows}) == len(case.rows)


def test_every_path_is_there(truth: city.Truth) -> None:
    assert set(truth.expected["linked_by_path"]) == {"PC", "XC", "KC", "KCQ", "CQ", "CF", "HC", "IC", "CX", "PCXKQ", "KF", "KQ", "PX", "PF", "HF", "TC", "OC",
                                                      "DC", "NC", "EC", "PM", "MQ", "MF", "TS", "TX", "SF", "OUQ", "JF"}  # fmt: skip


TWINS = {"petitions", "police", "hotline", "justice", "online", "market", "education", "emergency", "cyberspace", "procuratorate"}


def test_twins_quote_nothing_and_are_one_dispute(sources: dict[str, Source], truth: city.Truth) -> None:
    rows = {r.key: r for s in sources.values() for r in s.last.values()}
    assert len(truth.expected["twins"]) > 5
    for twin in truth.expected["twins"]:
        first, second = (rows[key] for key in twin["keys"])
        assert not first.refs and not second.refs and first.feed == "centre" and second.feed in TWINS
        assert first.county == second.county
        assert first.accepted and second.accepted and abs((first.accepted - second.accepted).days) <= 60
        assert second.satisfied is None
        assert (first.accepted >= date(2026, 10, 1)) == (second.accepted >= date(2026, 10, 1))


def test_planted_things_stand_out(cases: list[Case], truth: city.Truth) -> None:
    planted = {p["name"]: p for p in truth.expected["planted"]}
    assert set(planted) == {p.name for p in PLANTS}
    for plant in PLANTS:
        if plant.kind != "burst" or plant.ago > 30:
            continue
        spot, first, last = planted[plant.name], date.fromisoformat(planted[plant.name]["from"]), date.fromisoformat(planted[plant.name]["to"])
        mine = [c for c in cases if c.accepted and any(r.town == plant.town and r.county == plant.county for r in c.rows)]
        during = sum(first <= c.accepted <= last for c in mine if c.accepted)
        assert during >= spot["count"] >= spot["planted"] > 0
        usual = sum(c.accepted < first for c in mine if c.accepted) / (first - date(2023, 10, 1)).days * plant.span
        assert during > usual


@pytest.mark.parametrize(("today", "seed"), [(date(2026, 10, 1), 5), (date(2026, 2, 20), 3), (date(2027, 5, 20), 2)])
def test_exact_on_other_days_and_seeds(tmp_path: Path, areas: pd.DataFrame, today: date, seed: int) -> None:
    truth = city.generate(tmp_path, areas, today, seed=seed, scale=SCALE)
    cases = join(Reader(tmp_path, areas).all())
    compare(cases, truth, today)
    is_exact(cases, truth, today)
    in_proportion(cases, truth)


@pytest.mark.slow
@pytest.mark.xdist_group("full")
def test_full_city_shows_the_article(full_sources: tuple[Path, dict[str, Any]], areas: pd.DataFrame) -> None:
    folder, truth = full_sources
    sources = Reader(folder, areas).all()
    cases = join(sources)
    compare(cases, truth, TODAY)
    spans = windows(truth)
    centre = [c for c in inside(cases, spans["now"]) if c.centre]
    assert len(centre) == article.CENTRE_TOTAL == 9_799
    now, before = (filings(cases, *span) for span in spans.values())
    change: dict[str, Any] = {area: round((now[area] / before[area] - 1) * 100, 2) for area in now}
    assert (change["city"], change["360981"], change["360902"]) == (-13.58, -34.51, -17.78)
    assert all(-9 <= change[c.code] <= 4 for c in article.COUNTIES if c.code not in ("360981", "360902"))
    stock = truth.expected["stock"]
    assert 900 <= stock["open"] <= 1_750 and 250 <= stock["overdue"] <= 350
    rows = sum(f["rows"] for f in truth.expected["feeds"].values())
    assert 195_000 <= truth.expected["records"] + truth.expected["context"] <= 235_000 < rows
    feeds = {feed: len(source.last) for feed, source in sources.items()}
    for feed, least in {"hotline": 13_000, "justice": 8_000, "market": 3_500, "online": 4_000, "education": 1_200, "emergency": 1_200,
                        "cyberspace": 1_800, "procuratorate": 700}.items():  # fmt: skip
        assert least <= feeds[feed] <= 1.5 * least, feed
    assert {twin["kinds"][-1] for twin in truth.expected["twins"]} == set("XPTMOSDENJ")
