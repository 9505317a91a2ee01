"""A form for one act with its reason, as the pages of groups and centres use it; what the service refuses is said inside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from dashboard.i18n import t


def field_id(form: str, name: str) -> dict[str, str]:
    """Id of a field of an open form."""
    return {"form": form, "field": name}


def labelled(name: str, control: Any, hint: str = "", wide: bool = False) -> html.Div:
    """A control under its name."""
    label = html.Span([name, html.Small(hint)] if hint else name, className="fl")
    return html.Div(html.Label([label, control]), className="ff wide" if wide else "ff")


def line(form: str, name: str, value: str = "", placeholder: str = "", most: int = 60, focus: bool = False) -> dcc.Input:
    """A line of text."""
    return dcc.Input(id=field_id(form, name), type="text", value=value, placeholder=placeholder, maxLength=most, autoComplete="off", className="tf",
                     autoFocus=focus)  # fmt: skip


def lines(form: str, name: str, value: str = "", placeholder: str = "", most: int = 500, focus: bool = False) -> dcc.Textarea:
    """Several lines of text."""
    return dcc.Textarea(id=field_id(form, name), value=value, placeholder=placeholder, maxLength=most, className="ta",
                        autoFocus="autofocus" if focus else None)  # fmt: skip


def day(form: str, name: str, value: date | None) -> dcc.DatePickerSingle:
    """A day."""
    return dcc.DatePickerSingle(id=field_id(form, name), date=value.isoformat() if value else None, display_format="YYYY-MM-DD", first_day_of_week=1,
                                placeholder="YYYY-MM-DD", clearable=True)  # fmt: skip


def choice(form: str, name: str, options: Sequence[tuple[str, str]], value: Any, *, many: bool = False) -> dcc.Dropdown:
    """One of some values, or several of them."""
    return dcc.Dropdown(id=field_id(form, name), options=[{"value": v, "label": text} for v, text in options], value=value, multi=many,
                        searchable=len(options) > 8, clearable=many, className="dd")  # fmt: skip


def form(key: str, name: str, hint: str, fields: Sequence[Any], back: str, version: int) -> html.Div:
    """The whole form: `<key>-send` is its button, `<key>-version` what the reader saw, `<key>-said` where refusals stand."""
    buttons = html.Div([html.Button(name, id=f"{key}-send", className="btn pri", type="button", n_clicks=0),
                        html.A(t("取消"), href=back, className="btn"),
                        html.Span(t("记下何人、何时、为何；每一步都能撤销。"), className="s m")], className="fb")  # fmt: skip
    return html.Div([html.Div([html.H2(name), html.Small(hint)], className="ph"), html.Div(list(fields), className="fs"),
                     dcc.Store(id=f"{key}-version", data=version), html.Div(id=f"{key}-said", role="alert"), buttons],
                    className="form", role="form", **{"aria-label": name})  # fmt: skip


def refused(title: str, text: str, back: str = "") -> html.Div:
    """An act that was not taken: what, why, and the way on."""
    way = html.A(t("看现在的情况"), href=back, className="lk") if back else None
    return html.Div([html.B(title), html.Span(text), way], className="refused")


def values_of(ids: Sequence[Any], values: Sequence[Any], dates: Sequence[Any]) -> dict[str, Any]:
    """The fields of a form by name; texts without blanks at their ends."""
    found: dict[str, Any] = {}
    for key, value, chosen in zip(ids, values, dates, strict=True):
        name = str(key.get("field", "")) if isinstance(key, dict) else ""
        given = chosen if chosen is not None else value
        found[name] = given.strip() if isinstance(given, str) else given
    return found
