"""The centre's own system: the view v_mt_sl in centre.sqlite3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.codes import centre_kind
from demo.papers import WITHDRAWN, Paper
from demo.sources import common
from demo.timeline import NEVER

FILE = "centre.sqlite3"
VIEW = "v_mt_sl"
COLUMNS = ("SLBH", "QD", "DJSJ", "SLRQ", "FLRQ", "ZBDW", "JD_DM", "TJ", "BJRQ", "BJJG", "HF", "RS", "JE", "LX", "SY", "NR", "XZDM", "DZ",
           "SQR", "SQRSFZ", "SQRDH", "BSQR", "BSQRSFZ", "BSQRDH", "GXSJ", "ZF")  # fmt: skip
_NUMBERS = {"QD": "INTEGER", "HF": "INTEGER", "RS": "INTEGER", "JE": "REAL"}
SCHEMA = f"""
CREATE TABLE sl (id INTEGER PRIMARY KEY, {", ".join(f"{c} {_NUMBERS.get(c, 'TEXT')}" for c in COLUMNS)});
CREATE INDEX sl_changed ON sl (GXSJ, SLBH);
CREATE INDEX sl_key ON sl (SLBH);
CREATE VIEW {VIEW} AS SELECT {", ".join(COLUMNS)} FROM sl;
"""
INSERT = f"INSERT INTO sl ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
UPDATE = f"UPDATE sl SET {', '.join(f'{c}=?' for c in COLUMNS)} WHERE SLBH=?"

_ENDS = {"resolved": "化解", "unresolved": "未化解", "withdrawn": "撤回", "transferred": "转诉讼"}


def _channel(p: Paper) -> int:
    """1 visit, 2 reported, 3 entrusted by a court, 4 assigned by a leader."""
    if p.stream.startswith("K"):
        return 3
    spot = p.seed // 19 % 100
    if p.stream[0] in "PHI":
        return 2 if spot < 55 else 1
    return 1 if spot < 58 else 2 if spot < 91 else 3 if spot < 95 else 4


def _stage(p: Paper) -> str:
    if p.close != NEVER:
        return "90"
    if p.acc == NEVER:
        return "10"
    if p.hand == NEVER:
        return "20"
    if p.escalated:
        return "50"
    return "30" if p.touched // 86_400 == p.hand and p.seed % 3 == 0 else "40"


def row(p: Paper) -> tuple[Any, ...]:
    """One row in the order of COLUMNS."""
    said = f"{p.first.name}反映，与{p.other.name}因{p.title}产生纠纷，{p.ask}。{p.quote}已登记。"
    if p.seed % 37 == 0:
        said += f"联系电话{p.first.phone}。"
    return (
        p.key, _channel(p), common.clock(p.made), common.day(p.acc), common.day(p.hand), p.owner, _stage(p), "1" if p.escalated else "0",
        common.day(p.close), _ENDS[p.outcome] if p.close != NEVER else None, None if p.rated < 0 else p.rated, p.people,
        round(p.amount, 2) if p.amount > 0 else None, centre_kind(p.category), p.title, said, p.village or p.town or p.county, p.address,
        p.first.name, p.first.idno, p.first.phone, p.other.name, p.other.idno, p.other.phone, common.clock(p.touched),
        "1" if p.fate == WITHDRAWN else "0",
    )  # fmt: skip


def spoil(values: tuple[Any, ...], bad: str) -> tuple[Any, ...]:
    """The row with one thing wrong."""
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"SLBH": ""}, "bad_date": {"DJSJ": "2026-02-30 09:00:00"}, "future": {"SLRQ": "2099-01-01"},
        "ancient": {"SLRQ": "1900-01-01"}, "unknown_code": {"LX": "27"}, "letters": {"RS": "十来人"},
    }  # fmt: skip
    return tuple((found | changes[bad]).values())


def write(folder: Path, rows: list[tuple[Any, ...]]) -> None:
    """The centre's database with its view."""
    common.create(folder / FILE, SCHEMA, INSERT, rows)
