"""Displays of the wall, frozen meetings and their decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, length: int | None = None) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(length), nullable=False, server_default="")


def _displays() -> None:
    """Walls and the acknowledged alarms."""
    op.create_table(
        "display",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        _text("name"),
        _text("county_code", 16),
        _text("town_code", 16),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_until", sa.DateTime()),
        sa.Column("token_hash", sa.String(64), unique=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        _text("made_by"),
        *(sa.Column(name, sa.DateTime()) for name in ("paired_at", "seen_at", "revoked_at")),
        _text("revoked_by"),
        sa.Column("setup", sa.JSON(), nullable=False),
        sa.Column("orders", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    )
    op.create_table(
        "wall_ack",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        _text("object"),
        _text("county_code", 16),
        _text("town_code", 16),
        sa.Column("at", sa.DateTime(), nullable=False),
        _text("by"),
        _text("note"),
    )
    op.create_index("ix_wall_ack_at", "wall_ack", ["at"])


def _meetings() -> None:
    """Frozen meetings, and what was decided at them."""
    op.create_table(
        "meeting",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("kind", sa.String(8), nullable=False), _text("title"),
        *(_text(name, 16) for name in ("county_code", "town_code")), *(sa.Column(name, sa.Date(), nullable=False) for name in ("window_start", "window_end")),
        *(sa.Column(name, sa.DateTime(), nullable=False) for name in ("as_of", "frozen_at")), _text("frozen_by"),
        sa.Column("previous_id", BIG), sa.Column("digest", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("body", "agenda")),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    )  # fmt: skip
    op.create_index("ix_meeting_place", "meeting", ["county_code", "town_code", "frozen_at"])
    op.create_table(
        "meeting_decision",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("meeting_id", BIG, nullable=False),
        *(_text(name, 16) for name in ("county_code", "town_code")), _text("what"), _text("who"), sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False), _text("made_by"), sa.Column("state", sa.String(8), nullable=False, server_default="open"),
        sa.Column("closed_at", sa.DateTime()), _text("closed_by"), _text("result"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    )  # fmt: skip
    op.create_index("ix_meeting_decision_meeting_id", "meeting_decision", ["meeting_id"])
    op.create_index("ix_meeting_decision_place", "meeting_decision", ["county_code", "town_code", "state"])


def upgrade() -> None:
    """Displays of the wall, frozen meetings."""
    _displays()
    _meetings()


def downgrade() -> None:
    """Displays must be paired again; meetings are gone."""
    op.drop_table("meeting_decision")
    op.drop_table("meeting")
    op.drop_table("wall_ack")
    op.drop_table("display")
