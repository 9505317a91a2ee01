"""The stage bar of a matter: the steps it has walked, read off its records, the one it is at, and the end to come."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from dash import html

from dashboard.components import case_words as words
from dashboard.components.lanes import first_day
from dashboard.i18n import t
from dashboard.pages.matter.progress import CALL_BACK_DAYS
from dashboard.pages.matter.reading import Reading
from matters.path import ACTS
from matters.vocabulary import STAGES
from services.shapes import MatterFile, RecordLine

_BEFORE = ("pending", "accepted", "dispatched")  # stages before anybody mediates
_BY_KIND = {"pretrial": "pretrial", "confirmation": "confirming", "filing": "litigation"}


class Step(NamedTuple):
    """One step of the bar: done, now or later; `over` is the share of its own days past its limit."""

    stage: str
    state: str
    head: str
    note: str
    over: float = 0.0
    over_days: int = 0


def stage_of(record: RecordLine) -> str:
    """The stage a record's time counts to: its own word if it has one, else that of its kind; '' while it waits for dispatch."""
    # An open record without a word of its own waits too (matters/derive.py).
    if record.closed_on is None and (record.stage or "accepted") in _BEFORE and record.kind not in _BY_KIND:
        return ""
    if record.stage in STAGES and record.stage not in ("closed", *_BEFORE):
        return str(record.stage)
    return _BY_KIND.get(record.kind, "mediating")


def steps(now: Reading) -> list[Step]:
    """The bar, from the first step to the end and the call-back."""
    file, agencies, today = now.file, now.agencies, now.today
    line = file.matter
    taken = line.accepted_on is not None
    first = Step("accepted", "done" if taken else "now", words.near_day(line.accepted_on or line.opened_on, today),
                 words.agency(agencies, line.first_agency))  # fmt: skip
    out = [first._replace(stage="pending") if not taken else first]
    handled = min((d for r in file.records if (d := r.handled_on or r.closed_on)), default=None)
    if handled and taken:
        wait = (handled - line.accepted_on).days if line.accepted_on else 0
        note = t("当日") if wait <= 0 else t("{n} 天后", n=wait)
        out.append(Step("dispatched", "done", words.near_day(handled, today), note))
    for stage in ("mediating", "escalated", "pretrial", "confirming", "litigation"):
        records = [r for r in file.records if stage_of(r) == stage and first_day(r)]
        here = line.is_open and line.stage == stage
        if records or here:
            out.append(_walked(stage, records, here, line.owner, today) if records else _entered(now, stage))
        if stage == "pretrial" and (agreed := next(iter(now.standing("agree")), None)):
            out.append(Step("agreed", "done", words.near_day(agreed.on, today), t("书面") if agreed.data.get("terms") else ""))
    if line.is_open and taken and line.stage in _BEFORE:
        # One record of a matter that has come far may still wait: that is where the matter stands.
        if line.stage == "dispatched" and out[-1].stage == "dispatched":
            out.pop()
        out.append(Step(f"{line.stage}-now", "now", words.near_day(_waits_since(file), today), line.owner))
    out.append(_end(file, today))
    out.append(_call_back(now))
    return out


def _call_back(now: Reading) -> Step:
    line = now.file.matter
    called = next(iter(now.standing("callback")), None)
    if called is not None or (not line.is_open and line.satisfied is not None):
        said = {None: "", True: t("满意"), False: t("不满意")}[line.satisfied]
        return Step("callback", "done", words.near_day(called.on, now.today) if called else "", said)
    return Step("callback", "later", "", t("办结后 {n} 天", n=CALL_BACK_DAYS))


def _waits_since(file: MatterFile) -> date | None:
    """The day since when the record that waits has been there."""
    waiting = [d for r in file.records if r.closed_on is None and (d := r.accepted_on or first_day(r))]
    return max(waiting, default=file.matter.accepted_on)


def _walked(stage: str, records: list[RecordLine], now: bool, owner: str, today: date) -> Step:
    """A step with its days: from the first acceptance to the last closing, or to today while it lasts."""
    starts = [r.accepted_on or first_day(r) or today for r in records]
    ends = [r.closed_on or today for r in records]
    start, end = min(starts), max(ends)
    days = max(0, (end - start).days)
    late = [(e - r.due_on).days for r, e in zip(records, ends, strict=True) if r.due_on and e > r.due_on]
    over = min(max(late, default=0), days)
    head = t("第 {n} 天", n=days) if now else t("{n} 天", n=days) if days else words.near_day(start, today)
    note = t("超期 {n} 天", n=over) if over else (owner if now else records[-1].owner)
    return Step(stage, "now" if now else "done", head, note, over / days if days else 0.0, over)


def _entered(now: Reading, stage: str) -> Step:
    """A step that the centre took and no agency has reported yet: since the day of that act."""
    act = next((e for e in now.standing(*(a.key for a in ACTS.values() if a.target == stage))), None)
    days = (now.today - act.on).days if act is not None else 0
    return Step(stage, "now", t("第 {n} 天", n=days) if days else t("今天"), now.file.matter.owner)


def _end(file: MatterFile, today: date) -> Step:
    line = file.matter
    if not line.is_open:
        return Step("closed", "done", words.near_day(line.closed_on, today), words.ending_of(line.outcome))
    note = t("时限 {day}", day=words.near_day(line.due_on, today)) if line.due_on else ""
    return Step("closed", "later", "", note)


def bar(found: list[Step]) -> html.Ol:
    """Draw the bar."""
    return html.Ol([_item(s) for s in found], className="stg", style={"--steps": str(len(found))}, **{"aria-label": t("阶段")})


def _item(step: Step) -> html.Li:
    names = {"done": "d", "now": "c", "later": "f"}
    style: dict[str, Any] = {}
    if step.over:
        colour = "var(--accent)" if step.state == "now" else "var(--seq-4)"
        cut = f"{100 * (1 - step.over):.0f}%"
        style = {"borderImage": f"linear-gradient(90deg, {colour} 0 {cut}, var(--act) {cut} 100%) 1"}
    names_of = {"accepted": t("受理"), "dispatched": t("分流"), "agreed": t("协议"), "callback": t("回访")}
    name = names_of.get(step.stage) or words.stage(step.stage.removesuffix("-now"))
    return html.Li([html.B(name), html.Span(step.head), html.Small(step.note, className="act" if step.over else "ell")],
                   className=names[step.state], style=style, **({"aria-current": "step"} if step.state == "now" else {}))  # fmt: skip
