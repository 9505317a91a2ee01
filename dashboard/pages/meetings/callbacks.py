"""What both meeting pages answer to: the desk or the page in front of the room, the forms, the papers."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from dash import ALL
from dash.exceptions import PreventUpdate
from flask import Response

from dashboard.components import act_form
from dashboard.guard import BadInput, GuardedApp, Input, Output, State
from dashboard.i18n import t
from dashboard.pages.meeting import figures as room
from dashboard.pages.meetings import figures, forms
from dashboard.pages.meetings.state import MeetingState, asked
from matters.access import Forbidden, Scope
from matters.moments import MomentError
from matters.periods import Window
from services.meeting_shapes import Meeting
from services.meetings import Conflict, WrongMeeting

_FIELDS = {"form": "meeting", "field": ALL}


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks and the door of the papers."""

    @app.callback(Output("meeting-body", "children"), Input("here", "data"), Input("live", "data"))
    def body(scope: Scope, data: dict[str, Any] | None, live: Any) -> Any:
        at = asked(data, services)
        scope.require("hold_meeting")
        lines = services.meetings.everything(scope)
        chosen = at.chosen or (lines[0].id if lines else 0)
        meeting = one(services, scope, chosen) if chosen else None
        if meeting is not None and at.present and at.chosen:
            return room.page(services, meeting, at)
        return figures.desk(services, scope, at, lines, meeting)

    @app.callback(Output("meeting-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        at = asked(data, services)
        if not at.act:
            return []
        scope.require("hold_meeting")
        return _form(services, scope, at)

    @app.callback(Output("meeting-said", "children"), Output("meeting-done", "data"), Input("meeting-send", "n_clicks"),
                  State("meeting-version", "data"), State(_FIELDS, "id"), State(_FIELDS, "value"), State(_FIELDS, "date"),
                  State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, ids: list[Any], values: list[Any], dates: list[Any],
             data: dict[str, Any] | None) -> tuple[Any, Any]:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        return _send(services, scope, asked(data, services), int(version or 0), act_form.values_of(ids, values, dates))

    app.clientside_callback("cases", "formed", Output("meeting-form", "title"), Input("meeting-form", "children"))
    app.clientside_callback("cases", "done", Output("meeting-done", "clear_data"), Input("meeting-done", "data"))
    app.route("/meeting/<id>/paper/<kind>", _paper(services), "meeting-paper")


def one(services: Any, scope: Scope, meeting: int) -> Meeting:
    """A meeting; KeyError, which the frame shows as 404, when the reader's area has none of that number."""
    try:
        found: Meeting = services.meetings.get(scope, meeting)
    except LookupError as error:
        raise KeyError(meeting) from error
    return found


def _meeting(services: Any, scope: Scope, at: MeetingState) -> Meeting:
    lines = services.meetings.everything(scope)
    return one(services, scope, at.chosen or (lines[0].id if lines else 0))


def _form(services: Any, scope: Scope, at: MeetingState) -> Any:
    if at.act == "freeze":
        return forms.freeze(scope, forms.back(at))
    meeting = _meeting(services, scope, at)
    if at.act == "agenda":
        return forms.agenda(meeting, forms.back(at))
    if at.act == "decide":
        return forms.decide(meeting, forms.back(at))
    return forms.settle(forms.find([*meeting.taken, *meeting.earlier], at.decision), forms.back(at))


def _send(services: Any, scope: Scope, at: MeetingState, version: int, given: dict[str, Any]) -> tuple[Any, Any]:
    """Do it; a refusal is said in the form, and nothing typed is lost."""
    title = t("没有记下")
    try:
        return "", {"href": _done(services, scope, at, version, given)}
    except BadInput as error:
        return act_form.refused(title, str(error)), None
    except WrongMeeting as error:
        return act_form.refused(title, forms.why_wrong(error)), None
    except Conflict:
        return act_form.refused(title, t("您打开这张表以后，有人已经改过。先看现在的情况；写好的文字还在这里。"), at.href()), None
    except MomentError:
        return act_form.refused(t("还不能冻结"), t("数据刚接入，上一分钟还没有留存；过一分钟再试。")), None
    except Forbidden:
        return act_form.refused(title, t("您没有这一步的权限，或它不在您的范围内。")), None


def _done(services: Any, scope: Scope, at: MeetingState, version: int, given: dict[str, Any]) -> str:
    """Where the act leads."""
    if at.act == "freeze":
        made = services.meetings.freeze(scope, str(given.get("kind") or ""), _window(given), "", str(given.get("title") or ""))
        return at.one(made.line.id)
    meeting = _meeting(services, scope, at)
    if at.act == "agenda":
        services.meetings.arrange(scope, meeting.line.id, version, forms.arranged(meeting, given))
    elif at.act == "decide":
        due = forms.day_of(given, "due", t("期限"))
        services.meetings.decide(scope, meeting.line.id, str(given.get("what") or ""), str(given.get("who") or ""), due)
    else:
        services.meetings.settle(scope, at.decision, version, str(given.get("state") or ""), str(given.get("result") or ""))
    return at.href()


def _window(given: dict[str, Any]) -> Window | None:
    if not given.get("first") and not given.get("last"):
        return None
    first, last = (forms.day_of(given, name, word) for name, word in (("first", t("自")), ("last", t("至"))))
    return Window(*_ordered(first, last))


def _ordered(first: date, last: date) -> tuple[date, date]:
    return (first, last) if first <= last else (last, first)


def _paper(services: Any) -> Any:
    def send(scope: Scope, id: str, kind: str) -> Response:
        try:
            made = services.bulletins.make(scope, int(id) if id.isdigit() and len(id) < 10 else 0, kind)
        except LookupError as error:
            raise KeyError(id) from error
        except RuntimeError as error:  # no font, or a template that cannot be used: said as it is, in the operator's words
            return Response(str(error), status=503, content_type="text/plain; charset=utf-8")
        answer = Response(made.content, content_type=made.mime)
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(made.name)}"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return send
