"""Signals for people: what the runs found, inside the scope; deciding about them, each step with who, when and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine

from matters import signals as words
from matters.access import Scope
from matters.filters import Filter
from matters.identity import cleaned
from matters.periods import Window
from matters.signals import STEPS, USEFUL
from services.areas import Areas
from services.feeds import Feeds
from services.settings import Settings
from services.signal_counts import last_week
from services.signal_run import SignalRun, watch_window
from services.signal_shapes import (
    Behind,
    Refused,
    Related,
    SignalDesk,
    SignalEvent,
    SignalFile,
    SignalLine,
    Unknown,
    Watched,
)
from store import signals as kept
from store.engine import reading, writing
from store.listings import note
from store.signals import Conflict
from store.writer import bump

__all__ = ["Conflict", "Refused", "Signals"]
LONGEST_SNOOZE = 92  # days


class Mark(NamedTuple):
    """A signal on a map: its number in the reader's list, where, what."""

    number: int
    signal: int
    area: str
    lon: float
    lat: float
    title: tuple[str, str]


class Signals:
    """A signal lies in its township, county or the whole city; whoever sees all of that place sees it, and may decide if their role does."""

    def __init__(self, engine: Engine, settings: Settings, areas: Callable[[], Areas], feeds: Feeds, now: Callable[[], datetime]) -> None:
        self._engine, self._settings, self._areas, self._feeds, self._now = engine, settings, areas, feeds, now

    @property
    def runner(self) -> SignalRun:
        """The weekly run."""
        return SignalRun(self._engine, self._settings, self._areas(), self._feeds, self._now)

    def due(self) -> bool:
        """Whether a run would say more than the last one."""
        return self.runner.due()

    def run(self, check: Callable[[Connection], None] | None = None) -> dict[str, int]:
        """Judge the last complete week and keep what is found (services.signal_run)."""
        return self.runner.run(check)

    def desk(self, scope: Scope, area: str = "", category: str = "", kind: str = "") -> SignalDesk:
        """The page of an area ('' = the reader's own). Raises Forbidden outside the scope, UnknownArea."""
        place = self._areas().require(scope, area) if area else None
        today = self._now().date()
        with reading(self._engine) as connection:
            run = kept.latest_run(connection)
            rows = kept.find(connection, scope, date(today.year - 1, 12, 1))
            history = kept.events(connection, [r["id"] for r in rows])
            version = kept.version(connection)
        if run is None:
            return _nothing(version, self._settings.signals_a_week)
        where = (place.county, place.town) if place else ("", "")
        wanted = [r for r in rows if _in(where, r["county_code"], r["town_code"]) and category in ("", r["category"])
                  and (not kind or kind in r["evidence"]["kinds"])]  # fmt: skip
        return self._desk(scope, run, self._lines(scope, wanted, rows, history, run), version, today, where, category)

    def _desk(
        self, scope: Scope, run: Mapping[str, Any], lines: Sequence[SignalLine], version: int, today: date, place: tuple[str, str], category: str
    ) -> SignalDesk:
        resting = [x for x in lines if x.snoozed_until and x.snoozed_until > today and x.state == "open"]
        now = [x for x in lines if x not in resting and (x.state == "open" or x.last_week == run["week"])]
        done = [x for x in lines if x.decided is not None and x.decided.at.year == today.year]
        used = sum(x.state in USEFUL for x in done)
        current = [_numbered(x, n) for n, x in enumerate(sorted(now, key=lambda x: (x.last_week != run["week"], -x.last_week.toordinal())), start=1)]
        watch = [self._watched(w, run) for w in run["watch"]
                 if scope.covers(w["county"], w["town"]) and _in(place, w["county"], w["town"]) and category in ("", w["category"])]  # fmt: skip
        unknown = [Unknown(u["category"], u["agency"], u["feed"], datetime.fromisoformat(u["data_at"]) if u["data_at"] else None, u["share"])
                   for u in run["unknown"] if category in ("", u["category"])]  # fmt: skip
        basis = run["basis"]
        return SignalDesk(
            week=run["week"], run_at=run["at"], data_version=version, lines=tuple(current), done=tuple(done), snoozed=tuple(resting),
            watch=tuple(watch), unknown=tuple(unknown), open=sum(x.state == "open" for x in current),
            year=sum(x.first_week.year == today.year for x in lines), decided=len(done), used=used, useful=used / len(done) if done else None,
            cap=self._settings.signals_a_week, townships=basis["townships"], categories=basis["categories"],
            delay_known=basis["delay"] is not None, weeks=basis["weeks"], stale=run["week"] < last_week(today),
            counts={"week": len(current), "done": len(done), "watch": len(watch), "snoozed": len(resting)},
        )  # fmt: skip

    def get(self, scope: Scope, signal_id: int) -> SignalFile:
        """One signal with its history. LookupError outside the scope."""
        with reading(self._engine) as connection:
            return self._file(connection, scope, signal_id)

    def sent(self, scope: Scope) -> tuple[SignalLine, ...]:
        """Signals that somebody sent to a meeting within a year, whether or not a run has found them again."""
        return self.standing(scope, ("meeting",))

    def standing(self, scope: Scope, states: Sequence[str]) -> tuple[SignalLine, ...]:
        """Signals of the last year that are in one of these states now, whether or not a run has found them again."""
        with reading(self._engine) as connection:
            run = kept.latest_run(connection)
            rows = kept.find(connection, scope, self._now().date() - timedelta(days=366))
            history = kept.events(connection, [r["id"] for r in rows if r["state"] in states])
        return tuple(self._line(scope, r, rows, history, run) for r in rows if r["state"] in states) if run is not None else ()

    def marks(self, scope: Scope, area: str = "") -> tuple[Mark, ...]:
        """The numbered signals of the week for a map, each at the seat of its (first) township, else of its county."""
        areas, found = self._areas(), []
        for x in self.desk(scope, area).lines:
            code = x.town or (x.towns[0] if x.towns else x.county)
            seat = areas.info(code).seat if code else None
            if seat:
                found.append(Mark(x.number, x.id, code, *seat, x.title))
        return tuple(found)

    def _file(self, connection: Connection, scope: Scope, signal_id: int) -> SignalFile:
        rows, run = kept.find(connection, scope, only=[signal_id]), kept.latest_run(connection)
        if not rows or run is None:
            raise LookupError(f"signal {signal_id}")
        week = rows[0]["last_week"]
        near = [*rows, *(r for r in kept.find(connection, scope, week) if r["folded_into"] == signal_id)]
        history = kept.events(connection, [signal_id])
        line = self._line(scope, rows[0], near, history, run)
        return SignalFile(line, _events(history[signal_id]), tuple((w, at, e) for _, w, at, e in kept.seen(connection, signal_id)))

    def _lines(
        self, scope: Scope, wanted: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], history: Mapping[int, list[dict[str, Any]]],
        run: Mapping[str, Any],
    ) -> list[SignalLine]:  # fmt: skip
        """Leading signals; one whose leader lies outside the reader's area leads there."""
        visible = {r["id"] for r in rows}
        return [self._line(scope, r, rows, history, run) for r in wanted if r["folded_into"] not in visible]

    def _line(
        self, scope: Scope, r: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], history: Mapping[int, list[dict[str, Any]]], run: Mapping[str, Any]
    ) -> SignalLine:
        e, events = r["evidence"], _events(history.get(r["id"], []))
        place, at = self._place(r), datetime.fromisoformat(e["at"])
        standing = [x for x in events if x.step in STEPS and not x.undone and x.step != "undo"]
        decided = next((x for x in reversed(standing) if STEPS[x.step].to), None)
        may = scope.may("dispose_signal")
        months = [(m, n, self._rows(r, Window(*map(date.fromisoformat, span)), at))
                  for m, n, span in zip(e.get("months", ()), e.get("counts", ()), e.get("spans", ()), strict=True)]  # fmt: skip
        return SignalLine(
            id=r["id"], version=r["version"], number=0, kind=r["kind"], kinds=tuple(e["kinds"]), county=r["county_code"], town=r["town_code"],
            towns=tuple(e["towns"]), category=r["category"], place=place, title=words.title(place, r["category"]), body=words.body(e),
            sentence=words.sentence(e, place, r["category"]), first=date.fromisoformat(e["first"]), last=date.fromisoformat(e["last"]),
            count=e["count"], expected=e["expected"], low=e["low"], high=e["high"], ratio=e["count"] / e["expected"] if e["expected"] >= 0.05 else None,
            rows=self._whole(r, at), parts=self._parts(r, at), months=tuple(months), unit=tuple(e["unit"]),
            points=tuple((date.fromisoformat(d), n, x, lo, hi) for d, n, x, lo, hi in e["points"]), provisional=r["provisional"],
            delay_known=e["delay_known"], late=tuple(e["late"]), objects=tuple((o["group"], o["name"], o["count"]) for o in e["objects"]),
            related=tuple(self._related(x) for x in rows if x["folded_into"] == r["id"] and x["last_week"] == r["last_week"]),
            state=r["state"], snoozed_until=r["snoozed_until"], first_week=r["first_week"], last_week=r["last_week"],
            weeks_found=(r["last_week"] - r["first_week"]).days // 7 + 1, fresh=r["run_id"] == run["id"], decided=decided,
            acts=tuple(s for s, step in STEPS.items() if s != "undo" and step.to != r["state"]) if may else (),
            undoable=standing[-1].id if may and standing else 0, at=at, evidence=e,
        )  # fmt: skip

    def _related(self, r: Mapping[str, Any]) -> Related:
        return Related(r["id"], r["kind"], words.title(self._place(r), r["category"]), r["evidence"]["count"],
                       self._whole(r, datetime.fromisoformat(r["evidence"]["at"])))  # fmt: skip

    def _rows(self, r: Mapping[str, Any], window: Window, at: datetime) -> Filter:
        area = r["town_code"] or r["county_code"] or self._areas().city.code
        return Filter(area=area, category=r["category"], window=window, as_of=at)

    def _whole(self, r: Mapping[str, Any], at: datetime) -> Filter | None:
        """The rows behind the count: a place and days, or the matters of several townships by name."""
        e = r["evidence"]
        window = Window(date.fromisoformat(e["first"]), date.fromisoformat(e["last"]))
        if not e["towns"]:
            return self._rows(r, window, at)
        area = r["county_code"] or self._areas().city.code
        return Filter(area=area, category=r["category"], window=window, as_of=at, codes=tuple(e["codes"])) if e["codes"] else None

    def _parts(self, r: Mapping[str, Any], at: datetime) -> tuple[Behind, ...]:
        e = r["evidence"]
        if not e["towns"]:
            return ()
        window = Window(date.fromisoformat(e["first"]), date.fromisoformat(e["last"]))
        return tuple(
            Behind(p["town"], self._areas().name(p["town"]), p["count"], Filter(area=p["town"], category=r["category"], window=window, as_of=at))
            for p in sorted(e["parts"], key=lambda p: -p["count"])
        )

    def _watched(self, w: Mapping[str, Any], run: Mapping[str, Any]) -> Watched:
        area = w["town"] or w["county"] or self._areas().city.code
        rows = Filter(area=area, category=w["category"], window=Window(*watch_window(run["week"], w)), as_of=run["at"])
        place = self._name(w["county"], w["town"], w.get("towns", ()))
        return Watched(place, w["category"], w["count"], w["expected"], w["low"], w["high"], w["weeks"], rows, bool(w.get("over")))

    def _place(self, r: Mapping[str, Any]) -> tuple[str, str]:
        return self._name(r["county_code"], r["town_code"], r["evidence"]["towns"])

    def _name(self, county: str, town: str, towns: Sequence[str]) -> tuple[str, str]:
        """Where, as people say it: county and township, so many townships, a county, the whole city."""
        areas = self._areas()
        if len(towns) > 1:
            first = areas.info(towns[0])
            zh, en = self._name(first.parent, towns[0], ())
            return f"{zh}等 {len(towns)} 个乡镇", f"{en} and {len(towns) - 1} more"
        if town:
            a, b = areas.info(county), areas.info(town)
            return f"{a.name}{b.name}", f"{b.en}, {a.en}"
        if county:
            return areas.info(county).name, areas.info(county).en
        return "全市", areas.city.en

    def act(
        self, scope: Scope, signal_id: int, version: int, step: str, why: str, until: date | None = None, data: Mapping[str, Any] | None = None
    ) -> SignalFile:
        """Take a step of matters.signals.STEPS (not undo). Raises Forbidden, LookupError, Refused, Conflict (the version is no longer the reader's)."""
        scope.require("dispose_signal")
        why, today = cleaned(why)[:500], self._now().date()
        with writing(self._engine) as connection:
            line = self._file(connection, scope, signal_id).line
            if step not in line.acts:
                raise Refused("state")
            if not why:
                raise Refused("why")
            if step == "snooze" and not (until and today < until <= today + timedelta(days=LONGEST_SNOOZE)):
                raise Refused("until")
            after = {"state": line.state, "snoozed_until": until} if step == "snooze" else {"state": STEPS[step].to, "snoozed_until": None}
            before = {"state": line.state, "snoozed_until": line.snoozed_until.isoformat() if line.snoozed_until else None}
            kept.change(connection, signal_id, version, after)
            more = {**(data or {}), **({"until": until.isoformat()} if step == "snooze" and until else {})}
            self._told(connection, scope, signal_id, step, why, {"before": before, **more})
            return self._file(connection, scope, signal_id)

    def undo(self, scope: Scope, signal_id: int, version: int, event_id: int, why: str) -> SignalFile:
        """Take back the last step of a person. Raises as `act` does."""
        scope.require("dispose_signal")
        why = cleaned(why)[:500]
        with writing(self._engine) as connection:
            file = self._file(connection, scope, signal_id)
            if not why:
                raise Refused("why")
            if not event_id or event_id != file.line.undoable:
                raise Refused("undo")
            event = next(x for x in file.events if x.id == event_id)
            before = event.data["before"]
            until = date.fromisoformat(before["snoozed_until"]) if before["snoozed_until"] else None
            kept.change(connection, signal_id, version, {"state": before["state"], "snoozed_until": until})
            self._told(connection, scope, signal_id, "undo", why, {"step": event.step}, event_id)
            return self._file(connection, scope, signal_id)

    def _told(self, connection: Connection, scope: Scope, signal_id: int, step: str, why: str, data: Mapping[str, Any], ref: int | None = None) -> None:
        """Into the signal's history and the audit; screens hear of it."""
        now = self._now()
        kept.add_event(connection, signal_id, {"step": step, "at": now, "by": scope.user, "role": scope.role, "why": why, "data": dict(data), "ref": ref})
        note(connection, scope.user, f"signal.{step}", {"signal": signal_id}, now)
        bump(connection, now)


def _events(rows: Sequence[Mapping[str, Any]]) -> tuple[SignalEvent, ...]:
    undone = {r["ref"] for r in rows if r["step"] == "undo"}
    return tuple(SignalEvent(r["id"], r["step"], r["at"], r["by"], r["role"], r["why"], r["data"], r["id"] in undone) for r in rows)


def _in(place: tuple[str, str], county: str, town: str) -> bool:
    """Whether an area lies in a place ('' = anywhere)."""
    return place[0] in ("", county) and place[1] in ("", town)


def _numbered(line: SignalLine, number: int) -> SignalLine:
    return replace(line, number=number)


def _nothing(version: int, cap: int) -> SignalDesk:
    return SignalDesk(None, None, version, (), (), (), (), (), 0, 0, 0, 0, None, cap, 0, 0, False, 0, True, {"week": 0, "done": 0, "watch": 0, "snoozed": 0})
