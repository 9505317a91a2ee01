"""Freezing what a letter rests on: counts, the year before, 24 months, the table of places, the matters by code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.periods import Window, year_before
from services.areas import Areas
from store import lists
from store.dates import month_number, month_start
from store.places import Place
from store.sums import monthly, sums

MOST_ROWS = 500  # matters that a letter names
MONTHS = 24
SHOWN_PLACES = 10


def freeze(
    connection: Connection, scope: Scope, areas: Areas, area: str, category: str, window: Window, at: datetime, late: Sequence[str]
) -> dict[str, Any]:
    """Everything that a letter of an area and category over a window says in figures, as the store stood at `at`; JSON values only.

    `late` are the agencies whose feed is late now: the letter says so.
    """
    place, counties = areas.require(scope, area), [c.code for c in areas.counties()]
    wanted, before = Filter(area=area, category=category, window=window), year_before(window)
    found = sums(connection, scope, wanted, place, {"now": window, "before": before}, ("county_code", "town_code"), counties)
    now, then = _by_place(found, "now"), _by_place(found, "before")
    clock = Clock(at.date())
    rows = lists.page(connection, scope, wanted, place, clock, sort="accepted_on", descending=False, limit=MOST_ROWS).rows
    return {
        "area": area, "area_name": areas.info(area).name, "category": category, "first": window.start.isoformat(), "last": window.end.isoformat(),
        "count": sum(now.values()), "before": sum(then.values()), "before_first": before.start.isoformat(), "before_last": before.end.isoformat(),
        "months": _months(connection, scope, wanted, place, window.end, counties), "places": _places(areas, place, now, then),
        "rows": [_row(r, areas) for r in rows], "open": sum(bool(r["is_open"]) for r in rows), "people": sum(r["people"] or 0 for r in rows),
        "at": at.isoformat(), "late": list(late), "signal": None,
    }  # fmt: skip


def _by_place(found: Sequence[Any], label: str) -> Counter[tuple[str, str]]:
    out: Counter[tuple[str, str]] = Counter()
    for s in found:
        if s.label == label:
            out[(s.county_code, s.town_code)] += s.of("accepted")
    return out


def _months(connection: Connection, scope: Scope, wanted: Filter, place: Place, last: date, counties: Sequence[str]) -> list[list[Any]]:
    """[first day, cases] of the 24 months that end with the window's, the oldest first."""
    end = month_number(last)
    counts = monthly(connection, scope, wanted, place, end - MONTHS + 1, end, counties)
    return [[month_start(m).isoformat(), counts.get(m, 0)] for m in range(end - MONTHS + 1, end + 1)]


def _places(areas: Areas, place: Place, now: Mapping[tuple[str, str], int], then: Mapping[tuple[str, str], int]) -> list[list[Any]]:
    """[code, name, cases, cases a year before]: counties of a city, townships of a county; they add up to the whole, the rest last."""
    if place.town:
        return []
    level = 1 if place.county else 0
    both: dict[str, list[int]] = {}
    for i, counts in enumerate((now, then)):
        for key, n in counts.items():
            both.setdefault(key[level], [0, 0])[i] += n
    named = sorted(((code, n[0], n[1]) for code, n in both.items() if code and any(n)), key=lambda x: (-x[1], x[0]))
    out: list[list[Any]] = [[code, areas.name(code), a, b] for code, a, b in named[:SHOWN_PLACES]]
    rest = [sum(a for _, a, _ in named[SHOWN_PLACES:]), sum(b for _, _, b in named[SHOWN_PLACES:])]
    if any(rest):
        out.append(["", f"其余{len(named) - SHOWN_PLACES}个", *rest])
    if any(both.get("", ())):
        out.append(["", "只到县" if place.county else "未定位", *both[""]])
    return out


def _row(r: Mapping[str, Any], areas: Areas) -> dict[str, Any]:
    """A matter as a letter names it: no party, the title as the list shows it."""
    where = f"{areas.name(r['county_code'])}{areas.name(r['town_code'])}"
    day = r["accepted_on"].isoformat() if r["accepted_on"] else ""
    return {"code": r["code"], "title": r["title"], "place": where, "day": day, "open": bool(r["is_open"]), "people": r["people"]}


def of_signal(line: Any) -> dict[str, Any]:
    """What a letter keeps of a signal: its sentence, the count against the expected, the chart's points."""
    sentence, body = (x[0] if isinstance(x, tuple) else x for x in (line.sentence, line.body))
    points = [[d.isoformat(), n, x, lo, hi] for d, n, x, lo, hi in line.points]
    return {"id": line.id, "kind": line.kind, "sentence": sentence, "body": body, "count": line.count, "expected": line.expected, "low": line.low,
            "high": line.high, "first": line.first.isoformat(), "last": line.last.isoformat(), "points": points,
            "provisional": bool(line.provisional)}  # fmt: skip
