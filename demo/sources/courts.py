"""Courts: rows of /api/v2/cases, kept in courts.sqlite3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from demo.codes import CAUSES
from demo.papers import WITHDRAWN, Paper
from demo.people import Person
from demo.sources import common
from demo.timeline import NEVER

FILE = "courts.sqlite3"
COLUMNS = ("ajbs", "ah", "aymc", "larq", "cxlx", "fydm", "fymc", "jafs", "jarq", "bdje", "dz", "jj", "dsr", "wtdw", "zt", "gxsj")
SCHEMA = f"""
CREATE TABLE cases (id INTEGER PRIMARY KEY, {", ".join(f"{c} TEXT" for c in COLUMNS)});
CREATE INDEX cases_changed ON cases (gxsj, ah, id);
CREATE INDEX cases_key ON cases (ajbs);
"""
INSERT = f"INSERT INTO cases ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
UPDATE = f"UPDATE cases SET {', '.join(f'{c}=?' for c in COLUMNS)} WHERE ajbs=?"

_END = {("F", "withdrawn"): "03", ("F", "unresolved"): "07", ("K", "resolved"): "05", ("K", "unresolved"): "06",
        ("K", "withdrawn"): "03", ("Q", "resolved"): "04", ("Q", "unresolved"): "07"}  # fmt: skip


def _party(role: str, who: Person) -> dict[str, str]:
    return {"sf": role, "xm": who.name, "zjhm": who.idno, "lxdh": who.phone}


def _ended(p: Paper) -> str | None:
    """结案方式; half of the filings that end well end by a judgment."""
    if p.close == NEVER:
        return None
    return _END.get((p.kind, p.outcome)) or ("01" if p.seed % 100 < 46 else "02")


def _procedure(p: Paper) -> str:
    if p.kind != "F":
        return "1" if p.kind == "K" else "2"
    return ("3", "4", "4", "4", "5")[p.seed // 13 % 5]


def _body(p: Paper) -> str | None:
    """受委托的调解组织."""
    if p.kind != "K":
        return None
    if "C" in p.stream:
        return f"{p.county_name}矛盾纠纷多元化解中心"
    return f"{p.county_name}{('人民调解委员会', '行业调解组织', '特邀调解员工作室')[p.seed // 17 % 3]}"


def row(p: Paper) -> tuple[Any, ...]:
    """One row in the order of COLUMNS."""
    roles = ("原告", "被告") if p.kind == "F" else ("申请人", "被申请人")
    names = f"{roles[0]}{p.first.name}与{roles[1]}{p.other.name}"
    causes = CAUSES[p.category]
    court = "09" + p.county[4:]
    return (
        p.key, p.number, causes[p.seed // 5 % len(causes)], common.day(p.acc), _procedure(p), court, f"{p.county_name}人民法院",
        _ended(p), common.day(p.close), f"{p.amount:.2f}" if p.amount > 0 else None, p.address,
        f"{names}，{p.title}。{p.ask}。{p.quote}{'已进入诉讼。' if p.kind == 'F' else '双方同意调解。'}",
        json.dumps([_party(roles[0], p.first), _party(roles[1], p.other)], ensure_ascii=False, separators=(",", ":")),
        _body(p), "9" if p.fate == WITHDRAWN else "1" if p.close != NEVER else "0", common.clock(p.touched),
    )  # fmt: skip


def spoil(values: tuple[Any, ...], bad: str) -> tuple[Any, ...]:
    """The row with one thing wrong."""
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"ajbs": None}, "bad_date": {"larq": "2026-02-30"}, "future": {"larq": "2099-01-01"},
        "ancient": {"larq": "1900-01-01"}, "unknown_code": {"cxlx": "8"}, "letters": {"bdje": "三万八千余"},
    }  # fmt: skip
    return tuple((found | changes[bad]).values())


def write(folder: Path, rows: list[tuple[Any, ...]]) -> None:
    """The store behind the courts' service."""
    common.create(folder / FILE, SCHEMA, INSERT, rows)
