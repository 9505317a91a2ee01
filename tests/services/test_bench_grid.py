"""The bench's store is a true one, and every question of the bench can be asked of it."""

from __future__ import annotations

from pathlib import Path

from services import bench_grid
from services.settings import load_settings
from store import rollups
from store.engine import reading


def test_the_filled_store_is_whole_and_answers_every_question(tmp_path: Path) -> None:
    with bench_grid._filled(load_settings(), 2_000, tmp_path) as (services, spent):
        assert spent > 0
        with reading(services.engine) as c:
            assert rollups.compare(c) == []
            assert "ix_matter_owner" in {name for (name,) in c.exec_driver_sql("SELECT name FROM sqlite_master WHERE tbl_name = 'matter'")}
        for name, work in bench_grid._asked(services, 2_000).items():
            assert work(), name
    with bench_grid._filled(load_settings(), 2_000, tmp_path) as (services, spent):
        assert spent == 0 and services.matters.total(bench_grid.SCOPE, bench_grid.Filter(part="")) == 2_000
