"""The tables of the directory of centres and of the groups of matters, as migration 0006 makes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False, server_default="") for name in names]


def make() -> None:
    """Nothing has been changed in the directory, and no group found: all of them are empty."""
    op.create_table(
        "centre_event",
        sa.Column("area_code", sa.String(16), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(12), nullable=False), sa.Column("at", sa.DateTime(), nullable=False), *_words("by", "role", "why"),
        sa.Column("before", sa.JSON(), nullable=False), sa.Column("after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("area_code", "version"),
    )  # fmt: skip
    op.create_table(
        "matter_group",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("key", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False), *_words("object", "name"), sa.Column("state", sa.String(12), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False), sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False), sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.UniqueConstraint("key", "first_on", name="uq_matter_group_key_first_on"),
    )  # fmt: skip
    op.create_index("ix_matter_group_state_last_on", "matter_group", ["state", "last_on"])
    op.create_table(
        "group_member",
        sa.Column("group_id", BIG, nullable=False), sa.Column("record_id", BIG, nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False), *_words("why"), sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("out", sa.String(8), nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("group_id", "record_id"),
    )  # fmt: skip
    op.create_index("ix_group_member_record_id", "group_member", ["record_id"])
    op.create_table(
        "group_event",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("group_id", BIG, nullable=False),
        sa.Column("step", sa.String(12), nullable=False), sa.Column("at", sa.DateTime(), nullable=False), *_words("by", "role", "why"),
        sa.Column("data", sa.JSON(), nullable=False), sa.Column("ref", BIG),
    )  # fmt: skip
    op.create_index("ix_group_event_group_id_id", "group_event", ["group_id", "id"])


def drop() -> None:
    """The changes of the directory and what people decided about groups are lost."""
    for table in ("group_event", "group_member", "matter_group", "centre_event"):
        op.drop_table(table)
