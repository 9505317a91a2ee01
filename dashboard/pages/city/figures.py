"""An overview of the city as the parts of its page."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import bars, fmt, open_matters, ranking, trend
from dashboard.components.explained import Explainer
from dashboard.components.overview import Asking, Trees
from dashboard.i18n import t
from dashboard.links import Links
from matters.categories import CATEGORIES
from services.shapes import Overview


def bars_why(why: Explainer) -> el.Node:
    """What explains bars of matters accepted."""
    return why.columns([("accepted", t("受理")), ("share", t("占比"))])


def kinds(o: Overview, links: Links, why: Explainer) -> list[el.Node]:
    """Shares of the categories."""
    everything = el.A(t("{n} 类全部", n=len(CATEGORIES)), "lk", href=links.rows(o.filter.with_(area=o.area.code, part="accepted")))
    head = el.Div([el.H2(t("纠纷类别")), bars_why(why), el.Small(t("受理件数与占比，按件数")), el.Div(None, "sp"), everything], "ph")
    return [head, bars.bars(o.categories, "category", "category", links)]


def who(o: Overview, links: Links, why: Explainer) -> list[el.Node]:
    """Who heard of it first, and how it came to the centres."""
    total, centre = sum(s.value for s in o.agencies), sum(s.value for s in o.channels)
    head = el.Div([el.H2(t("首报机构")), bars_why(why), el.Small(t("每件只计一次，合计 {n}", n=fmt.num(total)))], "ph")
    second = el.Div([el.H3(t("矛调中心受理的渠道")), el.Small(t("合计 {n}", n=fmt.num(centre)), "m")], "lh")
    return [head, bars.bars(o.agencies, "agency", "agency", links, "ag"), second, bars.bars(o.channels, "channel", "channel", links, "ag")]


def answer(asking: Asking, o: Overview, links: Links) -> tuple[Trees, tuple[Any, ...]]:
    """The panels; numbers of the map, the trend and the listing's months."""
    trees, numbers = asking.map(o, links)
    why = asking.why(o, links)
    trees |= {"rank": ranking.panel(o, links, why), "open": open_matters.panel(o, asking.agencies, asking.name, links, why),
              "kinds": kinds(o, links, why), "who": who(o, links, why)}  # fmt: skip
    return trees, (numbers, trend.data(o, links), {"points": [], "words": {}})
