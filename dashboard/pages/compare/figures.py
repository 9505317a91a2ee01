"""Two periods as the parts of their page: bar, state line, figures, two maps in one set of classes, the table of differences."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import no_update

from dashboard import el, urlstate
from dashboard.classes import Breaks
from dashboard.components import area_map, explained, filter_bar, fmt, map_legend
from dashboard.components.filter_bar import area_name
from dashboard.guard import Here
from dashboard.i18n import pick, t
from dashboard.links import Links
from matters.indicators import INDICATORS
from matters.periods import Window
from services.shapes import AreaRow, Change, Figure, Overview
from services.two import SHOWN, Pair, Two

OWN = "with"  # in the address: the second period, when it is none of the comparisons


def beside(at: Here) -> Window | None:
    """The second period that the address names; None for that of the comparison, also where it cannot be read."""
    a, dots, b = at.state.extra.get(OWN, "").partition("..")
    try:
        return Window(urlstate.day(a), urlstate.day(b)) if dots else None
    except ValueError:
        return None


def answer(services: Any, at: Here, two: Two, today: date, breaks: Breaks) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The panels, and numbers of each map."""
    links, files = Links(at), services.areas.static
    why = explained.Explainer(two.a, links, services.feeds.gives, (services.settings.unaccepted_days, services.settings.unhandled_days))
    foot = t("两图用同一套分级，取自最近一个整年；每个数字点开是它那一段的清单")
    trees = {
        "bar": _bar(services, two, today, links), "state": _state(two, at, services.feeds.agencies()),
        "figs": [_card(f, links, two, why) for f in two.figures], "table": _table(two, links),
        "foot": [el.Span(foot), el.Span(None, data_version=str(two.a.data_version))],
        "a-head": _head(t("本段"), two.a.window), "b-head": _head(t("对照"), two.b.window),
    }  # fmt: skip
    if two.a.area.level == "township":  # no areas below: css/compare.css takes the maps away
        return trees, (no_update,) * 2
    maps = []
    classes = area_map.classes_of(two.a, "", breaks)  # of the first period: the same for both
    for side, o in (("a", two.a), ("b", two.b)):
        trees[f"{side}-legend"] = map_legend.legend(o, links, classes, None, {}, services.settings.small_population, 0)
        maps.append(area_map.hideout(o, links, classes, None, files, (), _below(o, links)))
    return trees, tuple(maps)


def _below(o: Overview, links: Links) -> str:
    """A click on an area compares the same periods there."""
    return links.same(area="{code}")


def _head(word: str, window: Window) -> list[el.Node]:
    return [el.H2(word), el.Span(fmt.window(window)), el.Small(t("{n} 天", n=window.days))]


def _bar(services: Any, two: Two, today: date, links: Links) -> list[el.Node]:
    area, own = two.a.area, bool(links.here.state.extra.get(OWN))
    names = [el.A(pick(INDICATORS[k].zh, INDICATORS[k].en), href=links.same(indicator=k), aria_current="true" if k == two.indicator else None) for k in SHOWN]
    chosen = pick(INDICATORS[two.indicator].zh, INDICATORS[two.indicator].en)
    head = el.Summary([el.Small(t("指标")), el.Span(chosen), el.icon("down", 12)], "sel", aria_label=t("指标 {name}", name=chosen))
    which = el.Details([head, el.Div(names)], "drop")
    up = urlstate.down(area.code, area.level, links.here.state)
    path = [el.A(area_name(area), href=up), el.Span("›", aria_hidden="true"), el.H1(t("两段并排"))]
    seg = [el.A(word, href=_without(to), title=said, aria_current="true" if key == two.a.compare and not own else None)
           for key, word, to, said in filter_bar.ways(two.a.window, today, links)]  # fmt: skip
    words = {"data_from_word": t("自"), "data_to_word": t("至"), "data_apply": t("对照这一段")}
    form = el.Form(None, "dates", data_act="beside", data_from=two.b.window.start.isoformat(), data_to=two.b.window.end.isoformat(), **words)
    head = el.Summary(t("另选一段"), aria_label=t("另选对照的一段"))
    exact = el.Details([head, el.Div(form)], "drop exact" + (" on" if own else ""))
    apart = el.A(t("看变化由什么构成"), "btn", href=explained.changed(two.a, links, two.indicator))
    return [el.Div(path, f"crumb {area.level}"), el.Div(None, "sp"), which, *filter_bar.periods(two.a.window, today, links),
            el.Div([*seg, exact], "seg", role="group", aria_label=t("比较")), *filter_bar.facets(links, services.feeds.agencies()),
            *([] if own else [apart]), el.Button(t("打印"), "btn", data_act="print")]  # fmt: skip


