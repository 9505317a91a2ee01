"""The index of titles is kept after the batch: how far it has come, and what it has to take back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.search_index import catch_up_whole

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Until now every matter was in the index."""
    op.create_table(
        "search_pending",
        sa.Column("matter_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("title_was", sa.Text(), nullable=False),
    )
    op.execute("DELETE FROM counter WHERE name = 'matter_search'")
    op.execute("INSERT INTO counter (name, value) SELECT 'matter_search', COALESCE(MAX(id), 0) FROM matter")


def downgrade() -> None:
    """The older program takes it that every matter is in the index."""
    catch_up_whole(op.get_bind())
    op.execute("DELETE FROM counter WHERE name = 'matter_search'")
    op.drop_table("search_pending")
