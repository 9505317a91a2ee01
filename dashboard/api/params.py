"""The API's parameters: each once, read and described from the same line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from dashboard.api.problems import bad_parameter
from matters.assessment import LEVELS as SCORED
from matters.categories import CATEGORIES, SUBCATEGORIES
from matters.filters import PARTS, SORTS
from matters.listing import STATES
from matters.moments import read_moment
from matters.vocabulary import CHANNELS, LOCATED, SCALES, STAGES

LIMIT, MAX_LIMIT = 100, 500
AREA = r"[0-9A-Za-z]{1,15}"
WORD = r"[A-Za-z][A-Za-z0-9_]{0,31}"


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter: its JSON schema, what it means, and how its text is read (ValueError: it cannot be)."""

    name: str
    schema: dict[str, Any]
    doc: str
    read: Callable[[str], Any]

    def value(self, text: str) -> Any:
        """The value of a text; a 400 problem that names the parameter and what it may be."""
        try:
            return self.read(text)
        except ValueError as error:
            raise bad_parameter(self.name, str(error), self.schema.get("enum")) from None

    @property
    def described(self) -> dict[str, Any]:
        """The parameter in the OpenAPI description."""
        return {"name": self.name, "in": "query", "required": False, "description": self.doc, "schema": self.schema}


def choice(name: str, allowed: Iterable[str], doc: str) -> Param:
    """One of a closed list."""
    values = list(allowed)

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(f"{text[:40]!r} is none of {', '.join(values)}")
        return text

    return Param(name, {"type": "string", "enum": values}, doc, read)


def like(name: str, pattern: str, doc: str) -> Param:
    """A text of a given shape."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(f"{text[:40]!r} has not the shape {pattern}")
        return text

    return Param(name, {"type": "string", "pattern": f"^{pattern}$"}, doc, read)


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f"{text[:40]!r} is not a day like 2026-09-30")
    day = date.fromisoformat(text)  # its ValueError says which part is out of range
    if not 1990 <= day.year <= 2200:
        raise ValueError(f"{text} lies outside 1990 to 2200")
    return day


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is neither a day like 2026-09-30 nor a time like 2026-09-30T18:00 or 2026-09-30T18:00:00+08:00") from None


def _search(text: str) -> str:
    text = text.strip()
    if len(text) > 60 or any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 or ord(c) == 127 for c in text):
        raise ValueError("at most 60 characters, none of them a control character")
    return text


def _limit(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 1 <= int(text) <= MAX_LIMIT:
        raise ValueError(f"{text[:40]!r} is not a number from 1 to {MAX_LIMIT}")
    return int(text)


_DAY = {"type": "string", "format": "date"}
_LEVELS = ("city", "county", "township")

# Kept by a key, which is the name, except where one name means something else at another endpoint.
PARAMS: dict[str, Param] = {
    "map_level": choice("level", ("county", "township"), "Outlines of this level; without it the level below the parent"),
    "scored_level": choice("level", SCORED, "Who is scored; without it counties, for a county or township its townships"),
} | {
    p.name: p
    for p in (
        like("area", AREA, "Code of a city, county or township; without it the area of your account"),
        choice("level", _LEVELS, "One row for each area of this level; without it the level below the area"),
        Param("from", _DAY, "First day (Shanghai), inclusive; without it the first of the year of `to`", _day),
        Param("to", _DAY, "Last day, inclusive; without it today", _day),
        choice("category", [*CATEGORIES, *SUBCATEGORIES], "Canonical category"),
        like("agency", WORD, "Matters that this agency has a record of; `centre`: accepted by the centres"),
        choice("channel", CHANNELS, "Intake channel"),
        choice("stage", STAGES, "Stage on the path"),
        choice("part", PARTS, "The rows behind a figure: only matters that count for this measure"),
        choice("located", LOCATED, "How exactly the place is known"),
        choice("scale", SCALES, "Band of people involved"),
        like("exclude", WORD, "Leave out the matters of this agency, to compare without a late feed"),
        Param("as_of", {"type": "string", "examples": ["2026-09-30", "2026-09-30T18:00"]},
              "Show what was known at this moment: the end of a day, or a minute (Shanghai, or with an offset)", _moment),
        Param("q", {"type": "string", "maxLength": 60}, "Text in title or number", _search),
        choice("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")], "Order; a minus sign: descending"),
        Param("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT}, "Rows of a page", _limit),
        like("cursor", r"[\x21-\x7e]{1,400}", "The `next` of the page before, with the same filters and order"),
        like("period", r"[12]\d{3}(-(0[1-9]|1[0-2])|-Q[1-4])?", "A month (2026-09), quarter (2026-Q3) or year; without it the last quarter that is over"),
        like("parent", AREA, "Areas inside this one; without it the area of your account"),
        choice("state", STATES, "State of the listing"),
        choice("subject", ("area", "trade"), "Listed areas or listed trades"),
    )
}  # fmt: skip


def read(given: MultiDict[str, str], keys: Sequence[str]) -> dict[str, Any]:
    """The values of a query string by name, those given only; a 400 problem for an unknown, repeated or bad one."""
    known = {PARAMS[key].name: PARAMS[key] for key in keys}
    for name in given:
        if name not in known:
            raise bad_parameter(name[:40], f"no such parameter here; known are {', '.join(known) or 'none'}", list(known))
        if len(given.getlist(name)) > 1:
            raise bad_parameter(name, "given more than once")
    return {name: param.value(given[name]) for name, param in known.items() if given.get(name, "") != ""}
