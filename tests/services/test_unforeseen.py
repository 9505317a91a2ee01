"""Errors that nobody foresaw: they end the run and the request, are told, and the log has them; a lost lease is none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from connectors.base import Cursor, RawBatch
from services import ingest as ingesting
from services.column_watch import ColumnWatch
from services.desk import Desk
from services.schedule import Worker
from services.wiring import Services
from store import feeds as feed_store
from store import quarantine
from store import requests as kept
from store.engine import reading, writing
from store.feeds import LostLease
from store.schema import lease
from store.schema import run as run_table
from tests.services.intake import STEWARD, opened, put, row, run, work


def stumble(*_: Any) -> Any:
    """What no one foresaw, quoting a cell."""
    raise ValueError("invalid literal: 13812345678")


def away(*_: Any) -> Any:
    """A database that goes away in the middle."""
    raise OperationalError("", {}, Exception("server closed the connection"))


class Door:
    """A transport that does something before its rows."""

    def __init__(self, first: Callable[[], Any]) -> None:
        self._first = first

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        self._first()
        yield RawBatch([{"id": "1", "day": "2026-11-02", "title": "甲", "area": "360923", "who": "", "phone": ""}], "door")


def statuses(services: Services) -> list[str]:
    with reading(services.engine) as c:
        return list(c.execute(select(run_table.c.status).order_by(run_table.c.id)).scalars())


@pytest.mark.parametrize("where", ["transport", "mapper", "_locate", "end"])
def test_what_nobody_foresaw_ends_the_run_and_the_request_and_is_told(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    put(tmp_path, "1.csv", [row(1)])
    with monkeypatch.context() as broken:
        if where == "transport":
            broken.setattr(ingesting, "open_transport", lambda *_: Door(stumble))
        elif where == "end":
            broken.setattr(ColumnWatch, "ended", stumble)
        else:
            broken.setattr(services.ingest, where, stumble)
        asked = services.stewardship.run_now(STEWARD, "lists")
        with capture_logs() as logs:
            assert work(services) == 1
    (ended,) = services.feeds.runs(STEWARD)
    failed, card = services.feeds.request(STEWARD, asked.id), services.feeds.card(STEWARD, "lists")
    assert (ended.status, failed.state, failed.run_id) == ("failed", "failed", ended.id)
    assert (card.failures, card.error, card.running_since) == (1, ended.error, None) and f"run={ended.id}" in ended.error == failed.error
    assert [n.kind for n in services.feeds.notices(STEWARD)] == ["failed"]
    (said,) = [x for x in logs if x["event"] == "unforeseen"]
    assert said["run"] == ended.id and "in stumble" in said["trace"] and "13812345678" not in str(logs)
    services.stewardship.run_now(STEWARD, "lists")  # not refused as busy
    assert work(services) == 1 and services.feeds.card(STEWARD, "lists").failures == 0
    assert statuses(services) == ["failed", "done"] and services.feeds.operation().rows["lists", "new"] == 1
    services.close()


@pytest.mark.parametrize(("fault", "words"), [(stumble, "something unforeseen"), (away, "database does not answer")], ids=["program", "database"])
@pytest.mark.parametrize("closes", [True, False], ids=["", "nor can it be noted"])
def test_a_replay_closes_its_run(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., Any], words: str, closes: bool
) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    put(tmp_path, "1.csv", [row(1), row(2, day="2026/11/05")])
    assert run(services).counts.quarantined == 1
    toml = tmp_path / "feed.toml"
    toml.write_text(toml.read_text().replace('date = "%Y-%m-%d"', 'date = ["%Y-%m-%d", "%Y/%m/%d"]'))
    desk = Desk(services)
    asked = services.stewardship.replay(STEWARD, "lists")
    with monkeypatch.context() as broken:
        broken.setattr(quarantine, "open_rows", fault)
        if not closes:
            change = kept.change
            broken.setattr(feed_store, "finish", away)
            broken.setattr(kept, "change", lambda c, i, v, s: change(c, i, v, s) if v.get("state") == "running" else away())
        desk.work_off({}, None, services.specs)
    assert statuses(services)[-1] == ("failed" if closes else "running")
    if not closes:
        assert desk.work_off({}, None, services.specs) == 0  # the database is there again
    failed = services.feeds.request(STEWARD, asked.id)
    assert failed.state == "failed" and words in failed.error and services.feeds.card(STEWARD, "lists").failures == 0
    again = services.stewardship.replay(STEWARD, "lists")
    assert desk.work_off({}, None, services.specs) == 1 and statuses(services) == ["done", "failed", "done"]
    assert services.feeds.request(STEWARD, again.id).state == "done" and all(r.holds for r in services.feeds.reconciled(STEWARD))
    assert words in services.feeds.runs(STEWARD)[1].error and services.feeds.runs(STEWARD)[1].id == failed.run_id
    services.close()


def test_a_lease_that_is_lost_half_way_is_left_to_the_successor(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    worker = Worker(services)
    assert worker.hold()

    def passes_on() -> None:
        with writing(services.engine) as c:
            c.execute(update(lease).values(fence=lease.c.fence + 1))

    monkeypatch.setattr(ingesting, "open_transport", lambda *_: Door(passes_on))
    asked = services.stewardship.run_now(STEWARD, "lists")
    with pytest.raises(LostLease):
        Desk(services).work_off({}, worker._fence, services.specs)
    assert statuses(services) == ["running"] and services.feeds.request(STEWARD, asked.id).state == "running"
    assert services.feeds.card(STEWARD, "lists").failures == 0
    services.close()


def test_a_run_that_could_not_be_closed_is_closed_by_the_first_that_can_begin(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    with monkeypatch.context() as broken:
        broken.setattr(feed_store, "end_run", away)
        assert run(services).retry
    with monkeypatch.context() as broken:
        broken.setattr(feed_store, "start_run", stumble)
        with pytest.raises(ValueError, match="literal"):
            run(services)
    assert statuses(services) == ["running"]
    run(services)
    assert statuses(services) == ["failed", "done"]
    services.close()
