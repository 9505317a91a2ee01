"""Rows of a source → canonical records, by the feed's mapping; persons leave here as masks and tokens only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from connectors.base import shanghai_now
from connectors.columns import Batch, Memo, mask_of
from connectors.parties import Parties
from connectors.privacy import cleaned, is_name_like, masked, names_to_mask
from connectors.rules import Clock, Column, Maker
from connectors.spec import FeedSpec
from connectors.values import Bad, shown
from matters.model import FIELDS
from matters.numbers import find, normal

MOST_NEW = 20
LIMITS = {"title": 200, "summary": 2_000, "place": 300, "owner": 100}
# No number of matters.numbers can be in a text without one of these; looking for them is cheaper than normalising.
_MAY_QUOTE = re.compile("[号XJMHYxjmhyＸＪＭＨＹｘｊｍｈｙ]")
ToWgs84 = Callable[[Sequence[float], Sequence[float], str], tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be a record; one a row, its first in order of the fields, with the row masked."""

    index: int
    column: str
    reason_code: str
    message: str
    raw_masked: dict[str, Any]


class NewValue(NamedTuple):
    """A value that a table with new_value = "alarm" does not know: masked if it may name a person, with how often it came."""

    column: str
    value: str
    rows: int


@dataclass(slots=True)
class MappedBatch:
    """What rows came to; every row is in `left_out`, or in at least one record or problem (checked).

    `received` is what the run's counts add up to: with [[records]] or rows.explode one row gives several records, each
    counted for itself, and a row that rows.keep and rows.drop filter is in `left_out` only. `sources[i]` is the index of
    the row that records[i] comes from; records keep the order of their rows. `new_values` are at most MOST_NEW a column,
    the most frequent first, then one "…" for the rest.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    new_values: list[NewValue] = field(default_factory=list)

    @property
    def received(self) -> int:
        """Records and problems: what has a fate in the store or in quarantine."""
        return len(self.records) + len(self.problems)

    @property
    def filtered(self) -> int:
        """Rows (of an exploded list: entries) that the feed's own filter left out."""
        return len(self.left_out)


