"""Indices from outside: the city's newest, counties beside each other, every figure with its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dashboard import el, panels
from dashboard.components import fmt
from dashboard.i18n import pick, t
from services.assessment_shapes import OutsideLine


def view(found: Sequence[OutsideLine]) -> list[Any]:
    """Cards of the city's newest figures, and below them all of them."""
    if not found:
        text = t("还没有外部指数。公众安全感、夜间出行安全感、平安指数等由管理员用一张小表导入：yizhan indices import 文件。")
        return [panels.empty(text)]
    names = list(dict.fromkeys(x.name for x in sorted(found, key=lambda x: x.area != "")))
    city = [next((x for x in found if x.name == n and not x.area), None) for n in names]
    cards = [_card(x) for x in city if x is not None]
    top = [el.Div(cards, f"sheet figs as-cards n{min(len(cards), 4)}")] if cards else []
    return [*top, el.Div(el.Section(_tables(found, names), "p scroll"), "sheet one")]


def _card(x: OutsideLine) -> el.Node:
    """The newest figure of the city: its place in the province is the first thing."""
    before, after = t("全省第 {n} 位").split("{n}")
    place = [el.Span(before), el.Strong(fmt.num(x.rank)), el.Span(after)] if x.rank else [el.Strong(_value(x))]
    beside = el.Span(t("数值 {v}", v=_value(x)), "cmp") if x.rank and x.value is not None else None
    value = el.Div([*place, beside], "v", data_figure=f"index-{x.name}", data_value=str(x.rank or x.value))
    return el.Div([el.Div([el.B(x.name), el.Span(_span(x))], "l"), value,
                   el.Div(t("来源：{source}", source=x.source), "d", title=x.source)], "fig")  # fmt: skip


def _tables(found: Sequence[OutsideLine], names: Sequence[str]) -> list[Any]:
    by_name: dict[str, list[OutsideLine]] = defaultdict(list)
    for x in found:
        by_name[x.name].append(x)
    out: list[Any] = []
    for name in names:
        head = el.Div([el.H2(name), el.Small(t("{n} 个数", n=len(by_name[name])))], "ph gap")
        columns = ((t("时段"), "t"), (t("地区"), "t"), (t("数值"), ""), (t("全省排名"), ""), (t("来源"), "t"), (t("导入"), "t"))
        heads = [el.Th(h, c, scope="col") for h, c in columns]
        out += [head, el.Table([el.Thead(el.Tr(heads)), el.Tbody([_row(x) for x in by_name[name]])], "asi")]
    return out


def _row(x: OutsideLine) -> el.Node:
    of = f" / {fmt.num(x.of)}" if x.of else ""
    return el.Tr([
        el.Td(_span(x), "t"), el.Td(pick(x.area_name, x.area_en), "t" if x.area else "t w6"), el.Td(el.B(_value(x))),
        el.Td(f"{fmt.num(x.rank)}{of}" if x.rank else fmt.NONE), el.Td(x.source, "t wrap"), el.Td(fmt.moment(x.at), "t m"),
    ])  # fmt: skip


def _value(x: OutsideLine) -> str:
    return fmt.NONE if x.value is None else f"{x.value:g}"


def _span(x: OutsideLine) -> str:
    return f"{fmt.day(x.start, True)} – {fmt.day(x.end, True)}"
