"""The parts of the list of matters, from the services' values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dash import html

from dashboard import asof, panels, urlstate
from dashboard.components import case_facets, case_forms, case_grid, fmt, moment, timeline
from dashboard.components import case_words as words
from dashboard.components.case_facets import Chip, View
from dashboard.i18n import t
from dashboard.pages.matters.state import ListState
from dashboard.urlstate import Bad
from matters.access import Scope
from services.late import behind
from services.search_index import SIMILAR, SLOW
from services.shapes import MatterFile


def bar_chips(asked: ListState, chips: Sequence[Chip], bad: Sequence[Bad], similar: Sequence[str] = (), behind: int = 0) -> list[Any]:
    """The chips of the bar, plain words about what could not be read in the address, words found only alike, and an index far behind."""
    out: list[Any] = [case_facets.chip_row(chips, asked.href, asked.clear())]
    if bad:
        told = fmt.join([f"{b.key}={b.value}" for b in bad])
        out.append(html.Small(t("看不懂，已略去：{told}", told=told), className="wait", role="status"))
    if similar:
        told = t("没有“{q}”，列出的是相近的，最多为最近收到的 {n} 件", q=fmt.join(list(similar)), n=words.count(SIMILAR))
        out.append(html.Small(told, className="wait similar", role="status"))
    if behind > SLOW:
        out.append(html.Small(t("另有 {n} 件刚接入，正逐件查找，会慢一些", n=words.count(behind)), className="wait behind", role="status"))
    return out


def tools(services: Any, asked: ListState, level: str, scope: Scope) -> list[Any]:
    """The moment looked back to, further conditions, columns, keeping a view, exports."""
    out: list[Any] = [moment.control(asof.current(), services.now(), services.moments.first()), case_forms.more(asked.filter),
                      case_grid.column_choice(asked.columns, asked.filter.part, level, asked.with_columns), case_forms.keep_view()]  # fmt: skip
    return [*out, case_forms.exports()] if scope.may("export") else out


def counts(services: Any, scope: Scope, asked: ListState, level: str) -> tuple[Any, Any, Any, str | None]:
    """Rail, sum line, what stands in the grid's place when nothing is there, and what the rest is still to be counted for."""
    counted = services.matters.first(scope, asked.filter)
    views = case_facets.views(asked.filter.area, asked.filter.as_of)
    stock = list(zip(views, services.matters.stock(scope, [v.filter for v in views]), strict=True))
    today = asof.today(services)
    rail = [*case_facets.view_list(stock, asked.filter, asked.by_limit, saved(services, scope, asked)),
            *case_facets.facet_boxes(counted.facets, asked.filter, level, asked.href)]  # fmt: skip
    late = behind(services.feeds.states(scope, asked.filter.as_of), asked.filter)
    line = case_grid.sum_line(counted.sums, asked.filter, asked.href, today.isoformat(), late, counted.data_version)
    rest = None if counted.is_whole else f"{counted.data_version} {urlstate.write(asked.url)}"
    return rail, line, [] if counted.sums.total else nothing(asked, stock), rest


def rest(services: Any, scope: Scope, asked: ListState, level: str) -> list[Any]:
    """What takes one reading of all rows: the late boxes of the rail in their order, then the late sums."""
    counted = services.matters.whole(scope, asked.filter)
    lists = [case_facets.facet_list({k: counted.facets[k] for k in keys if k in counted.facets}, asked.filter, level, asked.href)
             for keys in case_facets.LATE.values()]  # fmt: skip
    return [*lists, case_grid.late_sums(counted.sums)]


def saved(services: Any, scope: Scope, asked: ListState) -> list[Any]:
    """The views that people kept. Those of today's stock are counted; the others would cost a count of their window each."""
    out = []
    here = urlstate.write(asked.url)
    for view in services.views.offered(scope):
        state = urlstate.read(view.query, services.now().date())
        lang = replace(state, lang=asked.url.lang)
        value = services.matters.total(scope, state.filter) if state.filter.part in ("open", "overdue") and not state.filter.q else None
        out.append(case_facets.saved_view(view, "/matters" + urlstate.write(lang), urlstate.write(lang) == here, value))
    return out


