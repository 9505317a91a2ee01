"""What the index of titles has not followed yet."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text

from store.schema.base import big, metadata

# Matters that changed or went after they were taken into the index, with the title that it still has of them. New ones need no row:
# their ids lie above the counter `matter_search`.
search_pending = Table(
    "search_pending", metadata,
    Column("matter_id", big, nullable=False), Column("title_was", Text, nullable=False),
    PrimaryKeyConstraint("matter_id"),
)  # fmt: skip
