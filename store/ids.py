"""Ids in blocks, taken inside the writing transaction: a batch costs one update, and keys are known before the insert."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from store.schema import counter


def take(connection: Connection, name: str, count: int = 1) -> int:
    """Reserve `count` consecutive ids of a table and return the first."""
    if not connection.execute(update(counter).where(counter.c.name == name).values(value=counter.c.value + count)).rowcount:
        connection.execute(insert(counter).values(name=name, value=count))
    last = connection.execute(select(counter.c.value).where(counter.c.name == name)).scalar_one()
    return int(last) - count + 1
