"""What people did on the path of a matter: acts, cards, consultations, joint actions. Append only; an undo is an event too."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, DateTime, Index, String, Table

from store.schema.base import big, metadata, words

# Tied to a record, the one whose code the matter bore when it was written, so that it follows that record when matters are
# split or merged. `ref` is the event that this one answers or, for `undo`, takes back.
path_event = Table(
    "path_event", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("record_id", big, nullable=False), Column("code", String(24), nullable=False),
    Column("act", String(16), nullable=False),
    Column("on", Date, nullable=False), Column("at", DateTime, nullable=False),
    words("by"), words("role"), words("level"), words("why"), Column("data", JSON, nullable=False),
    Column("ref", big),
    Index(None, "record_id"), Index(None, "ref"), Index(None, "act", "at"),
)  # fmt: skip
