"""Shares as sorted bars, count and percent in columns; the rest last, in grey, named with the number of its kinds."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import lang, t
from dashboard.links import Links
from services.shapes import Share


def _label(s: Share, facet: str, kind: str, links: Links) -> el.Node:
    """The name of a bar; choosing it narrows the screen to it."""
    if s.rest:
        words = {"category": t("其余 {n} 类", n=s.rest), "village": t("其余 {n} 村", n=s.rest)}
        return el.Span(words.get(kind, t("其余 {n} 项", n=s.rest)))
    word = s.zh if lang() == "zh" else s.en or s.zh
    tone = "wait" if s.stale else ""
    return el.A(word, tone, href=links.same(**{facet: s.key}), title=word) if facet else el.Span(word, tone, title=word)


def _bar(s: Share, most: int, facet: str, kind: str, links: Links) -> el.Node:
    width = f"{100 * s.value / most:.1f}%"
    grey = "x" if s.rest or s.key in ("", "-") else ""
    number = el.Span(links.number(fmt.num(s.value), s.rows, f"{kind}.{s.key or 'none'}", s.value, className=""))
    return el.Li([_label(s, facet, kind, links), el.Div(el.I(None, grey, style={"width": width})), number, el.Small(f"{fmt.share(s.share)}%")], "hb")


def bars(shares: Sequence[Share], facet: str, kind: str, links: Links, className: str = "") -> el.Node:
    """A list of bars; `facet` is the filter that a label sets ('' none), `kind` names the numbers."""
    if not shares:
        return el.P(t("这段时间没有受理的事项。"), "nothing")
    most = max(1, *(s.value for s in shares))
    return el.Ul([_bar(s, most, facet, kind, links) for s in shares], f"hbs {className}".strip())
