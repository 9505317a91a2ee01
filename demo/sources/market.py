"""Market supervision: consumer complaints (12315) of /api/complaints, kept in market.sqlite3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.papers import WITHDRAWN, Paper
from demo.sources import common, documents
from demo.timeline import NEVER
from demo.words import MARKET_CODES, MARKET_WORDS
from matters.numbers import find

FILE = "market.sqlite3"
INSERT, UPDATE = documents.INSERT, documents.UPDATE
_ENDS = {"resolved": "1", "unresolved": "2", "withdrawn": "3", "transferred": "5"}


def _seconds(day: int, seed: int) -> int | None:
    """Epoch seconds in office time of a day."""
    return None if day == NEVER else common.epoch_ms(day * 86_400 + 32_400 + seed % 28_000) // 1000


def item(p: Paper) -> dict[str, Any]:
    """One complaint; money is in fen."""
    codes = MARKET_CODES[p.category]
    code = codes[p.seed // 3 % len(codes)]
    known = p.lon == p.lon and bool(p.town)
    tickets = [n for n in find(p.quote) if n.startswith("GD")]
    return {
        "complaint_no": p.key, "business": "complaint", "problem_code": code, "problem": MARKET_WORDS[code], "subject": p.title,
        "detail": f"消费者{p.first.name}投诉{p.other.name}：{p.title}，{p.ask}。{p.quote}", "source": "12345转办" if tickets else "12315平台",
        "source_no": tickets[0] if tickets else "", "consumer": {"name": p.first.name, "id_card": p.first.idno, "mobile": p.first.phone},
        "merchant": {"name": p.other.name}, "complainants": p.people, "claim_fen": round(p.amount * 100) if p.amount > 0 else None,
        "region": p.town or p.county, "address": p.address, "location": {"lng": round(p.lon, 6), "lat": round(p.lat, 6)} if known else None,
        "handler": f"{p.county_name or '市'}市场监督管理局", "received_at": common.epoch_ms(p.made) // 1000, "accepted_at": _seconds(p.acc, p.seed),
        "ended_at": _seconds(p.close, p.seed), "result_code": _ENDS[p.outcome] if p.close != NEVER else "",
        "stars": 0 if p.rated < 0 else (1 + p.seed % 2 if p.rated == 0 else 4 + p.seed % 2),
        "changed_at": common.epoch_ms(p.touched) // 1000, "is_void": p.fate == WITHDRAWN,
    }  # fmt: skip


def row(p: Paper) -> documents.Row:
    """One stored row."""
    found = item(p)
    return documents.packed(p.key, found["changed_at"], found)


def spoil(values: documents.Row, bad: str) -> documents.Row:
    """The row with one thing wrong."""
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"complaint_no": None}, "future": {"received_at": 4_070_908_800}, "ancient": {"received_at": -2_208_988_800},
        "unknown_code": {"problem_code": "7777"}, "letters": {"complainants": "十来人"},
    }  # fmt: skip
    found = documents.unpacked(values) | changes[bad]
    return documents.packed(found["complaint_no"], values[1], found)


def write(folder: Path, rows: list[documents.Row]) -> None:
    """The store behind the service."""
    documents.write(folder / FILE, rows)
