"""What the address of the signals asks for."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import urlstate
from dashboard.guard import Here
from matters.categories import CATEGORIES
from matters.signals import KINDS, STEPS

TABS = ("week", "done", "watch", "snoozed")


@dataclass(frozen=True, slots=True)
class SignalState:
    """The address of /signals, read: which list, narrowed how; the signal that is opened or acted on."""

    path: str
    url: urlstate.State
    tab: str
    kind: str
    id: int
    act: str

    def href(self, **extra: str) -> str:
        """The same page with some parameters changed; an act under way is left unless it is named."""
        return self.path + urlstate.write(self.url.plus(**{"act": "", **extra}))

    def narrowed(self, **changes: str) -> str:
        """The same list of another area or category."""
        return self.path + urlstate.write(self.url.with_(**changes).plus(act="", id=""))

    def now(self) -> str:
        """The same page without a moment to look back to."""
        return self.path + urlstate.write(self.url.with_(as_of=None).plus(act=""))


def read(at: Here) -> SignalState:
    """Read the address; what cannot be read is the usual."""
    extra = at.state.extra
    tab, kind, act, number = (extra.get(k, "") for k in ("tab", "kind", "act", "id"))
    url = at.state if at.state.filter.category in ("", *CATEGORIES) else at.state.with_(category="")
    return SignalState(at.path, url, tab if tab in TABS else "week", kind if kind in KINDS else "",
                       int(number) if number.isdigit() and len(number) < 10 else 0, act if act in STEPS else "")  # fmt: skip
