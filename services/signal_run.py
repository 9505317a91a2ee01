"""The weekly run: read the store as it stands at one moment, judge, fold, and keep what was found with everything it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import structlog
from sqlalchemy import Connection, Engine

from analysis.scan import neighbours
from matters.access import Scope
from services.areas import Areas
from services.feeds import Feeds
from services.settings import Settings
from services.shapes import FeedState
from services.signal_counts import LONGEST, WEEK, Counts, Delay, counted, delay, last_week
from services.signal_fold import Card, folded
from services.signal_judge import Found, judged
from store import clock
from store import signals as kept
from store.engine import reading, writing
from store.writer import bump

log = structlog.get_logger(__name__)
RESTS_ON = 0.1  # share of a category that a late feed tells, from which on nothing can be told without it
AGAIN = 8  # weeks after which the same place and category is a new signal
CODES = 200  # matters that one address can name
_TRIES = 5


class SignalRun:
    """Judges the last complete week; again every day, and when a late feed has caught up, since what is learned late changes it."""

    def __init__(self, engine: Engine, settings: Settings, areas: Areas, feeds: Feeds, now: Callable[[], datetime]) -> None:
        self._engine, self._settings, self._areas, self._feeds, self._now = engine, settings, areas, feeds, now

    def due(self) -> bool:
        """Whether a run would say more than the last one."""
        today, week = self._now().date(), last_week(self._now().date())
        with reading(self._engine) as connection:
            if clock.history_from(connection) is None:
                return False
            latest = kept.latest_run(connection)
        if latest is None or latest["week"] < week or latest["at"].date() < today:
            return True
        late = {s.feed for s in self._late(week)}
        return any(f["late"] and f["feed"] not in late for f in latest["feeds"])

    def _late(self, week: date) -> list[FeedState]:
        return [s for s in self._feeds.states(Scope.system()) if s.late and (s.data_at is None or s.data_at.date() < week)]

    def run(self, check: Callable[[Connection], None] | None = None) -> dict[str, int]:
        """Judge and keep: {weeks, found, cards, new, held}. `check` runs inside the writing transaction (the worker's fence)."""
        week, late = last_week(self._now().date()), self._late(last_week(self._now().date()))
        for _ in range(_TRIES):
            at, version = self._settled()
            with reading(self._engine) as connection:
                if kept.version(connection) != version:
                    continue  # a batch came in between: what is read would not be what the moment shows
                counts, cards, watch, basis = self._found(connection, week, at)
                unknown = self._unknown(connection, week, late)
                shares = kept.told_by(connection, Scope.system(), week - WEEK * 52, week)
                said = {id(f): self._evidence(connection, f, at, late, shares, basis) for card in cards for f in (card.lead, *card.folded)}
                break
        else:
            raise RuntimeError("the store changed faster than it could be read")
        with writing(self._engine) as connection:
            if check is not None:
                check(connection)
            return {"weeks": len(counts.city), "found": len(said), **self._keep(connection, week, at, version, cards, watch, said, unknown, basis)}

    def _settled(self) -> tuple[datetime, int]:
        """A moment at or before which nothing more will be learned, and the data version at it."""
        with writing(self._engine) as connection:
            at = self._now()
            clock.settle(connection, at)
            return at, kept.version(connection)

    def _found(self, connection: Connection, week: date, at: datetime) -> tuple[Counts, list[Card], list[dict[str, Any]], dict[str, Any]]:
        everyone = Scope.system()
        towns = {a.code: county.code for county in self._areas.counties() for a in self._areas.children(county.code)}
        counts = counted(kept.daily(connection, everyone, week - WEEK * LONGEST, week), week, towns, [a.code for a in self._areas.counties()])
        since = clock.history_from(connection)
        watched = since.date() if since else None
        first = max(watched or week, week - WEEK * 40)
        late = delay(kept.learned(connection, everyone, first, week) if first < week else [], week, watched)
        seats = {code: seat for code in towns if (seat := self._areas.info(code).seat)}
        found, watch = judged(counts, late, (at.date() - week).days, seats)
        return counts, folded(found, _near(seats)), watch, _basis(counts, late)

    def _unknown(self, connection: Connection, week: date, late: Sequence[FeedState]) -> list[dict[str, Any]]:
        """Categories that rest on a late feed, with the share of it."""
        told = kept.told_by(connection, Scope.system(), week - WEEK * 52, week)
        totals = Counter[str]()
        for category, _, n in told:
            totals[category] += n
        by_agency = {s.agency: s for s in late}
        return [
            {"category": category, "agency": agency, "feed": by_agency[agency].feed, "share": round(n / totals[category], 3),
             "data_at": at.isoformat() if (at := by_agency[agency].data_at) else None}
            for category, agency, n in sorted(told, key=lambda x: -x[2]) if agency in by_agency and n >= RESTS_ON * totals[category]
        ]  # fmt: skip

    def _evidence(
        self, connection: Connection, f: Found, at: datetime, late: Sequence[FeedState], shares: Sequence[tuple[str, str, int]], basis: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Everything a signal rests on, as plain values that stay."""
        towns = list(f.towns) or ([f.town] if f.town else [])
        rows = kept.behind(connection, Scope.system(), f.county, towns, f.category, f.first, f.last)
        objects = [{"group": g, "name": n, "count": c} for g, n, c in kept.objects(connection, [r.id for r in rows]) if c >= 3][:3]
        weeks = f.more.get("weeks")
        share = basis["known"][str(weeks)] if weeks and str(weeks) in basis["known"] else 1.0
        total = sum(n for c, _, n in shares if c == f.category) or 1
        slow = [s.agency for s in late if sum(n for c, a, n in shares if (c, a) == (f.category, s.agency)) > 0.02 * total]
        return {
            "kind": f.kind, "first": f.first.isoformat(), "last": f.last.isoformat(), "count": f.count, "expected": round(f.expected, 2),
            "low": f.low, "high": f.high, "pvalue": f.pvalue, "adjusted": f.adjusted, "method": f.method, "towns": list(f.towns),
            "unit": list(f.unit), "points": [list(p) for p in f.points], **f.more, "at": at.isoformat(), "complete": round(share, 3),
            "delay_known": basis["delay"] is not None, "villages": len({r.village for r in rows if r.village}),
            "wages": sum(r.subcategory == "1001" for r in rows), "objects": objects, "late": slow,
            "codes": [r.code for r in rows] if f.towns and len(rows) <= CODES else [],
        }  # fmt: skip

    def _keep(
        self, connection: Connection, week: date, at: datetime, version: int, cards: Sequence[Card], watch: Sequence[dict[str, Any]],
        said: Mapping[int, dict[str, Any]], unknown: Sequence[dict[str, Any]], basis: Mapping[str, Any],
    ) -> dict[str, int]:  # fmt: skip
        everyone = Scope.system()
        known = kept.find(connection, everyone, week - WEEK * AGAIN)
        room = self._settings.signals_a_week - sum(k["first_week"] == week and k["folded_into"] is None for k in known)
        matched = [(card, _same(card.lead, known)) for card in cards]
        over = [card for card, old in matched if old is None][max(room, 0) :]
        held = [_held(card.lead) for card in over]
        feeds = [{"feed": s.feed, "agency": s.agency, "late": s.late, "data_at": s.data_at.isoformat() if s.data_at else None}
                 for s in self._feeds.states(everyone)]  # fmt: skip
        run_id = kept.add_run(connection, {"week": week, "at": at, "data_version": version, "feeds": feeds, "unknown": list(unknown),
                                           "watch": [*held, *watch], "basis": dict(basis)})  # fmt: skip
        counts = {"cards": len(cards) - len(over), "new": 0, "held": len(over)}
        for rank, (card, old) in enumerate((m for m in matched if m[0] not in over), start=1):
            lead = self._put(connection, run_id, week, at, rank, card.lead, card.kinds, said[id(card.lead)], old, None, basis)
            counts["new"] += old is None
            for f in card.folded:
                self._put(connection, run_id, week, at, rank, f, (f.kind,), said[id(f)], _same(f, known), lead, basis)
        bump(connection, self._now())
        return counts

    def _put(
        self, connection: Connection, run_id: int, week: date, at: datetime, rank: int, f: Found, kinds: tuple[str, ...], said: dict[str, Any],
        old: Mapping[str, Any] | None, into: int | None, basis: Mapping[str, Any],
    ) -> int:  # fmt: skip
        evidence = {**said, "kinds": list(kinds)}
        provisional = f.kind != "trending" and (basis["delay"] is None or evidence["complete"] < 0.95 or bool(evidence["late"]))
        values = {"kind": f.kind, "last_week": week, "run_id": run_id, "rank": rank, "provisional": provisional, "folded_into": into,
                  "evidence": evidence}  # fmt: skip
        if old is None:
            signal_id = kept.add(connection, {**values, "county_code": f.county, "town_code": f.town, "category": f.category, "first_week": week,
                                              "found_at": at, "state": "open"})  # fmt: skip
            kept.add_event(connection, signal_id, {"step": "found", "at": at, "by": "system", "role": "system", "why": "", "data": {"count": f.count}})
        else:
            signal_id = int(old["id"])
            kept.change(connection, signal_id, None, values)
        kept.saw(connection, signal_id, run_id, evidence)
        return signal_id


def _near(seats: Mapping[str, tuple[float, float]]) -> dict[str, list[str]]:
    codes = list(seats)
    if len(codes) < 2:
        return {code: [code] for code in codes}
    return {codes[i]: [codes[j] for j in row] for i, row in enumerate(neighbours(np.array([seats[c] for c in codes])))}


def _basis(counts: Counts, late: Delay) -> dict[str, Any]:
    """What the run stands on, besides the counts."""
    return {"weeks": len(counts.city), "months": len(counts.months), "townships": len(counts.towns), "categories": len(counts.categories),
            "delay": list(late.share) if late.share else None, "known": {str(n): late.known(n, 1) for n in range(1, 9)}}  # fmt: skip


def _same(f: Found, known: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The signal of the last weeks that this one goes on with, if there is one: the same place, or half of the same townships."""
    for k in known:
        if (k["county_code"], k["town_code"], k["category"]) != (f.county, f.town, f.category):
            continue
        before, now = set(k["evidence"].get("towns", ())), set(f.towns)
        if before == now or (before and now and len(before & now) * 2 >= min(len(before), len(now))):
            return k
    return None


def _held(f: Found) -> dict[str, Any]:
    return {"county": f.county, "town": f.town or (f.towns[0] if f.towns else ""), "category": f.category, "weeks": int(f.more.get("weeks", 4)),
            "first": f.first.isoformat(), "last": f.last.isoformat(), "count": f.count, "expected": round(f.expected, 2), "low": f.low, "high": f.high,
            "pvalue": f.pvalue, "towns": list(f.towns), "over": True}  # fmt: skip


def watch_window(week: date, w: Mapping[str, Any]) -> tuple[date, date]:
    """The days of a line of the watch list."""
    if "first" in w:
        return date.fromisoformat(w["first"]), date.fromisoformat(w["last"])
    return week - timedelta(days=7 * int(w["weeks"]) - 1), week
