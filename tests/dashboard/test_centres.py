"""The pages of centres: numbers open their rows, forms change the directory with a reason, a table comes in by the command's reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from services.centre_table import BadTable, read
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

COUNTY = Scope.of("test", "county_leader", "county", "360923")
PATH = "/centre/360923"


@pytest.fixture
def app(own_city: Services) -> Dash:
    return build_app(own_city)


def send(client: Any, app: Dash, act: str, version: int, **values: Any) -> dict[str, Any]:
    fields = [{"field": k, ("date" if k in ("since", "planned_for", "day") else "value"): v} for k, v in values.items()]
    return run(client, app, "centre-said.children", PATH, f"?act={act}", centre_send__n_clicks=1, centre_version__data=version, fields=fields)


def test_the_directory_and_one_centre(app: Dash, own_city: Services, tmp_path: Path) -> None:
    city, county, analyst = (enter(app, name, DEMO_PASSWORD) for name in ("city", "county", "analyst"))
    shown = run(city, app, "centres-body.children", "/centres")
    rows = [e["props"]["data-centre"] for e in elements(shown) if "data-centre" in e["props"]]
    assert len(rows) >= 10 and "运行 7" in words(shown) and "筹建 3" in words(shown)
    mine = run(county, app, "centres-body.children", "/centres")
    assert all(e["props"]["data-centre"].startswith("360923") for e in elements(mine) if "data-centre" in e["props"])
    body = run(county, app, "centre-body.children", PATH)
    number = figures(body)["centre.visits"]
    assert number["href"].startswith("/matters?") and "area=360923" in number["href"] and "channel=visit" in number["href"]
    assert "不在您的查看范围内" in words(run(county, app, "centre-body.children", "/centre/360902"))
    assert "不在您的查看范围内" in words(run(analyst, app, "centre-form.children", PATH, "?act=edit"))

    assert "请写明理由" in words(send(county, app, "rota", 0, d1="人社局", why=""))
    assert send(county, app, "rota", 0, d1="人社局、住建局", why="新学期")["centre-done"]["data"]["href"].startswith(PATH)
    assert "有人已经改了" in words(send(county, app, "edit", 0, rooms="一号", why="x"))
    assert "运行日期" in words(send(county, app, "edit", 1, since="", why="x"))
    send(county, app, "day", 1, day=own_city.now().date().isoformat(), who="环境局", why="换班")
    text = words(run(county, app, "centre-body.children", PATH))
    assert all(word in text for word in ("当天另排", "新学期", "换班", "轮驻排班"))
    assert "centre-send" in str(run(county, app, "centre-form.children", PATH, "?act=undo"))
    send(county, app, "undo", 2, why="不换了")
    assert "当天另排" not in words(run(county, app, "centre-body.children", PATH))

    table = tmp_path / "centres.csv"
    table.write_bytes("地区,名称,状态,运行日期,常驻,周一\n上高县,,运行,,法院、信访局,人社局\n360902,袁州区矛调中心,,,,\n".encode("gb18030"))
    rows_in = read(table, own_city.areas)
    assert rows_in == [{"area": "360923", "state": "running", "resident": "法院、信访局", "d1": "人社局"}, {"area": "360902", "name": "袁州区矛调中心"}]
    assert own_city.centres.bring(Scope.system(), rows_in, "名录")["changed"] == 2
    assert own_city.centres.given(COUNTY, "360923")["resident"] == ["法院", "信访局"]
    for bad in ("地区,别的\n上高县,x\n", "地区,状态\n上高县,停\n", "地区\n没有县\n", "名称\nx\n"):
        table.write_text(bad, encoding="utf-8-sig")
        with pytest.raises(BadTable):
            read(table, own_city.areas)
