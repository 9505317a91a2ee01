"""Whether a version became the record's state: after a whole list that is not the one with the highest revision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions of before have no word on it: until then the highest revision held."""
    op.add_column("record_version", sa.Column("held", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """The screens of then go by the highest revision again."""
    with op.batch_alter_table("record_version") as table:
        table.drop_column("held")
