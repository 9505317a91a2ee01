"""Signals in words: kinds, states, the steps people take, and the sentence that each signal reads as. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matters.categories import CATEGORIES

KINDS: dict[str, tuple[str, str]] = {
    "emerging": ("苗头性", "Emerging"), "trending": ("逐月增长", "Growing"), "group": ("群体性", "Group"),
}  # fmt: skip
STATES: dict[str, tuple[str, str]] = {
    "open": ("尚未处置", "Not decided"), "noted": ("知悉", "Noted"), "letter": ("发提示函", "Letter"),
    "meeting": ("送会议", "To the meeting"), "dismissed": ("不予采纳", "Dismissed"),
}  # fmt: skip
USEFUL = ("noted", "letter", "meeting")  # decided on, and not dismissed


class Step(NamedTuple):
    """Something a person does with a signal: what it is called, the state it leads to ('' leaves it)."""

    zh: str
    en: str
    to: str


STEPS: dict[str, Step] = {
    "note": Step("知悉", "Note", "noted"), "letter": Step("发提示函", "Send a letter", "letter"), "meeting": Step("送会议", "To the meeting", "meeting"),
    "dismiss": Step("不予采纳", "Dismiss", "dismissed"), "snooze": Step("暂缓", "Snooze", ""), "undo": Step("撤销", "Undo", ""),
}  # fmt: skip


def usual(value: float) -> str:
    """An expected count: one decimal below ten, where rounding would hide how rare it is."""
    return "<0.1" if value < 0.05 else f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def _about(value: float) -> tuple[str, str]:
    """The same in a sentence."""
    return (f"约 {usual(value)}", f"about {usual(value)}") if value >= 0.05 else ("不足 0.1", "under 0.1")


def span(low: float, high: float) -> str:
    """An interval of counts."""
    return f"{low:.0f}–{high:.0f}"


def month_names(months: Sequence[str], lang: str) -> list[str]:
    """2026-01/02 is January and February together."""
    named = []
    for month in months:
        year_month, _, second = month.partition("/")
        first = str(int(year_month[5:7]))
        both = f"{first}–{int(second)}" if second else first
        named.append(f"{both}月" if lang == "zh" else f"{year_month[:5]}{both}")
    return named


def body(e: Mapping[str, Any], least: int = 0) -> tuple[str, str]:
    """What a signal says, without its place and category; Chinese and English. For a wall no count below `least` is said, nor one that gives
    such a count away."""
    count, (about_zh, about_en), interval = e["count"], _about(e["expected"]), span(e["low"], e["high"])
    if e["kind"] == "trending":
        counts, last_zh, last_en = e["counts"], month_names(e["months"][-1:], "zh")[0], month_names(e["months"][-1:], "en")[0]
        each = [f"<{least}" if n < least else str(n) for n in counts]
        listed = "、".join(each)
        zh = f"{len(counts)} 个月依次 {listed} 件，{last_zh}按往常{about_zh} 件（{interval}）"
        en = f"{', '.join(each)} in {len(counts)} months; usual for {last_en} {about_en} ({interval})"
    elif e["kind"] == "group":
        n, weeks = len(e["towns"]), e["weeks"]
        where_zh, where_en = (f"集中在相邻 {n} 个乡镇", f"in {n} neighbouring townships") if n > 1 else ("集中在一地", "in one place")
        zh = f"近 {weeks} 周 {count} 件，{where_zh}，按全市同期{about_zh} 件（{interval}）"
        en = f"{count} in {weeks} weeks {where_en}; {about_en} ({interval}) as the city goes"
    else:
        weeks = e["weeks"]
        zh = f"近 {weeks} 周 {count} 件，常年同期{about_zh} 件（{interval}）"
        en = f"{count} in {weeks} week{'s' if weeks > 1 else ''}; usual {about_en} ({interval})"
    more_zh, more_en = _more(e, least)
    return f"{zh}{more_zh}。", f"{en}{more_en}."


def _more(e: Mapping[str, Any], least: int) -> tuple[str, str]:
    """What these matters have in common, as far as it is known."""
    zh, en = [], []

    def said(n: int) -> bool:
        rest = e["count"] - n  # which it gives away
        return n >= least and (rest <= 0 or rest >= least)

    for found in [x for x in e.get("objects", ())[:1] if said(x["count"])]:
        zh.append(f"其中 {found['count']} 件指向「{found['name']}」")
        en.append(f"{found['count']} of them about “{found['name']}”")
    if e.get("wages") and said(e["wages"]):
        zh.append(f"{e['wages']} 件为拖欠农民工工资")
        en.append(f"{e['wages']} about unpaid wages")
    if e.get("villages", 0) > 1 and e["kind"] != "group":
        zh.append(f"涉及 {e['villages']} 个村居")
        en.append(f"in {e['villages']} villages")
    return ("；" + "，".join(zh) if zh else ""), ("; " + ", ".join(en) if en else "")


def title(place: tuple[str, str], category: str) -> tuple[str, str]:
    """Place and category."""
    found = CATEGORIES.get(category)
    zh, en = (found.zh, found.en) if found else (category, category)
    return f"{place[0]}「{zh}」", f"{place[1]}: {en}"


def sentence(e: Mapping[str, Any], place: tuple[str, str], category: str) -> tuple[str, str]:
    """The whole sentence, as letters, the wall and the meeting read it: place, what was counted, what is usual, which kind."""
    (head_zh, head_en), (said_zh, said_en) = title(place, category), body(e)
    kinds = e.get("kinds") or [e["kind"]]
    listed_zh = "、".join(KINDS[k][0] for k in kinds)
    return (f"{head_zh}纠纷{said_zh[:-1]}，列入{listed_zh}预警。", f"{head_en}. {said_en[:-1]}; {', '.join(KINDS[k][1].lower() for k in kinds)} signal.")
