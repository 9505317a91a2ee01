"""Acting on a matter: what may be done now, doing it, taking it back, and its clocks. Each act is an event, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from matters import clocks as table
from matters.access import Forbidden, Scope
from matters.derive import derive
from matters.identity import cleaned
from matters.model import Agency, Derived, Record
from matters.path import ACTS, CARDS, ENDING, FACTS, Act, Facts, may_end, open_to, refusal
from matters.told import Said, Told, fold, standing
from services.moments import Moments
from services.path_forms import Asked, form, read
from services.path_shapes import Acts, ClockLine, Conflict, EventLine, Refused
from services.settings import Settings
from store import feeds as feed_store
from store import listings as trail
from store import lists
from store import path as kept
from store.clock import tick
from store.engine import reading, writing
from store.records_at import ids_at
from store.relink import members_of, rederive
from store.rollups import turn_day
from store.writer import bump

__all__ = ["Conflict", "Path", "Refused"]
_LOOSE = ("supervision", "joint")  # these can be undone in any order, as long as nothing answers them


@dataclass(slots=True)
class _Case:
    """A matter as an act finds it: its row, records, events, what they say, and what the records say alone."""

    row: dict[str, Any]
    records: list[Record]
    said: list[Said]
    told: Told
    alone: Derived
    facts: Facts

    @property
    def clock(self) -> int:
        """The record whose limit is in force; 0 for the centre's own."""
        return self.alone.sources.get("due_on", 0)

    @property
    def limit(self) -> table.Clock:
        """The clock in force."""
        kinds = {r.id: r.kind for r in self.records}
        return table.CLOCKS[kinds.get(self.clock, "intake")]


