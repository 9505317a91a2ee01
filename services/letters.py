"""Warning letters: the draft that writes itself, its approval and number, receipt, reply, judgement, reminders, and what changed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.identity import cleaned
from matters.letters import (
    COLOURS,
    DRAFTS,
    IN_FORCE,
    ISSUED,
    KINDS,
    STEPS,
    Step,
    WrongStep,
    next_state,
    steps_from,
)
from reports.paper import Paper
from services.areas import Areas
from services.feeds import Feeds
from services.letter_draft import from_json
from services.letter_effect import effect
from services.letter_evidence import of_signal
from services.letter_files import Made, NoFont, make
from services.letter_meeting import meeting_table
from services.letter_new import asked, first, frozen, of_line, office
from services.letter_paper import paper
from services.letter_records import back, before, digest_of, events_of, standing, window_of
from services.letter_shapes import LetterEffect, LetterEvent, LetterFile, LetterLine, SignalFound
from services.letter_steps import written
from services.settings import Settings
from store import letters as kept
from store.engine import reading, writing
from store.letters import Conflict
from store.listings import note as audit
from store.signals import Conflict as SignalConflict
from store.writer import bump

__all__ = ["Conflict", "Letters", "NoFont", "WrongStep"]
DAYS = {"red": 0, "yellow": 2, "blue": 3}


class Letters:
    """Reads need the scope to see the letter (store.letters); each step needs its permission, at the level of whoever writes it."""

    def __init__(
        self, engine: Engine, settings: Settings, areas: Callable[[], Areas], feeds: Feeds, signals: Callable[[], SignalFound],
        version: Callable[[], int], now: Callable[[], datetime], known: Callable[[], datetime] | None = None,
    ) -> None:  # fmt: skip
        """`known`: the moment whose store evidence is frozen from, where it is not the writer's now (a history that is told afterwards)."""
        self._engine, self._settings, self._areas, self._feeds, self._signals = engine, settings, areas, feeds, signals
        self._version, self._now, self._known = version, now, known or now
        self._effects: dict[tuple[Any, ...], LetterEffect] = {}

    @property
    def days(self) -> dict[str, int]:
        """Days for the reply by colour, as set."""
        return DAYS | {k: int(v) for k, v in self._settings.letter_days.items()}

    def all(self, scope: Scope) -> tuple[LetterLine, ...]:
        """Letters of the scope, the newest first."""
        with reading(self._engine) as connection:
            rows = kept.find(connection, scope)
        return tuple(self._line(r) for r in rows)

    def get(self, scope: Scope, letter_id: int) -> LetterFile:
        """One letter whole. LookupError outside the scope."""
        with reading(self._engine) as connection:
            row = self._row(connection, scope, letter_id)
            history = kept.events(connection, letter_id)
            measured = self._effect(connection, row)
        evidence = orjson.loads(row["evidence"])
        at, area = datetime.fromisoformat(evidence.get("known") or evidence["at"]), evidence["area"]
        rows = Filter(area=area, category=row["category"], window=window_of(evidence, ""), as_of=at)
        events = events_of(history)
        acts = tuple(s.key for s in steps_from(row["state"]) if self._may(scope, row, s) and self._open(row, s))
        last = standing(events)
        undoable = last.id if last and self._may_undo(scope, row, last) else 0
        intact = row["state"] not in ISSUED or row["digest"] == digest_of(row)
        return LetterFile(self._line(row), from_json(orjson.loads(row["content"])), evidence, events, acts, undoable, rows,
                          rows.with_(window=window_of(evidence, "before_")), row["digest"], intact, measured, self._version())  # fmt: skip

    def new(self, scope: Scope, data: Mapping[str, Any]) -> LetterFile:
        """Draft a letter of an area and category over a window, or of a signal; the rest writes itself.

        WrongStep names a missing or impossible field (area, category, kind, colour, first, last); LookupError: no such signal here.
        """
        scope.require("write_letter")
        if scope.level == "township":
            raise Forbidden(f"{scope.user} has no office that writes letters")
        kind, colour = str(data.get("kind") or "department"), str(data.get("colour") or "yellow")
        if kind not in KINDS or colour not in COLOURS:
            raise WrongStep("kind" if kind not in KINDS else "colour")
        line = self._signals().get(scope, int(data["signal"])).line if data.get("signal") else None
        area, category, window = of_line(line) if line is not None else asked(data, self._areas().city.code, self._now().date())
        now, late = self._now(), [s.zh for s in self._feeds.states(scope) if s.late]
        with writing(self._engine) as connection:
            evidence = frozen(connection, scope, self._areas(), self._settings, area, category, window, now, late)
            if line is not None:
                evidence["signal"] = of_signal(line)
            if (known := self._known()) - now > timedelta(minutes=1):
                evidence["known"] = known.isoformat()
            values = first(scope, self._areas(), kind, colour, evidence, str(data.get("addressee") or ""))
            made = kept.add(connection, {**values, "signal_id": line.id if line is not None else None, "drafted_at": now, "drafted_by": scope.user})
            self._told(connection, scope, made, "draft", str(data.get("note") or ""), {}, now)
        if line is not None and "letter" in line.acts:
            self._tell_signal(scope, line, made)
        return self.get(scope, made)

    def _tell_signal(self, scope: Scope, line: Any, letter_id: int) -> None:
        """The signal learns of its letter; somebody who decided meanwhile has the last word about the signal, the letter stands."""
        try:
            self._signals().act(scope, line.id, line.version, "letter", "拟写提示函", data={"letter": letter_id})
        except (SignalConflict, Forbidden):
            return

    def meeting_table(self, scope: Scope, at: datetime) -> dict[str, Any] | None:
        """The letters of a scope as a table of a meeting; None without any."""
        return meeting_table(self.all(scope), at, lambda letter: self.get(scope, letter))

    def made(self, scope: Scope, letter_id: int, kind: str) -> Made:
        """A letter as docx, pdf, xlsx or svg (its chart). LookupError, NoFont (no font may be embedded), ValueError for another kind."""
        if kind != "svg":
            scope.require("export")
        file = self.get(scope, letter_id)
        out = make(file, kind, self._now().date(), self.days, str(self._settings.fonts_dir or ""))
        if kind != "svg":
            with writing(self._engine) as connection:
                audit(connection, scope.user, "letter.download", {"letter": letter_id, "format": kind}, self._now())
        return out

    def paper(self, file: LetterFile) -> Paper:
        """The letter as a paper, for showing."""
        return paper(file, self._now().date(), self.days)

    def act(self, scope: Scope, letter_id: int, version: int, step: str, data: Mapping[str, Any]) -> LetterFile:
        """Take a step of matters.letters.STEPS. Raises Forbidden, LookupError, WrongStep, Conflict (somebody was faster)."""
        if step not in STEPS or step == "draft":
            raise WrongStep("state")
        now, target = self._now(), letter_id
        note = cleaned(str(data.get("note") or ""))[:2_000]
        with writing(self._engine) as connection:
            row = self._row(connection, scope, letter_id)
            if not self._may(scope, row, STEPS[step]):
                raise Forbidden(f"{scope.user} may not {step} letter {letter_id}")
            state = next_state(row["state"], step)
            for name in STEPS[step].needs:
                if not (note if name == "note" else data.get(name)):
                    raise WrongStep(name)
            if step == "replace":
                target = self._replace(connection, scope, row, version, note, now)
            elif step == "remind":
                self._remind(connection, scope, row, version, note, now)
            else:
                values, more = written(connection, row, step, data, now, self.days)
                kept.change(connection, letter_id, version, {"state": state, **values})
                self._told(connection, scope, letter_id, step, note, {"before": before(row), **more}, now)
                if step == "issue" and row["replaces"]:
                    self._end_replaced(connection, scope, row, now)
        return self.get(scope, target)

    def _replace(self, connection: Connection, scope: Scope, row: dict[str, Any], version: int, note: str, now: datetime) -> int:
        """A new draft of the same letter; what was issued stays in force until the new one is issued."""
        if any(r["replaces"] == row["id"] and r["state"] in DRAFTS for r in kept.find(connection, scope)):
            raise WrongStep("replaces")
        kept.change(connection, row["id"], version, {})
        same = ("kind", "office", "colour", "title", "addressee", "county_code", "town_code", "category", "signal_id", "content", "evidence")
        values = {k: row[k] for k in same} | {"state": "draft", "replaces": row["id"], "drafted_at": now, "drafted_by": scope.user}
        made = kept.add(connection, values)
        self._told(connection, scope, row["id"], "replace", note, {"letter": made}, now)
        self._told(connection, scope, made, "draft", note, {"replaces": row["id"]}, now)
        return made

    def _end_replaced(self, connection: Connection, scope: Scope, row: dict[str, Any], now: datetime) -> None:
        old = kept.one(connection, Scope.system(), row["replaces"])
        if old is None or old["state"] not in IN_FORCE:
            raise WrongStep("replaces")
        kept.change(connection, old["id"], old["version"], {"state": "replaced", "replaced_by": row["id"], "closed_at": now})
        self._told(connection, scope, old["id"], "replaced", "", {"letter": row["id"]}, now)

    def _remind(self, connection: Connection, scope: Scope, row: dict[str, Any], version: int, note: str, now: datetime) -> None:
        if row["version"] != version:
            raise Conflict("somebody else has taken a step meanwhile")
        if not kept.remind(connection, row["id"], now.date()):
            raise WrongStep("today")
        self._told(connection, scope, row["id"], "remind", note, {"due_on": row["due_on"].isoformat()}, now)

    def remind_late(self, check: Callable[[Connection], None] = lambda connection: None) -> int:
        """Remind of every reply that is late, once a day; how many. The worker's job."""
        now, scope = self._now(), Scope.system()
        with writing(self._engine) as connection:
            check(connection)
            late = kept.overdue(connection, now.date())
            for row in late:
                kept.remind(connection, row["id"], now.date())
                self._told(connection, scope, row["id"], "remind", "", {"due_on": row["due_on"].isoformat(), "days": (now.date() - row["due_on"]).days}, now)
        return len(late)

    def undo(self, scope: Scope, letter_id: int, version: int, why: str) -> LetterFile:
        """Take back the last step, where it can be. Raises as `act`; WrongStep('undo') when nothing can be taken back."""
        why, now = cleaned(why)[:2_000], self._now()
        if not why:
            raise WrongStep("note")
        with writing(self._engine) as connection:
            row = self._row(connection, scope, letter_id)
            last = standing(events_of(kept.events(connection, letter_id)))
            if last is None or not STEPS[last.step].undo:
                raise WrongStep("undo")
            if not self._may_undo(scope, row, last):
                raise Forbidden(f"{scope.user} may not undo what {last.by} did")
            kept.change(connection, letter_id, version, back(last.data["before"]))
            self._told(connection, scope, letter_id, "undo", why, {"step": last.step}, now, last.id)
        return self.get(scope, letter_id)

    def _may(self, scope: Scope, row: Mapping[str, Any], step: Step) -> bool:
        """The permission; the office's steps at the office's own level, the addressee's by whoever is in its area, or by the city for it."""
        if not scope.may(step.act):
            return False
        if step.side == "office":
            return scope.level == ("county" if row["office"] else "city") and scope.county == row["office"]
        return scope.covers(row["county_code"], row["town_code"])

    def _open(self, row: Mapping[str, Any], step: Step) -> bool:
        return step.key != "remind" or row["reminded_on"] is None or row["reminded_on"] < self._now().date()

    def _may_undo(self, scope: Scope, row: Mapping[str, Any], event: LetterEvent) -> bool:
        step = STEPS.get(event.step)
        if step is None or not step.undo or not self._may(scope, row, step):
            return False
        return event.by == scope.user or scope.may("undo_any_act")

    def _row(self, connection: Connection, scope: Scope, letter_id: int) -> dict[str, Any]:
        row = kept.one(connection, scope, letter_id)
        if row is None:
            raise LookupError(f"letter {letter_id}")
        return row

    def _told(
        self, connection: Connection, scope: Scope, letter_id: int, step: str, note: str, data: Mapping[str, Any], now: datetime, ref: int | None = None
    ) -> None:  # fmt: skip
        """Into the letter's history and the audit; screens hear of it."""
        values = {"step": step, "at": now, "by": scope.user, "role": scope.role, "note": note, "data": dict(data), "ref": ref}
        kept.add_event(connection, letter_id, values)
        audit(connection, scope.user, f"letter.{step}", {"letter": letter_id}, now)
        bump(connection, now)

    def _line(self, r: Mapping[str, Any]) -> LetterLine:
        areas, today = self._areas(), self._now().date()
        area = r["town_code"] or r["county_code"] or areas.city.code
        left = (r["due_on"] - today).days if r["due_on"] and r["state"] in ("issued", "received", "sent_back") else None
        own = {k: r[k] for k in ("id", "version", "state", "kind", "office", "number", "colour", "title", "addressee", "category", "drafted_at",
                                 "drafted_by", "issued_at", "due_on", "replied_at", "closed_at", "reminders")}  # fmt: skip
        return LetterLine(**own, office_name=office(self._settings, areas, r["office"])["office_name"], area=area, area_name=areas.name(area),
                          signal=r["signal_id"] or 0, replaces=r["replaces"] or 0, replaced_by=r["replaced_by"] or 0, days_left=left)  # fmt: skip

    def _effect(self, connection: Connection, row: Mapping[str, Any]) -> LetterEffect | None:
        """Kept by data version and day: every look at an issued letter asks for it."""
        if row["issued_at"] is None:
            return None
        today = self._now().date()
        key = (row["id"], today, self._version())
        if key not in self._effects:
            if len(self._effects) > 200:
                self._effects.clear()
            area = row["town_code"] or row["county_code"] or self._areas().city.code
            self._effects[key] = effect(connection, area, row["county_code"], row["town_code"], row["category"], row["issued_at"].date(), today)
        return self._effects[key]
