"""Frozen meetings and the decisions taken at them."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Index, Integer, String, Table, Text

from store.schema.base import area_code, big, metadata, words

# `body` is what was frozen, as the very text whose SHA-256 is `digest`; nothing writes to it again. `agenda` (JSON text: order, hidden
# items, headlines, notes) is people's work on it, and `version` counts the changes of that.
meeting = Table(
    "meeting", metadata,
    Column("id", big, primary_key=True, autoincrement=False), Column("kind", String(8), nullable=False), words("title"),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("window_start", Date, nullable=False), Column("window_end", Date, nullable=False),
    Column("as_of", DateTime, nullable=False), Column("frozen_at", DateTime, nullable=False), words("frozen_by"),
    Column("previous_id", big), Column("digest", String(64), nullable=False), Column("body", Text, nullable=False),
    Column("agenda", Text, nullable=False), Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_meeting_place", "county_code", "town_code", "frozen_at"),
)  # fmt: skip

# What, who, by when. Its state is open, done or dropped; who closed it says with what result.
meeting_decision = Table(
    "meeting_decision", metadata,
    Column("id", big, primary_key=True, autoincrement=False), Column("meeting_id", big, nullable=False),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    words("what"), words("who"), Column("due", Date, nullable=False),
    Column("made_at", DateTime, nullable=False), words("made_by"), Column("state", String(8), nullable=False, server_default="open"),
    Column("closed_at", DateTime), words("closed_by"), words("result"), Column("version", Integer, nullable=False, server_default="1"),
    Index(None, "meeting_id"), Index("ix_meeting_decision_place", "county_code", "town_code", "state"),
)  # fmt: skip
