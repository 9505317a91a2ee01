"""What the address of the listings asks for: which ones, which one is open, which act is under way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from dashboard import asof, urlstate
from dashboard.components.listing_words import TABS
from dashboard.guard import Here
from matters.access import Scope
from matters.moments import NotYetKnown
from services.shapes import ListingFile, ListingLine

SUBJECTS = ("area", "trade")
CANDIDATES = "candidates"  # a tab beside TABS: what might be listed, not what is
KEY = re.compile(r"\d{6,12}-\d{2}")


@dataclass(frozen=True, slots=True)
class ListingState:
    """The address of /listings or /listing/<id>, read."""

    path: str
    url: urlstate.State
    tab: str
    subject: str
    chosen: int
    act: str
    compared: tuple[str, ...] = ()
    candidate: str = ""

    def href(self, **extra: str) -> str:
        """The same page with some parameters changed; an act under way is left unless it is named."""
        return self.path + urlstate.write(self.url.plus(**{"act": "", "cand": "", **extra}))

    def in_area(self, code: str) -> str:
        """The same page for another area."""
        return self.path + urlstate.write(self.url.with_(area=code).plus(id="", act=""))

    def one(self, id: int) -> str:
        """Address of one listing's own page."""
        return f"/listing/{id}" + urlstate.write(urlstate.State(self.url.filter.with_(area=""), lang=self.url.lang))


def read(at: Here) -> ListingState:
    """Read the address; what cannot be read is the usual."""
    extra = at.state.extra
    own = at.params.get("id", "") or extra.get("id", "")
    tab, subject = extra.get("tab", "listed"), extra.get("subject", "")
    compared = tuple(dict.fromkeys(k for k in extra.get("cmp", "").split(",") if KEY.fullmatch(k)))[:4]
    candidate = extra.get("cand", "")
    return ListingState(at.path, at.state, tab if tab in TABS or tab == CANDIDATES else "listed", subject if subject in SUBJECTS else "",
                        int(own) if own.isdigit() and len(own) < 12 else 0, extra.get("act", ""), compared,
                        candidate if KEY.fullmatch(candidate) else "")  # fmt: skip


def pick(lines: Sequence[ListingLine], chosen: int) -> ListingLine | None:
    """The one asked for, else the first of the list."""
    return next((x for x in lines if x.id == chosen), lines[0] if lines and not chosen else None)


def file(services: Any, scope: Scope, id: int) -> ListingFile:
    """One listing; KeyError, which the frame shows as 404, when the reader's area has none of that id."""
    try:
        found = cast(ListingFile, services.listings.get(scope, id, asof.current()))
    except NotYetKnown:
        raise
    except LookupError as error:
        raise KeyError(id) from error
    # A trade of the whole city is read by everybody, and acted on by the city.
    area = services.areas.info(found.line.area)
    county, town = (area.parent, area.code) if area.level == "township" else (area.code if area.level == "county" else "", "")
    return found if scope.covers(county, town) else replace(found, acts=())
