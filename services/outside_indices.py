"""Index figures from outside: read from a small table, taken over whole or not at all, shown with their source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from matters.access import Scope
from matters.assessment import read_period
from services.areas import Areas
from services.assessment_shapes import OutsideLine
from services.centre_table import BadTable, areas_by_name, cells, text_of
from store import assessment as kept
from store.engine import reading, writing
from store.listings import note
from store.writer import bump

__all__ = ["BadTable", "Indices", "read"]
# Field → names of its column.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("指数", "指数名称", "name"), "area": ("地区", "地区代码", "区划代码", "area"), "period": ("时段", "期", "period"),
    "starts_on": ("起", "开始日期", "from"), "ends_on": ("止", "结束日期", "to"), "value": ("数值", "得分", "value"),
    "rank": ("全省排名", "排名", "位次", "rank"), "of": ("参评数", "of"), "source": ("来源", "source"),
}  # fmt: skip
_HALF = re.compile(r"(\d{4})-?H([12])", re.ASCII)
_ROWS = 5_000


def read(path: Path, areas: Areas) -> list[dict[str, Any]]:
    """Rows as store.assessment.bring takes them, from csv (UTF-8, GB18030) or a workbook. Raises BadTable with row, column and what would do.

    An area is a code or name of the city or of a county; empty: the city. The period is 2026, 2026-Q3, 2026-09, 2026-H1, or two days.
    """
    heads, *lines = cells(path) or [[]]
    fields = {i: field for i, head in enumerate(heads) for field, names in _COLUMNS.items() if str(head).strip() in names}
    unknown = [str(h) for i, h in enumerate(heads) if i not in fields and str(h).strip()]
    if unknown:
        raise BadTable(f"columns {', '.join(unknown)}: known are {', '.join(names[0] for names in _COLUMNS.values())}")
    have = set(fields.values())
    if missing := [n for n in ("name", "source") if n not in have] or ([] if "period" in have or {"starts_on", "ends_on"} <= have else ["period"]):
        raise BadTable(f"there is no column {', '.join(_COLUMNS[n][0] for n in missing)}")
    if len(lines) > _ROWS:
        raise BadTable(f"{len(lines)} rows: {_ROWS} at most")
    by_name = areas_by_name(areas)
    rows = [(n, _row({fields[i]: text_of(v) for i, v in enumerate(line) if i in fields}, n, areas, by_name))
            for n, line in enumerate(lines, 2) if any(map(text_of, line))]  # fmt: skip
    if not rows:
        raise BadTable("there is no row below the names of the columns")
    return _once(rows)


def _row(given: Mapping[str, str], n: int, areas: Areas, by_name: Mapping[str, list[str]]) -> dict[str, Any]:
    def bad(field: str, what: str) -> BadTable:
        return BadTable(f"row {n}, {_COLUMNS[field][0]} {given.get(field, '')!r}: {what}")

    name, source = given.get("name", ""), given.get("source", "")
    if not name or len(name) > 40:
        raise bad("name", "the name of an index, at most 40 characters")
    if not source:
        raise bad("source", "who says so: paper, number, date")
    start, end = _span(given, bad)
    value, rank, of = (_number(given.get(f, ""), f, bad, whole=f != "value") for f in ("value", "rank", "of"))
    if value is None and rank is None:
        raise bad("value", "a value or a rank is needed")
    if rank is not None and (rank < 1 or (of is not None and rank > of)):
        raise bad("rank", "a place from 1 to the number of those ranked")
    return {"name": name, "county_code": _county(given.get("area", ""), areas, by_name, bad), "town_code": "", "starts_on": start, "ends_on": end,
            "value": value, "rank": None if rank is None else int(rank), "of": None if of is None else int(of), "source": source[:200]}  # fmt: skip


def _county(text: str, areas: Areas, by_name: Mapping[str, list[str]], bad: Callable[[str, str], BadTable]) -> str:
    """County code, '' for the city."""
    codes = by_name.get(text.replace(" ", ""), []) if text else [areas.city.code]
    if len(codes) != 1:
        raise bad("area", "several areas have this name, write the code" if codes else "no such area")
    info = areas.info(codes[0])
    if info.level not in ("city", "county"):
        raise bad("area", "indices are of the city or of a county")
    return "" if info.level == "city" else info.code


def _span(given: Mapping[str, str], bad: Callable[[str, str], BadTable]) -> tuple[date, date]:
    text = given.get("period", "")
    if text:
        half = _HALF.fullmatch(text)
        try:
            if half:
                year, first = int(half[1]), half[2] == "1"
                return (date(year, 1, 1), date(year, 6, 30)) if first else (date(year, 7, 1), date(year, 12, 31))
            period = read_period(text)
        except ValueError:
            raise bad("period", "2026, 2026-Q3, 2026-09 or 2026-H1") from None
        return period.start, period.end
    days = []
    for field in ("starts_on", "ends_on"):
        try:
            days.append(date.fromisoformat(given.get(field, "").replace("/", "-")))
        except ValueError:
            raise bad(field, "a day like 2026-09-30") from None
    if days[1] < days[0]:
        raise bad("ends_on", "it lies before the first day")
    return days[0], days[1]


def _number(text: str, field: str, bad: Callable[[str, str], BadTable], whole: bool) -> float | None:
    if not text:
        return None
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise bad(field, "a number") from None
    if not abs(value) < 1e9 or (whole and not value.is_integer()):
        raise bad(field, "a whole number" if whole else "a number")
    return value


def _once(rows: list[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    seen: dict[tuple[Any, ...], int] = {}
    for n, r in rows:
        first = seen.setdefault((r["name"], r["county_code"], r["starts_on"], r["ends_on"]), n)
        if first != n:
            raise BadTable(f"row {n}: the same index, area and period as row {first}")
    return [r for _, r in rows]


class Indices:
    """Index figures inside a scope: everybody reads the city's, a county its own."""

    def __init__(self, engine: Engine, areas: Callable[[], Areas], now: Callable[[], datetime]) -> None:
        self._engine, self._areas, self._now = engine, areas, now

    def until(self, scope: Scope, day: date, as_of: datetime | None = None) -> tuple[OutsideLine, ...]:
        """Figures whose period ends by a day, the newest period first; `as_of`: known by then."""
        scope.require_area(scope.county, scope.town)  # a department of an area has no figures
        areas = self._areas()
        counties = [c.code for c in areas.counties() if scope.level == "city" or c.code == scope.county]
        with reading(self._engine) as connection:
            rows = kept.figures(connection, counties, day, as_of)
        return tuple(self._line(r) for r in rows)

    def _line(self, r: Mapping[str, Any]) -> OutsideLine:
        info = self._areas().info(r["county_code"] or self._areas().city.code)
        return OutsideLine(r["name"], r["county_code"], info.name, info.en, r["starts_on"], r["ends_on"], r["value"], r["rank"], r["of"], r["source"], r["at"])

    def bring(self, scope: Scope, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Take figures over, all or none; the same again changes nothing: {new, changed, unchanged}. Raises Forbidden."""
        scope.require_area("")
        scope.require("import_indices")
        now = self._now()
        with writing(self._engine) as connection:
            counts = kept.bring(connection, rows, now, scope.user)
            if counts["new"] or counts["changed"]:
                note(connection, scope.user, "indices.import", dict(counts), now)
                bump(connection, now)
        return counts
