"""What every test can ask for. A test that takes `database_url` or `store_url` runs once on each database.

YIZHAN_TEST_DATABASES (default: sqlite,postgresql) chooses which; YIZHAN_TEST_POSTGRESQL_URL names a running server
instead of starting one.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import argon2
import pytest
from hypothesis import settings
from sqlalchemy import Engine

from tests import pg

if TYPE_CHECKING:
    from services.wiring import Services

# What is made once a worker: a fixture with a parameter is made anew each time that the tests turn to the other database and back.
_MADE: dict[tuple[str, str], str] = {}
# As the product hashes passwords; the tests, where a hundred logins took 15 s, mostly do it with less work (tests/services/test_passwords.py).
FULL_HASHER = argon2.PasswordHasher
_SCREENS = Path(__file__).parent / "dashboard"
DATABASES = [name.strip() for name in os.environ.get("YIZHAN_TEST_DATABASES", "sqlite,postgresql").split(",") if name.strip()]

settings.register_profile("yizhan", deadline=None)  # on a busy machine anything may take a second, and is right all the same
settings.load_profile("yizhan")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the machine's own settings out of the tests, and check the list of databases; before anything of ours is imported."""
    argon2.PasswordHasher = partial(FULL_HASHER, time_cost=1, memory_cost=64, parallelism=1)  # type: ignore[misc, assignment]
    for name in [n for n in os.environ if n.startswith("YIZHAN_") and not n.startswith(("YIZHAN_TEST_", "YIZHAN_CHROMIUM", "YIZHAN_SOAK"))]:
        del os.environ[name]
    unknown = set(DATABASES) - {"sqlite", "postgresql"}
    if unknown or not DATABASES:
        raise pytest.UsageError(f"YIZHAN_TEST_DATABASES: {unknown or 'empty'}; any of sqlite,postgresql")


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms to `make soak`, and screens to one database: deselected, since a skip says that something is missing here."""
    left = {i for i in items if (i.get_closest_marker("soak") and not os.environ.get("YIZHAN_SOAK")) or _seen_already(i)}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [i for i in items if i not in left]
    for item in items:
        if (group := _together(item)) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say it when the groups do nothing: xdist writes them behind an @ into the names that it sends to the workers. Then make the tests quick."""
    if getattr(session.config.option, "loadgroup", False):
        lost = next((i for i in session.items if i.get_closest_marker("xdist_group") and "@" not in i.nodeid), None)
        if lost:
            raise pytest.UsageError(f"{lost.nodeid} is in a group that pytest-xdist does not see: see pytest in pyproject.toml")
    if "services.geography" in sys.modules:
        _share_the_built_in_city()
    # A million objects of libraries and collected tests live to the end: searching them for cycles took a seventh of all processor time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _share_the_built_in_city() -> None:
    """Read the built-in city once a process: hundreds of tests open a store, and each read it for itself in half a second."""
    from geo.areas import BUILT_IN
    from services.geography import Geography

    def shared(name: str) -> None:
        make, kept = vars(Geography)[name].func, []

        def found(self: Geography) -> Any:
            if self.folder != BUILT_IN:
                return make(self)
            if not kept:
                kept.append(make(self))
                if name == "_locator":  # each Geography keeps its own threads apart, but not those of another
                    lock, locate = threading.Lock(), kept[0].locate
                    kept[0].locate = lambda frame: _locked(lock, locate, frame)
            return kept[0]

        found.__doc__ = make.__doc__
        once = cached_property(found)
        once.__set_name__(Geography, name)
        setattr(Geography, name, once)

    for name in ("city", "cells", "_locator"):
        shared(name)


def _locked(lock: threading.Lock, act: Callable[[Any], Any], given: Any) -> Any:
    with lock:
        return act(given)


def _together(item: pytest.Item) -> str:
    """Name of the tests that one worker is to run, since what they stand on takes half a minute to make; '' for the rest."""
    names = getattr(item, "fixturenames", ())
    database = getattr(getattr(item, "callspec", None), "params", {}).get("database", "")
    if "sources" in names and "city" in names:  # tests/services/conftest.py
        return f"services-city-{database}"
    return "city-postgresql" if database == "postgresql" and "city_template" in names else ""


def _seen_already(item: pytest.Item) -> bool:
    """Whether a test of the screens, which see services and no database, runs on another database as well (`both_databases`: it has to)."""
    said = getattr(getattr(item, "callspec", None), "params", {}).get("database", DATABASES[0])
    screens = _SCREENS in item.path.parents and item.path.parent.name != "api"
    return screens and said != DATABASES[0] and not item.get_closest_marker("both_databases")


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.Server]:
    """A running PostgreSQL server of this worker's own."""
    server = pg.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Which kind of database this test runs on."""
    return str(request.param)


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of its own, gone afterwards."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: pg.Server = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    yield server.create(name)
    server.drop(name)


def _migrate(url: str) -> None:
    from store.engine import open_engine  # late: tests of other packages need no store
    from store.migrate import upgrade

    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_template(database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with all migrations and no rows, to be copied: a path (SQLite) or a database name (PostgreSQL)."""
    if ("empty", database) not in _MADE:
        if database == "sqlite":
            path = tmp_path_factory.mktemp("template") / "template.sqlite3"
            _migrate(f"sqlite:///{path}")
            _MADE["empty", database] = str(path)
        else:
            server: pg.Server = request.getfixturevalue("postgres")
            name = f"template{uuid.uuid4().hex}"
            _migrate(server.create(name))
            _MADE["empty", database] = name
    return _MADE["empty", database]


