"""A JSON answer taken apart: where its rows are, what says that all went well, how its pages are counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.columns import text_of

_GOOD = {"0", "200", "success", "ok", "true", "1"}
_DEPTH = 12


def flat(row: dict[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    """A nested row by dotted paths; lists stay as they are."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        path = f"{before}{key}"
        if isinstance(value, dict) and value and depth < _DEPTH:
            found |= flat(value, f"{path}.", depth + 1)
        else:
            found[path] = value
    return found


def _lists(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        rows = [v for v in value if isinstance(v, dict)]
        if rows and len(rows) >= 0.9 * len(value):
            yield path, rows
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists(inner, f"{path}.{key}" if path else str(key), depth + 1)


def rows_in(data: Any) -> tuple[str, list[dict[str, Any]]]:
    """The path to the longest list of objects, and that list; one object alone is a list of one."""
    found = max(_lists(data), key=lambda item: len(item[1]), default=None)
    if found is None and isinstance(data, dict):
        return "", [data]
    return found or ("", [])


def wrapping(data: Any, rows: str) -> dict[str, Any]:
    """What stands around the rows: `success`, `pages`, `next`, where they can be told."""
    if not isinstance(data, dict) or not rows:
        return {}
    around: dict[str, Any] = {}
    for key, value in flat(data).items():
        last = key.rsplit(".", 1)[-1].lower()
        text = text_of(value).lower()
        if (
            last in ("code", "status", "ret", "success", "errcode", "result")
            and text in _GOOD
            and "success" not in around
        ):
            around["success"] = {key: text_of(value)}
        elif last in ("pages", "totalpages", "pagecount") and text.isdigit():
            around["pages"] = key
        elif last in ("nextoffset", "next", "nextcursor", "next_cursor"):
            around["next"] = key
    return around
