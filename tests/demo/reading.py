"""The sources read row by row from their published shapes, and counted one by one: nothing of the demo's own code."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pandas as pd
from python_calamine import CalamineWorkbook

from matters.numbers import find, normal
from tests.demo.reading_more import More
from tests.demo.row import COUNTIES, Row, county_in, day_of, pick, table_rows

RANK = {"centre": 10, "courts": 20, "justice": 22, "procuratorate": 25, "petitions": 30, "online": 35, "health": 40, "education": 42,
        "market": 44, "emergency": 46, "police": 50, "fire": 60, "hotline": 70, "cyberspace": 80}  # fmt: skip
LIMITS = {"centre": 30, "petitions": 60, "police": 30, "fire": 30, "pretrial": 30, "confirmation": 30, "filing": 180,
          "justice": 30, "procuratorate": 90, "online": 30, "education": 60, "market": 60, "emergency": 60, "cyberspace": 30}  # fmt: skip


@dataclass
class Source:
    """All rows of a feed as they stand there, the last word of each key, and how many rows could not be read."""

    rows: int = 0
    last: dict[str, Row] = field(default_factory=dict)
    bad: int = 0


def _epoch(value: int | None) -> date | None:
    return None if value is None else day_of((datetime(1970, 1, 1) + timedelta(milliseconds=value, hours=8)).date().isoformat())


class Reader(More):
    """Reads one city's folder; `towns` are the names of the townships of each county."""

    def __init__(self, folder: Path, areas: pd.DataFrame) -> None:
        self.folder = folder
        self.towns: dict[str, list[str]] = defaultdict(list)
        self.codes: dict[str, str] = {}
        for code, level, parent, name in areas[["code", "level", "parent", "name"]].itertuples(index=False):
            if level == "township":
                self.towns[parent].append(name)
                self.codes[code] = name

    def all(self) -> dict[str, Source]:
        """Every feed."""
        return {feed: self._source(feed) for feed in RANK}

    def _source(self, feed: str) -> Source:
        source = Source()
        for raw in getattr(self, f"_{feed}")():
            source.rows += 1
            try:
                row = getattr(self, f"_{feed}_row")(raw)
                if not row.key:
                    raise ValueError("no key")
            except (ValueError, KeyError, TypeError, IndexError):
                source.bad += 1
                continue
            before = source.last.get(row.key)
            if before is None or row.revised >= before.revised:
                source.last[row.key] = row
        return source

    def town_in(self, county: str, text: str) -> str:
        """The township named in a text, the longest name that fits."""
        found = [name for name in self.towns.get(county, []) if name in text]
        return max(found, key=len) if found else ""

    def _sql(self, name: str, query: str) -> Iterator[dict[str, Any]]:
        return table_rows(self.folder / name, query)

    def _courts(self) -> Iterator[dict[str, Any]]:
        return self._sql("courts.sqlite3", "SELECT * FROM cases")

    def _courts_row(self, r: dict[str, Any]) -> Row:
        kind = {"1": "pretrial", "2": "confirmation", "3": "filing", "4": "filing", "5": "filing"}[r["cxlx"]]
        outcome = pick(r["jafs"], {"01": "resolved", "02": "resolved", "03": "withdrawn", "04": "resolved", "05": "resolved",
                                    "06": "unresolved", "07": "unresolved"})  # fmt: skip
        filed = day_of(r["larq"])
        assert filed is not None
        if r["bdje"] is not None:
            float(r["bdje"])
        county = "36" + r["fydm"]
        return Row("courts", r["ajbs"], normal(r["ah"]), county, self.town_in(county, r["dz"]), kind, filed, filed, filed, day_of(r["jarq"]),
                   outcome, None, find(r["jj"]), r["gxsj"], withdrawn=r["zt"] == "9")  # fmt: skip

    def _police(self) -> Iterator[dict[str, Any]]:
        return self._sql("police.sqlite3", "SELECT * FROM v_jq_110")

    def _police_row(self, r: dict[str, Any]) -> Row:
        if r["BJLB"] not in ("10", "20", "30", "40", "50", "60", "70", "80"):
            raise ValueError(r["BJLB"])
        called = day_of(r["JJSJ"], "%Y%m%d%H%M%S")
        assert called is not None
        done = day_of(r["CJSJ"], "%Y%m%d%H%M%S")
        outcome = pick(r["CJJG"], {"1": "resolved", "2": "transferred", "3": "transferred", "4": "unresolved"})
        return Row("police", r["JJBH"], r["JJBH"], r["XZQH"], self.town_in(r["XZQH"], r["SFDZ"]), "police", called, called, done,
                   done if outcome else None, outcome, None, find(r["BJNR"]), r["GXSJ"], context=r["BJLB"] != "30",
                   withdrawn=r["SC"] == "1")  # fmt: skip

    def _centre(self) -> Iterator[dict[str, Any]]:
        return self._sql("centre.sqlite3", "SELECT * FROM v_mt_sl")

    def _centre_row(self, r: dict[str, Any]) -> Row:
        if r["LX"] not in {str(n) for n in range(1, 21)}:
            raise ValueError(r["LX"])
        int(r["RS"])
        opened = day_of(r["DJSJ"], "%Y-%m-%d %H:%M:%S")
        assert opened is not None
        outcome = pick(r["BJJG"], {"化解": "resolved", "未化解": "unresolved", "撤回": "withdrawn", "转诉讼": "transferred"})
        return Row("centre", r["SLBH"], r["SLBH"], r["XZDM"][:6], self.codes.get(r["XZDM"][:9], ""), "centre", opened, day_of(r["SLRQ"]),
                   day_of(r["FLRQ"]), day_of(r["BJRQ"]), outcome, None if r["HF"] is None else bool(r["HF"]), find(r["SY"] + "；" + r["NR"]),
                   r["GXSJ"], withdrawn=r["ZF"] == "1", escalated=r["TJ"] == "1")  # fmt: skip

    def _health(self) -> Iterator[dict[str, Any]]:
        return (json.loads(r["body"]) for r in self._sql("health.sqlite3", "SELECT body FROM disputes"))

    def _health_row(self, r: dict[str, Any]) -> Row:
        dispute = r["dispute"]
        state = dispute["mediation"]["state"]
        outcome = {"WAITING": "", "MEDIATING": "", "SUCCESS": "resolved", "FAILED": "unresolved", "LITIGATION": "transferred"}[state]
        if dispute["claim"]:
            float(dispute["claim"]["value"])
        opened, accepted = _epoch(dispute["registeredAt"]), _epoch(dispute["acceptedAt"])
        assert opened is not None
        county = COUNTIES.get(r["facility"]["region"]["county"], "")
        return Row("health", r["caseNo"], r["caseNo"], county, r["facility"]["region"]["street"], "health", opened, accepted, accepted,
                   _epoch(dispute["mediation"]["closedAt"]), outcome, {"GOOD": True, "BAD": False}.get(r["feedback"]), find(r["summary"]),
                   r["modified"], withdrawn=r["deleted"])  # fmt: skip

    def _petitions(self) -> Iterator[dict[str, Any]]:
        for path in sorted((self.folder / "petitions").glob("*.xlsx")):
            sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("台账").to_python(skip_empty_area=False)
            yield from (dict(zip(sheet[1], values, strict=True)) for values in sheet[2:])

    def _petitions_row(self, r: dict[str, Any]) -> Row:
        def when(value: Any) -> date | None:
            return value if isinstance(value, date) and not isinstance(value, datetime) else day_of(value)

        if isinstance(r["身份证号"], float) or r["内容分类"] == "对台事务":
            raise ValueError(r["身份证号"])
        int(r["人数"].removesuffix("人"))
        outcome = pick(r["办理结果"], {"已化解": "resolved", "未化解": "unresolved", "转办": "transferred", "不予受理": "transferred"})
        opened, accepted, county = when(r["登记日期"]), when(r["受理日期"]), county_in(r["问题属地"])
        assert opened is not None
        happy = {"满意": True, "基本满意": True, "不满意": False}.get(r["满意评价"])
        return Row("petitions", r["信访件编号"], r["信访件编号"], county, self.town_in(county, r["问题属地"]), "petitions", opened, accepted,
                   accepted, when(r["办结日期"]), outcome, happy, find(r["诉求概述"]))  # fmt: skip

    def _fire(self) -> Iterator[list[str]]:
        for path in sorted((self.folder / "fire").glob("*.csv")):
            text = path.read_bytes().decode("gb18030").removeprefix("\ufeff")
            rows = list(csv.reader(text.splitlines()))
            yield from ([len(rows[0]), *row] for row in rows[1:])  # type: ignore[list-item]

    def _fire_row(self, raw: list[Any]) -> Row:
        columns, *values = raw
        if len(values) != columns:
            raise ValueError("columns")
        (_, key, what, called, county_name, town, _, _, _, _, _, lost, _, _, state, ended, _, _, dispute, note) = values
        if what not in ("火灾", "隐患"):
            raise ValueError(what)
        float(lost)
        opened = day_of(called, "%Y/%m/%d %H:%M")
        assert opened is not None
        done = day_of(ended, "%Y/%m/%d")
        return Row("fire", key, key, COUNTIES.get(county_name, ""), town, "fire", opened, opened, opened, done,
                   "resolved" if state == "已办结" else "", None, find(note), context=dispute == "否")  # fmt: skip


