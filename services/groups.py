"""Groups of matters about one object: found again and again by the machine, decided on by people, each step with who, when and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row

from matters.access import Scope
from matters.grouping import Found, find
from matters.identity import cleaned
from services.areas import Areas
from services.group_shapes import STATES, GroupEvent, GroupFile, GroupLine, GroupMember
from services.lines import agencies_of
from store import groups as kept
from store.engine import reading, writing
from store.feeds import all_agencies
from store.groups import Conflict
from store.listings import note
from store.writer import bump

__all__ = ["Conflict", "Groups", "Refused"]
LOOK_BACK_DAYS = 540  # long enough to know what is usual for an object that is always in dispute
# Step → states in which it can be taken.
_FROM = {"confirm": ("proposed",), "rename": ("proposed", "confirmed"), "dissolve": ("proposed", "confirmed"),
         "take_out": ("proposed", "confirmed"), "put_back": ("proposed", "confirmed"), "reopen": ("dissolved",)}  # fmt: skip
_TO = {"confirm": "confirmed", "dissolve": "dissolved", "reopen": "proposed"}


class Refused(ValueError):
    """The step cannot be taken; `reason`: why | name | state | reach | member | undo."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Groups:
    """Reads show what lies inside the scope; a group that reaches further is decided on by somebody who sees all of it."""

    def __init__(self, engine: Engine, areas: Callable[[], Areas], now: Callable[[], datetime]) -> None:
        self._engine, self._areas, self._now = engine, areas, now

    def refresh(self, check: Callable[[Connection], None] | None = None, whole: bool = False) -> dict[str, int]:
        """Find groups among the matters of the last 540 days (`whole`: of all time) and keep what is new: {matters, found, new, grown}.

        Safe to repeat: the same matters change nothing. `check` runs inside the writing transaction (the worker's fence).
        """
        since = date.min if whole else self._now().date() - timedelta(days=LOOK_BACK_DAYS)
        with reading(self._engine) as connection:
            told = kept.told(connection, since)
        found = find(told)
        counts = {"matters": len(told), "found": len(found), "new": 0, "grown": 0}
        with writing(self._engine) as connection:
            if check is not None:
                check(connection)
            known, members = kept.all_groups(connection), kept.kept_members(connection)
            for proposal in found:
                kind = self._keep(connection, proposal, known, members)
                if kind:
                    counts[kind] += 1
            if counts["new"] or counts["grown"]:
                bump(connection, self._now())
        return counts

    def _keep(self, connection: Connection, found: Found, known: dict[int, dict[str, Any]], members: dict[int, dict[int, str]]) -> str:
        """Keep one proposal: in the group that shares most matters with it, else as a new one. A group that a person has decided on only grows."""
        rows = {m.key: found.likeness[m.key] for m in found.members}
        shared = {g: len(rows.keys() & records.keys()) for g, records in members.items()}
        own = max((g for g in shared if shared[g]), key=lambda g: (shared[g], -g), default=0)
        now, span = self._now(), {"first_on": found.members[0].day, "last_on": found.members[-1].day}
        if not own:
            values = {"key": found.key[:160], "kind": found.kind, "object": found.object, "name": "", "state": "proposed", "found_at": now, **span}
            own = kept.add(connection, values, rows, found.key[:160], now)
            members[own] = dict.fromkeys(rows, "")
            known[own] = {**values, "id": own}
            kept.add_event(connection, own, _event("found", "system", "system", "", now, {"matters": len(rows)}))
            return "new"
        if known[own]["state"] == "dissolved":
            return ""
        elsewhere = {r for g, records in members.items() if g != own for r in records}
        more = {r: near for r, near in rows.items() if r not in members[own] and r not in elsewhere}
        gone = [r for r, out in members[own].items() if r not in rows and not out] if known[own]["state"] == "proposed" else []
        if not more and not gone:
            return ""
        kept.leave(connection, own, gone)
        kept.join(connection, own, more, found.key[:160], now)
        kept.change(connection, own, None, span)
        members[own] = {**{r: out for r, out in members[own].items() if r not in gone}, **dict.fromkeys(more, "")}
        kept.add_event(connection, own, _event("grown", "system", "system", "", now, {"matters": len(more), "gone": len(gone)}))
        return "grown"

    def all(self, scope: Scope, states: Sequence[str] = STATES) -> tuple[GroupLine, ...]:
        """Groups with at least one matter in the scope, the newest first."""
        with reading(self._engine) as connection:
            known = kept.all_groups(connection)
            rows = kept.members(connection, scope)
            sizes = kept.sizes(connection)
        by_group: dict[int, list[Row[Any]]] = {}
        for row in rows:
            if not row.out:
                by_group.setdefault(row.group_id, []).append(row)
        lines = [self._line(scope, known[g], mine, sizes.get(g, 0)) for g, mine in by_group.items() if known[g]["state"] in states]
        return tuple(sorted(lines, key=lambda x: (x.last_on, x.id), reverse=True))

    def get(self, scope: Scope, group_id: int) -> GroupFile:
        """One group; LookupError when the scope holds none of its matters."""
        with reading(self._engine) as connection:
            return self._file(connection, scope, group_id)

    def of_matter(self, scope: Scope, code: str) -> tuple[GroupLine, ...]:
        """Groups, not dissolved, that a matter of the scope belongs to."""
        with reading(self._engine) as connection:
            mine = {r.group_id for r in kept.members(connection, scope) if r.code == code and not r.out}
        return tuple(line for line in self.all(scope, ("proposed", "confirmed")) if line.id in mine)

    def _file(self, connection: Connection, scope: Scope, group_id: int) -> GroupFile:
        group = kept.all_groups(connection).get(group_id)
        rows = kept.members(connection, scope, [group_id])
        if group is None or not rows:
            raise LookupError(f"group {group_id}")
        inside = [r for r in rows if not r.out]
        line = self._line(scope, group, inside, kept.sizes(connection, [group_id]).get(group_id, 0))
        history = kept.events(connection, group_id)
        undone = {e["ref"] for e in history if e["step"] == "undo"}
        events = tuple(_told(e, e["id"] in undone, line, {r.record_id for r in rows}) for e in history)
        confirmed = max((e["at"] for e in history if e["step"] == "confirm" and e["id"] not in undone), default=None)
        agencies = all_agencies(connection)
        members = tuple(self._member(r, agencies, confirmed) for r in sorted(rows, key=lambda r: (bool(r.out), r.accepted_on or r.opened_on, r.code)))
        may = scope.may("decide_group") and line.whole
        acts = tuple(step for step, states in _FROM.items() if may and group["state"] in states)
        return GroupFile(line, members, events, acts, self._undoable(events) if may else 0)

    @staticmethod
    def _undoable(events: Sequence[GroupEvent]) -> int:
        """The last step of a person that still stands."""
        return next((e.id for e in reversed(events) if e.step in _FROM and not e.undone), 0)

    def _line(self, scope: Scope, group: Mapping[str, Any], rows: Sequence[Row[Any]], size: int) -> GroupLine:
        elsewhere = size - len(rows)
        counties = tuple(sorted({r.county_code for r in rows if r.county_code}))
        return GroupLine(
            id=group["id"], version=group["version"], state=group["state"], kind=group["kind"], object=group["object"],
            name=group["name"] or group["object"], first_on=group["first_on"], last_on=group["last_on"], found_at=group["found_at"],
            matters=len(rows), open=sum(r.is_open for r in rows), people=sum(r.people or 0 for r in rows),
            untold=sum(r.people is None for r in rows), counties=counties,
            elsewhere=elsewhere if scope.may("see_group_reach") else None, whole=elsewhere == 0,
        )  # fmt: skip

    def _member(self, r: Row[Any], agencies: Mapping[str, Any], confirmed: datetime | None) -> GroupMember:
        areas = self._areas()
        return GroupMember(
            record=r.record_id, code=r.code, title=r.title, county_code=r.county_code, town_code=r.town_code,
            county=areas.name(r.county_code), town=areas.name(r.town_code),
            village=areas.name(r.village_code), category=r.category, stage=r.stage, owner=r.owner, opened_on=r.accepted_on or r.opened_on,
            due_on=r.due_on, is_open=r.is_open, people=r.people, agencies=agencies_of(r.agencies, agencies), likeness=r.likeness,
            late=confirmed is not None and r.added_at > confirmed, out=bool(r.out),
        )  # fmt: skip

    def act(self, scope: Scope, group_id: int, version: int, step: str, why: str, *, name: str = "", record: int = 0) -> GroupFile:
        """Take a step of _FROM. Raises Forbidden, LookupError, Refused, Conflict (the version is no longer the reader's)."""
        scope.require("decide_group")
        why, name = cleaned(why)[:500], cleaned(name)[:60]
        with writing(self._engine) as connection:
            file = self._file(connection, scope, group_id)
            _check(file, step, why, name)
            data = self._do(connection, file, version, step, name, record)
            kept.add_event(connection, group_id, _event(step, scope.user, scope.role, why, self._now(), data))
            note(connection, scope.user, f"group.{step}", {"group": group_id, **data}, self._now())
            bump(connection, self._now())
        return self.get(scope, group_id) if step != "take_out" else self._left(scope, group_id, file)

    def _left(self, scope: Scope, group_id: int, before: GroupFile) -> GroupFile:
        try:
            return self.get(scope, group_id)
        except LookupError:
            return before

    def _do(self, connection: Connection, file: GroupFile, version: int, step: str, name: str, record: int) -> dict[str, Any]:
        line = file.line
        if step in ("take_out", "put_back"):
            wanted = step == "put_back"
            if not any(m.record == record and m.out == wanted for m in file.members):
                raise Refused("member")
            kept.mark(connection, line.id, record, "" if wanted else "person")
            kept.change(connection, line.id, version, {"state": line.state})
            return {"record": record, "code": next(m.code for m in file.members if m.record == record)}
        if step == "rename":
            kept.change(connection, line.id, version, {"name": name})
            return {"before": line.name, "after": name}
        kept.change(connection, line.id, version, {"state": _TO[step]})
        return {"before": line.state, "after": _TO[step]}

    def undo(self, scope: Scope, group_id: int, version: int, event_id: int, why: str) -> GroupFile:
        """Take back the last step of a person. Raises as `act` does."""
        scope.require("decide_group")
        why = cleaned(why)[:500]
        with writing(self._engine) as connection:
            file = self._file(connection, scope, group_id)
            if not file.line.whole:
                raise Refused("reach")
            if not why:
                raise Refused("why")
            if not event_id or event_id != file.undoable:
                raise Refused("undo")
            event = next(e for e in file.events if e.id == event_id)
            values: dict[str, Any] = {"state": file.line.state}
            if event.step in ("take_out", "put_back"):
                kept.mark(connection, group_id, event.data["record"], "" if event.step == "take_out" else "person")
            else:
                values = {"name" if event.step == "rename" else "state": event.data["before"]}
            kept.change(connection, group_id, version, values)
            kept.add_event(connection, group_id, {**_event("undo", scope.user, scope.role, why, self._now(), {"step": event.step}),
                                                  "ref": event_id})  # fmt: skip
            note(connection, scope.user, "group.undo", {"group": group_id, "event": event_id}, self._now())
            bump(connection, self._now())
        return self.get(scope, group_id)


def _check(file: GroupFile, step: str, why: str, name: str) -> None:
    if step not in _FROM or file.line.state not in _FROM[step]:
        raise Refused("state")
    if not file.line.whole:
        raise Refused("reach")
    if not why:
        raise Refused("why")
    if step == "rename" and not name:
        raise Refused("name")


def _told(e: Mapping[str, Any], undone: bool, line: GroupLine, mine: set[int]) -> GroupEvent:
    """A step as this reader may know it: of a matter outside the scope neither the code nor why it was moved, and how many there are in
    all only to those who may know how far the group reaches."""
    data, why = dict(e["data"]), e["why"]
    if data.get("record", 0) not in {0, *mine}:
        data, why = {}, ""
    if line.elsewhere is None:
        data = {k: v for k, v in data.items() if k not in ("matters", "gone")}
    return GroupEvent(e["id"], e["step"], e["at"], e["by"], e["role"], why, data, undone)


def _event(step: str, by: str, role: str, why: str, now: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {"step": step, "at": now, "by": by, "role": role, "why": why, "data": data}
