"""Issuing an urging or a card from the desk: one form, the rule's reason filled in, to be changed before it goes."""

from __future__ import annotations

from datetime import date, timedelta

from dash import dcc, html

from dashboard.i18n import t
from dashboard.pages.supervision.figures import head_of
from dashboard.pages.supervision.words import step, why
from services.path_shapes import ProposalLine

ANSWER_DAYS = {"urge": 3, "yellow": 3, "red": 2, "black": 1}


def issue(p: ProposalLine, today: date, back: str) -> html.Div:
    """The form of a proposal."""
    name = t("发出{step}", step=step(p.step))
    note = dcc.Textarea(id="sv-why", value=why(p), maxLength=500, className="ta", autoFocus="autofocus")
    fields = [html.Div(html.Label([html.Span(t("理由"), className="fl"), note]), className="ff wide")]
    if p.step != "urge":
        fields.insert(0, html.Div(html.Label([html.Span(t("答复期限"), className="fl"), _day(today, ANSWER_DAYS[p.step])]), className="ff"))
    else:  # urging sets no day; the callback wants the field all the same
        fields.append(html.Div(dcc.Input(id="sv-day", type="hidden", value="")))
    buttons = html.Div([html.Button(name, id="sv-send", className="btn pri", type="button", n_clicks=0),
                        html.A(t("取消"), href=back, className="btn"), html.Span(t("记下何人、何时、为何；发出后可以撤销，也要写理由。"), className="s m")],
                       className="fb")  # fmt: skip
    head = html.Div([html.H2(f"{name} · {p.matter.title}"), html.Small(head_of(p.matter))], className="ph")
    return html.Div([head, html.Div(fields, className="fs"), dcc.Store(id="sv-version", data=p.matter.version), html.Div(id="sv-said", role="alert"),
                     buttons], className="form", role="form", **{"aria-label": name})  # fmt: skip


def _day(today: date, days: int) -> dcc.Input:
    return dcc.Input(id="sv-day", type="text", value=(today + timedelta(days=days)).isoformat(), pattern=r"\d{4}-\d{2}-\d{2}", maxLength=10,
                     placeholder="YYYY-MM-DD", className="tf", autoComplete="off")  # fmt: skip


def refused(title: str, text: str, back: str) -> html.Div:
    """An act that was not taken, and the way on."""
    return html.Div([html.B(title), html.Span(text), html.A(t("看现在的情况"), href=back, className="lk")], className="refused")
