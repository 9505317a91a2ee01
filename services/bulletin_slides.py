"""The slides of a meeting: a finding, one table or picture, the presenter's note; the same order as on the screen."""

from __future__ import annotations

from typing import Any

from matters.meetings import short
from reports.deck import Bars, Slide
from services import bulletin_map
from services.meeting_says import lines
from services.meeting_shapes import AgendaItem, Meeting
from services.meeting_words import plain

ROWS = 16  # that stand on one slide in a readable size


def slides(meeting: Meeting) -> list[Slide]:
    """A title, a slide for each item shown, and the decisions taken."""
    line = meeting.line
    foot = f"{line.area_name}{line.title}　统计期 {line.window.start} 至 {line.window.end}　冻结于 {line.as_of:%Y-%m-%d %H:%M}　摘要 {short(line.digest)}"
    out = [Slide("", f"{line.area_name}{line.title}", foot=foot, says=(meeting.body["says"]["overall"]["zh"],))]
    for item in (a for a in meeting.agenda if a.on):
        out += _item(meeting, item, foot)
    if meeting.taken:
        rows = tuple((d.what, d.who, f"{d.due:%m-%d}") for d in meeting.taken)
        out.append(Slide("", f"本次决定{len(rows)}项", ("事项", "责任单位", "期限"), rows, foot=foot))
    return out


def _item(meeting: Meeting, item: AgendaItem, foot: str) -> list[Slide]:
    says = tuple(meeting.body["says"][item.key]["paras"])
    tables = [meeting.body["tables"][t] for t in item.tables if t != "months" and meeting.body["tables"][t]["rows"]]
    if not tables:
        return [Slide(item.number, item.head, says=says, foot=foot, note=item.note)]
    made = [_slide(item, t, foot, says) for t in tables[:2]]
    if item.key == "overall":
        months = lines(meeting.body, "months")
        bars = Bars("近24个月受理（件）", tuple(m["month"]["s"] for m in months), tuple(m["accepted"]["n"] for m in months))
        made.append(Slide(item.number, "近24个月受理", bars=bars, foot=foot, note=item.note))
    if item.key == "counties" and (drawn := bulletin_map.picture(meeting.body)):
        made.append(Slide(item.number, bulletin_map.TITLE, drawing=drawn, foot=foot, note=item.note))
    return made


def _slide(item: AgendaItem, table: dict[str, Any], foot: str, says: tuple[str, ...]) -> Slide:
    total = [r for r in table["rows"] if r.get("sum")]
    body = [r for r in table["rows"] if not r.get("sum")]
    shown = [*body[: ROWS - len(total)], *total]
    rows = tuple(tuple(plain(cell, c["kind"]) for c, cell in zip(table["columns"], r["cells"], strict=True)) for r in shown)
    left = len(table["rows"]) - len(shown)
    more = f"　另有 {left} 行见表册" if left else ""
    return Slide(item.number, item.head, tuple(c["zh"] for c in table["columns"]), rows, bool(total), foot=foot + more,
                 note="\n".join(filter(None, (item.note, *says))))  # fmt: skip
