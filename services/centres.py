"""The directory of dispute centres: who sits where and when, changed by those who may, with every change kept and undone on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from matters.access import Scope
from matters.centres import Wrong, checked, given_of, on_duty
from matters.filters import Clock, Filter
from matters.identity import cleaned
from matters.periods import Window
from services.areas import Areas
from services.settings import Settings
from store import centres as kept
from store.centres import Conflict
from store.engine import reading, writing
from store.listings import note
from store.lists import totals
from store.sums import sums
from store.writer import bump

__all__ = ["CentreEvent", "CentreFile", "CentreLine", "Centres", "Conflict", "RotaDay", "Wrong"]


@dataclass(frozen=True, slots=True)
class CentreLine:
    """A centre in the directory. `today`: rotating departments of today; `visits`: matters that came by visit in the window."""

    area: str
    name: str
    level: str
    county: str
    state: str
    since: date | None
    planned_for: date | None
    detail: Mapping[str, Any]
    today: tuple[str, ...]
    visits: int
    seat: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class RotaDay:
    """One day of the rota; `said`: it was set for this very day."""

    day: date
    works: bool
    who: tuple[str, ...]
    said: bool


@dataclass(frozen=True, slots=True)
class CentreEvent:
    """One change: what it was before and after, by field."""

    version: int
    act: str
    at: datetime
    by: str
    role: str
    why: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CentreFile:
    """One centre: `people` received, from the matters that say how many came (None: none says); `rows` are those matters."""

    line: CentreLine
    version: int
    week: tuple[RotaDay, ...]
    month: tuple[RotaDay, ...]
    events: tuple[CentreEvent, ...]
    may_edit: bool
    people: int | None
    rows: Filter


class Centres:
    """Reads and changes of the directory inside a scope."""

    def __init__(self, engine: Engine, settings: Settings, areas: Callable[[], Areas], works: Callable[[date], bool], now: Callable[[], datetime]) -> None:
        self._engine, self._settings, self._areas, self._works, self._now = engine, settings, areas, works, now

    def all(self, scope: Scope, window: Window) -> tuple[CentreLine, ...]:
        """Centres of the scope, the city's first, then counties, then townships by county."""
        with reading(self._engine) as connection:
            rows = kept.rows(connection, scope)
            visits = self._visits(connection, scope, window)
        return tuple(self._line(r, visits) for r in rows)

    def _visits(self, connection: Connection, scope: Scope, window: Window) -> Counter[str]:
        """Matters by visit in the window, by area of every level."""
        areas, found = self._areas(), Counter[str]()
        counties = [c.code for c in areas.counties()]
        place = areas.require(scope, scope.town or scope.county or areas.city.code)
        for s in sums(connection, scope, Filter(channel="visit"), place, {"now": window}, ("county_code", "town_code"), counties):
            for code in {s.town_code, s.county_code, areas.city.code} - {""}:
                found[code] += s.of("accepted")
        return found

    def _line(self, r: Mapping[str, Any], visits: Counter[str]) -> CentreLine:
        today = self._now().date()
        seat = None if r["lon"] is None else (float(r["lon"]), float(r["lat"]))
        return CentreLine(
            area=r["area_code"], name=r["name"], level=r["level"], county=r["county_code"], state=r["state"], since=r["since"],
            planned_for=r["planned_for"], detail=r["detail"], today=tuple(on_duty(r["detail"], today, self._works(today))),
            visits=visits[r["area_code"]], seat=seat,
        )  # fmt: skip

    def get(self, scope: Scope, code: str, window: Window, month: date | None = None) -> CentreFile:
        """One centre with its rota of this week and of a month. UnknownArea, Forbidden, LookupError when the area has no centre."""
        place = self._areas().require(scope, code)
        wanted = Filter(area=code, channel="visit", part="accepted", window=window)
        with reading(self._engine) as connection:
            row = self._row(connection, scope, code)
            history, seen = kept.events(connection, code), kept.version(connection, code)
            visits = self._visits(connection, scope, window)
            clock = Clock(self._now().date(), *self._settings.waits)
            people = totals(connection, scope, wanted, place, clock)[5]
        today = self._now().date()
        monday, first = today - timedelta(days=today.weekday()), (month or today).replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1)
        events = tuple(CentreEvent(e["version"], e["act"], e["at"], e["by"], e["role"], e["why"], _changed(e)) for e in history)
        return CentreFile(self._line(row, visits), seen, self._days(row, monday, 7), self._days(row, first, (last - first).days), events,
                          scope.may("edit_centre"), people or None, wanted)  # fmt: skip

    def _days(self, row: Mapping[str, Any], first: date, count: int) -> tuple[RotaDay, ...]:
        days = [first + timedelta(days=n) for n in range(count)]
        said = row["detail"].get("days", {})
        return tuple(RotaDay(d, self._works(d), tuple(on_duty(row["detail"], d, self._works(d))), d.isoformat() in said) for d in days)

    def _row(self, connection: Connection, scope: Scope, code: str) -> dict[str, Any]:
        found = next((r for r in kept.rows(connection, scope) if r["area_code"] == code), None)
        if found is None:
            raise LookupError(code)
        return found

    def given(self, scope: Scope, code: str) -> dict[str, Any]:
        """What a form starts from."""
        with reading(self._engine) as connection:
            return given_of(self._row(connection, scope, code))

    def edit(self, scope: Scope, code: str, version: int, changes: Mapping[str, Any], why: str, act: str = "edit") -> None:
        """Change some fields (those of matters.centres.checked). Raises Forbidden, LookupError, Wrong (field, or why), Conflict."""
        scope.require("edit_centre")
        self._areas().require(scope, code)
        if not cleaned(why):
            raise Wrong("why")
        with writing(self._engine) as connection:
            row = self._row(connection, scope, code)
            after = checked({**given_of(row), **changes})
            self._put(connection, scope, code, version, act, why, row, after)

    def _put(self, connection: Connection, scope: Scope, code: str, version: int, act: str, why: str, before: Any, after: dict[str, Any]) -> None:
        now = self._now()
        event = kept.stamp(act, scope, cleaned(why)[:500], now, _plain(before), _plain(after))
        kept.put(connection, code, version, after, event)
        note(connection, scope.user, f"centre.{act}", {"area": code, "version": version + 1}, now)
        bump(connection, now)

    def set_day(self, scope: Scope, code: str, version: int, day: date, who: Sequence[str] | str | None, why: str) -> None:
        """Who comes on one day, whatever the week says; None: by the week again."""
        days = dict(self.given(scope, code)["days"])
        days.pop(day.isoformat(), None)
        self.edit(scope, code, version, {"days": days if who is None else {**days, day.isoformat(): who}}, why, "day")

    def undo(self, scope: Scope, code: str, version: int, why: str) -> None:
        """Put the centre back to what it was before its last change; that again is a change."""
        scope.require("edit_centre")
        self._areas().require(scope, code)
        if not cleaned(why):
            raise Wrong("why")
        with writing(self._engine) as connection:
            row, history = self._row(connection, scope, code), kept.events(connection, code)
            if not history or not history[-1]["before"]:
                raise Wrong("undo")
            self._put(connection, scope, code, version, "undo", why, row, _back(history[-1]["before"]))

    def bring(self, scope: Scope, rows: Sequence[Mapping[str, Any]], why: str) -> dict[str, int]:
        """Take over a directory, all of it or nothing: {new, changed, unchanged}. Rows have `area` and the fields of `checked`;
        fields that a row does not have stay as they are. Raises Wrong, UnknownArea, Forbidden."""
        scope.require("edit_centre")
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        with writing(self._engine) as connection:
            known = {r["area_code"]: r for r in kept.rows(connection, scope)}
            for row in rows:
                code = str(row["area"])
                self._areas().require(scope, code)
                old = known.get(code)
                after = checked({**(given_of(old) if old else {}), **{k: v for k, v in row.items() if k != "area"}})
                if old is not None and _plain(old) == _plain(after):
                    counts["unchanged"] += 1
                    continue
                self._put(connection, scope, code, kept.version(connection, code), "import", why, old, after)
                counts["changed" if old else "new"] += 1
        return counts


def _plain(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """A row as it is kept in an event: days as text, and every field of the detail, so that rows can be compared."""
    if row is None:
        return {}
    full = checked(given_of(row)) if row["since"] or row["state"] == "planned" else dict(row)
    return {"name": full["name"], "state": full["state"], "since": _text(full["since"]), "planned_for": _text(full["planned_for"]), "detail": full["detail"]}


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _back(plain: Mapping[str, Any]) -> dict[str, Any]:
    return checked(given_of({**plain, "since": plain["since"] or None, "planned_for": plain["planned_for"] or None}))


def _changed(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the fields that a change has touched."""
    before, after = event["before"] or {}, event["after"] or {}
    own = [k for k in ("name", "state", "since", "planned_for") if before.get(k) != after.get(k)]
    inner = {**(before.get("detail") or {}), **(after.get("detail") or {})}
    return (*own, *(k for k in inner if (before.get("detail") or {}).get(k) != (after.get("detail") or {}).get(k)))
