"""Signals: what each weekly run found and rested on, and what people did about it. Runs and events are append only."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Index, Integer, PrimaryKeyConstraint, String, Table, text

from store.schema.base import area_code, big, metadata, words

# One run over everything: the week it judged, the moment whose store it read, the feeds as they stood, what could not be told.
signal_run = Table(
    "signal_run", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("week", Date, nullable=False),  # the Sunday that ends it
    Column("at", DateTime, nullable=False), Column("data_version", big, nullable=False),
    Column("feeds", JSON, nullable=False), Column("unknown", JSON, nullable=False),
    Column("watch", JSON, nullable=False), Column("basis", JSON, nullable=False),
    Index(None, "week"),
)  # fmt: skip

# A signal lives on while runs find it again; `evidence` is what the last of them said. county_code '' is the whole city.
signal = Table(
    "signal", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),  # emerging | trending | group
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("category", String(4), nullable=False),
    Column("first_week", Date, nullable=False), Column("last_week", Date, nullable=False),
    Column("found_at", DateTime, nullable=False), Column("run_id", big, nullable=False),
    Column("rank", Integer, nullable=False), Column("provisional", Boolean, nullable=False, server_default=text("false")),
    Column("folded_into", big),
    Column("state", String(12), nullable=False, server_default="open"),  # open | noted | letter | meeting | dismissed
    Column("snoozed_until", Date), Column("version", Integer, nullable=False, server_default="1"),
    Column("evidence", JSON, nullable=False),
    Index(None, "last_week"), Index(None, "state", "last_week"), Index(None, "county_code", "town_code"),
)  # fmt: skip

# What every run said of a signal: the frozen ground of letters and meetings.
signal_seen = Table(
    "signal_seen", metadata,
    Column("signal_id", big, nullable=False), Column("run_id", big, nullable=False), Column("evidence", JSON, nullable=False),
    PrimaryKeyConstraint("signal_id", "run_id"),
)  # fmt: skip

signal_event = Table(
    "signal_event", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("signal_id", big, nullable=False), Column("step", String(12), nullable=False), Column("at", DateTime, nullable=False),
    words("by"), words("role"), words("why"), Column("data", JSON, nullable=False), Column("ref", big),
    Index(None, "signal_id", "id"),
)  # fmt: skip
