"""Feeds put together in memory for one test."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from connectors.base import Cursor, RawBatch
from connectors.mapping import MappedBatch, Mapper
from connectors.registry import load_feed, open_transport
from connectors.spec import FeedSpec

HEAD = """
feed = "try"
title = { zh = "试", en = "Try" }
cadence_seconds = 60
late_after_seconds = 600
[agency]
code = "try"
zh = "试"
en = "Try"
mark = "试"
rank = 99
"""
PLAIN = '[transport]\nkind = "http"\nurl = "http://127.0.0.1:9"\n'
KEYED = '[fields]\nexternal_id = { from = "id" }\n'


def feed(folder: Path, transport: str = PLAIN, mapping: str = KEYED, env: dict[str, str] | None = None) -> FeedSpec:
    """A feed.toml written into the folder and loaded."""
    path = folder / "feed.toml"
    path.write_text(HEAD + transport + "\n" + mapping, encoding="utf-8")
    return load_feed(path, env or {})


def read(spec: FeedSpec, cursor: Cursor | None = None) -> list[RawBatch]:
    """Everything the feed gives."""
    return list(open_transport(spec).batches(cursor or Cursor()))


def rows_of(batches: Iterable[RawBatch]) -> list[dict[str, Any]]:
    """The rows of all batches."""
    return [row for batch in batches for row in batch.rows]


def mapped(folder: Path, mapping: str, *rows: dict[str, Any], transport: str = PLAIN) -> MappedBatch:
    """Rows through a mapping; it gets an external_id when it has none."""
    parts = tomllib.loads(mapping)
    if "external_id" not in parts.get("fields", {}):
        mapping = "[fields.external_id]\nconst = 'k'\n" + mapping
    return Mapper(feed(folder, transport, mapping), b"k" * 32).map(list(rows))
