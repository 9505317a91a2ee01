"""Records, acts of clerks, comparing, splitting, merging and undoing in any order: nothing attached is lost, codes lead on, the past stands.

What hangs on a matter hangs on its records: events of the path, members of groups; letters and meetings keep codes.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import func, select

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.model import MATTER_FIELDS
from services.link_desk import LinkDesk
from services.link_runner import LinkRunner
from services.link_shapes import Conflict, Refused
from store import groups as kept
from store import lists, rollups
from store.clock import settle
from store.engine import reading, writing
from store.places import Place
from store.schema import (
    audit,
    data_version,
    group_member,
    link_decision,
    link_pair,
    matter,
    matter_group,
    path_event,
    record,
)
from tests.services.test_path_machine import CITY, LONG, Desk, run_machine
from tests.store.linking_rows import ByTitle, empty_links, links_picture
from tests.store.rows import picture
from tests.store.test_linking import Areas, rebuilt

FEW = settings(max_examples=120 if LONG else 5, stateful_step_count=40 if LONG else 18, deadline=None, suppress_health_check=list(HealthCheck))
GROUP = 1
_WHOLE = Scope.of("steward", "analyst", "city")


class Linked(Desk):
    """The desk, while records are compared and a steward decides about them."""

    def __init__(self) -> None:
        super().__init__()
        empty_links(self.services.engine)
        with writing(self.services.engine) as c:
            for table in (group_member, matter_group):
                c.execute(table.delete())
            c.execute(matter_group.insert().values(id=GROUP, key="k", kind="employer", object="某厂", name="", state="confirmed", version=1,
                                                   found_at=datetime(2026, 1, 1), first_on=date(2026, 1, 1), last_on=date(2026, 1, 1)))  # fmt: skip
        self.decided = 0
        self.members: set[int] = set()
        self.codes: dict[str, int] = {}  # every code that ever was a matter's → the record that bears it
        self.past: list[tuple[datetime, dict[str, dict[str, Any]]]] = []
        self.runner = LinkRunner(self.services.engine, ByTitle(), lambda: self.services.now())
        self.desk = LinkDesk(self.services.engine, Areas(), self.runner.waiting, lambda: self.services.now())  # type: ignore[arg-type]

    @rule()
    def the_worker_compares(self) -> None:
        self.runner.run(size=10)
        assert self.runner.waiting() == 0

    @precondition(lambda self: len(self.matters()) > 1)
    @rule(data=st.data())
    def a_steward_merges(self, data: st.DataObject) -> None:
        one, other = data.draw(st.lists(st.sampled_from([m["code"] for m in self.matters()]), min_size=2, max_size=2, unique=True))
        self._try(lambda: self.desk.merge(CITY, one, other, "同一件事"))

    @precondition(lambda self: any(m["record_count"] > 1 for m in self.matters()))
    @rule(data=st.data())
    def a_steward_splits(self, data: st.DataObject) -> None:
        m = data.draw(st.sampled_from([m for m in self.matters() if m["record_count"] > 1]))
        with reading(self.services.engine) as c:
            mine = sorted(c.execute(select(record.c.id).where(record.c.matter_id == m["id"])).scalars())
        out = data.draw(st.lists(st.sampled_from(mine), min_size=1, max_size=len(mine) - 1, unique=True))
        self.desk.split(CITY, m["code"], out, "两件事")
        self.decided += 1

    @rule(data=st.data(), verdict=st.sampled_from(["accept", "split", "skip"]))
    def a_steward_decides(self, data: st.DataObject, verdict: str) -> None:
        with reading(self.services.engine) as c:
            pairs = sorted(c.execute(select(link_pair.c.id).where(link_pair.c.state != "void")).scalars())
        if pairs:
            self._try(lambda: self.desk.decide(CITY, data.draw(st.sampled_from(pairs)), verdict))

    @rule(data=st.data())
    def a_steward_takes_back(self, data: st.DataObject) -> None:
        with reading(self.services.engine) as c:
            standing = sorted(c.execute(select(link_decision.c.id).where(link_decision.c.undone_at.is_(None))).scalars())
        if standing:
            self.desk.undo(CITY, data.draw(st.sampled_from(standing)), "看错了")
            self.decided += 1

    @precondition(lambda self: self.matters())
    @rule(data=st.data())
    def a_matter_joins_the_group(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([m["code"] for m in self.matters()]))
        with writing(self.services.engine) as c:
            anchor = c.execute(select(record.c.id).where(record.c.code == code)).scalar_one()
            if anchor not in self.members:
                kept.join(c, GROUP, {anchor: 1.0}, "k", datetime(2026, 1, 1))
        self.members.add(anchor)

    @precondition(lambda self: self.matters() and len(self.past) < 4)
    @rule()
    def a_meeting_is_frozen(self) -> None:
        with writing(self.services.engine) as c:
            at = c.execute(select(func.max(data_version.c.clock))).scalar_one()
            settle(c, at)
        self.past.append((at, {m["code"]: {n: m[n] for n in MATTER_FIELDS} for m in self.matters()}))

    def _try(self, act: Any) -> None:
        """What is refused leaves nothing behind: audit and events are counted."""
        try:
            act()
        except (Refused, Conflict):
            return
        self.decided += 1

    @invariant()
    def nothing_is_lost(self) -> None:
        """Events, members and codes stay with their records, whatever matter these are in; the records are all counted once."""
        with reading(self.services.engine) as c:
            assert c.execute(select(func.count()).select_from(path_event)).scalar_one() == self.done
            assert c.execute(select(func.count()).select_from(audit)).scalar_one() == self.done + self.decided
            of = {r.id: (r.matter_id, r.code) for r in c.execute(select(record.c.id, record.c.matter_id, record.c.code))}
            live = c.execute(select(func.count()).select_from(record).where(~record.c.withdrawn, ~record.c.context)).scalar_one()
            assert int(c.execute(select(func.sum(matter.c.record_count))).scalar() or 0) == live == sum(m is not None for m, _ in of.values())
            codes = {m.code: m.id for m in c.execute(select(matter.c.id, matter.c.code))}
            by_code = {code: i for i, (_, code) in of.items()}
            self.codes |= {code: by_code[code] for code in codes}
            for code, anchor in self.codes.items():
                found = lists.find(c, CITY, code)
                assert (found["id"] if found else None) == of[anchor][0], f"{code} leads to the matter that has its record now"
            assert {r.id for r in kept.members(c, _WHOLE, [GROUP])} == {of[i][0] for i in self.members} - {None}
            held = {i for (i,) in c.execute(select(path_event.c.record_id).distinct())}
            assert held <= of.keys()

    def teardown(self) -> None:
        super().teardown()
        with reading(self.services.engine) as c:
            for at, then in self.past:
                for code, said in then.items():
                    was = lists.find(c, CITY, code, at)
                    assert was is not None and {n: was[n] for n in MATTER_FIELDS} == said, "what a meeting saw stands still"
            total = lists.totals(c, CITY, Filter(part=""), Place(), Clock(self.day))
            assert total[0] == len(self.matters())
        self.runner.run()
        with reading(self.services.engine) as c:
            stood = picture(c) | links_picture(c)
        assert rebuilt(self.services.engine, self.agencies) == stood
        with reading(self.services.engine) as c:
            assert rollups.compare(c) == []


def test_any_history_of_linking(store_url: str, tmp_path: Path) -> None:
    run_machine(Linked, FEW, store_url, tmp_path)
