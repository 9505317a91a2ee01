"""What a steward asks for on the feeds' page, on the real services: done, refused in words, and never by who may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from dashboard.pages.feeds.state import group_key
from demo.seeding import add_accounts
from services.auth import DEMO_PASSWORD
from services.schedule import Worker
from store.engine import writing
from store.schema import lease
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words
from tests.dashboard.feeds_desk import opened_desk
from tests.services import intake
from tests.services.intake import STEWARD, opened, put, row, work

if TYPE_CHECKING:
    from services.wiring import Services

PARTS = ("new", "changed", "unchanged", "withdrawn", "quarantined")


@pytest.fixture(scope="module")
def desk(database: str, migrated_template: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One for all tests that leave its quarantine as it is."""
    with opened_desk(database, migrated_template, request, tmp_path_factory.mktemp("desk")) as services:
        yield services


@pytest.fixture(scope="module")
def app(desk: Services) -> Dash:
    return build_app(desk)


@pytest.fixture(scope="module")
def analyst(app: Dash) -> Any:
    return enter(app, "analyst", DEMO_PASSWORD)


def ask(client: Any, app: Dash, **data: Any) -> tuple[str, bool]:
    """What the page says to an act, and whether it was done."""
    answer = run(client, app, "feeds-said.children", "/feeds", feeds_ask__data={"n": 1, **data})
    return words(answer["feeds-said"]["children"]), bool((answer.get("feeds-done", {}).get("data") or {}).get("done"))


def body(client: Any, app: Dash, search: str = "") -> dict[str, Any]:
    return run(client, app, "feeds-trees.data", "/feeds", search)


def test_pause_says_why_everywhere_and_resume_takes_it_back(app: Dash, analyst: Any, desk: Services) -> None:
    assert ask(analyst, app, act="pause", feed="lists", why="  ") == ("没有做请写明理由。", False)
    said, done = ask(analyst, app, act="pause", feed="lists", why="对方搬家")
    assert done and "恢复" in said
    assert "已暂停" in words(body(analyst, app)) and "对方搬家" in words(body(analyst, app, "?feed=lists"))
    assert ask(analyst, app, act="resume", feed="lists")[1]
    assert "已暂停" not in words(body(analyst, app))


def test_what_is_asked_twice_late_or_for_nothing_is_refused_in_words(app: Dash, analyst: Any, desk: Services) -> None:
    assert ask(analyst, app, act="run", feed="lists")[1]
    assert "已经在办" in ask(analyst, app, act="run", feed="lists")[0]
    request = desk.feeds.requests(STEWARD, "lists")[0]
    assert ask(analyst, app, act="cancel", id=str(request.id))[1]
    assert "已经结束" in ask(analyst, app, act="cancel", id=str(request.id))[0]
    tomorrow = (desk.now().date() + timedelta(days=1)).isoformat()
    for data in ({"act": "backfill", "feed": "lists", "since": tomorrow}, {"act": "backfill", "feed": "lists", "since": "x"},
                 {"act": "run", "feed": "nobody"}, {"act": "cancel", "id": "9999"}, {"act": "cancel", "id": "1; drop"}, {"act": "drop"},
                 {"act": "replay", "feed": "lists", "ids": ["x"]}, {"act": "edit", "row": "1", "cells": {"day": 7}}, {"act": ["run"]}):  # fmt: skip
        said, done = ask(analyst, app, **data)
        assert "没有做" in said and not done, data


def test_a_backfill_shows_how_far_it_is_and_adds_up(app: Dash, analyst: Any, desk: Services) -> None:
    assert ask(analyst, app, act="backfill", feed="lists", since="2026-11-01")[1]
    page = body(analyst, app, "?feed=lists")
    assert "等待采集进程" in words(page) and [e for e in elements(page) if e["props"].get("role") == "progressbar"]
    assert work(desk) == 1
    found = figures(body(analyst, app, "?feed=lists"))
    heads = {k.removesuffix("-received") for k in found if k.endswith("-received")}
    assert len([h for h in heads if h.startswith("run-")]) >= 2 and "days" in heads
    for head in heads:
        assert int(found[f"{head}-received"]["value"]) == sum(int(found[f"{head}-{p}"]["value"]) for p in PARTS)


