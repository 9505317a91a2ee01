"""Rows by outcome, a bar a day: inline SVG with a tip for each day, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.components.feed_words import COUNTS, OUTCOMES, listed, names
from dashboard.i18n import t
from services.feed_shapes import DayCounts

# Bottom to top: what was known already lies below in grey, what needs somebody on top in amber.
STACK = ("unchanged", "new", "changed", "withdrawn", "quarantined")
STEP, BAR = 10, 8  # width of a day in units of the drawing
TALLEST = 4  # a day this many times the next one is cut, so that the others can be seen


def scale(days: Sequence[DayCounts]) -> int:
    """The rows of a full bar: the largest day, or a little over the next one where the first load dwarfs all others."""
    sizes = sorted((d.received for d in days), reverse=True)
    if not sizes or not sizes[0]:
        return 1
    second = next((s for s in sizes[1:] if s), 0)
    return sizes[0] if not second or sizes[0] <= TALLEST * second else second + second // 4 + 1


def said(day: date, found: DayCounts | None) -> str:
    """A day in words, for its tip."""
    if found is None:
        return t("{day}：没有采集", day=fmt.day(day))
    words = names()
    parts = " + ".join(f"{words[k]} {fmt.num(getattr(found, k))}" for k in OUTCOMES if getattr(found, k)) or "0"
    bad = t("；{n} 次失败", n=found.failed) if found.failed else ""
    return t("{day}：收到 {n} = {parts}", day=fmt.day(day), n=fmt.num(found.received), parts=parts) + bad


def drawing(days: Sequence[DayCounts], today: date, length: int, height: int) -> el.Node:
    """Bars of the last `length` days on a scale of their own; a red foot marks days with failed runs."""
    by_day: Mapping[date, DayCounts] = {d.day: d for d in days}
    full, paths = scale(days), dict.fromkeys((*STACK, "fail", "cut"), "")
    first = today - timedelta(days=length - 1)
    for i in range(length):
        _bar(paths, by_day.get(first + timedelta(days=i)), i * STEP, full, height)
    drawn = [_svg("Path", d=d, className=f"fb-{k}") for k, d in paths.items() if d]
    line = _svg("Path", d=f"M0 {height - 3.5}H{length * STEP}", className="fb-base")
    svg = _svg("Svg", children=[line, *drawn], viewBox=f"0 0 {length * STEP} {height}", preserveAspectRatio="none",
               width="100%", height=str(height), **{"aria-hidden": "true"})  # fmt: skip
    tips = [el.I(None, title=said(d, by_day.get(d))) for d in (first + timedelta(days=i) for i in range(length))]
    return el.Div([svg, el.Div(tips, "fb-tips")], "fb", role="img", aria_label=_total(days, length))


def _bar(paths: dict[str, str], found: DayCounts | None, x: int, full: int, height: int) -> None:
    if found is None:
        return
    room, base = height - 6, float(height - 4)
    cut, limit = found.received > full, float(height - 4 - room)
    for kind in STACK:
        value = getattr(found, kind)
        if value:
            tall = max(1.0, min(value / full, 1.0) * room)
            top = max(limit, base - tall)
            paths[kind] += f"M{x} {base:.1f}V{top:.1f}h{BAR}V{base:.1f}z"
            base = top
    if cut:
        paths["cut"] += f"M{x - 1} 7l{BAR + 2} -3v2l-{BAR + 2} 3z"
    if found.failed:
        paths["fail"] += f"M{x} {height - 2}h{BAR}v2h-{BAR}z"


def _svg(kind: str, **props: Any) -> el.Node:
    return {"type": kind, "namespace": "dash_svg", "props": props}


def _total(days: Sequence[DayCounts], length: int) -> str:
    words = names()
    parts = listed([f"{words[k]} {fmt.num(sum(getattr(d, k) for d in days))}" for k in COUNTS])
    return t("近 {n} 天：{parts}", n=length, parts=parts)


def legend() -> el.Node:
    """What the colours mean."""
    words = names()
    return el.Span([el.Span([el.I(None, f"fb-key {k}"), words[k]]) for k in STACK] + [el.Span([el.I(None, "fb-key fail"), t("有失败")])], "fb-legend")


def table(days: Sequence[DayCounts]) -> el.Node:
    """The same as a table, newest first, with its sums."""
    words = names()
    head = el.Tr([el.Th(t("日期"), "t", scope="col"), el.Th(t("次数"), scope="col"), el.Th(t("失败"), scope="col"),
                  *[el.Th(words[k], scope="col") for k in COUNTS]])  # fmt: skip
    rows = [el.Tr([el.Td(d.day.isoformat(), "t"), el.Td(fmt.num(d.runs)), el.Td(fmt.num(d.failed)),
                   *[el.Td(fmt.num(getattr(d, k))) for k in COUNTS]]) for d in reversed(days)]  # fmt: skip
    sums = [el.Td(t("合计"), "t"), el.Td(fmt.num(sum(d.runs for d in days))), el.Td(fmt.num(sum(d.failed for d in days)))]
    sums += [el.Td(fmt.num(sum(getattr(d, k) for d in days)), data_figure=f"days-{k}", data_value=str(sum(getattr(d, k) for d in days))) for k in COUNTS]
    return el.Table([el.Thead(head), el.Tbody([*rows, el.Tr(sums, "sum")])], "ft rn")
