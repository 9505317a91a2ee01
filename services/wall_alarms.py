"""What takes the stage of a wall: large group matters, fires of a grade, confirmed signals, feeds that are down; and who took note of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from matters.access import Scope
from matters.signals import body
from matters.vocabulary import SCALE_BOUNDS
from services.areas import Areas
from services.settings import Settings
from store import displays as acks
from store import listings
from store import wall as kept
from store.engine import reading, writing

KINDS = ("large", "fire", "signal", "feed")  # the gravest first
CONFIRMED = ("letter", "meeting")  # states of a signal that somebody decided to act on
FAILURES = 3  # runs in a row after which a feed counts as down
ACK_DAYS = 60
NOTED_HOURS = 12  # that a fire or signal that somebody took note of stays as a line
GRADES = ("minor", "larger", "major", "grave")
# Deaths, badly hurt, loss in yuan from which a fire is of the grade (DOMAIN.md §3: 公安部 2007).
_BOUNDS = (("grave", 30, 100, 1e8), ("major", 10, 50, 5e7), ("larger", 3, 10, 1e7))
_DEAD = re.compile(r"(?:死亡|亡)\s*(\d{1,3})\s*人|(\d{1,3})\s*人(?:死亡|遇难)")
_HURT = re.compile(r"重伤\s*(\d{1,3})\s*人|(\d{1,3})\s*人重伤")


@dataclass(frozen=True, slots=True)
class Fact:
    """How we know: a moment and what was learned then (first, joined, large, fire, failed, confirmed)."""

    at: datetime | None
    what: str
    agency: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. `key` stays while it is the same; `acked_at` None: nobody has taken note of it."""

    key: str
    kind: str
    county: str
    town: str
    raised: datetime
    title: str
    category: str = ""
    people: int | None = None
    grade: str = ""
    owner: str = ""
    object: str = ""  # code of the matter, the feed, the signal
    facts: tuple[Fact, ...] = ()
    acked_at: datetime | None = None
    acked_by: str = ""


def grade_of(dead: int, hurt: int, loss: float) -> str:
    """Grade of a fire: minor | larger | major | grave."""
    return next((name for name, d, h, y in _BOUNDS if dead >= d or hurt >= h or loss >= y), "minor")


def _said(pattern: re.Pattern[str], text: str) -> int:
    return max((int(a or b) for a, b in pattern.findall(text)), default=0)


def confirmed(line: Any, small: int) -> Alarm:
    """The alarm of a signal (services.signal_shapes.SignalLine) that somebody decided to act on; no count of fewer than `small` is in its words."""
    found, decided = Fact(line.at, "found", count=line.count), Fact(line.decided.at, "confirmed")
    key = f"signal:{line.id}:{line.decided.id}"  # taken back and decided on again is an alarm again
    return Alarm(key, "signal", line.county, line.town, line.decided.at, body(line.evidence, small)[0], line.category, object=str(line.id),
                 facts=(found, decided))  # fmt: skip


