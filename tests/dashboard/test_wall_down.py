"""A wall whose database goes away and comes back: a server that is stopped, a disk that is gone; what was last known stands, and it recovers by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dashboard.browser import browsing
from tests.dashboard.wall_stage import BACK, LOST, Stage, number, tick

if TYPE_CHECKING:
    from services.wiring import Services

pytestmark = pytest.mark.both_databases


@contextmanager
def away(services: Services, request: pytest.FixtureRequest) -> Iterator[None]:
    """The real thing: PostgreSQL is stopped; the folder of SQLite's file is no longer where it was."""
    name = str(services.engine.url.database)
    if services.engine.dialect.name == "postgresql":
        with request.getfixturevalue("postgres").away(name):
            yield
        return
    folder = Path(name).parent
    gone = folder.rename(folder.with_name(f"{folder.name}-gone"))
    try:
        yield
    finally:
        gone.rename(folder)


def test_the_database_goes_away_and_comes_back(own_city: Services, request: pytest.FixtureRequest) -> None:
    with browsing() as browser:
        stage = Stage(browser, own_city)
        stage.rest()
        with stage.clocked() as page:
            tick(page, 2)
            while not 3 <= int(page.evaluate("new Date(YZ.clock.now()).getSeconds()")) <= 40:  # what was known last is of the minute shown
                tick(page)
            before, clock = number(page), page.inner_text(".w-clock time")
            with away(own_city, request):
                tick(page, 6)
                assert page.evaluate(LOST) and number(page) == before
                assert f"连接自 {clock} 中断" in page.inner_text(".w-title b") and f"数据停在 {clock}" in page.inner_text(".w-age")
                page.reload()  # somebody presses a key: the page itself needs no database
                tick(page, 6)
                assert page.evaluate(LOST) and number(page) == before and page.locator("#pair").count() == 0
            stage.arrive()
            tick(page, 15)
            assert page.evaluate(BACK) and number(page) == before + 1 and page.locator("#pair").count() == 0
        assert stage.complaints == []
        stage.close()
