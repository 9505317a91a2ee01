"""Merits and demerits: given by a person with a reason, withdrawn with a reason, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Engine

from matters.access import Forbidden, Scope
from matters.assessment import Period
from matters.identity import cleaned
from services.areas import Areas, UnknownArea
from services.assessment_shapes import MarkLine
from services.feeds import Feeds
from store import assessment as kept
from store.assessment import Conflict
from store.engine import reading, writing
from store.listings import note
from store.writer import bump

__all__ = ["Conflict", "Marks", "Target", "Wrong"]
MOST = 20.0  # points of one mark
OLDEST = 400  # days


class Wrong(ValueError):
    """A field cannot be taken; `field` names it: unit, points, day or reason."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Target(NamedTuple):
    """What a mark is given to: a county, a township, or a department of the city."""

    key: str
    name: str
    en: str
    county: str
    town: str
    agency: str


class Marks:
    """The city marks counties, townships and departments; a county marks its townships. Nobody marks the own unit."""

    def __init__(self, engine: Engine, areas: Callable[[], Areas], feeds: Feeds, now: Callable[[], datetime]) -> None:
        self._engine, self._areas, self._feeds, self._now = engine, areas, feeds, now

    def of(self, scope: Scope, period: Period, as_of: datetime | None = None) -> tuple[MarkLine, ...]:
        """Marks of the days of a period that the scope covers, the newest first, withdrawn ones too; `as_of`: as they stood."""
        with reading(self._engine) as connection:
            rows = kept.marks(connection, scope, period.start, period.end)
        return tuple(self._line(scope, r, as_of) for r in rows if as_of is None or r["at"] <= as_of)

    def one(self, scope: Scope, mark_id: int) -> MarkLine:
        """One mark; LookupError when the scope has none of that id."""
        with reading(self._engine) as connection:
            row = kept.one_mark(connection, scope, mark_id)
        if row is None:
            raise LookupError(mark_id)
        return self._line(scope, row, None)

    def _line(self, scope: Scope, r: Mapping[str, Any], as_of: datetime | None) -> MarkLine:
        gone = r["withdrawn_at"] if as_of is None or (r["withdrawn_at"] and r["withdrawn_at"] <= as_of) else None
        unit = r["agency"] or r["town_code"] or r["county_code"]
        name, en = self._name(unit)
        return MarkLine(
            r["id"], unit, name, en, r["day"], r["points"], r["reason"], r["at"], r["by"], r["role"], gone, r["withdrawn_by"] if gone else "",
            r["withdrawn_why"] if gone else "", gone is None and self._withdraws(scope, unit, r["by"]),
        )  # fmt: skip

    def read_by(self, scope: Scope, line: MarkLine) -> MarkLine:
        """A mark with what this reader may do about it."""
        return replace(line, may_withdraw=line.withdrawn_at is None and self._withdraws(scope, line.unit, line.by))

    def _withdraws(self, scope: Scope, unit: str, by: str) -> bool:
        """Who gave it; anything inside the city, a leader or administrator of the city."""
        return self.may(scope, unit) and (by == scope.user or (scope.level == "city" and scope.may("undo_any_act")))

    def _name(self, unit: str) -> tuple[str, str]:
        agency = self._feeds.agencies().get(unit)
        if agency is not None:
            return agency.zh, agency.en
        try:
            info = self._areas().info(unit)
        except UnknownArea:  # of an older directory of areas
            return unit, unit
        upper = self._areas().info(info.parent) if info.level == "township" else None
        return (f"{upper.name} {info.name}", f"{info.en}, {upper.en}") if upper else (info.name, info.en)

    def target(self, key: str) -> Target:
        """The unit of a code; Wrong for anything else."""
        agency = self._feeds.agencies().get(key)
        name, en = self._name(key)
        if agency is not None:
            return Target(key, name, en, "", "", key)
        try:
            info = self._areas().info(key)
        except UnknownArea:
            raise Wrong("unit") from None
        if info.level not in ("county", "township"):
            raise Wrong("unit")
        place = self._areas().place(key)
        return Target(key, name, en, place.county, place.town, "")

    def may(self, scope: Scope, key: str) -> bool:
        """Whether the reader may mark this unit: a role that marks, a unit below the reader's own."""
        try:
            target = self.target(key)
        except Wrong:
            return False
        if not scope.may("mark_assessment") or scope.level == "township":
            return False
        return scope.level == "city" or bool(target.town and scope.covers(target.county, target.town))

    def targets(self, scope: Scope) -> list[Target]:
        """All units that the reader may mark: counties, departments, townships by county."""
        areas = self._areas()
        keys = [c.code for c in areas.counties()] + [a for a in self._feeds.agencies() if a != "centre"]
        keys += [t.code for c in areas.counties() for t in areas.children(c.code)]
        return [self.target(k) for k in keys if self.may(scope, k)]

    def seen(self, key: str) -> int:
        """The number that a form hands back: how often the unit's marks have been changed."""
        t = self.target(key)
        with reading(self._engine) as connection:
            return kept.seen(connection, t.county, t.town, t.agency)

    def add(self, scope: Scope, key: str, version: int, day: date | None, points: float | None, reason: str) -> int:
        """Give a mark and return its id. Raises Forbidden, Wrong (field), Conflict when somebody has marked the unit since `version`."""
        scope.require("mark_assessment")
        target, now = self.target(key), self._now()
        if not self.may(scope, key):
            raise Forbidden(f"{scope.user} may not mark {key}")
        if points is None or not 0 < abs(points) <= MOST:
            raise Wrong("points")
        if day is None or not now.date() - timedelta(days=OLDEST) <= day <= now.date():
            raise Wrong("day")
        reason = cleaned(reason)[:500]
        if not reason:
            raise Wrong("reason")
        values = {"county_code": target.county, "town_code": target.town, "agency": target.agency, "day": day, "points": round(points, 2),
                  "reason": reason, "at": now, "by": scope.user, "role": scope.role}  # fmt: skip
        with writing(self._engine) as connection:
            mark_id = kept.add_mark(connection, version, values)
            note(connection, scope.user, "assessment.mark", {"mark": mark_id, "unit": key, "points": values["points"], "day": day.isoformat()}, now)
            bump(connection, now)
        return mark_id

    def withdraw(self, scope: Scope, mark_id: int, why: str) -> None:
        """Take a mark back: who gave it, or the city. Raises LookupError, Forbidden, Wrong (reason), Conflict when it is taken back already."""
        line = self.one(scope, mark_id)
        scope.require("mark_assessment")
        if line.withdrawn_at is not None:
            raise Conflict("this mark is withdrawn already")
        if not line.may_withdraw:
            raise Forbidden(f"{scope.user} may not withdraw mark {mark_id}")
        why = cleaned(why)[:500]
        if not why:
            raise Wrong("reason")
        now = self._now()
        with writing(self._engine) as connection:
            kept.withdraw(connection, mark_id, now, scope.user, why)
            note(connection, scope.user, "assessment.withdraw", {"mark": mark_id, "unit": line.unit, "why": why}, now)
            bump(connection, now)
