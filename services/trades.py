"""One category across the reader's area: its figures, where it happens, its signals, letters and listings."""

from __future__ import annotations

from dataclasses import dataclass

from matters.access import Scope
from matters.categories import CATEGORIES
from matters.filters import Filter
from services.figures import Figures
from services.letter_shapes import LetterLine
from services.letters import Letters
from services.listings import Listings
from services.shapes import AreaRow, ListingLine, Overview
from services.signal_shapes import SignalLine
from services.signals import Signals


@dataclass(frozen=True, slots=True)
class Trade:
    """What the page of a category shows. `places`: the areas below, then what is no area (known to the county or city only); they add up to
    the overview's total. `towns`: townships of a city, the most first; () elsewhere."""

    category: str
    overview: Overview
    places: tuple[AreaRow, ...]
    towns: tuple[AreaRow, ...]
    signals: tuple[SignalLine, ...]
    listings: tuple[ListingLine, ...]
    letters: tuple[LetterLine, ...]


class Trades:
    """Gathers what the other services know of one category; each of them keeps the scope."""

    def __init__(self, figures: Figures, signals: Signals, letters: Letters, listings: Listings) -> None:
        self._figures, self._signals, self._letters, self._listings = figures, signals, letters, listings

    def of(self, scope: Scope, category: str, filter: Filter, indicator: str = "per_10k") -> Trade:
        """A category (a sub-category narrows to itself) in the filter's area and window. KeyError for none; Forbidden, UnknownArea, MomentError."""
        if category not in CATEGORIES:
            raise KeyError(category)
        o = self._figures.overview(scope, filter.with_(category=category, part="accepted"), indicator)
        city = o.area.level == "city"
        towns = [r for r in self._figures.rows(scope, o.filter, "township") if r.level == "township" and r.accepted] if city else []
        here = "" if city else o.area.code
        now = filter.as_of is None  # signals and letters are those of now
        lines = tuple(x for x in self._signals.desk(scope, here).lines if x.category == category) if now else ()  # numbered as on their own page
        letters = tuple(x for x in self._letters.all(scope) if x.category == category and x.area.startswith("" if city else here)) if now else ()
        listings = tuple(x for x in self._listings.all(scope, area=here, as_of=filter.as_of) if category in x.categories)
        return Trade(category, o, (*o.rows, *o.others), tuple(sorted(towns, key=lambda r: (-r.accepted, r.area))), lines, listings, letters)