def nothing(asked: ListState, views: Sequence[tuple[View, int]]) -> Any:
    """No rows: what was asked, and the nearest way out that has some."""
    if asked.filter.q:
        text = t("这些条件下没有标题、编号或地点含“{q}”的事项。", q=asked.filter.q)
        return panels.empty(text, html.A(t("去掉这个词"), href=asked.href(asked.filter.with_(q="")), className="btn"))
    view = next(((v, n) for v, n in views if n and v.filter != asked.filter), None)
    if view is None:
        return panels.empty(t("这些条件下没有事项。"), html.A(t("清空条件"), href=asked.clear(), className="btn"))
    way = t("看{name} {n} 件", name=view[0].name, n=words.count(view[1]))
    return panels.empty(t("这些条件下没有事项。"), html.A(way, href=asked.href(view[0].filter), className="btn"))


def preview(services: Any, scope: Scope, code: str) -> list[Any]:
    """The row's facts in one column; Enter opens the file, Esc closes this."""
    file: MatterFile | None = services.matters.file(scope, code, asof.current())
    if file is None:
        return [panels.not_found()]
    agencies, today = services.feeds.agencies(), asof.today(services)
    line = file.matter
    clock, tone = words.clock(line)
    meta = [words.category(line.category), words.place(line)] + ([t("{n} 人", n=words.count(line.people))] if line.people else [])
    out: list[Any] = [
        html.Div([html.Small(line.code, className="num"), html.Div(className="sp"),
                  html.A([t("打开"), html.Kbd("Enter")], href=words.at(f"/matter/{line.code}"), className="lk", id="cases-open"),
                  html.Button("✕", className="plain", id="cases-close", **{"aria-label": t("收起"), "data-act": "close-preview"})], className="ph"),
        html.P(line.title, className="pt"),
        html.P("　".join(meta), className="s"),
        html.Dl([_kv(t("阶段"), words.stage(line.stage)), _kv(t("时限"), _due(line.due_on, clock, today), tone),
                 _kv(t("主责"), line.owner or words.DASH), _kv(t("当事人"), _parties(file))], className="kvs"),
        html.H3(t("经过")), timeline.mini(timeline.events(file, agencies, today), today),
    ]  # fmt: skip
    if file.links:
        out += [html.H3(t("关联 {n} 处", n=len(file.links))), html.Ul([_link(k.number, k.method) for k in file.links], className="lks")]
    if file.others_outside:
        out.append(html.P(t("另有 {n} 条记录在您的范围以外。", n=file.others_outside), className="s m"))
    return [*out, html.P(t("↑ ↓ 换行　空格 选中　Enter 打开　Esc 收起"), className="s keys")]


def _kv(name: str, value: Any, tone: str = "") -> html.Div:
    return html.Div([html.Dt(name), html.Dd(value, className=tone)])


def _due(due: date | None, clock: str, today: date) -> str:
    return clock if due is None else t("{day}，{clock}", day=words.near_day(due, today), clock=clock)


def _parties(file: MatterFile) -> str:
    """Every masked name once."""
    names = dict.fromkeys(str(p.get("name", "")) for r in file.records for p in r.parties if p.get("name"))
    shown = fmt.join(list(names)[:6])
    return words.DASH if not names else t("{names} 等 {n} 人", names=shown, n=len(names)) if len(names) > 6 else shown


def _link(number: str, method: str) -> html.Li:
    return html.Li([html.Span(t("引用 {number}", number=number) if method == "reference" else t("由人关联")),
                    html.B(t("编号确定") if method == "reference" else t("人工确认"))])  # fmt: skip

