"""What the assessment answers to: its view, a form, the act."""

from __future__ import annotations

from typing import Any

from dash import ALL
from dash.exceptions import PreventUpdate

from dashboard import asof, el, panels
from dashboard.components import act_form, drawn
from dashboard.guard import BadInput, GuardedApp, Input, Output, Packed, State, here
from dashboard.i18n import t
from dashboard.pages.assessment import figures, forms, funnel, indices, marks, review, rules, scores, words
from dashboard.pages.assessment.state import AssessState, read
from matters.access import Forbidden, Scope
from matters.assessment import RuleError
from services.areas import UnknownArea
from services.assessment import NotBegun
from services.assessment_marks import Conflict, Wrong
from services.assessment_shapes import Board

_FIELDS = {"form": forms.FORM, "field": ALL}


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /assessment and its files."""

    drawn.register(app, "as")

    @app.callback(Packed("as-trees", "data"), Input("here", "data"), Input("live", "data"), panel=drawn.failed("as-body"))
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> dict[str, Any]:
        asked = _asked(data, services, scope)
        try:
            body: Any = [*_body(services, scope, asked), figures.foot()]
        except NotBegun:
            body = _not_begun(asked)
        except RuleError as error:
            body = panels.panel("failed", t("没有可用的考核办法"), str(error))
        return {"as-bar": figures.bar(services, scope, asked), "as-body": body}

    @app.callback(Output("as-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        asked = _asked(data, services, scope)
        return forms.open_form(services, scope, asked, services.now().date()) if asked.act and asof.current() is None else []

    @app.callback(Output("assess-said", "children"), Output("as-done", "data"), Input("assess-send", "n_clicks"), State("assess-version", "data"),
                  State(_FIELDS, "id"), State(_FIELDS, "value"), State(_FIELDS, "date"), State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, ids: list[Any], values: list[Any], dates: list[Any],
             data: dict[str, Any] | None) -> tuple[Any, Any]:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        return _send(services, scope, _asked(data, services, scope), int(version or 0), act_form.values_of(ids, values, dates))

    app.clientside_callback("cases", "formed", Output("as-form", "title"), Input("as-form", "children"))
    app.clientside_callback("cases", "done", Output("as-done", "clear_data"), Input("as-done", "data"))
    review.register_files(app, services)


def _asked(data: dict[str, Any] | None, services: Any, scope: Scope) -> AssessState:
    at = here(data, services, "assessment")
    asked = read(at, scope, asof.today(services))
    try:
        known = not asked.area or services.areas.info(asked.area).level != "village"
    except UnknownArea:
        known = False
    if not known:
        raise BadInput(t("没有这个地区：{code}", code=asked.area[:20]))
    return asked


def _body(services: Any, scope: Scope, asked: AssessState) -> list[Any]:
    """The view that the address names, inside the scope."""
    if asked.show in figures.LEVELLED:
        board: Board = services.assessment.board(scope, asked.level, asked.period, asked.area, asked.exclude, asof.current())
        view = scores.view(services, scope, board, asked) if asked.show == "scores" else funnel.view(board, asked)
        return [figures.state_line(services, board, asked, _problem(services, scope)), *view]
    if asked.show == "marks":
        return marks.view(services.marks.of(scope, asked.period, asof.current()), asked, scope.may("mark_assessment") and scope.level != "township")
    if asked.show == "indices":
        return indices.view(services.indices.until(scope, asof.today(services), asof.current()))
    if asked.show == "review":
        return review.view(services, scope, asked)
    scope.require_area(scope.county, scope.town)
    book = services.assessment.book
    return rules.view(book, book.of(asked.period, asof.current()), asked, scope.may("administer") or scope.may("steward_feeds"))


def _problem(services: Any, scope: Scope) -> str:
    """What is wrong with the file of rules, for those who can mend it."""
    return str(services.assessment.book.problem) if scope.may("administer") or scope.may("steward_feeds") else ""


def _not_begun(asked: AssessState) -> Any:
    way = el.A(t("看上一期"), "btn", href=asked.at(period=asked.period.before.key))
    return panels.empty(t("{period}还没有开始。", period=words.period(asked.period)), way)


def _send(services: Any, scope: Scope, asked: AssessState, version: int, given: dict[str, Any]) -> tuple[Any, Any]:
    """Take the act; a refusal is said in the form, and nothing typed is lost."""
    title = t("没有记下")
    try:
        if asked.act == "withdraw":
            services.marks.withdraw(scope, asked.mark, str(given.get("reason") or ""))
        else:
            unit = str(given.get("unit") or "")
            seen = version if unit == asked.unit else services.marks.seen(unit) if unit else 0
            services.marks.add(scope, unit, seen, forms.day(given.get("day")), forms.number(given.get("points")), str(given.get("reason") or ""))
    except Conflict:
        return forms.refused(title, t("您打开这张表以后，有人已经给这个单位记了分或撤了分。先看现在的情况；写好的文字还在这里。"), asked), None
    except Wrong as error:
        return forms.refused(title, forms.wrong(error.field), asked), None
    except LookupError:
        return forms.refused(title, t("它不存在，或不在您的查看范围内。"), asked), None
    except Forbidden:
        return forms.refused(title, t("您没有这一步的权限，或这个单位不在您之下。"), asked), None
    return "", {"href": asked.href(show="marks")}
