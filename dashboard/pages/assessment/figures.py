"""The bar and the state line of the assessment, and which view stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard import asof, el
from dashboard.components import case_words, fmt, moment
from dashboard.i18n import name, t
from dashboard.pages.assessment import words
from dashboard.pages.assessment.state import AssessState
from matters.access import Scope
from matters.assessment import KINDS, Kind, Period, period_of
from services.assessment import Assessment
from services.assessment_shapes import Board

LOOK_BACK = {"month": 12, "quarter": 8, "year": 3}
LEVELLED = ("scores", "funnel")  # views of the units of one level


def bar(services: Any, scope: Scope, asked: AssessState) -> el.Node:
    """Views, level, period, area, moment, and the way to mark."""
    shown = [k for k in words.VIEWS if k != "review" or scope.level != "township"]
    views = [_seg(t(words.VIEWS[k]), asked.href(show=k), k == asked.show) for k in shown]
    today = asof.today(services)
    parts: list[Any] = [el.Div(el.H1(t("考核")), "crumb"), el.el("Nav", views, "seg views", aria_label=t("考核的各页")), el.Div(None, "sp")]
    if asked.show in LEVELLED and len(Assessment.levels(scope)) > 1:
        links = [(t(words.LEVELS[k]), asked.at(level=k), k == asked.level) for k in Assessment.levels(scope)]
        parts.append(_drop(t("考核对象"), t(words.LEVELS[asked.level]), links))
    if asked.show not in ("indices", "rules"):
        parts += [_kinds(asked, today), _periods(asked, today)]
    if asked.show in LEVELLED and asked.level != "county" and scope.level == "city":
        parts.append(_areas(services, asked))
    parts.append(moment.control(asof.current(), services.now(), services.moments.first()))
    if scope.may("mark_assessment") and scope.level != "township" and asof.current() is None:
        parts.append(el.A(t("加分或扣分"), "btn pri", href=asked.href(act="mark")))
    return el.Div(parts, "bar")


def _seg(text: str, href: str, on: bool) -> el.Node:
    return el.A(text, href=href, **({"aria_current": "true"} if on else {}))


def _drop(label: str, value: str, links: Sequence[tuple[str, str, bool]]) -> el.Node:
    items = [el.A(text, href=href, **({"aria_current": "true"} if on else {})) for text, href, on in links]
    head = el.Summary([el.Small(label), value, el.I(className="dn", aria_hidden="true")], "sel")
    return el.Details([head, el.Div(items)], "drop end")


def _kinds(asked: AssessState, today: date) -> el.Node:
    """Month, quarter, year: the period of the kind that ends with the one shown, or the running one."""
    day = min(asked.period.end, today)
    links = [_seg(t(words.KINDS[k]), asked.href(period=period_of(k, day).key), k == asked.period.kind) for k in _each()]
    return el.Div(links, "seg kinds", role="navigation", aria_label=t("月、季、年"))


def _each() -> Sequence[Kind]:
    return KINDS  # type: ignore[return-value]


def _periods(asked: AssessState, today: date) -> el.Node:
    running = period_of(asked.period.kind, today)
    shown: list[Period] = [running]
    while len(shown) < LOOK_BACK[running.kind]:
        shown.append(shown[-1].before)
    if asked.period not in shown:
        shown.append(asked.period)

    def said(p: Period) -> str:
        return t("{name}（进行中）", name=words.period(p)) if p == running else words.period(p)

    return _drop(t("时段"), said(asked.period), [(said(p), asked.href(period=p.key), p == asked.period) for p in shown])


def _areas(services: Any, asked: AssessState) -> el.Node:
    city = services.areas.city
    now = asked.area or city.code
    choices = [city, *services.areas.counties()]
    if now not in {a.code for a in choices}:
        choices.append(services.areas.info(now))
    links = [(case_words.name_of(a), asked.in_area("" if a.code == city.code else a.code), a.code == now) for a in choices]
    return _drop(t("地区"), case_words.name_of(services.areas.info(now)), links)


def state_line(services: Any, board: Board, asked: AssessState, problem: str) -> el.Node:
    """The days, whether they are over, the rules, late feeds with the way out, and a file of rules that cannot be used."""
    v = board.version
    over = t("已结束") if board.over else t("进行中，到今天")
    parts: list[Any] = [
        el.Span(t("{days}，{state}", days=fmt.window(board.window), state=over)),
        el.A(t("按第 {n} 版办法计分", n=v.number), "n", href=asked.href(show="rules"), data_rules=str(v.number)),
        el.Span(t("有名次 {n}，共 {all}", n=fmt.num(board.ranked), all=fmt.num(board.all_units))),
    ]  # fmt: skip
    agencies = services.feeds.agencies()
    for code in board.late:
        named = name(agencies[code]) if code in agencies else code
        way = el.A(t("不含它再算"), "lk", href=asked.without(code))
        parts.append(el.Span([t("含迟到的{agency}：分数为暂定，名次暂不公布。", agency=fmt.spaced(named)), way], "feed late"))
    if asked.exclude:
        named = name(agencies[asked.exclude]) if asked.exclude in agencies else asked.exclude
        parts.append(el.Span([t("不含{agency}。", agency=fmt.spaced(named)), el.A(t("都算上"), "lk", href=asked.without(""))], "wait"))
    if problem:
        parts.append(el.Span(t("办法文件看不懂，仍按第 {n} 版：{why}", n=v.number, why=problem), "act"))
    now = el.Span(t("数据至 {at}", at=case_words.moment(asof.now(services))))
    return el.Div([*parts, el.Div(None, "sp"), now], "state", data_version=str(board.data_version))


def foot() -> el.Node:
    """Who ranks whom."""
    return el.Footer([el.Span(t("名次只在件数够多的单位之间排；件数少的看漏斗图，不看名次")),
                      el.Span(t("j / k 上下，Enter 打开；考核的是地区和部门，不是个人"))], "foot")  # fmt: skip
