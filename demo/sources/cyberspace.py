"""Cyberspace office: message board and public opinion items of /gateway/messages, kept in cyberspace.sqlite3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.papers import CONTEXT, WITHDRAWN, Paper
from demo.sources import common, documents
from demo.timeline import NEVER
from demo.words import NET_TOPICS

FILE = "cyberspace.sqlite3"
INSERT, UPDATE = documents.INSERT, documents.UPDATE
_PLATFORMS = ("问政留言板", "本地论坛", "短视频平台", "微博")
_ENDS = {"resolved": "已解决", "unresolved": "未解决", "withdrawn": "未解决", "transferred": "已转办"}
_TALK = ("夜市开到几点", "樱花拍照打卡", "高铁站公交接驳怎么走", "本地米粉哪家好吃", "停电通知转发", "中学运动会视频")


def _moment(seconds: int) -> str:
    """2026-01-05T10:11:12+08:00."""
    return common.clock(seconds).replace(" ", "T") + "+08:00"


def _day(day: int, seed: int) -> str | None:
    return None if day == NEVER else _moment(day * 86_400 + 32_400 + seed % 28_000)


def item(p: Paper) -> dict[str, Any]:
    """One message."""
    talk = p.fate == CONTEXT
    said = _TALK[p.seed % len(_TALK)] if talk else p.title
    return {
        "msgId": p.key, "platform": _PLATFORMS[p.seed % 4], "sort": "舆情" if p.seed % 4 else "留言", "topic": NET_TOPICS.get(p.category, "其他"),
        "title": said, "content": said if talk else f"网友{p.first.name}发帖：{p.title}，{p.ask}。{p.quote}", "isDispute": not talk,
        "author": {"name": p.first.name, "mobile": p.first.phone if p.seed % 3 else ""}, "participants": p.people, "heat": p.seed % 9000,
        "region": {"county": p.county_name, "street": p.town_name}, "address": p.address, "dept": p.owner, "publishedAt": _moment(p.made),
        "acceptedAt": _day(p.acc, p.seed), "repliedAt": _day(p.close, p.seed), "result": _ENDS[p.outcome] if p.close != NEVER else None,
        "updatedAt": _moment(p.touched), "removed": p.fate == WITHDRAWN,
    }  # fmt: skip


def row(p: Paper) -> documents.Row:
    """One stored row."""
    found = item(p)
    return documents.packed(p.key, found["updatedAt"], found)


def spoil(values: documents.Row, bad: str) -> documents.Row:
    """The row with one thing wrong."""
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"msgId": None}, "bad_date": {"publishedAt": "2026-02-30T10:00:00+08:00"},
        "future": {"publishedAt": "2099-01-01T08:00:00+08:00"}, "ancient": {"publishedAt": "1900-01-01T08:00:00+08:00"},
        "unknown_code": {"topic": "外星"}, "letters": {"participants": "上百人"},
    }  # fmt: skip
    found = documents.unpacked(values) | changes[bad]
    return documents.packed(found["msgId"], values[1], found)


def write(folder: Path, rows: list[documents.Row]) -> None:
    """The store behind the service."""
    documents.write(folder / FILE, rows)
