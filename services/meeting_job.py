"""Meetings by the clock and by command: what is frozen on a Monday morning, and where its papers are put."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection

from matters.access import Scope
from matters.meetings import window_of
from matters.moments import MomentError
from matters.periods import Window
from reports.pages import NoFont
from reports.template import BadTemplate
from services.bulletin import MIMES
from services.meeting_shapes import Meeting
from store.engine import writing

if TYPE_CHECKING:
    from services.wiring import Services

log = structlog.get_logger(__name__)
BY_CLOCK = ("week", "month", "quarter")


def run(services: Services, check: Callable[[Connection], None]) -> list[Path]:
    """Freeze the last week, and the last month and quarter when they have ended since, each once; write their papers.

    A paper that cannot be made (no font, a bad template) is logged and the rest is made: the meeting stands, and a click makes it later.
    """
    scope, written = Scope.system(), []
    with writing(services.engine) as connection:
        check(connection)
    here = services.areas.city.code
    known = {(m.kind, m.window) for m in services.meetings.everything(scope) if m.area == here}
    for kind in BY_CLOCK:
        if (kind, window_of(kind, services.now().date())) in known:
            continue
        try:
            made = services.meetings.freeze(scope, kind)
        except MomentError as error:
            log.warning("meeting.not_frozen", kind=kind, why=error.words)
            continue
        written += _papers(services, scope, made)
    return written


def _papers(services: Services, scope: Scope, made: Meeting) -> list[Path]:
    out: list[Path] = []
    for kind in MIMES:
        try:
            out += services.bulletins.write(scope, made.line.id, services.settings.data_dir / "papers" / str(made.line.id), (kind,))
        except (NoFont, BadTemplate) as error:
            log.warning("meeting.no_paper", meeting=made.line.id, format=kind, why=str(error))
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
