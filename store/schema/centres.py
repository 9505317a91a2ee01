"""What was changed in the directory of centres: each change with what was before it, so that it can be taken back."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, Integer, PrimaryKeyConstraint, String, Table

from store.schema.base import area_code, metadata, words

# `version` counts the changes of one centre; two people who change the same version meet in the key, and one is refused.
centre_event = Table(
    "centre_event", metadata,
    Column("area_code", area_code, nullable=False), Column("version", Integer, nullable=False),
    Column("act", String(12), nullable=False), Column("at", DateTime, nullable=False),
    words("by"), words("role"), words("why"),
    Column("before", JSON, nullable=False), Column("after", JSON, nullable=False),
    PrimaryKeyConstraint("area_code", "version"),
)  # fmt: skip
