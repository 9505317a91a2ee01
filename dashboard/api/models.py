"""The API's answers as models: the OpenAPI description is made from these, and the answers from their fields."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

Rate = Annotated[float | None, Field(ge=0, le=1, description="0…1; null where the denominator is 0")]
Relative = Annotated[float | None, Field(description="0.1 = +10 %; null when there was nothing before or a late feed withholds it")]
Moment = Annotated[
    datetime,
    PlainSerializer(lambda moment: f"{moment.isoformat(timespec='seconds')}+08:00", return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
AsOf = Annotated[Moment, Field(description="the moment that was asked for, or now")]
Count = Annotated[int, Field(ge=0)]


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True)


class Window(Answer):
    """Days, both included."""

    from_: date = Field(serialization_alias="from")
    to: date


class IndicatorRow(Answer):
    """The figures of one area, of the matters accepted in the window; civil filings by filing day."""

    area: str
    name: str
    level: str
    population: int | None
    accepted: Count
    open: Count = Field(description="accepted in the window and still open")
    overdue: Count = Field(description="of these, past their time limit")
    closed: Count
    resolved: Count
    resolved_rate: Rate = Field(description="resolved ÷ (closed + overdue)")
    on_time: Count
    on_time_rate: Rate = Field(description="closed within the limit ÷ (closed + overdue)")
    rated: Count
    satisfied: Count
    satisfaction: Rate = Field(description="satisfied ÷ rated")
    escalated: Count
    litigated: Count
    civil_filings: Count
    civil_filings_before: Count = Field(description="the same days of the year before")
    civil_filings_yoy: Relative
    accepted_before: Count = Field(description="the same days of the year before")
    accepted_yoy: Relative
    accepted_pop: Relative = Field(description="against the period just before")
    per_10k: float | None = Field(description="accepted per 10,000 residents of the census")
    open_now: Count = Field(description="today's stock, whenever accepted")
    overdue_now: Count = Field(description="today's stock past the limit, unaccepted or unhandled too long")
    stale_feeds: list[str] = Field(description="agencies whose late feed these figures rest on")


class Indicators(Answer):
    """Figures by area; `others` are matters known to a wider area only, so that rows and others add up."""

    data_version: int
    as_of: AsOf
    window: Window
    rows: list[IndicatorRow]
    others: list[IndicatorRow]


class MatterRow(Answer):
    """One matter."""

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
    agencies: list[str]
    first_agency: str
    channel: str
    record_count: Count
    people: int | None
    amount: float | None
    scale: str
    outcome: str | None
    satisfied: bool | None


class MatterList(Answer):
    """A page of matters; `total` counts the whole list."""

    data_version: int
    as_of: AsOf
    total: Count
    rows: list[MatterRow]
    next: str | None = Field(description="cursor of the following page; null at the end")


class Party(Answer):
    """A party, masked."""

    role: str = ""
    name: str = ""


class RecordRow(Answer):
    """What one agency says."""

    feed: str
    agency: str
    kind: str
    number: str | None
    external_id: str
    happened_at: Moment | None
    registered_on: date | None
    accepted_on: date | None
    handled_on: date | None
    closed_on: date | None
    due_on: date | None
    outcome: str | None
    stage: str | None
    channel: str | None
    category: str | None
    title: str | None
    summary: str | None
    owner: str | None
    place: str | None
    locate_method: str
    locate_level: str
    locate_confidence: float
    lon: float | None
    lat: float | None
    parties: list[Party]
    refs: list[str]
    satisfied: bool | None
    learned_at: Moment
    versions: Count


class LinkRow(Answer):
    """Why two records are one matter."""

    number: str
    method: str
    linked_at: Moment


class PersonRow(Answer):
    """A person or body of the matter, masked, as far as its records agree that it is one."""

    role: str
    name: str
    known_by: list[str] = Field(description="agencies that name it")
    same: Count = Field(description="of these, how many gave an identity or telephone number, the same one")


class SourceRow(Answer):
    """Where a field of the matter comes from: a record of a feed, or an act of the centre."""

    field: str
    feed: str | None
    external_id: str | None = Field(description="key of the record in its feed")
    act: int | None = Field(description="id of the event")
    learned_at: Moment


class EventRow(Answer):
    """An act of the centre: who, when, why. One that was taken back stays, with the event that did it."""

    id: int
    act: str
    on: date
    at: Moment
    by: str
    role: str
    why: str
    data: dict[str, Any]
    ref: int = Field(description="the event it answers or takes back; 0 for none")
    undone_by: int = Field(description="0 while it stands")


class ClockRow(Answer):
    """A time limit of the matter; clocks are told for now only."""

    key: str
    start: date
    due: date | None
    state: str
    left: int | None
    days: int
    unit: str
    source: str
    ended: date | None
    extended: int
    event: int = Field(description="the act that began a procedure; 0 for other clocks")


class MatterDetail(Answer):
    """A matter with its records, newest first."""

    data_version: int
    as_of: AsOf
    matter: MatterRow
    lon: float | None
    lat: float | None
    records: list[RecordRow]
    links: list[LinkRow]
    listed: list[str]
    version: int
    others_outside: Count = Field(description="records of this matter outside your area: counted, not shown")
    moved_to: str | None = Field(description="the code in force, when you asked by a former code: matters were merged or split")
    people: list[PersonRow]
    sources: list[SourceRow]
    events: list[EventRow]
    clocks: list[ClockRow]


class FeedRow(Answer):
    """How a feed stands."""

    feed: str
    agency: str
    zh: str
    en: str
    data_at: Moment | None = Field(description="what the newest data speak of")
    checked_at: Moment | None
    late: bool
    late_days: int
    cadence_seconds: int
    error: str


class Feeds(Answer):
    """All feeds."""

    data_version: int
    as_of: AsOf
    rows: list[FeedRow]


class ListingRow(Answer):
    """An area or a trade under targeted remediation."""

    id: int
    version: int
    subject: str
    state: str
    number: str
    title: str
    area: str
    area_name: str
    county_name: str
    categories: list[str]
    owner: str
    leader: str
    proposed_on: date
    listed_on: date | None
    deadline: date | None
    ended_on: date | None
    targets: list[dict[str, Any]]
    extensions: int
    reason: str


class UnknownRow(Answer):
    """A category of which nothing can be told: so much of it comes by a late feed."""

    category: str
    agency: str
    feed: str
    data_at: AsOf | None
    share: Rate


class SignalRow(Answer):
    """A signal of the week, or an older one not decided on. `count` matters in the days from `first` to `last`, as known at `at`."""

    id: int
    version: int
    number: int = Field(description="place in the list")
    kind: str
    kinds: list[str]
    county: str
    town: str
    towns: list[str] = Field(description="of a group over several townships")
    category: str
    sentence: str
    sentence_en: str
    first: date
    last: date
    at: AsOf
    count: Count
    expected: float
    low: float
    high: float
    provisional: bool
    late: list[str] = Field(description="agencies whose late feed it rests on: more may come, not less")
    state: str
    first_week: date
    last_week: date


class Signals(Answer):
    """Signals inside your area; `week` is the Sunday up to which the latest run judged, null before the first one."""

    data_version: int
    as_of: AsOf
    week: date | None
    run_at: AsOf | None
    unknown: list[UnknownRow] = Field(description="what cannot be told: not calm, but silent")
    rows: list[SignalRow]


class Listings(Answer):
    """Listings inside your area."""

    data_version: int
    as_of: AsOf
    rows: list[ListingRow]


class AgendaRow(Answer):
    """An item of a meeting's agenda; `number` is empty for one that is not shown."""

    key: str
    number: str
    zh: str
    en: str
    on: bool
    head: str
    head_en: str
    tables: list[str]


