"""The parts of one letter's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from dashboard import el, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt, late_feeds, letter_words
from dashboard.guard import Here
from dashboard.i18n import pick, t
from dashboard.pages.letter import sheet
from dashboard.pages.letters.figures import foot, one
from matters.access import ROLES, Scope
from matters.filters import Filter
from services.letter_shapes import LetterEvent, LetterFile

FILES = ("docx", "pdf", "xlsx")
PRIMARY = ("submit", "approve", "issue", "receipt", "reply", "accept", "close")


def crumb(at: Here, scope: Scope, file: LetterFile) -> el.Node:
    """The way back, the files, printing."""
    home = "/letters" + urlstate.write(urlstate.State(at.state.filter.with_(area="", window=None), lang=at.state.lang))
    steps = [el.A(t("提示函"), href=home), el.Span("›"), el.B(file.line.number or t("草稿 {n}", n=file.line.id))]
    files = [el.A(kind, "btn", href=f"/letters/file/{file.line.id}/{kind}", data_reload="1", download="") for kind in FILES] if scope.may("export") else []
    return el.Div([el.Div(steps, "crumb"), el.Div(None, "sp"), *files, el.Button(t("打印"), "btn", data_act="print")], "bar")


def body(services: Any, scope: Scope, at: Here, file: LetterFile) -> list[Any]:
    """Head with the acts, figures, then the paper beside its evidence and history."""
    aside = el.Section([*_effect(at, file), *_places(at, file), *_replies(file), _events(file), _proof(file)], "p lside")
    paper = el.Section(sheet.sheet(services.letters.paper(file), file.line.id), "p lpaper")
    late = late_feeds.line(services, scope) if file.effect is not None else []
    return [_head(at, file), *late, _figures(at, file), el.Div([paper, aside], "sheet ll"), foot(services)]


def _act(at: Here, key: str) -> str:
    return at.path + urlstate.write(replace(at.state, extra={"act": key}))


def _head(at: Here, file: LetterFile) -> el.Node:
    x = file.line
    acts = [el.A(letter_words.step(a), "btn pri" if a in PRIMARY else "btn", href=_act(at, a), data_act_step=a) for a in file.acts]
    if file.undoable:
        acts.append(el.A(t("撤销最近一步"), "btn", href=_act(at, "undo"), data_act_step="undo"))
    other = []
    if x.replaces:
        other.append(el.A(t("替代原函"), "lk", href=one(at, x.replaces)))
    if x.replaced_by:
        other.append(el.A(t("见替代它的函"), "lk", href=one(at, x.replaced_by)))
    name = [el.H1(letter_words.title(x), "big"), letter_words.tag(x), letter_words.colour(x.colour), *other]
    return el.Section([el.Div([*name, el.Div(None, "sp"), el.Div(acts, "acts")], "ph"), el.Div(_says(file), "s m")], "dt")


def _says(file: LetterFile) -> list[Any]:
    """What is next, in a line."""
    x = file.line
    to = f"{x.addressee} · {words.category(x.category)}"
    if x.due_on is None:
        return [to]
    reminded = [" · ", t("已催 {n} 次", n=x.reminders)] if x.reminders else []
    return [to, " · ", t("回复期限"), " ", letter_words.left(x), *reminded]


def _figures(at: Here, file: LetterFile) -> el.Node:
    """The frozen figures; each opens its rows as they stood."""
    e = file.evidence
    window = fmt.window(file.rows.window)
    figs = [_fig(at, t("件数"), file.rows, e["count"], "letter.count", window), _fig(at, t("上年同期"), file.rows_before, e["before"], "letter.before",
                                                                                 fmt.window(file.rows_before.window))]  # fmt: skip
    if e["signal"]:
        s = e["signal"]
        days = t("{a} 至 {b}", a=s["first"], b=s["last"])
        usual = t("常年 {x}（{lo}–{hi}）", x=fmt.num(s["expected"], 0 if s["expected"] >= 10 else 1), lo=fmt.num(s["low"]), hi=fmt.num(s["high"]))
        seen = el.A(t("看信号"), "lk", href=words.at(f"/signals?id={s['id']}"))
        figs.append(el.Div([el.Div(el.B(t("信号：件数与常年")), "l"), el.Div([el.Strong(fmt.num(s["count"])), el.Span(usual)], "v"),
                            el.Div([days, " ", seen], "d")], "fig"))  # fmt: skip
    people = t("各件所报之和；同一人可能出现在几件里")
    value = el.Div([el.Strong(fmt.num(e["people"])), el.Span(t("人次"))], "v")
    figs.append(el.Div([el.Div(el.B(t("涉及人数")), "l"), value, el.Div(people, "d", title=people)], "fig"))
    return el.Div(figs, f"sheet figs g{len(figs)}")


def _fig(at: Here, name: str, rows: Filter, value: int, key: str, below: str) -> el.Node:
    number = el.A(el.Strong(fmt.num(value), data_figure=key, data_value=str(value)), href=urlstate.rows(rows, at.state.lang))
    return el.Div([el.Div(el.B(name), "l"), el.Div([number, el.Span(t("件"))], "v"), el.Div(below, "d", title=below)], "fig")


def _effect(at: Here, file: LetterFile) -> list[el.Node]:
    e = file.effect
    if e is None:
        return []
    text, tone = letter_words.verdict(e)
    before = el.A(fmt.num(e.before), "n", href=urlstate.rows(e.rows_before, at.state.lang), data_figure="letter.effect-before", data_value=str(e.before)) \
        if e.rows_before else fmt.num(e.before)  # fmt: skip
    after = el.A(fmt.num(e.after), "n", href=urlstate.rows(e.rows_after, at.state.lang), data_figure="letter.effect-after", data_value=str(e.after)) \
        if e.rows_after else fmt.NONE  # fmt: skip
    line = el.P([t("发函前 {n} 周", n=e.weeks_before), " ", before, " ", t("件"), " · ", t("发函后 {n} 周", n=e.weeks_after), " ", after, " ", t("件")], "s")
    return [el.Div(el.H2(t("发函以后")), "ph"), el.P(text, tone), line]


def _places(at: Here, file: LetterFile) -> list[el.Node]:
    """The table of places; each number opens its rows."""
    if len(file.evidence["places"]) < 2:
        return []
    rows = []
    for code, name, now, then in file.evidence["places"]:
        cells = [fmt.num(n) if not code else el.A(fmt.num(n), "n", href=urlstate.rows(f.with_(area=code), at.state.lang), data_figure=f"{key}-{code}",
                 data_value=str(n)) for n, f, key in ((now, file.rows, "place"), (then, file.rows_before, "place-before"))]  # fmt: skip
        rows.append(el.Tr([el.Td(name, "t" if code else "t m"), *(el.Td(c) for c in cells)]))
    both = ((file.evidence["count"], file.rows), (file.evidence["before"], file.rows_before))
    sums = [el.Td(el.A(fmt.num(n), "n", href=urlstate.rows(f, at.state.lang)), "w6") for n, f in both]
    total = el.Tr([el.Td(t("合计"), "t w6"), *sums], "total")
    head = el.Thead(el.Tr([el.Th(t("地区"), "t", scope="col"), el.Th(t("件数"), scope="col"), el.Th(t("上年同期"), scope="col")]))
    return [el.Div(el.H2(t("证据：按地区")), "ph"), el.Table([head, el.Tbody([*rows, total])], "lpl")]


def _replies(file: LetterFile) -> list[el.Node]:
    """What the addressee wrote, the newest first."""
    found = [e for e in reversed(file.events) if e.step == "reply" and not e.undone]
    if not found:
        return []
    items = [el.Li([el.P(e.data["measures"], "pre"), el.Small([fmt.moment(e.at), " ", str(e.data.get("by_proxy") or _role(e))])]) for e in found]
    return [el.Div(el.H2(t("回复的措施")), "ph"), el.Ul(items, "gev")]


def _role(e: LetterEvent) -> str:
    return pick(*ROLES[e.role]) if e.role in ROLES else e.role


def _events(file: LetterFile) -> el.Node:
    """The history, newest first, undone steps struck."""
    items = []
    for e in reversed(file.events):
        note = [el.P(e.note, "pre")] if e.note else []
        if e.step == "edit" and e.data.get("was"):
            note.append(el.P(t("改动 {n} 处", n=len(e.data["was"])), "s"))
        if e.step == "issue":
            note.append(el.P(f"{e.data['number']} · {t('回复期限')} {e.data['due_on']}", "s"))
        head = [el.B(letter_words.step(e.step)), " ", el.Small([fmt.moment(e.at), " ", _role(e), " ", e.by])]
        items.append(el.Li([*head, *note, *([el.Small(t("已撤销"))] if e.undone else [])], "off" if e.undone else ""))
    return el.Div([el.Div(el.H2(t("经过")), "ph"), el.Ul(items, "gev")])


def _proof(file: LetterFile) -> el.Node:
    """When the evidence was frozen, and that what was issued is still what lies here."""
    at = date.fromisoformat(file.evidence["at"][:10])
    lines = [el.P(t("证据冻结于 {at}", at=f"{at.isoformat()} {file.evidence['at'][11:16]}"), "s m")]
    if file.digest:
        word = t("与发出时一致") if file.intact else t("与发出时不一致：存储被改动过，请报管理员")
        lines.append(el.P([t("摘要"), " ", el.Code(file.digest[:12]), " ", el.Span(word, "" if file.intact else "act w6")], "s m", title=file.digest))
    return el.Div(lines, "lproof")
