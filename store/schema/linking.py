"""What the machine thinks of pairs of records, what stewards decided about them, and what has been compared so far."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

from store.schema.base import area_code, big, metadata, words

# Blocking keys of the live records: two records are compared when they have one in common.
record_key = Table(
    "record_key", metadata,
    Column("key", String(24), nullable=False), Column("record_id", big, nullable=False),
    PrimaryKeyConstraint("key", "record_id"),
    Index(None, "record_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

# How far comparing has come: records learned up to this moment, and of that moment those up to this id, with this model.
link_mark = Table(
    "link_mark", metadata,
    Column("model", String(40), primary_key=True),
    Column("learned_at", DateTime, nullable=False), Column("record_id", big, nullable=False),
)  # fmt: skip

# Pairs of live records that are surely one matter, or about which a steward is asked. low < high.
link_pair = Table(
    "link_pair", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("low", big, nullable=False), Column("high", big, nullable=False),
    Column("weight", Float, nullable=False), Column("score", Float, nullable=False),
    Column("is_sure", Boolean, nullable=False), Column("sure", Float, nullable=False), Column("doubt", Float, nullable=False),
    Column("model", String(40), nullable=False), Column("waterfall", JSON, nullable=False),
    Column("scored_at", DateTime, nullable=False),
    Column("state", String(10), nullable=False, server_default="queued"),  # queued | skipped | linked | accepted | split | joined | void
    Column("blocked", Boolean, nullable=False, server_default=text("false")),  # sure, but a split keeps the two apart
    # The area that both records are in; '' where they differ: such a pair is for those who see both.
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("low_agency", String(32), nullable=False), Column("high_agency", String(32), nullable=False),
    UniqueConstraint("low", "high"),
    Index(None, "high"),
    Index("ix_link_pair_state", "state", "score"),
)  # fmt: skip

# What a steward decided: accept | split | skip of a pair, merge | part of matters. Append only; an undo is written beside it.
link_decision = Table(
    "link_decision", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("verdict", String(8), nullable=False),
    Column("code", String(16), nullable=False), Column("other_code", String(16), nullable=False),  # the matters as they were called then
    Column("at", DateTime, nullable=False), words("by"), words("role"), words("why"),
    Column("undone_at", DateTime), words("undone_by"), words("undone_why"),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Index(None, "by", "id"),
)  # fmt: skip

# The pairs of records that a decision is about. Of several standing ones the latest holds.
link_decided = Table(
    "link_decided", metadata,
    Column("decision_id", big, nullable=False), Column("low", big, nullable=False), Column("high", big, nullable=False),
    Column("kind", String(5), nullable=False),  # join | apart | skip
    Column("stands", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("decision_id", "low", "high"),
    Index(None, "low"), Index(None, "high"),
)  # fmt: skip

# Links that were made by the machine or by hand, and hold no more.
link_was = Table(
    "link_was", metadata,
    Column("row_id", big, primary_key=True, autoincrement=False),
    Column("until", DateTime, nullable=False),
    Column("record_id", big, nullable=False), Column("other_id", big, nullable=False), Column("number", String, nullable=False),
    Column("method", String(16), nullable=False), Column("linked_at", DateTime, nullable=False),
    Column("score", Float), Column("pair_id", big), Column("decision_id", big),
    Index(None, "record_id"),
)  # fmt: skip
