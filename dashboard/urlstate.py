"""Filters ⇄ URL: the query string is the only state a screen has. Bad values never fail: they are named and left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qsl, quote

from matters.categories import CATEGORIES, SUBCATEGORIES
from matters.filters import PARTS, Filter, Span
from matters.indicators import INDICATORS
from matters.moments import read_moment, written
from matters.periods import Window, preset
from matters.squares import read_square
from matters.vocabulary import CHANNELS, LOCATED, OUTCOMES, SCALES, STAGES

CODE = re.compile(r"[0-9A-Za-z]{1,15}")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
DEFAULT_PRESET = "year"
Q_LENGTH = 60
CODES = 200  # matters that one address can name
FIRST_YEAR, LAST_YEAR = 1990, 2200  # of a day in an address
# Parameters that the frame does not know but a page does (sort, offset …) pass through untouched, within this measure.
EXTRA = re.compile(r"[\w\-.,:*]{0,200}")


@dataclass(frozen=True, slots=True)
class Bad:
    """A parameter that could not be read, with what it said."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class State:
    """What a URL asks for. `dated` False: no window was given and the running year stands in.

    `lang` '' leaves the language to the user's own. `extra` are parameters of single pages (sort, cols, …).
    """

    filter: Filter
    indicator: str = "per_10k"
    lang: str = ""
    dated: bool = False
    extra: dict[str, str] = field(default_factory=dict)
    bad: tuple[Bad, ...] = ()

    def with_(self, **changes: Any) -> State:
        """A copy with some fields changed; fields of the filter may be named directly."""
        own = {k: v for k, v in changes.items() if k in ("filter", "indicator", "lang", "dated", "extra", "bad")}
        inner = {k: v for k, v in changes.items() if k not in own}
        if "window" in inner:
            own.setdefault("dated", True)
        base = replace(self, **own)
        return replace(base, filter=base.filter.with_(**inner)) if inner else base

    def plus(self, **extra: str) -> State:
        """A copy with page parameters set ('' removes one)."""
        merged = {k: v for k, v in {**self.extra, **extra}.items() if v}
        return replace(self, extra=merged)


def day(text: str) -> date:
    """A day that can be reckoned with: the year before it and calendars reach as far; ValueError for another."""
    found = date.fromisoformat(text)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(text)
    return found


def _one_of(allowed: Any) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def _like(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(text)
        return text

    return read


def _query(text: str) -> str:
    text = text.strip()
    if len(text) > Q_LENGTH or any(ord(c) < 32 for c in text):
        raise ValueError(text)
    return text


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= 3650:
        raise ValueError(text)
    return days


def _span(read: Callable[[str], Any]) -> Callable[[str], Span]:
    """5..19, 5.. or ..19, of whole numbers or days."""

    def both(text: str) -> Span:
        low, dots, high = text.partition("..")
        span = Span(read(low) if low else None, read(high) if high else None)
        if not dots or span == (None, None) or (None not in span and span.high < span.low):
            raise ValueError(text)
        return span

    return both


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(text.split(",")))
    if len(codes) > CODES or not all(re.fullmatch(r"[0-9]{2}-[0-9A-Z]{5,12}", c) for c in codes):
        raise ValueError(text)
    return codes


def _waits(text: str) -> tuple[int, ...]:
    """2,7"""
    unaccepted, unhandled = map(_count, text.split(","))
    if max(unaccepted, unhandled) > 365:
        raise ValueError(text)
    return unaccepted, unhandled


def _said(value: Any) -> str:
    """A value as its reader takes it."""
    if isinstance(value, Span):
        return "..".join("" if v is None else str(v) for v in value)
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return written(value) if isinstance(value, datetime) else str(value)


READERS: dict[str, Callable[[str], Any]] = {
    "area": _like(CODE),
    "category": _one_of(CATEGORIES.keys() | SUBCATEGORIES.keys()),
    "agency": _like(WORD),
    "channel": _one_of(CHANNELS),
    "stage": _one_of(STAGES),
    "part": _one_of(PARTS),
    "compare": _one_of(("yoy", "pop", "lunar")),
    "exclude": _like(WORD),
    "as_of": read_moment,
    "located": _one_of(LOCATED),
    "village": _like(re.compile(r"[0-9A-Za-z]{1,15}|-")),  # - : known to the township only
    "first_agency": _like(WORD),
    "scale": _one_of(SCALES),
    "q": _query,
    "due_within": _days,
    "owner": _query,
    "outcome": _one_of(OUTCOMES),
    "linked": _one_of(("yes", "no")),
    "satisfied": _one_of(("yes", "no")),
    "people": _span(_count),
    "amount": _span(_count),
    "days": _span(_days),
    "due": _span(day),
    "closed": _span(day),
    "codes": _codes,
    "cell": read_square,
    "waits": _waits,
}
OWN = frozenset(READERS) | {"from", "to", "window", "indicator", "lang"}
_KEYS, _VALUES, _USUAL = tuple(READERS), attrgetter(*READERS), {"part": "accepted", "compare": "yoy"}
_PLAIN = re.compile("[A-Za-z0-9_.~:,-]*").fullmatch


