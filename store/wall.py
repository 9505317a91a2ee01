"""What the wall reads beside figures: what came in last, large groups, fires, feeds that fail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select, text

from matters.access import Scope
from store.chunks import rows_where_in
from store.schema import feed, matter, record
from store.scoped import inside

LOOKED_AT = 400  # records that came in last, of which the wall shows a handful
_HEAD = tuple(matter.c[n] for n in ("id", "code", "title", "category", "county_code", "town_code", "stage", "is_open", "accepted_on", "closed_on",
                                    "changed_at", "version", "record_count", "scale", "people", "owner", "subcategory"))  # fmt: skip


def latest(connection: Connection, scope: Scope, counties: Sequence[str], each: int) -> list[dict[str, Any]]:
    """Matters of the scope that changed last, newest first; of each county at least `each`, if it has them.

    Two indexes: the records that came in last, and for quiet counties the matters accepted last.
    """
    newest = select(record.c.matter_id).where(record.c.matter_id.is_not(None)).order_by(record.c.learned_at.desc(), record.c.id.desc()).limit(LOOKED_AT)
    found: dict[int, dict[str, Any]] = {}
    for row in rows_where_in(connection, select(*_HEAD).where(inside(scope, matter)), matter.c.id, list({int(i) for i in connection.scalars(newest)})):
        found[row.id] = dict(row._mapping)
    for county in counties:
        query = select(*_HEAD).where(matter.c.county_code == county, matter.c.accepted_on.is_not(None), inside(scope, matter))
        for r in connection.execute(query.order_by(matter.c.accepted_on.desc(), matter.c.code.desc()).limit(each)).mappings():
            found.setdefault(r["id"], dict(r))
    return sorted(found.values(), key=lambda m: (m["changed_at"], m["accepted_on"] or date.min, m["code"]), reverse=True)


def large_groups(connection: Connection, scope: Scope, since: datetime, codes: Iterable[str]) -> list[dict[str, Any]]:
    """Open matters of a large group that changed since a moment, whenever they were accepted, and open ones among these codes."""
    recent = or_(matter.c.changed_at >= since, matter.c.code.in_(sorted(codes)))
    query = select(*_HEAD).where(text("is_open"), matter.c.scale == "large", recent, inside(scope, matter))
    return [dict(r) for r in connection.execute(query.order_by(matter.c.code)).mappings()]


def records_of(connection: Connection, matter_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What the agencies said of these matters: agency, people, when it was first learned; oldest first."""
    names = ("id", "matter_id", "agency", "people", "first_learned_at", "happened_at")
    rows = rows_where_in(connection, select(*(record.c[n] for n in names)), record.c.matter_id, list(matter_ids))
    out: dict[int, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda r: (r.first_learned_at, r.id)):
        out.setdefault(int(row.matter_id), []).append(dict(row._mapping))
    return out


def fires(connection: Connection, scope: Scope, since: datetime) -> list[dict[str, Any]]:
    """Fires that were learned of since a moment, whether or not there is a dispute behind them."""
    names = ("id", "code", "title", "summary", "amount", "place", "county_code", "town_code", "owner", "happened_at", "first_learned_at", "closed_on")
    query = select(*(record.c[n] for n in names)).where(
        record.c.learned_at >= since, record.c.kind == "incident", record.c.first_learned_at >= since, ~record.c.withdrawn, inside(scope, record)
    )
    return [dict(r) for r in connection.execute(query.order_by(record.c.id).limit(2_000)).mappings()]


def failing(connection: Connection, failures: int) -> list[dict[str, Any]]:
    """Feeds whose last runs failed that many times in a row, or that are left alone for a while because of it."""
    down = or_(feed.c.failures >= failures, feed.c.circuit_until.is_not(None) & (feed.c.failures > 0))
    names = ("code", "agency", "zh", "en", "failures", "succeeded_at", "checked_at", "error")
    return [dict(r) for r in connection.execute(select(*(feed.c[n] for n in names)).where(down, ~feed.c.paused).order_by(feed.c.code)).mappings()]
