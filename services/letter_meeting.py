"""The letters as a table of a meeting: those that run, and those that ended in the last quarter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from matters.letters import ANSWERING, STATES, STEPS
from services.frozen import count, day, row, table, words
from services.letter_shapes import LetterFile, LetterLine

QUARTER = timedelta(days=92)
COLUMNS = (("number", "文号", "Number", "text"), ("addressee", "收件单位", "Addressee", "text"), ("title", "内容", "Subject", "text"),
           ("issued", "发出", "Issued", "day"), ("due", "回复期限", "Reply due", "day"), ("state", "状态", "State", "text"),
           ("reminders", "催复/次", "Reminders", "count"))  # fmt: skip


def meeting_table(lines: Sequence[LetterLine], at: datetime, whole: Callable[[int], LetterFile]) -> dict[str, Any] | None:
    """Rows with the words a meeting says of them; None when there is no letter to speak of."""
    found = [x for x in lines if x.issued_at and x.issued_at <= at and (x.closed_at is None or x.closed_at > at - QUARTER)]
    if not found:
        return None
    late = [x for x in found if x.state in ANSWERING and x.due_on and x.due_on < at.date()]
    waiting = sum(x.state in ANSWERING for x in found)
    head = f"提示函{len(found)}份，待回复{waiting}份" + (f"，其中超期{len(late)}份" if late else "")
    names = "、".join(dict.fromkeys(x.addressee for x in late))
    para = f"近期矛盾风险预警提示函{len(found)}份，已回复{len(found) - waiting}份，待回复{waiting}份。" + (f"超期未回复的单位：{names}。" if late else "")
    says = {"zh": head, "en": f"{len(found)} letters, {waiting} wait for a reply, {len(late)} overdue", "paras": [para]}
    return {**table(("提示函及回复", "Letters and replies"), COLUMNS, [_row(x, x in late, whole(x.id), at) for x in found]), "says": says}


def _row(x: LetterLine, late: bool, file: LetterFile, at: datetime) -> dict[str, Any]:
    title = x.title.replace("\n", "").removeprefix("关于").removesuffix("的矛盾风险预警提示函")
    return row(words(x.number, href=f"/letter/{x.id}"), words(x.addressee), words(title), day(x.issued_at.date() if x.issued_at else None),
               day(x.due_on), words(*STATES[x.state]), count(x.reminders), key="late" if late else x.state, more=_more(file, at))  # fmt: skip


def _more(file: LetterFile, at: datetime) -> list[tuple[str, str, str]]:
    """What the letter's page said: what it found, what it asked for, each step taken and what was written with it."""
    steps = (f"{e.at:%Y-%m-%d %H:%M} {STEPS[e.step].zh}" + (f"：{said}" if (said := str(e.data.get("measures") or e.note or "")) else "")
             for e in file.events if e.at <= at and not e.undone and e.step in STEPS)  # fmt: skip
    return [("发现", "Findings", "".join(file.content.findings)), ("要求", "Requests", "".join(file.content.requests)), ("经过", "Steps", "\n".join(steps))]
