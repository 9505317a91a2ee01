"""Every source that fails as a whole: told in plain words, nothing half stored, nothing lost once it is well again."""

from __future__ import annotations

import re
import time

import pytest
from sqlalchemy import func, select

from dashboard.components.failure_words import failure
from services.schedule import Worker
from store.engine import reading
from store.schema import record
from tests.connectors.loopback import Told, source
from tests.faults.sick import SAID, SICK
from tests.faults.stage import HTTP, STEWARD, TEN, Stage

Stages = tuple[Stage, Stage]


def stored(stage: Stage, code: str) -> int:
    with reading(stage.services.engine) as c:
        return int(c.execute(select(func.count()).where(record.c.feed == code)).scalar_one())


@pytest.mark.parametrize("name", SICK)
def test_a_sick_source(stages: Stages, name: str) -> None:
    hit, clean = stages
    fault, code = SICK[name], "s_" + name.replace("-", "_")
    feed, began = hit.feed(code, fault.door), time.monotonic()
    result = hit.run(feed, fault.sick)
    assert time.monotonic() - began < 6
    assert re.search(fault.told, result.error) and result.retry is fault.retry, result
    said = failure(result.error)
    assert SAID[name] in said and ("自动" in said) is fault.retry, said
    assert (stored(hit, code), result.counts.new, result.counts.received) == (fault.kept,) * 3
    card, line = hit.services.feeds.card(STEWARD, code), hit.services.feeds.runs(STEWARD, code)[0]
    assert (card.error, card.failures, card.succeeded_at) == (result.error, 1, None) and (line.error, line.status) == (result.error, "failed")
    hit.picture(code)
    # The source is well again: what comes out is what a store holds that never saw it sick.
    result = hit.run(feed, fault.well)
    assert (result.error, stored(hit, code)) == ("", len(TEN))
    assert clean.run(clean.feed(code, fault.door), fault.well).counts.new == len(TEN)
    assert hit.picture(code) == clean.picture(code) and "\ufffd" not in str(hit.picture(code))
    card = hit.services.feeds.card(STEWARD, code)
    assert (card.error, card.failures) == ("", 0) and card.succeeded_at is not None
    hit.sound(code)


def test_feed_down(stages: Stages) -> None:
    hit, clean = stages
    with source(lambda _: Told({"data": TEN})) as gone:
        port = int(gone.url.rpartition(":")[2])
    feed = hit.feed("down", HTTP.replace("{url}", gone.url))
    result = hit.services.ingest.run(feed.spec)
    assert "cannot be reached" in result.error and result.retry and stored(hit, "down") == 0
    assert hit.services.feeds.card(STEWARD, "down").error == result.error
    with source(lambda _: Told({"data": TEN}), port=port):
        assert hit.services.ingest.run(feed.spec).counts.new == 10
        clean.services.ingest.run(clean.feed("down", HTTP.replace("{url}", gone.url)).spec)
    assert hit.picture("down") == clean.picture("down")
    assert [r.status for r in hit.services.feeds.runs(STEWARD, "down")] == ["done", "failed"]
    hit.sound("down")


def test_a_source_that_asks_for_patience_gets_it(stages: Stages) -> None:
    """The worker does not ask before the time that the source named; a person may."""
    hit, _ = stages
    feed = hit.feed("patience", HTTP)
    assert feed.running is not None
    began = hit.services.now()
    assert hit.run(feed, lambda _: Told(b"", 503, {"Retry-After": "600"})).retry
    card = hit.services.feeds.card(STEWARD, "patience")
    assert (card.circuit, card.failures) == ("open", 1) and card.circuit_until is not None
    assert 595 < (card.circuit_until - began).total_seconds() < 660
    worker, asked = Worker(hit.services), len(feed.running.asked)
    assert worker.hold()
    worker._pull(feed.spec)
    assert len(feed.running.asked) == asked
    assert hit.run(feed, lambda _: Told(b"", 429, {"Retry-After": "99999999"})).retry
    card = hit.services.feeds.card(STEWARD, "patience")
    assert card.circuit_until is not None and (card.circuit_until - began).total_seconds() < 3_700
    feed.answer[:] = [lambda _: Told({"data": TEN})]
    assert hit.services.ingest.run(feed.spec).counts.new == 10
    assert hit.services.feeds.card(STEWARD, "patience").circuit == "closed"
    hit.sound("patience")