def test_who_may_not_is_refused_and_a_smaller_area_sees_no_rows(app: Dash, desk: Services) -> None:
    row_id = desk.feeds.quarantine_rows(STEWARD, "lists").rows[0].id
    acts = [{"act": "pause", "feed": "lists", "why": "x"}, {"act": "run", "feed": "lists"}, {"act": "discard", "feed": "lists", "why": "x", "ids": [row_id]},
            {"act": "replay", "feed": "lists", "ids": [row_id]}, {"act": "edit", "row": str(row_id), "cells": {"day": "2026-11-02"}},
            {"act": "note", "ids": "1"}, {"act": "accept", "hold": "1"}]  # fmt: skip
    before = desk.feeds.requests(STEWARD, "lists")
    for user in ("city", "county", "township"):
        client = enter(app, user, DEMO_PASSWORD)
        for data in acts:
            said, done = ask(client, app, **data)
            assert "没有这一步的权限" in said and not done, (user, data)
    assert desk.feeds.card(STEWARD, "lists").paused is None and desk.feeds.requests(STEWARD, "lists") == before
    for user in ("county", "township"):
        client = enter(app, user, DEMO_PASSWORD)
        for search in ("", "?feed=lists", "?view=aside&feed=lists"):
            page = body(client, app, search)
            assert "只对全市范围的用户显示" in words(page) and "never" not in words(page)
            assert not [e for e in elements(page) if e["props"].get("data-row")]
        assert client.get("/feeds/pulse").status_code == 403
        assert "没有这一步的权限" in words(run(client, app, "feeds-form.children", "/feeds", f"?view=aside&act=edit&row={row_id}"))
    city = enter(app, "city", DEMO_PASSWORD)
    assert "只有分析员和管理员可以" in words(body(city, app, "?view=aside"))


