"""What the address of the queue asks for: which pairs, which one is open."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import urlstate
from dashboard.guard import Here
from services.link_shapes import QueueFilter

STATES = ("queued", "skipped", "linked", "accepted", "split")
BANDS: dict[str, tuple[float, float]] = {"": (0.0, 1.0), "high": (0.8, 1.0), "middle": (0.5, 0.8), "low": (0.0, 0.5)}
PAGE = 60


@dataclass(frozen=True, slots=True)
class LinkState:
    """The address of /linking, read."""

    path: str
    url: urlstate.State
    tab: str
    area: str
    agency: str
    band: str
    chosen: int
    offset: int

    @property
    def asked(self) -> QueueFilter:
        """What the service is asked for."""
        least, most = BANDS[self.band]
        return QueueFilter(self.tab, self.area, self.agency, least, most)

    def href(self, **extra: str) -> str:
        """The same page with some parameters changed; another list begins at its first pair."""
        fresh = {"pair": "", "from_no": ""} if extra.keys() & {"tab", "score", "of"} else {}
        return self.path + urlstate.write(self.url.plus(**{**fresh, **extra}))

    def in_area(self, code: str) -> str:
        """The same queue of another area."""
        return self.path + urlstate.write(self.url.with_(area=code).plus(pair="", from_no=""))


def read(at: Here) -> LinkState:
    """Read the address; what cannot be read is the usual."""
    extra = at.state.extra
    tab, band, pair, start = (extra.get(n, "") for n in ("tab", "score", "pair", "from_no"))
    return LinkState(at.path, at.state, tab if tab in STATES else "queued", at.state.filter.area, extra.get("of", ""), band if band in BANDS else "",
                     _number(pair), _number(start))  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0
