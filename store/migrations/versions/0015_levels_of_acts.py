"""Acts keep the level of who took them: what the city did is not a county's to take back, whatever the role."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Acts of before get the level that the account has now; where there is none any more the role decides, as it did."""
    op.add_column("path_event", sa.Column("level", sa.String(), nullable=False, server_default=""))
    op.execute('UPDATE path_event SET level = COALESCE((SELECT a.level FROM account a WHERE a.name = path_event."by"), \'\')')


def downgrade() -> None:
    """The older program goes by the role alone."""
    op.drop_column("path_event", "level")
