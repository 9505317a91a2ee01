"""The matter of a record that stands alone, which most do: what derive.py says of one record, in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matters.categories import OTHER
from matters.derive import first_day, is_filing, stage_of
from matters.model import Agency, Record
from matters.vocabulary import scale_of


def derive_alone(r: Record, agencies: Mapping[str, Agency]) -> tuple[dict[str, Any], date | None]:
    """The fields of the matter (MATTER_FIELDS), and the day of its filing if it is one; equal to derive([r], agencies)."""
    day, is_open, known = first_day(r), r.closed_on is None, bool(r.category) and r.category != OTHER
    accepted = r.accepted_on
    matter = {
        "code": r.code, "county_code": r.county_code, "town_code": r.town_code, "village_code": r.village_code,
        "located": "township" if r.town_code else "county" if r.county_code else "none",
        "lon": r.lon, "lat": None if r.lon is None else r.lat,
        "opened_on": day if accepted is None else accepted if day is None else min(day, accepted),
        "accepted_on": accepted, "handled_on": r.handled_on or r.closed_on, "due_on": None if accepted is None else r.due_on,
        "closed_on": r.closed_on, "is_open": is_open, "outcome": None if is_open else r.outcome,
        "stage": stage_of(r) if is_open else "closed",
        "category": r.category if known else OTHER, "subcategory": r.subcategory if known else None, "channel": r.channel or "",
        "first_agency": r.agency, "agencies": 1 << agencies[r.agency].bit, "title": r.title or "", "owner": r.owner or "",
        "people": r.people, "amount": r.amount, "scale": scale_of(r.people), "satisfied": r.satisfied, "escalated": bool(r.escalated),
        "litigated": r.kind == "filing",
        "mediation": None if not r.mediation else "success" if r.mediation == "success" else "failure", "record_count": 1,
    }  # fmt: skip
    return matter, accepted if accepted is not None and is_filing(r) else None
