"""The letters: a whole life through the form's callback, numbers that open their rows, files, refusals in words, scope, a real browser."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash
from docx import Document
from openpyxl import load_workbook

from app import build_app
from dashboard.components.letter_words import TABS
from matters.access import Scope
from reports import pages
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import browsing, serving, sit
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
ASKED = {"area": "360923", "category": "02", "first": "2026-06-01", "last": "2026-10-31", "kind": "department", "colour": "yellow", "addressee": ""}
DATES = ("first", "last", "due_on")


@pytest.fixture
def app(own_city: Services) -> Dash:
    return build_app(own_city)


def send(client: Any, app: Dash, path: str, search: str, version: int, **values: Any) -> dict[str, Any]:
    fields = [{"field": k, ("date" if k in DATES else "value"): v} for k, v in values.items()]
    return run(client, app, "letter-said.children", path, search, letter_send__n_clicks=1, letter_version__data=version, fields=fields)


def href(answer: dict[str, Any]) -> str:
    return str((answer.get("letter-done", {}).get("data") or {}).get("href", ""))


def test_a_letter_lives_through_the_form(app: Dash, own_city: Services) -> None:
    city, county = enter(app, "city", DEMO_PASSWORD), enter(app, "county", DEMO_PASSWORD)  # 360923
    assert "请选纠纷类别" in words(send(city, app, "/letters", "?act=new", 0, **{**ASKED, "category": None}))
    path = href(send(city, app, "/letters", "?act=new", 0, **ASKED))
    number = int(path.rpartition("/")[2])

    def step(client: Any, key: str, **values: Any) -> dict[str, Any]:
        form = run(client, app, "letter-form.children", path, f"?act={key}")
        assert "letter-send" in str(form), key
        return send(client, app, path, f"?act={key}", own_city.letters.get(CITY, number).line.version, **values)

    assert "没有找到" in words(run(county, app, "letter-body.children", path))
    assert "要求要有" in words(step(city, "edit", requests=" \n "))
    assert href(step(city, "edit", requests="逐件核清。\n公开账目。", closing="请按期回复。")) == path
    for key in ("submit", "approve", "issue"):
        assert href(step(city, key, note="同意")) == path, key
    assert "已经改了" in words(send(city, app, path, "?act=remind", 1, note=""))
    body = run(county, app, "letter-body.children", path)
    offered = {e["props"]["data-act-step"] for e in elements(body) if e["props"].get("data-act-step")}
    assert offered == {"receipt", "reply"} and "〔2026〕1号" in words(body) and "草稿" not in words(body)
    assert "请写明措施" in words(step(county, "reply", measures=" ", person=""))
    assert href(step(county, "reply", measures="已逐件走访", person="上高县司法局")) == path
    assert href(step(city, "send_back", note="不够具体", due_on="2026-11-30")) == path
    assert href(step(county, "reply", measures="化解 12 件", person="")) == path
    assert href(step(city, "accept", note="")) == path
    assert href(step(city, "undo", note="点错了")) == path
    assert href(step(city, "accept", note="可行")) == path
    shown = words(run(city, app, "letter-body.children", path))
    assert all(x in shown for x in ("已逐件走访", "化解 12 件", "不够具体", "点错了", "已撤销", "与发出时一致", "上高县司法局"))
    known = figures(run(city, app, "letter-body.children", path))
    for name in [n for n in known if n.startswith(("letter.", "place-"))]:
        page = own_city.matters.page(CITY, _filter(own_city, known[name]["href"]))
        assert page.sums.total == int(known[name]["value"]), name
    assert {"letter.count", "letter.before"} <= set(known)


def _filter(services: Services, address: str) -> Any:
    from dashboard import urlstate

    state = urlstate.read(address.partition("?")[2], services.now().date())
    assert not state.bad
    return state.filter


def test_files_are_the_letter_and_are_noted(app: Dash, own_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    file = own_city.letters.new(CITY, ASKED)
    city, other = enter(app, "city", DEMO_PASSWORD), enter(app, "township", DEMO_PASSWORD)
    where = f"/letters/file/{file.line.id}"
    made = city.get(f"{where}/docx")
    said = "\n".join(p.text for p in Document(io.BytesIO(made.data)).paragraphs)
    assert file.content.findings[0] in said and "草稿" in said and made.headers["Cache-Control"] == "no-store"
    assert city.get(f"{where}/pdf").data.startswith(b"%PDF")
    book = load_workbook(io.BytesIO(city.get(f"{where}/xlsx").data))
    assert book["事项"].max_row - 3 == len(file.evidence["rows"])
    total = [r[1].value for r in book["地区"].iter_rows(min_row=4)]
    assert total[-1] == sum(total[:-1]) == file.evidence["count"]
    assert city.get(f"{where}/svg").mimetype == "image/svg+xml"
    assert city.get(f"{where}/exe").status_code == 404 and other.get(f"{where}/docx").status_code == 404
    assert app.server.test_client().get(f"{where}/pdf").status_code == 302  # to the login
    monkeypatch.setitem(pages.FACES, "hei", ("A Font Nobody Has",))
    refused = city.get(f"{where}/pdf")
    assert refused.status_code == 503 and "PDF 现在做不出来" in refused.get_data(as_text=True)


def test_tabs_count_what_they_show_and_a_clerk_writes_nothing(app: Dash, own_city: Services) -> None:
    city, clerk = enter(app, "city", DEMO_PASSWORD), enter(app, "township", DEMO_PASSWORD)
    empty = run(city, app, "letters-bar.children", "/letters")
    assert "这里没有提示函" in words(empty["letters-table"])
    own_city.letters.new(CITY, ASKED)
    found = figures(run(city, app, "letters-bar.children", "/letters"))
    for tab in TABS:
        table = run(city, app, "letters-bar.children", "/letters", f"?tab={tab}")["letters-table"]
        assert sum("data-letter" in e["props"] for e in elements(table)) == int(found[f"letters-{tab}"]["value"])
    assert found["letters-drafts"]["value"] == "1"
    assert "没有拟写提示函的权限" in words(run(clerk, app, "letter-form.children", "/letters", "?act=new"))
    assert not href(send(clerk, app, "/letters", "?act=new", 0, **ASKED))


def test_in_a_browser_on_a_desk_and_a_phone(app: Dash, own_city: Services) -> None:
    file = own_city.letters.new(CITY, ASKED)
    with serving(app.server) as base, browsing() as browser:
        seat = sit(browser, base, "city", DEMO_PASSWORD, at=None)
        seat.go(f"/letter/{file.line.id}", ".paper-sheet img")
        seat.page.wait_for_function("document.querySelector('.paper-sheet img').naturalWidth > 0")
        sent = own_city.letters.act(CITY, file.line.id, file.line.version, "submit", {})
        own_city.letters.act(CITY, file.line.id, sent.line.version, "approve", {})
        seat.go(f"/letter/{file.line.id}", "a[data-act-step=issue]")
        seat.page.click("a[data-act-step=issue]")
        seat.page.fill(".form textarea", "同意")
        seat.page.click("#letter-send")
        seat.page.wait_for_selector("a[data-act-step=issue]", state="detached")
        seat.page.wait_for_selector("#letter-form .form", state="detached")
        assert "〔2026〕1号" in seat.page.inner_text(".paper-sheet")
        phone = sit(browser, base, "city", DEMO_PASSWORD, 390, 844)
        for path, mark in (("/letters", "[data-letter]"), (f"/letter/{file.line.id}", ".paper-sheet")):
            phone.go(path, mark)
            assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert not seat.complaints and not phone.complaints and not seat.strangers
