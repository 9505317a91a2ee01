"""Pushed bodies taken apart; and, for the worker, a door at which nothing is ever to be fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Broken, Cursor, RawBatch
from connectors.privacy import masked_cells
from connectors.spec_push import PushSettings
from connectors.transports.watermark import at_path

_MARKS = re.compile(r'[{}\[\]":,]+')
MAX_DEPTH = 20  # no source says anything that deep, and what is written on has limits of its own


class BadBody(Exception):
    """The body as a whole cannot be read: nothing of it is stored; the message says what is wrong."""


class TooManyRows(Exception):
    """More rows than a batch may have; the message says how many."""


class PushTransport:
    """A source that comes to us: there is nothing to fetch."""

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """Nothing, ever."""
        return iter(())


@dataclass(slots=True)
class Pushed:
    """The rows of a body; `places` has the place (from 0) of each good row, `broken` names the others by place + 1."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


class _Twice(dict[str, Any]):
    """An object in which a key occurred twice: readers differ in which of the two they believe."""


def read_body(settings: PushSettings, body: bytes, lines: bool) -> Pushed:
    """Rows of a JSON body, or of JSON Lines (empty lines do not count). Numbers stay the text that was sent.

    Raises BadBody or TooManyRows. A row that cannot be stored is broken, and the others go on.
    """
    text = _decoded(body)
    halves = "\\ud" in text or "\\uD" in text
    out = Pushed()
    for place, row in enumerate(_bounded(_of_lines(text) if lines else _of_document(text, settings.rows), settings.max_rows)):
        if not isinstance(row, dict) or _tangled(row):
            out.broken.append(Broken(place + 1, _excerpt(row), "bad_json"))
        elif halves and _damaged(row):
            out.broken.append(Broken(place + 1, "", "bad_text"))
        else:
            out.rows.append(row)
            out.places.append(place)
    return out


@dataclass(frozen=True, slots=True)
class _Unread:
    """A line that is no JSON."""

    text: str


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBody(f"the body is not UTF-8 (byte {error.start + 1}): send it as UTF-8; nothing was stored") from None


def _bounded(rows: list[Any], most: int) -> list[Any]:
    if len(rows) > most:
        raise TooManyRows(f"{len(rows):,} rows in one batch; at most {most:,} are taken, send the rest in further batches")
    return rows


def _of_document(text: str, path: str) -> list[Any]:
    try:
        document = _json(text)
    except RecursionError:
        raise BadBody("the body is nested too deeply; nothing was stored") from None
    except ValueError as error:
        raise BadBody(f"the body is not whole JSON ({error}); nothing was stored") from None
    if isinstance(document, _Twice):
        raise BadBody("a key occurs twice at the top of the body; nothing was stored")
    rows = at_path(document, path)
    if not isinstance(rows, list):
        raise BadBody(f"no list of rows at {path or 'the top'!r}; nothing was stored")
    return rows


def _of_lines(text: str) -> list[Any]:
    rows: list[Any] = []
    for line in text.split("\n"):
        if line.strip():
            try:
                rows.append(_json(line))
            except (ValueError, RecursionError):
                rows.append(_Unread(line.strip()))
    return rows


def _json(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Twice(made)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _tangled(value: Any, depth: int = 0) -> bool:
    """Whether a row says a key twice, or goes deeper than anything that can be written on."""
    if isinstance(value, dict):
        inner: Any = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return False
    return depth >= MAX_DEPTH or isinstance(value, _Twice) or any(_tangled(v, depth + 1) for v in inner)


def _damaged(row: dict[str, Any]) -> bool:
    """Whether half a character (a lone surrogate) is in the row: no database can store it."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _excerpt(row: Any) -> str:
    """What a steward may see of a row that is none. Escapes could hide a name from the mask: then nothing is shown."""
    text = row.text if isinstance(row, _Unread) else row if isinstance(row, str) else ""
    if "\\" in text or any(0xD800 <= ord(c) < 0xE000 for c in text):
        return ""
    return masked_cells([cell for cell in _MARKS.split(text) if cell.strip()])
