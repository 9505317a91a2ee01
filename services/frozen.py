"""What a frozen meeting is made of: tables of cells, each number with the filter of its rows, as plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from matters.filters import Filter
from matters.moments import read_moment, written
from matters.periods import Window
from services.shapes import Change

Cell = dict[str, Any]
WAITING = ("overdue", "unaccepted", "unhandled")  # parts that depend on how long a matter may wait
_DEFAULT = Filter()


def filter_json(f: Filter) -> dict[str, Any]:
    """The fields of a filter that are not the usual ones; `window` [] stands for no window."""
    out: dict[str, Any] = {}
    for name in (x.name for x in fields(f)):
        value = getattr(f, name)
        if name == "window":
            out[name] = [value.start.isoformat(), value.end.isoformat()] if value else []
        elif value != getattr(_DEFAULT, name) and (name != "waits" or f.part in WAITING):
            out[name] = written(value) if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value
    return out


def filter_of(kept: Mapping[str, Any]) -> Filter:
    """The filter that was kept."""
    given = dict(kept)
    days = given.pop("window", [])
    given["window"] = Window(date.fromisoformat(days[0]), date.fromisoformat(days[1])) if days else None
    if "as_of" in given:
        given["as_of"] = read_moment(given["as_of"])
    for name in ("codes", "waits"):
        if name in given:
            given[name] = tuple(given[name])
    return Filter(**given)


def count(n: float | None, rows: Filter | None = None) -> Cell:
    """A count or a measure, with the rows behind it."""
    return {"n": n, **({"f": filter_json(rows)} if rows is not None and n is not None else {})}


def share(top: int, bottom: int, small: int, rows: Filter | None = None) -> Cell:
    """A rate with its two counts; on few matters only those are shown (`few`)."""
    cell = count(top / bottom if bottom else None, rows)
    return {**cell, "top": top, "bottom": bottom, **({"few": True} if 0 < bottom < small else {})}


def change(c: Change) -> Cell:
    """A comparison: its kind says how it is written (services.shapes.Change)."""
    out: Cell = {"c": c.kind, "v": c.value, "now": c.now, "before": c.before}
    return {**out, "f": filter_json(c.before_filter)} if c.before_filter is not None and c.kind != "withheld" else out


def words(zh: str, en: str = "", rows: Filter | None = None, href: str = "") -> Cell:
    """A text in both languages (English '' = the same), with what it opens."""
    out: Cell = {"s": zh, **({"e": en} if en else {}), **({"h": href} if href else {})}
    return {**out, "f": filter_json(rows)} if rows is not None else out


def day(d: date | None) -> Cell:
    """A day."""
    return {"d": d.isoformat() if d else None}


def row(*cells: Cell, sum: bool = False, rest: bool = False, key: str = "", more: Iterable[tuple[str, str, str]] = ()) -> dict[str, Any]:
    """A line of a table; `sum` closes it, `rest` is no area, channel or the like of its own. `more`: what a page of its own would say of it,
    as (heading, English heading, text)."""
    told = [{"zh": zh, "en": en, "s": text} for zh, en, text in more if text]
    return {"cells": list(cells), **({"sum": True} if sum else {}), **({"rest": True} if rest else {}), **({"key": key} if key else {}),
            **({"more": told} if told else {})}  # fmt: skip


def table(
    title: tuple[str, str], columns: Sequence[tuple[str, str, str, str]], rows: Iterable[dict[str, Any]], note: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    """A table; `columns` are (key, zh, en, kind), the kind being text, count, rate, measure, change or day."""
    heads = [{"key": k, "zh": zh, "en": en, "kind": kind} for k, zh, en, kind in columns]
    return {"zh": title[0], "en": title[1], "columns": heads, "rows": list(rows), "note": {"zh": note[0], "en": note[1]}}
