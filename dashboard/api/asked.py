"""From parameters to the Filter that services understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.api.problems import Problem, bad_parameter
from matters.access import Scope
from matters.filters import Filter
from matters.periods import Window
from services.shapes import AreaInfo

BELOW = {"city": "county", "county": "township", "township": "township"}
_RANK = {"city": 0, "county": 1, "township": 2, "village": 3}
_PLAIN = ("category", "agency", "channel", "stage", "part", "located", "scale", "exclude", "q")


def area_of(services: Any, scope: Scope, code: str) -> AreaInfo:
    """The area asked for, or the account's own; 404 for no such area, 403 for one outside the scope."""
    if not code:
        home: AreaInfo = services.areas.home(scope)
        return home
    try:
        area: AreaInfo = services.areas.info(code)
    except KeyError:
        raise Problem(404, f"there is no area {code}", parameter="area") from None
    if area.level == "village":
        raise bad_parameter("area", f"{code} is a village; a city, county or township is wanted")
    require(scope, area)
    return area


def require(scope: Scope, area: AreaInfo) -> None:
    """Forbidden unless the whole area lies inside the scope."""
    if scope.owners and scope.reaches(*_place(area)):
        return  # single matters of that place, of which the query keeps those of the department
    if area.level == "city":
        scope.require_area("")
    elif area.level == "county":
        scope.require_area(area.code)
    else:
        scope.require_area(area.parent, area.code)


def _place(area: AreaInfo) -> tuple[str, str]:
    return {"city": ("", ""), "county": (area.code, ""), "township": (area.parent, area.code)}[area.level]


def level_of(area: AreaInfo, asked: str | None) -> str:
    """The level of the rows; a 400 for one above the area."""
    level = asked or BELOW[area.level]
    if _RANK[level] < _RANK[area.level]:
        raise bad_parameter("level", f"{area.code} is a {area.level}", [k for k in BELOW if _RANK[k] >= _RANK[area.level]])
    return level


def window_of(values: Mapping[str, Any], now: datetime) -> Window:
    """The days asked for: without `to` up to today, without `from` since the first of that year."""
    last = values.get("to") or max(now.date(), values.get("from") or now.date())
    first = values.get("from") or last.replace(month=1, day=1)
    if last < first:
        raise bad_parameter("to", f"{last} lies before from={first}")
    return Window(first, last)


def filter_of(values: Mapping[str, Any], area: AreaInfo, now: datetime) -> Filter:
    """The filter of a request, as of the moment it asks for; `now` is that moment, or now."""
    plain = {name: values[name] for name in _PLAIN if name in values}
    return Filter(area=area.code, window=window_of(values, now), as_of=now if "as_of" in values else None, **plain)


def moment_of(services: Any, values: dict[str, Any]) -> datetime:
    """The moment asked for, or now. `as_of` stays among the values only when it is not now. Raises MomentError."""
    at = services.moments.at(values.pop("as_of", None))
    if at is not None:
        values["as_of"] = at
    moment: datetime = at or services.now()
    return moment