def _without(address: str) -> str:
    """An address without the second period of its own."""
    path, _, query = address.partition("?")
    kept = "&".join(p for p in query.split("&") if p and not p.startswith(f"{OWN}="))
    return f"{path}?{kept}" if kept else path


def _state(two: Two, at: Here, agencies: dict[str, Any]) -> list[el.Node]:
    said = [el.Span(t("{a} 对 {b}", a=fmt.window(two.a.window), b=fmt.window(two.b.window)))]
    own = beside(at)
    if own is None and two.a.compare == "lunar":
        said.append(el.Span(filter_bar.aligned(two.a.window, two.a.compared)))
    if two.a.window.days != two.b.window.days:
        said.append(el.Span(t("两段长短不同（{a} 天和 {b} 天），件数不宜直接比", a=two.a.window.days, b=two.b.window.days), "wait", role="status"))
    return [*said, el.Span(t("更新中"), "busy m"), el.Div(None, "sp"), *filter_bar.late_notice(two.a, agencies, Links(at))]


def _card(pair: tuple[Figure, Figure, Change], links: Links, two: Two, why: explained.Explainer) -> el.Node:
    """One figure of both periods, and the difference."""
    a, b, c = pair
    word = pick(INDICATORS[a.key].zh, INDICATORS[a.key].en)
    unit = "%" if a.unit == "%" else t("件")
    text = [fmt.share(f.value) if f.unit == "%" else fmt.num(f.value) for f in (a, b)]
    then = el.Span([el.Small(t("对照")), links.number(text[1], b.rows, f"{b.key}.beside", b.value, className="")], "cmp")
    value = el.Div([el.Strong(links.number(text[0], a.rows, a.key, a.value, className="")), el.Span(unit), then], "v")
    below = el.Div([t("变化 "), el.B(change_words(c))], "d")
    label = el.Div([el.B([el.A(word, href=links.same(indicator=a.key)), why.info(a.key, word)])], "l")
    return el.Div([label, value, below], f"fig fig-{a.key}", role="group", aria_label=word, aria_current="true" if a.key == two.indicator else None)


def change_words(c: Change) -> str:
    """A change in words; why there is none."""
    return fmt.change(c) or {"withheld": t("源迟到，暂不比较"), "none": t("件数太少，不比较")}.get(c.kind, fmt.NONE)


def _table(two: Two, links: Links) -> list[el.Node]:
    unit = area_map.unit(two.indicator, "")
    name = pick(INDICATORS[two.indicator].zh, INDICATORS[two.indicator].en)
    rate = INDICATORS[two.indicator].unit == "%"
    heads = [el.Th(t("地区"), "t", scope="col"), *(el.Th([el.Span(word), el.Span(said)], scope="col") for word, said in (
        (t("本段"), unit), (t("对照"), unit), (t("差"), t("点") if rate else unit), (t("变化"), "%" if not rate else t("点"))))]  # fmt: skip
    rows = [_row(p, two, links, area_name(p.a), "") for p in two.rows]
    rows += [_row(p, two, links, t("只到县") if p.a.located == "county" else t("未定位"), "rest") for p in two.others]
    rows.append(_row(two.total, two, links, area_name(two.a.area), "sum"))
    head = el.Div([el.H2(t("{name}，两段对照", name=name)), el.Small(t("按本段从高到低"))], "ph")
    return [head, el.Div(el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], "beside"), "scroll")]


def _row(p: Pair, two: Two, links: Links, who: str, kind: str) -> el.Node:
    key, part = two.indicator, INDICATORS[two.indicator].part
    raw = [getattr(r, key, None) for r in (p.a, p.b)]
    area = p.a.area or p.a.located
    cells = [el.Td(links.number(fmt.value(key, v), _rows(r, part), f"{key}.{side}", v, area)) for side, r, v in zip("ab", (p.a, p.b), raw, strict=True)]
    now, then = raw
    rate = INDICATORS[key].unit == "%"
    unsure = p.change.kind == "withheld" or (rate and p.change.kind == "none")
    gap = None if now is None or then is None or unsure else now - then
    said = fmt.NONE if gap is None else fmt.signed(gap * 100, 1) if rate else fmt.signed(gap, 1 if key == "per_10k" else 0)
    name: Any = who if kind else el.A(who, href=links.same(area=p.a.area))
    return el.Tr([el.Th(name, "t", scope="row"), *cells, el.Td(said), el.Td(change_words(p.change))], kind, data_row=area)


def _rows(r: AreaRow, part: str) -> Any:
    return r.rows.with_(part=part)


