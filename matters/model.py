"""The two nouns of the product: a record is what one agency says, a matter is one dispute derived from its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

# The canonical fields that a feed's mapping can set, in the order of the record table. Everything that is not text
# is converted by the mapping; an absent field is None. docs/adding-a-feed.md shows each with an example.
FIELDS: dict[str, type] = {
    "external_id": str,  # required; the feed's own key, as text (007 stays 007)
    "kind": str,  # a code of vocabulary.KINDS
    "number": str,  # the number printed on the paper (案号, 信访件编号), normalised
    "refs": list,  # other agencies' numbers quoted in any field, normalised
    "revised_at": datetime,  # when the agency last changed the row: of two versions of a key the later one holds
    "happened_at": datetime,
    "registered_on": date,
    "accepted_on": date,  # the day of acceptance; without it the matter is still unaccepted
    "handled_on": date,  # first act after acceptance: dispatch, first mediation
    "closed_on": date,
    "due_on": date,  # the feed's own limit; without it the clock of `kind` is used
    "outcome": str,  # vocabulary.OUTCOMES
    "stage": str,  # vocabulary.STAGES; without it derived
    "channel": str,  # vocabulary.CHANNELS
    "category": str,  # categories.CATEGORIES, two digits
    "subcategory": str,  # four digits
    "title": str,
    "summary": str,
    "owner": str,  # 主责
    "people": int,
    "amount": float,  # yuan
    "satisfied": bool,  # None = not rated
    "escalated": bool,
    "mediation": str,  # success | failure
    "context": bool,  # True: never makes a matter (drawn on maps only)
    "area_code": str,
    "county_name": str,
    "town_name": str,
    "village_name": str,
    "place": str,  # free address text
    "lon": float,  # WGS-84 after mapping
    "lat": float,
    "parties": list,  # [{role, name (masked), id_token, phone_token}]
}

# Located columns, filled by the step after mapping.
LOCATED_FIELDS: tuple[str, ...] = ("county_code", "town_code", "village_code", "locate_method", "locate_level", "locate_confidence")


class Record(NamedTuple):
    """One agency's word on a dispute, as derivation needs it (a subset of FIELDS plus keys and place)."""

    id: int
    feed: str
    agency: str
    external_id: str
    code: str
    kind: str
    number: str | None
    happened_at: datetime | None
    registered_on: date | None
    accepted_on: date | None
    handled_on: date | None
    closed_on: date | None
    due_on: date | None
    outcome: str | None
    stage: str | None
    channel: str | None
    category: str | None
    subcategory: str | None
    title: str | None
    owner: str | None
    people: int | None
    amount: float | None
    satisfied: bool | None
    escalated: bool
    mediation: str | None
    county_code: str
    town_code: str
    village_code: str
    locate_level: str
    locate_confidence: float
    lon: float | None
    lat: float | None
    parties: Sequence[Mapping[str, Any]] | None = None  # [{name (masked), …}]; their masks hide names in another agency's title


class Agency(NamedTuple):
    """A department whose word counts: `bit` is its place in a matter's agency mask, `rank` its say over titles and categories."""

    code: str
    zh: str
    en: str
    mark: str
    bit: int
    rank: int


@dataclass(slots=True)
class Matter:
    """One dispute (一案一码). Every field is derived from the records by matters/derive.py."""

    code: str
    county_code: str = ""
    town_code: str = ""
    village_code: str = ""
    located: str = "none"
    lon: float | None = None
    lat: float | None = None
    opened_on: date | None = None  # first heard of: event, registration or acceptance, whichever is first
    accepted_on: date | None = None
    handled_on: date | None = None
    due_on: date | None = None
    closed_on: date | None = None
    is_open: bool = True
    outcome: str | None = None
    stage: str = "pending"
    category: str = "99"
    subcategory: str | None = None
    channel: str = ""
    first_agency: str = ""
    agencies: int = 0  # mask of Agency.bit
    title: str = ""
    owner: str = ""
    people: int | None = None
    amount: float | None = None
    scale: str = "individual"
    satisfied: bool | None = None
    escalated: bool = False
    litigated: bool = False
    mediation: str | None = None  # success | failure, of the pre-litigation mediation
    record_count: int = 0


MATTER_FIELDS: tuple[str, ...] = tuple(Matter.__slots__)  # type: ignore[attr-defined]


class Derived(NamedTuple):
    """A matter, the filing days of its civil first-instance records, and the record each field came from."""

    matter: Matter
    filings: tuple[tuple[int, date], ...]  # (record id, filing day)
    sources: dict[str, int]  # field → record id
    acts: Mapping[str, int] = {}  # field → event id, where the centre's own word holds


Row = dict[str, Any]
