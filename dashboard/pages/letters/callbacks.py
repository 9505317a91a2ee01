"""What the list of letters answers to: the list, the form of a letter (this page and a letter's own), files."""

from __future__ import annotations

from typing import Any

from dash import ALL
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.components import act_form, letter_forms, letter_words
from dashboard.guard import GuardedApp, Here, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.letters import figures
from dashboard.pages.letters.files import register_files
from matters.access import Forbidden, Scope
from matters.letters import WrongStep
from services.letter_shapes import LetterFile
from services.letters import Conflict

_FIELDS = {"form": letter_forms.KEY, "field": ALL}


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /letters, and the form that /letter/<id> shares."""
    register_files(app, services)

    @app.callback(Output("letters-bar", "children"), Output("letters-table", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        at = here(data, services, "letters")
        if asof.current() is not None:
            return figures.bar(at, scope, None), figures.only_now()
        lines = services.letters.all(scope)
        return figures.bar(at, scope, lines), figures.body(services, at, scope, lines)

    @app.callback(Output("letter-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        at = _at(data, services)
        act = at.state.extra.get("act", "")
        if not act or asof.current() is not None:
            return []
        if at.key == "letter":
            return letter_forms.step(file_of(services, scope, at), act, services.letters.days, services.now().date(), figures.one(at, _id(at)))
        return _new(services, scope, at) if act == "new" else []

    @app.callback(Output("letter-said", "children"), Output("letter-done", "data"), Input("letter-send", "n_clicks"), State("letter-version", "data"),
                  State(_FIELDS, "id"), State(_FIELDS, "value"), State(_FIELDS, "date"), State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, ids: list[Any], values: list[Any], dates: list[Any], data: Any) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate
        at = _at(data, services)
        return _send(services, scope, at, int(version or 0), act_form.values_of(ids, values, dates))

    app.clientside_callback("cases", "done", Output("letter-done", "clear_data"), Input("letter-done", "data"))


def _at(data: dict[str, Any] | None, services: Any) -> Here:
    at = here(data, services)
    if at.key not in ("letters", "letter"):
        raise PreventUpdate
    return at


def _id(at: Here) -> int:
    return int(at.params["id"][:9]) if at.params.get("id", "").isdigit() else 0


def file_of(services: Any, scope: Scope, at: Here) -> LetterFile:
    """The letter of an address; KeyError, which is shown as not found."""
    try:
        found: LetterFile = services.letters.get(scope, _id(at))
    except LookupError as error:
        raise KeyError(at.params.get("id", "")) from error
    return found


def _signal(at: Here) -> int:
    given = at.state.extra.get("signal", "")
    return int(given) if given.isdigit() and len(given) < 10 else 0


def _new(services: Any, scope: Scope, at: Here) -> Any:
    """The form of a new letter, of a signal when the address names one."""
    back = figures.href(at, act="", signal="")
    if not figures.writes(scope):
        return act_form.refused(t("这一步现在不能做"), t("您没有拟写提示函的权限。"), back)
    sentence = ""
    if _signal(at):
        try:
            sentence = services.signals.get(scope, _signal(at)).line.sentence[0]
        except LookupError:
            return act_form.refused(t("没有这个信号"), t("它不存在，或不在您的查看范围内。"), back)
    return letter_forms.new(_areas(services, scope), services.letters.days, services.now().date(), back, sentence)


def _areas(services: Any, scope: Scope) -> list[tuple[Any, str]]:
    """The reader's area and those below it down to the townships, each with its county's name."""
    home = services.areas.home(scope)
    out = [(home, home.name)]
    for a in services.areas.children(home.code):
        out.append((a, a.name))
        out += [(b, f"{a.name} {b.name}") for b in (services.areas.children(a.code) if a.level == "county" else ())]
    return out


def _send(services: Any, scope: Scope, at: Here, version: int, given: dict[str, Any]) -> tuple[Any, Any]:
    """Take the step; a refusal is said in the form, and nothing typed is lost."""
    act, failed = at.state.extra.get("act", ""), t("没有记下")
    back = figures.one(at, _id(at)) if at.key == "letter" else figures.href(at, act="", signal="")
    try:
        if at.key == "letters":
            file = services.letters.new(scope, {**given, "signal": _signal(at)} if _signal(at) else given)
        elif act == "undo":
            file = services.letters.undo(scope, _id(at), version, str(given.get("note") or ""))
        else:
            file = services.letters.act(scope, _id(at), version, act, given)
    except Conflict:
        return act_form.refused(failed, t("您打开这张表以后，有人已经改了这份函。先看现在的情况；写好的文字还在这里。"), back), None
    except WrongStep as error:
        return act_form.refused(failed, t(letter_words.REFUSED.get(error.reason, letter_words.REFUSED["state"]))), None
    except (LookupError, Forbidden):
        return act_form.refused(failed, t("您没有这一步的权限，或它不在您的查看范围内。"), back), None
    return "", {"href": figures.one(at, file.line.id)}
