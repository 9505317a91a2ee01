"""The tables of a meeting that are lists: listings and their effect, what is overdue, cards, earlier decisions, the bridge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from matters.categories import CATEGORIES
from matters.filters import Filter
from matters.indicators import INDICATORS
from matters.listing import IN_FORCE
from matters.listing import STATES as LISTED
from services.frozen import count, day, row, table, words
from services.meeting_frame import Frame
from services.shapes import Effect, ListingLine, MatterLine
from store.bridges import Moved

VERDICTS = {"fell": ("下降", "fell"), "rose": ("未下降", "rose"), "unclear": ("看不出升降", "unclear"), "few": ("件数太少，尚不能判断", "too few"),
            "early": ("时间太短，尚不能判断", "too early")}  # fmt: skip
SIGNS = {"<=": "≤", "le": "≤", ">=": "≥", "ge": "≥"}
STEPS = {"urge": ("催办", "Urged"), "yellow": ("黄牌", "Yellow card"), "red": ("红牌", "Red card"), "black": ("黑牌", "Black card")}
CAUSES = {
    "late": ("迟报", "Late", "当时已受理，其后才收到"), "reclassified": ("改判", "Reclassified", "受理日期、属地或是否属于纠纷有改动，移出或移入"),
    "merged": ("合并", "Merged", "同一纠纷并案，或误并的拆开"), "withdrawn": ("撤回", "Withdrawn", "来源单位撤回，或撤回后又报"),
}  # fmt: skip
STATES = {"open": ("进行中", "open"), "late": ("到期未办", "overdue"), "done": ("办结", "done"), "dropped": ("不再办理", "dropped")}


def listings(lines: Sequence[ListingLine]) -> dict[str, Any]:
    """Listings in force, each with what has happened since."""
    rows = [_listing(x) for x in lines if x.state in IN_FORCE]
    columns = (("number", "编号", "Number", "text"), ("name", "区域或行业", "Area or trade", "text"), ("owner", "主责", "Owner", "text"),
               ("deadline", "期限", "Deadline", "day"), ("before", "挂牌前月均", "Monthly before", "measure"),
               ("after", "挂牌后月均", "Monthly after", "measure"), ("ratio", "变化（95%区间）", "Change (95 % interval)", "text"),
               ("verdict", "成效", "Effect", "text"))  # fmt: skip
    return table(("挂牌整治及成效", "Targeted remediation"), columns, rows)


def _listing(x: ListingLine) -> dict[str, Any]:
    e = x.effect
    verdict = VERDICTS[e.verdict if e else "early"]
    made = row(words(x.number, href=f"/listing/{x.id}"), words(_name(x), x.area_en), words(x.owner), day(x.deadline),
               count(round(e.before, 1) if e else None), count(round(e.after, 1) if e and e.after_count else None), words(_ratio(e)),
               words(*verdict), key=e.verdict if e else "early", more=_more(x))  # fmt: skip
    told = {n: round(v, 3) for n in ("after", "expected", "ratio", "low", "high") if e is not None and (v := getattr(e, n)) is not None}
    return {**made, "drawn": {"name": _place(x), "what": _kinds(x), **told}}


def proposals(lines: Sequence[ListingLine]) -> dict[str, Any] | None:
    """Listings that somebody has proposed and sent to the meeting; None without any."""
    kinds = {"area": words("区域", "Area"), "trade": words("行业", "Trade")}
    rows = [row(kinds[x.subject], words(_name(x), x.area_en, href=f"/listing/{x.id}"), day(x.proposed_on), words(x.owner), words(x.reason), more=_more(x))
            for x in lines]  # fmt: skip
    columns = (("kind", "类型", "Kind", "text"), ("name", "拟挂区域或行业", "Proposed", "text"), ("on", "提出", "Proposed on", "day"),
               ("owner", "主责", "Owner", "text"), ("reason", "理由", "Reason", "text"))  # fmt: skip
    return table(("提请审议的挂牌", "Listings to consider"), columns, rows) if rows else None


def _more(x: ListingLine) -> list[tuple[str, str, str]]:
    """What the listing's page said."""
    goals = "；".join(_goal(g) for g in x.targets)
    return [("状态", "State", LISTED.get(x.state, (x.state,))[0]), ("挂牌理由", "Reason", x.reason), ("责任领导", "Leader", x.leader),
            ("提出", "Proposed on", x.proposed_on.isoformat()), ("挂牌", "Listed on", x.listed_on.isoformat() if x.listed_on else ""),
            ("目标", "Targets", goals), ("延期", "Extensions", f"{x.extensions} 次" if x.extensions else "")]  # fmt: skip


def _goal(g: Mapping[str, Any]) -> str:
    found = INDICATORS.get(g["indicator"])
    percent = found is not None and found.unit == "%"
    name = "月受理" if g["indicator"] == "accepted" or found is None else found.zh
    return f"{name} {SIGNS.get(g['op'], g['op'])} {g['value'] * (100 if percent else 1):g}{'%' if percent else ' 件'}"


def _name(x: ListingLine) -> str:
    return f"{_place(x)}（{_kinds(x)}）"


def _place(x: ListingLine) -> str:
    return f"{x.county_name}{x.area_name}" if x.subject == "area" else x.title or x.area_name


