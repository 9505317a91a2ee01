"""Search in titles, saved views of the case list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.search_index import build

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The index is filled from the matters that are there (half a minute for a million)."""
    op.create_table(
        "saved_view",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, server_default=""),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        *(sa.Column(name, sa.String(16), nullable=False, server_default="") for name in ("county_code", "town_code")),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
    )
    op.create_index("ix_saved_view_owner", "saved_view", ["owner"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("CREATE TABLE matter_search (matter_id BIGINT PRIMARY KEY, pairs TSVECTOR NOT NULL)")
        build(connection)
        op.execute("CREATE INDEX ix_matter_search_pairs ON matter_search USING gin (pairs)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE matter_search USING fts5(pairs, content='', columnsize=0, detail=none, "
        "tokenize=\"unicode61 remove_diacritics 0\")"
    )
    build(connection)


def downgrade() -> None:
    """The index can be made again; the views are lost."""
    op.execute("DROP TABLE matter_search")
    op.drop_table("saved_view")
