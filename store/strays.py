"""Rows whose parent is missing, where the tables have no foreign keys (store/schema/base.py says why)."""

from __future__ import annotations

from sqlalchemy import Connection, exists, func, select

from store.schema import agency, feed, matter, record, record_version, run, source

_PARENTS = {
    "record with a feed": (record.c.feed, feed.c.code), "record with an agency": (record.c.agency, agency.c.code),
    "record_version with a run": (record_version.c.run_id, run.c.id), "matter with a source": (matter.c.source, source.c.id),
    "record with a matter": (record.c.matter_id, matter.c.id), "record_version with a record": (record_version.c.record_id, record.c.id),
}  # fmt: skip


def found(connection: Connection) -> dict[str, int]:
    """How many rows name a parent that does not exist, by what they are; empty when all is right."""
    counts = {}
    for what, (child, parent) in _PARENTS.items():
        stray = select(func.count()).where(child.is_not(None), ~exists().where(parent == child))
        if count := int(connection.execute(stray).scalar_one()):
            counts[what] = count
    return counts
