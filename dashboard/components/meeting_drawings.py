"""Pictures of a frozen meeting for the room: each signal over what is usual, each listing against what was to be expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.components.meeting_cells import Ways, node
from dashboard.i18n import pick, t
from dashboard.pages.signals import chart
from matters.signals import KINDS

Row = Mapping[str, Any]
SIGNALS, LISTINGS = 4, 5  # that stand on one page at 1080 pixels
WIDE, HIGH, EDGE = 620, 76, 46


def drawable(rows: Sequence[Row]) -> bool:
    """Whether the rows were frozen with what a drawing needs; meetings of earlier versions were not."""
    return bool(rows) and all("drawn" in r for r in rows)


def _cells(table: Mapping[str, Any], row: Row) -> dict[str, Any]:
    return {c["key"]: cell for c, cell in zip(table["columns"], row["cells"], strict=True)}


def signals(table: Mapping[str, Any], rows: Sequence[Row], first: int, out: Ways) -> el.Node:
    """Up to four signals: name, kind, sentence, 24 months. `first` is the number of the first."""
    return el.Div([_signal(_cells(table, r), r["drawn"], n, f"signals-{n - 1}", out) for n, r in enumerate(rows, start=first)], "m-signals")


def _signal(cells: Mapping[str, Any], drawn: Mapping[str, Any], n: int, figure: str, out: Ways) -> el.Node:
    name, says = pick(cells["name"]["s"], cells["name"].get("e", "")), pick(cells["says"]["s"], cells["says"].get("e", ""))
    kinds = [el.Em(pick(*KINDS[k])) for k in drawn["kinds"] if k in KINDS]
    points = [(date.fromisoformat(p[0]), p[1], p[2], p[3], p[4]) for p in drawn["points"]]
    label = t("{title}，近 24 个月：{counts}", title=name, counts="、".join(str(p[1]) for p in points))
    head = el.H2([el.B(str(n), "m-n"), el.A(name, href=out.href(cells["name"], figure)), *kinds])
    return el.el("Article", [head, el.P([says, " ", node(cells["count"], "count", f"{figure}-count", out), f" {t('件')}"]), chart.drawing(points, label)])


def listings(table: Mapping[str, Any], rows: Sequence[Row], first: int, out: Ways) -> el.Node:
    """Listings one under another: what came against what was to be expected, the verdict, the change with its interval on one scale."""
    every = [r["drawn"] for r in table["rows"]]
    told = [r["drawn"] for r in table["rows"] if r.get("key") not in ("few", "early")]  # the others have no interval to be read
    most = max((max(d.get("after", 0), d.get("expected", 0)) for d in every), default=0) or 1
    span = next((s for s in (0.5, 1.0, 1.5) if max((abs(d.get(k, 0)) for d in told for k in ("low", "high")), default=0) <= s * 1.05), 1.5)
    heads = [el.Div([el.H2(t("挂牌后月均")), el.Small(t("件；竖线为预期，由挂牌前与同类未挂牌的地方推得"))]),
             el.Div([el.H2(t("变化与 95% 区间")), el.Small(t("区间跨过“不变”即不能断言"))])]  # fmt: skip
    lines = [x for y, r in enumerate(rows, start=first) for x in _listing(_cells(table, r), r, most, span, out.line(f"listings-{y}"))]
    return el.Div([*heads, *lines, el.Div(None), _axis(span)], "m-listed")


def _listing(cells: Mapping[str, Any], row: Row, most: float, span: float, to: str) -> list[el.Node]:
    drawn, key = row["drawn"], row.get("key", "")
    after, expected = drawn.get("after"), drawn.get("expected")
    said: list[Any] = [t("还没有整月")] if key == "early" or after is None else [t("实际"), " ", el.B(fmt.num(after, 1))]
    if len(said) > 1 and expected is not None:
        said += [t("，预期 "), el.B(fmt.num(expected, 1))]
    bar = [el.I(None, style={"width": f"{(after or 0) / most * 100:.1f}%"})]
    if expected:
        bar.append(el.el("U", None, style={"left": f"{expected / most * 100:.1f}%"}))
    name = el.Div([el.A(el.B(drawn["name"]), href=to), el.Small(drawn["what"])])
    counted = el.Div([el.P(said), el.Div(bar, "track")] if len(said) > 1 else [el.P(said)])
    left = el.Div([name, counted, el.B(pick(cells["verdict"]["s"], cells["verdict"].get("e", "")), "v")], f"ml-row {key}")
    return [left, el.Div(_interval(drawn, key, span), f"ml-int {key}")]


def _x(value: float, span: float) -> float:
    return round(WIDE / 2 + max(-span * 1.1, min(span * 1.1, value)) / span * (WIDE / 2 - EDGE), 1)


def _svg(kind: str, children: Any = None, **props: Any) -> el.Node:
    return {"type": kind, "namespace": "dash_svg", "props": {**props, **({"children": children} if children is not None else {})}}


def _marks(span: float) -> list[float]:
    return [-span, -span / 2, 0, span / 2, span]


def _interval(drawn: Mapping[str, Any], key: str, span: float) -> el.Node:
    lines = [_svg("Path", d=f"M{_x(v, span)} 0V{HIGH}", className="zero" if v == 0 else "gl") for v in _marks(span)]
    label = t("没有可比的月份")
    if key not in ("few", "early") and all(k in drawn for k in ("ratio", "low", "high")):
        low, at, high = (_x(drawn[k], span) for k in ("low", "ratio", "high"))
        label = f"{fmt.signed(drawn['ratio'] * 100, 0)}%（{fmt.signed(drawn['low'] * 100, 0)}% – {fmt.signed(drawn['high'] * 100, 0)}%）"
        lines += [_svg("Path", d=f"M{low} 50H{high}M{low} 42V58M{high} 42V58", className="wh"), _svg("Circle", cx=str(at), cy="50", r="8", className="dot"),
                  _svg("Text", f"{fmt.signed(drawn['ratio'] * 100, 0)}%", x=str(at), y="30", textAnchor="middle", className="mi-n")]  # fmt: skip
    return _svg("Svg", lines, viewBox=f"0 0 {WIDE} {HIGH}", width="100%", role="img", **{"aria-label": label})


def _axis(span: float) -> el.Node:
    marks = [_svg("Text", t("不变") if v == 0 else f"{fmt.signed(v * 100, 0)}%", x=str(_x(v, span)), y="20", textAnchor="middle", className="tk")
             for v in _marks(span)]  # fmt: skip
    return el.Div(_svg("Svg", marks, viewBox=f"0 0 {WIDE} 28", width="100%", **{"aria-hidden": "true"}), "ml-axis")


def months(frozen: Any, out: Ways) -> el.Node:
    """24 months as columns from zero; each opens its rows, the last one wears its number."""
    points: Sequence[Any] = [r["cells"] for r in frozen["rows"]]
    top = max((c[1]["n"] or 0 for c in points), default=0) or 1
    columns = []
    for i, c in enumerate(points):
        name, n = c[0]["s"], c[1]["n"] or 0
        said = fmt.num(n) if i in (len(points) - 1, max(range(len(points)), key=lambda k: points[k][1]["n"] or 0)) else ""
        part = " part" if c[3]["s"] else ""
        label = f"{name} {fmt.num(n)}"
        column = [el.Small(said), el.I(None, part.strip(), style={"height": f"calc((100% - 1.7em) * {n / top:.4f})"})]
        columns.append(el.A(column, "mc", href=out.href(c[1], f"months-{i}"), title=label, aria_label=label,
                            data_month=name[2:] if name.endswith(("-01", "-07")) else ""))  # fmt: skip
    return el.Div([el.H3(pick(frozen["zh"], frozen["en"])), el.Div(columns, "m-months")], "m-table")
