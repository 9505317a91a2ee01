"""The parts of a matter's file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import html

from dashboard import asof, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt, lanes, lanes_svg, moment, small_map, timeline
from dashboard.i18n import t
from dashboard.pages.matter import known, stages
from matters.access import Scope
from matters.model import Agency
from matters.vocabulary import CHANNELS, OUTCOMES, SCALES
from services.shapes import MatterFile, MatterLine


def body(services: Any, scope: Scope, file: MatterFile) -> list[Any]:
    """The whole file of a matter."""
    agencies, today = services.feeds.agencies(), asof.today(services)
    line = file.matter
    drawn = lanes.lay_out(file, today)
    holder = _holder(file) if line.is_open else None
    parts: list[Any] = [
        _crumbs(services, scope, line),
        *known.since_then(file),
        _head(file, agencies, today),
        stages.bar(stages.steps(file, agencies, today)),
    ]
    if drawn is not None:
        hint = t("色条为处理期间，红色为超期，箭头为关联：实线由编号确定，虚线由人确认")
        parts.append(html.Section([_heading(t("各机构经过"), hint), lanes_svg.drawing(drawn, agencies, holder)], className="lane"))
    parts.append(html.Div([
        html.Section([_heading(t("经过"), _counted(file), html.Small(t("关联"))), timeline.record_list(file, agencies, today)], className="p"),
        html.Section(known.sections(file, agencies, today), className="p"),
        html.Section([*_place(services, file), *_state(file, agencies, today)], className="p"),
    ], className="sheet m3"))  # fmt: skip
    parts.append(_foot(file, today))
    return [html.Div(parts, **{"data-version": str(file.data_version), "data-code": line.code})]


def _holder(file: MatterFile) -> int | None:
    """The record that holds an open matter: the one taken last of those not closed (matters/derive.py)."""
    opened = [r for r in file.records if r.closed_on is None and lanes.first_day(r)]
    return max(opened, key=lambda r: (r.accepted_on or lanes.first_day(r) or date.min, r.id)).id if opened else None


def _heading(title: str, note: str = "", *more: Any) -> html.Div:
    return html.Div([html.H2(title), html.Small(note), html.Div(className="sp"), *more], className="ph")


def _counted(file: MatterFile) -> str:
    text = t("新的在上，{n} 条记录", n=len(file.records))
    return f"{text}，{t('另有 {n} 条在您的范围以外', n=file.others_outside)}" if file.others_outside else text  # i18n: punctuation


def _crumbs(services: Any, scope: Scope, line: MatterLine) -> html.Div:
    """City or county › township › matters › code; each step a link inside the reader's area."""
    steps: list[Any] = []
    for code in (line.county_code, line.town_code):
        if code and scope.covers(line.county_code, line.town_code if code == line.town_code else ""):
            info = services.areas.info(code)
            steps += [html.A(words.name_of(info), href=words.at(urlstate.area_path(code, info.level))), html.Span("›")]
    steps += [html.A(t("事项"), href=words.at("/matters")), html.Span("›"), html.B(line.code)]
    printing = html.Button(t("打印"), className="btn", **{"data-act": "print"})
    looking = moment.control(asof.current(), services.now(), services.moments.first())
    return html.Div([html.Div(steps, className="crumb"), html.Div(className="sp"), looking, printing], className="bar")


def _head(file: MatterFile, agencies: Mapping[str, Agency], today: date) -> html.Section:
    """Title, the facts in one line, and who has it until when."""
    line = file.matter
    clock, tone = words.clock(line)
    people = t("（{n} 人）", n=words.count(line.people)) if line.people else ""
    facts = [words.category(line.category), words.word(SCALES, line.scale) + people]
    if line.amount:
        facts.append(t("涉及 {x}", x=words.yuan(line.amount)))
    facts.append(words.place(line))
    shown: list[Any] = [html.Span(f) for f in facts]
    shown.append(html.Span(_split(t("{n} 条记录，{m} 个机构", n="\0", m="\1"), line)))
    due = t("至 {day} {weekday}", day=words.near_day(line.due_on, today), weekday=words.weekday(line.due_on)) if line.due_on else ""
    ended = _fact(t("结果"), words.word(OUTCOMES, line.outcome or ""), t("{day} 办结", day=words.near_day(line.closed_on, today)))
    clocked = ended if not line.is_open else _fact(t("时限"), clock, due, tone)
    owners = dict.fromkeys(r.owner for r in sorted(file.records, key=lambda r: r.id) if r.owner and r.owner != line.owner)
    before = t("此前 {names}", names=fmt.join(list(owners))) if owners else ""
    source = _fact(t("首报机构"), words.agency(agencies, line.first_agency), words.word(CHANNELS, line.channel) if line.channel else "")
    return html.Section([
        html.Div([html.H1(line.title or t("（无事由）")), html.P(shown, className="s facts")]),
        html.Dl([clocked, _fact(t("主责"), line.owner or words.DASH, before), source]),
    ], className="hd")  # fmt: skip


