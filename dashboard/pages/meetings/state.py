"""What the address of the meetings asks for: which one, which item, which page is presented, which act is under way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dash.exceptions import PreventUpdate

from dashboard import urlstate
from dashboard.guard import Here, here
from matters.filters import Filter
from matters.meetings import AGENDA

ACTS = ("freeze", "agenda", "decide", "settle")


@dataclass(frozen=True, slots=True)
class MeetingState:
    """The address of /meeting or /meeting/<id>, read. `present` is the page shown to the room, 0 for the desk."""

    path: str
    url: urlstate.State
    chosen: int
    item: str
    present: int
    act: str
    decision: int
    row: tuple[str, int] | None = None  # a line of a frozen table, by the table's key and its number

    def href(self, **extra: str) -> str:
        """The same page with some parameters changed; an act under way is left unless it is named."""
        return self.path + urlstate.write(replace(self.url, filter=Filter(), dated=False).plus(**{"act": "", "d": "", "row": "", **extra}))

    def slide(self, n: int) -> str:
        """A page in front of the room."""
        return self.href(present=str(n), item="")

    def one(self, id: int) -> str:
        """A meeting's own page."""
        return f"/meeting/{id}" + urlstate.write(urlstate.State(Filter(), lang=self.url.lang))


def read(at: Here) -> MeetingState:
    """Read the address; what cannot be read is the usual."""
    extra, own = at.state.extra, at.params.get("id", "")
    item = extra.get("item", "")
    return MeetingState(at.path, at.state, _number(own), item if item in AGENDA else "", _number(extra.get("present", "")),
                        extra.get("act", "") if extra.get("act") in ACTS else "", _number(extra.get("d", "")), _row(extra.get("row", "")))  # fmt: skip


def _row(text: str) -> tuple[str, int] | None:
    name, _, number = text.rpartition("-")
    return (name, int(number)) if name.isidentifier() and number.isascii() and number.isdigit() and len(number) < 6 else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def asked(data: dict[str, Any] | None, services: Any) -> MeetingState:
    """The address, when it is still one of the meetings'."""
    at = here(data, services)
    if at.key not in ("meetings", "meeting"):
        raise PreventUpdate  # the address has moved on before this page was taken away
    return read(at)
