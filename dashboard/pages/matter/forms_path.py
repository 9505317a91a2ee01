"""The forms of the path's acts: their fields are named by services.path, for this reader and this moment."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.i18n import pick, t
from dashboard.pages.matter import forms
from dashboard.pages.matter.given import Given
from matters.access import Scope
from services.path_shapes import FieldForm
from services.shapes import MatterFile


def act(services: Any, scope: Scope, file: MatterFile, given: Given) -> el.Node:
    """The form of one act of the path."""
    found = services.path.acts(scope, file.matter.code)
    wanted = next((a for a in found.acts if a.key == given.text("step")), None)
    if wanted is None:
        return forms.said("refused", t("这一步现在不能做"), t("事项已不在这一步上，或您没有这一步的权限。"))
    name = pick(wanted.zh, wanted.en)
    fields = [_field(f, given) for f in wanted.fields]
    return forms.shape(name, "", fields, name, "path", step=wanted.key, version=found.version, seen=_seen(services, scope, file))


def undo(services: Any, scope: Scope, file: MatterFile, given: Given) -> el.Node:
    """The form that undoes an event."""
    found, event_id = services.path.acts(scope, file.matter.code), given.number("event")
    event = next((e for e in services.path.events(scope, file.matter.code) if e.id == event_id), None)
    if event is None or event.id not in found.undo:
        return forms.said("refused", t("这一步不能撤销"), t("它已经撤销，或之后又有别的步骤以它为准。"))
    by = services.auth.displays().get(event.by, event.by)
    says = t("{day} {by} 记的“{act}”不再作数；经过里两条都留着。", day=event.on.isoformat(), by=by, act=pick(event.zh, event.en))
    why = forms.field("why", t("为什么撤销"), "long", must=True, hint=t("写给看经过的人，不写当事人姓名和号码"))
    return forms.shape(t("撤销：{act}", act=pick(event.zh, event.en)), says, [why], t("撤销"), "undo", True, event=event.id, version=found.version,
                       seen=_seen(services, scope, file))  # fmt: skip


def _seen(services: Any, scope: Scope, file: MatterFile) -> int:
    """The newest event that the reader knows of: what comes after it is told when somebody was faster."""
    return max((e.id for e in services.path.events(scope, file.matter.code)), default=0)


def _field(f: FieldForm, given: Given) -> el.Node:
    """One field as the browser shows it."""
    hints = {"list": t("用顿号隔开"), "tasks": t("一行一项：部门 | 任务 | 2026-12-01"), "long": t("写给看经过的人，不写当事人姓名和号码")}  # i18n: data
    kinds = {"choice": "choice", "ref": "choice", "bool": "choice", "tasks": "long", "list": "text"}
    options = [(code, pick(zh, en)) for code, zh, en in f.options]
    if f.kind == "bool" and not options:
        options = [("true", t("是")), ("false", t("否"))]
    asked = given.text(f.key) if f.kind == "ref" else ""
    value = asked or ("" if f.value is None else str(f.value).lower() if isinstance(f.value, bool) else _plain(f.value))
    hint = t("姓名，保存时掩码") if f.key == "leader" else hints.get(f.kind, "")
    return forms.field(f.key, pick(f.zh, f.en), kinds.get(f.kind, f.kind), must=f.required, hint=hint, value=value, least=f.least,
                       most=f.most, options=options)  # fmt: skip


def _plain(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)  # i18n: punctuation
