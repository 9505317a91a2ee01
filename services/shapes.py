"""What the services hand to pages, API and reports: plain frozen values, already scoped, numbers not yet formatted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from matters.filters import Compare, Filter
from matters.periods import Window
from services.file_shapes import PartyLine


@dataclass(frozen=True, slots=True)
class AreaInfo:
    """One area. `population` is resident people of the census year; `seat` is (lon, lat) WGS-84 or None."""

    code: str
    name: str
    en: str
    level: Literal["city", "county", "township", "village"]
    kind: str
    parent: str
    population: int | None
    census_year: int
    seat: tuple[float, float] | None
    seat_verified: bool
    counties: int = 0
    townships: int = 0
    villages: int = 0


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a feed stands. `data_at` is the newest day or minute its data speak of; `late_days` counts from then."""

    feed: str
    agency: str
    zh: str
    en: str
    mark: str
    data_at: datetime | None
    checked_at: datetime | None
    late: bool
    late_days: int
    cadence_seconds: int
    error: str = ""


ChangeKind = Literal["percent", "points", "counts", "withheld", "none"]


@dataclass(frozen=True, slots=True)
class Change:
    """A comparison ready to be written. percent: 0.1 = +10 %; points: 0.017 = +1.7 点; counts: before → now.

    withheld: the figure rests on a late feed (`stale` of the figure); none: nothing to compare with.
    """

    kind: ChangeKind
    value: float | None = None
    now: float | None = None
    before: float | None = None
    before_filter: Filter | None = None  # the rows behind `before`


@dataclass(frozen=True, slots=True)
class Part:
    """A number inside a figure, with the list behind it (None: it is not a list of matters)."""

    key: str
    value: int | float | None
    rows: Filter | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One card. `value` is a count, or a share in 0…1 where `unit` is '%'. `key` is an indicator or 'overdue'."""

    key: str
    unit: str
    value: float | int | None
    rows: Filter
    change: Change
    stale: tuple[str, ...] = ()  # agencies whose late feed the value rests on
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One line of a ranking and one area of the map: the same numbers in both.

    Rates are 0…1 or None where the denominator is 0. open, past_limit: of the window. open_now, overdue_now: today's
    stock (overdue_now = past the limit + unaccepted + unhandled). Rows that are no area have `area` '' and a `located`
    of county or none. `ranked` False carries a `reason` (population, not_an_area).
    """

    area: str
    name: str
    en: str
    level: str
    population: int | None
    accepted: int
    per_10k: float | None
    closed: int
    resolved: int
    settled: int
    resolved_rate: float | None
    on_time: int
    on_time_rate: float | None
    rated: int
    satisfied: int
    satisfaction: float | None
    escalated: int
    litigated: int
    open: int
    past_limit: int
    open_now: int
    overdue_now: int
    civil_filings: int
    accepted_before: int
    civil_filings_before: int
    accepted_change: Change
    civil_filings_change: Change
    rows: Filter
    ranked: bool = True
    reason: str = ""
    listed: tuple[str, ...] = ()  # numbers of the listings in force in this area
    located: str = "township"
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """One month of the trend: matters accepted, and in the same month a year before. `complete` False: still running or on a late feed."""

    month: date
    now: int
    before: int | None
    complete: bool
    rows: Filter
    festival: date | None = None  # Spring Festival day when it falls into this month


