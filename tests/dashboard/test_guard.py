"""Nobody is answered without a session, nothing is answered past the guard, and what fails becomes a panel."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from dash import Dash, Input, Output, html

from app import build_app
from dashboard import guard
from matters.access import Forbidden
from tests.dashboard.driving import ask, enter
from tests.dashboard.fake_services import FakeServices

PROTECTED = ("/", "/county/360923", "/matters", "/feeds", "/_dash-layout", "/_dash-dependencies", "/live", "/no/such/page")


@pytest.fixture(scope="module")
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture(scope="module")
def app(services: FakeServices) -> Dash:
    return build_app(services)


def test_every_callback_passes_the_guard(app: Dash) -> None:
    open_ones = [
        key for key, entry in app.callback_map.items() if "callback" in entry and not getattr(entry["callback"], "__guarded__", False)
    ]
    served = [key for key, entry in app.callback_map.items() if "callback" in entry]
    assert len(served) > 6
    assert open_ones == []


def test_a_callback_registered_past_the_guard_is_found(services: FakeServices) -> None:
    app = build_app(services)
    app.callback(Output("x", "children"), Input("y", "children"))(lambda y: y)
    with pytest.raises(AssertionError):
        test_every_callback_passes_the_guard(app)


def test_routes_beside_the_pages_pass_the_guard(app: Dash) -> None:
    own = [e for e in app.server.view_functions if e.startswith("page-")]
    assert all(getattr(app.server.view_functions[e], "__guarded__", False) for e in own)


@pytest.mark.parametrize("path", PROTECTED)
def test_without_a_session_there_is_only_the_login_page(app: Dash, path: str) -> None:
    answer = app.server.test_client().get(path)
    machine = path.startswith("/_") or path == "/live"
    assert answer.status_code == (401 if machine else 302), path
    if not machine:
        assert answer.headers["Location"].startswith("/login?next=")


def test_a_callback_without_a_session_gives_nothing_but_the_way_to_the_login(app: Dash) -> None:
    found = ask(app.server.test_client(), app, "area", "/")
    assert found["sideUpdate"] == {"gate": {"data": {"login": True}}}
    assert found["response"] == {}


def test_a_session_ends_on_the_server(app: Dash) -> None:
    client = enter(app, "leader")
    token = client.get_cookie(guard.COOKIE).value
    assert client.get("/").status_code == 200
    from dashboard.login import form_token

    with app.server.test_request_context():
        csrf = form_token(app.server, token)
    assert client.post("/logout", data={"csrf": csrf}).status_code == 302
    client.set_cookie(guard.COOKIE, token)
    assert client.get("/").status_code == 302


def test_forms_want_their_token(app: Dash) -> None:
    client = app.server.test_client()
    client.get("/login")
    assert client.post("/login", data={"user": "leader", "password": "demo"}).status_code == 400
    signed_in = enter(app, "leader")
    assert signed_in.post("/logout", data={"csrf": "x"}).status_code == 400
    assert signed_in.get("/").status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Dash) -> None:
    client = app.server.test_client()
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").get_data(as_text=True))
    assert token
    answer = client.post("/login", data={"csrf": token[1], "user": "leader", "password": "demo"})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(guard.COOKIE))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "/logout", "javascript:alert(1)"])
def test_the_login_leads_nowhere_else(app: Dash, target: str) -> None:
    client = app.server.test_client()
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").get_data(as_text=True))
    assert token
    answer = client.post("/login", query_string={"next": target}, data={"csrf": token[1], "user": "leader", "password": "demo"})
    assert answer.headers["Location"] == "/"


def test_a_post_from_another_site_is_refused(app: Dash) -> None:
    client = enter(app, "leader")
    answer = client.post("/_dash-update-component", json={}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_every_page_carries_a_policy_without_other_hosts_or_eval(app: Dash) -> None:
    policy = enter(app, "leader").get("/").headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert "unsafe" not in rules["script-src"] and "http" not in policy
    assert rules["frame-ancestors"] == rules["default-src"] == "'none'"


def test_too_large_a_body_is_refused(app: Dash) -> None:
    client = enter(app, "leader")
    assert client.post("/_dash-update-component", data="x" * 600_000, content_type="application/json").status_code in (400, 413)


@pytest.mark.parametrize("path", ["/no/such/page", "/county", "/county/1/2", "/admin"])
def test_an_unknown_address_is_a_404(app: Dash, path: str) -> None:
    answer = enter(app, "leader").get(path)
    assert answer.status_code == 404
    assert "没有这一页" in answer.get_data(as_text=True)


def test_outside_the_scope_there_is_a_panel_and_no_figure(app: Dash) -> None:
    found = ask(enter(app, "county"), app, "area", "/county/360902")
    shown = json.dumps(found["response"], ensure_ascii=False)
    assert "这里不在您的查看范围内" in shown
    assert "data-figure" not in shown


def test_an_unknown_area_is_said(app: Dash) -> None:
    shown = json.dumps(ask(enter(app, "leader"), app, "area", "/county/999999"), ensure_ascii=False)
    assert "没有找到" in shown


def test_what_breaks_becomes_a_panel_with_a_number_that_is_in_the_log(
    app: Dash, services: FakeServices, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = enter(app, "leader")

    def broken(*_: Any) -> None:
        raise RuntimeError("the store is gone")

    monkeypatch.setattr(services.figures, "overview", broken)
    shown = json.dumps(ask(client, app, "area", "/"), ensure_ascii=False)
    mark = re.search(r"记录编号 (\w+)", shown)
    assert "这一块暂时算不出来" in shown and "重试" in shown and "the store is gone" not in shown
    assert mark and mark[1] in caplog.text
    monkeypatch.undo()
    assert "这一块暂时算不出来" not in json.dumps(ask(client, app, "area", "/"), ensure_ascii=False)


def test_a_refusal_is_logged(app: Dash, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING", "yizhan.dashboard"):
        ask(enter(app, "clerk"), app, "area", "/county/360923")
    assert "refused" in caplog.text


def test_the_language_follows_the_address(app: Dash) -> None:
    shown = json.dumps(ask(enter(app, "leader"), app, "area", "/", "?lang=en"), ensure_ascii=False)
    assert "Open matters" in shown and "在办事项" not in shown


def test_a_page_of_numbers_is_small(app: Dash) -> None:
    client = enter(app, "leader")
    import gzip

    body = json.dumps(ask(client, app, "area", "/county/360902")).encode()
    assert len(gzip.compress(body)) < 30_000


def test_the_guard_gives_the_scope_first_and_nothing_else_of_the_user(services: FakeServices) -> None:
    app = build_app(services)
    seen: list[Any] = []
    guarded = guard.GuardedApp(app, services)

    @guarded.callback(Output("probe", "children"), Input("ask", "data"))
    def probe(scope: Any, data: Any) -> Any:
        seen.append((scope, data))
        if data == "no":
            raise Forbidden("no")
        return html.P(scope.user)

    client = enter(app, "county")
    body = {"output": "probe.children", "outputs": {"id": "probe", "property": "children"}, "changedPropIds": ["ask.data"],
            "inputs": [{"id": "ask", "property": "data", "value": "x"}], "state": [{"id": "url", "property": "search", "value": ""}]}  # fmt: skip
    answer = json.loads(client.post("/_dash-update-component", json=body).get_data())
    assert answer["response"]["probe"]["children"]["props"]["children"] == "county"
    assert (seen[0][0].county, seen[0][1]) == ("360923", "x")
