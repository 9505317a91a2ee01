"""Rows of a source → canonical records, by the feed's mapping; persons leave here as masks and tokens only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from connectors.base import shanghai_now
from connectors.columns import Batch, Memo, mask_of
from connectors.parties import Parties
from connectors.parts import Another, Evaluator, Part, Wrong, made
from connectors.privacy import cleaned, is_name_like, masked, names_to_mask
from connectors.rules import Clock, Maker
from connectors.spec import FeedSpec
from connectors.splitting import Splitter, Taken
from connectors.unseen import NewValue, Unknown
from connectors.values import Bad, looks_swapped, shown
from matters.numbers import find, normal

LIMITS = {"title": 200, "summary": 2_000, "place": 300, "owner": 100}
# No number of matters.numbers can be in a text without one of these; looking for them is cheaper than normalising.
_MAY_QUOTE = re.compile("[号XJMHYGTOWAxjmhygtowaＸＪＭＨＹＧＴＯＷＡｘｊｍｈｙｇｔｏｗａ]")
_MAY_NUMBER = re.compile(r"(?:[0-9０-９]\s*){4}")  # an address has 号 too, but hardly four figures in a row
ToWgs84 = Callable[[Sequence[float], Sequence[float], str], tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be a record: the first reason in order of the fields. `index` and the masked row are the source's."""

    index: int
    column: str
    reason_code: str
    message: str
    raw_masked: dict[str, Any]


