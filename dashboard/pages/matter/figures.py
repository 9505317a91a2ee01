"""The parts of a matter's file, put together."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import lanes, lanes_svg, small_map
from dashboard.i18n import t
from dashboard.pages.matter import head, history, known, links, passage, people, progress, stages
from dashboard.pages.matter.parts import heading
from dashboard.pages.matter.reading import Reading, read
from matters.access import Scope
from services.shapes import MatterFile


def body(services: Any, scope: Scope, file: MatterFile, asked: str = "") -> list[Any]:
    """The whole file of a matter; `asked` is the code it was asked for by, a former one perhaps."""
    now = read(services, scope, file)
    parts: list[Any] = [head.crumbs(services, now), *head.moved(now, asked), *known.since_then(file), head.head(now)]
    parts += [stages.bar(stages.steps(now)), *_lanes(now)]
    parts.append(el.Div([
        el.Section([*passage.section(now), history.section(now)], className="p"),
        el.Section([*people.section(file, now.agencies, scope), *links.section(now), *known.sources(now)], className="p"),
        el.Section([*_place(services, file), *progress.sections(now)], className="p"),
    ], className="sheet m3"))  # fmt: skip
    parts.append(head.foot(now))
    return [el.Div(parts, data_version=str(file.data_version), data_code=file.matter.code)]


def _lanes(now: Reading) -> list[Any]:
    """The agencies' ways side by side."""
    drawn = lanes.lay_out(now.file, now.today)
    if drawn is None:
        return []
    holder = _holder(now.file) if now.file.matter.is_open else None
    hint = t("色条为处理期间，红色为超期，箭头为关联：实线由编号确定，虚线由比对或由人确认")
    return [el.Section([heading(t("各机构经过"), hint, first=True), lanes_svg.drawing(drawn, now.agencies, holder)], className="lane")]


def _holder(file: MatterFile) -> int | None:
    """The record that holds an open matter: the one taken last of those not closed (matters/derive.py)."""
    opened = [r for r in file.records if r.closed_on is None and lanes.first_day(r)]
    return max(opened, key=lambda r: (r.accepted_on or lanes.first_day(r) or date.min, r.id)).id if opened else None


def _place(services: Any, file: MatterFile) -> list[Any]:
    """Where it is: the county with the township tinted and, where there are coordinates, a dot."""
    line = file.matter
    out: list[Any] = [heading(t("地点"), _located(file), first=True)]
    source = services.areas.static.get(line.county_code)
    if source:
        town = services.areas.info(line.town_code) if line.town_code else None
        county = services.areas.info(line.county_code)
        label = line.village or line.town or line.county
        out.append(small_map.place_map(source, words.name_of(county), town.code if town else "", file.lon, file.lat, label))
    else:
        out.append(el.P(t("没有记录说得出地点，不在地图上。"), className="s"))
    if file.listed:
        names = [el.A(n, href=words.at("/listings"), className="n") for n in file.listed]
        out.append(el.P([t("{town} 在挂牌整治中：", town=line.town or line.county), *names], className="s lst"))
    return out


def _located(file: MatterFile) -> str:
    """How the place is known."""
    if file.lon is not None:
        return t("经纬度，WGS-84")
    return {True: t("只到乡镇"), False: t("只到县")}[bool(file.matter.town_code)] if file.matter.county_code else t("未定位")
