"""24 months with the year before, as numbers; assets/js/trend.js draws them to the size of their panel."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.dates import get_month_names
from dash import html

from dashboard import el
from dashboard.components import fmt
from dashboard.components.explained import Explainer
from dashboard.i18n import lang, pick, t
from dashboard.links import Links
from services.shapes import ListingLine, MonthPoint, Overview


def frame(prefix: str) -> html.Div:
    """The place to draw."""
    return html.Div(html.Div(id=f"{prefix}-trend", className="chart"), className="chart-frame")


def head(why: Explainer | None = None) -> el.Node:
    """The title."""
    return el.Div([el.H2(t("月受理量，24 个月")), *([why.info("accepted", t("月受理量"))] if why else []), el.Small(t("件；灰线为上年同月"))], "ph")


def months() -> list[str]:
    """The names of the months on an axis."""
    if lang() == "zh":
        return [t("{m} 月", m=m) for m in range(1, 13)]
    return [get_month_names("abbreviated", locale=lang())[m] for m in range(1, 13)]


def _point(p: MonthPoint, links: Links) -> dict[str, Any]:
    point: dict[str, Any] = {"y": p.month.year, "m": p.month.month, "now": p.now, "before": p.before, "href": links.rows(p.rows)}
    if not p.complete:
        point["open"] = True
    if p.festival:
        point["feast"] = t("春节 {m}-{d}", m=p.festival.month, d=p.festival.day)
    return point


def data(o: Overview, links: Links) -> dict[str, Any]:
    """What trend.js draws."""
    words = {
        "label": t("24 个月受理量与上年同月"), "months": months(), "before": t("上年 {n}", n="{n}"),
        "part": t("{month}不全", month=months()[o.trend[-1].month.month - 1]) if o.trend else "",
        "tip": t("{y} 年 {m} 月受理 {n} 件", y="{y}", m="{m}", n="{n}"),
        "tip_before": t("，上年同月 {n} 件", n="{n}"),
    }  # fmt: skip
    return {"area": o.area.code, "points": [_point(p, links) for p in o.trend], "words": words}


def listing_data(line: ListingLine, today: date) -> dict[str, Any]:
    """Monthly numbers of a listing around the day it was listed."""
    counts = line.effect.months if line.effect else ()
    return {
        "points": [{"y": m.year, "m": m.month, "now": n, "open": (m.year, m.month) == (today.year, today.month)} for m, n in counts],
        "mark": {"y": line.listed_on.year, "m": line.listed_on.month, "d": line.listed_on.day} if line.listed_on else None,
        "words": {"label": t("{area}挂牌事项月受理", area=pick(line.area_name, line.area_en)), "months": months(),
                  "mark": t("{day} 挂牌", day=fmt.day(line.listed_on))},
    }  # fmt: skip
