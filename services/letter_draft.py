"""The draft that writes itself from frozen evidence. Every figure in it is one of the evidence; a person edits and answers for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from matters.categories import CATEGORIES
from matters.identity import cleaned
from matters.letters import DEPARTMENTS, EVERY_LAW, EVERY_REQUEST, LAWS, REQUESTS, WrongStep
from services.letter_shapes import Content
from services.shapes import AreaInfo

MOST = {"opening": 500, "laws": 1_000, "closing": 500, "findings": 12, "requests": 12}
LINE = 600


def category_name(code: str) -> str:
    """物业 → 物业纠纷; what ends with a word of its own keeps it."""
    name = CATEGORIES[code].zh if code in CATEGORIES else code
    return name if name.endswith(("争议", "纠纷")) else f"{name}纠纷"


def title(place: str, category: str) -> str:
    """The title in the two lines of a paper."""
    return f"关于{place}{category_name(category)}的\n矛盾风险预警提示函"


def addressee(kind: str, area: AreaInfo, county: AreaInfo | None, city: AreaInfo, category: str) -> str:
    """Who usually answers: a department of the county (or the city), or the area itself."""
    if kind == "department":
        return f"{(county or city).name}{DEPARTMENTS.get(category, '司法局')}"
    if area.level == "township":
        county_name = county.name if county else ""
        if area.name.endswith("街道"):
            return f"{county_name}{area.name}党工委、办事处"
        return f"{county_name}{area.name}党委、政府" if area.name.endswith(("镇", "乡")) else f"{county_name}{area.name}"
    return f"{area.name}平安建设领导小组"


def draft(e: Mapping[str, Any], place: str, meeting: str = "") -> Content:
    """The first draft. `place` is the area as a paper says it, `meeting` what it was found at ('' = the running analysis)."""
    what = category_name(e["category"])
    opening = f"经{meeting or '矛盾纠纷分析研判'}，现就有关风险提示如下。"
    requests = [*REQUESTS.get(e["category"], ()), *EVERY_REQUEST]
    requests.insert(len(requests) - 1, f"由{place.removesuffix('全市') or '市'}矛盾纠纷多元化解中心统一接待，引导通过调解、仲裁、诉讼解决。")
    return Content(opening, tuple(_findings(e, place, what)), "，".join([*LAWS.get(e["category"], ()), *EVERY_LAW]) + "。", tuple(requests),
                   "请将办理措施和结果书面回复我办。我办将比对件数变化，并在工作例会上通报。")  # fmt: skip


def _findings(e: Mapping[str, Any], place: str, what: str) -> list[str]:
    first, last = date.fromisoformat(e["first"]), date.fromisoformat(e["last"])
    said = [f"{span(first, last)}，{place}受理{what}{e['count']}件，{against(e['count'], e['before'])}。"]
    if e["signal"]:
        s = e["signal"]
        days = span(date.fromisoformat(s["first"]), date.fromisoformat(s["last"]))
        usual = f"约{s['expected']:.0f}件" if s["expected"] >= 0.95 else "不足1件"
        around = f"，正常波动区间为{s['low']:.0f}至{s['high']:.0f}件" if s["high"] >= 0.5 else ""
        said.append(f"监测提示：{days}{s['count']}件，常年同期{usual}{around}" + ("（近日数据尚未报全，件数可能上升）。" if s["provisional"] else "。"))
    leading = [p for p in e["places"] if p[0]][:3]
    if len(leading) > 1 and e["count"]:
        said.append(f"件数较多的是{'、'.join(f'{name}{n}件' for _, name, n, _ in leading)}。")
    if e["open"]:
        cut = f"（所列前{len(e['rows'])}件中）" if e["count"] > len(e["rows"]) else ""
        said.append(f"截至{cn_day(date.fromisoformat(e['at'][:10]))}，其中{cut}{e['open']}件尚在办理。")
    if e["late"]:
        said.append(f"{'、'.join(e['late'])}数据未按时报送，以上件数可能偏少。")
    return said


def against(now: int, before: int) -> str:
    """The year before in words: counts where they are few, a percent else."""
    if min(now, before) < 20:
        return f"上年同期{before}件"
    change = (now - before) / before * 100
    return f"上年同期{before}件，" + (f"同比{'上升' if change > 0 else '下降'}{abs(change):.1f}%" if abs(change) >= 0.05 else "同比持平")


def cn_day(day: date) -> str:
    """2026年10月13日."""
    return f"{day.year}年{day.month}月{day.day}日"


def span(first: date, last: date) -> str:
    """2026年9月3日至9月30日; the year again only where it changes."""
    if first == last:
        return cn_day(first)
    end = cn_day(last) if first.year != last.year else f"{last.month}月{last.day}日"
    return f"{cn_day(first)}至{end}"


def checked(given: Mapping[str, Any], old: Content, issue_day: date) -> Content:
    """The content with what a person gave over the old one. WrongStep names a field that is empty, too long or impossible."""
    new: dict[str, Any] = {k: _text(k, given[k], MOST[k]) for k in ("opening", "laws", "closing") if k in given}
    new |= {k: _lines(k, given[k]) for k in ("findings", "requests") if k in given}
    if "due_on" in given:
        new["due_on"] = day_of(given["due_on"], issue_day) if given["due_on"] else None
    return replace(old, **new)


def _text(name: str, value: Any, most: int) -> str:
    text = cleaned(str(value or ""))
    if not text or len(text) > most:
        raise WrongStep(name)
    return text


def _lines(name: str, value: Any) -> tuple[str, ...]:
    given: Sequence[str] = value.splitlines() if isinstance(value, str) else list(value or ())
    lines = tuple(cleaned(x) for x in given if str(x).strip())
    if not lines or len(lines) > MOST[name] or any(len(x) > LINE for x in lines):
        raise WrongStep(name)
    return lines


def day_of(value: Any, earliest: date) -> date:
    """A day not before another; WrongStep('due_on')."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise WrongStep("due_on") from error
    if day < earliest or (day - earliest).days > 366:
        raise WrongStep("due_on")
    return day


def as_json(content: Content) -> dict[str, Any]:
    """Plain values."""
    values = asdict(content)
    return {**values, "due_on": content.due_on.isoformat() if content.due_on else None}


def from_json(values: Mapping[str, Any]) -> Content:
    """The content that as_json gave."""
    due = values.get("due_on")
    return Content(values["opening"], tuple(values["findings"]), values["laws"], tuple(values["requests"]), values["closing"],
                   date.fromisoformat(due) if due else None)  # fmt: skip
