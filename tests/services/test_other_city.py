"""Another city end to end: other codes, other names of levels, other outlines - area files and settings, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from connectors.registry import load_feed
from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.periods import Window
from services.settings import load_settings
from services.wiring import Services, build
from tests.geo.conftest import write_invented

FEED = """
feed = "desk"
title = { zh = "前台登记", en = "Desk" }
cadence_seconds = 60
late_after_seconds = 86400
agency = { code = "centre", zh = "矛调中心", en = "Centre", mark = "中", rank = 10 }
[transport]
kind = "csv"
path = "in"
encoding = "utf-8"
settle_seconds = 0
[fields]
external_id = { from = "编号" }
kind = { const = "intake" }
accepted_on = { from = "受理", date = "%Y-%m-%d" }
category = { const = "02" }
channel = { const = "visit" }
title = { from = "事由" }
place = { from = "地址" }
"""
ROWS = "编号,受理,事由,地址\n1,2030-03-01,院墙,东岸区潮头镇渔村屯\n2,2030-03-02,滴水,东岸区石塘镇\n3,2030-03-03,围挡,西岸区\n4,2030-03-04,噪声,别处\n"


@pytest.fixture
def services(store_url: str, tmp_path: Path) -> Iterator[Services]:
    """The invented city with four matters, brought in from a drop folder."""
    city, feed = write_invented(tmp_path / "city"), tmp_path / "feed"
    (feed / "in").mkdir(parents=True)
    (feed / "feed.toml").write_text(FEED, "utf-8")
    (feed / "in" / "1.csv").write_text(ROWS, "utf-8")
    spec = load_feed(feed)
    made = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, city_dir=city, today=date(2030, 4, 1)), {"desk": spec})
    made.prepare()
    result = made.ingest.run(spec)
    assert result.error == "" and result.counts.new == 4
    yield made
    made.close()


def test_its_figures_lists_and_maps(services: Services) -> None:
    f = Filter(window=Window(date(2030, 1, 1), date(2030, 3, 31)))
    city = services.figures.overview(Scope.system(), f)
    assert (city.area.name, city.total.accepted) == ("海曲州", 4)
    assert {r.name: r.accepted for r in city.rows} == {"东岸区": 2, "西岸区": 1}
    assert city.by_located == {"township": 2, "county": 1, "none": 1}
    ward = services.figures.overview(Scope.system(), f.with_(area="QA01"))
    assert {r.name: r.accepted for r in ward.rows} == {"潮头镇": 1, "石塘镇": 1, "盐田镇": 0}
    town = services.figures.overview(Scope.system(), f.with_(area="QA01-01"))
    assert [(v.zh, v.value) for v in town.villages] == [("渔村屯", 1)]
    assert set(services.areas.static) == {"city", "townships", "QA01", "QB02"}
    for row in (*city.rows, *ward.rows, *city.others):
        assert services.matters.page(Scope.system(), row.rows).sums.total == row.accepted


def test_its_scopes_hold(services: Services) -> None:
    mine = Scope.of("w", "county_leader", "county", "QA01")
    assert {m.county_code for m in services.matters.page(mine, Filter()).rows} == {"QA01"}
    with pytest.raises(Forbidden):
        services.figures.overview(mine, Filter(area="QB02"))
