"""The forms of the feeds' page: what will be done is said before it is asked for. assets/js/feeds.js fills in the native fields."""

from __future__ import annotations

from typing import Any

from dashboard import el, panels
from dashboard.components import case_words as words
from dashboard.components import feed_words, fmt, problem_words
from dashboard.components.masking import masked
from dashboard.guard import BadInput
from dashboard.i18n import t
from dashboard.pages.feeds.state import Asked, group_key
from matters.access import Scope

FIELDS = 40  # cells of a row that can be mended


def form(services: Any, scope: Scope, asked: Asked) -> Any:
    """The form of the act in the address, [] without one."""
    made = {"pause": _pause, "backfill": _backfill, "accept": _hold, "refuse": _hold, "edit": _edit, "discard": _discard}.get(asked.act)
    if made is None:
        return []
    if not scope.may("run_feeds" if asked.act in ("pause", "backfill") else "steward_feeds") or scope.level != "city":
        return panels.panel("forbidden", t("您没有这一步的权限"), t("请由分析员或管理员来做；查看不受影响。"))
    try:
        return made(services, scope, asked)
    except LookupError:
        raise BadInput(t("它已经不在了，可能有人刚处理过。")) from None


def _name(services: Any, scope: Scope, feed: str) -> str:
    return words.name(services.feeds.card(scope, feed))


def _form(asked: Asked, title: str, says: Any, fields: list[Any], go: str, danger: bool = False, **values: str) -> el.Node:
    back = asked.href(after=str(asked.after) if asked.after else "")
    buttons = el.Div([el.Button(go, "btn pri" + (" danger" if danger else ""), type="submit"), el.A(t("取消"), "btn", href=back, data_form="1"),
                      el.Span(t("记下何人、何时、为何。"), "s m")], "fb-line")  # fmt: skip
    known = {f"data_{k}": v for k, v in values.items()}
    return el.Form([el.Div([el.H2(title)], "ph"), el.P(says, "says"), el.Div(fields, "fs"), buttons], "form",
                   data_act="feeds", data_ask=asked.act, data_back=back, aria_label=title, **known)  # fmt: skip


def _field(name: str, label: str, kind: str = "text", hint: str = "", **more: Any) -> el.Node:
    """A place for a native field: label, kind, first value, limits."""
    known = {f"data_{k}": v for k, v in more.items()}
    return el.Div(None, "ff wide" if kind == "textarea" else "ff", data_field=name, data_label=label, data_kind=kind, data_hint=hint, **known)


def _why(label: str, need: bool = True, hint: str = "") -> el.Node:
    return _field("why", label, "textarea", hint or t("写给看经过的人，不写当事人姓名和号码"), must="1" if need else "")


def _pause(services: Any, scope: Scope, asked: Asked) -> el.Node:
    name = _name(services, scope, asked.feed)
    says = t("暂停以后不再按时去取，直到有人恢复；已进来的数据不变，过一阵它会显示迟到。随时可以恢复，缺的会补上。")
    return _form(asked, t("暂停 {name}", name=name), says, [_why(t("为什么暂停"))], t("暂停"), feed=asked.feed)


def _backfill(services: Any, scope: Scope, asked: Asked) -> el.Node:
    name, today = _name(services, scope, asked.feed), services.now().date()
    says = t("把 {name} 从这一天起变动过的再读一遍（文件来源：所有文件重读）。一样的行算“未变”，不会重复；读的时候正常运行往后排。", name=name)
    since = _field("since", t("从哪一天起"), "date", value=today.replace(day=1).isoformat(), max=today.isoformat(), min="2000-01-01", must="1")
    return _form(asked, t("补采 {name}", name=name), says, [since, _why(t("说明"), need=False)], t("开始补采"), feed=asked.feed)


def _hold(services: Any, scope: Scope, asked: Asked) -> el.Node:
    held = next((h for h in services.feeds.holds(scope, "", "open", 500) if h.id == asked.hold), None)
    if held is None:
        raise LookupError(asked.hold)
    figures = {"p": words.count(held.present), "k": words.count(held.known), "a": words.count(held.absent)}
    name = _name(services, scope, held.feed)
    if asked.act == "accept":
        says = t("名单是对的：撤回它没有列出的 {a} 条（已知 {k} 条，名单里 {p} 条）。以后名单里再出现的会恢复。", **figures)
        return _form(asked, t("接受 {name} 的短名单", name=name), says, [_why(t("为什么是对的"), need=False)], t("撤回 {n} 条", n=figures["a"]), True,
                     hold=str(held.id))  # fmt: skip
    says = t("名单不完整：一条也不撤回（已知 {k} 条，名单里 {p} 条，缺 {a} 条）。同一份名单不再问，请来源重发。", **figures)
    return _form(asked, t("拒绝 {name} 的短名单", name=name), says, [_why(t("说明"), need=False)], t("拒绝，不撤回"), hold=str(held.id))


def _edit(services: Any, scope: Scope, asked: Asked) -> el.Node:
    row = services.feeds.quarantine_row(scope, asked.row)
    if row.state != "open" or not row.replayable:
        raise LookupError(row.id)
    cells = [c for c in sorted(row.cells, key=lambda c: c != row.column) if not isinstance(row.raw.get(c), dict | list)][:FIELDS]
    fields = [_cell(c, row.raw.get(c), c == row.column) for c in cells]
    says = [feed_words.reason(row.reason), el.Small([" ", problem_words.problem(row)]), " ",
            t("只改看得准的格；没有改的格仍按原文（掩码的也是原文）。")]  # fmt: skip
    title = t("改正一行：{origin} 第 {n} 行", origin=row.origin, n=row.row_no or row.id)
    return _form(asked, title, says, [*fields, _why(t("依据"), need=False, hint=t("如：电话问过来源"))], t("改正并重放"), row=str(row.id))


def _cell(name: str, value: Any, bad: bool) -> el.Node:
    was = "" if value is None else masked(value, 400) if value != "" else ""
    hidden = "*" in was  # what is masked cannot be written over by its mask
    return _field(f"cell-{name}", name, "cell", was if hidden else "", value="" if hidden else was, bad="1" if bad else "",
                  bad_word=t("出错的一格") if bad else "")  # fmt: skip


def _discard(services: Any, scope: Scope, asked: Asked) -> el.Node:
    groups = services.feeds.quarantine(scope, asked.feed if asked.feed else "")
    g = next((g for g in groups if group_key(g) == asked.group), None)
    if g is None:
        raise LookupError(asked.group)
    picked = asked.url.extra.get("row") != "0"
    what = el.B(t("选中的 {n} 行", n="…") if picked else t("整组 {n} 行", n=words.count(g.count)), data_picked=t("选中的 {n} 行", n="{n}") if picked else "")
    says = [t("丢弃"), " ", what, "　", _name(services, scope, g.feed), " · ", feed_words.reason(g.reason), "。",
            t("丢弃后不再进来，也不能撤销；理由和行都留着，随时可查。")]  # fmt: skip
    return _form(asked, t("丢弃隔离的行"), says, [_why(t("为什么丢弃"))], t("丢弃"), True, feed=g.feed, group=asked.group,
                 picked="1" if picked else "")  # fmt: skip


def said(kind: str, title: str, text: Any = "", way: Any = None) -> el.Node:
    """What came of an act: ok or refused, and the way back where there is one."""
    return el.Div([el.B(title), el.Span(text) if text else None, way], f"told {kind}", role="status" if kind == "ok" else "alert",
                  data_at=fmt.NONE)  # fmt: skip
