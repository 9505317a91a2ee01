"""What changed when: what each agency sent, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.i18n import N_, t
from dashboard.pages.matter.reading import Reading
from matters.vocabulary import CHANNELS, KINDS, OUTCOMES
from services.file_shapes import ChangeLine, FieldChange
from services.link_shapes import DecisionLine

FIELDS: dict[str, str] = {
    "number": N_("编号"), "title": N_("事由"), "summary": N_("情况"), "category": N_("类别"), "channel": N_("渠道"), "owner": N_("主责"), "stage": N_("阶段"),
    "accepted_on": N_("受理"), "handled_on": N_("首次处置"), "due_on": N_("时限"), "closed_on": N_("办结"), "outcome": N_("结果"), "satisfied": N_("评价"),
    "people": N_("人数"), "amount": N_("金额"), "place": N_("地点"), "parties": N_("当事人"),
}  # fmt: skip


def section(now: Reading) -> el.Node:
    """Folded: the file says what holds, this says how it came about."""
    lines = now.history
    changed = sum(c.kind != "new" for c in lines)
    head = el.Summary([el.H2(t("变化")), el.Small(t("{n} 次送来，{m} 次有改动", n=len(lines), m=changed))], "ph")
    rows = [(c.at, _line(c, now)) for c in lines] + [(d.at, _decision(d, now)) for d in now.decisions]
    rows += [(at, _former(code, at)) for code, at in now.former]
    return el.Details([head, el.Ol([row for _, row in sorted(rows, key=lambda r: r[0], reverse=True)], "chg")], "changes")


def _decision(d: DecisionLine, now: Reading) -> el.Node:
    """What a steward decided about its records."""
    names = {"accept": t("确认关联"), "split": t("判定不是一件"), "skip": t("先放下"), "merge": t("合并"), "part": t("拆分")}
    what: list[Any] = [now.who(d.by), " ", el.B(names.get(d.verdict, d.verdict)), el.Small(fmt.join(list(dict.fromkeys([d.code, d.other_code]))), "num")]
    if d.why:
        what.append(el.P(d.why))
    if d.undone_at is not None:
        what.append(el.P(t("{at} {by} 撤销", at=words.moment(d.undone_at), by=now.who(d.undone_by)), "undone"))
    return el.Li([el.Span(words.moment(d.at), "num m"), el.Div(what)])


def _former(code: str, until: datetime) -> el.Node:
    return el.Li([el.Span(words.moment(until), "num m"), el.Div([el.B(t("编号 {code} 并入本件", code=code))])])


def _line(c: ChangeLine, now: Reading) -> el.Node:
    kinds = {"new": t("首次送来"), "changed": t("改动"), "withdrawn": t("撤回"), "returned": t("撤回后又送来"), "older": t("迟到的旧版，不改动")}
    who = el.A(f"{words.agency(now.agencies, c.agency)} {words.word(KINDS, c.record_kind)}", href=f"#record-{c.record}", className="n")
    what: list[Any] = [who, " ", el.B(kinds[c.kind]), el.Small(c.number, "num")]
    if c.kind == "changed" and not c.fields:
        what.append(el.P(t("只有不显示的字段变了。")))
    what += [el.P([el.Span(t(FIELDS[f.field]), "fn"), el.el("Del", _value(f, f.then)), " → ", el.el("Ins", _value(f, f.now))]) for f in c.fields]
    return el.Li([el.Span(words.moment(c.at), "num m"), el.Div(what)])


def _value(f: FieldChange, raw: str) -> str:
    """A value as people read it."""
    if not raw:
        return words.DASH
    tables = {"outcome": OUTCOMES, "channel": CHANNELS}
    if f.field in tables:
        return words.word(tables[f.field], raw)
    made = {
        "category": lambda: words.category(raw), "stage": lambda: words.stage(raw), "amount": lambda: words.yuan(float(raw)),
        "satisfied": lambda: t("满意") if raw == "yes" else t("不满意"), "people": lambda: fmt.num(float(raw)),
    }  # fmt: skip
    return made[f.field]() if f.field in made else raw
