"""A place to look at: the whole city, a county, a township. Cutting it to the scope happens here, once."""

from __future__ import annotations

from typing import NamedTuple

from matters.access import Forbidden, Scope


class Place(NamedTuple):
    """County and township code; both empty for the whole city. `owners`: only what is dispatched to one of these."""

    county: str = ""
    town: str = ""
    owners: tuple[str, ...] = ()


def narrowed(scope: Scope, place: Place) -> Place:
    """The part of the place that the scope covers; raises Forbidden when they have nothing in common, or for a department."""
    if scope.owners:
        raise Forbidden(f"{scope.user} sees what is dispatched to {scope.owners[0]}, nothing else of an area")
    return _narrowed(scope, place)


def of_matters(scope: Scope, place: Place) -> Place:
    """As narrowed(), for queries of single matters that keep to `owners` too; raises Forbidden when there is nothing in common."""
    return _narrowed(scope, place)._replace(owners=scope.owners)


def _narrowed(scope: Scope, place: Place) -> Place:
    mine = Place(scope.county, scope.town)
    for wide, narrow in ((mine, place), (place, mine)):
        if (not wide.county or wide.county == narrow.county) and (not wide.town or wide.town == narrow.town):
            return narrow
    raise Forbidden(f"area {place.town or place.county or 'city'} is outside the scope of {scope.user}")