def _due(row: Row) -> date | None:
    if row.accepted is None:
        return None
    if row.due is not None:
        return row.due
    if row.feed != "health":
        return row.accepted + timedelta(days=LIMITS[row.kind])
    day, left = row.accepted, 30
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5 and day != date(2027, 1, 1)
    return day


@dataclass
class Case:
    """One dispute: the rows that quote each other."""

    rows: list[Row]

    def __post_init__(self) -> None:
        rows = self.rows
        taken = sorted((r for r in rows if r.accepted), key=lambda r: (r.accepted or date.min, r.feed, r.key))
        self.accepted = taken[0].accepted if taken else None
        self.opened = min(r.opened for r in rows)
        self.due = _due(taken[-1]) if taken else None
        self.open = any(r.closed is None for r in rows)
        self.handled = min((d for r in rows if (d := r.handled or r.closed)), default=None)
        in_order = sorted(rows, key=lambda r: (r.accepted or r.opened, r.feed, r.key))
        last = max(in_order, key=lambda r: (r.closed or date.min, r.accepted or date.min))
        self.outcome = "" if self.open else last.outcome
        self.closed = None if self.open else last.closed
        rated = sorted((r for r in rows if r.satisfied is not None), key=lambda r: (r.closed or date.min, -RANK[r.feed]))
        self.satisfied = rated[-1].satisfied if rated else None
        self.county = next((r.county for r in rows if r.county), "")
        self.centre = any(r.feed == "centre" for r in rows)


