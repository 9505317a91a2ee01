"""Small parts that the sections of a file share."""

from __future__ import annotations

from typing import Any

from dashboard import el


def heading(title: str, note: Any = "", *more: Any, first: bool = False) -> el.Node:
    """Heading of a section, with a note and what can be done."""
    parts: list[Any] = [el.H2(title), el.Small(note) if note else None]
    if more:
        parts += [el.Div(None, "sp"), *more]
    return el.Div([p for p in parts if p is not None], "ph" if first else "ph gap")


def opener(text: str, act: str, label: str = "", className: str = "lk", **values: Any) -> el.Node:
    """A button that opens the form of an act, with what it is about (assets/js/file.js)."""
    known = {f"data_{k}": str(v) for k, v in values.items()}
    return el.Button(text, className, type="button", data_open=act, aria_label=label, **known)


def pairs(rows: list[tuple[str, Any]], className: str = "kvl") -> el.Node:
    """Names and values, one a line."""
    return el.Ul([el.Li([el.Span(name), el.B(value)]) for name, value in rows], className)
