"""The passage of a matter: the records of all agencies and the acts of the centre in one line of time, newest first."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import fmt, timeline
from dashboard.i18n import pick, t
from dashboard.pages.matter import event_words, links
from dashboard.pages.matter.parts import heading, opener
from dashboard.pages.matter.reading import Reading
from matters.vocabulary import KINDS
from services.path_shapes import EventLine
from services.shapes import RecordLine


def section(now: Reading) -> list[Any]:
    """The list with its heading."""
    rows = [(*_place_of(r, now), _record(r, now)) for r in now.file.records]
    rows += [(e.on, 1, e.id, _event(e, now)) for e in now.events]
    rows.sort(key=lambda row: row[:3], reverse=True)
    return [heading(t("经过"), _counted(now), el.Small(t("关联")), first=True), el.Ol([row[-1] for row in rows], "ev")]


def _place_of(record: RecordLine, now: Reading) -> tuple[date, int, int]:
    return (timeline.first_day(record) or date.min, 0, record.id)


def _counted(now: Reading) -> str:
    file = now.file
    parts = [t("新的在上，{n} 条记录", n=len(file.records))]
    if now.events:
        parts.append(t("{n} 步办理", n=len(now.events)))
    if file.others_outside:
        parts.append(t("另有 {n} 条在您的范围以外", n=file.others_outside))
    return fmt.join(parts)


def _record(record: RecordLine, now: Reading) -> el.Node:
    """One agency's word: when, who, what, and how it is known to belong here."""
    sure, why = _how(record, now)
    what: list[Any] = [el.B(words.word(KINDS, record.kind))]
    if record.number:
        what.append(el.Span(f"　{record.number}", className="num"))
    if record.title and record.title != now.file.matter.title:
        what.append(el.P(record.title, className="in"))
    if record.summary:
        what.append(el.P(record.summary))
    what.append(el.Small(timeline.facts(record, now.today), className="facts"))
    day = timeline.first_day(record)
    return el.Li([
        _when(day, record.happened_at.time() if record.happened_at else None, now.today),
        el.Span([words.agency(now.agencies, record.agency), el.Small(record.owner or "")], className="ag"),
        el.Div(what),
        el.Span([el.B(sure), el.Small(why, className="num")], className="cf"),
    ], id=f"record-{record.id}", tabIndex=-1)  # fmt: skip


def _how(record: RecordLine, now: Reading) -> tuple[str, str]:
    """How sure it is that this record belongs here: by the link that brought it in."""
    said = timeline.how_linked(record, now.file)
    mine = [k for k in now.links if record.id in (k.record, k.other)]
    if said[0] and not any(k.method == "reference" for k in mine) and mine:
        best = max(mine, key=lambda k: (k.method == "steward", k.score or 0.0))
        sure, why = links.sure(best)
        return (sure, t("{who} {at}", who=now.who(best.by), at=words.moment(best.at))) if best.by else (sure, why)
    return said


def _when(day: date | None, at: time | None, today: date) -> el.Node:
    when: list[Any] = [el.B(words.near_day(day, today)), " ", words.weekday(day) if day else ""]
    if at is not None and at != time.min:
        when.append(el.Small(at.strftime("%H:%M")))
    return el.Span(when, className="dt")


def _event(event: EventLine, now: Reading) -> el.Node:
    """One act of the centre: who, when, why, and the way to undo it."""
    what: list[Any] = [el.B(pick(event.zh, event.en))]
    what += [el.P(line) for line in event_words.lines(event, now.today)]
    if event.why:
        what.append(el.P(event.why))
    if (back := now.undoing.get(event.id)) is not None:
        what.append(el.Small(t("{at} {by} 撤销：{why}", at=words.moment(back.at), by=now.who(back.by), why=back.why), className="undone"))
    undo = None
    if now.acts is not None and event.id in now.acts.undo:
        undo = opener(t("撤销"), "undo", t("撤销：{act}", act=pick(event.zh, event.en)), event=event.id)
    return el.Li([
        _when(event.on, None, now.today),
        el.Span([event_words.who(event), el.Small(now.who(event.by))], className="ag"),
        el.Div(what),
        el.Span([el.Small(t("记于 {at}", at=words.moment(event.at)), className="num"), undo], className="cf"),
    ], "act-of" + (" gone" if event.undone_by else ""), id=f"event-{event.id}", tabIndex=-1)  # fmt: skip
