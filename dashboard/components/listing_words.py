"""How a listing (挂牌整治) is written: its name, its term, its verdict, its targets."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.i18n import pick, t
from matters.indicators import INDICATORS
from matters.listing import ENDED, ESCALATIONS, IN_FORCE, STATES, STEPS, WAITING
from services.shapes import Effect, ListingLine

_NUMBER = re.compile(r"(.*〔\d{4}〕)\s*(\d+)\s*号")  # i18n: data
TABS: dict[str, tuple[str, ...]] = {"listed": IN_FORCE, "waiting": WAITING, "ended": ENDED, "all": IN_FORCE + WAITING + ENDED}


def area(line: ListingLine) -> str:
    """Name of a listing's area in the language of the screen."""
    return pick(line.area_name, line.area_en)


def tab_names() -> dict[str, str]:
    """Names of the tabs."""
    return {"listed": t("在挂"), "waiting": t("拟挂"), "ended": t("已摘牌"), "all": t("全部")}


def state(code: str) -> str:
    """Name of a state."""
    return pick(*STATES[code]) if code in STATES else code


def step(code: str) -> str:
    """Name of a step."""
    return pick(STEPS[code].zh, STEPS[code].en) if code in STEPS else code


def measure(code: str) -> str:
    """Name of a measure of escalation."""
    return pick(*ESCALATIONS[code]) if code in ESCALATIONS else code


def tone(code: str) -> str:
    """Tag tone of a state: red in force, amber on the way, green ended well."""
    return "a" if code in IN_FORCE else "w" if code in WAITING else "d" if code == "delisted" else ""


def categories(line: ListingLine) -> str:
    """The categories it is about."""
    return fmt.join([words.category(c) for c in line.categories]) if line.categories else t("全部类别")


def title(line: ListingLine) -> str:
    """What is listed: a township with its county, or a trade with its area."""
    if line.subject == "area":
        return " ".join(dict.fromkeys(p for p in (pick(line.county_name, line.county_en), area(line)) if p))
    what = line.title or categories(line)
    return what if what.startswith(line.area_name) else f"{area(line)} {what}"


def short_number(line: ListingLine) -> tuple[str, str]:
    """The number's series and its own part: 宜挂〔2026〕 and 1 号; '' until listed."""
    found = _NUMBER.fullmatch(line.number)
    return (found[1], t("{n} 号", n=found[2])) if found else ("", line.number)


def term(line: ListingLine, today: date) -> str:
    """From when to when, and where in it today stands."""
    if line.listed_on is None:
        return t("{day} 提议", day=fmt.day(line.proposed_on, line.proposed_on.year != today.year))
    year = line.listed_on.year != today.year
    span = t("{a} 至 {b}", a=fmt.day(line.listed_on, year), b=fmt.day(line.deadline)) if line.deadline else fmt.day(line.listed_on, year)
    if line.ended_on:
        return t("{span}，{day} 结束", span=span, day=fmt.day(line.ended_on))
    if line.deadline is None:
        return span
    left = (line.deadline - today).days
    if left < 0:
        return t("{span}，超期 {n} 天", span=span, n=-left)
    if line.extensions:
        return t("{span}，延期 {n} 次", span=span, n=line.extensions)
    if left <= 14:
        return t("{span}，剩 {n} 天", span=span, n=left)
    months = _months(line.listed_on, line.deadline)
    return t("{span}，第 {m} 月，共 {n} 月", span=span, m=min(_months(line.listed_on, today + timedelta(days=1)), months), n=months)


def _months(start: date, end: date) -> int:
    """Months from one day to another, begun ones counted whole, at least 1."""
    return max(1, (end.year - start.year) * 12 + end.month - start.month + (end.day > start.day))


def verdict(effect: Effect | None) -> tuple[str, str, str]:
    """The effect in a word, its tone, and the line below: interval or counts."""
    if effect is None:
        return words.DASH, "m", ""
    plain = {"few": t("件数少，不下结论"), "early": t("刚挂牌，还看不出")}
    change = relative(effect)
    if effect.verdict in plain or change is None:
        few = t("太少，只列件数：{a} → {b} 件", a=fmt.num(effect.before_count), b=fmt.num(effect.after_count))
        return plain.get(effect.verdict, t("无从比较")), "m", few if effect.verdict == "few" else ""
    named = {"fell": (t("在降"), "done"), "rose": (t("在升"), "act"), "unclear": (t("看不出升降"), "m")}
    word, colour = named[effect.verdict]
    below = t("95% 区间 {a} 至 {b}", a=percent(effect.low), b=percent(effect.high)) if effect.low is not None else ""
    return f"{word}　{percent(change)}", colour, below


def relative(effect: Effect) -> float | None:
    """Change of the rate a day, −0.32 = down 32 %; None when it was not computed (services/listing_effect.py)."""
    return effect.ratio


def percent(value: float | None) -> str:
    """−32%, +8%."""
    return words.DASH if value is None else f"{fmt.signed(value * 100, 0)}%"


def target(indicator: str, op: str, value: float | None) -> str:
    """A wanted or actual value in the unit of its indicator."""
    return fmt.value(indicator, value)


def target_name(indicator: str) -> str:
    """Name of a target's indicator with its unit."""
    found = INDICATORS.get(indicator)
    if indicator == "accepted":
        return t("月受理，件")
    if found is None:
        return indicator
    return t("{name}，{unit}", name=words.name(found), unit=found.unit) if found.unit == "%" else words.name(found)


def targets(line: ListingLine) -> str:
    """All targets in one line."""
    out = []
    for wanted in line.targets:
        key, op, value = str(wanted["indicator"]), str(wanted["op"]), float(wanted["value"])
        name, unit = (t("月受理"), t(" 件")) if key == "accepted" else (words.name(INDICATORS[key]) if key in INDICATORS else key, "")
        unit = "%" if key in INDICATORS and INDICATORS[key].unit == "%" else unit
        out.append(t("{name}不超过 {x}", name=name, x=fmt.value(key, value) + unit) if op in ("<=", "≤", "le")
                   else t("{name}不低于 {x}", name=name, x=fmt.value(key, value) + unit))  # fmt: skip
    return t("；").join(out)


def sign(op: Any) -> str:
    """≤ or ≥."""
    return {"<=": "≤", "le": "≤", ">=": "≥", "ge": "≥"}.get(str(op), str(op))
