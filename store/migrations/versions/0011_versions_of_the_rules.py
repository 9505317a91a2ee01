"""Versions of the rules of assessment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first version is taken from the settings file when somebody first asks for a score."""
    op.create_table(
        "assessment_rules",
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False), sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False), sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
    )  # fmt: skip


def downgrade() -> None:
    """Old periods are scored by the newest rules again."""
    op.drop_table("assessment_rules")