def join(sources: dict[str, Source]) -> list[Case]:
    """Disputes: rows joined by the numbers they quote."""
    rows = [r for s in sources.values() for r in s.last.values() if not r.context and not r.withdrawn]
    by_number = {r.number: i for i, r in enumerate(rows)}
    up = list(range(len(rows)))

    def top(i: int) -> int:
        while up[i] != i:
            up[i] = up[up[i]]
            i = up[i]
        return i

    for i, row in enumerate(rows):
        for number in row.refs:
            if number in by_number:
                up[top(i)] = top(by_number[number])
    groups: dict[int, list[Row]] = defaultdict(list)
    for i, row in enumerate(rows):
        groups[top(i)].append(row)
    return [Case(g) for g in groups.values()]


def count(cases: list[Case], today: date) -> dict[str, int]:
    """The measures of some disputes."""
    closed = [c for c in cases if not c.open]
    return {
        "accepted": len(cases), "records": sum(len(c.rows) for c in cases), "closed": len(closed),
        "resolved": sum(c.outcome == "resolved" for c in closed), "open": len(cases) - len(closed),
        "on_time": sum(c.due is not None and c.closed is not None and c.closed <= c.due for c in closed),
        "past_limit": sum(c.open and c.due is not None and c.due < today for c in cases),
        "rated": sum(c.satisfied is not None for c in cases), "satisfied": sum(c.satisfied is True for c in cases),
        "escalated": sum(any(r.escalated for r in c.rows) for c in cases),
        "litigated": sum(any(r.kind == "filing" for r in c.rows) for c in cases),
    }  # fmt: skip


def filings(cases: list[Case], first: date, last: date) -> dict[str, int]:
    """First-instance filings in some days by the county of their dispute."""
    found: dict[str, int] = defaultdict(int)
    for case in cases:
        for row in case.rows:
            if row.kind == "filing" and re.search("民初", row.number) and first <= row.opened <= last:
                found[case.county] += 1
                found["city"] += 1
    return dict(found)
