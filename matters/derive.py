"""Records → matter: the rules by which several agencies' words become one dispute. Pure, and blind to arrival order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matters.categories import OTHER
from matters.model import Agency, Derived, Matter, Record
from matters.numbers import counts_as_civil_filing
from matters.told import Said, fold, lay_over
from matters.veil import masks_in, veil
from matters.vocabulary import STAGES, scale_of

_FAR = date.max
_STAGE_ORDER = {code: i for i, code in enumerate(STAGES)}
_LEVEL_ORDER = {"village": 0, "township": 1, "county": 2, "none": 3}


def first_day(record: Record) -> date | None:
    """The day on which the agency first knew: the event, else registration, else acceptance."""
    if record.happened_at is not None:
        return record.happened_at.date()
    return record.registered_on or record.accepted_on


def anchor(records: Sequence[Record]) -> Record:
    """The record that gives the matter its code: the earliest, ties by feed and external id."""
    return min(records, key=_age)


def _age(record: Record) -> tuple[date, str, str]:
    return (first_day(record) or _FAR, record.feed, record.external_id)


def derive(records: Sequence[Record], agencies: Mapping[str, Agency], said: Sequence[Said] = ()) -> Derived:
    """Derive one matter from its records (at least one; none of them context) and from what the centre did with it."""
    by_say = sorted(records, key=lambda r: (agencies[r.agency].rank, *_age(r)))
    oldest = anchor(records)
    matter = Matter(code=oldest.code, first_agency=oldest.agency, record_count=len(records))
    for record in records:
        matter.agencies |= 1 << agencies[record.agency].bit
    sources: dict[str, int] = {"code": oldest.id}
    _place(matter, by_say, sources)
    _facts(matter, by_say, sources)
    _path(matter, records, sources)
    acts = lay_over(matter, records, fold(said), sources.get("due_on", 0)) if said else {}
    filings = tuple(
        sorted((r.id, r.accepted_on) for r in records if is_filing(r) and r.accepted_on is not None)
    )
    return Derived(matter, filings, {name: i for name, i in sources.items() if name not in acts}, acts)


def is_filing(record: Record) -> bool:
    """Whether it counts among the civil first-instance filings."""
    return record.kind == "filing" and (record.number is None or counts_as_civil_filing(record.number))


def _place(matter: Matter, by_say: Sequence[Record], sources: dict[str, int]) -> None:
    """The most exact place wins; among equals the one located with more confidence, then the agency with more say."""
    best = min(by_say, key=lambda r: (_LEVEL_ORDER[r.locate_level], -r.locate_confidence))
    matter.county_code, matter.town_code, matter.village_code = best.county_code, best.town_code, best.village_code
    matter.located = "township" if best.town_code else "county" if best.county_code else "none"
    pin = best if best.lon is not None else next((r for r in by_say if r.lon is not None and r.town_code == best.town_code), None)
    if pin is not None:
        matter.lon, matter.lat = pin.lon, pin.lat
        sources["lon"] = pin.id
    sources["county_code"] = sources["town_code"] = best.id


def _facts(matter: Matter, by_say: Sequence[Record], sources: dict[str, int]) -> None:
    """Title, category, channel, owner, people, money, rating: the first in order of say that has one."""

    def first(field: str) -> Any:
        for record in by_say:
            value = getattr(record, field)
            if value not in (None, ""):
                sources[field] = record.id
                return value
        return None

    matter.title = first("title") or ""
    if matter.title and len(by_say) > 1:  # a feed's own mapping has masked whom its record names
        matter.title = veil(masks_in(r.parties for r in by_say if r.id != sources["title"]))(matter.title)
    known = next((r for r in by_say if r.category and r.category != OTHER), None)
    if known is not None:
        matter.category, matter.subcategory, sources["category"] = known.category or OTHER, known.subcategory, known.id
    else:
        matter.category = first("category") or OTHER
    matter.channel = first("channel") or ""
    counted = [r for r in by_say if r.people is not None]
    if counted:
        most = max(counted, key=lambda r: r.people or 0)
        matter.people, sources["people"] = most.people, most.id
    matter.scale = scale_of(matter.people)
    matter.amount = first("amount")
    rated = [r for r in by_say if r.satisfied is not None]
    if rated:
        last = max(rated, key=lambda r: (r.closed_on or date.min, -by_say.index(r)))
        matter.satisfied, sources["satisfied"] = last.satisfied, last.id


def _path(matter: Matter, records: Sequence[Record], sources: dict[str, int]) -> None:
    """Days, clock, stage and end. The clock in force is that of whoever took the matter last and has not done with it."""
    ordered = sorted(records, key=lambda r: (r.accepted_on or first_day(r) or date.min, r.feed, r.external_id))
    days = [d for r in records if (d := first_day(r)) is not None]
    taken = [r for r in ordered if r.accepted_on is not None]
    matter.accepted_on = taken[0].accepted_on if taken else None
    matter.opened_on = min([*days, *([matter.accepted_on] if matter.accepted_on else [])], default=None)
    matter.handled_on = min((d for r in records if (d := r.handled_on or r.closed_on)), default=None)
    clocked = [r for r in taken if r.due_on is not None]
    clocked = [r for r in clocked if r.closed_on is None] or clocked  # a court's limit ends with its case, not the petition's beside it
    if clocked:
        matter.due_on, sources["due_on"] = clocked[-1].due_on, clocked[-1].id
    if taken:
        sources["accepted_on"] = taken[0].id
    unfinished = [r for r in ordered if r.closed_on is None]
    matter.is_open = bool(unfinished)
    matter.escalated = any(r.escalated for r in records)
    matter.litigated = any(r.kind == "filing" for r in records)
    results = {r.mediation for r in records if r.mediation}
    matter.mediation = "success" if "success" in results else "failure" if results else None
    if unfinished:
        _open_path(matter, unfinished, sources)
    else:
        _closed_path(matter, ordered, sources)


def _open_path(matter: Matter, unfinished: Sequence[Record], sources: dict[str, int]) -> None:
    holder = unfinished[-1]
    matter.stage = max((stage_of(r) for r in unfinished), key=_STAGE_ORDER.__getitem__)
    matter.owner = holder.owner or ""
    sources["owner"] = sources["stage"] = holder.id


def _closed_path(matter: Matter, ordered: Sequence[Record], sources: dict[str, int]) -> None:
    last = max(ordered, key=lambda r: (r.closed_on or date.min, r.accepted_on or date.min))
    matter.stage, matter.closed_on, matter.outcome = "closed", last.closed_on, last.outcome
    matter.owner = last.owner or ""
    sources["stage"] = sources["closed_on"] = sources["outcome"] = sources["owner"] = last.id


def stage_of(record: Record) -> str:
    """The stage of an unfinished record: its own word, else by whether it has been accepted."""
    if record.stage and record.stage != "closed":
        return record.stage
    return "accepted" if record.accepted_on is not None else "pending"
