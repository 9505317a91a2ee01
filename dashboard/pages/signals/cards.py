"""One card: place and category, the sentence, four figures, what was folded in, what was decided, the chart."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import el, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.i18n import pick, t
from dashboard.pages.signals import chart, forms
from dashboard.pages.signals.state import SignalState
from matters.access import ROLES, Scope
from matters.filters import Filter
from matters.signals import KINDS, STATES, STEPS, span, usual
from services.signal_shapes import SignalEvent, SignalFile, SignalLine

_KEYS = {"note": "n", "letter": "l", "meeting": "m", "dismiss": "x", "snooze": "s"}


def kind(key: str) -> str:
    """Name of a kind."""
    return pick(*KINDS[key])


def rows(asked: SignalState, f: Filter) -> str:
    """The list behind a number."""
    return urlstate.rows(f, asked.url.lang)


def card(services: Any, scope: Scope, asked: SignalState, line: SignalLine, file: SignalFile | None = None) -> el.Node:
    """A signal; opened, with its history."""
    today = services.now().date()
    number = el.I(str(line.number), "no", role="img", aria_label=t("第 {n} 条", n=line.number)) if line.number else el.I("·", "no old")
    head = el.H2([el.A(pick(*line.title), href=asked.href(id=str(line.id)), data_row="1"), *(el.Em(kind(k)) for k in line.kinds), *_marks(line)])
    middle = [head, el.P(_body(asked, line)), *_notes(asked, line), _numbers(asked, line), _deed(scope, asked, line, today, _letter(services, scope, line))]
    if file is not None:
        middle.append(_history(file))
    figure = el.el("Figure", [el.el("Figcaption", chart.caption(line)), chart.chart(line)])
    parts = [el.Div(number, "sgc-l"), el.Div(middle, "sgc-m"), figure]
    return el.el("Article", parts, "sgc open" if file else "sgc", data_signal=str(line.id), id=f"signal-{line.id}")


def _marks(line: SignalLine) -> list[el.Node]:
    out = []
    if line.late:
        out.append(el.Em(t("含迟报源，只会更多"), "prov"))
    elif line.provisional:
        text, why = (t("暂定，仍可能迟报"), t("近几周的事项还没有全部报来")) if line.delay_known else (t("暂定"), t("运行不足两个月，还不知道迟报多少"))
        out.append(el.Em(text, "prov", title=why))
    if not line.fresh:
        out.append(el.Em(t("最近一次未再出现"), "prov"))
    elif line.weeks_found > 1:
        out.append(el.Em(t("连续 {n} 周", n=line.weeks_found), "pl"))
    return out


def _body(asked: SignalState, line: SignalLine) -> list[Any]:
    """The sentence; of a growth every month's count opens its rows."""
    if not line.months:
        return [pick(*line.body)]
    out: list[Any] = [pick(*line.body), " "]
    for month, n, f in line.months:
        out += [el.Small(f"{month} "), el.A(str(n), "n", href=rows(asked, f), data_figure=f"signal-{line.id}-{month}", data_value=str(n)), " "]
    return out


def _notes(asked: SignalState, line: SignalLine) -> list[el.Node]:
    """Townships of a group, signals folded in, groups about one object."""
    out = []
    if line.parts:
        items: list[Any] = [t("其中"), "　"]
        for p in line.parts:
            items += [el.A(f"{p.name} {p.count}", "n", href=rows(asked, p.rows), data_figure=f"signal-{line.id}-{p.area}", data_value=str(p.count)), "　"]
        out.append(el.P(items, "rel"))
    if line.related:
        said: list[Any] = []
        for r in line.related:
            count = el.A(t("{n} 件", n=r.count), "n", href=rows(asked, r.rows), data_figure=f"signal-{r.id}", data_value=str(r.count)) if r.rows else ""
            said += [pick(*r.title), el.Small(f" {kind(r.kind)} "), count, "　"]
        out.append(el.P([t("已并入："), " ", *said], "rel"))
    if line.objects:
        links: list[Any] = []
        for group, name, n in line.objects:
            links += [el.A(f"{name}（{n}）", "lk", href=words.at(f"/group/{group}")), "　"]
        out.append(el.P([t("同一对象的群体："), " ", *links], "rel"))
    return out


