"""Rows of letters as values, and values as rows: texts, digests, what a step changes and undoing gives back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson

from matters.periods import Window
from services.letter_shapes import LetterEvent

_MOVES = ("state", "due_on", "replied_at", "closed_at")


def window_of(evidence: Mapping[str, Any], prefix: str) -> Window:
    """The window of the evidence, or (before_) that of the year before."""
    return Window(date.fromisoformat(evidence[f"{prefix}first"]), date.fromisoformat(evidence[f"{prefix}last"]))


def text_of(values: Any) -> str:
    """JSON text, the same for the same values."""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


def digest_of(row: Mapping[str, Any]) -> str:
    """SHA-256 of everything that was issued."""
    parts = [row["number"], row["title"], row["addressee"], row["colour"], row["issued_at"].isoformat(), row["content"], row["evidence"]]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def before(row: Mapping[str, Any]) -> dict[str, Any]:
    """What undoing a step would give back, as JSON values."""
    return {k: row[k].isoformat() if isinstance(row[k], date) else row[k] for k in _MOVES}


def back(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that before() kept."""
    day = {"due_on": date.fromisoformat, "replied_at": datetime.fromisoformat, "closed_at": datetime.fromisoformat}
    return {k: day[k](v) if k in day and v else v for k, v in kept.items()}


def events_of(rows: list[dict[str, Any]]) -> tuple[LetterEvent, ...]:
    """A history, oldest first, undone steps marked."""
    undone = {r["ref"] for r in rows if r["step"] == "undo"}
    return tuple(LetterEvent(r["id"], r["step"], r["at"], r["by"], r["role"], r["note"], r["data"], r["id"] in undone) for r in rows)


def standing(events: tuple[LetterEvent, ...]) -> LetterEvent | None:
    """The last step that moved the letter and was not taken back."""
    moved = [e for e in events if not e.undone and e.step not in ("undo", "remind")]
    return moved[-1] if moved else None
