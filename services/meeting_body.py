"""Putting a meeting together: every table and sentence, once, as of one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from matters.access import Scope
from matters.explained import EXPLAINED, resting
from matters.meetings import AGENDA
from matters.moments import written
from matters.periods import Window
from services import meeting_lists, meeting_tables
from services.areas import Areas
from services.feeds import Feeds
from services.figures import Figures
from services.frozen import filter_of
from services.listings import Listings
from services.matters import Matters
from services.meeting_frame import Frame
from services.meeting_outlines import outlines
from services.meeting_says import SAYS

LONGEST = 20
KINDS = ("市", "县", "区", "旗", "州", "镇", "乡")  # last characters of names of areas


@dataclass(frozen=True, slots=True)
class Sources:
    """The services that a meeting asks. `extras` make further tables (signals, letters) for a scope and a moment; None: nothing to show."""

    figures: Figures
    matters: Matters
    feeds: Feeds
    listings: Listings
    areas: Areas
    extras: Mapping[str, Callable[[Scope, datetime], dict[str, Any] | None]]


def frozen_body(q: Frame, from_: Sources, gathered: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """All that is frozen, as plain JSON values."""
    tables = _tables(q, from_, gathered)
    body: dict[str, Any] = {
        "kind": q.kind, "level": q.area.level, "area": q.area.code, "where": _where(q), "name": q.area.name, "en": q.area.en,
        "window": _days(q.window), "year": _days(q.year), "compared": {"yoy": _days(q.by_year.compared), "pop": _days(q.by_period.compared),
                     **({"lunar": _days(q.by_moon.compared)} if q.by_moon else {})},
        "as_of": written(q.at), "small": q.small, "census": q.area.census_year, "stale": _stale(q), "tables": tables, "paper": gathered["paper"],
    }  # fmt: skip
    if q.below:
        body["map"] = outlines(from_.areas.geojson(q.below, q.area.code))
    body |= _explained(q, from_)
    body["bridge"] = _bridge(q, from_, gathered, before) if before is not None else None
    body["says"] = {key: SAYS[key](body) for key in AGENDA}
    body["agenda"] = [key for key in AGENDA if _worth(key, tables)]
    return body


def _where(q: Frame) -> str:
    """全市, 全县, 全区: as the area is one."""
    return f"全{q.area.name[-1]}" if q.area.name[-1:] in KINDS else "本地"


def _days(w: Window) -> list[str]:
    return [w.start.isoformat(), w.end.isoformat()]


def _tables(q: Frame, from_: Sources, gathered: Mapping[str, Any]) -> dict[str, Any]:
    t = {"overall": meeting_tables.overall(q), "months": meeting_tables.months(q), "channels": meeting_tables.channels(q),
         "categories": meeting_tables.categories(q), "departments": meeting_tables.departments(q)}  # fmt: skip
    if q.below:
        t["areas"] = meeting_tables.below(q)
    if q.area.level == "city":
        t |= meeting_tables.towns(q)
    t["listings"] = meeting_lists.listings(from_.listings.of_area(q.scope, q.area, q.at))
    late = from_.matters.page(q.scope, q.filter(window=None, part="overdue"), sort="due_on", descending=False, limit=LONGEST)
    t["longest"] = meeting_lists.longest(late.rows, q.at.date())
    t["cards"] = meeting_lists.cards(q, gathered["force"])
    t["decisions"] = meeting_lists.decisions(gathered["decisions"], q.at.date())
    for key, make in from_.extras.items():
        found = make(q.scope, q.at)
        if found is not None:
            t[key] = found
    return t


def _explained(q: Frame, from_: Sources) -> dict[str, Any]:
    """What the figures rest on, as it was: the feeds with their age, and by figure which of them; after how many days a matter counts as waiting."""
    feeds = q.by_year.feeds
    told = {s.feed: {"zh": s.zh, "en": s.en, "until": written(s.data_at) if s.data_at else "", "late": s.late} for s in feeds}
    pairs = [(s.feed, s.agency) for s in feeds]
    return {"feeds": told, "rests": {key: resting(key, pairs, from_.feeds.gives) for key in EXPLAINED}, "waits": list(q.waits)}


def _worth(key: str, tables: Mapping[str, Any]) -> bool:
    """Whether an item stands on the agenda by rule: it has something to show."""
    if key in ("overall", "overdue"):
        return True
    where = {"counties": "areas", "towns": "towns_most"}.get(key, key)
    return bool(tables.get(where, {}).get("rows")) or (key == "listings" and "proposals" in tables)


def _stale(q: Frame) -> list[dict[str, Any]]:
    """The late feeds that the window rests on."""
    on = {a for f in q.by_year.figures for a in f.stale}
    return [{"agency": s.agency, "zh": s.zh, "en": s.en, "until": s.data_at.isoformat() if s.data_at else "", "days": s.late_days}
            for s in q.by_year.feeds if s.late and s.agency in on]  # fmt: skip


def _bridge(q: Frame, from_: Sources, gathered: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """From the earlier meeting's year so far to this one's."""
    was = _year_cell(orjson.loads(before["body"]))
    then = Window(before["window_end"].replace(month=1, day=1), before["window_end"])
    now = Window(then.start, max(then.end, q.window.end))
    fresh = Window(then.end + timedelta(days=1), now.end) if now.end > then.end else None
    counts = {w: q.whole(q.filter(window=w)) for w in (now, *((fresh,) if fresh else ()))}
    rows = {"was": filter_of(was["f"]), "again": q.filter(window=then), "now": counts[now].rows,
            "new": counts[fresh].rows if fresh else None}  # fmt: skip
    head = {"id": before["id"], "title": before["title"], "window": _days(then), "as_of": written(before["as_of"]), "now": _days(now)}
    return meeting_lists.bridge(head, int(was["n"]), counts[now].accepted, counts[fresh].accepted if fresh else 0, gathered["moves"],
                                from_.feeds.agencies(), rows)  # fmt: skip


def _year_cell(body: Mapping[str, Any]) -> Any:
    """The cell of the year so far in an earlier body."""
    names = [c["key"] for c in body["tables"]["overall"]["columns"]]
    line = next(r for r in body["tables"]["overall"]["rows"] if r.get("key") == "accepted")
    return line["cells"][names.index("year")]
