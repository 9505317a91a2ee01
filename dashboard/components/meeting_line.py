"""One line of a frozen table in full: what a page of today would say otherwise by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import el, urlstate
from dashboard.components import meeting_drawings
from dashboard.components.meeting_cells import Ways, node, text
from dashboard.i18n import lang, pick, t
from matters.filters import Filter
from matters.moments import read_moment

AT_ONCE = 200  # matters that one address can name


def whole(name: str, frozen: Mapping[str, Any], y: int, out: Ways, back: str) -> list[Any]:
    """Every cell with its heading, what else was frozen of it, its matters; the way to the page of today at the end, named as such."""
    row = frozen["rows"][y]
    cells = list(zip(frozen["columns"], row["cells"], strict=True))
    shown = [(c, {**cell, "many": False}) for c, cell in cells if "h" not in cell or cell["h"].startswith("/matter/")]
    facts = [pair for c, cell in shown
             for pair in (el.Dt(pick(c["zh"], c["en"])), el.Dd(node(cell, c["kind"], f"{name}-{y}-{c['key']}", out)))]  # fmt: skip
    title = next((text(cell, "text") for _, cell in cells if "h" in cell), text(cells[0][1], "text"))
    told = [pair for m in row.get("more", ()) for pair in (el.Dt(pick(m["zh"], m["en"])), el.Dd(m["s"], "w"))]
    parts: list[Any] = [el.P(el.A(t("回到会议"), "lk", href=back)), el.Div([el.H2(title), el.Small(pick(frozen["zh"], frozen["en"]))], "ph wrap"),
                        el.P(t("以下是冻结时的内容，此后的变动不在其中。"), "s m")]  # fmt: skip
    if name == "signals" and meeting_drawings.drawable([row]):
        parts.append(meeting_drawings.signals(frozen, [row], y + 1, out))
    parts += [el.el("Dl", [*facts, *told], "m-facts", data_line=f"{name}-{y}"), *_matters(row, out)]
    today = next((cell["h"] for _, cell in cells if "h" in cell and not cell["h"].startswith("/matter/")), "")
    return [*parts, *([el.P(el.A(t("看现在的页面（可能已与会议时不同）"), "lk", href=_with_lang(today), data_today="1"))] if today else [])]


def _with_lang(href: str) -> str:
    said = lang() if lang() != "zh" else ""
    return f"{href}{'&' if '?' in href else '?'}lang={said}" if said else href


def _matters(row: Mapping[str, Any], out: Ways) -> list[Any]:
    """The matters behind a number that are too many for one address, so many a list."""
    codes = row.get("codes", ())
    said = lang() if lang() != "zh" else ""
    links = []
    for i in range(0, len(codes), AT_ONCE):
        f = Filter(window=None, as_of=read_moment(out.as_of), part="open", codes=tuple(codes[i : i + AT_ONCE]))
        n = len(f.codes)
        links.append(el.Li(el.A(t("第 {a} 至 {b} 件", a=i + 1, b=i + n), "n", href=urlstate.rows(f, said), data_figure=f"part-{i}", data_value=str(n))))
    return [el.H3(t("涉及的事项")), el.el("Ol", links, "m-parts")] if links else []
