"""An overview of a township as the parts of its page."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import bars, centre, fmt, open_matters, trend
from dashboard.components.explained import Explainer
from dashboard.components.overview import Asking, Trees
from dashboard.i18n import t
from dashboard.links import Links
from dashboard.pages.city.figures import bars_why, kinds, who
from dashboard.pages.county.figures import listing
from services.shapes import Overview


def facts(o: Overview, links: Links, why: Explainer) -> list[el.Node]:
    """Per 10,000 people, and where the seat comes from."""
    rows = o.filter.with_(area=o.area.code, part="accepted")
    value = links.number(fmt.num(o.total.per_10k, 1), rows, "per_10k", o.total.per_10k, className="")
    note = t("{y} 年普查人口 {n}", y=o.area.census_year, n=fmt.num(o.area.population))
    seat = t("驻地已核实") if o.area.seat_verified else t("驻地未核实，位置为估计")
    unit = el.Span(t("件 / 万人"))
    head = el.Div([el.H2(t("每万人受理")), why.info("per_10k", t("每万人受理"))], "ph")
    return [head, el.P([el.Strong(value), unit], "big"), el.Small(note), el.Small(seat)]


def villages(o: Overview, links: Links, why: Explainer) -> list[el.Node]:
    """Villages by matters accepted; what is known to the township only comes last."""
    head = el.Div([el.H2(t("村（社区）")), bars_why(why), el.Small(t("受理，件，合计 {n}", n=fmt.num(sum(s.value for s in o.villages))))], "ph")
    return [head, bars.bars(o.villages, "", "village", links, "vil")]


def answer(asking: Asking, o: Overview, links: Links) -> tuple[Trees, tuple[Any, ...]]:
    """The panels; numbers of the map, the trend and the listing's months."""
    trees, numbers = asking.map(o, links)
    card, months = listing(o, links)
    trees |= card
    why = asking.why(o, links)
    trees |= {"facts": facts(o, links, why), "villages": villages(o, links, why), "centre": centre.card(o, links), "kinds": kinds(o, links, why),
              "open": open_matters.panel(o, asking.agencies, asking.name, links, why), "who": who(o, links, why)}  # fmt: skip
    return trees, (numbers, trend.data(o, links), months)
