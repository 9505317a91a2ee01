"""The areas of the city, and its centres, as kept in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from store.schema import area, centre

_COLUMNS = [c.name for c in area.columns]


def replace_areas(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Put the areas (columns of the area table) in place of those kept; returns how many. Known codes are updated, since
    centres and listings point at them; codes that are gone stay when something still points at them."""
    known = set(connection.execute(select(area.c.code)).scalars())
    values = [{name: row.get(name) for name in _COLUMNS} for row in rows]
    fresh = [v for v in values if v["code"] not in known]
    changed = [{**{f"v_{k}": x for k, x in v.items()}, "b_code": v["code"]} for v in values if v["code"] in known]
    if fresh:
        connection.execute(insert(area), fresh)
    if changed:
        setting: dict[str, Any] = {n: bindparam(f"v_{n}") for n in _COLUMNS if n != "code"}
        for value in changed:
            value.pop("v_code")
        connection.execute(update(area).where(area.c.code == bindparam("b_code")).values(setting), changed)
    return len(values)


def all_areas(connection: Connection) -> list[dict[str, Any]]:
    """Every area, by level and position."""
    rows = connection.execute(select(area).order_by(area.c.position, area.c.code)).mappings()
    return [dict(r) for r in rows]


def count_areas(connection: Connection) -> int:
    """Number of areas kept."""
    return int(connection.execute(select(func.count()).select_from(area)).scalar_one())


def set_geometry(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Official outlines (`geometry`, GeoJSON text) or seats (`lon`, `lat`) for known codes; returns how many rows."""
    values = list(rows)
    outlines = [{"b_code": r["code"], "g": r["geometry"]} for r in values if r.get("geometry")]
    seats = [{"b_code": r["code"], "x": r["lon"], "y": r["lat"], "s": r["source"]} for r in values if r.get("lon") is not None]
    this = area.c.code == bindparam("b_code")
    if outlines:
        connection.execute(update(area).where(this).values(geometry=bindparam("g")), outlines)
    if seats:
        seat = {"lon": bindparam("x"), "lat": bindparam("y"), "seat_source": bindparam("s"), "seat_verified": True}
        connection.execute(update(area).where(this).values(seat), seats)
    return len(values)


def replace_centres(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Put the directory of centres (columns of the centre table) in place of the one kept."""
    connection.execute(delete(centre))
    values = [dict(row) for row in rows]
    if values:
        connection.execute(insert(centre), values)


def all_centres(connection: Connection) -> dict[str, dict[str, Any]]:
    """Centres by the code of their area."""
    return {r["area_code"]: dict(r) for r in connection.execute(select(centre)).mappings()}
