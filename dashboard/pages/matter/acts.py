"""What is done on a file: each value checked, each act done by the services, each refusal in plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard import el
from dashboard.guard import BadInput
from dashboard.i18n import t
from dashboard.pages.matter import acts_link, acts_path, forms
from dashboard.pages.matter.given import Given
from dashboard.pages.matter.people import HIDDEN, role
from matters.access import Forbidden, Scope
from services.unmask import Asked, NotShown

# What is said, whether it was done, and a version that the open form now stands on (None: leave it).
Answer = tuple[el.Node, bool, int | None]


def do(services: Any, scope: Scope, code: str, data: Any) -> Answer:
    """Do what was asked; a refusal comes back in words, and nothing typed is lost."""
    try:
        given = Given(data)
        act = _ACTS.get(given.text("act"))
        if act is None:
            raise BadInput(t("请求看不懂。"))
        return act(services, scope, code, given)
    except Forbidden:
        return forms.said("refused", t("您没有这一步的权限"), t("请由有权限的人来做；查看不受影响。")), False, None
    except BadInput as error:
        return forms.said("refused", t("没有做"), str(error)), False, None
    except LookupError:
        return forms.said("refused", t("没有做"), t("它已经不在了，可能有人刚处理过。")), False, None


def _unmask(services: Any, scope: Scope, code: str, given: Given) -> Answer:
    """The value goes into the answer and nowhere else."""
    asked = Asked(code, given.number("record"), given.number("party"), given.text("field"), given.fields().get("why", ""))
    try:
        clear = services.unmask.show(scope, asked)
    except NotShown as error:
        return forms.said("refused", t("没有显示"), _not_shown(error)), False, None
    title = t("{role} {name} 的{field}", role=role(clear.role), name=clear.masked, field=t(HIDDEN[clear.field]))
    value = el.el("Output", clear.value, "clear", aria_live="assertive")
    shut = el.Button(t("收起"), "btn small", type="button", data_shut="said")
    return forms.said("ok secret", title, t("已记入审计，一分钟后收起。"), el.Span([value, shut]), data_hide="60"), True, None


def _not_shown(error: NotShown) -> str:
    return {
        "why": t("请写明为什么要看。"),
        "gone": t("来源的原文已过留存期，或来源后来改了这一位；请向送来记录的机构查询。"),
        "empty": t("这一位没有这一项。"),
    }[error.code]


_ACTS: dict[str, Callable[[Any, Scope, str, Given], Answer]] = {
    "unmask": _unmask, "path": acts_path.act, "undo": acts_path.undo,
    "unlink": acts_link.unlink, "split": acts_link.split, "merge": acts_link.merge,
}  # fmt: skip