def _window(given: Mapping[str, str], today: date, bad: list[Bad]) -> tuple[Window | None, bool]:
    """The window asked for, or the running year; whether it was asked for."""
    if given.get("window") == "all":
        return None, True
    days: dict[str, date] = {}
    for key in ("from", "to"):
        if given.get(key):
            try:
                days[key] = day(given[key])
            except ValueError:
                bad.append(Bad(key, given[key]))
    if not days:
        return preset(DEFAULT_PRESET, today), False
    start = days.get("from", min(days.get("to", today), days.get("to", today).replace(month=1, day=1)))
    end = days.get("to", max(today, start))
    if end < start:
        bad.append(Bad("to", given["to"]))
        return preset(DEFAULT_PRESET, today), False
    return Window(start, end), True


def read(search: str, today: date, area: str = "") -> State:
    """State of a query string ('?from=…'); `area` is the one in the path, if there is one.

    Never raises: what cannot be read is listed in `bad` and left out.
    """
    given: dict[str, str] = {}
    for key, value in parse_qsl((search or "").lstrip("?")[:4000], keep_blank_values=False, max_num_fields=None):
        given.setdefault(key, value)
    bad: list[Bad] = []
    found: dict[str, Any] = {}
    for key, reader in READERS.items():
        if key in given:
            try:
                found[key] = reader(given[key])
            except ValueError:
                bad.append(Bad(key, given[key][:40]))
    if "as_of" in found:
        today = min(today, found["as_of"].date())  # the running year of that day
    window, dated = _window(given, today, bad)
    if area:
        found["area"] = area
    indicator = given.get("indicator", "per_10k")
    if indicator not in INDICATORS:
        bad.append(Bad("indicator", indicator[:40]))
        indicator = "per_10k"
    lang = given.get("lang", "")
    if lang not in ("", "zh", "en"):
        bad.append(Bad("lang", lang[:40]))
        lang = ""
    extra = {k: v for k, v in given.items() if k not in OWN and WORD.fullmatch(k) and EXTRA.fullmatch(v)}
    return State(Filter(window=window, **found), indicator, lang, dated, extra, tuple(bad))


def write(state: State, *, area: bool = True) -> str:
    """Query string of a state ('' or '?…'), defaults left out; read() gives the state back."""
    f, pairs = state.filter, []
    if state.dated:
        pairs += [("from", f.window.start.isoformat()), ("to", f.window.end.isoformat())] if f.window else [("window", "all")]
    for key, value in zip(_KEYS, _VALUES(f), strict=True):
        if value is None or value == "" or value == () or value == _USUAL.get(key) or (key == "area" and not area):
            continue
        pairs.append((key, value if type(value) is str else _said(value)))
    if state.indicator != "per_10k":
        pairs.append(("indicator", state.indicator))
    if state.lang:
        pairs.append(("lang", state.lang))
    pairs += sorted(state.extra.items())
    # A page has hundreds of links, and hardly a value that needs quoting.
    return "?" + "&".join([f"{k}={v if _PLAIN(v) else quote(v, safe=':,')}" for k, v in pairs]) if pairs else ""


def rows(f: Filter, lang: str = "", **extra: str) -> str:
    """The address of the list behind a number: every condition of its filter, nothing else (promise 1)."""
    return "/matters" + write(State(f, lang=lang, dated=True, extra=extra))


def area_path(code: str, level: str) -> str:
    """Path of an area's page."""
    return {"city": "/", "county": f"/county/{code}", "township": f"/township/{code}"}[level]


def down(code: str, level: str, state: State) -> str:
    """Address of another area's page with the same period, comparison and facets; what belongs to one area is dropped."""
    kept = state.with_(area="", village="", located="", part="accepted", stage="", q="")
    way = {k: v for k, v in state.extra.items() if k in ("show", "layers")}  # what a map shows
    return area_path(code, level) + write(replace(kept, extra=way), area=False)
