"""A batch on its way from the process that maps to the one that stores: smaller than it was, and with that one's work done where it can be.

Storing is the slower half of a long load. So the rows as they came travel compressed, as they will be sealed; the records travel as columns,
with their parties written and the code that each would like; and what was dealt out is let go of at once on both sides.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload

import orjson

from connectors.base import RawBatch
from connectors.mapping import MappedBatch
from connectors.shapes import Shape
from services.apart import apart
from services.raw_rows import packed, unpacked
from store.bulk import columns_of
from store.writer import RECORD_LINE, SAID, as_written, usual_code


@dataclass(slots=True)
class Ready:
    """A batch that can be stored: its rows mapped and located, and those that go to quarantine.

    `shapes` are those of its columns (connectors.shapes), `spoken` is the latest moment that its rows speak of; `written` are the
    columns of records that its rows bring as COPY reads them (store.writer).
    """

    batch: RawBatch
    last: bool
    mapped: MappedBatch
    rows: list[dict[str, Any]]
    aside: list[dict[str, Any]]
    shapes: dict[str, Shape]
    spoken: datetime | None
    written: tuple[str, ...] = ()


class PackedRows(Sequence[dict[str, Any]]):
    """Rows as they came in their packed form (raw_rows.packed), unpacked only when one of them is asked for: as JSON has them."""

    def __init__(self, body: bytes, size: int) -> None:
        self.body, self._size = body, size
        self._rows: list[dict[str, Any]] | None = None

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if self._rows is None:
            self._rows = list(unpacked(self.body))
        return self._rows[index]

    def __reduce__(self) -> Any:
        return PackedRows, (self.body, self._size)


@dataclass(slots=True)
class _Sent:
    """A Ready without its rows; those as columns, None for a column that nobody fills."""

    ready: Ready
    names: list[str]
    columns: list[tuple[Any, ...] | None]
    written: tuple[str, ...] = ()


class _Counted(list[dict[str, Any]]):
    """A list that knows how long it was, and nothing else."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __reduce__(self) -> Any:
        return _Counted, (self._length,)


def through(made: Generator[Ready, None, None], feed: str, pack: bool, write: bool) -> Iterator[Ready]:
    """The batches in order, made in a process of their own. `pack`: nobody but the keeper of raw rows needs those as they came.
    `write`: the store takes rows as COPY reads them."""
    for sent in apart(_sent(ready, feed, pack, write) for ready in made):
        ready = _arrived(sent)
        del sent  # the next one is taken in before this name is given anew
        yield ready
        del ready


def _sent(ready: Ready, feed: str, pack: bool, write: bool) -> _Sent:
    rows, ready.rows = ready.rows, []
    # The mapped records are in the rows in their finished form.
    ready.mapped.records = _Counted(len(ready.mapped.records))
    if pack:
        ready.batch.rows = PackedRows(packed(ready.batch.rows), len(ready.batch.rows))  # type: ignore[assignment]
    if not rows:
        return _Sent(ready, [], [])
    for row in rows:
        row["code"] = usual_code(feed, row)
        if row["parties"] is not None:
            row["parties"] = orjson.dumps(row["parties"])
    names = list(rows[0])
    columns = [None if cells.count(None) == len(cells) else cells for cells in columns_of(rows, names)]
    if not write:
        return _Sent(ready, names, columns)
    made, said = as_written(names, columns)
    return _Sent(ready, [*names, RECORD_LINE, SAID], [*columns, tuple(made.cells), tuple(said)], made.names)


def _arrived(sent: _Sent) -> Ready:
    ready, size = sent.ready, len(sent.ready.mapped.records)
    columns = [(None,) * size if cells is None else cells for cells in sent.columns]
    ready.rows = [dict(zip(sent.names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    ready.written = sent.written
    return ready
