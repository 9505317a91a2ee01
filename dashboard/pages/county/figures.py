"""An overview of a county as the parts of its page."""

from __future__ import annotations

from typing import Any

from dashboard.components import centre, listing_card, open_matters, ranking, trend
from dashboard.components.overview import Asking
from dashboard.links import Links
from dashboard.pages.city.figures import kinds, who
from services.shapes import Overview


def listing(o: Overview, links: Links) -> tuple[Any, Any, Any]:
    """The listing's card, its monthly numbers, its verdict."""
    line = listing_card.current(o)
    top, below = listing_card.card(o, links)
    return top, trend.listing_data(line, links) if line else {"points": [], "words": {}}, below


def answer(asking: Asking, o: Overview, links: Links) -> tuple[Any, ...]:
    """Everything below the figures, in the order of callbacks.py."""
    return (*asking.map(o, links), ranking.panel(o, links), centre.card(o, links), *listing(o, links), trend.data(o, links),
            kinds(o, links), open_matters.panel(o, asking.agencies, asking.name, links), who(o, links))  # fmt: skip
