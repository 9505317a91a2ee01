"""The forms of letters: a new one, and one for each step; what the service refuses is said inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dash import dcc, html

from dashboard.components import act_form, letter_words
from dashboard.components import case_words as words
from dashboard.i18n import pick, t
from matters.categories import CATEGORIES
from matters.letters import COLOURS, KINDS
from services.letter_shapes import LetterFile
from services.shapes import AreaInfo

KEY = "letter"
ALWAYS = 2  # weeks of evidence that a new letter by hand begins with, times two


def form(name: str, hint: str, fields: Sequence[Any], back: str, version: int = 0) -> html.Div:
    """The whole form; what can no more be changed afterwards is said by its hint."""
    buttons = html.Div([html.Button(name, id="letter-send", className="btn pri", type="button", n_clicks=0), html.A(t("取消"), href=back, className="btn"),
                        html.Span(t("记下何人、何时、为何。"), className="s m")], className="fb")  # fmt: skip
    return html.Div([html.Div([html.H2(name), html.Small(hint)], className="ph"), html.Div(list(fields), className="fs"),
                     dcc.Store(id="letter-version", data=version), html.Div(id="letter-said", role="alert"), buttons],
                    className="form", role="form", **{"aria-label": name})  # fmt: skip


def _colours(days: Mapping[str, int], now: str) -> html.Div:
    options = [(key, f"{pick(*names)} · {t('当天') if not days[key] else t('{n} 天内回复', n=days[key])}") for key, names in COLOURS.items()]
    return act_form.labelled(t("颜色与回复期限"), act_form.choice(KEY, "colour", options, now))


def new(areas: Sequence[tuple[AreaInfo, str]], days: Mapping[str, int], today: date, back: str, signal: str = "") -> html.Div:
    """A new letter: of a signal (its sentence is shown, area and days are its own), or by hand."""
    usual = [
        act_form.labelled(t("按部门或按地区"), act_form.choice(KEY, "kind", [(k, pick(*v)) for k, v in KINDS.items()], "department")),
        _colours(days, "yellow"),
        act_form.labelled(t("收件单位"), act_form.line(KEY, "addressee", "", t("空着由系统按类别和地区填"), 100)),
    ]
    if signal:
        fields = [html.P(signal, className="ff wide sent"), *usual]
    else:
        where = [(a.code, name) for a, name in areas]
        fields = [
            act_form.labelled(t("地区"), act_form.choice(KEY, "area", where, where[0][0] if where else None)),
            act_form.labelled(t("纠纷类别"), act_form.choice(KEY, "category", [(c.code, words.category(c.code)) for c in CATEGORIES.values()], None)),
            act_form.labelled(t("从"), act_form.day(KEY, "first", today - timedelta(weeks=2 * ALWAYS) + timedelta(days=1))),
            act_form.labelled(t("到"), act_form.day(KEY, "last", today)), *usual,
        ]  # fmt: skip
    return form(t("拟写提示函"), t(letter_words.HINTS["new"]), fields, back)


def step(file: LetterFile, key: str, days: Mapping[str, int], today: date, back: str) -> html.Div:
    """The form of one step; a plain word when it cannot be taken now."""
    may = key in file.acts or (key == "undo" and file.undoable)
    if not may or key not in letter_words.HINTS:
        name = letter_words.state(file.line.state)
        return act_form.refused(t("这一步现在不能做"), t("它已是“{state}”，或您没有这一步的权限。", state=name), back)
    hint = letter_words.HINTS[key]
    return form(letter_words.step(key), t(hint), _fields(file, key, days, today), back, file.line.version)


def _fields(file: LetterFile, key: str, days: Mapping[str, int], today: date) -> list[Any]:
    note = act_form.labelled(t("说明"), act_form.lines(KEY, "note", "", t("写给看经过的人，不写当事人姓名和号码"), 500, focus=True), wide=True)
    if key == "edit":
        return _edit(file, days)
    if key == "reply":
        return [act_form.labelled(t("措施和结果"), act_form.lines(KEY, "measures", "", t("做了什么，结果如何，还要做什么"), 4_000, focus=True), wide=True),
                act_form.labelled(t("回复单位"), act_form.line(KEY, "person", "", t("代为录入时写明哪个单位"), 50))]  # fmt: skip
    if key == "send_back":
        return [note, act_form.labelled(t("新的期限"), act_form.day(KEY, "due_on", today + timedelta(days=3)))]
    return [note]


def _edit(file: LetterFile, days: Mapping[str, int]) -> list[Any]:
    c, line = file.content, file.line
    return [
        act_form.labelled(t("标题"), act_form.lines(KEY, "title", line.title, "", 100), wide=True),
        act_form.labelled(t("收件单位"), act_form.line(KEY, "addressee", line.addressee, "", 100)),
        _colours(days, line.colour),
        act_form.labelled(t("另定回复期限"), act_form.day(KEY, "due_on", c.due_on), t("空着按颜色")),
        act_form.labelled(t("开头"), act_form.lines(KEY, "opening", c.opening, "", 500), wide=True),
        act_form.labelled(t("发现的情况"), act_form.lines(KEY, "findings", "\n".join(c.findings), "", 7_000), t("一行一条"), wide=True),
        act_form.labelled(t("提示依据"), act_form.lines(KEY, "laws", c.laws, "", 1_000), wide=True),
        act_form.labelled(t("请做好以下工作"), act_form.lines(KEY, "requests", "\n".join(c.requests), "", 7_000), t("一行一条"), wide=True),
        act_form.labelled(t("结尾"), act_form.lines(KEY, "closing", c.closing, "", 500), wide=True),
    ]
