"""The parts of one listing's page."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import asof
from dashboard.components import case_words as words
from dashboard.components import late_feeds, listing_table, listing_words
from dashboard.i18n import t
from dashboard.pages.listings import figures
from dashboard.pages.listings.state import ListingState
from matters.access import Scope
from services.shapes import ListingFile


def crumb(file: ListingFile) -> html.Div:
    """The way back to the list, and printing."""
    name = file.line.number or listing_words.title(file.line)
    steps = [html.A(t("挂牌整治"), href=words.at("/listings")), html.Span("›"), html.B(name)]
    return html.Div([html.Div(steps, className="crumb"), html.Div(className="sp"),
                     html.Button(t("打印"), className="btn", **{"data-act": "print"})], className="bar")  # fmt: skip


def body(services: Any, scope: Scope, file: ListingFile, asked: ListingState) -> list[Any]:
    """The listing in full, with its own row of the table above its panels when it is or was in force."""
    parts = figures.detail(services, scope, file, asked, "h1")
    if file.line.effect is None:
        return parts
    late = late_feeds.line(services, scope)
    row = listing_table.table([file.line], 0, lambda line: asked.one(line.id), asof.today(services), "all")
    return [*late, html.Section(html.Section(row, className="p scroll"), className="sheet one"), *parts]
