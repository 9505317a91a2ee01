"""Links of doubt, what stewards decided about them, and what has been compared so far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AREA = sa.String(16)


def _big(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, BIG, nullable=nullable) for name in names]


def _words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False, server_default="") for name in names]


def _area() -> list[sa.Column]:
    return [sa.Column(name, AREA, nullable=False, server_default="") for name in ("county_code", "town_code")]


def _link() -> list[sa.Column]:
    return [sa.Column("score", sa.Float()), *_big("pair_id", "decision_id", nullable=True)]


def upgrade() -> None:
    """Nothing has been compared: the worker, or `yizhan link run`, begins with the first record."""
    _compared()
    _decided()
    for column in _link():
        op.add_column("link", column)
    op.create_table(
        "link_was",
        sa.Column("row_id", BIG, primary_key=True, autoincrement=False), sa.Column("until", sa.DateTime(), nullable=False),
        *_big("record_id", "other_id"), sa.Column("number", sa.String(), nullable=False), sa.Column("method", sa.String(16), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False), *_link(),
    )  # fmt: skip
    op.create_index("ix_link_was_record_id", "link_was", ["record_id"])
    op.create_index("ix_record_learned", "record", ["learned_at", "id"])


def _compared() -> None:
    op.create_table(
        "record_key", sa.Column("key", sa.String(24), nullable=False), *_big("record_id"),
        sa.PrimaryKeyConstraint("key", "record_id", name="pk_record_key"), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_record_key_record_id", "record_key", ["record_id"])
    op.create_table(
        "link_mark", sa.Column("model", sa.String(40), primary_key=True), sa.Column("learned_at", sa.DateTime(), nullable=False),
        *_big("record_id"),
    )  # fmt: skip
    op.create_table(
        "link_pair",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), *_big("low", "high"),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("weight", "score")),
        sa.Column("is_sure", sa.Boolean(), nullable=False), *(sa.Column(name, sa.Float(), nullable=False) for name in ("sure", "doubt")),
        sa.Column("model", sa.String(40), nullable=False), sa.Column("waterfall", sa.JSON(), nullable=False),
        sa.Column("scored_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False, server_default="queued"),
        sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        *_area(), sa.Column("low_agency", sa.String(32), nullable=False), sa.Column("high_agency", sa.String(32), nullable=False),
        sa.UniqueConstraint("low", "high", name="uq_link_pair_low_high"),
    )  # fmt: skip
    op.create_index("ix_link_pair_high", "link_pair", ["high"])
    op.create_index("ix_link_pair_state", "link_pair", ["state", "score"])


def _decided() -> None:
    op.create_table(
        "link_decision",
        sa.Column("id", BIG, primary_key=True, autoincrement=False), sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("code", sa.String(16), nullable=False), sa.Column("other_code", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False), *_words("by", "role", "why"),
        sa.Column("undone_at", sa.DateTime()), *_words("undone_by", "undone_why"), *_area(),
    )  # fmt: skip
    op.create_index("ix_link_decision_by_id", "link_decision", ["by", "id"])
    op.create_table(
        "link_decided", *_big("decision_id", "low", "high"), sa.Column("kind", sa.String(5), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.PrimaryKeyConstraint("decision_id", "low", "high", name="pk_link_decided"),
    )  # fmt: skip
    op.create_index("ix_link_decided_low", "link_decided", ["low"])
    op.create_index("ix_link_decided_high", "link_decided", ["high"])


def downgrade() -> None:
    """Decisions are lost; links that no number proves go, and their matters stay until one of their records changes."""
    op.execute("DELETE FROM link WHERE method <> 'reference'")
    op.drop_index("ix_record_learned", "record")
    with op.batch_alter_table("link") as link:
        for name in ("score", "pair_id", "decision_id"):
            link.drop_column(name)
    for table in ("link_was", "link_decided", "link_decision", "link_pair", "link_mark", "record_key"):
        op.drop_table(table)
