"""A directory of centres from a small table: csv (UTF-8 or GB18030) or a workbook, by its column names in either language."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from services.areas import Areas

# Field → names of its column.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "area": ("地区", "地区代码", "区划代码", "area"), "name": ("名称", "中心名称", "name"), "state": ("状态", "state"),
    "since": ("运行日期", "启用日期", "since"), "planned_for": ("计划日期", "计划运行", "planned_for"), "platforms": ("合并平台", "平台", "platforms"),
    "resident": ("常驻", "常驻部门", "resident"), "on_call": ("随驻", "随驻部门", "on_call"), "on_call_promise": ("随驻承诺", "on_call_promise"),
    "third_parties": ("第三方", "第三方力量", "third_parties"), "rooms": ("调解室", "功能室", "rooms"),
    **{f"d{n}": (f"周{zh}", f"星期{zh}", f"d{n}") for n, zh in enumerate("一二三四五六日", 1)},
}  # fmt: skip
_STATES = {"运行": "running", "运行中": "running", "running": "running", "筹建": "planned", "筹建中": "planned", "在建": "planned", "planned": "planned"}


class BadTable(ValueError):
    """The table cannot be taken over; the message says which row and column, and what would do."""


def read(path: Path, areas: Areas) -> list[dict[str, Any]]:
    """Rows as services.centres.bring takes them; an area by its code, or by a name that only one has (county first). Raises BadTable."""
    heads, *lines = cells(path) or [[]]
    fields = {i: field for i, head in enumerate(heads) for field, names in _COLUMNS.items() if str(head).strip() in names}
    unknown = [str(h) for i, h in enumerate(heads) if i not in fields and str(h).strip()]
    if unknown or "area" not in fields.values():
        raise BadTable(f"columns {', '.join(unknown) or 'without 地区'}: known are {', '.join(names[0] for names in _COLUMNS.values())}")
    by_name = areas_by_name(areas)
    return [_row({fields[i]: v for i, v in enumerate(line) if i in fields}, n, by_name) for n, line in enumerate(lines, 2) if any(map(text_of, line))]


def cells(path: Path) -> list[list[Any]]:
    """Rows of a csv or of the first sheet of a workbook. Raises BadTable for what cannot be read."""
    if path.suffix.lower() != ".csv":
        try:
            return [list(row) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()]
        except CalamineError as error:
            raise BadTable(f"{path.name} is neither a csv nor a workbook: {error}") from None
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(raw.decode(encoding))))
        except UnicodeDecodeError:
            continue
    raise BadTable(f"{path.name} is neither UTF-8 nor GB18030")


def areas_by_name(areas: Areas) -> dict[str, list[str]]:
    """Codes by name and by code; a name that several areas have leads to all of them."""
    found: dict[str, list[str]] = {}
    for upper in (areas.city, *areas.counties()):
        found.setdefault(upper.name, []).append(upper.code)
        for town in areas.children(upper.code) if upper.level == "county" else ():
            found.setdefault(town.name, []).append(town.code)
            found.setdefault(f"{upper.name}{town.name}", []).append(town.code)
    return found | {code: [code] for codes in list(found.values()) for code in codes}


def _row(given: Mapping[str, Any], number: int, by_name: Mapping[str, list[str]]) -> dict[str, Any]:
    row: dict[str, Any] = {field: text_of(value) for field, value in given.items() if text_of(value)}
    codes = by_name.get(row.get("area", "").replace(" ", ""), [])
    if len(codes) != 1:
        raise BadTable(f"row {number}, 地区 {row.get('area', '')!r}: {'several areas have this name, write the code' if codes else 'no such area'}")
    if "state" in row and row["state"] not in _STATES:
        raise BadTable(f"row {number}, 状态 {row['state']!r}: 运行 or 筹建")
    return row | {"area": codes[0]} | ({"state": _STATES[row["state"]]} if "state" in row else {})


def text_of(value: Any) -> str:
    """A cell as text: days as 2026-09-30, whole numbers without a point."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
