"""Any sequence of records, acts and undoings, on both databases: the rollups equal a rebuild, and no order shows in a matter."""

from __future__ import annotations

import os
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select

from matters.access import Scope
from matters.derive import derive
from matters.model import MATTER_FIELDS, Agency
from matters.path import ACTS
from services.path_shapes import Conflict, Refused
from services.settings import load_settings
from services.wiring import Services, build
from store import rollups
from store.engine import reading, writing
from store.path import said_among, said_of
from store.relink import members_of
from store.schema import audit, matter, path_event
from tests.store.rows import declare, empty, made, said, write

LONG = bool(os.environ.get("YIZHAN_SOAK"))
FEW = settings(max_examples=150 if LONG else 8, stateful_step_count=40 if LONG else 20, deadline=None, suppress_health_check=list(HealthCheck))
CITY = Scope.system()
START = date(2026, 6, 1)
VALUES: dict[str, Any] = {"owner": "司法所", "why": "理由", "outcome": "resolved", "satisfied": True, "days": 2, "leader": "王 *", "who": "公安局、法院",
                          "conclusions": "先调后诉", "title": "联动", "procedure": "arbitration", "tasks": "公安局 | 在场", "task": 1}  # fmt: skip


class Desk(RuleBasedStateMachine):
    """Agencies report, clerks act, days pass."""

    services: Services
    agencies: dict[str, Agency]

    def __init__(self) -> None:
        super().__init__()
        empty(self.services.engine)
        with writing(self.services.engine) as c:
            c.execute(delete(path_event))
            c.execute(delete(audit))
        self.day, self.done = START, 0
        self.services.now = lambda: datetime.combine(self.day, datetime.min.time())  # type: ignore[method-assign]
        vars(self.services).pop("path", None)  # built again, with this clock

    def matters(self) -> list[dict[str, Any]]:
        with reading(self.services.engine) as c:
            return [dict(r) for r in c.execute(select(matter).order_by(matter.c.code)).mappings()]

    @rule(row=said())
    def an_agency_reports(self, row: tuple[str, dict[str, Any]]) -> None:
        feed, values = row
        write(self.services.engine, feed, [made(dict(values))], self.agencies, datetime.combine(self.day, datetime.min.time()))

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)

    @precondition(lambda self: self.matters())
    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([m["code"] for m in self.matters()]))
        for group in data.draw(st.lists(st.sampled_from(["path", "path", "clock", "supervision", "joint"]), min_size=1, max_size=5)):
            self.act_once(data, code, group)

    def act_once(self, data: st.DataObject, code: str, group: str) -> None:
        m = next(m for m in self.matters() if m["code"] == code)
        forms = [f for f in self.services.path.acts(CITY, code).acts if f.group == group]
        if not forms:
            return
        form = data.draw(st.sampled_from(forms))
        values = {f.key: f.value if f.kind in ("ref", "date") else VALUES[f.key] for f in form.fields if f.required}
        try:
            version = self.services.path.act(CITY, m["code"], form.key, values, m["version"])
        except Refused as error:
            assert (error.reason, error.what) in {("field", "on")} or error.reason == "late"  # a day of the agencies' lies ahead
            return
        assert version == m["version"] + 1
        self.done += 1

    @precondition(lambda self: self.matters())
    @rule(data=st.data())
    def somebody_takes_back(self, data: st.DataObject) -> None:
        m = data.draw(st.sampled_from(self.matters()))
        may = self.services.path.acts(CITY, m["code"]).undo
        if may:
            self.services.path.undo(CITY, m["code"], data.draw(st.sampled_from(may)), m["version"], "错")
            self.done += 1

    @precondition(lambda self: self.matters())
    @rule(data=st.data(), act=st.sampled_from(sorted(ACTS)))
    def a_slow_clerk_is_refused(self, data: st.DataObject, act: str) -> None:
        m = data.draw(st.sampled_from(self.matters()))
        with pytest.raises(Conflict):
            self.services.path.act(CITY, m["code"], act, {}, m["version"] - 1)

    @invariant()
    def nothing_is_lost(self) -> None:
        with reading(self.services.engine) as c:
            assert c.execute(select(func.count()).select_from(path_event)).scalar_one() == self.done
            assert c.execute(select(func.count()).select_from(audit)).scalar_one() == self.done

    def teardown(self) -> None:
        order = random.Random(self.done)
        with reading(self.services.engine) as c:
            assert rollups.compare(c) == []
            for m in c.execute(select(matter)).mappings().all():
                records = members_of(c, m["id"])
                told = said_among(said_of(c, [r.id for r in records]), [r.id for r in records])
                for _ in range(3):
                    order.shuffle(records)
                    order.shuffle(told)
                    again = derive(records, self.agencies, told)
                    assert {n: getattr(again.matter, n) for n in MATTER_FIELDS} == {n: m[n] for n in MATTER_FIELDS}
                    assert m["is_open"] == (m["stage"] != "closed") and m["is_open"] == (m["closed_on"] is None)


def run_machine(base: type[Desk], few: settings, store_url: str, tmp_path: Path) -> None:
    """Run histories of a machine over one store of its own."""
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url), {})
    machine = type("Machine", (base,), {"services": services, "agencies": declare(services.engine)})
    run_state_machine_as_test(machine, settings=few)
    services.close()


def test_any_history_of_a_desk(store_url: str, tmp_path: Path) -> None:
    run_machine(Desk, FEW, store_url, tmp_path)
