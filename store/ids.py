"""Ids in blocks, taken inside the writing transaction: a batch costs one update, and keys are known before the insert."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from store.schema import counter

# Put together once: a batch takes four or five times, and building them took longer than running them.
_TAKE = update(counter).where(counter.c.name == bindparam("of")).values(value=counter.c.value + bindparam("count"))
_LAST = select(counter.c.value).where(counter.c.name == bindparam("of"))


def take(connection: Connection, name: str, count: int = 1) -> int:
    """Reserve `count` consecutive ids of a table and return the first."""
    if not connection.execute(_TAKE, {"of": name, "count": count}).rowcount:
        connection.execute(insert(counter).values(name=name, value=count))
    return int(connection.execute(_LAST, {"of": name}).scalar_one()) - count + 1
