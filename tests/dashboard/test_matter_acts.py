"""Acts on a file through the page's own callbacks: unmasking, the path with two clerks at once, links, and what the past refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash
from sqlalchemy import select

from app import build_app
from dashboard.pages.matter import links
from matters.access import Scope
from matters.filters import Filter
from services.auth import DEMO_PASSWORD
from services.link_shapes import Pair, PairLine, Side, Weight
from store.schema import audit
from tests.dashboard.case_driving import run
from tests.dashboard.driving import elements, enter, words
from tests.services.test_as_of import stand_at

if TYPE_CHECKING:
    from services.shapes import MatterFile
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360923")


@pytest.fixture
def app(own_city: Services) -> Dash:
    return build_app(own_city)


def codes(services: Services, part: str = "open", least: int = 1) -> list[str]:
    rows = services.matters.page(COUNTY, Filter(part=part), "record_count", True, 0, 40).rows  # type: ignore[arg-type]
    return [r.code for r in rows if r.record_count >= least]


def file_of(services: Services, scope: Scope, code: str) -> MatterFile:
    found = services.matters.file(scope, code)
    assert found is not None
    return found


def body(client: Any, app: Dash, code: str, search: str = "") -> Any:
    return run(client, app, "matter-body.children", f"/matter/{code}", search)


def form(client: Any, app: Dash, code: str, **asked: Any) -> dict[str, Any]:
    """What the form of an act would send: the data attributes of the form itself."""
    tree = run(client, app, "matter-form.children", f"/matter/{code}", matter_open__data=asked)
    found = next(e for e in elements(tree) if e["type"] == "Form")
    return {k.removeprefix("data-"): v for k, v in found["props"].items() if k.startswith("data-")}


def send(client: Any, app: Dash, code: str, made: dict[str, Any], search: str = "", **fields: str) -> tuple[str, dict[str, Any]]:
    """What is said, and what the browser is told; ('', {}) when nothing is answered."""
    data = {**made, "act": made.get("ask", ""), "fields": fields, "n": 1}
    answer = run(client, app, "matter-said.children", f"/matter/{code}", search, matter_ask__data=data)
    return (words(answer["matter-said"]), answer["matter-done"]["data"]) if answer else ("", {})


def openers(tree: Any, act: str) -> list[dict[str, Any]]:
    return [e["props"] for e in elements(tree) if e["props"].get("data-open") == act]


def test_a_masked_name_is_shown_once_with_a_reason_and_stays_out_of_the_page(app: Dash, own_city: Services) -> None:
    county, analyst = enter(app, "county", DEMO_PASSWORD), enter(app, "analyst", DEMO_PASSWORD)
    code = next(c for c in codes(own_city) if openers(body(county, app, c), "unmask"))
    ask = openers(body(county, app, code), "unmask")[0]
    given = {k: ask[f"data-{k}"] for k in ("record", "party", "field")}
    made = form(county, app, code, open="unmask", **given)
    said, done = send(county, app, code, made, why=" ")
    assert "请写明为什么要看" in said and not done["done"]
    said, done = send(county, app, code, made, why="电话回访前核对本人")
    stored = next(p for r in file_of(own_city, COUNTY, code).records if str(r.id) == given["record"] for p in [r.parties[int(given["party"])]])
    clear = said.split("一分钟后收起。")[1].removesuffix("收起")
    assert done["done"] and clear[0] == stored["name"][0] and "*" not in clear and len(clear) > 1
    assert clear not in words(body(county, app, code))
    assert not openers(body(analyst, app, code), "unmask")
    assert "没有这一步的权限" in send(analyst, app, code, made, why="想看看是谁")[0]
    with own_city.engine.connect() as connection:
        lines = connection.execute(select(audit.c.account, audit.c.detail).where(audit.c.act == "matter.unmask").order_by(audit.c.id)).all()
    assert [(a, d["came"]) for a, d in lines] == [("county", "shown"), ("analyst", "forbidden")]
    assert clear not in str(lines)


def test_two_clerks_at_once_lose_nothing(app: Dash, own_city: Services) -> None:
    county, city = enter(app, "county", DEMO_PASSWORD), enter(app, "city", DEMO_PASSWORD)
    code = codes(own_city)[0]
    first, second = (form(who, app, code, open="path", step="urge") for who in (county, city))
    said, done = send(city, app, code, second, why="三天没有动静")
    assert "记下了：催办" in said and done["done"]
    said, done = send(county, app, code, first, why="我也催一次")
    assert "催办 三天没有动静" in said and "city" not in said and not done["done"] and done["version"]
    said, done = send(county, app, code, {**first, "version": str(done["version"])}, why="我也催一次")
    assert done["done"]
    events = own_city.path.events(COUNTY, code)
    assert [(e.by, e.why) for e in events] == [("county", "我也催一次"), ("city", "三天没有动静")]
    shown = words(body(county, app, code))
    assert "我也催一次" in shown and "三天没有动静" in shown
    back = form(county, app, code, open="undo", event=str(events[0].id))
    assert "撤销了" in send(county, app, code, back, why="催错了")[0]
    shown = words(body(county, app, code))
    assert "撤销：催错了" in shown and "我也催一次" in shown  # both stay in sight


def test_a_procedure_stands_among_the_limits_with_what_may_be_done_about_it(app: Dash, own_city: Services) -> None:
    county = enter(app, "county", DEMO_PASSWORD)
    code = codes(own_city)[0]
    made = form(county, app, code, open="path", step="procedure")
    today = own_city.now().date().isoformat()
    said, done = send(county, app, code, made, procedure="", on=today)
    assert "“程序”没有填" in said and not done["done"]
    assert send(county, app, code, made, procedure="mediate_ordinary", on=today, why="法院已立案")[1]["done"]
    tree = body(county, app, code)
    event = own_city.path.events(COUNTY, code)[0]
    assert "立案后调解（普通程序）" in words(tree) and "程序：立案后调解（普通程序）" in words(tree) and "法院已立案" in words(tree)
    beside = {p["data-step"] for p in openers(tree, "path") if p.get("data-ref") == str(event.id)}
    assert beside == {"prolong", "result"}
    longer = form(county, app, code, open="path", step="prolong", ref=str(event.id))
    assert send(county, app, code, longer, ref=str(event.id), days="15", why="双方同意")[1]["done"]
    ended = form(county, app, code, open="path", step="result", ref=str(event.id))
    assert send(county, app, code, ended, ref=str(event.id), on=today, why="调解不成")[1]["done"]
    tree = body(county, app, code)
    assert "延长或中止 15 天" in words(tree) and not [p for p in openers(tree, "path") if p.get("data-ref") == str(event.id)]
    assert "Mediation after filing, ordinary" in words(body(county, app, code, "?lang=en"))


def test_a_field_set_by_the_centre_says_so_and_the_bar_moves(app: Dash, own_city: Services) -> None:
    city = enter(app, "city", DEMO_PASSWORD)
    code = own_city.matters.page(CITY, Filter(part="open", stage="mediating"), limit=1).rows[0].code
    made = form(city, app, code, open="path", step="escalate")
    today = own_city.now().date().isoformat()
    assert send(city, app, code, made, owner="县住建局", on=today, why="涉及两个乡镇")[1]["done"]
    tree = body(city, app, code)
    file = file_of(own_city, CITY, code)
    assert file.matter.owner == "县住建局" and set(file.acts) >= {"stage", "owner"}
    event = own_city.path.events(CITY, code)[0]
    jumps = [e["props"]["href"] for e in elements(tree) if e["type"] == "A" and str(e["props"].get("href", "")).startswith("#event-")]
    assert set(jumps) == {f"#event-{event.id}"} and f"event-{event.id}" in {e["props"].get("id") for e in elements(tree)}
    now = [words(e) for e in elements(tree) if e["props"].get("aria-current") == "step"]
    assert len(now) == 1 and now[0].startswith("提级调解")
    assert "没有记下" in send(city, app, code, made, owner="县住建局", on=today, why="再来一次")[0]


def test_merging_leads_from_the_old_code_with_a_note_and_can_be_undone(app: Dash, own_city: Services) -> None:
    county = enter(app, "county", DEMO_PASSWORD)
    one, two = codes(own_city)[:2]
    records = [len(file_of(own_city, COUNTY, c).records) for c in (one, two)]
    merge = form(county, app, one, open="merge")
    assert "没有编号为" in send(county, app, one, merge, other="26-NOSUCH0", why="同一件")[0]
    assert send(county, app, one, merge, other=two.lower(), why="同一堵墙")[1]["done"]
    file = file_of(own_city, COUNTY, one)
    assert len(file.records) == sum(records)
    old = ({one, two} - {file.matter.code}).pop()
    answer = body(county, app, old)
    assert answer["matter-moved"]["title"] == file.matter.code
    shown = words(answer)
    assert f"{old} 已并入本件 {file.matter.code}" in shown and "同一堵墙" in shown and "人工确认" in shown
    decision = next(o["data-decision"] for o in openers(answer, "unlink"))
    assert send(county, app, one, form(county, app, one, open="unlink", decision=decision), why="看错了")[1]["done"]
    assert [len(file_of(own_city, COUNTY, c).records) for c in (one, two)] == records


def test_a_record_is_taken_out_and_never_the_last(app: Dash, own_city: Services) -> None:
    analyst = enter(app, "analyst", DEMO_PASSWORD)
    code = own_city.matters.page(CITY, Filter(part="open"), "record_count", True, limit=1).rows[0].code
    file = file_of(own_city, CITY, code)
    made = form(analyst, app, code, open="split")
    assert "也要留下" in send(analyst, app, code, made, records=",".join(str(r.id) for r in file.records), why="不是一件")[0]
    assert "先选要拆出" in send(analyst, app, code, made, records="1;2", why="不是一件")[0]
    out = file.records[0]
    assert send(analyst, app, code, made, records=str(out.id), why="不是一件")[1]["done"]
    left = {r.id for r in file_of(own_city, CITY, code).records}
    assert left in ({out.id}, {r.id for r in file.records} - {out.id})  # the code stays with the earliest record


def test_what_another_steward_has_added_meanwhile_is_not_split_off_unseen(app: Dash, own_city: Services) -> None:
    analyst = enter(app, "analyst", DEMO_PASSWORD)
    rows = own_city.matters.page(CITY, Filter(part="open"), "record_count", True, limit=2).rows
    file, other = (file_of(own_city, CITY, r.code) for r in rows)
    made = form(analyst, app, file.matter.code, open="split")
    own_city.linking.merge(Scope.of("second", "analyst", "city"), file.matter.code, other.matter.code, "同一件")
    now = file_of(own_city, CITY, file.matter.code)
    said, done = send(analyst, app, now.matter.code, made, records=str(file.records[0].id), why="不是一件")
    assert "这一件的记录变了" in said and not done.get("done")
    assert {r.id for r in file_of(own_city, CITY, now.matter.code).records} == {r.id for f in (file, other) for r in f.records}
    again = form(analyst, app, now.matter.code, open="split")
    assert send(analyst, app, now.matter.code, again, records=str(file.records[0].id), why="不是一件")[1]["done"]


def test_the_past_and_other_areas_are_not_acted_on(app: Dash, own_city: Services) -> None:
    county, city = enter(app, "county", DEMO_PASSWORD), enter(app, "city", DEMO_PASSWORD)
    code = codes(own_city)[0]
    made = form(county, app, code, open="path", step="urge")
    stand_at(own_city, own_city.now() + timedelta(days=1))
    then = f"?as_of={own_city.now() - timedelta(hours=2):%Y-%m-%dT%H:%M}"
    tree = body(county, app, code, then)
    assert not openers(tree, "path") and not openers(tree, "unmask") and not openers(tree, "merge")
    assert send(county, app, code, made, then, why="催") == ("", {})
    other = next(r.code for r in own_city.matters.page(CITY, Filter(area="360981", part="open"), limit=5).rows)
    elsewhere = form(city, app, other, open="path", step="urge")
    answer = run(county, app, "matter-said.children", f"/matter/{other}", matter_ask__data={**elsewhere, "act": "path", "fields": {"why": "催"}, "n": 1})
    assert "没有找到" in words(answer)
    assert not own_city.path.events(CITY, other) and not own_city.path.events(COUNTY, code)


def test_nonsense_is_answered_in_words(app: Dash, own_city: Services) -> None:
    county = enter(app, "county", DEMO_PASSWORD)
    nonsense: tuple[Any, ...] = ({"act": "path"}, {"act": "unmask", "record": "x"}, {"act": "split", "fields": []}, {"act": ["path"]}, {"act": "rm"}, [1])
    for data in nonsense:
        answer = run(county, app, "matter-said.children", f"/matter/{codes(own_city)[0]}", matter_ask__data=data)
        assert "没有" in words(answer["matter-said"]) and "暂时算不出来" not in words(answer)


def test_the_evidence_of_a_score_adds_up_on_the_screen() -> None:
    side = Side(1, "26-A", 1, "police", "police", "call", "", "", "", "", "", "", "", "", None, None, None, "", None, None, ())
    line = PairLine(9, 0.86, 2.6, "accepted", False, ("police", "petitions"), ("", ""), "", "", 3, datetime(2026, 11, 2))
    weights = (Weight("prior", "prior", -8.4), Weight("party", "one_named", 9.5), Weight("place", "village", 2.2), Weight("time", "months2", -0.7))
    tree = links._evidence(Pair(line, side, side, weights, 0.95, 0.6, "m1", None, (), (), (), True))
    bits = [float(words(e["props"]["children"][1]).replace("−", "-")) for e in elements(tree) if e["type"] == "Li"]
    assert sum(bits[:-1]) == pytest.approx(bits[-1], abs=0.05)
    assert "0.86" in words(tree) and "0.60 存疑" in words(tree) and "同村（社区）" in words(tree)
