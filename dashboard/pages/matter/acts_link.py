"""Taking links away, splitting and merging, and each refusal in plain words."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.guard import BadInput
from dashboard.i18n import t
from dashboard.pages.matter import forms
from dashboard.pages.matter.given import LONGEST, Given
from dashboard.pages.matter.parts import opener
from matters.access import Scope
from services.link_shapes import Conflict, DecisionLine, Refused

Answer = tuple[el.Node, bool, int | None]


def unlink(services: Any, scope: Scope, code: str, given: Given) -> Answer:
    """Undo a decision, or part a scored pair."""
    why = given.fields().get("why", "")
    try:
        if given.text("decision"):
            services.linking.undo(scope, given.number("decision"), why)
            return forms.said("ok", t("撤销了这个决定"), t("两条都留在变化里。")), True, None
        made = services.linking.decide(scope, given.number("pair"), "split", why)
    except (Conflict, Refused) as error:
        return _not(error)
    return _done(t("这两条不再算一件"), made)


def split(services: Any, scope: Scope, code: str, given: Given) -> Answer:
    """Take records out."""
    fields = given.fields()
    chosen, seen = _numbers(fields.get("records", "")), _numbers(given.text("seen", most=LONGEST))
    if not chosen:
        raise BadInput(t("先选要拆出的记录。"))
    try:
        made = services.linking.split(scope, code, chosen, fields.get("why", ""), seen)
    except Conflict:
        return forms.said("refused", t("没有做"), t("您打开表单以后，这一件的记录变了：先看现在有哪几条，再选要拆出的。")), False, None
    except Refused as error:
        return _not(error)
    return _done(t("拆出了 {n} 条记录", n=len(chosen)), made)


def _numbers(text: str) -> list[int]:
    """Ids with commas between; none of them when one is no id."""
    parts = [p for p in text.split(",") if p]
    return [int(p) for p in parts] if all(p.isascii() and p.isdigit() and len(p) < 16 for p in parts) else []


def merge(services: Any, scope: Scope, code: str, given: Given) -> Answer:
    """Make two matters one."""
    fields = given.fields()
    other = fields.get("other", "").strip().upper()
    try:
        made = services.linking.merge(scope, code, other, fields.get("why", ""))
    except (Conflict, Refused) as error:
        return _not(error)
    except LookupError:
        return forms.said("refused", t("没有合并"), t("没有编号为 {code} 的事项，或它不在您的范围内。", code=other[:20])), False, None
    return _done(t("与 {code} 并为一件", code=other), made)


def _done(title: str, made: DecisionLine) -> Answer:
    undo = opener(t("撤销"), "unlink", className="btn small", decision=made.id) if made.may_undo else None
    return forms.said("ok", title, "", undo), True, None


def _not(error: Exception) -> Answer:
    """Why it was not done."""
    reason = error.reason if isinstance(error, Refused) else "conflict"
    text = {
        "conflict": t("有人刚刚决定过这一对，先看现在的情况。"), "why": t("请写明理由。"), "one_matter": t("它们已经是一件。"),
        "apart": t("以前有人把它们拆开过；先撤销那个决定。"), "decided": t("有人刚刚决定过这一对，先看现在的情况。"),
        "sides": t("要拆出至少一条，也要留下至少一条。"),
    }.get(reason, t("这一步被拒绝：{why}", why=str(error)))  # fmt: skip
    return forms.said("refused", t("没有做"), text), False, None
