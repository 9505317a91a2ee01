"""An overview of a county as the parts of its page."""

from __future__ import annotations

from typing import Any

from dashboard.components import centre, listing_card, open_matters, ranking, trend
from dashboard.components.overview import Asking, Trees
from dashboard.links import Links
from dashboard.pages.city.figures import kinds, who
from services.shapes import Overview


def listing(o: Overview, links: Links) -> tuple[Trees, dict[str, Any]]:
    """The listing's card and verdict, and its monthly numbers."""
    line = listing_card.current(o)
    top, below = listing_card.card(o, links)
    return {"listing": top, "listing-words": below}, trend.listing_data(line, o.now.date()) if line else {"points": [], "words": {}}


def answer(asking: Asking, o: Overview, links: Links) -> tuple[Trees, tuple[Any, ...]]:
    """The panels; numbers of the map, the trend and the listing's months."""
    trees, numbers = asking.map(o, links)
    card, months = listing(o, links)
    trees |= card
    why = asking.why(o, links)
    trees |= {"rank": ranking.panel(o, links, why), "centre": centre.card(o, links), "kinds": kinds(o, links, why), "who": who(o, links, why),
              "open": open_matters.panel(o, asking.agencies, asking.name, links, why)}  # fmt: skip
    return trees, (numbers, trend.data(o, links), months)
