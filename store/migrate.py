"""Schema versions: up to head, down to a version, and whether a store is at head."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

_FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest schema version of this program."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None, "the migrations folder is empty"
    return found


def current(connection: Connection) -> str | None:
    """Schema version of a store; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring a store up to a version; data stay."""
    _run(engine, command.upgrade, to)


def downgrade(engine: Engine, to: str) -> None:
    """Take a store down to a version ('base' empties it)."""
    _run(engine, command.downgrade, to)


def _run(engine: Engine, step, to: str) -> None:  # type: ignore[no-untyped-def]
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Tables are rebuilt by batch operations: their rows must not be deleted through foreign keys meanwhile.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
        with connection.begin():
            step(_config(connection), to)
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
