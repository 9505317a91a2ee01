"""A new letter: what is asked for, frozen evidence, and the columns of its draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from matters.access import Scope
from matters.categories import CATEGORIES
from matters.identity import cleaned
from matters.letters import WrongStep
from matters.periods import Window
from services import letter_draft
from services.areas import Areas, UnknownArea
from services.letter_draft import as_json
from services.letter_evidence import freeze
from services.letter_records import text_of
from services.settings import Settings

LONGEST = 366  # days of evidence


def asked(data: Mapping[str, Any], city: str, today: date) -> tuple[str, str, Window]:
    """Area, category and window of a letter by hand; WrongStep names what is wrong."""
    area, category = str(data.get("area") or city), str(data.get("category") or "")
    if category not in CATEGORIES:
        raise WrongStep("category")
    days = {}
    for key in ("first", "last"):
        try:
            days[key] = date.fromisoformat(str(data.get(key) or "")[:10])
        except ValueError as error:
            raise WrongStep(key) from error
    if days["last"] > today or days["first"] > days["last"] or (days["last"] - days["first"]).days >= LONGEST:
        raise WrongStep("last" if days["last"] > today else "first")
    return area, category, Window(days["first"], days["last"])


def of_line(line: Any) -> tuple[str, str, Window]:
    """The same of a signal; one over several townships is of their county."""
    return line.town or line.county, line.category, Window(line.first, line.last)


def office(settings: Settings, areas: Areas, county: str) -> dict[str, str]:
    """How the writing office signs and numbers, frozen with the draft."""
    name = areas.info(county).name if county else areas.city.name
    short = name[:-1] if county else areas.document_prefix or name[:1]
    return {"office_name": settings.letter_office.format(area=name), "word": settings.letter_word.format(short=short)}


def frozen(
    connection: Connection, scope: Scope, areas: Areas, settings: Settings, area: str, category: str, window: Window, now: datetime, late: list[str]
) -> dict[str, Any]:
    """Evidence with the office's name; WrongStep('area') for no area of ours, Forbidden outside the scope."""
    try:
        info = areas.info(area or areas.city.code)
        if info.level == "village":
            raise WrongStep("area")
        evidence = freeze(connection, scope, areas, info.code, category, window, now, late)
    except UnknownArea as error:
        raise WrongStep("area") from error
    return evidence | office(settings, areas, scope.county)


def first(scope: Scope, areas: Areas, kind: str, colour: str, evidence: dict[str, Any], addressee: str) -> dict[str, Any]:
    """The columns of the draft."""
    place, area = areas.place(evidence["area"]), areas.info(evidence["area"])
    county = areas.info(place.county) if place.county else None
    said = f"{county.name if county and place.town else ''}{area.name}"
    to = cleaned(addressee)[:100] or letter_draft.addressee(kind, area, county, areas.city, evidence["category"])
    content = letter_draft.draft(evidence, said)
    return {
        "state": "draft", "kind": kind, "office": scope.county, "colour": colour, "title": letter_draft.title(said, evidence["category"]),
        "addressee": to, "county_code": place.county, "town_code": place.town, "category": evidence["category"],
        "content": text_of(as_json(content)), "evidence": text_of(evidence),
    }  # fmt: skip
