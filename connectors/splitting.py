"""Which rows are mapped, and as how many: the filter of a feed, and lists inside a row that are rows of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.columns import Batch, Memo, mask_of, text_of
from connectors.rulespec import Conditions, Explode, Rows
from connectors.values import Bad

ITEM = "__item__"
Entry = dict[str, Any]


@dataclass(slots=True)
class Taken:
    """Rows to be mapped. `sources` has the index of the row each comes from (None: the rows as they came)."""

    rows: Sequence[Entry]
    sources: list[int] | None = None
    left_out: list[int] = field(default_factory=list)
    bad: dict[int, tuple[str, Bad]] = field(default_factory=dict)  # by index in `rows`


class Splitter:
    """The rows.explode, rows.keep and rows.drop of a mapping, made ready."""

    def __init__(self, rows: Rows) -> None:
        self._explode, self._optional = rows.explode, frozenset(rows.optional_columns)
        self._keep, self._drop = rows.filters()
        self._memos: dict[int, Memo] = {}

    def take(self, rows: Sequence[Entry]) -> Taken:
        """The rows to be mapped; every row is in them at least once, or in `left_out`."""
        if self._explode is None and not self._keep and not self._drop:
            return Taken(rows)
        taken = Taken(rows, list(range(len(rows))))
        nothing: set[int] = set()
        if self._explode is not None:
            nothing = _exploded(self._explode, taken, self._explode.from_.split(".")[0] in self._optional)
        return self._filtered(taken, nothing)

    def _filtered(self, taken: Taken, nothing: set[int]) -> Taken:
        """Without the rows that the filter, or an empty list, leaves out.

        A row that lacks a column of the filter is not left out: a source that renames it would fall silent.
        """
        batch = Batch(taken.rows)
        drop = self._any(self._drop, batch)
        keep = self._any(self._keep, batch) if self._keep else [True] * batch.size
        lacking = {i: c for c, indices in batch.absent.items() if c not in self._optional for i in indices}
        stays = [i in lacking or (k and not d and i not in nothing) for i, (k, d) in enumerate(zip(keep, drop, strict=True))]
        bad = {i: (c, Bad("wrong_columns", f"the source no longer sends {c}, which its filter asks for")) for i, c in lacking.items()}
        kept = [i for i, s in enumerate(stays) if s]
        sources = taken.sources or []
        return Taken(
            [taken.rows[i] for i in kept],
            [sources[i] for i in kept],
            [sources[i] for i, s in enumerate(stays) if not s],
            {place: found for place, i in enumerate(kept) if (found := bad.get(i) or taken.bad.get(i))},
        )

    def _any(self, alternatives: list[Conditions], batch: Batch) -> list[bool]:
        found = [False] * batch.size
        for conditions in alternatives:
            found = [a or b for a, b in zip(found, mask_of(conditions, batch, self._memos), strict=True)]
        return found


def _exploded(explode: Explode, taken: Taken, optional: bool) -> set[int]:
    """Put the entries of the list in the place of each row; returns which new rows stand for a list without entries.

    An entry stands under the list's own name, beside the columns of its row, and its number (from 1) under __item__.
    """
    batch = Batch(taken.rows)
    lists = batch.values(explode.from_)
    absent = set() if optional else batch.absent.get(explode.from_, set())
    path, nothing = explode.from_.split("."), set[int]()
    rows, sources = list[Entry](), list[int]()
    for index, (row, value) in enumerate(zip(taken.rows, lists, strict=True)):
        entries, bad = _entries(value, explode.by)
        if index in absent:
            bad = Bad("wrong_columns", f"the source no longer sends {explode.from_}")
        if bad is not None:
            taken.bad[len(rows)] = (explode.from_, bad)
        elif not entries:
            nothing.add(len(rows))
        if entries and bad is None:
            rows += [{**_with(row, path, entry), ITEM: str(number)} for number, entry in enumerate(entries, 1)]
            sources += [index] * len(entries)
        else:
            rows.append({**row, ITEM: ""})
            sources.append(index)
    taken.rows, taken.sources = rows, sources
    return nothing


def _entries(value: Any, by: str | None) -> tuple[list[Any], Bad | None]:
    if value is None or value == "":
        return [], None
    if by is not None and not isinstance(value, (list, dict)):
        return [part for t in text_of(value).split(by) if (part := t.strip())], None
    if not isinstance(value, list):
        return [], Bad("bad_json", "is not a list")
    return value, None


def _with(row: Entry, path: list[str], entry: Any) -> Entry:
    """The row with something else at the end of a path; what lies beside the path is shared, not copied."""
    if len(path) == 1 or ".".join(path) in row:
        return {**row, ".".join(path): entry}
    inner = row.get(path[0])
    return {**row, path[0]: _with(inner if isinstance(inner, dict) else {}, path[1:], entry)}