@pytest.fixture
def store_url(database: str, migrated_template: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated, empty store of its own, gone afterwards."""
    if database == "sqlite":
        path = tmp_path / "store.sqlite3"
        shutil.copyfile(migrated_template, path)
        yield f"sqlite:///{path}"
        return
    server: pg.Server = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    yield server.create(name, migrated_template)
    server.drop(name)


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """Engine of a migrated, empty store of its own."""
    from store.engine import open_engine

    engine = open_engine(store_url)
    yield engine
    engine.dispose()


@contextmanager
def _made_once(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """A folder that all workers share, and whether it is still to be filled, by this one alone: what is made within the block is kept."""
    beside = tmp_path_factory.getbasetemp()
    folder = (beside.parent if "PYTEST_XDIST_WORKER" in os.environ else beside) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        todo = not (folder / "made").exists()
        yield folder, todo
        (folder / "made").touch()


@pytest.fixture(scope="session")
def city_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the small city's sources (tests/city.py), made by the first worker that needs it; not to be written to."""
    from tests import city

    with _made_once(tmp_path_factory, "small-city-sources") as (folder, todo):
        if todo:
            city.make_sources(folder / "sources")
    return folder / "sources"


@pytest.fixture(scope="session")
def full_sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The agencies' storage of the city at its full size, and its truth (half a minute; tests of the group "full" share it)."""
    from demo.city import generate
    from geo.areas import load_city
    from tests.city import TODAY

    folder = tmp_path_factory.mktemp("full") / "sources"
    return folder, generate(folder, load_city().areas, TODAY, 1, 1.0)


@pytest.fixture(scope="session")
def city_env(city_sources: Path) -> Iterator[dict[str, str]]:
    """The feeds' variables, with the agencies' HTTP services running."""
    from tests import city

    with city.agencies(city_sources) as env:
        yield env


@pytest.fixture(scope="session")
def city_kept(city_sources: Path, city_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city on SQLite, made by the first worker that needs it: city.sqlite3, and its data folder `data`. Not to be written to."""
    from tests import city

    with _made_once(tmp_path_factory, "small-city") as (folder, todo):
        if todo:
            city.fill(f"sqlite:///{folder / 'city.sqlite3'}", folder / "data", city_sources, city_env)
    return folder


@pytest.fixture(scope="session")
def city_data(city_kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder of the small city: keys, map files, exports."""
    return Path(shutil.copytree(city_kept / "data", tmp_path_factory.mktemp("data"), dirs_exist_ok=True))


@pytest.fixture(scope="session")
def city_template(
    database: str, city_kept: Path, city_sources: Path, city_env: dict[str, str], city_data: Path, request: pytest.FixtureRequest
) -> str:
    """A store filled with the small city, to be read or copied: its path (SQLite) or database name (PostgreSQL)."""
    from tests import city

    if database == "sqlite":
        return str(city_kept / "city.sqlite3")
    if ("city", database) not in _MADE:
        server: pg.Server = request.getfixturevalue("postgres")
        name = f"city{uuid.uuid4().hex}"
        city.fill(server.create(name), city_data, city_sources, city_env)
        _MADE["city", database] = name
    return _MADE["city", database]


@pytest.fixture
def own_city(
    database: str, city_template: str, city_env: dict[str, str], city_data: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Services]:
    """Services over a copy of the small city of the test's own: anything may be written."""
    from tests import city

    if database == "sqlite":
        shutil.copyfile(city_template, tmp_path / "city.sqlite3")
        services = city.open_city(f"sqlite:///{tmp_path / 'city.sqlite3'}", city_data, city_env)
        yield services
        services.close()
        return
    server: pg.Server = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    services = city.open_city(server.create(name, city_template), city_data, city_env)
    yield services
    services.close()
    server.drop(name)


@pytest.fixture(scope="session")
def small_city(
    database: str, city_template: str, city_env: dict[str, str], city_data: Path, request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Services]:  # fmt: skip
    """Services over one copy of the small city for all tests that only read (logins and audit lines are fine)."""
    from tests import city

    if database == "sqlite":
        path = tmp_path_factory.mktemp("shared") / "city.sqlite3"
        shutil.copyfile(city_template, path)
        url = f"sqlite:///{path}"
    else:
        server: pg.Server = request.getfixturevalue("postgres")
        url = server.create(f"s{uuid.uuid4().hex}", city_template)
    services = city.open_city(url, city_data, city_env)
    yield services
    services.close()