def _kinds(x: ListingLine) -> str:
    return "、".join(CATEGORIES[c].zh for c in x.categories if c in CATEGORIES)


def _ratio(e: Effect | None) -> str:
    if e is None or e.verdict in ("few", "early") or e.ratio is None or e.low is None or e.high is None:
        return "—"
    said = [f"{x * 100:+.0f}%".replace("-", "−") for x in (e.ratio, e.low, e.high)]
    return f"{said[0]}（{said[1]} 至 {said[2]}）"


def longest(lines: Sequence[MatterLine], today: date) -> dict[str, Any]:
    """Overdue matters, the longest first."""
    rows = [row(words(m.code, href=f"/matter/{m.code}"), words(CATEGORIES[m.category].zh, CATEGORIES[m.category].en), words(f"{m.county}{m.town}"),
                words(m.owner), day(m.accepted_on), day(m.due_on),
                count((today - m.due_on).days if m.due_on else m.age_days)) for m in lines]  # fmt: skip
    columns = (("code", "编号", "Code", "text"), ("category", "类别", "Category", "text"), ("place", "地点", "Place", "text"),
               ("owner", "主责", "Owner", "text"), ("accepted_on", "受理", "Accepted", "day"), ("due_on", "时限", "Limit", "day"),
               ("days", "超期（无时限的：历时）/天", "Days over (without limit: since heard of)", "count"))  # fmt: skip
    return table(("超期最久的事项", "Longest overdue"), columns, rows)


def cards(q: Frame, force: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> dict[str, Any]:
    """Steps of supervision in force, by kind."""
    found: dict[str, list[str]] = {act: [] for act in STEPS}
    for event, matter in force:
        found[event["act"]].append(matter["code"])
    rows = [_card(q.at, act, codes) for act, codes in found.items()]
    columns = (("step", "督办措施", "Step", "text"), ("cards", "在效/次", "In force", "count"), ("matters", "涉及事项/件", "Matters", "count"))
    return table(("督办", "Supervision"), columns, rows)


def _card(at: datetime, act: str, codes: Sequence[str]) -> dict[str, Any]:
    """A step with its matters; more than an address can name are kept by name, and the line shows them."""
    names, these = sorted(set(codes)), _these(at, codes)
    matters = count(len(names), these)
    if names and these is None:
        return {**row(words(*STEPS[act]), count(len(codes)), {**matters, "many": True}, key=act), "codes": names}
    return row(words(*STEPS[act]), count(len(codes)), matters, key=act)


def _these(at: datetime, codes: Sequence[str]) -> Filter | None:
    """The list of named matters, where an address can name them all."""
    names = tuple(sorted(set(codes)))
    return Filter(as_of=at, part="open", codes=names) if 0 < len(names) <= 200 else None


def decisions(kept: Sequence[Mapping[str, Any]], today: date) -> dict[str, Any]:
    """Earlier decisions and what became of them."""
    rows = [row(words(d["what"]), words(d["who"]), day(d["due"]), words(*STATES[standing(d, today)]), words(d["result"] or ""),
                key=standing(d, today)) for d in kept]  # fmt: skip
    columns = (("what", "事项", "What", "text"), ("who", "责任单位", "Who", "text"), ("due", "期限", "Due", "day"), ("state", "状态", "State", "text"),
               ("result", "结果", "Result", "text"))  # fmt: skip
    return table(("上次决定", "Earlier decisions"), columns, rows)


def standing(d: Mapping[str, Any], today: date) -> str:
    """done, dropped, open, or late: open past its day."""
    return "late" if d["state"] == "open" and d["due"] < today else str(d["state"])


def bridge(
    then: Mapping[str, Any], was: int, now: int, new: int, moves: Sequence[Moved], agencies: Mapping[str, Any], rows: Mapping[str, Filter | None]
) -> dict[str, Any]:
    """From the figure of an earlier meeting to this one's: its lines add up, and each names its matters.

    `rows` has the lists of the old figure, of the new matters and of the new figure, by was, new and now.
    """
    lines = [_cause(key, [m for m in moves if m.cause == key], agencies) for key in CAUSES]
    again = was + sum(x["step"] for x in lines)
    rest = now - new - again  # nothing, unless the rollups and the history disagree: then it is shown
    if rest:
        lines.append({"key": "rest", "zh": "其他", "en": "Other", "means": "未能归因", "step": rest, "touched": abs(rest), "out": [], "in": [], "from": []})
    again += rest
    cells = {"was": count(was, rows["was"]), "again": count(again, rows["again"]), "new": count(new, rows["new"]), "now": count(now, rows["now"])}
    return {"then": dict(then), "lines": lines, **cells, "touched": sum(x["touched"] for x in lines) + new}


def _cause(key: str, moves: Sequence[Moved], agencies: Mapping[str, Any]) -> dict[str, Any]:
    zh, en, means = CAUSES[key]
    sources = Counter(agencies[m.first_agency].zh if m.first_agency in agencies else m.first_agency for m in moves)
    return {"key": key, "zh": zh, "en": en, "means": means, "step": sum(m.step for m in moves), "touched": len(moves),
            "out": [[m.code, m.into] for m in moves if m.step < 0], "in": [m.code for m in moves if m.step > 0],
            "from": sources.most_common()}  # fmt: skip
