"""The analysis meetings: which days they speak of, what they are called, what stands on the agenda. Pure."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import NamedTuple

from matters.periods import Window, preset


class Kind(NamedTuple):
    """A kind of meeting with its names."""

    key: str
    zh: str
    en: str


KINDS: dict[str, Kind] = {
    k.key: k
    for k in (
        Kind("week", "周分析会", "Weekly analysis"), Kind("month", "月工作例会", "Monthly meeting"),
        Kind("quarter", "季度点评会", "Quarterly review"), Kind("year", "今年以来工作会", "Year to date"),
    )
}  # fmt: skip

# What is spoken of, in the order in which it is spoken of. The rules leave out what has nothing to show; people reorder and hide.
AGENDA: dict[str, tuple[str, str]] = {
    "overall": ("总体情况", "Overall"), "channels": ("受理渠道", "Channels"), "categories": ("纠纷类型", "Categories"),
    "counties": ("县（市、区）情况", "Counties"), "towns": ("乡镇（街道）情况", "Townships"), "departments": ("首报机构", "Departments"),
    "signals": ("预警信号", "Signals"), "letters": ("提示函及回复", "Letters and replies"),
    "listings": ("挂牌整治及成效", "Targeted remediation"), "overdue": ("超期与督办", "Overdue and supervision"),
    "decisions": ("上次决定", "Earlier decisions"),
}  # fmt: skip

MEETINGS = {"week": "分析会", "month": "工作例会", "quarter": "点评会", "year": "工作会"}  # the last word of a title
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")
STATES = ("open", "done", "dropped")  # of a decision


class WrongMeeting(ValueError):
    """A meeting or decision cannot be written so; the message names the field."""


def window_of(kind: str, day: date) -> Window:
    """The last whole period before a day; `year`: from 1 January to the end of the last whole month. WrongMeeting for another kind."""
    if kind == "year":
        end = day.replace(day=1) - timedelta(days=1)
        return Window(end.replace(month=1, day=1), end)
    if kind not in KINDS:
        raise WrongMeeting("kind")
    end = preset(kind, day).start - timedelta(days=1)
    return Window(preset(kind, end).start, end)


def so_far(window: Window) -> Window:
    """From 1 January of the window's last year to its end."""
    return Window(window.end.replace(month=1, day=1), window.end)


def whole(kind: str, window: Window) -> bool:
    """Whether a window is one whole week, month or quarter; days of one's own choice are none, and may not be called by its name."""
    return kind != "year" and window == window_of(kind, window.end + timedelta(days=1))


def title(kind: str, window: Window) -> str:
    """What a meeting is called: by its week, month or quarter, and by its days where somebody chose others."""
    end = window.end
    if kind == "week" and whole(kind, window):
        year, week, _ = end.isocalendar()
        return f"{year}年第{week}周{MEETINGS[kind]}"
    if kind == "quarter" and whole(kind, window):
        return f"{end.year}年{NUMERALS[(end.month - 1) // 3]}季度{MEETINGS[kind]}"
    return f"{dated(window)}{MEETINGS[kind]}"


def months(window: Window) -> str:
    """1月, 1至9月: a window of whole months in words; other windows by their days."""
    start, end = window.start, window.end
    whole = start.day == 1 and (end + timedelta(days=1)).day == 1 and start.year == end.year
    if whole:
        return f"{end.month}月" if start.month == end.month else f"{start.month}至{end.month}月"
    last = f"{end.month}月{end.day}日"
    return f"{start.month}月{start.day}日至{last if start.year == end.year else f'{end.year}年{last}'}"


def dated(window: Window) -> str:
    """2026年9月; 2025年12月29日至2026年1月4日: with the year in which it starts."""
    return f"{window.start.year}年{months(window)}"


def period(kind: str, window: Window) -> str:
    """How a sentence names the window: 9月, 第39周, 三季度, 1至9月; days of one's own choice by themselves."""
    if kind == "week" and whole(kind, window):
        return f"第{window.end.isocalendar().week}周"
    if kind == "quarter" and whole(kind, window):
        return f"{NUMERALS[(window.end.month - 1) // 3]}季度"
    return months(window)


def digest(body: str) -> str:
    """SHA-256 of a frozen body as text; people read its first and last four digits."""
    return hashlib.sha256(body.encode()).hexdigest()


def short(digest: str) -> str:
    """7c1e·94ab."""
    return f"{digest[:4]}·{digest[-4:]}"
