"""Signals, letters, assessment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has acted yet: the tables are empty."""
    _signals()
    _letters()
    _assessment()


def downgrade() -> None:
    """What was found and decided is lost."""
    for name in ("outside_index", "assessment_mark", "listing_photo", "letter_event", "letter", "signal_event", "signal_seen", "signal", "signal_run"):
        op.drop_table(name)


def _signals() -> None:
    op.create_table(
        "signal_run",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("week", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False), sa.Column("data_version", BIG, nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("feeds", "unknown", "watch", "basis")),
    )  # fmt: skip
    op.create_index("ix_signal_run_week", "signal_run", ["week"])
    op.create_table(
        "signal",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("kind", sa.String(12), nullable=False),
        *(sa.Column(name, sa.String(16), nullable=False, server_default="") for name in ("county_code", "town_code")),
        sa.Column("category", sa.String(4), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_week", "last_week")),
        sa.Column("found_at", sa.DateTime(), nullable=False), sa.Column("run_id", BIG, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False), sa.Column("provisional", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("folded_into", BIG), sa.Column("state", sa.String(12), nullable=False, server_default="open"),
        sa.Column("snoozed_until", sa.Date()), sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("evidence", sa.JSON(), nullable=False),
    )  # fmt: skip
    for names in (["last_week"], ["state", "last_week"], ["county_code", "town_code"]):
        op.create_index(f"ix_signal_{'_'.join(names)}", "signal", names)
    op.create_table(
        "signal_seen",
        sa.Column("signal_id", BIG, nullable=False), sa.Column("run_id", BIG, nullable=False), sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("signal_id", "run_id"),
    )  # fmt: skip
    op.create_table(
        "signal_event",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("signal_id", BIG, nullable=False),
        sa.Column("step", sa.String(12), nullable=False), sa.Column("at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False, server_default="") for name in ("by", "role", "why")),
        sa.Column("data", sa.JSON(), nullable=False), sa.Column("ref", BIG),
    )  # fmt: skip
    op.create_index("ix_signal_event_signal_id_id", "signal_event", ["signal_id", "id"])


def _letters() -> None:
    words = ("number", "title", "addressee", "drafted_by")
    op.create_table(
        "letter",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("state", sa.String(12), nullable=False, server_default="draft"), sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("year", sa.Integer()), sa.Column("serial", sa.Integer()), sa.Column("colour", sa.String(8), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False, server_default="") for name in words),
        *(sa.Column(name, sa.String(16), nullable=False, server_default="") for name in ("office", "county_code", "town_code")),
        sa.Column("category", sa.String(4), nullable=False), *(sa.Column(name, BIG) for name in ("signal_id", "replaces", "replaced_by")),
        sa.Column("drafted_at", sa.DateTime(), nullable=False), *(sa.Column(n, sa.DateTime()) for n in ("issued_at", "replied_at", "closed_at")),
        sa.Column("due_on", sa.Date()), sa.Column("reminded_on", sa.Date()),
        sa.Column("reminders", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("content", sa.Text(), nullable=False), sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, server_default=""),
    )  # fmt: skip
    for names in (["county_code", "town_code"], ["state", "due_on"]):
        op.create_index(f"ix_letter_{'_'.join(names)}", "letter", names)
    op.create_index("ix_letter_serial", "letter", ["office", "year", "serial"], unique=True)
    op.create_table(
        "letter_event",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("letter_id", BIG, nullable=False),
        sa.Column("step", sa.String(12), nullable=False), sa.Column("at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False, server_default="") for name in ("by", "role", "note")),
        sa.Column("data", sa.JSON(), nullable=False), sa.Column("ref", BIG),
    )  # fmt: skip
    op.create_index("ix_letter_event_letter_id_id", "letter_event", ["letter_id", "id"])


def _assessment() -> None:
    op.create_table(
        "listing_photo",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("listing_id", "event_id")), sa.Column("digest", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("width", "height", "bytes")),
        sa.Column("at", sa.DateTime(), nullable=False), sa.Column("by", sa.String(), nullable=False, server_default=""),
    )  # fmt: skip
    op.create_index("ix_listing_photo_listing_id_event_id", "listing_photo", ["listing_id", "event_id"])
    op.create_table(
        "assessment_mark",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(16), nullable=False, server_default="") for name in ("county_code", "town_code")),
        sa.Column("agency", sa.String(32), nullable=False, server_default=""), sa.Column("day", sa.Date(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False), sa.Column("reason", sa.String(), nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False, server_default="") for name in ("by", "role")),
        sa.Column("withdrawn_at", sa.DateTime()),
        *(sa.Column(name, sa.String(), nullable=False, server_default="") for name in ("withdrawn_by", "withdrawn_why")),
    )  # fmt: skip
    op.create_index("ix_assessment_mark_day", "assessment_mark", ["day"])
    op.create_table(
        "outside_index",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("name", sa.String(64), nullable=False),
        *(sa.Column(name, sa.String(16), nullable=False, server_default="") for name in ("county_code", "town_code")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("starts_on", "ends_on")),
        sa.Column("value", sa.Float()), sa.Column("rank", sa.Integer()), sa.Column("of", sa.Integer()),
        sa.Column("source", sa.String(), nullable=False, server_default=""), sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False, server_default=""),
        sa.UniqueConstraint("name", "county_code", "starts_on", "ends_on", name="uq_outside_index_name_county_code_starts_on_ends_on"),
    )  # fmt: skip