class Mapper:
    """The mapping of one feed, made ready once and used for every batch."""

    def __init__(
        self,
        spec: FeedSpec,
        token_key: bytes,
        is_workday: Callable[[date], bool] | None = None,
        to_wgs84: ToWgs84 | None = None,
        now: Callable[[], datetime] = shanghai_now,
    ) -> None:
        """`token_key` keys the person tokens; `is_workday` serves add_workdays.

        `to_wgs84(lons, lats, datum)` converts coordinates; without it lon and lat stay in spec.datum. `now` gives the
        naive Shanghai time against which dates in the future are refused.
        """
        mapping = spec.mapping
        self._spec, self._mapping, self._to_wgs84 = spec, mapping, to_wgs84
        self._clock = Clock(now)
        maker = Maker(mapping, self._clock, is_workday, real_dates=spec.transport.kind == "excel")
        ordered = sorted(mapping.fields, key=list(FIELDS).index)
        self._columns: list[Column] = [maker.column(name, mapping.fields[name]) for name in ordered]
        self._parties = Parties(mapping, token_key)
        self._conditions: dict[int, Memo] = {}
        self._optional = frozenset(mapping.rows.optional_columns)

    def map(self, rows: Sequence[dict[str, Any]]) -> MappedBatch:
        """Records of FIELDS (None and absent are the same) plus "withdrawn", and the rows that cannot be one.

        A withdrawn row needs nothing but its key: what else is wrong with it is left out. Free text is scrubbed of ID
        and phone numbers and of the names of the row's parties.
        """
        if self._clock.tick():
            for column in self._columns:
                column.forget()
        batch = Batch(rows)
        withdrawn = mask_of(self._mapping.rows.withdrawn, batch, self._conditions) if self._mapping.rows.withdrawn else []
        bad: dict[int, tuple[str, Bad]] = {}
        values = {c.field: self._filled(c, batch, withdrawn, bad) for c in self._columns}
        parties, names = self._parties.take(batch)
        values["refs"] = self._refs(batch, values)
        self._texts(values, names)
        self._points(values)
        self._note_absent(batch, withdrawn, bad)
        values["parties"] = [p or None for p in parties]
        values["withdrawn"] = withdrawn or [False] * batch.size
        return self._assembled(batch, values, bad, names)

    def _filled(
        self, column: Column, batch: Batch, withdrawn: list[bool], bad: dict[int, tuple[str, Bad]]
    ) -> list[Any]:
        values = column.run(batch)
        if Bad not in set(map(type, values)):
            if column.field == "external_id" and None in values:
                self._note_keyless(column, values, bad)
            return values
        for index, value in enumerate(values):
            if type(value) is Bad:
                values[index] = None
                if not (withdrawn and withdrawn[index]) or column.field == "external_id":
                    bad.setdefault(index, (column.name, value))
        if column.field == "external_id":
            self._note_keyless(column, values, bad)
        return values

    def _note_keyless(self, column: Column, values: list[Any], bad: dict[int, tuple[str, Bad]]) -> None:
        for index, value in enumerate(values):
            if value is None:
                bad.setdefault(index, (column.name, Bad("missing_required", f"{column.name}: the key is empty")))

    def _note_absent(self, batch: Batch, withdrawn: list[bool], bad: dict[int, tuple[str, Bad]]) -> None:
        for column, indices in batch.absent.items():
            if column in self._optional or column.split(".")[0] in self._optional:
                continue
            for index in indices:
                if not (withdrawn and withdrawn[index]):
                    bad.setdefault(index, (column, Bad("wrong_columns", f"the source no longer sends {column}")))

    def _refs(self, batch: Batch, values: dict[str, list[Any]]) -> list[list[str] | None]:
        """Other agencies' numbers quoted in the named columns, without the record's own."""
        refs: list[list[str] | None] = [None] * batch.size
        numbers = values.get("number") or [None] * batch.size
        for column in self._mapping.rows.refs:
            for index, text in enumerate(batch.texts(column)):
                if text and _MAY_QUOTE.search(text) and (found := find(text)):
                    own = {numbers[index], normal(str(values["external_id"][index]))}
                    refs[index] = list(dict.fromkeys([*(refs[index] or ()), *(f for f in found if f not in own)])) or None
        return refs

    def _texts(self, values: dict[str, list[Any]], names: list[list[str]]) -> None:
        """Free texts on one line, without persons, cut to their limit."""
        for name, limit in LIMITS.items():
            if name in values:
                values[name] = [
                    _cut(cleaned(" ".join(text.split()), persons), limit) if text else None
                    for text, persons in zip(values[name], names, strict=True)
                ]

    def _points(self, values: dict[str, list[Any]]) -> None:
        """Coordinates come in pairs, or not at all; converted to WGS-84 when a converter was given."""
        lons, lats = values.get("lon"), values.get("lat")
        if lons is None or lats is None:
            values.pop("lon", None)
            values.pop("lat", None)
            return
        both = [i for i, (x, y) in enumerate(zip(lons, lats, strict=True)) if x is not None and y is not None]
        xs, ys = [lons[i] for i in both], [lats[i] for i in both]
        if self._to_wgs84 is not None and both:
            xs, ys = (list(map(float, axis)) for axis in self._to_wgs84(xs, ys, self._spec.datum))
        values["lon"], values["lat"] = [None] * len(lons), [None] * len(lats)
        for i, x, y in zip(both, xs, ys, strict=True):
            values["lon"][i], values["lat"][i] = x, y

    def _assembled(
        self, batch: Batch, values: dict[str, list[Any]], bad: dict[int, tuple[str, Bad]], names: list[list[str]]
    ) -> MappedBatch:
        keys = tuple(values)
        out = MappedBatch()
        for index, cells in enumerate(zip(*values.values(), strict=True)):
            if index in bad:
                column, problem = bad[index]
                out.problems.append(self._problem(batch.rows[index], index, column, problem, names[index]))
            else:
                out.records.append({k: v for k, v in zip(keys, cells, strict=True) if v is not None})
                out.sources.append(index)
        return out

    def _problem(self, row: dict[str, Any], index: int, column: str, bad: Bad, names: list[str]) -> Problem:
        private = self._parties.name_keys | self._parties.number_keys
        # A name where a date should be is a slipped column: then it stands in no column of names.
        slipped = [bad.text] if bad.text and bad.reason.startswith("bad_") and is_name_like(bad.text) else []
        known = names_to_mask([*names, *slipped]) if slipped else names
        message = bad.words
        if bad.text is not None and column not in private:
            message = f"{shown(cleaned(bad.text, known))} {message}"
        raw = masked(row, known, self._parties.name_keys, self._parties.number_keys)
        return Problem(index, column, bad.reason, message, raw)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
