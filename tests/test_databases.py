"""The databases that the other tests run on are what they claim to be."""

from __future__ import annotations

import sqlalchemy as sa

from store.engine import open_engine


def test_each_database_is_real_empty_and_utf8(database: str, database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
        version = "sqlite_version()" if database == "sqlite" else "version()"
        assert connection.execute(sa.text(f"SELECT {version}")).scalar_one()
        assert connection.execute(sa.text("SELECT length('矛调中心')")).scalar_one() == 4
    engine.dispose()
