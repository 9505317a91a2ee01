"""The small indexes of large matters know day of acceptance and id too: a page of them is found and put in order without reading a row."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

GREAT = {"people": "people >= 5", "amount": "amount >= 100000"}


def _made(more: tuple[str, ...]) -> None:
    for column, few in GREAT.items():
        op.drop_index(f"ix_matter_{column}", "matter")
        op.create_index(f"ix_matter_{column}", "matter", [column, "code", *more], sqlite_where=text(few), postgresql_where=text(few))


def upgrade() -> None:
    """Seconds for a million matters."""
    _made(("accepted_on", "id"))


def downgrade() -> None:
    """Without the day."""
    _made(())
