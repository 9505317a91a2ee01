"""Walls: displays that are paired once with a code, what their operator told them, and alarms that somebody has taken note of."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, Integer, String, Table

from store.schema.base import area_code, big, metadata, words

# `setup` is how it hangs (width, furthest eye, panels, sound), `orders` what the operator told it; `version` counts the changes of both.
display = Table(
    "display", metadata,
    Column("id", big, primary_key=True, autoincrement=False), words("name"),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("code_hash", String(64)), Column("code_until", DateTime),  # until it is paired
    Column("token_hash", String(64), unique=True),  # once it is
    Column("made_at", DateTime, nullable=False), words("made_by"),
    Column("paired_at", DateTime), Column("seen_at", DateTime), Column("revoked_at", DateTime), words("revoked_by"),
    Column("setup", JSON, nullable=False), Column("orders", JSON, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)  # fmt: skip

# An alarm is worked out from the data each time; only that it was acknowledged is kept, under its key.
wall_ack = Table(
    "wall_ack", metadata,
    Column("key", String(120), primary_key=True), Column("kind", String(12), nullable=False), words("object"),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("at", DateTime, nullable=False, index=True), words("by"), words("note"),
)  # fmt: skip
