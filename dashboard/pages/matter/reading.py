"""Everything one file shows, read once for a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard import asof
from matters.access import Scope
from matters.model import Agency
from services.file_shapes import ChangeLine
from services.path_shapes import Acts, ClockLine, EventLine
from services.shapes import MatterFile


@dataclass(frozen=True, slots=True)
class Reading:
    """A file with its path and history, for one reader; while looking back nothing can be done (acts is None)."""

    file: MatterFile
    scope: Scope
    today: date
    agencies: Mapping[str, Agency]
    acts: Acts | None
    events: tuple[EventLine, ...]  # newest first, the undone ones too
    undoing: Mapping[int, EventLine]  # what took an event back, by that event's id
    clocks: tuple[ClockLine, ...]
    history: tuple[ChangeLine, ...]
    names: Mapping[str, str]  # of accounts, masked

    def who(self, account: str) -> str:
        """How an account's owner is called."""
        return self.names.get(account, account)

    def standing(self, *acts: str) -> list[EventLine]:
        """Events of these acts that have not been undone, newest first."""
        return [e for e in self.events if not e.undone_by and e.act in acts]


def read(services: Any, scope: Scope, file: MatterFile) -> Reading:
    """Read the rest of a file; what happened after the moment shown is left out."""
    # The acts of a matter are found by the code it has now; one that has dissolved since has none to show.
    code, at = file.now_code or file.matter.code, file.as_of
    found = services.path.events(scope, code, at) if at is None or file.now_code else ()
    events = sorted((e for e in found if e.act != "undo"), key=lambda e: (e.on, e.id), reverse=True)
    return Reading(
        file, scope, asof.today(services), services.feeds.agencies(),
        services.path.acts(scope, code) if at is None else None,
        tuple(events), {e.ref: e for e in found if e.act == "undo"},
        tuple(services.path.clocks(scope, code)) if at is None else (),
        services.file_history.of(scope, code, at), services.auth.displays(),
    )  # fmt: skip