class Path:
    """Reads need the scope to cover the matter; acts need what matters.path asks. LookupError: the scope has no such matter."""

    def __init__(
        self, engine: Engine, settings: Settings, moments: Moments, is_workday: table.IsWorkday, now: Callable[[], datetime]
    ) -> None:
        self._engine, self._settings, self._moments, self._is_workday, self._now = engine, settings, moments, is_workday, now

    def acts(self, scope: Scope, code: str) -> Acts:
        """What this reader may do with a matter now, with the forms, and which events he may undo."""
        with reading(self._engine) as connection:
            case = self._case(connection, scope, code)
            events = kept.events_of(connection, [r.id for r in case.records])
        asked = self._asked(case, scope)
        undo = tuple(e["id"] for e in events if self._may_undo(scope, e, events) == "")
        may = [a for a in open_to(case.facts, scope) if a.key not in ENDING or asked.refs[a.key]]
        return Acts(code, case.row["version"], case.row["stage"], tuple(form(a, asked) for a in may), undo)

    def act(self, scope: Scope, code: str, act: str, values: Mapping[str, Any], version: int) -> int:
        """Take an act; returns the matter's new version.

        Raises Conflict (somebody was faster), Forbidden (the reader may not), Refused (not now, or a field is wrong).
        """
        if act not in ACTS:
            raise Refused("act", act)
        with self._changing(scope, code, version) as change:
            change.require(ACTS[act])
            change.carry_out(ACTS[act], values)
        return change.version

    def undo(self, scope: Scope, code: str, event_id: int, version: int, why: str) -> int:
        """Take an event back by another; returns the new version. Raises as act does."""
        why = cleaned(why)[:2_000]
        if not why:
            raise Refused("field", "why")
        with self._changing(scope, code, version) as change:
            events = kept.events_of(change.connection, [r.id for r in change.case.records])
            event = next((e for e in events if e["id"] == event_id), None)
            if event is None:
                raise Refused("undo", "gone")
            reason = self._may_undo(scope, event, events)
            if reason == "permission":
                raise Forbidden(f"{scope.user} ({scope.role}) may not undo what {event['by']} did")
            if reason:
                raise Refused("undo", reason)
            change.write("undo", event["record_id"], change.today, why, {}, event_id)
        return change.version

    def events(self, scope: Scope, code: str, as_of: datetime | None = None) -> tuple[EventLine, ...]:
        """The events of a matter, newest first, undone ones marked. With `as_of` the code is one of that moment, and the events are those
        known by then of the records that made up the matter then: what it was merged with since had a path of its own."""
        as_of = self._moments.at(as_of)
        with self._moments.reading(as_of, figures=False) as connection:
            events = kept.events_of(connection, self._records(connection, scope, code, as_of), as_of)
        undone = {e["ref"]: e["id"] for e in events if e["act"] == "undo"}
        return tuple(line_of(e, undone.get(e["id"], 0)) for e in reversed(events))

    def _records(self, connection: Connection, scope: Scope, code: str, as_of: datetime | None) -> list[int]:
        if as_of is None:
            return [r.id for r in members_of(connection, self._row(connection, scope, code)["id"])]
        row = lists.find(connection, scope, code, as_of)
        if row is None:
            raise LookupError(f"matter {code}")
        return ids_at(connection, row["id"], as_of)

    def said(self, connection: Connection, record_ids: list[int], as_of: datetime | None = None) -> list[Said]:
        """What derive() needs beside the records of a matter."""
        return kept.said_among(kept.said_of(connection, record_ids, as_of), record_ids)

    def clocks(self, scope: Scope, code: str) -> tuple[ClockLine, ...]:
        """Every clock of a matter: those that run and are late first, then by their last day."""
        with reading(self._engine) as connection:
            case = self._case(connection, scope, code)
        today = self._now().date()
        agencies = {r.id: r.agency for r in case.records}
        waits = {"unaccepted": self._settings.unaccepted_days, "unhandled": self._settings.unhandled_days}
        runs = table.clocks_of(case.records, case.told, _days_of(case), case.row["category"], waits, self._is_workday)
        lines = [_clock_line(run, today, self._settings.due_soon_days, agencies.get(run.record, "")) for run in runs]
        order = {"late": 0, "soon": 1, "running": 2, "stopped": 3}
        return tuple(sorted(lines, key=lambda c: (order.get(c.state, 4), c.due or date.max, c.key)))

    def _row(self, connection: Connection, scope: Scope, code: str) -> dict[str, Any]:
        row = kept.matter_of(connection, scope, code)
        if row is None:
            raise LookupError(f"matter {code}")
        return row

    def _case(self, connection: Connection, scope: Scope, code: str) -> _Case:
        row = self._row(connection, scope, code)
        records = members_of(connection, row["id"])
        said = self.said(connection, [r.id for r in records])
        told = fold(said)
        alone = derive(records, feed_store.all_agencies(connection))
        case = _Case(row, records, said, told, alone, Facts(row["stage"]))
        case.facts = Facts(row["stage"], frozenset(name for name, holds in _holds(case).items() if holds))
        return case

    def _asked(self, case: _Case, scope: Scope) -> Asked:
        days = [d for d in (case.row["opened_on"], case.row["accepted_on"]) if d is not None]
        refs: dict[str, list[tuple[str, str, str]]] = {}
        running = {i: p for i, p in case.told.procedures.items() if p.ended is None}
        force = {*case.told.cards.values(), case.told.leader, *case.told.joints, *running}
        for act in (a for a in ACTS.values() if a.ends):
            refs[act.key] = [
                (str(e.id), f"{ACTS[e.act].zh} {e.on.isoformat()}", f"{ACTS[e.act].en} {e.on.isoformat()}")
                for e in case.said if e.id in force and e.act in act.ends and (act.key not in ENDING or may_end(ACTS[e.act], e.role, e.level, scope))
            ]  # fmt: skip
        short = {i: table.CLOCKS[p.key].extension for i, p in running.items() if not p.added}
        refs["prolong"] = [o for o in refs["prolong"] if int(o[0]) in short]
        return Asked(self._now().date(), min(days, default=None), case.row["owner"], case.limit.extension, refs, max(short.values(), default=0))

    @staticmethod
    def _may_undo(scope: Scope, event: Mapping[str, Any], events: list[dict[str, Any]]) -> str:
        """'' when the reader may undo it now; else permission, done (undone already) or later (others rest on it)."""
        gone = {e["ref"] for e in events if e["act"] == "undo"}
        if event["act"] == "undo" or event["id"] in gone:
            return "done"
        if event["by"] != scope.user and not (scope.may("undo_any_act") and may_end(ACTS[event["act"]], event["role"], event["level"], scope)):
            return "permission"
        after = [e for e in events if e["act"] != "undo" and e["id"] not in gone and (e["at"], e["id"]) > (event["at"], event["id"])]
        group = ACTS[event["act"]].group
        rests = any(e["ref"] == event["id"] or (group not in _LOOSE and ACTS[e["act"]].group not in _LOOSE) for e in after)
        climbed = event["act"] in CARDS and any(e["act"] in CARDS[CARDS.index(event["act"]) + 1 :] for e in after)
        return "later" if rests or climbed else ""

    def _changing(self, scope: Scope, code: str, version: int) -> _Changing:
        return _Changing(self, scope, code, version)