def _numbers(asked: SignalState, line: SignalLine) -> el.Node:
    weeks = int(line.evidence.get("weeks", line.unit[1]))
    label = line.months[-1][0] if line.months else t("近 {n} 周", n=weeks)
    shown: Any = el.B(str(line.count), data_figure=f"signal-{line.id}", data_value=str(line.count))
    if line.rows is not None:
        shown = el.A(str(line.count), "n", href=rows(asked, line.rows), data_figure=f"signal-{line.id}", data_value=str(line.count))
    ratio = [fmt.num(line.ratio, 1), el.Em(t("倍"))] if line.ratio is not None else [fmt.NONE]
    cells = [(label, [shown, el.Em(t("件"))]), (t("常年同期"), [usual(line.expected), el.Em(t("件"))]), (t("区间 95%"), [span(line.low, line.high)]),
             (t("倍数"), ratio)]  # fmt: skip
    return el.Dl([el.Div([el.Dt(name), el.Dd(value)]) for name, value in cells], "sgc-b")


def _step(scope: Scope, asked: SignalState, line: SignalLine, step: str) -> str:
    """Where a step is taken: a letter on its own page, which takes the signal along, by those who write letters."""
    if step == "letter" and scope.may("write_letter") and scope.level != "township":
        return "/letters" + urlstate.write(urlstate.State(Filter(), lang=asked.url.lang, extra={"act": "new", "signal": str(line.id)}))
    return asked.href(id=str(line.id), act=step)


def _letter(services: Any, scope: Scope, line: SignalLine) -> int:
    """The letter that was written of a signal, 0 while the reader cannot see it."""
    letter = int(line.decided.data.get("letter") or 0) if line.decided else 0
    return letter if letter and any(x.id == letter for x in services.letters.all(scope)) else 0


def _deed(scope: Scope, asked: SignalState, line: SignalLine, today: date, letter: int) -> el.Node:
    """What may be done, what was done, the rows."""
    out: list[Any] = []
    for step in STEPS:
        chosen = STEPS[step].to == line.state
        if step in line.acts or (chosen and step != "undo" and STEPS[step].to):
            out.append(el.A(forms.name(step), f"btn{' pri' if chosen else ''}", href=_step(scope, asked, line, step) if step in line.acts else None,
                            data_step=_KEYS.get(step, ""), aria_current="true" if chosen else None))  # fmt: skip
    who = _who(line.decided, today) if line.decided else pick(*STATES[line.state])
    if line.snoozed_until and line.state == "open":
        who = t("暂缓到 {day}", day=fmt.day(line.snoozed_until, year=True))
    out.append(el.Span(who, "who-did", title=line.decided.why if line.decided else ""))
    if letter:
        out.append(el.A(t("看提示函"), "lk", href=words.at(f"/letter/{letter}")))
    if line.undoable:
        out.append(el.A(t("撤销"), "lk", href=asked.href(id=str(line.id), act="undo")))
    if line.rows is not None:
        out.append(el.A(t("{n} 条明细", n=line.count), "lk rows", href=rows(asked, line.rows), title=t("按 {at} 时的所知", at=fmt.moment(line.at))))
    return el.Div(out, "sgc-d")


def _who(event: SignalEvent, today: date) -> str:
    role = pick(*ROLES[event.role]) if event.role in ROLES else event.role
    return f"{forms.name(event.step)}：{event.by}（{role}），{words.near_day(event.at.date(), today)} {event.at:%H:%M}，{event.why}"


def _history(file: SignalFile) -> el.Node:
    """Steps of people and what each run said, newest first."""
    items = []
    for e in reversed(file.events):
        what = forms.name(e.step) if e.step in STEPS else t("发现")
        said = [el.B(what), *([el.Small(f" {forms.name(e.data['step'])}")] if e.step == "undo" else []), *([el.Small(t("已撤销"))] if e.undone else [])]
        who = t("机器") if e.by == "system" else e.by
        items.append(el.Li([el.Small(f"{fmt.moment(e.at)} {who}"), el.Div(said), *([el.P(e.why)] if e.why else [])], "off" if e.undone else ""))
    runs = [
        el.Tr([el.Td(fmt.day(week, year=True), "t"), el.Td(fmt.moment(at), "t"), el.Td(str(e["count"])), el.Td(usual(e["expected"])),
               el.Td(span(e["low"], e["high"])), el.Td(f"{e['pvalue']:.1e}")])
        for week, at, e in file.seen
    ]  # fmt: skip
    heads = [el.Th(x, c, scope="col") for x, c in ((t("周末"), "t"), (t("算于"), "t"), (t("件"), ""), (t("期望"), ""), (t("区间"), ""), ("p", ""))]
    return el.Div([el.H3(t("经过")), el.Ul(items, "gev"), el.H3(t("每次计算")), el.Table([el.Thead(el.Tr(heads)), el.Tbody(runs)])], "sgc-h")
