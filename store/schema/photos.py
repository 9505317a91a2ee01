"""Photos of inspections: what is known of each; the picture itself lies in the data folder."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, String, Table

from store.schema.base import big, metadata, words

listing_photo = Table(
    "listing_photo", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("listing_id", big, nullable=False), Column("event_id", big, nullable=False),
    Column("digest", String(64), nullable=False),  # of the picture as kept: its file's name
    Column("width", Integer, nullable=False), Column("height", Integer, nullable=False), Column("bytes", Integer, nullable=False),
    Column("at", DateTime, nullable=False), words("by"),
    Index(None, "listing_id", "event_id"),
)  # fmt: skip
