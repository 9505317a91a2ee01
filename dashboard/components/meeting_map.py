"""The areas below as one still drawing, filled by the change that the slide speaks of; numbers stand in the table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import lang, t
from services.meeting_outlines import fill_of, path


def drawing(frozen: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]], label: str) -> el.Node:
    """`frozen`: the outlines of services.meeting_outlines; `values`: comparisons by area code, as a frozen meeting has them."""
    shapes, labels = [], []
    for area in frozen["areas"]:
        cell = values.get(area["key"], {})
        shapes.append(_svg("Path", d=path(area), className=f"cm {fill_of(cell)}"))
        labels += _label(area, cell, area["at"], len(frozen["areas"]) > 15)
    box = _svg("Svg", [*shapes, *labels], viewBox=f"-4 -4 {frozen['wide'] + 8} {frozen['high'] + 8}", role="img", className="cm-map",
               **{"aria-label": label})  # fmt: skip
    return el.Div([box, legend()], "cm-box")


def _svg(kind: str, children: Any = None, **props: Any) -> el.Node:
    return {"type": kind, "namespace": "dash_svg", "props": {**props, **({"children": children} if children is not None else {})}}


def _label(area: Mapping[str, Any], cell: Mapping[str, Any], at: Any, many: bool) -> list[el.Node]:
    name = area["en"] if lang() == "en" and area["en"] else area["zh"]
    if many:
        return []
    value = f"{fmt.signed(cell['v'] * 100, 1)}%" if cell.get("c") == "percent" and cell.get("v") is not None else ""
    dark = " w" if fill_of(cell) == "f2" else ""
    out = [_svg("Text", name, x=str(at[0]), y=str(at[1] - 4), className=f"cm-n{dark}")]
    return [*out, _svg("Text", value, x=str(at[0]), y=str(at[1] + 21), className=f"cm-v{dark}")] if value else out


def legend() -> el.Node:
    """The classes in words."""
    names = (("f2", t("降 10% 以上")), ("f1", t("降 3–10%")), ("f0", t("降 3% 以内")), ("r1", t("上升")), ("fx", t("件数少或不可比")))
    return el.Div([el.Span([el.I(None, f"cm {k}"), text]) for k, text in names], "cm-key")
