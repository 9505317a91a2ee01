"""Health: items of /open/disputes, kept in health.sqlite3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from demo.papers import WITHDRAWN, Paper
from demo.people import Person
from demo.sources import common
from demo.timeline import NEVER

FILE = "health.sqlite3"
COLUMNS = ("case_no", "modified", "body")
SCHEMA = """
CREATE TABLE disputes (id INTEGER PRIMARY KEY, case_no TEXT, modified INTEGER, body TEXT);
CREATE INDEX disputes_changed ON disputes (modified, case_no, id);
CREATE INDEX disputes_key ON disputes (case_no);
"""
INSERT = "INSERT INTO disputes (case_no, modified, body) VALUES (?, ?, ?)"
UPDATE = "UPDATE disputes SET case_no=?, modified=?, body=? WHERE case_no=?"

_TYPES = ("DIAGNOSIS", "SURGERY", "SURGERY", "MEDICATION", "SERVICE", "FEE", "OTHER")


def _facility(p: Paper) -> dict[str, Any]:
    """A hospital of the county or the township's own; the position is the paper's, WGS-84."""
    big = p.seed % 10 < 6 or not p.town_name
    name = f"{p.county_name or '某'}{('人民医院', '中医院', '妇幼保健院')[p.seed // 10 % 3]}" if big else f"{p.town_name}卫生院"
    level = ("三级" if p.seed % 7 == 0 else "二级") if big else "一级"
    gps = None if p.lon != p.lon or not p.town_name else {"lng": round(p.lon, 6), "lat": round(p.lat, 6)}
    return {"name": name, "level": level, "region": {"county": p.county_name, "street": p.town_name}, "gps": gps}


def _moment(day: int, seed: int) -> int | None:
    """Epoch milliseconds in office time of a day."""
    return None if day == NEVER else common.epoch_ms(day * 86_400 + 32_400 + seed % 28_000)


def _state(p: Paper) -> str:
    if p.acc == NEVER:
        return "WAITING"
    if p.close == NEVER:
        return "MEDIATING"
    return {"resolved": "SUCCESS", "transferred": "LITIGATION"}.get(p.outcome, "FAILED")


def _person(role: str, who: Person) -> dict[str, str]:
    return {"role": role, "name": who.name, "idNo": who.idno, "mobile": who.phone}


def item(p: Paper) -> dict[str, Any]:
    """One item of the answer."""
    facility = _facility(p)
    claim = None if p.amount <= 0 else {"value": round(p.amount / 10_000, 2), "unit": "万元"}
    return {
        "caseNo": p.key, "facility": facility,
        "dispute": {
            "type": _TYPES[p.seed // 3 % len(_TYPES)], "registeredAt": common.epoch_ms(p.made), "acceptedAt": _moment(p.acc, p.seed),
            "claim": claim, "appraisal": p.seed % 9 == 0, "mediation": {"state": _state(p), "closedAt": _moment(p.close, p.seed)},
        },
        "persons": [_person("PATIENT", p.first), _person("HOSPITAL", Person(facility["name"], "", ""))],
        "headcount": p.people, "summary": f"患者{p.first.name}：{p.title}，{p.ask}。{p.quote}已约谈。",
        "feedback": "NONE" if p.rated < 0 else "GOOD" if p.rated else "BAD",
        "modified": common.epoch_ms(p.touched), "deleted": p.fate == WITHDRAWN,
    }  # fmt: skip


def row(p: Paper) -> tuple[Any, ...]:
    """One stored row in the order of COLUMNS."""
    found = item(p)
    return found["caseNo"], found["modified"], json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def spoil(values: tuple[Any, ...], bad: str) -> tuple[Any, ...]:
    """The row with one thing wrong."""
    found = json.loads(values[2])
    dispute = found["dispute"]
    if bad == "missing_key":
        found["caseNo"] = None
    elif bad == "unknown_code":
        dispute["mediation"]["state"] = "LOST"
    elif bad == "letters":
        dispute["claim"] = {"value": "十几万", "unit": "万元"}
    else:
        dispute["registeredAt"] = dispute["acceptedAt"] = {"future": 4_070_908_800_000, "ancient": -2_208_988_800_000}[bad]
    return found["caseNo"], values[1], json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def write(folder: Path, rows: list[tuple[Any, ...]]) -> None:
    """The store behind the health office's service."""
    common.create(folder / FILE, SCHEMA, INSERT, rows)
