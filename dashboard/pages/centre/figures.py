"""The parts of one centre's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dashboard import el, urlstate
from dashboard.components import centre_words, fmt, late_feeds
from dashboard.guard import Here
from dashboard.i18n import t
from dashboard.links import Links
from dashboard.pages.centres.figures import VISITS, state_of
from matters.access import Scope
from matters.centres import PLATFORMS
from services.centres import CentreEvent, CentreFile, RotaDay


def month_of(at: Here) -> date | None:
    """The month of the rota that is asked for; None: this one."""
    try:
        return date.fromisoformat(f"{at.state.extra.get('month', '')}-01")
    except ValueError:
        return None


def back(at: Here) -> str:
    """The page without an act under way."""
    return _with(at, act="")


def _with(at: Here, **extra: str) -> str:
    return at.path + urlstate.write(at.state.plus(**extra), area=False)


def body(services: Any, scope: Scope, at: Here, file: CentreFile) -> list[Any]:
    """Head, figures, who sits there, the rota, what was changed."""
    d, today = file.line.detail, services.now().date()
    left = el.Section([*_week(file, today), *_month(at, file, today)], "p scroll")
    right = el.Section([*_platforms(d), *_names(t("常驻"), d.get("resident", ())), *_names(t("随驻"), d.get("on_call", ()), d.get("on_call_promise", "")),
                        *_names(t("第三方"), d.get("third_parties", ())), *_names(t("调解室"), d.get("rooms", ())), *_events(file)], "p")  # fmt: skip
    foot = el.Footer(el.Span(t("接待人次为来访事项所报人数之和；都没有报的写作 —")), "foot", data_version=str(services.figures.data_version()))
    late = late_feeds.line(services, scope, VISITS.with_(window=file.rows.window))
    return [_bar(services, at, file), *late, *_head(at, file, today), el.Div([left, right], "sheet l1 c2"), foot]


def _bar(services: Any, at: Here, file: CentreFile) -> el.Node:
    up = "/centres" + urlstate.write(replace(at.state.with_(area=file.line.county if file.line.level == "township" else ""), extra={}))
    area = services.areas.info(file.line.area)
    home = el.A(t("{name}的情况", name=area.name), "btn", href=urlstate.down(area.code, area.level, replace(at.state, extra={})))
    return el.Div([el.Div([el.A(t("矛调中心"), href=up), el.Span("›"), el.B(file.line.name)], "crumb"), el.Div(None, "sp"), home,
                   el.Button(t("打印"), "btn", data_act="print")], "bar")  # fmt: skip


def _head(at: Here, file: CentreFile, today: date) -> list[el.Node]:
    x = file.line
    own = ["edit", "rota", "day", *(["undo"] if file.events else [])] if file.may_edit else []
    acts = [el.A(centre_words.act(a), "btn", href=_with(at, act=a)) for a in own]
    shut = x.state != "running" or not any(d.day == today and (d.works or d.who) for d in file.week)
    here_today = None if shut else len(x.detail.get("resident", ())) + len(x.today)
    number = Links(at).number(fmt.num(x.visits), file.rows, "centre.visits", x.visits, x.area)
    figs = [_fig(t("来访受理"), number, t("件"), fmt.window(file.rows.window)), _fig(t("接待人次"), fmt.num(file.people), t("人次"), t("来访事项所报人数之和")),
            _fig(t("平台合并"), f"{len(x.detail.get('platforms', ()))} / {len(PLATFORMS)}", "", ""),
            _fig(t("今日部门"), fmt.num(here_today), t("个"), t("常驻 {a} + 轮驻 {b}", a=len(x.detail.get("resident", ())), b=len(x.today)))]  # fmt: skip
    head = el.Div([el.H1(x.name, "big"), *state_of(x), el.Div(None, "sp"), el.Div(acts, "acts")], "ph")
    return [el.Section(head, "dt"), el.Div(figs, "sheet figs g4")]


def _fig(name: str, value: Any, unit: str, below: str) -> el.Node:
    return el.Div([el.Div(el.B(name), "l"), el.Div([el.Strong(value), el.Span(unit)], "v"), el.Div(below, "d")], "fig")


def _week(file: CentreFile, today: date) -> list[el.Node]:
    """This week of the rotating departments, today tinted."""
    days = [d for d in file.week if d.who or d.day.weekday() < 5]
    heads = [el.Th([fmt.weekday(d.day), el.Small(fmt.day(d.day))], "td" if d.day == today else "", scope="col") for d in days]
    cells = [el.Td(_who(d), "td" if d.day == today else "") for d in days]
    note = t("{a} 至 {b}", a=fmt.day(file.week[0].day), b=fmt.day(file.week[-1].day))
    return [el.Div([el.H2(t("本周轮驻")), el.Small(note)], "ph"), el.Table([el.Thead(el.Tr(heads)), el.Tbody(el.Tr(cells))], "rota wk")]


def _who(d: RotaDay) -> list[el.Node]:
    mark = [el.Small(t("当天另排"), "wait")] if d.said else [el.Small(t("休"), "m")] if not d.works else []
    return [*([el.Div(name) for name in d.who] or [el.Div(fmt.NONE, "m")]), *mark]


def _month(at: Here, file: CentreFile, today: date) -> list[el.Node]:
    """The month as a calendar, a row a week."""
    first = file.month[0].day
    before, after = (first - timedelta(days=1)).strftime("%Y-%m"), (first + timedelta(days=32)).strftime("%Y-%m")
    turn = [el.A(t("上月"), "lk", href=_with(at, month=before)), el.A(t("下月"), "lk", href=_with(at, month=after))]
    cells: list[el.Node] = [el.Td(None) for _ in range(first.weekday())]
    cells += [el.Td([el.Small(str(d.day.day), "m"), *_who(d)], "td" if d.day == today else "off" if not d.works else "") for d in file.month]
    cells += [el.Td(None) for _ in range(-len(cells) % 7)]
    weeks = [el.Tr(cells[i : i + 7]) for i in range(0, len(cells), 7)]
    heads = el.Thead(el.Tr([el.Th(t(name), scope="col") for name in fmt.WEEKDAYS]))
    return [el.Div([el.H2(t("{month} 排班", month=first.strftime("%Y-%m"))), el.Div(None, "sp"), *turn], "ph gap-s"),
            el.Table([heads, el.Tbody(weeks)], "rota mo", aria_label=t("轮驻排班"))]  # fmt: skip


def _platforms(detail: Any) -> list[el.Node]:
    has = set(detail.get("platforms", ()))
    items = [el.Li(p, "in" if p in has else "") for p in PLATFORMS]
    return [el.Div([el.H2(t("平台合并")), el.Small(f"{len(has)} / {len(PLATFORMS)}")], "ph"), el.Ul(items, "dep")] if has else []


def _names(title: str, names: Any, note: str = "") -> list[el.Node]:
    if not names:
        return []
    return [el.H3([f"{title} {len(names)}", *([el.Span(f" {note}", "m")] if note else [])], "gap-s"), el.P(fmt.join(list(names)), "s")]


def _events(file: CentreFile) -> list[el.Node]:
    if not file.events:
        return []
    return [el.Div([el.H2(t("经过")), el.Small(t("谁、何时、为何"))], "ph gap-s"), el.Ul([_event(e) for e in reversed(file.events)], "gev")]


def _event(e: CentreEvent) -> el.Node:
    fields = fmt.join([t(centre_words.FIELDS.get(f, f)) for f in e.fields])
    return el.Li([el.Small(f"{fmt.moment(e.at)} {e.by}"), el.Div([el.B(centre_words.act(e.act)), " ", fields]), *([el.P(e.why)] if e.why else [])])
