"""Meetings by the clock and by command: what is frozen on a Monday morning, and where its papers are put."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection

from matters.access import Scope
from matters.moments import MomentError
from matters.periods import Window
from reports.pages import NoFont
from reports.template import BadTemplate
from services.bulletin import MIMES
from services.cron import by_cron
from services.meeting_due import LOOK_BACK, Held, in_order, last_fire, latest, missed
from services.meeting_shapes import Meeting, MeetingLine
from store.engine import writing

if TYPE_CHECKING:
    from services.wiring import Services

log = structlog.get_logger(__name__)
ZONE = "Asia/Shanghai"
Check = Callable[[Connection], None]


class ByClock:
    """The meetings that the clock holds for the city: at their hour, and afterwards those whose hour passed while no worker ran."""

    def __init__(self, services: Services) -> None:
        self._services, self._busy, self._tried = services, threading.Lock(), set[int]()
        at = services.settings.meeting_at
        self._fire = by_cron(at, ZONE) if at else None

    def run(self, check: Check) -> list[Path]:
        """Freeze the last week, month and quarter and what was missed before, each once; write their papers."""
        with self._busy:  # the hour itself and the look at what was missed may come at the same moment
            known = self._known()
            return self._hold(in_order([*latest(self._services.now(), known), *self._missed(known)]), check)

    def catch_up(self, check: Check) -> list[Path]:
        """Freeze what the clock should have frozen in the last two months and did not, and write what papers of its meetings are not there."""
        with self._busy:
            return self._hold(self._missed(self._known()), check) + self._unwritten(check)

    def _mine(self) -> list[MeetingLine]:
        here = self._services.areas.city.code
        return [m for m in self._services.meetings.everything(Scope.system()) if m.area == here]

    def _known(self) -> set[Held]:
        return {(m.kind, m.window) for m in self._mine()}

    def _missed(self, known: set[Held]) -> list[Held]:
        return missed(self._fire, self._services.now(), self._began(), known) if self._fire else []

    def _began(self) -> datetime | None:
        """The hour at which the clock began to hold meetings; before the first one, the last hour that this store has seen."""
        assert self._fire is not None
        frozen = [m.frozen_at for m in self._mine() if m.frozen_by == Scope.system().user]
        if frozen:
            return last_fire(self._fire, min(frozen)) or min(frozen)
        hour, first = last_fire(self._fire, self._services.now()), self._services.moments.first()
        return hour if hour and first and first <= hour else None

    def _hold(self, owed: Sequence[Held], check: Check) -> list[Path]:
        services, scope, written = self._services, Scope.system(), list[Path]()
        with writing(services.engine) as connection:
            check(connection)
        for kind, window in owed:
            try:
                made = services.meetings.freeze_once(scope, kind, window, check)
            except MomentError as error:
                log.warning("meeting.not_frozen", kind=kind, why=error.words)
                continue
            if made is not None:
                self._tried.add(made.line.id)
                written += _papers(services, scope, made.line.id, MIMES)
        return written

    def _unwritten(self, check: Check) -> list[Path]:
        """Papers of the clock's meetings that a worker did not come to write; each is tried once by each worker."""
        scope, written, since = Scope.system(), list[Path](), self._services.now() - LOOK_BACK
        for m in self._mine():
            if m.frozen_by != scope.user or m.frozen_at < since or m.id in self._tried:
                continue
            self._tried.add(m.id)
            there = {p.suffix.removeprefix(".") for p in _folder(self._services, m.id).glob("*.*")}
            if lacking := [kind for kind in MIMES if kind not in there]:
                with writing(self._services.engine) as connection:
                    check(connection)
                written += _papers(self._services, scope, m.id, lacking)
        return written


def _folder(services: Services, meeting: int) -> Path:
    return services.settings.data_dir / "papers" / str(meeting)


def _papers(services: Services, scope: Scope, meeting: int, kinds: Iterable[str]) -> list[Path]:
    """A paper that cannot be made (no font, a bad template) is logged and the rest is made: the meeting stands, and a click makes it later."""
    out: list[Path] = []
    for kind in kinds:
        try:
            out += services.bulletins.write(scope, meeting, _folder(services, meeting), (kind,))
        except (NoFont, BadTemplate) as error:
            log.warning("meeting.no_paper", meeting=meeting, format=kind, why=str(error))
    return out


def freeze(services: Services, kind: str, first: datetime | None, last: datetime | None, area: str, title: str) -> Meeting:
    """Freeze at a command. ValueError says what cannot be: half a window, a kind, an area."""
    if (first is None) != (last is None):
        raise ValueError("--from and --to belong together")
    window = Window(first.date(), last.date()) if first and last else None
    try:
        return services.meetings.freeze(replace(Scope.system(), user="cli"), kind, window, area, title)
    except MomentError as error:
        raise ValueError(error.words) from error


def report(services: Services, meeting: int, kinds: Sequence[str], out: Path) -> list[Path]:
    """Write papers at a command; ValueError for no such meeting or kind of paper, a missing font or a bad template."""
    scope = replace(Scope.system(), user="cli")
    everything = services.meetings.everything(scope)
    if not everything:
        raise ValueError("no meeting has been frozen yet: yizhan meeting freeze")
    if wrong := [k for k in kinds if k not in MIMES]:
        raise ValueError(f"{wrong[0]} is no paper; papers are {', '.join(MIMES)}")
    try:
        return services.bulletins.write(scope, meeting or everything[0].id, out, tuple(kinds) or tuple(MIMES))
    except (LookupError, NoFont, BadTemplate) as error:
        raise ValueError(f"there is no meeting {meeting}" if isinstance(error, LookupError) else str(error)) from error
