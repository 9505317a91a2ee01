"""Groups of matters about one object (群体性): a machine proposes them, people decide; every step is kept."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

from store.schema.base import big, metadata, words

matter_group = Table(
    "matter_group", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("key", String(160), nullable=False),  # what the machine knows it by: kind, place where the name alone is not enough, object
    Column("kind", String(12), nullable=False), words("object"), words("name"),
    Column("state", String(12), nullable=False),  # proposed | confirmed | dissolved
    Column("first_on", Date, nullable=False), Column("last_on", Date, nullable=False),
    Column("found_at", DateTime, nullable=False), Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("key", "first_on"), Index(None, "state", "last_on"),
)  # fmt: skip

# Tied to a record, the one whose code the matter bore when it was found: so it follows that record when matters are split or merged.
group_member = Table(
    "group_member", metadata,
    Column("group_id", big, nullable=False), Column("record_id", big, nullable=False),
    Column("likeness", Float, nullable=False), words("why"), Column("added_at", DateTime, nullable=False),
    Column("out", String(8), nullable=False, server_default=text("''")),  # '' | person: taken out by somebody
    PrimaryKeyConstraint("group_id", "record_id"), Index(None, "record_id"),
)  # fmt: skip

group_event = Table(
    "group_event", metadata,
    Column("id", big, primary_key=True, autoincrement=False), Column("group_id", big, nullable=False),
    Column("step", String(12), nullable=False), Column("at", DateTime, nullable=False),
    words("by"), words("role"), words("why"), Column("data", JSON, nullable=False), Column("ref", big),
    Index(None, "group_id", "id"),
)  # fmt: skip
