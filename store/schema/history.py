"""What the store knew earlier: matters and filings as they stood, and the rollups of moments that someone asked about."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Index, Integer, PrimaryKeyConstraint, SmallInteger, String, Table

from matters.indicators import MEASURES
from store.schema.base import area_code, big, matter, metadata

# A matter as it stood from `since` until (not including) `until`; the present state is in `matter` itself.
matter_was = Table(
    "matter_was", metadata,
    Column("row_id", big, primary_key=True, autoincrement=False),
    Column("since", DateTime, nullable=False), Column("until", DateTime, nullable=False),
    *(Column(c.name, c.type, nullable=c.nullable) for c in matter.columns),
    Index(None, "until", "since"), Index(None, "code"), Index(None, "id"),
)  # fmt: skip

# A filing that no longer counts where it did.
filing_was = Table(
    "filing_was", metadata,
    Column("row_id", big, primary_key=True, autoincrement=False),
    Column("since", DateTime, nullable=False), Column("until", DateTime, nullable=False),
    Column("record_id", big, nullable=False), Column("county_code", area_code, nullable=False, server_default=""),
    Column("matter_id", big, nullable=False), Column("filed_on", Date, nullable=False),
    Index(None, "until", "since"), Index(None, "matter_id"),
)  # fmt: skip

# A record that belonged to another matter, or bore another number. Without a row here it has been as it is since it came.
record_was = Table(
    "record_was", metadata,
    Column("row_id", big, primary_key=True, autoincrement=False),
    Column("since", DateTime, nullable=False), Column("until", DateTime, nullable=False),
    Column("record_id", big, nullable=False), Column("matter_id", big), Column("number", String),
    Index(None, "record_id", "until"), Index(None, "until", "since"), Index(None, "matter_id"),
)  # fmt: skip

# A moment whose rollups are kept; it never changes, so it is computed once.
moment = Table(
    "moment", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False, unique=True), Column("day", Date, nullable=False),
    Column("made_at", DateTime, nullable=False), Column("used_at", DateTime, nullable=False),
)  # fmt: skip

rollup_at = Table(
    "rollup_at", metadata,
    Column("moment_id", big, nullable=False),
    Column("grain", SmallInteger, nullable=False),
    Column("category", String(2), nullable=False), Column("source", Integer, nullable=False),
    Column("county_code", area_code, nullable=False),
    Column("period", Integer, nullable=False), Column("town_code", area_code, nullable=False),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
    PrimaryKeyConstraint("moment_id", "grain", "category", "source", "county_code", "period", "town_code"),
    sqlite_with_rowid=False,
)  # fmt: skip
