"""Case lists, facets, files and exports."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from matters.access import Scope
from matters.categories import CATEGORIES
from matters.filters import Clock, Filter
from matters.moments import NotYetKnown
from matters.vocabulary import CHANNELS, OUTCOMES, STAGES
from services.areas import Areas
from services.case_counts import CaseCounts, Counted, Question
from services.depths import Depths
from services.feeds import Feeds
from services.files import changes_since, matter_file
from services.kept import Kept
from services.late import behind, said
from services.lines import matter_line
from services.listings import Listings
from services.moments import Moments
from services.settings import Settings
from services.shapes import MatterFile, MatterLine, MatterPage, MatterSums, Share
from services.sheets import told, write_csv, write_xlsx
from store import lists
from store.engine import reading
from store.path import said_among, said_of
from store.places import Place, of_matters
from store.records_at import ids_at, links_at, records_at
from store.schema import data_version
from store.search_text import similar_words

FAR = 1_000  # rows: from there on a block is looked for in the index alone


@dataclass(frozen=True, slots=True)
class MatterRows:
    """A block of rows; `total` is None while nobody has counted the list."""

    data_version: int
    rows: tuple[MatterLine, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export: what to call it, its media type, and where it lies until it is sent."""

    name: str
    mime: str
    path: Path


# Columns that can be exported: key → (zh, en).
COLUMNS: dict[str, tuple[str, str]] = {
    "code": ("编号", "Code"), "title": ("事由", "Title"), "category": ("类别", "Category"), "county": ("县（市、区）", "County"),
    "town": ("乡镇（街道）", "Township"), "village": ("村（社区）", "Village"), "stage": ("阶段", "Stage"), "owner": ("主责", "Owner"),
    "opened_on": ("首次得知", "First heard"), "accepted_on": ("受理", "Accepted"), "due_on": ("时限", "Limit"),
    "closed_on": ("办结", "Closed"), "days_left": ("剩余天数", "Days left"), "age_days": ("历时天数", "Days"),
    "agencies": ("机构", "Agencies"), "first_agency": ("首报机构", "First agency"), "channel": ("渠道", "Channel"),
    "record_count": ("记录", "Records"), "people": ("人数", "People"), "amount": ("金额（元）", "Amount (yuan)"),
    "outcome": ("结果", "Outcome"), "satisfied": ("满意", "Satisfied"), "number": ("案号", "Number"), "filed_on": ("立案", "Filed"),
}  # fmt: skip
DEFAULT_COLUMNS = ("code", "title", "category", "county", "town", "village", "stage", "owner", "accepted_on", "due_on", "closed_on",
                   "agencies", "record_count", "people", "outcome")  # fmt: skip
