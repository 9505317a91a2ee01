"""Keeping the index of titles. Not in the batch, where it took a sixth of an ingest, but right after it, in steps of their own.

Matters up to the counter `matter_search` are in the index; those that changed since then stand in search_pending with the title that
the index still has of them. So what is missing is known exactly: a search reads those matters one by one (store/search.py), and
finds the same rows however far the index has come. A step is one transaction, and repeating it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, text, update

from matters.grams import grams
from store.bulk import drivers_own
from store.chunks import chunks, rows_where_in
from store.schema import counter, matter, search_pending

TABLE = "matter_search"
STEP = 5_000  # matters a transaction: others who write wait for some tenths of a second
_MARK = counter.c.name == TABLE


class Behind(NamedTuple):
    """What the index has not taken in: matters above `mark` (`new` of them at most), and whether others changed."""

    mark: int
    new: int
    changed: bool

    def __bool__(self) -> bool:
        return self.new > 0 or self.changed


def behind(connection: Connection) -> Behind:
    """How far the index has come."""
    row = connection.execute(text(
        f"SELECT COALESCE((SELECT value FROM counter WHERE name = '{TABLE}'), 0), COALESCE((SELECT MAX(id) FROM matter), 0), "
        "EXISTS (SELECT 1 FROM search_pending)"
    )).one()  # fmt: skip
    return Behind(int(row[0]), max(0, int(row[1]) - int(row[0])), bool(row[2]))


def note(connection: Connection, olds: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
    """Take note of matters whose title changes or that go, when the index has them: `olds` are replaced by `rows` in this transaction."""
    after = {r["id"]: r["title"] for r in rows} if olds else {}
    turned = [(o["id"], o["title"]) for o in olds if after.get(o["id"]) != o["title"]]
    if not turned:
        return
    # Shared with other batches, but no step of the index runs until this transaction has ended: none takes in what is about to change.
    mark = connection.execute(select(counter.c.value).where(_MARK).with_for_update(read=True)).scalar() or 0
    rows_of = [{"i": i, "t": title} for i, title in turned if i <= mark]
    if rows_of:
        connection.execute(text("INSERT INTO search_pending (matter_id, title_was) VALUES (:i, :t) ON CONFLICT DO NOTHING"), rows_of)


def catch_up(connection: Connection, limit: int = STEP) -> int:
    """Take the next matters into the index, in the caller's transaction. How many there were: 0 when it has everything."""
    mark = connection.execute(select(counter.c.value).where(_MARK).with_for_update()).scalar()
    if mark is None:
        connection.execute(insert(counter).values(name=TABLE, value=0))
        mark = 0
    asked = select(search_pending.c.matter_id, search_pending.c.title_was).order_by(search_pending.c.matter_id).limit(limit)
    olds = [{"id": i, "title": title} for i, title in connection.execute(asked)]
    titles = select(matter.c.id, matter.c.title)
    now = [{"id": r.id, "title": r.title} for r in rows_where_in(connection, titles, matter.c.id, [o["id"] for o in olds])]
    new = [{"id": r.id, "title": r.title} for r in connection.execute(titles.where(matter.c.id > mark).order_by(matter.c.id).limit(limit))]
    write(connection, olds, now + new)
    for part in chunks([o["id"] for o in olds]):
        connection.execute(delete(search_pending).where(search_pending.c.matter_id.in_(part)))
    if new:
        connection.execute(update(counter).where(_MARK).values(value=new[-1]["id"]))
    return len(olds) + len(new)


def catch_up_whole(connection: Connection) -> int:
    """All steps in the caller's transaction; how many matters they took in."""
    done = 0
    while step := catch_up(connection, 20_000):
        done += step
    return done


def write(connection: Connection, olds: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
    """Bring the index from matters as it has them (`olds`) to what replaces them (`rows`): both with id and title."""
    before, after = {o["id"]: o["title"] for o in olds}, {r["id"]: r["title"] for r in rows}
    gone = [(i, t) for i, t in before.items() if t and after.get(i) != t]
    come = [(i, t) for i, t in after.items() if t and before.get(i) != t]
    if connection.dialect.name == "postgresql":
        _postgresql(connection, [i for i, _ in gone], come)
    else:
        _sqlite(connection, gone, come)


def _sqlite(connection: Connection, gone: list[tuple[int, str]], come: list[tuple[int, str]]) -> None:
    if gone:  # a table without content is told what it held
        connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}, rowid, pairs) VALUES ('delete', ?, ?)", _pairs(gone))
    if come:
        connection.exec_driver_sql(f"INSERT INTO {TABLE}(rowid, pairs) VALUES (?, ?)", _pairs(come))


def _pairs(items: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(i, " ".join(grams(t))) for i, t in items]


def _postgresql(connection: Connection, gone: list[int], come: list[tuple[int, str]]) -> None:
    for part in chunks(gone):
        connection.exec_driver_sql(f"DELETE FROM {TABLE} WHERE matter_id = ANY(%s)", (part,))
    if not come:
        return
    statement = f"COPY {TABLE} (matter_id, pairs) FROM STDIN"
    with drivers_own(connection, statement) as driver, driver.cursor() as cursor, cursor.copy(statement) as copy:
        for i, title in come:
            copy.write_row((i, " ".join(f"'{g}'" for g in grams(title))))


def empty(connection: Connection) -> None:
    """Take everything out of the index, so that it is made anew."""
    postgresql = connection.dialect.name == "postgresql"
    connection.exec_driver_sql(f"DELETE FROM {TABLE}" if postgresql else f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')")
    connection.execute(delete(search_pending))
    connection.execute(update(counter).where(_MARK).values(value=0))


def build(connection: Connection) -> None:
    """Fill an empty index from the matters that are there, whatever is known about how far it has come."""
    last = -1
    query = text("SELECT id, title FROM matter WHERE id > :last ORDER BY id LIMIT 20000")
    while rows := [{"id": i, "title": t} for i, t in connection.execute(query, {"last": last})]:
        write(connection, [], rows)
        last = rows[-1]["id"]
