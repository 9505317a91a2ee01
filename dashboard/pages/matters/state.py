"""What the address of the list asks for, beyond the filter: order, columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard import urlstate
from dashboard.components import case_columns
from matters.filters import SORTS, Filter

PATH = "/matters"
SORT = "accepted_on"


@dataclass(frozen=True, slots=True)
class ListState:
    """The list as its address describes it."""

    url: urlstate.State
    sort: str
    descending: bool
    columns: tuple[str, ...]

    @property
    def filter(self) -> Filter:
        """What the list is narrowed to."""
        return self.url.filter

    def href(self, filter: Filter) -> str:
        """Address of the same list, same order and columns, narrowed otherwise."""
        dated = self.url.dated or filter.window != self.filter.window
        kept = replace(self.url, filter=filter, dated=dated)
        if (filter.part == "civil_filings") != (self.filter.part == "civil_filings"):
            kept = kept.plus(cols="", sort="", dir="")
        return PATH + urlstate.write(kept)

    def by_limit(self, filter: Filter) -> str:
        """Address of the list of a view: what is due first stands first."""
        return PATH + urlstate.write(replace(self.url, filter=filter, dated=True).plus(cols="", sort="due_on", dir="asc"))

    def with_columns(self, columns: Sequence[str]) -> str:
        """Address of the same list with other columns."""
        usual = tuple(columns) == case_columns.usual(self.filter.part)
        return PATH + urlstate.write(self.url.plus(cols="" if usual else ",".join(columns)))

    def clear(self) -> str:
        """Address of the list without any condition."""
        return PATH + urlstate.write(urlstate.State(Filter(as_of=self.filter.as_of), lang=self.url.lang))

    def export(self, fmt: str) -> str:
        """Address of the download of this list; `fmt` is csv or xlsx."""
        given = self.url.plus(cols=",".join(self.columns), sort=self.sort, dir="desc" if self.descending else "asc")
        return f"{PATH}/export/{fmt}" + urlstate.write(replace(given, dated=True))


def read(url: urlstate.State) -> ListState:
    """Read order and columns; what cannot be read is the usual."""
    sort = url.extra.get("sort", "")
    known = sort if sort in SORTS else SORT
    descending = url.extra.get("dir", "desc" if known == SORT else "asc") != "asc"
    return ListState(url, known, descending, case_columns.chosen(url.extra.get("cols", ""), url.filter.part))