_MIMES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Matters:
    """The matters of a scope."""

    def __init__(
        self, engine: Engine, settings: Settings, areas: Areas, feeds: Feeds, listings: Listings, moments: Moments,
        finished: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._engine, self._settings, self._areas, self._feeds, self._listings, self._now = engine, settings, areas, feeds, listings, now
        self._moments, self._finished = moments, finished
        self._blocks, self._counts, self._depths = Kept(1_024), CaseCounts(areas, feeds), Depths(areas)

    def _clock(self, filter: Filter) -> Clock:
        return Clock(self._moments.today(filter.as_of), *(filter.waits or self._settings.waits))

    def _place(self, scope: Scope, filter: Filter) -> Place:
        """The place of a filter: its area, which must lie in the scope, else the scope's own."""
        if filter.area and scope.owners:
            return of_matters(scope, self._areas.place(filter.area))
        return self._areas.require(scope, filter.area) if filter.area else Place(scope.county, scope.town)

    def page(
        self, scope: Scope, filter: Filter, sort: str = "accepted_on", descending: bool = True, offset: int = 0, limit: int = 100,
        cursor: str = "",
    ) -> MatterPage:  # fmt: skip
        """A page of a case list and the sums of the whole filter. Raises Forbidden, UnknownArea, ValueError (sort, cursor)."""
        filter = self._moments.of(filter)
        place, clock = self._place(scope, filter), self._clock(filter)
        with self._moments.reading(filter.as_of, figures=False) as connection:
            version = _version(connection)
            sums = self._counts.whole(Question(connection, scope, filter, place, clock, version)).sums
            found = lists.page(connection, scope, filter, place, clock, sort=sort, descending=descending, offset=offset,
                               limit=max(1, min(limit, 1_000)), cursor=cursor)  # fmt: skip
        return MatterPage(version, sums, tuple(self._line(r, clock.today) for r in found.rows), found.next)

    def rows(self, scope: Scope, filter: Filter, sort: str, descending: bool, offset: int, limit: int) -> MatterRows:
        """A block of a case list without its sums, which take longer: the count only where it is known by then. Raises as page()."""
        filter = self._moments.of(filter)
        place, clock = self._place(scope, filter), self._clock(filter)
        with self._moments.reading(filter.as_of, figures=False) as connection:
            version = _version(connection)
            stamp = clock if filter.as_of is not None else (version, clock)
            where = ("block", scope.key, filter, sort, descending)
            cursor = self._blocks.get((*where, offset), stamp) or ""
            start = None
            if sort == "accepted_on" and offset >= FAR and not cursor:
                start = self._depths.start(Question(connection, scope, filter, place, clock, version), offset, descending)
            found = lists.page(connection, scope, filter, place, clock, sort=sort, descending=descending, offset=start.offset if start else offset,
                               limit=limit, cursor=cursor, far=offset >= FAR, since=start.day if start else None)  # fmt: skip
        if found.next:  # who scrolls on continues there instead of counting up to it
            self._blocks.put((*where, offset + limit), stamp, found.next)
        known = self._counts.known(scope, filter, stamp)
        total = known if known is not None else offset + len(found.rows) if not found.next and (found.rows or not offset) else None
        return MatterRows(version, tuple(self._line(r, clock.today) for r in found.rows), total)

    def forget(self) -> None:
        """Drop what is kept, to measure without it."""
        self._counts.forget()
        self._depths.forget()
        self._blocks.clear()

    def similar_words(self, scope: Scope, filter: Filter) -> tuple[str, ...]:
        """The words of the search that stand nowhere in the list's area as written, while similar titles are shown for them."""
        if not filter.q.strip() or self._moments.of(filter).as_of is not None:
            return ()
        spot = of_matters(scope, self._place(scope, filter))
        with reading(self._engine) as connection:
            return similar_words(connection, spot, filter.q)

    def sums(self, scope: Scope, filter: Filter) -> tuple[int, MatterSums]:
        """Data version and sums of a whole list, without its rows. Raises Forbidden, UnknownArea."""
        counted = self.whole(scope, filter)
        return counted.data_version, counted.sums

    def facets(self, scope: Scope, filter: Filter) -> dict[str, tuple[Share, ...]]:
        """What would remain under stage, place, category, agency, owner and outcome, each counted without its own condition."""
        return dict(self.whole(scope, filter).facets)

    def whole(self, scope: Scope, filter: Filter) -> Counted:
        """Every sum and facet of a list. Raises Forbidden, UnknownArea."""
        return self._with(scope, filter, self._counts.whole)

    def first(self, scope: Scope, filter: Filter) -> Counted:
        """What can be told of a list at once; `is_whole` when that is all. Raises Forbidden, UnknownArea."""
        return self._with(scope, filter, self._counts.first)

    def total(self, scope: Scope, filter: Filter) -> int:
        """How many rows a list has. Raises Forbidden, UnknownArea."""
        return int(self._with(scope, filter, self._counts.total))

    def stock(self, scope: Scope, asked: Sequence[Filter]) -> list[int]:
        """How many rows several lists of open matters have, all of one area and moment, without a window."""
        return list(self._with(scope, asked[0], lambda q: self._counts.stock(q, tuple(self._moments.of(f) for f in asked))))

    def _with(self, scope: Scope, filter: Filter, count: Callable[[Question], Any]) -> Any:
        filter = self._moments.of(filter)
        place, clock = self._place(scope, filter), self._clock(filter)
        with self._moments.reading(filter.as_of, figures=False) as connection:
            return count(Question(connection, scope, filter, place, clock, _version(connection)))

    def _line(self, row: Mapping[str, Any], today: date) -> MatterLine:
        return matter_line(row, self._areas, self._feeds.agencies(), today)

    def file(self, scope: Scope, code: str, as_of: datetime | None = None) -> MatterFile | None:
        """Everything about a matter, now or as it was known; a former code gives the matter it belongs to; None outside the scope.

        Raises MomentError, and NotYetKnown for a matter of today that nobody had told of at that moment.
        """
        as_of = self._moments.at(as_of)
        with self._moments.reading(as_of, figures=False) as connection:
            row = lists.find(connection, scope, code, as_of)
            if row is None:
                self._not_yet(connection, scope, code, as_of)
                return None
            if as_of is None:
                records, outside = lists.records_of(connection, scope, row["id"])
                links: Sequence[Mapping[str, Any]] = lists.links_of(connection, [r["id"] for r in records])
            else:
                records, outside = records_at(connection, scope, row["id"], as_of, self._finished)
                links = links_at(connection, records, as_of)
            masks = lists.masks_of(connection, row["id"], ids_at(connection, row["id"], as_of) if as_of is not None else ())
            said = said_among(said_of(connection, [r["id"] for r in records], as_of), [r["id"] for r in records])
            now = lists.find(connection, scope, str(row["code"])) if as_of is not None else None
            version = _version(connection)
        listed = self._listings.in_force(scope, as_of).get(row["town_code"], ())
        line = self._line(row, self._moments.today(as_of))
        file = matter_file(row, line, records, links, self._feeds.agencies(), listed, version, outside, said, masks)
        if as_of is None:
            return file
        changed = changes_since(row, line, now, self._line(now, self._now().date()), masks) if now is not None else ()
        return replace(file, as_of=as_of, since=changed, now_code=now["code"] if now is not None else "")

    def _not_yet(self, connection: Connection, scope: Scope, code: str, as_of: datetime | None) -> None:
        since = lists.known_since(connection, scope, code) if as_of is not None else None
        if as_of is not None and since is not None and since > as_of:
            raise NotYetKnown(code, since)

    def export(
        self, scope: Scope, filter: Filter, sort: str, descending: bool, columns: Sequence[str], fmt: str, lang: str = "zh",
        tell: Callable[[int], None] = lambda rows: None,
    ) -> Export:  # fmt: skip
        """Write a whole list as csv or xlsx, at most settings.max_export_rows rows; strings stay strings. Audited by the caller.

        `tell` is given the rows written so far, now and then; what it raises ends the export and removes the file.
        """
        scope.require("export")
        wanted = [c for c in columns if c in COLUMNS] or list(DEFAULT_COLUMNS)
        if filter.part in ("civil_filings", "records"):
            wanted = list(dict.fromkeys([*wanted, "number", "filed_on"]))
        filter = self._moments.of(filter)
        place, clock = self._place(scope, filter), self._clock(filter)
        folder = self._settings.export_dir
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{secrets.token_hex(8)}.{fmt}"
        head = [COLUMNS[c][lang == "en"] for c in wanted]
        note = said(behind(self._feeds.states(scope, filter.as_of), filter), lang == "en")
        with self._moments.reading(filter.as_of, figures=False) as connection:
            rows = lists.stream(connection, scope, filter, place, clock, sort, descending, self._settings.max_export_rows)
            cells = ([self._cell(line, c, lang) for c in wanted] for line in (self._line(r, clock.today) for r in told(rows, tell)))
            try:
                {"csv": write_csv, "xlsx": write_xlsx}[fmt](path, head, cells, note)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        at = filter.as_of or self._now()
        return Export(f"yizhan-{'as-of-' if filter.as_of else ''}{at:%Y%m%d-%H%M}.{fmt}", _MIMES[fmt], path)

    def _cell(self, line: MatterLine, column: str, lang: str) -> Any:
        value = getattr(line, column)
        en = lang == "en"
        if column == "agencies":
            agencies = self._feeds.agencies()
            return "、".join(agencies[c].en if en else agencies[c].zh for c in value if c in agencies)
        if column == "first_agency":
            agency = self._feeds.agencies().get(value)
            return (agency.en if en else agency.zh) if agency else value
        if column == "satisfied":
            return "" if value is None else (("Yes" if value else "No") if en else ("满意" if value else "不满意"))
        tables: dict[str, Mapping[str, Any]] = {"category": CATEGORIES, "stage": STAGES, "channel": CHANNELS, "outcome": OUTCOMES}
        if column in tables and value in tables[column]:
            word = tables[column][value]
            return word.en if en else word.zh
        return "" if value is None else value


def _version(connection: Connection) -> int:
    return int(connection.execute(select(data_version.c.version)).scalar() or 0)