@dataclass(frozen=True, slots=True)
class Share:
    """A bar of a share chart. Bars of one chart add up to the figure above; `rest` is the number of kinds folded into it."""

    key: str
    zh: str
    en: str
    value: int
    share: float
    rows: Filter | None
    rest: int = 0
    stale: bool = False


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One row of a case list. `days_left` is negative past the limit, None when closed or without a clock."""

    code: str
    title: str
    category: str
    county_code: str
    town_code: str
    village_code: str
    county: str
    town: str
    village: str
    stage: str
    owner: str
    opened_on: date | None
    accepted_on: date | None
    due_on: date | None
    closed_on: date | None
    days_left: int | None
    age_days: int | None
    is_open: bool
    agencies: tuple[str, ...]  # codes, in the order of their bits
    first_agency: str
    channel: str
    record_count: int
    people: int | None
    amount: float | None
    scale: str
    outcome: str | None
    satisfied: bool | None
    number: str = ""  # civil filings list only: the case number and day of the filing
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class MatterSums:
    """The sum line: for the filter, not the page. None: not counted yet (services/case_counts.py)."""

    total: int
    open: int
    overdue: int
    due_soon: int
    records: int | None
    people: int | None
    groups: int | None  # matters with 5 people and more


@dataclass(frozen=True, slots=True)
class MatterPage:
    """A page of a case list; `next` is the cursor of the following page, '' at the end."""

    data_version: int
    sums: MatterSums
    rows: tuple[MatterLine, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record on a matter's timeline."""

    id: int
    feed: str
    agency: str
    kind: str
    number: str
    external_id: str
    happened_at: datetime | None
    registered_on: date | None
    accepted_on: date | None
    handled_on: date | None
    closed_on: date | None
    due_on: date | None
    outcome: str | None
    stage: str | None
    title: str
    summary: str
    owner: str
    place: str
    locate_method: str
    locate_level: str
    locate_confidence: float
    lon: float | None
    lat: float | None
    parties: tuple[dict[str, Any], ...]  # {role, name (masked)}
    refs: tuple[str, ...]
    learned_at: datetime
    versions: int
    channel: str | None = None
    category: str | None = None
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field of a matter comes from."""

    field: str
    value: str
    record: RecordLine
    learned_at: datetime


@dataclass(frozen=True, slots=True)
class LinkLine:
    """Why two records are one matter."""

    record: int
    other: int
    number: str  # the number quoted
    method: Literal["reference", "scored", "steward", "manual"]
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class SinceThen:
    """A field that stands otherwise now than at the moment shown; both as people read them."""

    field: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class MatterFile:
    """Everything a matter's page shows, now or as of a moment: then also what has changed since.

    `now_code` is the code under which the matter is found today: another one when it was merged, '' when it is gone.
    """

    matter: MatterLine
    lon: float | None
    lat: float | None
    records: tuple[RecordLine, ...]  # newest first
    links: tuple[LinkLine, ...]
    sources: tuple[Source, ...]
    listed: tuple[str, ...]
    version: int
    data_version: int
    others_outside: int = 0  # records of this matter that lie outside the reader's area (counted, not shown)
    as_of: datetime | None = None
    since: tuple[SinceThen, ...] = ()
    now_code: str = ""
    people: tuple[PartyLine, ...] = ()
    acts: Mapping[str, int] = field(default_factory=dict)  # fields that an act of the centre set: event id


@dataclass(frozen=True, slots=True)
class CentreCard:
    """A dispute centre: running since a day, or planned for one."""

    area: str
    name: str
    state: Literal["running", "planned"]
    since: date | None
    planned_for: date | None
    platforms: tuple[str, ...]  # which of the seven are merged in
    visits: int  # matters that came by visit in the window
    resident: tuple[str, ...]
    rotating: dict[int, tuple[str, ...]] = field(default_factory=dict)  # ISO weekday 1…5 → departments
    on_call: tuple[str, ...] = ()
    on_call_promise: str = ""
    third_parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """Monthly averages before and after a listing, and what would have come without it (analysis.remedy).

    `ratio`, `low`, `high` are after ÷ expected − 1 with its 95 % interval. `expected` is a month's; `naive` is after ÷ before − 1, for
    showing what part of a fall would have come anyway; `displaced` the same ratio of the neighbours with its interval; `placebo_areas`
    and `placebo_dates` the shares of unlisted places and earlier dates that fell as much; `smallest` the least fall that would have
    been seen; `compared` how many unlisted places (or, for a trade of the whole city, other categories) it was compared with.
    verdict: fell | rose | unclear | few (too few to tell: counts only) | early (no whole month yet).
    """

    before: float
    after: float
    before_count: int
    after_count: int
    ratio: float | None
    low: float | None
    high: float | None
    verdict: Literal["fell", "rose", "unclear", "few", "early"]
    months: tuple[tuple[date, int], ...] = ()
    expected: float | None = None
    naive: float | None = None
    displaced: tuple[float, float, float] | None = None
    neighbours: int = 0
    placebo_areas: float | None = None
    placebo_dates: float | None = None
    smallest: float | None = None
    compared: int = 0
    basis: Literal["", "places", "trades"] = ""


@dataclass(frozen=True, slots=True)
class ListingEvent:
    """One step of a listing: who, when, why."""

    id: int
    step: str
    at: datetime
    by: str
    role: str
    note: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListingLine:
    """One listing (挂牌整治): of an area (a township or village) or of a trade (a category in an area)."""

    id: int
    version: int
    subject: Literal["area", "trade"]
    state: str  # a state of matters/listing.py
    number: str  # 宜挂〔2026〕1 号, '' until listed
    title: str
    area: str
    area_name: str
    county_name: str
    categories: tuple[str, ...]
    owner: str
    leader: str  # masked
    proposed_on: date
    listed_on: date | None
    deadline: date | None
    ended_on: date | None
    targets: tuple[dict[str, Any], ...]  # {indicator, op, value}
    extensions: int
    reason: str
    effect: Effect | None = None
    progress: float | None = None  # share of the term that has passed
    area_en: str = ""
    county_en: str = ""


@dataclass(frozen=True, slots=True)
class TargetState:
    """A target of a listing against the last complete month."""

    indicator: str
    op: str
    wanted: float
    actual: float | None
    met: bool | None
    gap: float | None
    rows: Filter | None = None


@dataclass(frozen=True, slots=True)
class ListingFile:
    """Everything a listing's page shows; `acts` are the steps the reader may take now."""

    line: ListingLine
    events: tuple[ListingEvent, ...]
    targets: tuple[TargetState, ...]
    acts: tuple[str, ...]
    data_version: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the city, county and township pages show, of one data version."""

    area: AreaInfo
    path: tuple[AreaInfo, ...]  # ancestors inside the scope, the highest first
    filter: Filter
    window: Window
    compared: Window
    compare: Compare
    data_version: int
    data_at: datetime | None
    now: datetime
    figures: tuple[Figure, ...]  # accepted, resolved_rate, satisfaction, overdue, civil_filings
    indicator: str  # the one that colours the map
    rows: tuple[AreaRow, ...]  # children, sorted by the indicator; unranked ones last
    others: tuple[AreaRow, ...]  # county-only and unlocated lines
    total: AreaRow
    by_located: dict[str, int]  # township | county | none → accepted; adds up to total
    unlocated_city: int | None  # for a county page read by the city: unlocated matters of the whole city
    trend: tuple[MonthPoint, ...]
    categories: tuple[Share, ...]
    agencies: tuple[Share, ...]  # first agency: each matter once
    channels: tuple[Share, ...]
    villages: tuple[Share, ...]  # township page only
    newest: tuple[MatterLine, ...]
    oldest: tuple[MatterLine, ...]  # open, by age (city) or by days left (county, township)
    feeds: tuple[FeedState, ...]
    stale: tuple[str, ...]  # late agencies that the window rests on
    listings: tuple[ListingLine, ...]
    centre: CentreCard | None
    centres: dict[str, str]  # area → running | planned
