"""The parts of a change of a rate: what each part's own rate did to it, and what its larger or smaller share did."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.guard import Here
from dashboard.i18n import t
from dashboard.links import Links
from dashboard.pages.changed.figures import TITLES, change_bar, figure, foot, line, maker_name, row_class, said, section
from matters.filters import Filter
from services.changed import RateChanged, RateShare


def body(services: Any, at: Here, c: RateChanged) -> list[Any]:
    """Both rates, their change, its four dimensions."""
    links = Links(at)
    change = c.after - c.before if c.before is not None and c.after is not None else None
    points = fmt.signed(change * 100, 2) if change is not None else fmt.NONE
    head = el.Div([
        figure(links, t("前期"), fmt.share(c.before, 2), "%", c.rows_before, "changed.before", c.before, _ratio(links, c, "before")),
        figure(links, t("本期"), fmt.share(c.after, 2), "%", c.rows_after, "changed.after", c.after, _ratio(links, c, "after")),
        el.Div([el.Div(el.B(t("变化")), "l"),
                el.Div([el.Strong(points, data_figure="changed.change", data_value="" if change is None else repr(change)), el.Span(t("点"))], "v"),
                el.Div(t("点即百分点"), "d")], "fig"),
    ], "sheet figs g3")  # fmt: skip
    if change is None:
        why = el.P(t("有一段没有可作分母的事项，分不出构成。"), "nothing", role="status")
        return [line(services, c), head, why, foot("", c)]
    how = el.P(t("“自身”：这一项自己的{name}变了。“占比”：它在分母里的份量变了，而它高于或低于平均。两者相加是它的影响。", name=said(c.indicator)), "s")
    tables = el.Div([_table(services, links, dimension, c) for dimension in TITLES], "sheet ch4 rates")
    return [line(services, c), head, el.Div(el.Section(how, "p"), "sheet one"), tables, foot(t("四张表各自的影响加总都等于上面的变化"), c)]


def _ratio(links: Links, c: RateChanged, side: str) -> list[Any]:
    """Numerator ÷ denominator, each with its list where there is one."""
    top, bottom = c.sums_before if side == "before" else c.sums_after
    rows, below = (c.rows_before, c.bottom_before) if side == "before" else (c.rows_after, c.bottom_after)
    return [links.number(fmt.num(top), rows, f"changed.{side}.top", top), " ÷ ", links.number(fmt.num(bottom), below, f"changed.{side}.bottom", bottom)]


def _table(services: Any, links: Links, dimension: str, c: RateChanged) -> el.Node:
    shares = c.parts[dimension]
    most = max((abs(s.change) for s in shares), default=1) or 1
    names = ((t(TITLES[dimension]), "t"), (t("前期 %"), ""), (t("本期 %"), ""), (t("自身"), ""), (t("占比"), ""), (t("影响，点"), ""))
    heads = [el.Th(x, k, scope="col") for x, k in names]
    rows = [_row(services, links, dimension, s, most) for s in shares]
    sums = [sum(s.own for s in shares), sum(s.mix for s in shares), sum(s.change for s in shares)]
    total = el.Tr([el.Th(t("合计"), "t", scope="row"), el.Td(fmt.share(c.before)), el.Td(fmt.share(c.after)),
                   *(el.Td(_points(x)) for x in sums), el.Td(None)], "sum")  # fmt: skip
    return section(t(TITLES[dimension]), [*heads, el.Td(None, aria_hidden="true")], [*rows, total])


def _points(x: float) -> str:
    return fmt.signed(x * 100, 2)


def _row(services: Any, links: Links, dimension: str, s: RateShare, most: float) -> el.Node:
    key, who = f"changed.{dimension}.{s.key or s.kind}", maker_name(services, s)
    before = _rate(links, s.before, s.rows_before, f"{key}.before")
    return el.Tr([
        el.Th(who, "t ell", scope="row", title=who), before, _rate(links, s.after, s.rows_after, f"{key}.after"),
        el.Td(_points(s.own), "m"), el.Td(_points(s.mix), "m"), el.Td(_points(s.change)), change_bar(s.change, most),
    ], row_class(s))  # fmt: skip


def _rate(links: Links, pair: tuple[int, int], rows: Filter | None, key: str) -> el.Node:
    """A rate that opens its numerator; both numbers in the tip."""
    top, bottom = pair
    raw = top / bottom if bottom else None
    return el.Td(links.number(fmt.share(raw), rows, key, raw), title=f"{fmt.num(top)} ÷ {fmt.num(bottom)}")
