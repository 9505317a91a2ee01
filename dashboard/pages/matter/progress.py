"""How far a matter has come and what presses on it: limits, supervision, joint work, agreement and confirmation, call-back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.components.lanes import first_day
from dashboard.i18n import pick, t
from dashboard.pages.matter import event_words
from dashboard.pages.matter.parts import heading, opener, pairs
from dashboard.pages.matter.reading import Reading
from matters.path import ACTS, CARDS
from services.path_shapes import ClockLine, EventLine
from services.shapes import RecordLine

CALL_BACK_DAYS = 15  # after closing


def sections(now: Reading) -> list[Any]:
    """The parts that have something to say, and those whose absence says something."""
    return [*_clocks(now), *_supervision(now), *_joint(now), *_agreement(now), *_call_back(now)]


def _clocks(now: Reading) -> list[Any]:
    """Each limit: what it is, by which rule, until when; those that have ended are folded."""
    if not now.clocks:
        return []
    going = [c for c in now.clocks if c.state in ("late", "soon", "running", "stopped")]
    over = [c for c in now.clocks if c not in going]
    out: list[Any] = [heading(t("时限"), t("{n} 个在计时", n=len(going)))]
    if going:
        out.append(el.Ul([_clock(c, now) for c in going], "kvl ck"))
    if over:
        head = el.Summary(t("已过去的 {n} 个", n=len(over)), "lk")
        out.append(el.Details([head, el.Ul([_clock(c, now) for c in over], "kvl ck")], "more"))
    return out


def _clock(c: ClockLine, now: Reading) -> el.Node:
    due, left = words.near_day(c.due, now.today), c.left or 0
    tone, day, told = {
        "stopped": ("wait", t("计时中止"), ""),
        "kept": ("", words.near_day(c.ended, now.today), t("未超期")),
        "broken": ("", words.near_day(c.ended, now.today), t("超 {n} 天", n=-left)),
        "lapsed": ("m", due, t("逾期未用")),
        "late": ("act", due, t("超 {n} 天", n=-left)),
        "soon": ("wait", due, t("剩 {n} 天", n=left)),
    }.get(c.state, ("", due, t("剩 {n} 天", n=left)))
    rule = t("{n} 个工作日", n=c.days) if c.unit == "working" else t("{n} 日", n=c.days)
    parts = [rule, t("{day} 起", day=words.near_day(c.start, now.today))]
    if c.extended:
        parts.append(t("延长或中止 {n} 天", n=c.extended))
    name = el.Span([pick(c.zh, c.en), el.Small(fmt.join(parts))], title=c.source)
    begun = next((e for e in now.standing("procedure") if e.id == c.event), None)
    return el.Li([name, el.B([day, el.Small(told, tone), *(_answers(begun, now) if begun else [])], tone)])


def _supervision(now: Reading) -> list[Any]:
    """Urgings and cards in force, the leader, and what has been answered."""
    said = now.standing(*CARDS, "lead")
    if not said and now.acts is None:
        return []
    head = heading(t("督办"), t("{n} 次", n=len(said)) if said else "")
    if not said:
        return [head, pairs([(t("催办、黄牌、红牌、黑牌"), t("无"))])]
    ended = {e.ref: e for e in now.standing("answer", "withdraw", "unlead")}
    return [head, el.Ul([_card(e, ended.get(e.id), now) for e in said], "kvl sv")]


def _card(event: EventLine, ended: EventLine | None, now: Reading) -> el.Node:
    by = event.data.get("answer_by")
    notes = [t("{who} 发出", who=event_words.who(event)), *([t("{day} 前答复", day=by)] if by and ended is None else [])]
    if event.act == "lead":
        notes = [str(event.data.get("leader", ""))]
    if ended is not None:
        notes.append(t("{day} {act}", day=words.near_day(ended.on, now.today), act=pick(ended.zh, ended.en)))
    mark = el.I(None, f"card {event.act}", aria_hidden="true") if event.act in ("yellow", "red", "black") else None
    name = el.Span([mark, pick(event.zh, event.en), el.Small(fmt.join(notes))])
    return el.Li([name, el.B([words.near_day(event.on, now.today), *_answers(event, now)])])


def _answers(event: EventLine, now: Reading) -> list[Any]:
    """What may be done about this event: the acts whose form names it."""
    found = []
    for act in now.acts.acts if now.acts is not None else ():
        refs = [f for f in act.fields if f.kind == "ref"]
        if refs and event.act in ACTS[act.key].ends and str(event.id) in [o[0] for o in refs[0].options]:
            found.append(opener(pick(act.zh, act.en), "path", step=act.key, ref=event.id))
    return found


def _joint(now: Reading) -> list[Any]:
    """Consultations with their conclusions, joint actions with their tasks."""
    held, joint = now.standing("consult"), now.standing("joint")
    if not held and not joint:
        return []
    ended = {e.ref: e for e in now.standing("finish")}
    rows = [el.Li([el.Span([pick(e.zh, e.en), el.Small(_joined(e.data.get("who")))]), el.B(words.near_day(e.on, now.today))]) for e in held]
    for event in joint:
        over = ended.get(event.id)
        text = t("{day} 办结", day=words.near_day(over.on, now.today)) if over else t("在办")
        name = el.Span([str(event.data.get("title") or pick(event.zh, event.en)), el.Small(_tasks(event, now))])
        rows.append(el.Li([name, el.B([text, *([] if over else _answers(event, now))])]))
    return [heading(t("会商联动"), t("{n} 次", n=len(rows))), el.Ul(rows, "kvl sv")]


def _tasks(event: EventLine, now: Reading) -> str:
    replies = {str(e.data.get("task", "")) for e in now.standing("reply") if e.ref == event.id}
    given = event.data.get("tasks") or []
    return t("{n} 项任务，{m} 项已回复", n=len(given), m=len(replies)) if given else ""


def _joined(value: Any) -> str:
    return fmt.join([str(v) for v in value]) if isinstance(value, list) else str(value or "")


def _agreement(now: Reading) -> list[Any]:
    """The agreement and its judicial confirmation, as the centre or the court says."""
    agreed = next(iter(now.standing("agree")), None)
    asked = next(iter(now.standing("confirm")), None)
    ruled = next(iter(now.standing("granted", "refused")), None)
    court = max((r for r in now.file.records if r.kind == "confirmation"), key=lambda r: (first_day(r) or date.min, r.id), default=None)
    if agreed is None and asked is None and court is None:
        return []
    applied = asked.on if asked else first_day(court) if court else None
    rows: list[tuple[str, Any]] = [(t("调解协议"), words.near_day(agreed.on, now.today) if agreed else t("达成（随司法确认申请）"))]
    rows.append((t("申请司法确认"), words.near_day(applied, now.today)))
    rows.append((t("裁定"), _ruling(ruled, court, now)))
    return [heading(t("协议与确认")), pairs(rows)]


def _ruling(ruled: EventLine | None, court: RecordLine | None, now: Reading) -> str:
    if ruled is not None:
        return f"{words.near_day(ruled.on, now.today)} {pick(ruled.zh, ruled.en)}"
    if court is not None and court.closed_on:
        return f"{words.near_day(court.closed_on, now.today)} {words.ending(court)}"
    return t("待出") if court is not None else words.DASH


def _call_back(now: Reading) -> list[Any]:
    """Whether the parties were called back, and what they said."""
    line = now.file.matter
    if line.is_open:
        return [heading(t("回访")), el.P(t("办结后 {n} 天内回访，尚未开始。", n=CALL_BACK_DAYS), "s")]
    called = next(iter(now.standing("callback")), None)
    said = {None: t("未评价"), True: t("满意"), False: t("不满意")}[line.satisfied]
    rows: list[tuple[str, Any]] = [(t("评价"), said)]
    if called is not None:
        rows.append((t("回访"), f"{words.near_day(called.on, now.today)} {now.who(called.by)}"))
    elif line.satisfied is None and line.closed_on:
        rows.append((t("应回访"), t("{day} 前", day=words.near_day(line.closed_on + timedelta(days=CALL_BACK_DAYS), now.today))))
    return [heading(t("回访")), pairs(rows)]
