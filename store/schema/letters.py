"""Warning letters and their history. What is issued is never written again (store/letters.py refuses it); events are append only."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, DateTime, Index, Integer, String, Table, Text, text

from store.schema.base import area_code, big, metadata, words

# `office` is the county that writes, '' the city. county_code and town_code are the addressee's area, by which readers see it.
# `content` is what people write, `evidence` what was frozen when the draft was made; both are JSON text, so that `digest` (SHA-256 of
# what was issued) is of the very characters that lie here.
letter = Table(
    "letter", metadata,
    Column("id", big, primary_key=True, autoincrement=False), Column("version", Integer, nullable=False, server_default="1"),
    Column("state", String(12), nullable=False, server_default="draft"), Column("kind", String(12), nullable=False),
    Column("office", area_code, nullable=False, server_default=""), Column("year", Integer), Column("serial", Integer), words("number"),
    Column("colour", String(8), nullable=False), words("title"), words("addressee"),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("category", String(4), nullable=False), Column("signal_id", big), Column("replaces", big), Column("replaced_by", big),
    Column("drafted_at", DateTime, nullable=False), words("drafted_by"), Column("issued_at", DateTime), Column("due_on", Date),
    Column("replied_at", DateTime), Column("closed_at", DateTime), Column("reminded_on", Date),
    Column("reminders", Integer, nullable=False, server_default=text("0")),
    Column("content", Text, nullable=False), Column("evidence", Text, nullable=False), Column("digest", String(64), nullable=False, server_default=""),
    Index(None, "county_code", "town_code"), Index(None, "state", "due_on"), Index("ix_letter_serial", "office", "year", "serial", unique=True),
)  # fmt: skip

letter_event = Table(
    "letter_event", metadata,
    Column("id", big, primary_key=True, autoincrement=False), Column("letter_id", big, nullable=False),
    Column("step", String(12), nullable=False), Column("at", DateTime, nullable=False),
    words("by"), words("role"), words("note"), Column("data", JSON, nullable=False), Column("ref", big),
    Index(None, "letter_id", "id"),
)  # fmt: skip