class _Changing(AbstractContextManager["_Changing"]):
    """One act's transaction: the matter is read under the lock of all writers, its version compared, and derived again at the end."""

    def __init__(self, path: Path, scope: Scope, code: str, version: int) -> None:
        self.path, self.scope, self.code, self.wanted = path, scope, code, version
        self.version = 0

    def __enter__(self) -> _Changing:
        self._transaction = writing(self.path._engine)
        self.connection = self._transaction.__enter__()
        try:
            self._begin()
        except BaseException as error:
            self._transaction.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def _begin(self) -> None:
        now = self.path._now()
        turn_day(self.connection, now.date())
        self.today, self.now = now.date(), tick(self.connection, now)
        self.case = self.path._case(self.connection, self.scope, self.code)
        if self.case.row["version"] != self.wanted:
            raise Conflict("somebody else has acted meanwhile")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool | None:
        if error is None:
            try:
                self._finish()
            except BaseException as failed:
                self._transaction.__exit__(type(failed), failed, failed.__traceback__)
                raise
        return self._transaction.__exit__(kind, error, trace)

    def _finish(self) -> None:
        rederive(self.connection, self.case.row, self.now, self._agencies())
        bump(self.connection, self.now)
        row = kept.matter_of(self.connection, Scope.system(), self.code)
        self.version = int(row["version"]) if row else 0

    def _agencies(self) -> dict[str, Agency]:
        return feed_store.all_agencies(self.connection)

    def require(self, act: Act) -> None:
        """Forbidden when the reader may not, Refused when it is not the time."""
        against = refusal(act, self.case.facts, self.scope)
        if against is None:
            return
        if against.kind in ("permission", "level"):
            raise Forbidden(f"{self.scope.user} ({self.scope.role}, {self.scope.level}) may not {act.key}")
        raise Refused(against.kind, against.what)

    def carry_out(self, act: Act, values: Mapping[str, Any]) -> None:
        """Check the fields and write the event."""
        data = read(act, values, self.path._asked(self.case, self.scope))
        on, why, ref = date.fromisoformat(data.pop("on", self.today.isoformat())), data.pop("why", ""), data.pop("ref", None)
        self._in_order(act, on)
        data |= self._reckoned(act, on, data)
        self._of_procedure(act, on, ref, data)
        holder = next((e.record_id for e in self.case.said if e.id == ref), None)
        if ref is not None:
            self._answered(act, ref, data)
        self.write(act.key, holder or kept.anchor_of(self.connection, self.code), on, why, data, ref)

    def _answered(self, act: Act, ref: int, data: Mapping[str, Any]) -> None:
        """A reply names one of the tasks of its joint action."""
        event = next(e for e in self.case.said if e.id == ref)
        if act.key == "reply" and not 1 <= int(data["task"]) <= len(event.data.get("tasks", ())):
            raise Refused("field", "task")

    def _of_procedure(self, act: Act, on: date, ref: int | None, data: Mapping[str, Any]) -> None:
        """Each procedure has an extension of its own, and no result before it began."""
        if act.key not in ("prolong", "result"):
            return
        begun = self.case.told.procedures[ref or 0]
        if act.key == "prolong" and data["days"] > table.CLOCKS[begun.key].extension:
            raise Refused("field", "days")
        if act.key == "result" and on < begun.on:
            raise Refused("field", "on")

    def _in_order(self, act: Act, on: date) -> None:
        """A move is not older than the last one: days would run backwards."""
        moves = [e.on for e in standing(self.case.said) if ACTS[e.act].group in ("path", "clock")]
        if act.group in ("path", "clock") and moves and on < max(moves):
            raise Refused("field", "on")
        if act.key in ("callback", "review", "reopen") and self.case.row["closed_on"] and on < self.case.row["closed_on"]:
            raise Refused("field", "on")

    def _reckoned(self, act: Act, on: date, data: Mapping[str, Any]) -> dict[str, Any]:
        """What the clock makes of it: the limit of an acceptance, the days that an extension or a suspension adds."""
        case, days, limit = self.case, self.path._is_workday, self.case.limit
        if act.key == "accept":
            return {"due": table.due(table.CLOCKS["intake"], on, days).isoformat()}
        if act.key == "reopen" and case.row["closed_on"]:
            return {"closed": case.row["closed_on"].isoformat()}
        if act.key == "extend":
            longer = table.add(case.row["due_on"], data["days"], limit.unit, days)
            return {"clock": case.clock, "shift": (longer - case.row["due_on"]).days}
        if act.key == "suspend":
            if on > case.row["due_on"]:
                raise Refused("late", case.row["due_on"].isoformat())
            return {"clock": case.clock, "last": case.row["due_on"].isoformat()}
        if act.key == "resume":
            stop = next(e for e in reversed(standing(case.said)) if e.act == "suspend" and e.data.get("clock") == case.clock)
            last = date.fromisoformat(str(stop.data["last"]))
            return {"clock": case.clock, "shift": (table.resumed(last, stop.on, on, limit.unit, days) - last).days}
        return {}

    def write(self, act: str, record_id: int, on: date, why: str, data: dict[str, Any], ref: int | None) -> None:
        """Append the event and its line in the audit."""
        event = {"record_id": record_id, "code": self.code, "act": act, "on": on, "at": self.now, "by": self.scope.user, "role": self.scope.role,
                 "level": self.scope.level, "why": why, "data": data, "ref": ref}  # fmt: skip
        event_id = kept.append(self.connection, event)
        trail.note(self.connection, self.scope.user, f"path.{act}", {"matter": self.code, "event": event_id, **({"ref": ref} if ref else {})}, self.now)


