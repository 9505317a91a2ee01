"""Assessment: merits and demerits with their reasons, and index figures from outside with their source."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, DateTime, Float, Index, Integer, String, Table, UniqueConstraint

from store.schema.base import area_code, big, metadata, words

# Points given or taken by a person. Nothing is deleted: what was wrong is withdrawn, with a reason.
assessment_mark = Table(
    "assessment_mark", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("agency", String(32), nullable=False, server_default=""),  # '' for an area's
    Column("day", Date, nullable=False), Column("points", Float, nullable=False), words("reason"),
    Column("at", DateTime, nullable=False), words("by"), words("role"),
    Column("withdrawn_at", DateTime), words("withdrawn_by"), words("withdrawn_why"),
    Index(None, "day"),
)  # fmt: skip

outside_index = Table(
    "outside_index", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False),
    Column("county_code", area_code, nullable=False, server_default=""), Column("town_code", area_code, nullable=False, server_default=""),
    Column("starts_on", Date, nullable=False), Column("ends_on", Date, nullable=False),
    Column("value", Float), Column("rank", Integer), Column("of", Integer), words("source"),
    Column("at", DateTime, nullable=False), words("by"),
    UniqueConstraint("name", "county_code", "starts_on", "ends_on"),
)  # fmt: skip

assessment_rules = Table(
    "assessment_rules", metadata,
    Column("version", Integer, primary_key=True, autoincrement=False), Column("digest", String(64), nullable=False),
    Column("since", Date, nullable=False), Column("taken_at", DateTime, nullable=False),  # the first holds for all time before it too
    Column("content", JSON, nullable=False),
)  # fmt: skip
