"""Words, people and the demo's own lists: varied, invented, and consistent with one another."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from connectors.registry import load_feeds
from demo import article, centres, city, days, listings, words
from demo.codes import CALL_KINDS, CATS, CAUSES, HAZARD_PLACES, MIXES, PETITION_KINDS
from demo.people import firm, person
from demo.plants import PLANTS
from demo.titles import Titles
from matters.categories import CATEGORIES
from matters.identity import scrub
from matters.listing import next_state
from matters.model import FIELDS
from tests.demo.conftest import TODAY

COMMON = ("01", "02", "03", "04", "06", "07", "10", "12", "13", "14", "15", "18")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def test_titles_are_many_and_chinese() -> None:
    titles = Titles()
    for category in CATEGORIES:
        assert len(set(titles.patterns(category))) >= (25 if category in COMMON else 12)
        found = {titles.title(category, seed * 7919) for seed in range(3000)}
        assert len(found) >= len(titles.patterns(category))
        for title in found:
            assert re.fullmatch(r"[\u4e00-\u9fff0-9SOK]{4,30}", title), title
        assert titles.ask(category, 5)


def test_planted_titles_fill() -> None:
    titles = Titles()
    for plant in PLANTS:
        for pattern in plant.titles:
            assert "{" not in titles.fill(pattern, plant.categories[0], 99, {"o": plant.object})


def test_nobody_real_can_have_these_numbers() -> None:
    people = [person(n) for n in range(2000)]
    assert person(7) == person(7) and len({p.idno for p in people}) > 1990 and len({p.name for p in people}) > 1000
    for p in people:
        assert re.fullmatch(r"999000\d{11}\d", p.idno) and re.fullmatch(r"142\d{8}", p.phone)
        right = "10X98765432"[sum(int(d) * w for d, w in zip(p.idno[:17], _WEIGHTS, strict=True)) % 11]
        assert p.idno[17] != right
        date(int(p.idno[6:10]), int(p.idno[10:12]), int(p.idno[12:14]))
        assert p.phone not in scrub(f"电话{p.phone}，") and p.idno not in scrub(f"证号{p.idno}。")


def test_firms_are_visibly_invented() -> None:
    for number in range(200):
        found = firm(number, "15", "丰城")
        assert "某" in found.name and found.name.startswith("丰城") and (found.idno, found.phone) == ("", "")


def _first_in(table: dict[str, str], text: str) -> str | None:
    return next((code for word, code in table.items() if word in text), None)


def test_agencies_words_lead_back_to_their_category() -> None:
    specs = load_feeds(env={})
    tables = {feed: spec.mapping.tables for feed, spec in specs.items()}
    for category in CATEGORIES:
        assert {_first_in(tables["courts"]["causes"], cause) or "99" for cause in CAUSES[category]} == {category}
        assert {_first_in(tables["petitions"]["content"], kind) for kind in PETITION_KINDS[category]} == {category}
    assert {tables["police"]["kinds"][code]: code for code in CALL_KINDS.values()} == CALL_KINDS
    for category in CATEGORIES:
        assert {_first_in(tables["hotline"]["kinds"], kind) for kind in words.HOTLINE_KINDS[category]} == {category}
        assert tables["justice"]["kinds"][words.JUSTICE_KINDS[category]] == tables["online"]["types"][words.ONLINE_TYPES[category]] == category
    for category, codes in words.MARKET_CODES.items():
        assert {tables["market"]["problems"][code] for code in codes} == {category}
    for category, trades in words.TRADES.items():
        assert {tables["emergency"]["trades"][trade] for trade in trades} == {category}
    assert all(tables["cyberspace"]["topics"][topic] == category for category, topic in words.NET_TOPICS.items())
    assert all(tables["procuratorate"]["causes"][code] == category for category, code in words.PROCURATORIAL_CODES.items())
    assert {tables["education"]["kinds"][kind] for kind in words.SCHOOL_KINDS} == {"19"}
    for category, places in HAZARD_PLACES.items():
        assert {_first_in(tables["fire"]["places"], place) or "99" for place in places} == {category}
    assert "category" in FIELDS


def test_mixes_name_known_categories() -> None:
    assert all(set(mix) <= set(CATS) and sum(mix.values()) > 0 for mix in MIXES.values())
    assert set(MIXES["police"]) <= set(CALL_KINDS)


def test_the_year_has_its_festival_and_its_weekends() -> None:
    span = days.span(days.ordinal(date(2026, 1, 1)), days.ordinal(date(2026, 12, 31)))
    weight = dict(zip(span.tolist(), days.weights(span, 0.2).tolist(), strict=True))
    festival = days.ordinal(date(2026, 2, 17))
    assert days.spring_festival(2026) == festival
    usual = float(np.median(list(weight.values())))
    assert all(weight[festival + i] < 0.4 * usual for i in range(6))
    assert weight[days.ordinal(date(2026, 6, 13))] < 0.3 * weight[days.ordinal(date(2026, 6, 12))]  # a Saturday
    assert weight[days.ordinal(date(2026, 2, 14))] > weight[days.ordinal(date(2026, 2, 15))]  # a working Saturday before the feast


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)])
def test_history_is_always_long_enough(today: date) -> None:
    first, year = article.first_day(today), article.article_year(today)
    assert first <= date(year - 1, 1, 1) and article.window(year)[1] < today
    assert (today.year * 12 + today.month) - (first.year * 12 + first.month) == 37 and first.day == 1


def test_article_adds_up() -> None:
    assert sum(c.centre for c in (*article.COUNTIES, article.UNLOCATED)) == article.CENTRE_TOTAL == 9_799
    now, before = (sum(getattr(c, n) for c in article.COUNTIES) for n in ("filings", "filings_before"))
    assert (now, before) == article.FILINGS_TOTAL and round((now / before - 1) * 100, 2) == -13.58


@pytest.fixture(scope="module")
def listed(folder: Path) -> list[dict]:  # type: ignore[type-arg]
    return listings.rows(folder, TODAY)


def test_listings_are_as_many_as_said(listed: list[dict]) -> None:  # type: ignore[type-arg]
    kinds = [(r["state"], r["subject"]) for r in listed]
    assert kinds.count(("listed", "area")) == 5 and kinds.count(("listed", "trade")) == 2
    assert sum(s == "proposed" for s, _ in kinds) == 2 and sum(s == "delisted" for s, _ in kinds) == 4
    numbers = [r["number"] for r in listed if r["number"]]
    assert len(set(numbers)) == len(numbers) == 11 and all(re.fullmatch(r"宜挂〔20\d\d〕\d+ 号", n) for n in numbers)


def test_listings_take_only_steps_that_lead_there(listed: list[dict]) -> None:  # type: ignore[type-arg]
    for row in listed:
        state = ""
        times = [e["at"] for e in row["events"]]
        assert times == sorted(times) and max(times).date() <= TODAY
        for event in row["events"]:
            state = "proposed" if event["step"] == "propose" else next_state(state, event["step"])
        assert state == row["state"]


def test_listings_stand_on_what_was_planted(listed: list[dict], truth: city.Truth, areas: pd.DataFrame) -> None:  # type: ignore[type-arg]
    planted = {(p["area"], tuple(p["categories"])): p for p in truth.expected["planted"]}
    codes = set(areas["code"])
    for row in listed:
        plant = planted[row["area_code"], tuple(row["categories"])]
        assert row["area_code"] in codes and row["area_code"] == (row["town_code"] or row["county_code"] or "360900")
        if row["listed_on"]:
            assert row["listed_on"].isoformat() == plant["from"] and row["proposed_on"] < row["listed_on"] < row["deadline"]
            assert row["deadline"] >= TODAY or row["state"] == "delisted"
            assert row["leader"] and "*" in row["leader"]


def test_centres() -> None:
    towns = [{"code": "360923103", "level": "township", "name": "泗溪镇"}, {"code": "360923", "level": "county", "name": "上高县"}]
    *rows, town = centres.rows(TODAY, towns)
    assert town["area_code"] == "360923103" and town["state"] == "running" and town["since"] < TODAY and town["detail"]["resident"]
    assert [r["area_code"] for r in rows] == [c.code for c in article.COUNTIES]
    assert [r["state"] for r in rows].count("running") == 7
    for row in rows:
        if row["state"] == "running":
            assert row["since"] < date(2026, 1, 1) and row["planned_for"] is None
            week = row["detail"]["rotating"]
            assert set(week) == {"1", "2", "3", "4", "5"} and len([d for names in week.values() for d in names]) == 6
        else:
            assert row["planned_for"] == date(2026, 12, 31) and row["since"] is None
        assert 3 <= len(row["detail"]["platforms"]) <= 7 == len(centres.PLATFORMS)
