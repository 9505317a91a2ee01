"""The pages of groups: numbers are their rows, acts go through the form with a reason, a county sees no other's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")


@pytest.fixture
def app(own_city: Services) -> Dash:
    own_city.groups.refresh()
    return build_app(own_city)


def send(client: Any, app: Dash, path: str, act: str, version: int, **values: Any) -> dict[str, Any]:
    fields = [{"field": k, "value": v} for k, v in values.items()]
    return run(client, app, "group-said.children", path, f"?act={act}", group_send__n_clicks=1, group_version__data=version, fields=fields)


def test_numbers_are_rows_and_acts_take_a_reason(app: Dash, own_city: Services) -> None:
    city = enter(app, "city", DEMO_PASSWORD)
    lines = own_city.groups.all(CITY)
    shown = run(city, app, "groups-table.children", "/groups")
    assert sum("data-group" in e["props"] for e in elements(shown)) == len(lines) == int(figures(shown)["groups-proposed"]["value"])
    line = lines[0]
    path = f"/group/{line.id}"
    assert figures(shown)[f"group-{line.id}"] == {"value": str(line.matters), "href": f"{path}#members"}
    body = run(city, app, "group-body.children", path)
    rows = [e["props"]["data-member"] for e in elements(body) if "data-member" in e["props"]]
    assert len(rows) == line.matters == int(figures(body)["group.matters"]["value"]) and figures(body)["group.people"]["value"] == str(line.people)

    assert "请写明理由" in words(send(city, app, path, "confirm", line.version, why=" "))
    done = send(city, app, path, "confirm", line.version, why="同一件事")
    assert done["group-done"]["data"]["href"].startswith(path)
    assert "有人已经改了" in words(send(city, app, path, "rename", line.version, why="x", name="新名"))
    now = own_city.groups.get(CITY, line.id)
    send(city, app, path, "take_out", now.line.version, why="无关", record=str(now.members[0].record))
    text = words(run(city, app, "group-body.children", path))
    assert all(word in text for word in ("已确认", "同一件事", "已移出 1 件", "无关"))
    assert "group-send" in str(run(city, app, "group-form.children", path, "?act=undo"))


def test_another_county_finds_nothing(app: Dash, own_city: Services) -> None:
    line = next(x for x in own_city.groups.all(CITY) if "360923" not in x.counties)
    county = enter(app, "county", DEMO_PASSWORD)  # 360923
    assert "没有找到" in words(run(county, app, "group-body.children", f"/group/{line.id}"))
    assert line.name not in words(run(county, app, "groups-table.children", "/groups"))
    assert "不在您的查看范围内" in words(send(county, app, f"/group/{line.id}", "confirm", line.version, why="x"))
