"""The forms of a file: what will be done is said before it is asked for. assets/js/file.js fills in the native fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from dashboard import el, panels
from dashboard.i18n import t
from dashboard.pages.matter import forms_link, forms_path
from dashboard.pages.matter.given import Given
from dashboard.pages.matter.people import HIDDEN, role
from matters.access import Scope
from services import unmask
from services.shapes import MatterFile


def form(services: Any, scope: Scope, file: MatterFile, data: Any) -> Any:
    """The form of an act that a button asked for; [] for none."""
    given = Given(data)
    made = {"unmask": _unmask, "path": forms_path.act, "undo": forms_path.undo, "unlink": forms_link.unlink,
            "split": forms_link.split, "merge": forms_link.merge}.get(given.text("open"))
    return made(services, scope, file, given) if made else []


def _unmask(services: Any, scope: Scope, file: MatterFile, given: Given) -> el.Node:
    name, record, place = given.text("field"), given.number("record"), given.number("party")
    found = next((p for p in file.people if (name, record, place) in p.asks), None)
    if found is None or not unmask.may(scope, name):
        return panels.forbidden()
    says = t("只显示这一位的这一项，只显示给您，一分钟后收起，不留在页面里。何人、何时、为何查看，记入审计。")
    why = field("why", t("为什么要看"), "long", must=True, least=unmask.LEAST_WHY, hint=t("如：电话回访前核对本人。不写当事人姓名和号码"))
    title = t("查看{role} {name} 的{field}", role=role(found.role), name=found.name, field=t(HIDDEN[name]))
    return shape(title, says, [why], t("查看并留痕"), "unmask", record=record, party=place, field=name)


def shape(title: str, says: Any, fields: Sequence[Any], go: str, ask: str, danger: bool = False, **values: Any) -> el.Node:
    """A form: title, what it does, fields, and the button; `values` go along with what is typed."""
    known = {f"data_{k}": str(v) for k, v in values.items()}
    buttons = el.Div([el.Button(go, "btn pri" + (" danger" if danger else ""), type="submit"),
                      el.Button([t("取消"), el.el("Kbd", "Esc")], "btn", type="button", data_shut="1"),
                      el.Span(t("记下何人、何时、为何；每一步都能撤销。") if ask != "unmask" else "", "s m")], "fb")  # fmt: skip
    return el.Form([el.Div([el.H2(title)], "ph"), el.P(says, "says s") if says else None, el.Div(list(fields), "fs"), buttons], "form",
                   data_act="file", data_ask=ask, aria_label=title, **known)  # fmt: skip


def field(name: str, label: str, kind: str, *, must: bool = False, hint: str = "", value: Any = "", least: Any = "", most: Any = "",
          options: Sequence[tuple[str, str]] = ()) -> el.Node:  # fmt: skip
    """A place for a native field. `kind`: text | long | date | number | choice | picks; `options` are (value, text)."""
    listed = orjson.dumps([list(o) for o in options]).decode() if options else ""
    return el.Div(None, "ff wide" if kind in ("long", "picks") else "ff", data_field=name, data_label=label, data_kind=kind, data_hint=hint,
                  data_value="" if value is None else str(value), data_must="1" if must else "", data_least="" if least is None else str(least),
                  data_most="" if most is None else str(most), data_options=listed, data_none=t("（不填）") if options and not must else "")  # fmt: skip


def said(kind: str, title: str, text: Any = "", way: Any = None, **more: str) -> el.Node:
    """What came of an act: ok or refused, and the way back where there is one."""
    return el.Div([el.B(title), el.Span(text) if text else None, way], f"told {kind}", role="status" if kind == "ok" else "alert", **more)
