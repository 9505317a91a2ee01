"""Count open matters, and those past their limit, in the rollups too.

`rolled_on` stays empty: the next batch or page notices, and rebuilds the rollups for its day (store.rollups.turn_day).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("is_open")
_WAITING = sa.text("is_open AND (accepted_on IS NULL OR handled_on IS NULL)")


def upgrade() -> None:
    """Two measures, the day they hold for, and the indexes of what no rollup counts."""
    for name in ("open", "past_limit"):
        op.add_column("rollup", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("data_version", sa.Column("rolled_on", sa.Date(), nullable=True))
    op.drop_index("ix_matter_open", table_name="matter")
    op.create_index("ix_matter_open", "matter", ["county_code", "town_code", "due_on", "accepted_on"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_matter_due", "matter", ["due_on"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    waiting = ["county_code", "town_code", "accepted_on", "opened_on", "due_on"]
    op.create_index("ix_matter_waiting", "matter", waiting, sqlite_where=_WAITING, postgresql_where=_WAITING)


def downgrade() -> None:
    """Take them away; the older program reads the open matters themselves."""
    op.drop_index("ix_matter_waiting", table_name="matter")
    op.drop_index("ix_matter_due", table_name="matter")
    op.drop_column("data_version", "rolled_on")
    for name in ("open", "past_limit"):
        op.drop_column("rollup", name)
