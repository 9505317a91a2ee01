"""The people of a matter: its records' parties put together by their tokens, which themselves go no further than here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.file_shapes import PartyLine
from services.unmask import FIELDS, masked_fields


@dataclass(slots=True)
class _Person:
    role: str
    name: str
    tokens: set[str] = field(default_factory=set)
    known_by: list[str] = field(default_factory=list)
    sure: set[str] = field(default_factory=set)  # agencies that gave a number
    asks: dict[str, tuple[int, int]] = field(default_factory=dict)


def people(records: Sequence[Mapping[str, Any]]) -> tuple[PartyLine, ...]:
    """Of records as stored (with tokens), in the order in which they were first named; nobody outside this matter is looked at."""
    found: list[_Person] = []
    for row in sorted(records, key=lambda r: (_day(r), r["id"])):
        for place, party in enumerate(row["parties"] or ()):
            if party.get("name") or party.get("id_token") or party.get("phone_token"):
                _add(found, row, place, party)
    return tuple(PartyLine(p.role, p.name, tuple(p.known_by), len(p.sure), tuple((f, *p.asks[f]) for f in FIELDS if f in p.asks)) for p in found)


def _add(found: list[_Person], row: Mapping[str, Any], place: int, party: Mapping[str, Any]) -> None:
    tokens = {t for t in (party.get("id_token"), party.get("phone_token")) if t}
    role, name = str(party.get("role") or ""), str(party.get("name") or "")
    person = next((p for p in found if _same(p, tokens, role, name)), None)
    if person is None:
        person = _Person(role, name)
        found.append(person)
    person.tokens |= tokens
    person.name = person.name or name
    if row["agency"] not in person.known_by:
        person.known_by.append(row["agency"])
    if tokens:
        person.sure.add(row["agency"])
    for hidden in masked_fields(party):
        person.asks[hidden] = (row["id"], place)


def _same(person: _Person, tokens: set[str], role: str, name: str) -> bool:
    """By a number both have; a party without any by its role and mask. Two of one mask with different numbers are two."""
    if tokens and person.tokens:
        return bool(tokens & person.tokens)
    return (person.role, person.name) == (role, name)


def _day(row: Mapping[str, Any]) -> date:
    happened: datetime | None = row["happened_at"]
    return (happened.date() if happened else None) or row["registered_on"] or row["accepted_on"] or date.min