def _holds(case: _Case) -> dict[str, bool]:
    """Which of matters.path.FACTS hold."""
    told, clock = case.told, case.clock
    stopped = clock in told.stopped
    found = {
        "owner": bool(case.row["owner"]), "due": case.row["due_on"] is not None or stopped,
        "agreed": told.agreed_on is not None or case.row["mediation"] == "success", "extended": clock in told.extended or not case.limit.extension,
        "procedure": any(p.ended is None for p in told.procedures.values()),
        "prolonged": all(p.ended is not None or p.added for p in told.procedures.values()),
        "suspended": stopped, "suspendable": case.limit.suspendable, "petition": any(r.kind == "petition" for r in case.records),
        "reviewing": told.review_on is not None and told.reviewed_on is None, "cards": bool(told.cards), "leader": bool(told.leader),
        "joint": bool(told.joints), **{card: card in told.cards for card in ("yellow", "red", "black")},
    }  # fmt: skip
    assert set(found) == set(FACTS)
    return found


def _days_of(case: _Case) -> dict[str, date | None]:
    row, told = case.row, case.told
    return {"opened": row["opened_on"], "accepted": row["accepted_on"], "handled": row["handled_on"], "closed": row["closed_on"],
            "agreed": told.agreed_on, "confirm": told.confirm_on, "decided": told.decided_on, "review": told.review_on,
            "reviewed": told.reviewed_on}  # fmt: skip


def _clock_line(run: table.Running, today: date, soon: int, agency: str) -> ClockLine:
    c = run.clock
    left = (run.due - (run.ended or today)).days if run.due else None
    return ClockLine(c.key, c.zh, c.en, run.start, run.due, table.state(run, today, soon), left, c.days, c.unit, c.source, run.ended,
                     run.added, run.record, agency, run.event)  # fmt: skip


def line_of(e: Mapping[str, Any], undone_by: int = 0) -> EventLine:
    """An event as it is shown."""
    zh, en, group = (ACTS[e["act"]].zh, ACTS[e["act"]].en, ACTS[e["act"]].group) if e["act"] in ACTS else ("撤销", "Undone", "undo")
    return EventLine(e["id"], e["code"], e["act"], zh, en, group, e["on"], e["at"], e["by"], e["role"], e["why"], dict(e["data"]),
                     e["ref"] or 0, undone_by)  # fmt: skip
