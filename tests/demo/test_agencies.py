"""The services answer as agreed, the city grows without touching the article, and the process ends when told."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from connectors.registry import load_feeds
from demo import article, city
from demo.agencies import end, serve
from demo.env import COURTS_TOKEN, HEALTH_KEY, HTTP, feed_env, late_feeds
from demo.growth import Growth, catch_up
from demo.state import State
from tests.demo.conftest import SCALE, TODAY
from tests.demo.reading import Case, Reader, count, filings, join

COURT_COLUMNS = {"ajbs", "ah", "aymc", "larq", "cxlx", "fydm", "fymc", "jafs", "jarq", "bdje", "dz", "jj", "dsr", "wtdw", "zt", "gxsj"}


def courts(doors: dict[str, str], **query: Any) -> httpx.Response:
    return httpx.get(doors["YIZHAN_COURTS_URL"] + "/api/v2/cases", params=query, headers={"Authorization": f"Bearer {COURTS_TOKEN}"})


def disputes(doors: dict[str, str], **query: Any) -> httpx.Response:
    return httpx.get(doors["YIZHAN_HEALTH_URL"] + "/open/disputes", params=query, headers={"X-Api-Key": HEALTH_KEY})


def test_court_pages_hold_every_row_once_in_order(doors: dict[str, str], folder: Path) -> None:
    first = courts(doors, size=1000).json()
    assert (first["code"], first["msg"]) == (0, "ok")
    pages, total = first["data"]["pages"], first["data"]["total"]
    rows = [r for page in range(1, pages + 1) for r in courts(doors, page=page, size=1000).json()["data"]["records"]]
    base = sqlite3.connect(folder / "courts.sqlite3")
    assert len(rows) == total == base.execute("SELECT count(*) FROM cases").fetchone()[0] and pages == -(-total // 1000) > 1
    base.close()
    assert [(r["gxsj"], r["ah"]) for r in rows] == sorted((r["gxsj"], r["ah"]) for r in rows)
    assert all(set(r) == COURT_COLUMNS for r in rows)
    assert all(set(p) == {"sf", "xm", "zjhm", "lxdh"} for r in rows for p in r["dsr"])
    assert courts(doors, page=pages + 1, size=1000).json()["data"]["records"] == []


def test_court_since_is_inclusive(doors: dict[str, str]) -> None:
    total = courts(doors).json()["data"]["total"]
    middle = courts(doors, page=total // 2, size=1).json()["data"]["records"][0]["gxsj"]
    later = courts(doors, since=middle.replace(" ", "T"), size=2000).json()["data"]["records"]
    assert later[0]["gxsj"] == middle and 0 < len(later) < total


def test_health_offsets_hold_every_item_once_in_order(doors: dict[str, str], folder: Path) -> None:
    items: list[dict[str, Any]] = []
    offset: int | None = 0
    while offset is not None:
        result = disputes(doors, offset=offset, limit=17).json()["result"]
        items += result["items"]
        assert result["offset"] == offset
        offset = result["nextOffset"]
    assert len(items) == disputes(doors).json()["result"]["count"] > 100
    keys = [(i["modified"], i["caseNo"] or "") for i in items]
    assert keys == sorted(keys)
    assert set(items[0]) == {"caseNo", "facility", "dispute", "persons", "headcount", "summary", "feedback", "modified", "deleted"}
    middle = items[len(items) // 2]["modified"]
    later = disputes(doors, modifiedFrom=middle, limit=2000).json()["result"]
    assert later["count"] == sum(i["modified"] >= middle for i in items)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": COURTS_TOKEN}, {"X-Api-Key": "wrong"}])
def test_strangers_are_refused_in_json(doors: dict[str, str], headers: dict[str, str]) -> None:
    for url in (doors["YIZHAN_COURTS_URL"] + "/api/v2/cases", doors["YIZHAN_HEALTH_URL"] + "/open/disputes"):
        answer = httpx.get(url, headers=headers)
        assert answer.status_code == 401 and answer.headers["content-type"].startswith("application/json")
        assert not (answer.json().get("data") or answer.json().get("result"))


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"size": "100000"}, {"size": "-1"}, {"since": "yesterday"}])
def test_bad_parameters_are_named(doors: dict[str, str], query: dict[str, str]) -> None:
    answer = courts(doors, **query)
    assert answer.status_code == 400 and next(iter(query)) in answer.json()["msg"]


def test_unknown_paths_and_bad_offsets(doors: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {COURTS_TOKEN}"}
    assert httpx.get(doors["YIZHAN_COURTS_URL"] + "/api/v1/cases", headers=headers).status_code == 404
    assert disputes(doors, offset="-5").status_code == 400


def test_a_taken_port_leaves_nothing_behind(folder: Path) -> None:
    with socket.socket() as taken, socket.socket() as probe:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
        probe.close()
        with pytest.raises(OSError):
            serve(folder, {"courts": free, "health": taken.getsockname()[1]})
        end(serve(folder, {"courts": free}))  # the first service's port is free again


@pytest.fixture
def mine(folder: Path, tmp_path: Path) -> Path:
    """A copy of the city to grow."""
    target = tmp_path / "mine"
    shutil.copytree(folder, target)
    return target


def cases_of(folder: Path, areas: pd.DataFrame) -> list[Case]:
    return join(Reader(folder, areas).all())


def fixed_figures(cases: list[Case]) -> list[Any]:
    """What growth must never move: acceptances, ratings and filings of both windows."""
    found: list[Any] = []
    for year in (2026, 2025):
        first, last = article.window(year)
        inside = [c for c in cases if c.accepted and first <= c.accepted <= last]
        for chosen in (inside, [c for c in inside if c.centre]):
            for county in ("", *(c.code for c in article.COUNTIES)):
                counted = count([c for c in chosen if not county or c.county == county], TODAY)
                found.append([county, *(counted[k] for k in ("accepted", "records", "rated", "satisfied", "litigated"))])
        found.append(filings(cases, first, last))
    return found


def test_growth_never_touches_the_article(mine: Path, areas: pd.DataFrame) -> None:
    before = cases_of(mine, areas)
    assert catch_up(mine, datetime(2026, 12, 9, 11, 20)) > 50
    after = cases_of(mine, areas)
    assert fixed_figures(after) == fixed_figures(before)
    assert len(after) > len(before)


def test_catching_up_tells_the_days_between(mine: Path, areas: pd.DataFrame) -> None:
    now = datetime(2026, 12, 9, 11, 20)
    catch_up(mine, now)
    rows = [r for s in Reader(mine, areas).all().values() for r in s.last.values()]
    fresh = [r for r in rows if r.opened >= TODAY]
    found = {r.feed for r in fresh}
    assert found >= {"centre", "courts", "petitions", "health", "police", "fire", "justice", "hotline", "market", "online"}
    assert len({r.opened for r in fresh}) > 10
    assert all(d is None or d <= now.date() for r in rows for d in (r.opened, r.accepted, r.handled, r.closed))
    base = sqlite3.connect(mine / "courts.sqlite3")
    assert TODAY.isoformat() < base.execute("SELECT max(gxsj) FROM cases").fetchone()[0] <= now.isoformat(" ")
    base.close()


def test_catching_up_keeps_the_stock_of_open_matters(mine: Path) -> None:
    before = len(State.load(mine).open)
    catch_up(mine, datetime(2026, 12, 20, 18, 0))
    assert 0.5 * before < len(State.load(mine).open) < 2.0 * before


def test_catching_up_twice_tells_nothing_new(mine: Path) -> None:
    now = datetime(2026, 11, 26, 9, 0)
    assert catch_up(mine, now) > 0
    assert catch_up(mine, now) == 0
    assert catch_up(mine, now - timedelta(days=1)) == 0


def test_growing_is_repeatable(mine: Path, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    for target in (mine, other):
        catch_up(target, datetime(2026, 11, 27, 16, 0))
    names = {p.relative_to(mine) for p in mine.rglob("*") if p.is_file()}
    assert names == {p.relative_to(other) for p in other.rglob("*") if p.is_file()}
    for name in names:
        assert (mine / name).read_bytes() == (other / name).read_bytes(), name


def test_steps_add_and_change_rows_at_their_moment(mine: Path, areas: pd.DataFrame) -> None:
    now = datetime(2026, 11, 24, 10, 0)
    catch_up(mine, now)
    growth, before = Growth(mine), cases_of(mine, areas)
    came = sum(growth.step(now + timedelta(seconds=5 * i)) for i in range(1, 60))
    assert came >= 59
    after = cases_of(mine, areas)
    assert len(after) > len(before) and fixed_figures(after) == fixed_figures(before)
    closed = sum(not c.open for c in after) - sum(not c.open for c in before)
    assert closed > 0
    base = sqlite3.connect(mine / "police.sqlite3")
    assert base.execute("SELECT max(JJSJ) FROM jq WHERE JJSJ < '2099'").fetchone()[0][:10] == "2026112410"
    base.close()


def test_new_numbers_are_new(mine: Path) -> None:
    catch_up(mine, datetime(2026, 11, 30, 10, 0))
    growth = Growth(mine)
    for i in range(1, 40):
        growth.step(datetime(2026, 11, 30, 10, 0) + timedelta(seconds=3 * i))
    for name, table, key in (("centre", "sl", "SLBH"), ("police", "jq", "JJBH"), ("courts", "cases", "ajbs")):
        base = sqlite3.connect(mine / f"{name}.sqlite3")
        fresh = base.execute(f"SELECT {key}, count(*) FROM {table} WHERE id > (SELECT max(id) FROM {table}) - 20 GROUP BY 1").fetchall()
        base.close()
        assert all(n == 1 for _, n in fresh)


def test_a_new_week_gets_a_new_workbook(mine: Path) -> None:
    before = set((mine / "petitions").iterdir())
    catch_up(mine, datetime(2026, 12, 2, 12, 0))
    fresh = {p.name for p in set((mine / "petitions").iterdir()) - before}
    assert "信访台账_2026年第49周.xlsx" in fresh and fresh <= {f"信访台账_2026年第{n}周.xlsx" for n in (48, 49)} and not list(mine.rglob("*.part"))


def test_built_means_this_city_of_about_today(folder: Path, tmp_path: Path) -> None:
    assert city.is_built(folder, TODAY, 1, SCALE)
    assert city.is_built(folder, TODAY + timedelta(days=20), 1, SCALE)
    assert not city.is_built(folder, TODAY + timedelta(days=200), 1, SCALE)
    assert not city.is_built(folder, TODAY - timedelta(days=1), 1, SCALE)
    assert not city.is_built(folder, TODAY, 2, SCALE)
    assert not city.is_built(folder, TODAY, 1, 1.0)
    assert not city.is_built(folder, TODAY, 1, SCALE, ("health",))
    assert not city.is_built(tmp_path, TODAY, 1, SCALE)


def test_half_a_city_is_no_city(mine: Path) -> None:
    (mine / "truth.json").write_text('{"finger')
    assert not city.is_built(mine, TODAY, 1, SCALE)


def test_late_health(tmp_path: Path, areas: pd.DataFrame) -> None:
    city.generate(tmp_path, areas, TODAY, scale=SCALE, late=("health",))
    end = (TODAY - timedelta(days=12)).isoformat()
    catch_up(tmp_path, datetime(2026, 11, 27, 12, 0))
    rows = Reader(tmp_path, areas).all()["health"].last.values()
    seen = [d for r in rows for d in (r.opened, r.accepted, r.closed) if d]
    assert date(2026, 10, 20) < max(seen) <= date.fromisoformat(end)
    assert city.is_built(tmp_path, TODAY, 1, SCALE, ("health",))


def test_late_health_moves_no_other_figure(tmp_path: Path, areas: pd.DataFrame) -> None:
    truth = city.generate(tmp_path, areas, date(2026, 10, 4), scale=SCALE, late=("health",))
    cases = cases_of(tmp_path, areas)
    first, last = article.window(2026)
    centre = [c for c in cases if c.centre and c.accepted and first <= c.accepted <= last]
    assert len(centre) == truth.expected["figures"]["now"]["centre"]["city"]["accepted"]
    assert len(centre) == sum(round(c.centre * SCALE) for c in (*article.COUNTIES, article.UNLOCATED))
    found = count(centre, date(2026, 10, 4))
    assert found["satisfied"] * 5 == found["rated"] * 4


def test_late_names_only_those_with_whom_a_dispute_begins() -> None:
    assert late_feeds({}) == () and late_feeds({"YIZHAN_DEMO_LATE": " health ,hotline"}) == ("health", "hotline")
    with pytest.raises(ValueError, match="courts"):
        late_feeds({"YIZHAN_DEMO_LATE": "courts"})


def test_addresses_are_those_of_the_feed_files(folder: Path) -> None:
    env = feed_env(folder, {feed: i for i, feed in enumerate(HTTP, start=1)})
    assert set(env) == {name for spec in load_feeds(env={}).values() for name in spec.missing}
    assert [s.feed for s in load_feeds(env=env).values() if s.missing] == []
    assert env["YIZHAN_COURTS_URL"] == "http://127.0.0.1:1" and Path(env["YIZHAN_FIRE_DIR"]).is_dir()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_process_serves_grows_and_ends_cleanly(mine: Path, how: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "demo.agencies", str(mine), "--grow-seconds", "0.1", "--today", "2026-11-25"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("agencies ready")
        port = int(ready.split("courts ")[1].split(",")[0])
        answer = httpx.get(f"http://127.0.0.1:{port}/api/v2/cases?size=1", headers={"Authorization": f"Bearer {COURTS_TOKEN}"})
        assert answer.status_code == 200
        before = State.load(mine).number
        deadline = time.monotonic() + 10
        while State.load(mine).number == before and time.monotonic() < deadline:
            time.sleep(0.2)
        assert State.load(mine).number > before
        process.send_signal(how)
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
