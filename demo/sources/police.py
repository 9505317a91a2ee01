"""Police: the view v_jq_110 in police.sqlite3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.codes import CALL_KINDS
from demo.papers import CONTEXT, WITHDRAWN, Paper
from demo.sources import common
from demo.timeline import NEVER

FILE = "police.sqlite3"
VIEW = "v_jq_110"
COLUMNS = ("JJBH", "JJSJ", "BJLB", "BJXL", "SFDZ", "JD", "WD", "XZQH", "GXDW", "CJJG", "CJSJ", "BJRXM", "BJDH", "BJNR", "GXSJ", "SC")
SCHEMA = f"""
CREATE TABLE jq (id INTEGER PRIMARY KEY, {", ".join(f"{c} TEXT" for c in COLUMNS)});
CREATE INDEX jq_changed ON jq (GXSJ, JJBH);
CREATE INDEX jq_key ON jq (JJBH);
CREATE VIEW {VIEW} AS SELECT {", ".join(COLUMNS)} FROM jq;
"""
INSERT = f"INSERT INTO jq ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
UPDATE = f"UPDATE jq SET {', '.join(f'{c}=?' for c in COLUMNS)} WHERE JJBH=?"

_DONE = {"resolved": "1", "unresolved": "4", "withdrawn": "4"}
# Calls that are no disputes: kind, share, and what is said.
CONTEXT_CALLS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("20", 34, ("两车刮擦，无人受伤，请交警到场", "电动车倒地，一人擦伤", "路口追尾造成拥堵", "货车占道停放")),
    ("50", 30, ("老人走失，请求帮助寻找", "忘带钥匙被锁门外", "手机遗失在出租车上", "独居老人联系不上，请上门查看")),
    ("10", 12, ("电动车被盗", "接到冒充客服电话，转账被骗", "店铺夜间被撬", "路边有人打架")),
    ("60", 8, ("咨询户口办理", "反映路灯不亮", "举报燃放烟花")),
    ("40", 3, ("田埂杂草起火", "厨房冒烟已自行扑灭")),
    ("70", 5, ("同一事项再次来电", "多人就同一事故报警")),
    ("80", 8, ("误拨", "无声电话", "骚扰电话")),
)
CONTEXT_CHOICES: tuple[tuple[str, str], ...] = tuple(
    (kind, said[i % len(said)]) for kind, share, said in CONTEXT_CALLS for i in range(share)
)


def _result(p: Paper) -> str | None:
    """处警结果; handed over is to the centre when the centre has it, else to the station."""
    if p.close == NEVER:
        return None
    return _DONE.get(p.outcome) or ("2" if "C" in p.stream else "3")


def _answered(p: Paper) -> str | None:
    """处警时间: the same day within the hour, or at the office the day it ended."""
    if p.close == NEVER:
        return None
    same = p.close == p.made // 86_400
    return common.compact_clock(min(p.made + 900 + p.seed % 2400, p.close * 86_400 + 86_399) if same else p.close * 86_400 + 33_000 + p.seed % 20_000)


def _coordinates(p: Paper) -> tuple[str, str]:
    """GCJ-02 text (the paper's position is GCJ-02 here); now and then zero, empty or swapped, as call centres have it."""
    if p.lon != p.lon or not p.town:
        return ("0", "0") if p.seed % 2 else ("", "")
    if p.seed % 211 == 0:
        return f"{p.lat:.6f}", f"{p.lon:.6f}"
    if p.seed % 29 == 0:
        return ("0", "0") if p.seed % 58 else ("", "")
    return f"{p.lon:.6f}", f"{p.lat:.6f}"


def row(p: Paper) -> tuple[Any, ...]:
    """One row in the order of COLUMNS."""
    kind, said = ("30", f"{p.title}。报警人称双方争执，请民警到场处理。{p.quote}已登记。")
    if p.fate == CONTEXT:
        kind, said = CONTEXT_CHOICES[p.seed % len(CONTEXT_CHOICES)]
    lon, lat = _coordinates(p)
    return (
        p.key, common.compact_clock(p.made), kind, CALL_KINDS.get(p.category, "3099") if kind == "30" else "", p.address, lon, lat,
        p.county, f"{p.town_name or p.county_name or '指挥中心'}{'派出所' if p.town_name else ''}", _result(p), _answered(p),
        p.first.name, p.first.phone, said, common.compact_clock(max(p.touched, p.made + 3600)), "1" if p.fate == WITHDRAWN else "0",
    )  # fmt: skip


def spoil(values: tuple[Any, ...], bad: str) -> tuple[Any, ...]:
    """The row with one thing wrong."""
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"JJBH": ""}, "bad_date": {"JJSJ": "20260230101010"}, "future": {"JJSJ": "20990101080000"},
        "ancient": {"JJSJ": "19000101000000"}, "unknown_code": {"BJLB": "95"},
    }  # fmt: skip
    return tuple((found | changes[bad]).values())


def write(folder: Path, rows: list[tuple[Any, ...]]) -> None:
    """The police's database with its view."""
    common.create(folder / FILE, SCHEMA, INSERT, rows)
