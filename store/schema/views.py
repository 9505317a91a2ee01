"""Views of the case list that people kept: a name and the address of the list, for oneself or for everybody of an area."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Index, String, Table, Text, text

from store.schema.base import area_code, big, metadata, words

# `county_code` and `town_code` are those of the keeper: a shared view is offered to the same area and to what lies in it.
saved_view = Table(
    "saved_view", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("owner", String, nullable=False), words("name"), Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("made_at", DateTime, nullable=False), Column("used_at", DateTime),
    Index(None, "owner"),
)  # fmt: skip
