"""A masked field of a party, in clear for one look: by permission, with a reason, in the audit, from the sealed row it came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, select

from connectors.mapping import Mapper
from connectors.spec import FeedSpec
from matters.access import Forbidden, Scope
from matters.identity import scrub
from services.raw_rows import RawRows
from services.sealing import Unsealable
from store import listings, lists, raw
from store.engine import reading, writing
from store.schema import record

FIELDS: tuple[str, ...] = ("name", "phone", "id")
LEAST_WHY = 4  # characters of a reason: less says nothing
MOST_WHY = 500


class NotShown(Exception):
    """A field that cannot be shown; `code`: why (a reason is missing) | gone (the row is no longer kept) | empty (nothing was masked)."""

    def __init__(self, code: Literal["why", "gone", "empty"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """Which field of whom: the party at a place in the list of a record of a matter."""

    code: str
    record: int
    party: int
    field: str
    why: str


@dataclass(frozen=True, slots=True, repr=False)
class Clear:
    """The value in clear. It has no repr, so that no log line or traceback can show it."""

    field: str
    role: str
    masked: str
    value: str


def may(scope: Scope, field: str) -> bool:
    """Whether this reader may ask for that field."""
    return field in FIELDS and scope.may(f"unmask_{field}") and scope.role != "system"


def masked_fields(party: Mapping[str, Any]) -> tuple[str, ...]:
    """Which fields of a party are hidden: what has no token was never there, a public body's name is not masked."""
    there = {"name": "*" in (party.get("name") or ""), "phone": bool(party.get("phone_token")), "id": bool(party.get("id_token"))}
    return tuple(f for f in FIELDS if there[f])


class Unmask:
    """Opens the sealed row of a record; nothing of what it reads is kept."""

    def __init__(self, engine: Engine, specs: Mapping[str, FeedSpec], mapper: Callable[[FeedSpec], Mapper], raws: RawRows,
                 now: Callable[[], datetime]) -> None:  # fmt: skip
        self._engine, self._specs, self._mapper, self._raws, self._now = engine, specs, mapper, raws, now

    def show(self, scope: Scope, asked: Asked) -> Clear:
        """The field in clear, once the audit has it. Raises Forbidden, LookupError (not in the scope), NotShown."""
        if not may(scope, asked.field):
            self._note(scope, asked, "forbidden")
            raise Forbidden(f"{scope.user} ({scope.role}) may not unmask {asked.field[:20]}")
        if len(asked.why.strip()) < LEAST_WHY:
            raise NotShown("why")
        with reading(self._engine) as connection:
            party, row = self._party(connection, scope, asked)
            if asked.field not in masked_fields(party):
                raise NotShown("empty")
            value = self._value(connection, row, asked)
        # The line of the audit is in the store before the value leaves: a look that cannot be written down does not take place.
        self._note(scope, asked, "shown" if value else "gone", row["agency"], str(party.get("role", "")))
        if not value:
            raise NotShown("gone")
        return Clear(asked.field, str(party.get("role", "")), str(party.get("name", "")), value)

    def _party(self, connection: Connection, scope: Scope, asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
        """The party and its record, which must belong to that matter and lie in the scope."""
        matter = lists.find(connection, scope, asked.code)
        found = connection.execute(select(record).where(record.c.id == asked.record)).mappings().first() if matter is not None else None
        if matter is None or found is None or found["matter_id"] != matter["id"] or not scope.reaches(found["county_code"], found["town_code"]):
            raise LookupError(asked.record)
        parties = found["parties"] or []
        if not 0 <= asked.party < len(parties):
            raise LookupError(asked.party)
        return parties[asked.party], dict(found)

    def _value(self, connection: Connection, row: dict[str, Any], asked: Asked) -> str:
        """The cell of the row that made this very party; '' when no such row is kept, or it cannot be opened."""
        spec = self._specs.get(row["feed"])
        if spec is None:
            return ""
        mapper = self._mapper(spec)
        for raw_id, index in raw.places_of(connection, row["id"]):
            try:
                kept = self._raws.rows(connection, raw_id) or []
            except Unsealable:
                continue
            for came in _rows_of(mapper, kept if index is None else kept[index : index + 1], row["external_id"]):
                if told := mapper.persons(came, row["parties"]):
                    return told[asked.party][asked.field]
        return ""

    def _note(self, scope: Scope, asked: Asked, came: str, agency: str = "", role: str = "") -> None:
        """Who asked for which field of whose record and why; never what it was."""
        why = scrub(" ".join(asked.why.split()))[:MOST_WHY]
        detail = {"code": asked.code[:20], "record": asked.record, "party": asked.party, "role": role, "agency": agency,
                  "field": asked.field[:20], "why": why, "came": came}  # fmt: skip
        with writing(self._engine) as connection:
            listings.note(connection, scope.user, "matter.unmask", detail, self._now())


def _rows_of(mapper: Mapper, kept: list[Any], key: str) -> list[Any]:
    """The rows that make the record of a key: by their own key, else by mapping them (a row may make several records)."""
    if own := [came for came in kept if mapper.key_of(came) == key]:
        return own
    mapped = mapper.map(kept)
    return [kept[source] for record, source in zip(mapped.records, mapped.sources, strict=True) if record["external_id"] == key]