def test_every_quarantined_row_ends_mended_replayed_or_discarded_and_the_counts_reconcile(
    database: str, migrated_template: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:  # fmt: skip
    with opened_desk(database, migrated_template, request, tmp_path) as desk:
        app = build_app(desk)
        analyst = enter(app, "analyst", DEMO_PASSWORD)
        _mend_replay_discard(app, analyst, desk)
        _whole_group(app, analyst, desk, tmp_path)


def _mend_replay_discard(app: Dash, analyst: Any, desk: Services) -> None:
    page = body(analyst, app, "?view=aside")
    rows = [e["props"]["data-row"] for e in elements(page) if e["props"].get("data-row")]
    assert len(rows) == 3
    bad = [words(e) for e in elements(page) if e["type"] == "Div" and e["props"].get("className") == "bad"]
    assert len(bad) == 3 and all("✕" in text and text.startswith("day") for text in bad)
    assert "张三丰" not in words(page) and "13812345678" not in words(page)
    first, second, third = rows
    assert ask(analyst, app, act="edit", row=first, cells={"day": "2026-11-03"}, why="电话问过")[1]
    assert ask(analyst, app, act="replay", feed="lists", ids=[second])[1]
    assert work(desk) == 2
    assert "没有做" in ask(analyst, app, act="discard", feed="lists", ids=[third], why="")[0]
    whole = group_key(desk.feeds.quarantine(STEWARD)[0])
    assert "先选几行" in ask(analyst, app, act="discard", feed="lists", ids=[], picked="1", group=whole, why="x")[0]
    assert ask(analyst, app, act="discard", feed="lists", ids=[third], why="测试行")[1]
    page = body(analyst, app, "?view=aside&feed=lists")
    found = {k: int(v["value"]) for k, v in figures(page).items() if k.startswith("sum-")}
    assert (found["sum-open"], found["sum-replayed"], found["sum-discarded"], found["sum-quarantined"]) == (1, 1, 1, 3)
    assert found["sum-received"] == sum(found[f"sum-{p}"] for p in PARTS) == 5
    assert "1 行重放：1 仍隔离" in words(page) and "对得上" in words(page)
    gone = words(body(analyst, app, "?view=aside&state=discarded"))
    assert "测试行" in gone and "never" not in gone
    assert "重放后：新增" in words(body(analyst, app, "?view=aside&state=replayed"))


def _whole_group(app: Dash, analyst: Any, desk: Services, folder: Path) -> None:
    """60 more bad rows: the pages of the group hold each once, and it is replayed as a whole."""
    put(folder, "2.csv", [row(100 + i, day="??") for i in range(60)])
    intake.run(desk)
    (group,) = desk.feeds.quarantine(STEWARD)
    seen: list[str] = []
    search = "?view=aside"
    while search:
        page = body(analyst, app, search)
        seen += [e["props"]["data-row"] for e in elements(page) if e["props"].get("data-row")]
        search = next((e["props"]["href"].removeprefix("/feeds") for e in elements(page) if e["type"] == "A" and words(e) == "下一页"), "")
    assert len(seen) == len(set(seen)) == group.count == 61
    assert "61 行交给重放" in ask(analyst, app, act="replay", feed="lists", group=group_key(group))[0]
    assert work(desk) == 1
    assert "61 行重放：61 仍隔离" in words(body(analyst, app, "?view=aside"))
    assert "没有做" in ask(analyst, app, act="replay", feed="lists", group="lists.bad_date.00000000")[0]


def test_a_short_list_waits_with_its_figures_until_somebody_decides(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path, mode="snapshot", demo=True)
    try:
        add_accounts(services)
        app = build_app(services)
        client = enter(app, "analyst", DEMO_PASSWORD)
        put(tmp_path, "1.csv", [row(i) for i in range(10)])
        intake.run(services)
        put(tmp_path, "2.csv", [row(i) for i in range(3)])
        intake.run(services)
        (hold,) = services.feeds.holds(STEWARD)
        assert "名单变短" in words(body(client, app)) and figures(body(client, app, "?feed=lists"))[f"hold-{hold.id}"]["value"] == "7"
        assert "撤回 7 条" in words(run(client, app, "feeds-form.children", "/feeds", f"?feed=lists&act=accept&hold={hold.id}"))
        assert ask(client, app, act="accept", hold=str(hold.id))[1] and work(services) == 1
        assert "有人已经处理过" in ask(client, app, act="refuse", hold=str(hold.id))[0]
        found = figures(body(client, app))
        assert found["lists-withdrawn"]["value"] == "7" and "已接受" in words(body(client, app, "?feed=lists"))
    finally:
        services.close()


def test_the_banner_tells_of_a_full_disk_and_of_a_silent_worker_and_clears(app: Dash, analyst: Any, desk: Services) -> None:
    assert analyst.get("/health-banner").get_json() == []
    desk.health.failed(OSError(28, "No space left on device"))
    told = analyst.get("/health-banner?lang=en").get_json()
    assert [p["code"] for p in told] == ["disk_full"] and "disk is full" in told[0]["title"] and told[0]["kind"] == "stop"
    assert "磁盘满" in analyst.get("/health-banner").get_json()[0]["title"]
    desk.health.wrote()
    assert Worker(desk).hold() and analyst.get("/health-banner").get_json() == []
    with writing(desk.engine) as c:
        c.execute(lease.update().values(expires_at=desk.wall_clock() - timedelta(minutes=5)))
    assert [p["code"] for p in analyst.get("/health-banner").get_json()] == ["no_worker"]
    assert enter(app, "county", DEMO_PASSWORD).get("/health-banner").status_code == 200