def _split(text: str, line: MatterLine) -> list[Any]:
    """Put the two counts, in bold with their raw values, into the places marked in the text."""
    before, rest = text.split("\0")
    middle, after = rest.split("\1")
    return [before, _bold(line.record_count, "records"), middle, _bold(len(line.agencies), "agencies"), after]


def _bold(value: int, key: str) -> html.B:
    return html.B(words.count(value), **{"data-figure": key, "data-value": str(value)})


def _fact(name: str, value: str, note: str, tone: str = "") -> html.Div:
    return html.Div([html.Dt(name), html.Dd([html.Strong(value, className=f"ell {tone}", title=value), html.Small(note or "\u00a0")])])


def _place(services: Any, file: MatterFile) -> list[Any]:
    """Where it is: the county with the township tinted and, where there are coordinates, a dot."""
    line = file.matter
    out: list[Any] = [_heading(t("地点"), _located(file))]
    source = services.areas.static.get(line.county_code)
    if source:
        town = services.areas.info(line.town_code) if line.town_code else None
        county = services.areas.info(line.county_code)
        label = line.village or line.town or line.county
        out.append(small_map.place_map(source, words.name_of(county), town.code if town else "", file.lon, file.lat, label))
    else:
        out.append(html.P(t("没有记录说得出地点，不在地图上。"), className="s"))
    if file.listed:
        names = [html.A(n, href=words.at("/listings"), className="n") for n in file.listed]
        out.append(html.P([t("{town} 在挂牌整治中：", town=line.town or line.county), *names], className="s lst"))
    return out


def _located(file: MatterFile) -> str:
    """How the place is known."""
    if file.lon is not None:
        return t("经纬度，WGS-84")
    return {True: t("只到乡镇"), False: t("只到县")}[bool(file.matter.town_code)] if file.matter.county_code else t("未定位")


def _state(file: MatterFile, agencies: Mapping[str, Agency], today: date) -> list[Any]:
    """What came of it so far."""
    line = file.matter
    rated = {None: t("未评价"), True: t("满意"), False: t("不满意")}[line.satisfied]
    confirmed = next((r for r in timeline.by_time(file.records) if r.kind == "confirmation"), None)
    rows = [
        (t("受理"), words.near_day(line.accepted_on, today)),
        (t("阶段"), words.stage(line.stage)),
        (t("司法确认"), _confirmation(confirmed, today)),
        (t("结果"), words.word(OUTCOMES, line.outcome or "")),
        (t("评价"), rated),
    ]
    items = [html.Li([html.Span(name), html.B(value)]) for name, value in rows]
    return [html.Div(_heading(t("办理进度")), className="gap"), html.Ul(items, className="kvl")]


def _confirmation(record: Any, today: date) -> str:
    if record is None:
        return words.DASH
    if record.closed_on:
        return f"{words.near_day(record.closed_on, today)} {words.ending(record)}"
    return t("{day} 申请，待出", day=words.near_day(lanes.first_day(record), today))


def _foot(file: MatterFile, today: date) -> html.Footer:
    line = file.matter
    end = line.closed_on or today
    spans = []
    if line.opened_on:
        spans.append(t("{day} 首次反映，历时 {n} 天", day=line.opened_on.isoformat(), n=(end - line.opened_on).days))
    if line.accepted_on:
        spans.append(t("受理起 {n} 天", n=(end - line.accepted_on).days))
    return html.Footer([html.Span(t("；").join(spans)), html.Span(t("事项第 {n} 版", n=file.version))], className="foot")
