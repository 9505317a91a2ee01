"""Rows of the linking tables as the lines that pages show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any

from matters.access import Scope
from matters.veil import veil
from services.areas import Areas
from services.link_shapes import DecisionLine, Pair, PairLine, Side, Weight

# Fields of Side that are compared, in the order of the page.
COMPARED = ("category", "county", "town", "village", "place", "title", "summary", "people", "amount", "owner", "parties")


def first_day(row: Mapping[str, Any], prefix: str = "") -> date | None:
    """When the agency first knew, as matters.derive.first_day has it."""
    happened = row[f"{prefix}happened_at"]
    found: date | None = happened.date() if happened is not None else row[f"{prefix}registered_on"] or row[f"{prefix}accepted_on"]
    return found


def pair_line(row: Mapping[str, Any], masks: Sequence[str], areas: Areas) -> PairLine:
    """A line of the queue; whom either record, or another of its matter, names in a column is masked in both titles."""
    veiled = veil(masks)
    one, other = first_day(row, "r1_"), first_day(row, "r2_")
    days = abs((one - other).days) if one and other else None
    return PairLine(row["id"], row["score"], row["weight"], row["state"], bool(row["blocked"]), (row["r1_agency"], row["r2_agency"]),
                    (veiled(row["r1_title"] or ""), veiled(row["r2_title"] or "")), areas.name(row["county_code"]), areas.name(row["town_code"]), days,
                    row["scored_at"])  # fmt: skip


def decision_line(row: Mapping[str, Any], scope: Scope) -> DecisionLine:
    """A decision; whoever may decide may undo."""
    stands = row["undone_at"] is None
    return DecisionLine(row["id"], row["verdict"], row["by"], row["role"], row["at"], row["why"], row["pairs"], row["code"], row["other_code"],
                        row["undone_by"] or "", row["undone_at"], stands and scope.may("steward_links"))  # fmt: skip


def pair_of(
    row: Mapping[str, Any], sides: Mapping[int, Mapping[str, Any]], matters: Mapping[int, tuple[str, int]],
    masks: Sequence[str], decisions: tuple[DecisionLine, ...], areas: Areas, may: bool,
) -> Pair:  # fmt: skip
    """Both records side by side, and where they agree; whom either matter names in a column is masked in the texts of both."""
    veiled = veil(masks)
    one, other = (_side(sides[row[end]], matters[row[end]], areas, veiled) for end in ("low", "high"))
    said = [(name, getattr(one, name), getattr(other, name)) for name in COMPARED]
    both = [(name, a, b) for name, a, b in said if a not in ("", None, ()) and b not in ("", None, ())]
    weights = tuple(Weight(*w) for w in row["waterfall"])
    return Pair(pair_line(row, masks, areas), one, other, weights, row["sure"], row["doubt"], row["model"], _km(sides[row["low"]], sides[row["high"]]),
                tuple(n for n, a, b in both if a == b), tuple(n for n, a, b in both if a != b), decisions, may)  # fmt: skip


def _side(r: Mapping[str, Any], matter: tuple[str, int], areas: Areas, veiled: Callable[[str], str]) -> Side:
    parties = tuple((str(p.get("role") or ""), str(p.get("name") or "")) for p in r["parties"] or ())
    county, town, village = (areas.name(r[n]) for n in ("county_code", "town_code", "village_code"))
    return Side(
        record=r["id"], code=matter[0], records=matter[1], agency=r["agency"], feed=r["feed"], kind=r["kind"], number=r["number"] or "",
        title=veiled(r["title"] or ""), summary=veiled(r["summary"] or ""), category=r["category"] or "", county=county, town=town, village=village,
        place=r["place"] or "", day=first_day(r), accepted_on=r["accepted_on"], closed_on=r["closed_on"], owner=r["owner"] or "",
        people=r["people"], amount=r["amount"], parties=parties,
    )  # fmt: skip


def _km(one: Mapping[str, Any], other: Mapping[str, Any]) -> float | None:
    """Great-circle distance; None unless both have coordinates."""
    if None in (one["lon"], one["lat"], other["lon"], other["lat"]):
        return None
    y1, y2 = radians(one["lat"]), radians(other["lat"])
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin(radians(other["lon"] - one["lon"]) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(half)))
