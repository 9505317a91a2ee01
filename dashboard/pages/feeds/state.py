"""What the address of the feeds' page asks for: which feed, which quarantined rows, which act is under way."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from connectors.reasons import REASONS
from dashboard import urlstate
from dashboard.guard import Here

VIEWS = ("", "aside")
STATES = ("open", "replayed", "discarded")
ACTS = ("pause", "backfill", "accept", "refuse", "edit", "discard")
OWN = ("view", "feed", "reason", "group", "state", "after", "row", "act", "hold")


@dataclass(frozen=True, slots=True)
class Asked:
    """The address of /feeds, read. `group` is group_key of a group; `after` the last row of the page before."""

    url: urlstate.State
    view: str
    feed: str
    reason: str
    group: str
    state: str
    after: int
    row: int
    act: str
    hold: int

    def href(self, **extra: str) -> str:
        """The same page with some parameters changed; an act under way, a row and a page number are left unless named."""
        kept = {"act": "", "row": "", "hold": "", "after": "", **extra}
        return "/feeds" + urlstate.write(self.url.plus(**kept))

    def alone(self, **extra: str) -> str:
        """The page with these parameters only."""
        return "/feeds" + urlstate.write(self.url.plus(**{**dict.fromkeys(OWN, ""), **extra}))


def group_key(group: Any) -> str:
    """Names a group of quarantined rows in an address: a column may hold anything, its checksum does not."""
    return f"{group.feed}.{group.reason}.{zlib.crc32(group.column.encode()):08x}"


def read(at: Here) -> Asked:
    """Read the address; what cannot be read is the usual."""
    extra = at.state.extra

    def one_of(name: str, allowed: Any, usual: str = "") -> str:
        return extra[name] if extra.get(name) in allowed else usual

    def number(name: str) -> int:
        text = extra.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0

    return Asked(at.state, one_of("view", VIEWS), extra.get("feed", ""), one_of("reason", REASONS), extra.get("group", ""),
                 one_of("state", STATES, "open"), number("after"), number("row"), one_of("act", ACTS), number("hold"))  # fmt: skip
