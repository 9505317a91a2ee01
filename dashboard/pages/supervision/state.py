"""What the address of the desk asks for: which steps, which act on which matter is under way."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import urlstate
from dashboard.guard import Here
from matters.filters import Filter
from matters.path import CARDS


@dataclass(frozen=True, slots=True)
class DeskState:
    """The address of /supervision, read."""

    path: str
    url: urlstate.State
    area: str
    step: str
    act: str
    matter: str

    def href(self, **extra: str) -> str:
        """The same page with some parameters changed; an act under way is left unless it is named."""
        return self.path + urlstate.write(self.url.plus(**{"act": "", "matter": "", **extra}))

    def dispatch(self) -> str:
        """The matters that wait to be dispatched."""
        return urlstate.rows(Filter(area=self.area, stage="accepted", part="open"), self.url.lang)

    def open(self) -> str:
        """All open matters."""
        return urlstate.rows(Filter(area=self.area, part="open"), self.url.lang)

    def now(self) -> str:
        """The same desk, without a moment to look back to."""
        return self.path + urlstate.write(self.url.with_(as_of=None).plus(act="", matter=""))

    def in_area(self, code: str) -> str:
        """The same desk of another area."""
        return self.path + urlstate.write(self.url.with_(area=code).plus(act="", matter=""))


def read(at: Here) -> DeskState:
    """Read the address; what cannot be read is the usual."""
    extra = at.state.extra
    step, act = extra.get("step", ""), extra.get("act", "")
    return DeskState(at.path, at.state, at.state.filter.area, step if step in CARDS else "", act if act in CARDS else "", extra.get("matter", ""))
