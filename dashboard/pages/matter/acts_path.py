"""Acts of the path: from typed words to values, and what to say when somebody was faster."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.guard import BadInput
from dashboard.i18n import pick, t
from dashboard.pages.matter import forms, path_words
from dashboard.pages.matter.given import Given
from dashboard.pages.matter.parts import opener
from matters.access import Scope
from matters.path import ACTS
from services.path_shapes import Conflict, FieldForm, Refused

Answer = tuple[el.Node, bool, int | None]


def act(services: Any, scope: Scope, code: str, given: Given) -> Answer:
    """Take a step of the path."""
    step, version = given.text("step"), given.number("version")
    try:
        values = _values(services, scope, code, step, given.fields())
        services.path.act(scope, code, step, values, version)
    except Conflict:
        return _faster(services, scope, code, given)
    except Refused as error:
        return forms.said("refused", t("没有记下"), path_words.refusal(error)), False, None
    done = ACTS[step]
    try:
        newest = max(services.path.events(scope, code), key=lambda e: e.id, default=None)
    except LookupError:  # a department has given it away
        newest = None
    undo = opener(t("撤销"), "undo", className="btn small", event=newest.id) if newest is not None else None
    return forms.said("ok", t("记下了：{act}", act=pick(done.zh, done.en)), "", undo), True, None


def undo(services: Any, scope: Scope, code: str, given: Given) -> Answer:
    """Undo an event."""
    try:
        services.path.undo(scope, code, given.number("event"), given.number("version"), given.fields().get("why", ""))
    except Conflict:
        return _faster(services, scope, code, given)
    except Refused as error:
        return forms.said("refused", t("没有撤销"), path_words.refusal(error)), False, None
    return forms.said("ok", t("撤销了"), t("两条都留在经过里。")), True, None


def _values(services: Any, scope: Scope, code: str, step: str, typed: dict[str, str]) -> dict[str, Any]:
    """Typed words as the form's kinds; what the form does not ask for is left out."""
    found = next((a for a in services.path.acts(scope, code).acts if a.key == step), None)
    if found is None:
        return typed  # the service says why it cannot be taken
    return {f.key: _value(f, typed[f.key]) for f in found.fields if f.key in typed}


def _value(f: FieldForm, typed: str) -> Any:
    if f.kind == "bool":
        return typed == "true"
    if f.kind in ("number", "ref"):
        try:
            return int(typed) if typed.lstrip("-").isdigit() else float(typed)
        except ValueError:
            raise BadInput(t("“{name}”要是一个数。", name=pick(f.zh, f.en))) from None
    return typed


def _faster(services: Any, scope: Scope, code: str, given: Given) -> Answer:
    """Somebody was faster: what they did, and the same form over what stands now."""
    seen = given.number("seen")
    names = services.auth.displays()
    others = [e for e in services.path.events(scope, code) if e.id > seen]
    told = [t("{who} {at} {act} {why}", who=names.get(e.by, e.by), at=words.moment(e.at), act=pick(e.zh, e.en), why=e.why).strip() for e in others]
    what = fmt.join(told) if told else t("来源送来了新的数据。")
    text = t("您打开表单以后，这一件变了。{what} 写好的还在；看过以后再按一次，就按现在的情况记下。", what=what)
    return forms.said("refused", t("没有记下"), text), False, services.path.acts(scope, code).version
