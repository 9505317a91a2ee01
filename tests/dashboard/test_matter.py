"""The file of a matter: everything the records say, nothing beyond the reader's area, and the lanes' geometry."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from dash import Dash
from hypothesis import given
from hypothesis import strategies as st

from app import build_app
from dashboard.components import lanes, timeline
from dashboard.pages.matter import reading, stages
from matters.access import Scope
from matters.filters import Filter
from services.auth import DEMO_PASSWORD
from services.shapes import MatterFile
from tests.dashboard.case_driving import run
from tests.dashboard.driving import elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")


@pytest.fixture(scope="module")
def app(small_city: Services) -> Dash:
    return build_app(small_city)


@pytest.fixture(scope="module")
def city(app: Dash) -> Any:
    return enter(app, "city", DEMO_PASSWORD)


@pytest.fixture(scope="module")
def files(small_city: Services) -> list[MatterFile]:
    """The matters with most records, open and closed."""
    found = [r.code for part in ("open", "closed") for r in small_city.matters.page(CITY, Filter(part=part), "record_count", True, 0, 30).rows]
    return [f for code in found if (f := small_city.matters.file(CITY, code)) is not None]


def shown(client: Any, app: Dash, code: str, search: str = "") -> dict[str, Any]:
    return run(client, app, "matter-body.children", f"/matter/{code}", search)


def test_every_record_stands_in_the_list_and_is_a_place_to_jump_to(app: Dash, city: Any, files: list[MatterFile]) -> None:
    assert max(len(f.records) for f in files) > 2
    for file in files[:12]:
        body = shown(city, app, file.matter.code)["matter-body"]["children"]
        ids = {e["props"].get("id") for e in elements(body)}
        jumps = {e["props"]["href"][1:] for e in elements(body) if str(e["props"].get("href", "")).startswith("#record-")}
        assert {f"record-{r.id}" for r in file.records} <= ids
        assert jumps <= ids
        text = words(body)
        assert file.matter.title in text and all(r.number in text for r in file.records if r.number)


@pytest.mark.parametrize("takes", [True, False])
def test_opening_a_file_is_written_down(
    app: Dash, city: Any, files: list[MatterFile], small_city: Services, monkeypatch: pytest.MonkeyPatch, takes: bool
) -> None:
    code, written = files[0].matter.code, []

    def note(connection: Any, account: str, act: str, detail: dict[str, Any], now: Any) -> None:
        if not takes:
            raise OSError("disk full")
        written.append((account, act, detail))

    monkeypatch.setattr("services.auth.listings.note", note)
    with structlog.testing.capture_logs() as logged:
        assert files[0].matter.title in words(shown(city, app, code))
    line = {"code": code, "door": "page"}
    assert written == ([("city", "read_matter", line)] if takes else [])
    assert [x for x in logged if x["event"] == "audit.unwritten" and x["account"] == "city" and x["code"] == code] or takes


def test_every_link_says_how_it_is_known(app: Dash, city: Any, files: list[MatterFile]) -> None:
    file = next(f for f in files if f.links)
    text = words(shown(city, app, file.matter.code))
    assert all(k.number in text for k in file.links if k.method == "reference")
    sure = [timeline.how_linked(r, file)[0] for r in file.records]
    assert sure.count("") == 1  # only the record that began it needs no reason


def test_events_are_in_order_and_an_open_matter_stands_somewhere(small_city: Services, files: list[MatterFile]) -> None:
    today = small_city.now().date()
    for file in files:
        found = timeline.events(file, small_city.feeds.agencies(), today)
        assert [e.day for e in found] == sorted(e.day for e in found)
        assert sum(e.tone == "now" for e in found) == (1 if file.matter.is_open else 0)


def test_the_stage_bar_ends_where_the_matter_stands(small_city: Services, files: list[MatterFile]) -> None:
    for file in files:
        bar = stages.steps(reading.read(small_city, CITY, file))
        now = [s.stage.removesuffix("-now") for s in bar if s.state == "now"]
        assert now == ([file.matter.stage] if file.matter.is_open else [])
        assert [s.stage for s in bar[-2:]] == ["closed", "callback"] and (bar[-2].state == "later") == file.matter.is_open
        assert all(0 <= s.over <= 1 for s in bar)


def test_lanes_never_overlap_and_stay_in_the_picture(small_city: Services, files: list[MatterFile]) -> None:
    today = small_city.now().date()
    for file in files:
        drawn = lanes.lay_out(file, today)
        assert drawn is not None and len(drawn.spans) == len(file.records)
        for span in drawn.spans:
            assert 0 <= drawn.x(span.start) <= drawn.x(span.taken) <= drawn.x(span.end) <= 100
        for row in range(drawn.rows):
            mine = sorted((s for s in drawn.spans if s.row == row), key=lambda s: s.start)
            assert mine and all(a.end <= b.start for a, b in itertools.pairwise(mine))


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 6000))
def test_ticks_are_inside_and_never_crowded(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    marks = lanes.ticks(first, last)
    assert all(first <= m <= last for m in marks) and marks == sorted(set(marks))
    gaps = [(b - a).days / days * lanes.WIDTH for a, b in itertools.pairwise(marks)]
    assert all(g > 48 for g in gaps)


@given(st.lists(st.tuples(st.text("事项 26-", min_size=1, max_size=14), st.floats(0, lanes.WIDTH), st.sampled_from(["start", "end", "middle"])), max_size=25))
def test_placed_labels_never_touch(wanted: list[tuple[str, float, str]]) -> None:
    shelf, placed = lanes.Shelf(), []
    for text, x, anchor in wanted:
        spot = shelf.place(text, [(x, 10.0, anchor), (x, 30.0, anchor)])
        if spot is not None:
            width = lanes.text_width(text)
            left = {"start": spot[0], "end": spot[0] - width, "middle": spot[0] - width / 2}[spot[2]]
            assert left >= 0 and left + width <= lanes.WIDTH
            assert all(base != spot[1] or left > b or left + width < a for a, b, base in placed)
            placed.append((left, left + width, spot[1]))


def test_nothing_of_another_area_is_told(app: Dash, small_city: Services) -> None:
    outside = next(r for r in small_city.matters.page(CITY, Filter(area="360981"), limit=50).rows if r.county_code == "360981")
    answer = shown(enter(app, "county", DEMO_PASSWORD), app, outside.code)
    assert "没有找到" in words(answer) and outside.title not in words(answer)


def test_a_code_that_does_not_exist_is_a_designed_panel(app: Dash, city: Any) -> None:
    assert "没有找到" in words(shown(city, app, "26-NOSUCH0"))


def test_a_former_code_gives_the_one_in_force(app: Dash, city: Any, files: list[MatterFile], small_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    file = files[0]
    monkeypatch.setattr(small_city.matters, "file", lambda scope, code, as_of=None: file)
    answer = shown(city, app, "25-FORMER0")
    assert answer["matter-moved"]["title"] == file.matter.code
    assert "matter-moved" not in shown(city, app, file.matter.code)


def test_parties_are_masked_and_lead_nowhere(app: Dash, city: Any, files: list[MatterFile]) -> None:
    file = next(f for f in files if any(p.get("name") for r in f.records for p in r.parties))
    body = shown(city, app, file.matter.code)["matter-body"]["children"]
    table = next(e for e in elements(body) if e["props"].get("className") == "ppl")
    assert "*" in words(table) and not [e for e in elements(table) if e["type"] == "A"]


def test_english_shows_no_chinese_label(app: Dash, city: Any, files: list[MatterFile]) -> None:
    text = words(shown(city, app, files[0].matter.code, "?lang=en"))
    assert "Parties" in text and "字段来源" not in text and "首次处置" not in text
