"""What people did on the path of a matter, its clocks, supervision, the rota of the centres."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations import directory

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has acted yet: the table is empty."""
    op.create_table(
        "path_event",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False, server_default="") for name in ("by", "role", "why")),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("ref", BIG),
    )
    op.create_index("ix_path_event_record_id", "path_event", ["record_id"])
    op.create_index("ix_path_event_ref", "path_event", ["ref"])
    op.create_index("ix_path_event_act_at", "path_event", ["act", "at"])
    uncalled = sa.text("NOT is_open AND satisfied IS NULL AND channel <> ''")
    op.create_index("ix_matter_uncalled", "matter", ["closed_on", "code"], sqlite_where=uncalled, postgresql_where=uncalled)
    directory.make()


def downgrade() -> None:
    """The acts are lost; a matter keeps what they made of it until one of its records changes."""
    directory.drop()
    op.drop_index("ix_matter_uncalled", "matter")
    op.drop_table("path_event")
