"""The top of a file: where it belongs, what can be done, title and facts, who has it until when."""

from __future__ import annotations

from typing import Any

from dashboard import asof, el, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt, moment
from dashboard.i18n import pick, t
from dashboard.pages.matter import links
from dashboard.pages.matter.parts import opener
from dashboard.pages.matter.reading import Reading
from matters.path import GROUPS
from matters.vocabulary import CHANNELS, OUTCOMES, SCALES
from services.path_shapes import ActForm
from services.shapes import MatterLine


def crumbs(services: Any, now: Reading) -> el.Node:
    """City or county › township › matters › code, each step a link inside the reader's area; then what can be done."""
    line, scope = now.file.matter, now.scope
    steps: list[Any] = []
    for code in (line.county_code, line.town_code):
        if code and scope.covers(line.county_code, line.town_code if code == line.town_code else ""):
            info = services.areas.info(code)
            steps += [el.A(words.name_of(info), href=words.at(urlstate.area_path(code, info.level))), el.Span("›")]
    steps += [el.A(t("事项"), href=words.at("/matters")), el.Span("›"), el.B(line.code)]
    looking = moment.control(asof.current(), services.now(), services.moments.first())
    printing = el.Button(t("打印"), "btn", data_act="print")
    return el.Div([el.Div(steps, "crumb"), el.Div(None, "sp"), looking, *_acts(now), *links.menu(now), printing], "bar")


def moved(now: Reading, asked: str) -> list[Any]:
    """Why the address has changed: the code that was asked for belongs to this matter now."""
    line = now.file.matter
    if not asked or asked == line.code:
        return []
    until = next((at for code, at in now.former if code == asked), None)
    text = t("{day} 起", day=words.near_day(until.date(), now.today)) if until is not None else ""
    return [el.Div([el.B(t("{old} 已并入本件 {code}", old=asked, code=line.code)), el.Span(text)], "told", role="status")]


def _acts(now: Reading) -> list[Any]:
    """One drop-down for each group of acts that this reader may take now."""
    found = now.acts.acts if now.acts is not None else ()
    out: list[Any] = []
    for key, names in GROUPS.items():
        # What answers a certain event stands beside that event (progress.py), not here.
        mine = [a for a in found if a.group == key and not any(f.kind == "ref" for f in a.fields)]
        if mine:
            head = el.Summary([el.Span(pick(*names)), el.icon("down", 12)], "sel")
            out.append(el.Details([head, el.Div([_item(a) for a in mine], "menu")], "drop end acts-of", data_group=key))
    return out


def _item(act: ActForm) -> el.Node:
    return opener(pick(act.zh, act.en), "path", className="mi", step=act.key)


def head(now: Reading) -> el.Node:
    """Title, the facts in one line, and who has it until when."""
    line = now.file.matter
    people = t("（{n} 人）", n=words.count(line.people)) if line.people else ""
    facts = [words.category(line.category), words.word(SCALES, line.scale) + people]
    if line.amount:
        facts.append(t("涉及 {x}", x=words.yuan(line.amount)))
    facts.append(words.place(line))
    shown: list[Any] = [el.Span(f) for f in facts]
    shown.append(el.Span(_split(t("{n} 条记录，{m} 个机构", n="\0", m="\1"), line)))
    boxes = [_clock(now), _owner(now), _leader(now) or _source(now)]
    return el.Section([el.Div([el.H1(line.title or t("（无事由）")), el.P(shown, "s facts")]), el.Dl(boxes)], "hd")


def _clock(now: Reading) -> el.Node:
    line = now.file.matter
    if not line.is_open:
        return _fact(t("结果"), words.word(OUTCOMES, line.outcome or ""), t("{day} 办结", day=words.near_day(line.closed_on, now.today)))
    text, tone = words.clock(line)
    due = t("至 {day} {weekday}", day=words.near_day(line.due_on, now.today), weekday=words.weekday(line.due_on)) if line.due_on else ""
    running = next((c for c in now.clocks if c.due == line.due_on and c.ended is None and not c.event), None)
    named = [pick(running.zh, running.en)] if running is not None else []
    stopped = next((c for c in now.clocks if c.state == "stopped" and c.ended is None), None)
    if stopped is not None:
        return _fact(t("时限"), t("计时中止"), pick(stopped.zh, stopped.en))
    return _fact(t("时限"), text, fmt.join([*named, due]) if due else "", tone)


def _owner(now: Reading) -> el.Node:
    line = now.file.matter
    owners = dict.fromkeys(r.owner for r in sorted(now.file.records, key=lambda r: r.id) if r.owner and r.owner != line.owner)
    return _fact(t("主责"), line.owner or words.DASH, t("此前 {names}", names=fmt.join(list(owners))) if owners else "")


def _leader(now: Reading) -> el.Node | None:
    """The leader who owns the case."""
    answered = {e.ref for e in now.standing("unlead")}
    lead = next((e for e in now.standing("lead") if e.id not in answered), None)
    if lead is None:
        return None
    return _fact(t("包案"), str(lead.data.get("leader", words.DASH)), t("{day} 起", day=words.near_day(lead.on, now.today)))


def _source(now: Reading) -> el.Node:
    line = now.file.matter
    channel = words.word(CHANNELS, line.channel) if line.channel else ""
    return _fact(t("首报机构"), words.agency(now.agencies, line.first_agency), channel)


def _split(text: str, line: MatterLine) -> list[Any]:
    """Put the two counts, in bold with their raw values, into the places marked in the text."""
    before, rest = text.split("\0")
    middle, after = rest.split("\1")
    return [before, _bold(line.record_count, "records"), middle, _bold(len(line.agencies), "agencies"), after]


def _bold(value: int, key: str) -> el.Node:
    return el.B(words.count(value), data_figure=key, data_value=str(value))


def _fact(name: str, value: str, note: str, tone: str = "") -> el.Node:
    return el.Div([el.Dt(name), el.Dd([el.Strong(value, f"ell {tone}", title=value), el.Small(note or "\u00a0", title=note)])])


def foot(now: Reading) -> el.Node:
    """How long it has been, and which version this is."""
    line = now.file.matter
    end = line.closed_on or now.today
    spans = []
    if line.opened_on:
        spans.append(t("{day} 首次反映，历时 {n} 天", day=line.opened_on.isoformat(), n=(end - line.opened_on).days))
    if line.accepted_on:
        spans.append(t("受理起 {n} 天", n=(end - line.accepted_on).days))
    text = t("每一步可撤销，均记何人、何时、为何　第 {n} 版", n=now.file.version)
    return el.Footer([el.Span(t("；").join(spans)), el.Span(text)], "foot")


