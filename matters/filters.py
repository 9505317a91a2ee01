"""What a screen, an export or the API asks for: one value object that goes from the URL to the query."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from matters.periods import Window

# What a list can be narrowed to, beside the plain facts: each is the numerator or a part of a figure on a screen.
# The definitions are in matters/indicators.py; store/conditions.py turns them into SQL.
PARTS = (
    "accepted", "closed", "resolved", "within", "past_limit", "settled", "on_time", "rated", "satisfied", "escalated",
    "litigated", "pre_success", "pre_failure", "open", "overdue", "unaccepted", "unhandled", "civil_filings", "records",
)  # fmt: skip

SORTS = ("accepted_on", "due_on", "code", "title", "category", "county_code", "town_code", "stage", "people", "amount",
         "record_count", "closed_on", "owner", "first_agency")  # fmt: skip


Compare = Literal["yoy", "pop", "lunar"]  # same days a year before, the period just before, the same days counted from Spring Festival


class Span(NamedTuple):
    """From `low` to `high`, both included; None is without a limit on that side. Days or whole numbers."""

    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Filter:
    """The filters of DESIGN.md (doors). `window` None means no window: today's stock.

    `area` is a city, county or township code; '' is the whole scope. `located` narrows to township, county or none
    (see LOCATED). `part` narrows a list to the rows behind a figure. `exclude` names an agency whose matters are left
    out (to compare without a late feed). `as_of` None is now. The fields after `q` narrow lists only, no figure: `days` is the
    time since acceptance (or since the matter was first heard of) until today, of open matters; `amount` is in yuan; `linked` is
    yes for matters of several records, `satisfied` of those that were rated; `codes` names the matters themselves; `cell` is a
    square of the map, or any or none for matters with and without a place on it (matters/squares.py). `waits` are the days after which a
    matter counted as unaccepted and as unhandled when a figure was frozen; () are those of the settings.
    """

    area: str = ""
    window: Window | None = None
    category: str = ""
    agency: str = ""
    channel: str = ""
    stage: str = ""
    part: str = "accepted"
    compare: Compare = "yoy"
    exclude: str = ""
    as_of: datetime | None = None
    located: str = ""
    village: str = ""
    first_agency: str = ""
    scale: str = ""
    q: str = ""
    due_within: int | None = None
    owner: str = ""
    outcome: str = ""
    linked: Literal["", "yes", "no"] = ""
    satisfied: Literal["", "yes", "no"] = ""
    people: Span | None = None
    amount: Span | None = None
    days: Span | None = None
    due: Span | None = None
    closed: Span | None = None
    codes: tuple[str, ...] = ()
    cell: str = ""
    waits: tuple[int, ...] = ()

    def with_(self, **changes: Any) -> Filter:
        """A copy with some fields changed. TypeError for one that there is not."""
        # A page asks for hundreds; dataclasses.replace takes ten times as long.
        values = list(_VALUES(self))
        for name, value in changes.items():
            if name not in _PLACES:
                raise TypeError(f"a filter has no {name!r}")
            values[_PLACES[name]] = value
        return Filter(*values)

    @property
    def facets(self) -> tuple[str, str, str, str, str]:
        """The facets that choose a rollup: category, agency, channel, exclude, first agency."""
        return (self.category, self.agency, self.channel, self.exclude, self.first_agency)


_PLACES = {f.name: place for place, f in enumerate(fields(Filter))}
_VALUES = attrgetter(*_PLACES)


@dataclass(frozen=True, slots=True)
class Clock:
    """What 'today' is for a question, and when a matter counts as unaccepted or unhandled (days)."""

    today: date
    unaccepted_days: int = 2
    unhandled_days: int = 7