class Alarms:
    """Alarms are worked out from the data each time; only the acknowledgement is kept. `confirmed` gives signals somebody confirmed."""

    def __init__(
        self, engine: Engine, settings: Settings, areas: Callable[[], Areas], confirmed: Callable[[Scope, datetime], Iterable[Alarm]],
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._engine, self._settings, self._areas, self._confirmed, self._now = engine, settings, areas, confirmed, now

    def mark(self) -> Any:
        """Changes when somebody takes note of an alarm, or a feed fails or recovers."""
        with reading(self._engine) as connection:
            return acks.acks_mark(connection), tuple((f["code"], f["succeeded_at"]) for f in kept.failing(connection, FAILURES))

    def now(self, scope: Scope) -> tuple[Alarm, ...]:
        """The alarms of the scope: those nobody took note of first, the gravest kind first, the oldest first."""
        now = self._now()
        with reading(self._engine) as connection:
            known = acks.acks(connection, scope)
            found = [*self._large(connection, scope, known, now), *self._fires(connection, scope, now)]
            found += self._feeds(connection, scope, now)
        found += [a for a in self._confirmed(scope, now - self._hours) if scope.covers(a.county, a.town)]
        out = [self._with(a, known.get(a.key)) for a in found]
        still = [a for a in out if a.acked_at is None or a.kind in ("large", "feed") or a.acked_at > now - timedelta(hours=NOTED_HOURS)]
        return tuple(sorted(still, key=lambda a: (a.acked_at is not None, KINDS.index(a.kind), a.raised, a.key)))

    @property
    def _hours(self) -> timedelta:
        return timedelta(hours=self._settings.wall_alarm_hours)

    @staticmethod
    def _with(alarm: Alarm, ack: dict[str, Any] | None) -> Alarm:
        if ack is None:
            return alarm
        return Alarm(**{n: getattr(alarm, n) for n in Alarm.__slots__ if n not in ("acked_at", "acked_by")}, acked_at=ack["at"], acked_by=ack["by"])

    def _large(self, connection: Connection, scope: Scope, known: dict[str, Any], now: datetime) -> Iterable[Alarm]:
        codes = {k.removeprefix("large:") for k in known if k.startswith("large:")}
        matters = kept.large_groups(connection, scope, now - self._hours, codes)
        told = kept.records_of(connection, [m["id"] for m in matters])
        for m in matters:
            records = told.get(m["id"], [])
            grew = next((r for r in records if (r["people"] or 0) >= SCALE_BOUNDS[-1]), None)
            raised = grew["first_learned_at"] if grew else m["changed_at"]
            if raised < now - self._hours and m["code"] not in codes:
                continue  # it has long been known: an alarm speaks of what is new
            facts = [Fact(r["first_learned_at"], "joined" if i else "first", r["agency"], r["people"]) for i, r in enumerate(records[:3])]
            yield Alarm(f"large:{m['code']}", "large", m["county_code"], m["town_code"], raised, m["title"], m["category"], m["people"],
                        owner=m["owner"], object=m["code"], facts=(*facts, Fact(raised, "large", count=SCALE_BOUNDS[-1])))  # fmt: skip

    def _fires(self, connection: Connection, scope: Scope, now: datetime) -> Iterable[Alarm]:
        least = GRADES.index(self._settings.wall_fire_grade)
        for r in kept.fires(connection, scope, now - self._hours):
            text = f"{r['title'] or ''} {r['summary'] or ''}"
            dead, hurt = _said(_DEAD, text), _said(_HURT, text)
            grade = grade_of(dead, hurt, r["amount"] or 0)
            happened = r["happened_at"] or r["first_learned_at"]
            if GRADES.index(grade) < least or happened < now - self._hours:
                continue
            facts = (Fact(happened, "fire"), *([Fact(None, "dead", count=dead)] if dead else []), *([Fact(None, "hurt", count=hurt)] if hurt else []))
            yield Alarm(f"fire:{r['code']}", "fire", r["county_code"], r["town_code"], r["first_learned_at"], r["title"] or "", grade=grade,
                        owner=r["owner"] or "", object=r["code"], facts=facts)  # fmt: skip

    def _feeds(self, connection: Connection, scope: Scope, now: datetime) -> Iterable[Alarm]:
        if scope.level != "city":
            return  # a county can do nothing about a feed of the city
        for f in kept.failing(connection, FAILURES):
            since = f["succeeded_at"]
            facts = (Fact(since, "last_good"), Fact(f["checked_at"], "failed", count=f["failures"]))
            yield Alarm(f"feed:{f['code']}:{since:%Y%m%d%H%M%S}" if since else f"feed:{f['code']}", "feed", "", "", since or f["checked_at"] or now,
                        f["zh"], object=f["code"], owner=f["agency"], facts=facts)  # fmt: skip

    def acknowledge(self, scope: Scope, key: str, note: str = "") -> bool:
        """Take note of an alarm of the scope; False when it is gone or somebody has done so. Raises Forbidden."""
        scope.require("operate_wall")
        alarm = next((a for a in self.now(scope) if a.key == key), None)
        if alarm is None:
            return False
        now = self._now()
        values = {"key": key, "kind": alarm.kind, "object": alarm.object, "county_code": alarm.county, "town_code": alarm.town, "at": now,
                  "by": scope.user, "note": note[:200]}  # fmt: skip
        with writing(self._engine) as connection:
            done = acks.acknowledge(connection, values, now - timedelta(days=ACK_DAYS))
            if done:
                listings.note(connection, scope.user, "wall.acknowledge", {"key": key}, now)
        return done
