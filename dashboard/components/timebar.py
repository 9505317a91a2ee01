"""The time bar under a map: a slider over weeks or months whose track is a chart, with play; assets/js/time.js moves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from dash import dcc, html

from dashboard import asof
from dashboard.classes import Breaks
from dashboard.components import area_map, fmt, map_state
from dashboard.components.filter_bar import area_name, how
from dashboard.guard import Here
from dashboard.i18n import lang, t
from dashboard.links import Links
from matters.access import Scope
from matters.filters import Filter
from matters.indicators import INDICATORS
from matters.periods import Window, preset, step_of
from services.shapes import AreaInfo, AreaRow
from services.steps import Step

GRAINS = ("week", "month")
WHOLE = {"week": 7, "month": 30}  # days whose breaks every step of a grain has, so that they stay while it plays


def frame(prefix: str) -> html.Div:
    """The place of the bar and its numbers."""
    return html.Div([dcc.Store(id=f"{prefix}-steps"), html.Div(id=f"{prefix}-time", className="time")], className="time-frame")


def grain(links: Links) -> str:
    """'' (closed), week or month, from the address."""
    wanted = links.here.state.extra.get("step", "")
    return wanted if wanted in GRAINS else ""


def fixed(o: Any, links: Links) -> Any:
    """The overview as its classes are to be chosen: with the bar open every step has those of a whole week or month."""
    chosen = grain(links)
    if not chosen or o.window.days > WHOLE[chosen] + 1:
        return o
    return replace(o, window=Window(o.window.start, o.window.start + timedelta(days=WHOLE[chosen] - 1)))


@dataclass(frozen=True, slots=True)
class Screen:
    """What the bar knows of a screen without asking for its overview; the names are those of Overview."""

    area: AreaInfo
    window: Window
    now: datetime
    indicator: str
    filter: Filter


def opened(o: Screen, links: Links, chosen: str) -> str:
    """The address with the bar open: on the step that holds the window's end, or the last whole one before today."""
    today = o.now.date()
    window = step_of(chosen, min(o.window.end, today))
    if window.end >= today:
        window = step_of(chosen, window.start - timedelta(days=1))
    return links.same(window=window, step=chosen)


def data(o: Screen, links: Links, steps: tuple[Step, ...], breaks: Breaks) -> dict[str, Any]:
    """What time.js needs: links and words, and with the bar open every step's numbers for bar and map."""
    chosen, fill = grain(links), map_state.fill(links)
    out: dict[str, Any] = {"grain": chosen, "words": _words(o), "links": {g: opened(o, links, g) for g in GRAINS} | {"off": links.same(step="")}}
    if not steps:
        return out
    classes = area_map.classes_of(fixed(replace(o, window=steps[0].window), links), fill, breaks)
    return out | {
        "area": area_name(o.area), "still": fill == "heat", "now": _at(steps, o.window),
        "steps": [_step(s, o, chosen) for s in steps],
        "v": [] if fill == "heat" else [_values(s, o, classes, fill) for s in steps],
    }  # fmt: skip


def _at(steps: tuple[Step, ...], window: Window) -> int:
    """The step that is the window; −1 when none is."""
    return next((i for i, s in enumerate(steps) if s.window.start == window.start and s.window.end == min(window.end, steps[-1].window.end)), -1)


def _values(s: Step, o: Screen, classes: Any, fill: str) -> dict[str, list[Any]]:
    """As in area_map.hideout: class, text, number of each area."""
    changes = s.changes if fill == "change" else None
    screen: Any = o  # of an overview these ask for the indicator only
    out = {}
    for r in s.rows:
        raw, text = area_map.value(r, screen, changes)
        out[r.area] = [area_map.class_of(r, screen, classes, changes, fill), text, None if raw is None else round(raw, 5)]
    return out


def _step(s: Step, o: Screen, chosen: str) -> dict[str, Any]:
    raw = getattr(s.total, o.indicator, None)
    out: dict[str, Any] = {
        "a": s.window.start.isoformat(), "b": s.window.end.isoformat(), "t": label(s.window, chosen), "n": raw, "s": _said(s.total, o), "c": _change(s, o),
    }  # fmt: skip
    if not s.complete:
        out["open"] = 1
    if s.festival:
        out["feast"] = t("春节 {m}-{d}", m=s.festival.month, d=s.festival.day)
    return out


def label(window: Window, chosen: str) -> str:
    """2026 年 3 月; 2026-03-02 至 03-08."""
    return t("{y} 年 {m} 月", y=window.start.year, m=window.start.month) if chosen == "month" else fmt.window(window)


def _said(total: AreaRow, o: Screen) -> str:
    value = fmt.value(o.indicator, getattr(total, o.indicator, None))
    return f"{value}%" if INDICATORS[o.indicator].unit == "%" and value != fmt.NONE else f"{value} {area_map.unit(o.indicator, '')}"


def _change(s: Step, o: Screen) -> str:
    text = fmt.change(s.change)
    return f"{how(s.compare)} {text}" if text else ""


def _words(o: Screen) -> dict[str, str]:
    return {
        "name": t("时间轴：{name}", name=area_map.indicator_name(o.indicator)), "week": t("周"), "month": t("月"), "off": t("收起"), "time": t("时间轴"),
        "play": t("播放"), "pause": t("停下"), "open": t("不全"), "keys": t("←→ 换一段，空格播放"), "playing": t("播放中，停下后全页跟随"),
        "still": t("热力图不播放，换一段后重画"), "none": t("当前时段不是一周或一月，选一段开始"), "lang": lang(),
    }  # fmt: skip


def ask(services: Any, scope: Scope, at: Here, code: str, breaks: Breaks) -> dict[str, Any]:
    """The data of the bar of a screen; nothing is asked for while it is closed."""
    links, chosen, now = Links(at), grain(Links(at)), asof.now(services)
    f = at.state.filter.with_(area=code, window=at.state.filter.window or preset("year", now.date()))
    assert f.window is not None
    screen = Screen(services.areas.info(code), f.window, now, at.state.indicator, f)
    return data(screen, links, services.steps.of(scope, f, at.state.indicator, chosen) if chosen else (), breaks)
