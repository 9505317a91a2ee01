"""Online mediation: applications, sessions, terminals and requests for judicial confirmation of /v3/events, kept in online.sqlite3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.papers import WITHDRAWN, Paper
from demo.people import Person
from demo.sources import common, documents
from demo.timeline import NEVER
from demo.words import ONLINE_TYPES
from matters.numbers import find

FILE = "online.sqlite3"
INSERT, UPDATE = documents.INSERT, documents.UPDATE
_SORTS = {"O": "APPLY", "U": "CONFIRM", "V": "SESSION", "W": "TERMINAL"}
_ENDS = {"resolved": "SUCCESS", "unresolved": "FAIL", "withdrawn": "CANCEL", "transferred": "TURN"}
_WAYS = ("小程序", "电脑端", "调解终端", "电话")


def _person(role: str, who: Person) -> dict[str, str]:
    return {"roleType": role, "fullName": who.name, "certNo": who.idno, "tel": who.phone}


def _body(p: Paper) -> dict[str, Any]:
    """What only that sort of event has."""
    if p.kind == "V":
        return {"session": {"room": f"第{1 + p.seed % 6}调解室", "minutes": 20 + p.seed % 90, "mode": "视频"}}
    if p.kind == "W":
        return {"terminal": {"model": "ODR-2", "online": p.seed % 9 > 0, "place": p.address}}
    cases = [n for n in find(p.quote) if n.startswith("(")]
    return {"apply": {"caseType": ONLINE_TYPES[p.category], "content": f"{p.first.name}申请：{p.title}，{p.ask}。{p.quote}", "way": _WAYS[p.seed % 4],
                      "people": p.people, "claim": f"{p.amount / 10_000:.4f}万元" if p.amount > 0 else "",
                      "confirmNo": cases[0] if cases and p.kind == "U" else ""}}  # fmt: skip


def item(p: Paper) -> dict[str, Any]:
    """One event."""
    known = p.lon == p.lon and bool(p.town_name)
    about = {"V": "视频调解场次", "W": f"{p.town_name or p.county_name}调解终端"}.get(p.kind, p.title)
    return {
        "bizNo": p.key, "bizType": _SORTS[p.kind], "subject": about, "org": {"county": p.county_name, "town": p.town_name},
        "gps": {"x": f"{p.lon:.6f}", "y": f"{p.lat:.6f}"} if known else None, "submitTime": common.compact_clock(p.made),
        "acceptDate": common.compact_day(p.acc) if p.acc != NEVER else "", "endDate": common.compact_day(p.close) if p.close != NEVER else "",
        "result": _ENDS[p.outcome] if p.close != NEVER else "", "score": "" if p.rated < 0 else ("不满意", "满意")[p.rated],
        "mediator": f"{p.county_name}在线调解中心", "apply": None, "session": None, "terminal": None,
        "persons": [] if p.kind == "W" else [_person("A", p.first), _person("B", p.other)],
        "updated": common.compact_clock(p.touched), "void": 1 if p.fate == WITHDRAWN else 0,
    } | _body(p)  # fmt: skip


def row(p: Paper) -> documents.Row:
    """One stored row."""
    found = item(p)
    return documents.packed(p.key, found["updated"], found)


def spoil(values: documents.Row, bad: str) -> documents.Row:
    """The row with one thing wrong."""
    found = documents.unpacked(values)
    if bad in ("unknown_code", "letters"):
        found["apply"] |= {"unknown_code": {"caseType": "ZZZZ"}, "letters": {"people": "十来人"}}[bad]
    else:
        found |= {"missing_key": {"bizNo": ""}, "bad_date": {"submitTime": "20260230101010"}, "future": {"submitTime": "20990101080000"},
                  "ancient": {"submitTime": "19000101000000"}}[bad]  # fmt: skip
    return documents.packed(found["bizNo"], values[1], found)


def write(folder: Path, rows: list[documents.Row]) -> None:
    """The store behind the platform's service."""
    documents.write(folder / FILE, rows)
