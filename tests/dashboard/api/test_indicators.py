"""Indicators: they equal their lists, add up, compare as defined, and stay inside the scope."""

from __future__ import annotations

from datetime import date

import pytest

from services.wiring import Services
from tests.city import TODAY

WINDOW = "from=2026-01-01&to=2026-09-30"
RATES = ("resolved_rate", "on_time_rate", "satisfaction")
FIELDS = {"area", "name", "accepted", "open", "overdue", "resolved", "resolved_rate", "on_time_rate", "rated", "satisfaction", "escalated",
          "litigated", "civil_filings", "civil_filings_yoy", "accepted_yoy", "accepted_pop", "per_10k", "stale_feeds"}  # fmt: skip


def rows(ask, query: str, user: str = "city") -> list[dict]:
    answer = ask(f"/api/v1/indicators?{query}", user)
    assert answer.status_code == 200, answer.json
    return answer.json["rows"]


def test_every_county_has_a_row_with_every_promised_field(ask) -> None:
    answer = ask(f"/api/v1/indicators?area=360900&level=county&{WINDOW}").json
    assert answer["window"] == {"from": "2026-01-01", "to": "2026-09-30"}
    assert answer["data_version"] > 0
    assert answer["as_of"].startswith("2026-11-24T")
    assert len(answer["rows"]) == 10
    assert all(set(row) >= FIELDS for row in answer["rows"])


@pytest.mark.parametrize("facet", ["", "&agency=centre", "&category=08", "&channel=visit", "&exclude=health"])
def test_children_and_others_add_up_to_the_parent(ask, facet: str) -> None:
    for area, level, above in (("360900", "county", "city"), ("360900", "township", "city"), ("360923", "township", "county")):
        parts = ask(f"/api/v1/indicators?area={area}&level={level}&{WINDOW}{facet}").json
        (whole,) = rows(ask, f"area={area}&level={above}&{WINDOW}{facet}")
        for name in ("accepted", "open", "overdue", "closed", "resolved", "rated", "satisfied", "civil_filings", "open_now", "overdue_now"):
            assert sum(r[name] for r in parts["rows"] + parts["others"]) == whole[name], (area, level, name)
    if facet:
        kept, every = (rows(ask, f"area=360900&level=city&{WINDOW}{f}")[0]["accepted"] for f in (facet, ""))
        assert 0 < kept < every


@pytest.mark.parametrize(
    ("figure", "part"),
    [("accepted", "accepted"), ("open", "open"), ("overdue", "past_limit"), ("closed", "closed"), ("resolved", "resolved"),
     ("on_time", "on_time"), ("rated", "rated"), ("satisfied", "satisfied"), ("escalated", "escalated"), ("litigated", "litigated"),
     ("civil_filings", "civil_filings")],
)  # fmt: skip
def test_every_figure_has_exactly_its_rows(ask, figure: str, part: str) -> None:
    for row in rows(ask, f"area=360900&level=county&{WINDOW}"):
        listed = ask(f"/api/v1/matters?area={row['area']}&{WINDOW}&part={part}&limit=1").json
        assert listed["total"] == row[figure], row["name"]


def test_rates_are_what_their_parts_say_and_null_without_a_denominator(ask) -> None:
    checked = nulls = 0
    for row in rows(ask, f"area=360900&level=township&{WINDOW}"):
        settled = row["closed"] + row["overdue"]
        for rate, top, bottom in (
            ("resolved_rate", row["resolved"], settled), ("on_time_rate", row["on_time"], settled), ("satisfaction", row["satisfied"], row["rated"]),
        ):  # fmt: skip
            assert row[rate] == (pytest.approx(top / bottom) if bottom else None)
            checked, nulls = checked + 1, nulls + (not bottom)
    assert 0 < nulls < checked


def test_changes_are_relative_to_the_same_days_and_to_the_days_before(ask) -> None:
    now = rows(ask, f"area=360900&level=county&{WINDOW}")
    year = {r["area"]: r for r in rows(ask, "area=360900&level=county&from=2025-01-01&to=2025-09-30")}
    days = (date(2026, 9, 30) - date(2026, 1, 1)).days + 1
    assert days == 273
    period = {r["area"]: r for r in rows(ask, "area=360900&level=county&from=2025-04-03&to=2025-12-31")}
    for row in now:
        before, earlier = year[row["area"]], period[row["area"]]
        assert row["accepted_before"] == before["accepted"]
        assert row["accepted_yoy"] == pytest.approx(row["accepted"] / before["accepted"] - 1)
        assert row["civil_filings_yoy"] == pytest.approx(row["civil_filings"] / before["civil_filings"] - 1)
        assert row["accepted_pop"] == pytest.approx(row["accepted"] / earlier["accepted"] - 1)


def test_a_late_feed_is_named_and_withholds_what_rests_on_it(ask, small_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = ask(f"/api/v1/indicators?area=360900&level=city&to={TODAY}")
    monkeypatch.setitem(small_city.settings.late_after, "courts", 0)
    late = ask(f"/api/v1/indicators?area=360900&level=city&to={TODAY}&category=08")
    assert late.json["rows"][0]["stale_feeds"] == ["courts"]
    assert late.json["rows"][0]["accepted_yoy"] is None
    assert late.json["rows"][0]["civil_filings_yoy"] is None
    without = ask(f"/api/v1/indicators?area=360900&level=city&to={TODAY}&category=08&exclude=courts").json["rows"][0]
    assert without["stale_feeds"] == []
    assert without["accepted_yoy"] is not None
    again = ask(f"/api/v1/indicators?area=360900&level=city&to={TODAY}", If_None_Match=fresh.headers["ETag"])
    assert again.status_code == 200, "lateness comes without a data version, and must not be answered from a cache"


def test_the_centre_keeps_the_matters_the_centres_accepted(ask) -> None:
    (row,) = rows(ask, f"area=360900&level=city&agency=centre&{WINDOW}")
    listed = ask(f"/api/v1/matters?area=360900&agency=centre&{WINDOW}&limit=500").json
    assert listed["total"] == row["accepted"] > 0
    assert all("centre" in matter["agencies"] for matter in listed["rows"])


def test_without_an_area_the_reader_gets_their_own(ask) -> None:
    assert len(rows(ask, WINDOW)) == 10
    assert {r["area"][:6] for r in rows(ask, WINDOW, "county")} == {"360923"}
    assert [r["area"] for r in rows(ask, WINDOW, "township")] == ["360923103"]
