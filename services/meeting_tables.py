"""The tables of a meeting that come from the figures. Every number carries the filter of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matters.categories import CATEGORIES
from matters.vocabulary import CHANNELS
from services.frozen import change, count, row, share, table, words
from services.meeting_frame import Frame, figure, part
from services.shapes import AreaRow

TOP = 10
NAME = ("name", "名称", "Name", "text")
ACCEPTED = ("accepted", "受理/件", "Accepted", "count")
YOY = ("yoy", "同比", "Year on year", "change")
MOON = ("lunar", "同比（按春节对齐）", "Year on year, by Spring Festival", "change")
MOON_NARROW = ("lunar", "春节同比", "Festival yoy", "change")
SHARE = ("share", "占比", "Share", "rate")
RATE = ("resolved_rate", "化解率", "Resolved", "rate")


def overall(q: Frame) -> dict[str, Any]:
    """The five figures: of the window, against the year before and the period before, and of the year so far."""
    rows = [_figure_row(q, key, zh, en) for key, zh, en in (
        ("accepted", "受理", "Accepted"), ("resolved_rate", "化解率", "Resolved rate"), ("satisfaction", "满意率", "Satisfaction"),
        ("civil_filings", "民商事一审立案", "Civil filings"))]  # fmt: skip
    rows.insert(1, _centre(q))
    stock = figure(q.by_year, "overdue")
    rows += [row(words(zh, en), count(part(q.by_year, "overdue", "open").value if key == "open" else stock.value,
                                      q.filter(window=None, part=key)), *[words("—")] * (5 if q.by_moon else 4), key=key)
             for key, zh, en in (("open", "当前在办", "Open now"), ("overdue", "超期未结", "Overdue now"))]  # fmt: skip
    columns = (("name", "指标", "Figure", "text"), ("value", "本期", "Window", "count"), YOY, *([MOON] if q.by_moon else []),
               ("pop", "环比", "Period before", "change"), ("year", "今年累计", "Year so far", "count"),
               ("year_yoy", "累计同比", "Year on year so far", "change"))  # fmt: skip
    return table(("总体情况", "Overall"), columns, rows)


def _figure_row(q: Frame, key: str, zh: str, en: str) -> dict[str, Any]:
    now, before, year = (figure(o, key) for o in (q.by_year, q.by_period, q.so_far))
    values = [_value(q, o, key) for o in (q.by_year, q.so_far)]
    moon = [change(figure(q.by_moon, key).change)] if q.by_moon else []
    return row(words(zh, en), values[0], change(now.change), *moon, change(before.change), values[1], change(year.change), key=key)


def _value(q: Frame, o: Any, key: str) -> dict[str, Any]:
    f = figure(o, key)
    if f.unit != "%":
        return count(f.value, f.rows)
    top, bottom = {"resolved_rate": ("resolved", "settled"), "satisfaction": ("satisfied", "rated")}[key]
    return {**share(part(o, key, top).value, part(o, key, bottom).value, q.small, f.rows), "rate": True}


def _centre(q: Frame) -> dict[str, Any]:
    """What the centres accepted of it."""
    yoy, pop = (q.whole(q.filter(agency="centre", compare=how)) for how in ("yoy", "pop"))
    year = q.whole(q.filter(agency="centre", window=q.year))
    moon = [change(q.whole(q.filter(agency="centre", compare="lunar")).accepted_change)] if q.by_moon else []
    return row(words("其中矛调中心受理", "of these by the centres"), count(yoy.accepted, yoy.rows), change(yoy.accepted_change), *moon,
               change(pop.accepted_change), count(year.accepted, year.rows), change(year.accepted_change), key="centre")  # fmt: skip


def months(q: Frame) -> dict[str, Any]:
    """The last months, each with the same month a year before."""
    rows = [row(words(f"{m.month:%Y-%m}"), count(m.now, m.rows), count(m.before), words("" if m.complete else "不全", "" if m.complete else "partial"))
            for m in q.by_year.trend]  # fmt: skip
    columns = (("month", "月份", "Month", "text"), ACCEPTED, ("before", "上年同月", "Year before", "count"), ("state", "", "", "text"))
    return table(("逐月受理", "By month"), columns, rows)


def _facets(q: Frame, title: tuple[str, str], facet: str, names: Sequence[tuple[str, str, str]], whole: int, **more: Any) -> dict[str, Any]:
    """A line for each value of a facet, the most first, adding up to the whole."""
    lines = [(zh, en, q.whole(q.filter(**more, **{facet: code}))) for code, zh, en in names]
    lines = sorted((x for x in lines if x[2].accepted or x[2].accepted_before), key=lambda x: -x[2].accepted)
    rows = [_facet_row(q, zh, en, r, whole) for zh, en, r in lines]
    rest = whole - sum(r.accepted for _, _, r in lines)
    if rest:
        rows.append(row(words("未注明", "Not said"), count(rest), share(rest, whole, 0), words("—"), words("—"), rest=True))
    total = q.whole(q.filter(**more))
    rows.append({**_facet_row(q, "合计", "Total", total, whole), "sum": True})
    return table(title, (NAME, ACCEPTED, SHARE, YOY, RATE), rows)


def _facet_row(q: Frame, zh: str, en: str, r: AreaRow, whole: int) -> dict[str, Any]:
    return row(words(zh, en), count(r.accepted, r.rows), share(r.accepted, whole, 0), change(r.accepted_change),
               share(r.resolved, r.settled, q.small, r.rows.with_(part="resolved")))  # fmt: skip


def channels(q: Frame) -> dict[str, Any]:
    """The four ways in, of what the centres accepted."""
    names = [(w.code, w.zh, w.en) for w in CHANNELS.values()]
    whole = q.whole(q.filter(agency="centre")).accepted
    return _facets(q, ("矛调中心受理渠道", "Channels of the centres"), "channel", names, whole, agency="centre")


def categories(q: Frame) -> dict[str, Any]:
    """Canonical categories."""
    names = [(c.code, c.zh, c.en) for c in CATEGORIES.values()]
    return _facets(q, ("纠纷类型", "Categories"), "category", names, q.whole(q.filter()).accepted)


def departments(q: Frame) -> dict[str, Any]:
    """Who reported first: each matter once."""
    names = [(a.key, a.zh, a.en) for a in q.by_year.agencies if a.key]
    return _facets(q, ("首报机构", "First agency"), "first_agency", names, q.whole(q.filter()).accepted)


AREA_COLUMNS = (
    ("name", "地区", "Area", "text"), ACCEPTED, YOY, ("pop", "环比", "Period before", "change"), ("per_10k", "每万人/件", "Per 10,000", "measure"), RATE,
    ("overdue", "超期/件", "Overdue", "count"), ("civil_filings", "立案/件", "Civil filings", "count"), ("civil_yoy", "立案同比", "Filings yoy", "change"),
)  # fmt: skip


def below(q: Frame) -> dict[str, Any]:
    """The areas below, most first, then what is no area, then the whole."""
    before = {(r.area, r.located): r for r in q.lines(q.below, "pop")}
    moon = {(r.area, r.located): r for r in q.lines(q.below, "lunar")} if q.by_moon else None
    lines = sorted(q.lines(q.below), key=lambda r: (not r.area, -r.accepted, r.area))
    rows = [_area(q, r, before.get((r.area, r.located)), [moon.get((r.area, r.located))] if moon is not None else []) for r in lines]
    total = _area(q, q.whole(q.filter()), q.whole(q.filter(compare="pop")), [q.whole(q.filter(compare="lunar"))] if moon is not None else [])
    title = ("各县（市、区）主要指标", "Counties") if q.below == "county" else ("各乡镇（街道）主要指标", "Townships")
    columns = (*AREA_COLUMNS[:3], *([MOON_NARROW] if moon is not None else []), *AREA_COLUMNS[3:])
    return table(title, columns, [*rows, {**total, "sum": True, "key": "all"}])


def _area(q: Frame, r: AreaRow, before: AreaRow | None, moon: Sequence[AreaRow | None]) -> dict[str, Any]:
    stock = r.rows.with_(window=None)
    name = words(r.name, r.en) if r.area != q.area.code else words("全市" if q.area.level == "city" else "合计", "Total")
    return row(name, count(r.accepted, r.rows), change(r.accepted_change), *(change(m.accepted_change) if m else words("—") for m in moon),
               change(before.accepted_change) if before else words("—"),
               count(round(r.per_10k, 2) if r.per_10k is not None else None), share(r.resolved, r.settled, q.small, r.rows.with_(part="resolved")),
               count(r.overdue_now, stock.with_(part="overdue")), count(r.civil_filings, r.rows.with_(part="civil_filings")),
               change(r.civil_filings_change), rest=not r.area, key=r.area or r.located)  # fmt: skip


def towns(q: Frame) -> dict[str, dict[str, Any]]:
    """Townships with the most matters, and the best and worst resolved rates among those with enough matters to be compared."""
    lines = [r for r in q.lines("township") if r.area]
    most = sorted((r for r in lines if r.accepted), key=lambda r: (-r.accepted, r.area))[:TOP]
    enough = sorted((r for r in lines if r.ranked and r.settled >= q.small and r.resolved_rate is not None), key=lambda r: (-(r.resolved_rate or 0), r.area))
    n = min(TOP, len(enough) // 2)
    zh = f"已办结或超期不少于{q.small}件且常住人口达到下限的{len(enough)}个乡镇（街道）参与比较，其余{len(lines) - len(enough)}个件数或人口太少，不排名"
    en = f"{len(enough)} townships with at least {q.small} closed or overdue matters are compared; the other {len(lines) - len(enough)} are too small"
    return {
        "towns_most": _towns(q, (f"受理最多的{len(most)}个乡镇（街道）", "Townships with most matters"), most, ("", "")),
        "towns_high": _towns(q, (f"化解率前{n}位", "Highest resolved rates"), enough[:n], (zh, en)),
        "towns_low": _towns(q, (f"化解率后{n}位", "Lowest resolved rates"), enough[len(enough) - n :][::-1], (zh, en)),
    }


def _towns(q: Frame, title: tuple[str, str], lines: Sequence[AreaRow], note: tuple[str, str]) -> dict[str, Any]:
    rows = [row(words(_named(q, r), r.en), count(r.accepted, r.rows), change(r.accepted_change),
                share(r.resolved, r.settled, q.small, r.rows.with_(part="resolved")),
                count(r.overdue_now, r.rows.with_(window=None, part="overdue")), key=r.area) for r in lines]  # fmt: skip
    columns = (("name", "乡镇（街道）", "Township", "text"), ACCEPTED, YOY, RATE, ("overdue", "超期/件", "Overdue", "count"))
    return table(title, columns, rows, note)


def _named(q: Frame, r: AreaRow) -> str:
    county = q.areas.info(q.areas.info(r.area).parent).name
    return r.name if q.area.level == "county" else f"{county}{r.name}"
