"""Accounts of departments: the names under which matters are dispatched to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No account of before is a department's."""
    op.add_column("account", sa.Column("owners", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """The older program knows no such role; an account of it would see its whole area."""
    op.execute("DELETE FROM session WHERE account IN (SELECT name FROM account WHERE role = 'department')")
    op.execute("DELETE FROM api_token WHERE account IN (SELECT name FROM account WHERE role = 'department')")
    op.execute("DELETE FROM account WHERE role = 'department'")
    op.drop_column("account", "owners")
