"""Records, their versions and matters without foreign keys: each row of a load paid for a look into a table of a dozen rows."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEYS: tuple[tuple[str, str, str, str], ...] = (
    ("record", "feed", "feed", "code"), ("record", "agency", "agency", "code"), ("record_version", "run_id", "run", "id"), ("matter", "source", "source", "id"),
)  # fmt: skip


def upgrade() -> None:
    """At once on PostgreSQL; SQLite copies the three tables, a minute for a million matters."""
    for name in dict.fromkeys(k[0] for k in KEYS):
        with op.batch_alter_table(name) as table:
            for _, column, _, _ in (k for k in KEYS if k[0] == name):
                table.drop_constraint(f"fk_{name}_{column}", type_="foreignkey")


def downgrade() -> None:
    """The foreign keys are back, and checked for every row."""
    for name in dict.fromkeys(k[0] for k in KEYS):
        with op.batch_alter_table(name) as table:
            for _, column, other, key in (k for k in KEYS if k[0] == name):
                table.create_foreign_key(f"fk_{name}_{column}", other, [column], [key])
