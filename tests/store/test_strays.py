"""Rows without their parents are found: the tables have no foreign keys."""

from __future__ import annotations

from sqlalchemy import Engine, delete, func, select, update

from store import strays
from store.engine import reading, writing
from store.schema import matter, record, record_version
from tests.store.test_migrations import filled


def test_strays_are_counted_by_what_is_missing(store: Engine) -> None:
    filled(store)
    with reading(store) as c:
        assert strays.found(c) == {}
        versions = c.execute(select(func.count()).select_from(record_version)).scalar_one()
        gone = c.execute(select(record.c.matter_id).where(record.c.external_id == "k2")).scalar_one()
        left = c.execute(select(func.count()).where(record.c.matter_id == gone)).scalar_one()
        matters = c.execute(select(func.count()).select_from(matter)).scalar_one()
    with writing(store) as c:
        c.execute(update(record).where(record.c.external_id == "k1").values(feed="gone", agency="gone"))
        c.execute(update(record_version).values(run_id=999_999))
        c.execute(delete(matter).where(matter.c.id == gone))
        c.execute(update(matter).values(source=999))
    with reading(store) as c:
        assert strays.found(c) == {"record with a feed": 1, "record with an agency": 1, "record_version with a run": versions,
                                   "matter with a source": matters - 1, "record with a matter": left}  # fmt: skip
