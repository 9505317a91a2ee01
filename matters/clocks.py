"""Every clock of a matter: what starts and ends it, how long it runs, on what law or custom it rests. One table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from matters.model import Record
from matters.told import Procedure, Told

Unit = Literal["calendar", "working"]
IsWorkday = Callable[[date], bool]


class Clock(NamedTuple):
    """One clock. `step` says what it waits for; "finish" is the limit that a matter's due_on comes from.

    `start` and `end` are facts of a record (registered, accepted, closed) or of the centre's acts (agreed, confirm, decided,
    review, reviewed; procedure, result: one of PROCEDURES, which no feed names); `end` '' is what nothing tells of. `kinds` are the
    records it runs for, `category` the only one it runs for.
    `extension`: days that one extension may add at most. `rolls`: a last day on a holiday moves to the next working day. `right`: one
    may and need not, so that a day that passes makes nobody late: the right lapses.
    """

    key: str
    zh: str
    en: str
    step: str
    start: str
    end: str
    days: int
    unit: Unit
    source: str
    kinds: tuple[str, ...] = ()
    extension: int = 0
    suspendable: bool = False
    category: str = ""
    rolls: bool = False
    right: bool = False


def _finish(kind: str, zh: str, en: str, days: int, unit: Unit, source: str, extension: int = 0, suspendable: bool = False) -> Clock:
    return Clock(kind, zh, en, "finish", "accepted", "closed", days, unit, source, (kind,), extension, suspendable)


_LOCAL = "local default [unverified]"
CLOCKS: dict[str, Clock] = {
    c.key: c
    for c in (
        _finish("intake", "调处期限", "Mediation", 30, "calendar", "people's mediation: common local default", 30, True),
        _finish("pretrial", "诉前调解期限", "Pre-litigation mediation", 30, "calendar", "pre-litigation mediation: 30 days from acceptance", 30, True),
        _finish("confirmation", "司法确认审查", "Judicial confirmation", 30, "calendar", "judicial confirmation: the court has 30 days"),
        _finish("filing", "一审审限", "First instance", 180, "calendar", "ordinary first-instance procedure: six months [unverified]", 180, True),
        _finish("petition", "信访办理期限", "Petition", 60, "calendar", "信访工作条例 2022: 60 days to finish", 30),
        _finish("call", "警情移交调处", "Mediation after a call", 30, "calendar", "handed to people's mediation: common local default", 30),
        _finish("hazard", "隐患整改期限", "Rectification", 30, "calendar", "rectification term: common local default [unverified]", 30),
        _finish("incident", "火灾调查期限", "Fire investigation", 30, "calendar", "fire investigation, 30 days [unverified]", 30, True),
        _finish("medical", "医疗纠纷调解期限", "Medical mediation", 30, "working", "医疗纠纷预防和处理条例: 30 working days without appraisal",
                30, True),
        _finish("mediation", "人民调解期限", "People's mediation", 30, "calendar", "people's mediation: common local default", 30, True),
        _finish("procuratorial", "检察监督期限", "Procuratorial review", 90, "calendar", "人民检察院民事诉讼监督规则: three months from acceptance",
                30, True),
        _finish("school", "涉校纠纷调解期限", "School mediation", 60, "calendar", "学生伤害事故处理办法 art. 18: mediation within 60 days of acceptance"),
        _finish("accident", "事故调查期限", "Inquiry", 60, "calendar", "生产安全事故报告和调查处理条例: inquiry within 60 days", 60, True),
        _finish("complaint", "消费投诉调解期限", "Consumer mediation", 60, "calendar",
                "consumer complaints: accepted or refused in 7 working days, mediated within 60 days", 0, True),
        _finish("hotline", "12345 工单时限", "Hotline ticket", 15, "working",
                "12345 hotline: common local default; a ticket's own limit goes first (due_on)", 15),
        _finish("online", "在线调解期限", "Online mediation", 30, "calendar", "online mediation: as pre-litigation mediation", 30),
        _finish("session", "在线调解场次", "Session", 30, "calendar", "part of an online mediation"),
        _finish("terminal", "调解终端", "Terminal", 30, "calendar", "equipment: no matter, so never counted"),
        _finish("message", "网上留言答复", "Online message", 30, "calendar", "online message: local default [unverified]"),
        _finish("other", "办理期限", "Limit", 30, "calendar", "local default", 30),
        Clock("registration", "信访登记转送", "Registration of a petition", "register", "registered", "accepted", 15, "calendar",
              "信访工作条例 2022: 15 days to register and pass on", ("petition",)),
        Clock("objection", "转送异议", "Objection to a transfer", "object", "accepted", "", 5, "working",
              "信访工作条例 2022: 5 working days to object", ("petition",), right=True),
        Clock("review_ask", "请求复查复核", "Asking for a review", "ask review", "closed", "review", 30, "calendar",
              "信访工作条例 2022: a review is asked for within 30 days of the written answer", ("petition",), right=True),
        Clock("review", "复查复核办理", "Review", "review", "review", "reviewed", 30, "calendar",
              "信访工作条例 2022: the review is decided within 30 days", ("petition",)),
        Clock("complaint_taken", "消费投诉受理", "Taking up a complaint", "accept", "registered", "accepted", 7, "working",
              "市场监督管理投诉举报处理暂行办法: 7 working days to accept or refuse", ("complaint",)),
        Clock("mediate_ordinary", "立案后调解（普通程序）", "Mediation after filing, ordinary", "mediate", "procedure", "result", 15, "calendar",
              "mediation after filing, ordinary procedure: 15 days, extendable by agreement", (), 15),
        Clock("mediate_summary", "立案后调解（简易程序）", "Mediation after filing, summary", "mediate", "procedure", "result", 7, "calendar",
              "mediation after filing, summary procedure: 7 days, extendable by agreement", (), 7),
        Clock("confirm_ask", "申请司法确认", "Applying for confirmation", "confirm", "agreed", "confirm", 30, "calendar",
              "民事诉讼法 2023 art. 205: within 30 days of the agreement", rolls=True, right=True),
        Clock("confirm_court", "法院审查司法确认", "Court on confirmation", "decide", "confirm", "decided", 30, "calendar",
              "judicial confirmation: the court has 30 days"),
        Clock("labour_mediation", "劳动争议调解", "Labour mediation", "mediate", "accepted", "closed", 15, "calendar",
              "劳动争议调解仲裁法 art. 14: 15 days, then arbitration may be asked for", ("intake", "mediation"), category="10"),
        Clock("arbitration", "劳动争议仲裁", "Labour arbitration", "decide", "procedure", "result", 45, "calendar",
              "劳动争议调解仲裁法 art. 43: 45 days, 15 more at most", (), 15),
        Clock("unaccepted", "待受理", "Awaiting acceptance", "accept", "opened", "accepted", 2, "calendar", _LOCAL),
        Clock("unhandled", "待首次办理", "Awaiting a first act", "handle", "accepted", "handled", 7, "calendar", _LOCAL),
    )
}  # fmt: skip
PROCEDURES: tuple[str, ...] = tuple(c.key for c in CLOCKS.values() if c.start == "procedure")


def add(start: date, days: int, unit: Unit, is_workday: IsWorkday) -> date:
    """The day so many days after another, which is day 0."""
    if unit == "calendar":
        return start + timedelta(days=days)
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day


def between(start: date, end: date, unit: Unit, is_workday: IsWorkday) -> int:
    """Days of the unit after one day up to and with another; 0 when it is not later."""
    span = max(0, (end - start).days)
    return span if unit == "calendar" else sum(is_workday(start + timedelta(days=n)) for n in range(1, span + 1))


def due(clock: Clock, start: date, is_workday: IsWorkday, *, extended: int = 0, stops: Sequence[tuple[date, date]] = ()) -> date:
    """Last day of a clock that started on a day. `stops` are (stopped on, started again on), in order, without overlap.

    The day of stopping still counts, the day of starting again does not. A stop after the last day changes nothing.
    """
    last = add(start, clock.days + extended, clock.unit, is_workday)
    for stopped, again in stops:
        if stopped <= last:
            last = resumed(last, stopped, again, clock.unit, is_workday)
    while clock.rolls and not is_workday(last):
        last += timedelta(days=1)
    return last


def resumed(last: date, stopped: date, again: date, unit: Unit, is_workday: IsWorkday) -> date:
    """The new last day: what was left when the clock stopped runs on from the day it starts again."""
    return add(again, between(stopped, last, unit, is_workday), unit, is_workday)


class Running(NamedTuple):
    """A clock of one matter. `ended`: the day on which what it waits for happened. `added`: days that acts added to it.

    `event` is the act that started a procedure, 0 for other clocks.
    """

    clock: Clock
    start: date
    due: date | None
    ended: date | None
    record: int
    added: int = 0
    stopped: bool = False
    event: int = 0


def state(run: Running, today: date, soon_days: int) -> str:
    """stopped, kept or broken (it ended in time or not), lapsed (a right not used), late, soon, running."""
    if run.stopped or run.due is None:
        return "stopped"
    if run.ended is not None:
        return "kept" if run.ended <= run.due else "broken"
    if today > run.due:
        return "lapsed" if run.clock.right else "late"
    return "soon" if (run.due - today).days <= soon_days else "running"


def clocks_of(records: Sequence[Record], told: Told, days: dict[str, date | None], category: str, waits: dict[str, int],
              is_workday: IsWorkday) -> list[Running]:  # fmt: skip
    """Every clock of a matter, those of its records first.

    `days` has the matter's own days: opened, accepted, handled, closed; and of its acts: agreed, confirm, decided, review, reviewed.
    `waits` are the days of `unaccepted` and `unhandled` as the deployment sets them.
    """
    runs = [run for r in records for c in CLOCKS.values() if (run := _of_record(c, r, told, days, category, is_workday)) is not None]
    if told.accepted_on is not None and not any(r.accepted_on for r in records):
        c = CLOCKS["intake"]
        runs.append(_shifted(Running(c, told.accepted_on, told.due_on, days["closed"], 0), told))
    for key in ("confirm_ask", "confirm_court", "unaccepted", "unhandled"):
        c = CLOCKS[key]._replace(days=waits.get(key, CLOCKS[key].days))
        start, ended = days.get(c.start), days.get(c.end)
        if start is not None:
            last, over = due(c, start, is_workday), ended or (days.get("closed") if key != "confirm_court" else None)
            unused = c.right and ended is None and over is not None and over > last  # closed when it had lapsed: nobody was late
            runs.append(Running(c, start, last, None if unused else over, 0))
    return runs + [_of_procedure(event, p, days["closed"], is_workday) for event, p in told.procedures.items() if p.key in PROCEDURES]


def _of_procedure(event: int, p: Procedure, closed: date | None, is_workday: IsWorkday) -> Running:
    c = CLOCKS[p.key]
    return Running(c, p.on, due(c, p.on, is_workday, extended=p.added), p.ended or closed, 0, p.added, event=event)


def _of_record(c: Clock, r: Record, told: Told, days: dict[str, date | None], category: str, is_workday: IsWorkday) -> Running | None:
    if r.kind not in c.kinds or (c.category and c.category != category):
        return None
    own = {"registered": r.registered_on, "accepted": r.accepted_on, "closed": r.closed_on}
    start = own.get(c.start) or days.get(c.start) if c.start != "accepted" else own["accepted"]
    if start is None:
        return None
    ended = own.get(c.end) or (days.get("closed") if c.end == "closed" else days.get(c.end))
    if c.step != "finish":
        return Running(c, start, due(c, start, is_workday), ended, r.id)
    return _shifted(Running(c, start, r.due_on or due(c, start, is_workday), ended, r.id), told)


def _shifted(run: Running, told: Told) -> Running:
    """With the extension and the suspensions of this clock."""
    added = told.shifts.get(run.record, 0)
    moved = run.due + timedelta(days=added) if run.due else None
    stopped = run.record in told.stopped and run.ended is None
    return run._replace(due=None if stopped else moved, added=added, stopped=stopped)
