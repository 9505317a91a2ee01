"""Procuratorate: the view v_jc_ms in procuratorate.sqlite3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.days import to_date
from demo.papers import WITHDRAWN, Paper
from demo.people import person
from demo.sources import common
from demo.timeline import NEVER
from demo.words import PROCURATORIAL_CODES

FILE = "procuratorate.sqlite3"
VIEW = "v_jc_ms"
COLUMNS = ("TYSAH", "BMSAH", "AJLB", "AYDM", "AJMC", "AQZY", "CBDW", "CBR", "DWBM", "FAD", "SQR", "SQRZJ", "SQRDH", "BSQR", "BSQRZJ", "SARS",
           "SARQ", "SLRQ", "BJRQ", "CLJG", "SFYX", "XGSJ")  # fmt: skip
SCHEMA = f"""
CREATE TABLE ms (id INTEGER PRIMARY KEY, {", ".join(f"{c} TEXT" for c in COLUMNS)});
CREATE INDEX ms_changed ON ms (XGSJ, TYSAH);
CREATE INDEX ms_key ON ms (TYSAH);
CREATE VIEW {VIEW} AS SELECT {", ".join(COLUMNS)} FROM ms;
"""
INSERT = f"INSERT INTO ms ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
UPDATE = f"UPDATE ms SET {', '.join(f'{c}=?' for c in COLUMNS)} WHERE TYSAH=?"
_ENDS = {"resolved": "1", "unresolved": "2", "withdrawn": "3", "transferred": "4"}


def _day(day: int) -> str | None:
    """2026/01/05, or None for a day that has not come."""
    return None if day == NEVER else to_date(day).strftime("%Y/%m/%d")


def row(p: Paper) -> tuple[Any, ...]:
    """One row in the order of COLUMNS."""
    helped = "F" in p.stream
    return (
        p.key, p.number, "10" if helped else ("20", "30", "40")[p.seed // 3 % 3], PROCURATORIAL_CODES[p.category], p.title,
        f"{p.first.name}申请检察机关{'支持起诉' if helped else '监督'}：{p.title}，{p.ask}。{p.quote}", f"{p.county_name}人民检察院",
        person(p.seed % 50).name, p.county, p.address, p.first.name, p.first.idno, p.first.phone, p.other.name, p.other.idno,
        str(p.people), _day(p.reg), _day(p.acc), _day(p.close), _ENDS[p.outcome] if p.close != NEVER else None,
        "N" if p.fate == WITHDRAWN else "Y", common.clock(p.touched).replace("-", "/"),
    )  # fmt: skip


def spoil(values: tuple[Any, ...], bad: str) -> tuple[Any, ...]:
    """The row with one thing wrong."""
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"TYSAH": None}, "bad_date": {"SARQ": "2026/02/30"}, "future": {"SARQ": "2099/01/01"},
        "ancient": {"SARQ": "1900/01/01"}, "unknown_code": {"AJLB": "77"}, "letters": {"SARS": "十来人"},
    }  # fmt: skip
    return tuple((found | changes[bad]).values())


def write(folder: Path, rows: list[tuple[Any, ...]]) -> None:
    """The procuratorate's database with its view."""
    common.create(folder / FILE, SCHEMA, INSERT, rows)
