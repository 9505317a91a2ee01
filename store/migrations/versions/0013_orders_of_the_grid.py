"""Indexes for the case grid: by owner, by closing, and the few matters that ended otherwise, concern many, or are about much money."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES: tuple[tuple[str, list[str], str], ...] = (
    ("ix_matter_owner", ["owner", "accepted_on", "code"], ""),
    ("ix_matter_closed", ["closed_on", "code"], "closed_on IS NOT NULL"),
    ("ix_matter_outcome", ["outcome", "accepted_on", "code"], "outcome <> 'resolved'"),
    ("ix_matter_people", ["people", "code"], "people >= 5"),
    ("ix_matter_amount", ["amount", "code"], "amount >= 100000"),
)


def upgrade() -> None:
    """A minute on ten million matters."""
    for name, columns, where in INDEXES:
        held: dict[str, Any] = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
        op.create_index(name, "matter", columns, **held)


def downgrade() -> None:
    """The lists are the same without them, and slower."""
    for name, _, _ in INDEXES:
        op.drop_index(name, "matter")
