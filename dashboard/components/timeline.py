"""The records of a matter in one line of time: as events for a short list, and record by record for the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components.lanes import first_day
from dashboard.i18n import t
from matters.model import Agency
from matters.vocabulary import KINDS
from services.shapes import LinkLine, MatterFile, RecordLine


class Event(NamedTuple):
    """One dated fact; `tone` is act for a limit that passed, now for the step the matter stands at."""

    day: date
    order: int
    text: str
    tone: str = ""


def events(file: MatterFile, agencies: Mapping[str, Agency], today: date) -> list[Event]:
    """Every dated fact of the visible records, oldest first; the last one of an open matter is where it stands."""
    found: list[Event] = []
    for record in file.records:
        found += _events(record, words.agency(agencies, record.agency), today)
    found.sort(key=lambda e: (e.day, e.order))
    if file.matter.is_open and found:
        last = max(i for i, e in enumerate(found) if e.tone != "act" or i == 0)
        found[last] = found[last]._replace(tone="now")
    return found


def _events(record: RecordLine, agency: str, today: date) -> list[Event]:
    start = first_day(record)
    if start is None:
        return []
    out = [Event(start, 0, words.word(KINDS, record.kind))]
    if record.accepted_on and record.accepted_on > start:
        out.append(Event(record.accepted_on, 1, t("{agency} 受理", agency=agency)))
    if record.handled_on and record.handled_on != record.closed_on and record.handled_on > start:
        out.append(Event(record.handled_on, 2, t("{agency} 首次处置", agency=agency)))
    end = record.closed_on or today
    if record.due_on and record.due_on < end:
        out.append(Event(record.due_on, 3, t("{agency} 时限届满，超 {n} 天", agency=agency, n=(end - record.due_on).days), "act"))
    if record.closed_on:
        out.append(Event(record.closed_on, 4, t("{agency}：{ending}", agency=agency, ending=words.ending(record))))
    return out


def mini(found: Sequence[Event], today: date, most: int = 12) -> el.Node:
    """The short list of the preview; earlier events beyond `most` are counted, not dropped silently."""
    shown = list(found[-most:])
    rows: list[Any] = []
    if len(found) > most:
        rows.append(el.Li([el.B("…"), el.Span(t("此前还有 {n} 步", n=len(found) - most))]))
    names = {"act": "bad", "now": "cur", "": ""}
    rows += [el.Li([el.B(words.near_day(e.day, today)), el.Span(e.text)], className=names[e.tone]) for e in shown]
    return el.Ol(rows, className="mini")


def how_linked(record: RecordLine, file: MatterFile) -> tuple[str, str]:
    """How sure it is that this record belongs here, and why: a quoted number, a person, or the record that began it."""
    by_id = {r.id: r for r in file.records}
    mine = [k for k in file.links if record.id in (k.record, k.other)]
    own = [k for k in mine if _newer(k, by_id) == record.id] or (mine if record is not _oldest(file.records) else [])
    if own:
        link = min(own, key=lambda k: k.method != "reference")  # a number quoted says more than a likeness
        if link.method == "reference":
            return t("编号确定"), t("引用 {number}", number=link.number)
        return t("人工确认") if link.method in ("manual", "steward") else t("比对关联"), words.moment(link.linked_at)
    return ("", t("起点")) if record is _oldest(file.records) else ("", "")


def _oldest(records: Sequence[RecordLine]) -> RecordLine:
    return min(records, key=lambda r: (first_day(r) or date.max, r.id))


def _newer(link: LinkLine, by_id: Mapping[int, RecordLine]) -> int:
    pair = [by_id[i] for i in (link.record, link.other) if i in by_id]
    return max(pair, key=lambda r: (first_day(r) or date.min, r.id)).id if pair else 0


def facts(record: RecordLine, today: date) -> str:
    """The days of a record in one line."""
    days = ((t("受理"), record.accepted_on), (t("首次处置"), record.handled_on), (t("时限"), record.due_on), (t("办结"), record.closed_on))
    out = [f"{text} {words.near_day(value, today)}" for text, value in days if value]
    if record.closed_on and record.outcome:
        out.append(words.ending(record))
    if record.satisfied is not None:
        out.append(t("评价满意") if record.satisfied else t("评价不满意"))
    if record.versions > 1:
        out.append(t("改过 {n} 次", n=record.versions - 1))
    return "　".join(out)