@dataclass(slots=True)
class MappedBatch:
    """What rows came to; every row is in `left_out`, or in at least one record or problem (checked).

    `received` is what the run's counts add up to: with [[records]] or rows.explode one row gives several records, each
    counted for itself, and a row that rows.keep and rows.drop filter is in `left_out` only. `sources[i]` is the index of
    the row that records[i] comes from; records keep the order of their rows. `new_values` are at most unseen.MOST_NEW a column,
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
        self._columns = made(maker, mapping.fields)
        self._others = [Another(maker, more) for more in mapping.records]
        self._parties, self._splitter = Parties(mapping, token_key), Splitter(mapping.rows)
        self._private = self._parties.name_keys | self._parties.number_keys
        self._conditions: dict[int, Memo] = {}
        self._optional = frozenset(mapping.rows.optional_columns)

    def key_of(self, row: dict[str, Any]) -> str | None:
        """The key of a row that cannot be a record, if at least that can be read."""
        column = next(c for c in self._columns if c.field == "external_id")
        (value,) = column.run(Batch([row]))
        return value if isinstance(value, str) else None

    def persons(self, row: dict[str, Any], known: list[dict[str, str]]) -> list[dict[str, str]] | None:
        """The persons of a record in clear (name, id, phone), from the row it came from; `known` are those of the record itself.

        None when the row speaks of others, or when it cannot be told who of several is meant. Never to be kept.
        """
        batch = Batch(self._splitter.take([row]).rows)
        parties, _ = self._parties.take(batch)
        found = [told for told, masked in zip(self._parties.clear(batch), parties, strict=True) if masked == known]
        return found[0] if found and all(told == found[0] for told in found) else None

    def map(self, rows: Sequence[dict[str, Any]]) -> MappedBatch:
        """Records of FIELDS (None and absent are the same) plus "withdrawn", and the rows that cannot be one.

        A withdrawn row needs nothing but its key: what else is wrong with it is left out. Free text is scrubbed of ID
        and phone numbers and of the names of the row's parties.
        """
        if self._clock.tick():
            for column in (*self._columns, *(c for other in self._others for c in other.columns)):
                column.forget()
        taken = self._splitter.take(rows)
        out, batch, unknown = MappedBatch(left_out=taken.left_out), Batch(taken.rows), Unknown()
        parties, names = self._parties.take(batch)
        if self._mapping.rows.explode is not None:
            names = _of_the_whole_row(names, taken.sources or [])
        for part in self._parts(batch, Evaluator(names, self._private, unknown)):
            self._finish(part, batch, parties, names)
            self._assemble(part, rows, taken, names, out)
        if self._others or self._mapping.rows.explode is not None:
            self._reorder(out, rows, names, taken)
        out.new_values = unknown.told()
        _check_fates(self._spec.feed, out, len(rows))
        return out

    def _parts(self, batch: Batch, evaluator: Evaluator) -> list[Part]:
        """The rows' own records, and those that [[records]] make beside them."""
        conditions = self._mapping.rows.withdrawn
        withdrawn = mask_of(conditions, batch, self._conditions) if conditions else ()
        main = evaluator.part(self._columns, batch, range(batch.size), withdrawn)
        masks = [mask_of(o.spec.when or {}, batch, self._conditions) for o in self._others]
        return [main, *(o.part(main, batch, m, evaluator) for o, m in zip(self._others, masks, strict=True))]

    def _finish(self, part: Part, batch: Batch, parties: list[Any], names: list[list[str]]) -> None:
        """Add what does not follow from one rule alone: numbers quoted, texts without persons, points, parties."""
        part.values["refs"] = self._refs(batch, part)
        self._texts(part, names)
        self._points(part)
        part.values["parties"] = [parties[i] or None for i in part.rows]
        part.values["withdrawn"] = list(part.withdrawn) or [False] * len(part.rows)

    def _refs(self, batch: Batch, part: Part) -> list[list[str] | None]:
        """Other agencies' numbers quoted in the named columns, or in any text of the record, without its own."""
        refs: list[list[str] | None] = [None] * len(part.rows)
        numbers, keys = part.values.get("number") or [None] * len(part.rows), part.values["external_id"]
        named = self._mapping.rows.refs
        told = [[texts[row] for row in part.rows] for texts in map(batch.texts, named)]
        told += [part.values[name] for name in LIMITS if name in part.values and part.rules[name].from_ not in named]
        for texts in told:
            for place, text in enumerate(texts):
                if text and _MAY_QUOTE.search(text) and _MAY_NUMBER.search(text) and (found := find(text)):
                    own = {numbers[place], normal(str(keys[place]))}
                    refs[place] = list(dict.fromkeys([*(refs[place] or ()), *(f for f in found if f not in own)])) or None
        return refs

    def _texts(self, part: Part, names: list[list[str]]) -> None:
        """Free texts on one line, without persons, cut to their limit."""
        persons = names if len(part.rows) == len(names) else [names[i] for i in part.rows]
        for name, limit in LIMITS.items():
            if name in part.values:
                part.values[name] = [
                    _cut(cleaned(" ".join(text.split()), known), limit) if text else None
                    for text, known in zip(part.values[name], persons, strict=True)
                ]

    def _points(self, part: Part) -> None:
        """Coordinates come in pairs, or not at all; converted to WGS-84 when a converter was given."""
        lons, lats = part.values.pop("lon", None), part.values.pop("lat", None)
        if lons is None or lats is None:
            return
        both = [i for i, (x, y) in enumerate(zip(lons, lats, strict=True)) if x is not None and y is not None]
        if swapped := {i for i in both if looks_swapped(lons[i], lats[i])}:
            both = [i for i in both if i not in swapped]
            for i in swapped if part.rules["lon"].on_error == "quarantine" else ():
                wrong = Bad("bad_coordinates", "lies outside China: longitude and latitude are swapped", f"{lons[i]}, {lats[i]}")
                part.note("lon", i, part.rules["lon"].from_ or "lon", wrong)
        xs, ys = [lons[i] for i in both], [lats[i] for i in both]
        if self._to_wgs84 is not None and both:
            datum = part.rules["lon"].datum or self._spec.datum
            xs, ys = (list(map(float, axis)) for axis in self._to_wgs84(xs, ys, datum))
        part.values["lon"], part.values["lat"] = [None] * len(lons), [None] * len(lats)
        for i, x, y in zip(both, xs, ys, strict=True):
            part.values["lon"][i], part.values["lat"][i] = x, y

    def _assemble(self, part: Part, rows: Sequence[dict[str, Any]], taken: Taken, names: list[list[str]], out: MappedBatch) -> None:
        """The part's records and problems, into `out`."""
        given: Wrong = {place: taken.bad[row] for place, row in enumerate(part.rows) if row in taken.bad} if taken.bad else {}
        bad = part.first_bad(given, self._optional)
        keys, sources = tuple(part.values), taken.sources
        for place, cells in enumerate(zip(*part.values.values(), strict=True)):
            row = part.rows[place]
            source = row if sources is None else sources[row]
            if place in bad:
                column, problem = bad[place]
                out.problems.append(self._problem(rows[source], source, column, problem, names[row]))
            else:
                out.records.append({k: v for k, v in zip(keys, cells, strict=True) if v is not None})
                out.sources.append(source)

    def _reorder(self, out: MappedBatch, rows: Sequence[dict[str, Any]], names: list[list[str]], taken: Taken) -> None:
        """Records in the order of their rows; one whose key another record of its row has, with other words, is a problem.

        The store would take the two for versions of one record, and keep the one that came last.
        """
        of_row = dict(zip(taken.sources if taken.sources is not None else range(len(rows)), names, strict=False))
        first: dict[tuple[int, str], dict[str, Any]] = {}
        pairs = sorted(zip(out.sources, out.records, strict=True), key=lambda pair: pair[0])
        out.sources, out.records = [], []
        for source, record in pairs:
            key = record["external_id"]
            if first.setdefault((source, key), record) == record:
                out.sources.append(source)
                out.records.append(record)
            else:
                words = "is the key of another record of this row; add what tells them apart, such as {__item__}"
                wrong = Bad("missing_required", words, key)
                out.problems.append(self._problem(rows[source], source, "external_id", wrong, of_row.get(source, [])))
        out.problems.sort(key=lambda p: p.index)

    def _problem(self, row: dict[str, Any], index: int, column: str, bad: Bad, names: list[str]) -> Problem:
        # A name where a date should be is a slipped column: then it stands in no column of names.
        slipped = [bad.text] if bad.text and bad.reason.startswith("bad_") and is_name_like(bad.text) else []
        known = names_to_mask([*names, *slipped]) if slipped else names
        message = bad.words
        if bad.text is not None and column not in self._private:
            message = f"{shown(cleaned(bad.text, known))} {message}"
        raw = masked(row, known, self._parties.name_keys, self._parties.number_keys)
        return Problem(index, column, bad.reason, message, raw)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _of_the_whole_row(names: list[list[str]], sources: Sequence[int]) -> list[list[str]]:
    """What is told of all entries of a row may name the persons of each."""
    whole: dict[int, set[str]] = {}
    for source, known in zip(sources, names, strict=True):
        whole.setdefault(source, set()).update(known)
    ordered = {source: sorted(known, key=lambda n: (-len(n), n)) for source, known in whole.items()}
    return [ordered[source] for source in sources]


def _check_fates(feed: str, out: MappedBatch, rows: int) -> None:
    """Every row has come to something: promise 3 would otherwise break where nobody counts."""
    told = set(out.sources).union(out.left_out, (p.index for p in out.problems))
    if len(told) != rows:
        raise AssertionError(f"{feed}: {rows} rows were mapped, {len(told)} came to something")
