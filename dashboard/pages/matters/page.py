"""The list of matters: rail of views and facets, grid, sums, preview."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.components import case_columns, case_grid
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("事项")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; everything in it comes by callbacks."""
    definitions = case_columns.definitions(case_columns.USUAL, "accepted_on", True, "city")
    rail = html.Details([html.Summary(t("筛选"), className="btn"), html.Div(panels.skeleton(14), id="cases-rail")],
                        id="cases-rail-box", className="rail", open=True)  # fmt: skip
    body = html.Div([
        html.Div([case_grid.grid(definitions), html.Div(id="cases-empty")], className="gscroll", id="cases-scroll", tabIndex="-1"),
        html.Div(id="cases-told", role="status"),
        html.Div(id="cases-job"),
        html.Div(id="cases-chosen", hidden=True, className="job", **{
            "data-text": t("已选 {n} 件"), "data-only": t("只看所选"), "data-clear": t("取消选择"),
        }),
        html.Div(id="cases-sums", className="sumbox"),
    ], className="gm")  # fmt: skip
    return html.Div([
        html.Div([
            html.A(t("跳到列表"), href="#cases-scroll", className="skip"),  # dozens of tools and conditions stand before it
            html.Div(html.H1(t("事项")), className="crumb"),
            html.Div([
                html.I(className="ic-find", **{"aria-hidden": "true"}),
                html.Label(t("在这张清单里搜标题、编号、案号、地点"), htmlFor="cases-q", className="vh"),
                dcc.Input(id="cases-q", type="search", debounce=True, maxLength=60, placeholder=t("搜标题、编号、地点"), className="bare"),
                html.Kbd("/"),
            ], className="find in"),
            html.Div(id="cases-chips", className="chipbox"),
            html.Div(className="sp"),
            html.Div(id="cases-tools", className="tools"),
        ], className="bar cases-bar"),
        html.Div([rail, body, html.Aside(id="cases-preview", className="pv", **{"aria-label": t("所选事项")})], className="grid3"),
        dcc.Store(id="cases-picked"),
        dcc.Store(id="cases-rest"),
        dcc.Store(id="cases-sink"),
        dcc.Store(id="cases-act"),
        dcc.Store(id="cases-viewed"),
        dcc.Store(id="cases-ask"),
    ], className="cases")  # fmt: skip
