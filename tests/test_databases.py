"""The databases that the other tests run on are what they claim to be."""

from __future__ import annotations

import sqlalchemy as sa

from store.engine import open_engine, reading, writing
from store.migrate import current, head


def test_each_database_is_real_empty_and_utf8(database: str, database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
        version = "sqlite_version()" if database == "sqlite" else "version()"
        assert connection.execute(sa.text(f"SELECT {version}")).scalar_one()
        assert connection.execute(sa.text("SELECT length('矛调中心')")).scalar_one() == 4
    engine.dispose()


def test_a_store_is_migrated_and_writable(store: sa.Engine) -> None:
    with writing(store) as connection:
        connection.execute(sa.text("INSERT INTO counter (name, value) VALUES ('测试', 1)"))
    with reading(store) as connection:
        assert current(connection) == head()
        assert connection.execute(sa.text("SELECT value FROM counter WHERE name = '测试'")).scalar_one() == 1


def test_a_store_is_the_tests_own(store: sa.Engine) -> None:
    with reading(store) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM counter WHERE name = '测试'")).scalar_one() == 0
