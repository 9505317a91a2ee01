"""How a matter's file is known: the source of each field, and what has changed since a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.i18n import N_, pick, t
from dashboard.pages.matter.parts import heading
from dashboard.pages.matter.reading import Reading
from matters.model import Agency
from matters.vocabulary import CHANNELS, KINDS, OUTCOMES
from services.path_shapes import EventLine
from services.shapes import MatterFile, MatterLine, Source

FIELDS: dict[str, str] = {
    "code": N_("编号"), "title": N_("事由"), "category": N_("类别"), "county_code": N_("县"), "town_code": N_("乡镇"), "lon": N_("经纬度"),
    "amount": N_("金额"), "people": N_("人数"), "owner": N_("主责"), "stage": N_("阶段"), "due_on": N_("时限"), "channel": N_("渠道"),
    "accepted_on": N_("受理"), "closed_on": N_("办结"), "outcome": N_("结果"), "satisfied": N_("评价"),
}  # fmt: skip
def since_then(file: MatterFile) -> list[Any]:
    """While looking back: what stands otherwise today."""
    if file.as_of is None:
        return []
    code = file.matter.code
    if not file.now_code:
        lines: Any = el.P(t("今天已没有这一件：相关记录后来都撤回了。"), className="s")
    elif file.now_code != code:
        lines = el.P([t("后来并入 "), el.A(file.now_code, href=f"/matter/{file.now_code}", className="n")], className="s")
    elif not file.since:
        lines = el.P(t("此后没有变化。"), className="s")
    else:
        rows = [el.Tr([el.Td(_field(s.field), className="t m"), el.Td(s.then or words.DASH, className="t"), el.Td(s.now or words.DASH, className="t")])
                for s in file.since]  # fmt: skip
        names = el.Tr([el.Th(t("字段")), el.Th(t("当时")), el.Th(t("现在"))])
        lines = el.Table([el.Thead(names), el.Tbody(rows)], className="pr since")
    head = heading(t("此后的变化"), t("{n} 项", n=len(file.since)), first=True)
    return [el.Section(el.Section([head, lines], className="p"), className="sheet one since-then")]


def _field(name: str) -> str:
    return t("记录数") if name == "record_count" else t("地点") if name == "town_code" else t(FIELDS[name])


def sources(now: Reading) -> list[Any]:
    """Where each field comes from, a record or an act, and when it was learned."""
    events = {e.id: e for e in now.events}
    told = {s.field: _source(s, now.file.matter, now.agencies) for s in now.file.sources if s.field in FIELDS}
    told |= {name: _by_act(name, events[i], now) for name, i in now.file.acts.items() if name in FIELDS and i in events}
    rows = [told[name] for name in FIELDS if name in told]
    return [heading(t("字段来源"), t("何时得知")), el.Table(el.Tbody(rows), className="pr")]


def _by_act(name: str, event: EventLine, now: Reading) -> el.Node:
    """A field that the centre set."""
    line = now.file.matter
    raw = getattr(line, name)
    value = _coded(line)[name]() if name in _coded(line) else raw.isoformat() if isinstance(raw, date) else str(raw)
    return el.Tr([
        el.Td([el.Span(t(FIELDS[name]), className="fn"), el.Span(value, title=value, className="fv ell")], className="t"),
        el.Td(el.A(f"{now.who(event.by)} {pick(event.zh, event.en)}", href=f"#event-{event.id}", className="n"), className="t"),
        el.Td(words.moment(event.at), className="num"),
    ])  # fmt: skip


def _source(source: Source, line: MatterLine, agencies: Mapping[str, Agency]) -> el.Node:
    kind = words.word(KINDS, source.record.kind)
    text = f"{words.agency(agencies, source.record.agency)} {kind}"
    value = _value(source, line)
    return el.Tr([
        el.Td([el.Span(t(FIELDS[source.field]), className="fn"), el.Span(value, title=value, className="fv ell")], className="t"),
        el.Td(el.A(text, href=f"#record-{source.record.id}", className="n"), className="t"),
        el.Td(words.moment(source.learned_at), className="num"),
    ])  # fmt: skip


def _value(source: Source, line: MatterLine) -> str:
    """The value in the reader's language where it is a code; else as the record has it."""
    record = source.record
    if source.field == "lon" and record.lon is not None and record.lat is not None:
        return f"{record.lon:.3f}, {record.lat:.3f}"
    coded = _coded(line)
    return coded[source.field]() if source.field in coded else source.value


def _coded(line: MatterLine) -> dict[str, Callable[[], str]]:
    """Fields that are codes, as words."""
    return {
        "category": lambda: words.category(line.category), "stage": lambda: words.stage(line.stage),
        "outcome": lambda: words.word(OUTCOMES, line.outcome or ""), "channel": lambda: words.word(CHANNELS, line.channel),
        "satisfied": lambda: t("满意") if line.satisfied else t("不满意"),
    }  # fmt: skip
