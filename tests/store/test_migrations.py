"""Every migration up and down on a filled store: rows stay, and what the tables say equals store/schema.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, inspect, select

from store import migrate, rollups
from store.engine import reading, writing
from store.schema import account, matter, metadata, path_event, record, record_version
from tests.store.rows import TOWNS, declare, made, picture, write


def filled(engine: Engine) -> None:
    """Three feeds' records, some of them linked, over every kind of place."""
    agencies = declare(engine)
    rows: list[dict[str, Any]] = [
        {"external_id": f"k{i}", "number": f"MT-0923-26-{i:06d}", "refs": [f"JJ20260101{i:06d}"] if i % 3 else [], "kind": "intake",
         "accepted_on": date(2026, 1 + i % 5, 2), "closed_on": date(2026, 5, 20) if i % 4 else None, "outcome": "resolved" if i % 4 else None,
         "place": TOWNS[i % 5], "channel": "visit", "category": "02"}
        for i in range(40)
    ]  # fmt: skip
    calls = [{"external_id": f"c{i}", "number": f"JJ20260101{i:06d}", "kind": "call", "accepted_on": date(2026, 1, 1), "place": TOWNS[i % 5],
              "closed_on": date(2026, 1, 1), "outcome": "transferred"} for i in range(40)]  # fmt: skip
    write(engine, "centre", [made(r) for r in rows], agencies)
    write(engine, "police", [made(r) for r in calls], agencies)


def counts(engine: Engine) -> list[int]:
    with reading(engine) as c:
        return [c.execute(select(func.count()).select_from(t)).scalar_one() for t in (record, record_version, matter)]


def test_a_filled_store_goes_down_and_up_again(store: Engine) -> None:
    filled(store)
    before = counts(store)
    with reading(store) as c:
        as_it_was = picture(c)
    migrate.downgrade(store, "0001")
    assert "rolled_on" not in {col["name"] for col in inspect(store).get_columns("data_version")}
    migrate.upgrade(store)
    assert counts(store) == before
    with writing(store) as c:
        assert rollups.turn_day(c, date(2026, 6, 1))
        assert rollups.compare(c) == []
        assert picture(c) == as_it_was


def test_acts_of_before_get_the_level_that_their_account_has(store: Engine) -> None:
    """By the account; of somebody who has none any more nothing is known."""
    usual = {"record_id": 1, "code": "26-X", "act": "urge", "on": date(2026, 6, 1), "at": datetime(2026, 6, 1), "why": "", "data": {}, "ref": None}
    person = {"password_hash": "x", "disabled": False, "demo": False, "created_at": datetime(2026, 1, 1), "display": ""}
    with writing(store) as c:
        c.execute(account.insert().values(**person, name="watch", role="analyst", level="city"))
        c.execute(account.insert().values(**person, name="local", role="admin", level="county", county="360923"))
        c.execute(path_event.insert(), [{**usual, "id": n, "by": by, "role": role} for n, (by, role) in enumerate(
            (("watch", "analyst"), ("local", "admin"), ("gone", "admin")), 1)])  # fmt: skip
    migrate.downgrade(store, "0014")
    assert "level" not in {col["name"] for col in inspect(store).get_columns("path_event")}
    migrate.upgrade(store)
    with reading(store) as c:
        assert list(c.execute(select(path_event.c.level).order_by(path_event.c.id)).scalars()) == ["city", "county", ""]


def test_the_way_to_nothing_and_back(store: Engine) -> None:
    filled(store)
    migrate.downgrade(store, "base")
    assert set(inspect(store).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(store)
    with reading(store) as c:
        assert migrate.current(c) == migrate.head()
        assert c.execute(select(func.count()).select_from(record)).scalar_one() == 0


def _of_the_schema(name: str | None, kind: str, parents: Any) -> bool:
    """The index of titles is another kind of table on each database: store/search.py knows it, the schema does not."""
    return kind != "table" or not str(name).startswith("matter_search")


def test_the_migrations_make_the_tables_of_the_schema(store: Engine) -> None:
    with store.connect() as c:
        context = MigrationContext.configure(c, opts={"compare_server_default": False, "include_name": _of_the_schema})
        differences = [d for d in compare_metadata(context, metadata) if not (isinstance(d, tuple) and d[0].startswith("modify_"))]
    assert differences == []
