"""Exports made aside: they tell how far they are, are one's own, and leave nothing behind when they are ended."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from matters.access import Forbidden, Scope
from matters.filters import Filter
from services.exports import Busy, Exports, Job

if TYPE_CHECKING:
    from tests.services.conftest import City

CITY, OTHER = Scope.of("leader", "analyst", "city"), Scope.of("other", "analyst", "city")
DISPLAY = Scope.of("wall", "display", "city")


class Held:
    """The matters of a city, whose exports wait after the first rows until they are let go."""

    def __init__(self, matters: Any) -> None:
        self._matters, self.reached, self.go = matters, threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._matters, name)

    def export(self, *asked: Any) -> Any:
        *rest, tell = asked

        def held(rows: int) -> None:
            tell(rows)
            if rows:
                self.reached.set()
                assert self.go.wait(20)

        return self._matters.export(*rest, held)


def begun(city: City, held: Held, audited: list[dict[str, Any]], scope: Scope = CITY) -> tuple[Exports, Job]:
    exports = Exports(held, city.services.settings.max_export_rows, lambda who, act, detail: audited.append({"act": act, **detail}))  # type: ignore[arg-type]
    job = exports.start(scope, Filter(), "accepted_on", True, ["code", "title"], "csv", "zh", "?window=all")
    assert held.reached.wait(20)
    return exports, job


def ended(exports: Exports, job: Job) -> Job:
    deadline = time.monotonic() + 20
    while job.status == "running" and time.monotonic() < deadline:
        time.sleep(0.02)
    return job


def files(city: City) -> set[str]:
    folder = city.services.settings.export_dir
    return {p.name for p in folder.iterdir()} if folder.exists() else set()


def test_an_export_that_is_ended_leaves_no_file(city: City) -> None:
    held, before = Held(city.services.matters), files(city)
    audited: list[dict[str, Any]] = []
    exports, job = begun(city, held, audited)
    assert job.total == city.services.matters.total(CITY, Filter()) > 1_000 and exports.take(CITY, job.id) is None
    assert files(city) != before  # it was being written
    exports.cancel(OTHER, job.id)
    assert not job.stop.is_set()  # nobody else ends it
    exports.cancel(CITY, job.id)
    held.go.set()
    assert ended(exports, job).status == "cancelled" and 0 < job.rows < job.total
    assert files(city) == before and exports.take(CITY, job.id) is None
    assert [a["act"] for a in audited] == ["matters.export"]


def test_an_export_is_one_at_a_time_whole_and_taken_once(city: City) -> None:
    held, before = Held(city.services.matters), files(city)
    audited: list[dict[str, Any]] = []
    exports, job = begun(city, held, audited)
    with pytest.raises(Busy):
        exports.start(CITY, Filter(), "code", True, [], "xlsx", "zh", "")
    assert exports.state(OTHER, job.id) is None
    held.go.set()
    assert ended(exports, job).status == "done"
    assert exports.take(OTHER, job.id) is None
    made = exports.take(CITY, job.id)
    assert made is not None
    *rows, late = made.path.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == job.total + 1 and late.startswith("数据源延迟：")  # feeds of this city are late: the foot says so
    made.path.unlink()
    assert exports.take(CITY, job.id) is None and files(city) == before


def test_who_may_not_export_begins_nothing(city: City) -> None:
    audited: list[Any] = []
    exports = Exports(city.services.matters, 10, lambda *a: audited.append(a))
    with pytest.raises(Forbidden):
        exports.start(DISPLAY, Filter(), "code", True, [], "csv", "zh", "")
    assert audited == []
