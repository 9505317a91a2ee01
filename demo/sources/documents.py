"""Rows that are JSON documents, kept in a small SQLite file behind an agency's service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from demo.sources import common

SCHEMA = """
CREATE TABLE documents (id INTEGER PRIMARY KEY, key TEXT, changed, body TEXT);
CREATE INDEX documents_changed ON documents (changed, key, id);
CREATE INDEX documents_key ON documents (key);
"""
INSERT = "INSERT INTO documents (key, changed, body) VALUES (?, ?, ?)"
UPDATE = "UPDATE documents SET key=?, changed=?, body=? WHERE key=?"
Row = tuple[Any, ...]


def packed(key: str | None, changed: str | int, item: dict[str, Any]) -> Row:
    """One stored row; `changed` sorts as the service sorts."""
    return key, changed, json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def unpacked(row: Row) -> dict[str, Any]:
    """The document of a stored row."""
    found: dict[str, Any] = json.loads(row[2])
    return found


def write(path: Path, rows: list[Row]) -> None:
    """The store behind a service."""
    common.create(path, SCHEMA, INSERT, rows)
