"""The badge of a late feed on the pages that have no filter bar of an area: what rests on it says so."""

from __future__ import annotations

from typing import Any

from dashboard import asof, el
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.i18n import name, t
from matters.access import Scope
from matters.filters import Filter
from services.late import behind
from services.shapes import FeedState

EVERYTHING = Filter()  # today's stock, of all agencies


def badges(services: Any, scope: Scope, filter: Filter = EVERYTHING) -> list[el.Node]:
    """One for each late feed that a list of this filter rests on; each opens its feed."""
    return [badge(f, _page(f)) for f in behind(services.feeds.states(scope, asof.current()), filter)]


def line(services: Any, scope: Scope, filter: Filter = EVERYTHING) -> list[el.Node]:
    """A line of its own for a page without a state line; nothing while no feed is late."""
    found = badges(services, scope, filter)
    return [el.Div(found, "state")] if found else []


def badge(f: FeedState, href: str) -> el.Node:
    """A late feed: until when it speaks, and by how many days it is late."""
    at, feed = fmt.day(f.data_at.date()) if f.data_at else fmt.NONE, fmt.spaced(name(f))
    text = t("{feed}止于 {at}，晚 {n} 天", feed=feed, at=at, n=f.late_days) if f.late_days else t("{feed}止于 {at}", feed=feed, at=fmt.moment(f.data_at))
    return el.A(text, "feed late", href=href)


def _page(f: FeedState) -> str:
    page = words.at("/feeds")
    return f"{page}{'&' if '?' in page else '?'}feed={f.feed}"
