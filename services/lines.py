"""Rows of the matter table as the lines of a case list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matters.model import Agency
from services.areas import Areas
from services.shapes import MatterLine


def agencies_of(mask: int, agencies: Mapping[str, Agency]) -> tuple[str, ...]:
    """Codes of the agencies in a mask, in the order of their bits."""
    return tuple(a.code for a in sorted(agencies.values(), key=lambda a: a.bit) if mask >> a.bit & 1)


def matter_line(row: Mapping[str, Any], areas: Areas, agencies: Mapping[str, Agency], today: date) -> MatterLine:
    """One line; its limit counts from today, its age from the day it was first heard of."""
    due, since = row["due_on"], row["accepted_on"] or row["opened_on"]
    until = today if row["is_open"] else row["closed_on"] or today
    return MatterLine(
        code=row["code"], title=row["title"], category=row["category"], county_code=row["county_code"],
        town_code=row["town_code"], village_code=row["village_code"], county=areas.name(row["county_code"]),
        town=areas.name(row["town_code"]), village=areas.name(row["village_code"]), stage=row["stage"], owner=row["owner"],
        opened_on=row["opened_on"], accepted_on=row["accepted_on"], due_on=due, closed_on=row["closed_on"],
        days_left=(due - today).days if due is not None and row["is_open"] else None,
        age_days=(until - since).days if since is not None else None, is_open=bool(row["is_open"]),
        agencies=agencies_of(row["agencies"], agencies), first_agency=row["first_agency"], channel=row["channel"],
        record_count=row["record_count"], people=row["people"], amount=row["amount"], scale=row["scale"],
        outcome=row["outcome"], satisfied=row["satisfied"], number=row.get("number") or "", filed_on=row.get("filed_on"),
    )  # fmt: skip
