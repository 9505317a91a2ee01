"""The steward's queue: scored pairs inside a scope, with both records as far as a line needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from matters.access import Scope
from matters.veil import masks_in
from store.chunks import rows_where_in
from store.places import Place, narrowed
from store.schema import link_pair, record
from store.scoped import inside

STATES = ("queued", "skipped", "linked", "accepted", "split", "joined")
_SIDE = ("title", "parties", "matter_id", "agency", "happened_at", "registered_on", "accepted_on")


def _where(scope: Scope, place: Place, asked: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Everything but the state. A pair across areas is seen by those who see both."""
    place = narrowed(scope, place)
    out: list[ColumnElement[bool]] = [inside(scope, link_pair)]
    if place.county:
        out.append(link_pair.c.county_code == place.county)
    if place.town:
        out.append(link_pair.c.town_code == place.town)
    if asked.get("agency"):
        out.append(or_(link_pair.c.low_agency == asked["agency"], link_pair.c.high_agency == asked["agency"]))
    least, most = asked.get("least") or 0.0, asked.get("most", 1.0)
    if least > 0.0:
        out.append(link_pair.c.score >= least)
    if most < 1.0:
        out.append(link_pair.c.score < most)
    return out


def page(connection: Connection, scope: Scope, place: Place, asked: Mapping[str, Any], offset: int, limit: int) -> list[dict[str, Any]]:
    """Pairs of the asked state (`asked`: state, agency, least, most), surest first, each with low_… and high_… of its records."""
    low, high = record.alias("lo"), record.alias("hi")
    columns = [side.c[n].label(f"{name}_{n}") for name, side in (("r1", low), ("r2", high)) for n in _SIDE]
    query = select(link_pair, *columns).join(low, low.c.id == link_pair.c.low).join(high, high.c.id == link_pair.c.high)
    query = query.where(link_pair.c.state == asked["state"], *_where(scope, place, asked))
    query = query.order_by(link_pair.c.score.desc(), link_pair.c.id).offset(offset).limit(limit)
    return [dict(r) for r in connection.execute(query).mappings()]


def one(connection: Connection, scope: Scope, pair_id: int) -> dict[str, Any] | None:
    """A pair of the scope, as `page` gives it."""
    low, high = record.alias("lo"), record.alias("hi")
    columns = [side.c[n].label(f"{name}_{n}") for name, side in (("r1", low), ("r2", high)) for n in _SIDE]
    query = select(link_pair, *columns).join(low, low.c.id == link_pair.c.low).join(high, high.c.id == link_pair.c.high)
    row = connection.execute(query.where(link_pair.c.id == pair_id, link_pair.c.state != "void", inside(scope, link_pair))).mappings().first()
    return dict(row) if row else None


def counts(connection: Connection, scope: Scope, place: Place, asked: Mapping[str, Any]) -> dict[str, int]:
    """Pairs by state under the rest of the filter."""
    query = select(link_pair.c.state, func.count()).where(*_where(scope, place, asked)).group_by(link_pair.c.state)
    found = {state: int(n) for state, n in connection.execute(query)}
    return {state: found.get(state, 0) for state in STATES}


def by_agency(connection: Connection, scope: Scope, place: Place, asked: Mapping[str, Any]) -> dict[str, int]:
    """Pairs of the asked state by the agencies of their records, whatever agency is asked for; a pair of one agency counts once."""
    where = _where(scope, place, {**asked, "agency": ""})
    query = select(link_pair.c.low_agency, link_pair.c.high_agency, func.count()).where(link_pair.c.state == asked["state"], *where)
    out: dict[str, int] = {}
    for low, high, n in connection.execute(query.group_by(link_pair.c.low_agency, link_pair.c.high_agency)):
        for agency in {low, high}:
            out[agency] = out.get(agency, 0) + int(n)
    return dict(sorted(out.items(), key=lambda kv: (-kv[1], kv[0])))


def masks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """For each pair the masked names of its two records and of whatever belongs to their matters."""
    ends = [[r[f"{side}_matter_id"] for side in ("r1", "r2") if r[f"{side}_matter_id"] is not None] for r in rows]
    others: dict[int, list[str]] = {}
    for found in rows_where_in(connection, select(record.c.matter_id, record.c.parties), record.c.matter_id, sorted({i for pair in ends for i in pair})):
        others.setdefault(found.matter_id, []).extend(masks_in([found.parties]))
    own = [masks_in([r["r1_parties"], r["r2_parties"]]) for r in rows]
    return [mine + [name for i in pair for name in others.get(i, ())] for mine, pair in zip(own, ends, strict=True)]


def sides(connection: Connection, record_ids: tuple[int, int]) -> dict[int, dict[str, Any]]:
    """Both records whole."""
    return {r["id"]: dict(r) for r in connection.execute(select(record).where(record.c.id.in_(record_ids))).mappings()}