class DecisionRow(Answer):
    """A decision; state: open, late (open past its day), done or dropped, as of now."""

    id: int
    meeting: int
    what: str
    who: str
    due: date
    state: str
    made_at: AsOf
    closed_at: AsOf | None
    result: str


class MeetingDetail(Answer):
    """A frozen meeting. `body` is what was frozen, word for word; `digest` is the SHA-256 of its text, `sound` whether it still is."""

    id: int
    kind: str
    title: str
    area: str
    window: Window
    as_of: AsOf
    frozen_at: AsOf
    digest: str
    sound: bool
    body: dict[str, Any]
    agenda: list[AgendaRow]
    earlier: list[DecisionRow]
    taken: list[DecisionRow]


class Geometry(Answer):
    """A GeoJSON geometry, WGS-84."""

    type: str
    coordinates: list[Any]


class Feature(Answer):
    """One area on the map; `properties.approximate` marks a service area drawn by rule."""

    type: str
    geometry: Geometry | None
    properties: dict[str, Any]


class Areas(Answer):
    """A GeoJSON feature collection, WGS-84."""

    type: str
    features: list[Feature]


class Live(Answer):
    """What a screen polls: a new version means there is something to fetch."""

    version: int
    now: Moment
    feeds: list[FeedRow] = Field(description="late feeds only")


class ProblemDocument(Answer):
    """An error, RFC 9457; members that do not apply are left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = None
    allowed: list[str] | None = None
    version: int | None = None
    mark: str | None = None
