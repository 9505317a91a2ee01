"""Saved views: who is offered which, what is refused, and that a view of the same name gives way."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from matters.access import Scope
from services.views import MOST, Refused, Views
from store.engine import reading
from store.schema import audit

CITY = Scope.of("city", "city_leader", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360923")
TOWN = Scope.of("town", "township_clerk", "township", "360923", "360923103")
OTHER = Scope.of("other", "county_leader", "county", "360981")


@pytest.fixture
def views(store: Engine) -> Views:
    return Views(store, lambda: datetime(2026, 11, 10, 9))


def names(views: Views, scope: Scope) -> list[str]:
    return [v.name for v in views.offered(scope)]


def test_own_views_are_ones_own_and_shared_ones_go_downwards(views: Views) -> None:
    views.keep(CITY, "全市", "?part=open", shared=True)
    views.keep(COUNTY, "全县", "?part=open", shared=True)
    views.keep(COUNTY, "我的", "")
    views.keep(TOWN, "本镇", "?stage=mediating", shared=True)
    assert names(views, CITY) == ["全市"]
    assert names(views, COUNTY) == ["全县", "我的", "全市"]
    assert sorted(names(views, TOWN)) == sorted(["本镇", "全县", "全市"])
    assert names(views, OTHER) == ["全市"]


def test_the_same_name_gives_way_and_only_the_keeper_drops(views: Views) -> None:
    views.keep(COUNTY, "超期", "?part=overdue")
    last = views.keep(COUNTY, " 超期 ", "?part=overdue&area=360923103", shared=True)
    assert [(v.id, v.query, v.mine, v.shared) for v in views.offered(COUNTY)] == [(last, "?part=overdue&area=360923103", True, True)]
    assert not views.drop(TOWN, last)
    assert views.drop(COUNTY, last) and not views.drop(COUNTY, last)
    assert names(views, COUNTY) == []


def test_what_cannot_be_kept_is_refused(views: Views) -> None:
    for name, query, reason in (("", "", "name"), ("长" * 25, "", "name"), ("a\u202eb", "", "name"), ("好", "javascript:1", "query"), ("好", "?" + "x" * 2_000, "query")):
        with pytest.raises(Refused) as told:
            views.keep(CITY, name, query)
        assert told.value.reason == reason
    for i in range(MOST):
        views.keep(CITY, f"v{i}", "")
    with pytest.raises(Refused):
        views.keep(CITY, "one more", "")
    again = views.keep(CITY, "v7", "?part=open")  # in place of its namesake: no one more
    assert next(v.query for v in views.offered(CITY) if v.id == again) == "?part=open"
    assert len(names(views, CITY)) == MOST


def test_sharing_is_noted(views: Views, store: Engine) -> None:
    views.keep(CITY, "自用", "")
    views.keep(CITY, "共用", "?part=open", shared=True)
    with reading(store) as c:
        assert [r.act for r in c.execute(select(audit))] == ["view.share"]
