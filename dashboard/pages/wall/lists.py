"""The scenes of a wall that are lists: alarms, signals, listings, what needs an act, feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.components import case_words, failure_words, fmt, listing_words
from dashboard.i18n import pick, t
from dashboard.pages.wall import words
from matters.signals import KINDS, STATES, body
from services.wall import WallState
from services.wall_alarms import Alarm, Fact

SIGNALS_SHOWN = 6
_DIGITS = re.compile(r"\d{7,}")


def masked(title: str, most: int = 60) -> str:
    """A title as a wall shows it: names were masked at the door; a long number that stands in a text goes too."""
    text = _DIGITS.sub("****", title)
    return text if len(text) <= most else text[: most - 1] + "…"


def place(services: Any, county: str, town: str) -> str:
    """丰城市剑南街道."""
    return ("" if pick("zh", "en") == "zh" else " ").join(_named(services, county, town))


def _named(services: Any, *codes: str) -> list[str]:
    """Names of areas; a code that the directory has no more is left out."""
    out = []
    for code in codes:
        try:
            info = services.areas.info(code) if code else None
        except KeyError:
            info = None
        out += [pick(info.name, info.en)] if info else []
    return out


def _agency(services: Any, code: str) -> str:
    known = services.feeds.agencies().get(code)
    return pick(known.zh, known.en) if known else code


def fact(services: Any, f: Fact) -> str:
    """How we know, in a line."""
    agency, n = _agency(services, f.agency), f.count
    if f.what == "first":
        return t("{agency}首报，约 {n} 人", agency=fmt.spaced(agency), n=n) if n else t("{agency}首报", agency=agency)
    if f.what == "joined":
        return t("与{agency}的记录并为一案", agency=agency) if not n else t("与{agency}的记录并为一案，{n} 人", agency=agency, n=n)
    said = {"large": t("达到 {n} 人，列为重大群体", n=n), "fire": t("起火时间"), "dead": t("死亡 {n} 人", n=n), "hurt": t("重伤 {n} 人", n=n),
            "last_good": t("最后一次正常接收"), "failed": t("连续 {n} 次接收失败", n=n),
            "confirmed": t("由研判人员核实"), "found": t("发现异常，{n} 件", n=n)}  # fmt: skip
    return said.get(f.what, f.what)


def alarm(services: Any, a: Alarm) -> dict[str, Any]:
    """An alarm for the stage, and its line in the header."""
    where = _named(services, a.county, a.town)
    people = t("{n} 人", n=a.people) if a.people else ""
    where = where or ([a.title] if a.kind == "feed" else [t("位置未定")])
    owner = _agency(services, a.owner) if a.kind == "feed" else a.owner
    small = services.settings.wall_small
    few = a.kind == "signal" and any(f.what == "found" and (f.count or 0) < small for f in a.facts)
    facts = [[f.at.strftime("%H:%M") if f.at else "", fact(services, f)] for f in a.facts if not (few and f.what == "found")]
    title = t("不足 {n} 件，屏上不列件数", n=small) if few else masked(a.title, 90 if a.kind == "signal" else 60)
    return {
        "key": a.key, "kind": a.kind, "head": words.alarm(a), "place": where, "what": " ".join(p for p in (people, title) if p and p not in where),
        "sub": case_words.category(a.category) if a.category else "", "facts": facts, "owner": owner, "raised": a.raised.isoformat(),
        "acked": a.acked_at.isoformat() if a.acked_at else None, "code": a.town or a.county,
        "map": services.areas.static.get(a.county, "") if a.county else "",
    }  # fmt: skip


def listings(services: Any, state: WallState) -> dict[str, Any]:
    """Targeted remediation in force."""
    today, rows = state.overview.now.date(), []
    for line in state.listings:
        late = line.deadline is not None and line.deadline < today
        number = "".join(listing_words.short_number(line)[1:])
        rows.append({"no": number, "area": listing_words.title(line),
                     "what": listing_words.categories(line), "owner": line.owner,
                     "term": listing_words.term(line, today), "progress": min(1.0, max(0.0, line.progress or 0.0)), "late": late,
                     "verdict": listing_words.verdict(line.effect)[0], "tone": line.effect.verdict if line.effect else ""})  # fmt: skip
    return {"title": t("挂牌整治"), "h": t("在挂 {n} 处", n=len(rows)), "n": t("到期的在前；成效为挂牌前后月均之比"),
            "cols": [t("对象"), t("期限"), t("成效")], "rows": sorted(rows, key=lambda r: (not r["late"], -r["progress"]))}  # fmt: skip


def too_few(counts: Mapping[str, int], small: int) -> set[str]:
    """Places whose count is too small to be shown, and so many more, the smallest first and those without any last, that nobody can reckon one
    of them from a total that stands beside the others."""
    few = [code for code, n in counts.items() if 0 < n < small]
    more = sorted((c for c in counts if c not in few), key=lambda c: (counts[c] == 0, counts[c], c))
    out = set(few)
    while few and more and not _veiled([counts[c] for c in out], small):
        if counts[more[0]] == 0 and len(out) > 1 and not _given_away([counts[c] for c in out], small):
            break  # they all are nothing: one is enough to hide who has the few
        out.add(more.pop(0))
    return out


def _veiled(hidden: list[int], small: int) -> bool:
    """Whether a sum of hidden counts gives none of them away."""
    return len(hidden) > 1 and sum(hidden) >= small and not _given_away(hidden, small)


def _given_away(hidden: list[int], small: int) -> bool:
    """Whether all are said to be few and their sum leaves one way only: eight of two that are below five are four each, two of two are one each."""
    return all(0 < x < small for x in hidden) and sum(hidden) in (len(hidden), len(hidden) * (small - 1))


def acts(services: Any, state: WallState) -> dict[str, Any]:
    """Overdue by area, red and black cards in force, large groups that are open."""
    today, own = state.overview.now.date(), state.areas[0]
    rows = sorted((r for r in own.below if r.overdue_now), key=lambda r: (-r.overdue_now, r.area))
    hidden = too_few({r.area: r.overdue_now for r in rows if r.level == "township"}, services.settings.wall_small)
    most = max((r.overdue_now for r in rows), default=0) or 1
    overdue = [[pick(r.name, r.en), round(r.overdue_now / most, 4), fmt.num(r.overdue_now)] for r in rows if r.area not in hidden]
    cards = [[place(services, *_codes(services, c.matter.area)), masked(c.matter.title), pick(c.event.zh, c.event.en),
              _days(today, c.event.on), c.event.act] for c in state.cards]  # fmt: skip
    groups = [[place(services, m.county_code, m.town_code), masked(m.title), t("{n} 人", n=fmt.num(m.people)), case_words.stage(m.stage),
               "late" if m.days_left is not None and m.days_left < 0 else ""] for m in state.groups]  # fmt: skip
    return {
        "title": t("需要办理"),
        "parts": [
            {"h": t("超期未结"), "n": t("件，合计 {n}", n=fmt.num(own.row.overdue_now)), "kind": "bars", "rows": overdue,
             "none": t("各乡镇都不足 {n} 件，屏上不列", n=services.settings.wall_small) if rows else t("没有超期事项"), "calm": not rows},
            {"h": t("红牌、黑牌"), "n": t("生效中 {n} 件", n=state.totals["grave"]), "kind": "lines", "rows": cards, "none": t("没有生效的红牌、黑牌")},
            {"h": t("重大群体"), "n": t("未结 {n} 件", n=state.totals["groups"]), "kind": "lines", "rows": groups, "none": t("没有未结的重大群体事项")},
        ],
    }  # fmt: skip


def _days(today: date, since: date) -> str:
    """How long a card has been in force."""
    days = (today - since).days
    return t("{n} 天", n=days) if days > 0 else t("今天")


def _codes(services: Any, area: str) -> tuple[str, str]:
    try:
        found = services.areas.place(area)
    except KeyError:
        return "", ""
    return found.county, found.town


def feeds(services: Any, state: WallState) -> dict[str, Any]:
    """Every feed, late ones first."""
    titles = {code: pick(spec.title.zh, spec.title.en) for code, spec in services.specs.items()}
    rows = [[titles.get(f.feed, f.feed), pick(f.zh, f.en), f.data_at.isoformat() if f.data_at else None, f.late,
             failure_words.failure(f.error) if f.error else ""] for f in state.feeds]  # fmt: skip
    late = sum(f.late for f in state.feeds)
    note = t("延迟的数据源不等于平静；用到它的同比不作比较")
    return {"title": t("数据源"), "h": t("{n} 个数据源，延迟 {m} 个", n=len(rows), m=late), "rows": rows, "n": note}


def signals(services: Any, state: WallState) -> dict[str, Any] | None:
    """The signals of the week in words, each on one axis with what was expected; None before the first run."""
    desk = state.signals
    if desk is None or not (desk.lines or desk.unknown):
        return None
    lines, small = desk.lines[:SIGNALS_SHOWN], services.settings.wall_small
    few = {x.number for x in lines if x.count < small}  # so few could point to a person, in one township and in several
    rows = [{"no": str(x.number), "county": x.county, "title": pick(*x.title), "kind": pick(*KINDS[x.kind]),
             "said": t("不足 {n} 件，屏上不列件数", n=small) if x.number in few else pick(*body(x.evidence, small)),
             "more": "" if x.state == "open" else pick(*STATES[x.state]), "observed": None if x.number in few else x.count, "expected": x.expected,
             "low": x.low, "high": x.high, "text": "" if x.number in few else fmt.num(x.count)} for x in lines]  # fmt: skip
    most = max([1.0, *(max(x.count, x.high) * 1.15 for x in lines if x.number not in few)])
    unknown = fmt.join([t("{category}（{agency}延迟）", category=case_words.category(u.category), agency=_agency(services, u.agency)) for u in desk.unknown])
    static, own = services.areas.static, state.areas[0]
    stats = [[t("今年信号"), fmt.num(desk.year), t("条")], [t("已处置"), fmt.num(desk.decided), t("条")],
             [t("有用率"), fmt.share(desk.useful), "%" if desk.useful is not None else ""]]  # fmt: skip
    city = own.info.level == "city"
    values = {r.area: [None, "", pick(r.name, r.en)] for r in own.below}
    where = {"h": t("所在乡镇"), "n": t("编号与列表一致"), "file": static["city" if city else own.info.code],
             "cells": static["townships"] if city else static[own.info.code], "values": values, "listed": [], "marks": marks(services, state, "")}  # fmt: skip
    return {"title": t("预警信号"), "h": t("本周 {n} 条，待处置 {m} 条", n=len(desk.lines), m=desk.open), "n": t("灰带为常年区间，竖线为期望"),
            "rows": rows, "most": most, "unknown": t("无法判断：{list}，不等于平静", list=unknown) if unknown else "", "map": where,
            "stats": stats, "none": t("本周没有超出常年的地方")}  # fmt: skip


def marks(services: Any, state: WallState, county: str) -> list[list[Any]]:
    """Numbered diamonds of the signals: area and number, those of one county or all."""
    if state.signals is None:
        return []
    found = [(x.town or (x.towns[0] if x.towns else x.county), x.number) for x in state.signals.lines[:SIGNALS_SHOWN]]
    return [[code, str(n)] for code, n in found if code and code.startswith(county)]
