"""What each agenda item says: a headline for the screen and the paragraphs of the bulletin, made from the frozen tables alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matters.meetings import months, period
from matters.periods import Window
from services.meeting_words import joined, moved, percent, rate, sentence

Body = Mapping[str, Any]
Line = Mapping[str, Any]


def window(body: Body, name: str = "window") -> Window:
    """A window of a body."""
    return Window(*(date.fromisoformat(d) for d in body[name]))


def lines(body: Body, key: str) -> list[dict[str, Any]]:
    """The lines of a table by column, without its total and what is no kind of its own; [] when the body has no such table."""
    found = body["tables"].get(key)
    if found is None:
        return []
    names = [c["key"] for c in found["columns"]]
    return [{**dict(zip(names, r["cells"], strict=True)), "key": r.get("key", "")} for r in found["rows"] if not r.get("sum") and not r.get("rest")]


def said(zh: str, en: str, *paras: str) -> dict[str, Any]:
    """A headline in both languages, and paragraphs."""
    return {"zh": zh, "en": en, "paras": [p for p in paras if p]}


def overall(body: Body) -> dict[str, Any]:
    """The window, the centres, rates, filings, the year so far, and which feeds are late."""
    f = {x["key"]: x for x in lines(body, "overall")}
    n, name, where = f["accepted"]["value"]["n"], period(body["kind"], window(body)), body["where"]
    yoy, days = moved(f["accepted"]["yoy"], "yoy"), window(body).days
    before = f"前{days}日"
    pop = moved(f["accepted"]["pop"], "pop", before) if body["kind"] != "year" else ""
    first = sentence(f"{name}，{where}共受理矛盾纠纷{n:.0f}件", yoy, _moon(f["accepted"]), pop)
    centre = sentence(f"其中各级矛盾纠纷多元化解中心受理{f['centre']['value']['n']:.0f}件", moved(f["centre"]["yoy"], "yoy"))
    solved = sentence(rate(f["resolved_rate"]["value"], "已办结或超期的", "化解", "化解率"), moved(f["resolved_rate"]["yoy"], "yoy"))
    stock = sentence(f"当前在办{f['open']['value']['n']:.0f}件", f"超期未结{f['overdue']['value']['n']:.0f}件")
    rated = sentence(rate(f["satisfaction"]["value"], "回访评价", "满意", "满意率"), moved(f["satisfaction"]["yoy"], "yoy"))
    civil = f["civil_filings"]
    filed = sentence(f"民商事一审立案{civil['value']['n']:.0f}件", moved(civil["yoy"], "yoy"), _moon(civil), _filings(body))
    head = f"{name}受理{n:.0f}件" + (f"，{yoy}" if yoy else "")
    return said(head, f"{n:,.0f} matters accepted", first + centre + solved + stock + rated, filed, _year(body, f), late(body))


def _moon(figure: Line) -> str:
    """The same days counted from Spring Festival, around which the calendar's own say little."""
    return moved(figure["lunar"], "lunar") if "lunar" in figure else ""


def _year(body: Body, f: Mapping[str, Line]) -> str:
    """The year so far, where the window is not that already."""
    if body["window"] == body["year"]:
        return ""
    a, c = f["accepted"], f["civil_filings"]
    until = window(body, "year")
    return sentence(f"{until.start.year}年{months(until)}累计受理{a['year']['n']:.0f}件", moved(a["year_yoy"], "yoy")) + sentence(
        f"累计民商事一审立案{c['year']['n']:.0f}件", moved(c["year_yoy"], "yoy"))  # fmt: skip


def _filings(body: Body) -> str:
    """Which areas fell most, and all that rose."""
    known = [x for x in lines(body, "areas") if x["civil_yoy"].get("c") == "percent" and x["civil_yoy"]["v"] is not None]
    fell = sorted((x for x in known if x["civil_yoy"]["v"] < 0), key=lambda x: x["civil_yoy"]["v"])[:2]
    rose = sorted((x for x in known if x["civil_yoy"]["v"] > 0), key=lambda x: -x["civil_yoy"]["v"])[:3]
    return joined([_two(fell, "下降"), _two(rose, "上升")])


def _two(found: Sequence[Line], word: str) -> str:
    if not found:
        return ""
    names, sizes = "、".join(x["name"]["s"] for x in found), "、".join(percent(abs(x["civil_yoy"]["v"])) for x in found)
    return f"{names}{'分别' if len(found) > 1 else ''}{word}{sizes}"


def late(body: Body) -> str:
    """Which feeds were late when it was frozen."""
    if not body["stale"]:
        return ""
    each = "、".join(f"{s['zh']}（数据止于{_day(s['until'])}）" if s["until"] else f"{s['zh']}（尚无数据）" for s in body["stale"])
    return f"数据冻结时{each}数据源延迟，涉及上述来源的比较不列。"


def _day(text: str) -> str:
    d = date.fromisoformat(text[:10])
    return f"{d.month}月{d.day}日"


def _any(body: Body, key: str) -> list[dict[str, Any]]:
    """The bars that are longer than nothing."""
    return [x for x in lines(body, key) if x["accepted"]["n"]]


def _kinds(body: Body, key: str, most: int) -> str:
    """The longest bars with their shares."""
    found = _any(body, key)[:most]
    return "、".join(f"{_named(x)}{x['accepted']['n']:.0f}件（占{percent(x['share']['n'], 1)}）" for x in found)


def _named(x: Line) -> str:
    """A name before a number; one that ends with a digit (公安 110) stands in quotes."""
    name = str(x["name"]["s"])
    return f"“{name}”" if name[-1:].isdigit() else name


def channels(body: Body) -> dict[str, Any]:
    """All ways in."""
    found = _any(body, "channels")
    if not found:
        return said("本期矛调中心没有受理", "The centres accepted nothing")
    top = found[0]
    head = f"{top['name']['s']}占{percent(top['share']['n'], 1)}"
    return said(head, f"{top['name'].get('e', '')}: {percent(top['share']['n'], 1)}", f"矛调中心受理渠道：{_kinds(body, 'channels', 9)}。")


def categories(body: Body) -> dict[str, Any]:
    """The five longest, what rose, and how late feeds touch it."""
    found = _any(body, "categories")
    if not found:
        return said("本期没有受理", "Nothing accepted")
    top = found[:5]
    share = sum(x["share"]["n"] for x in top)
    head = "、".join(f"{x['name']['s']}{percent(x['share']['n'], 1)}" for x in top[:2])
    rose = sorted((x for x in found if x["yoy"]["c"] == "percent" and (x["yoy"]["v"] or 0) >= 0.1), key=lambda x: -x["yoy"]["v"])[:3]
    more = sentence("同比上升较多的是" + "、".join(f"{x['name']['s']}（{percent(x['yoy']['v'])}）" for x in rose)) if rose else ""
    first = f"居前{len(top)}位的是{_kinds(body, 'categories', 5)}，合计占{percent(share, 1)}。"
    return said(head, ", ".join(x["name"].get("e", "") for x in top[:2]), first + more)


def departments(body: Body) -> dict[str, Any]:
    """Who reported first."""
    found = _any(body, "departments")
    if not found:
        return said("本期没有受理", "Nothing accepted")
    head = f"首报机构{len(found)}家，{found[0]['name']['s']}最多"
    return said(head, f"{len(found)} agencies", f"首报机构居前的是{_kinds(body, 'departments', 5)}。")


def areas(body: Body) -> dict[str, Any]:
    """Rates, and whose filings rose."""
    found = [x for x in lines(body, "areas") if x["accepted"]["n"]]
    rated = [x for x in found if x["resolved_rate"]["n"] is not None and not x["resolved_rate"].get("few")]
    rose = [x for x in found if x["civil_yoy"].get("c") == "percent" and (x["civil_yoy"]["v"] or 0) > 0]
    unit = "个县（市、区）" if body["level"] == "city" else "个乡镇（街道）"
    if not rated:
        return said(f"{len(found)}{unit}受理，件数太少，不比化解率", f"{len(found)} areas, too few matters to compare", _areas_para(found, []))
    least = min(rated, key=lambda x: x["resolved_rate"]["n"])
    tail = f"，{rose[0]['name']['s']}立案不降反升" if len(rose) == 1 else f"，{len(rose)}{unit}立案上升" if rose else ""
    floor = int(least["resolved_rate"]["n"] * 100)
    head = f"{len(rated)}{unit}化解率均在{floor}%以上{tail}" if len(rated) == len(found) else f"化解率最低的是{least['name']['s']}{tail}"
    return said(head, f"Lowest resolved rate: {least['name'].get('e', '')} {percent(least['resolved_rate']['n'])}", _areas_para(found, rated))


def _areas_para(found: Sequence[Line], rated: Sequence[Line]) -> str:
    top = sorted(found, key=lambda x: -x["accepted"]["n"])[:3]
    first = f"受理量居前的是{'、'.join(f'''{x['name']['s']}{x['accepted']['n']:.0f}件''' for x in top)}" if top else ""
    if not rated:
        return sentence(first)
    order = sorted(rated, key=lambda x: x["resolved_rate"]["n"])
    ends = f"化解率最高的是{order[-1]['name']['s']}（{percent(order[-1]['resolved_rate']['n'])}），最低的是{order[0]['name']['s']}"
    return sentence(first, f"{ends}（{percent(order[0]['resolved_rate']['n'])}）")


def towns(body: Body) -> dict[str, Any]:
    """The most, the lowest, and how many are too small to be ranked."""
    most, low = lines(body, "towns_most"), lines(body, "towns_low")
    first = "受理较多的乡镇（街道）是" + "、".join(f"{x['name']['s']}{x['accepted']['n']:.0f}件" for x in most[:5]) if most else ""
    worst = "化解率靠后的是" + "、".join(f"{x['name']['s']}（{percent(x['resolved_rate']['n'])}）" for x in low[:5]) if low else ""
    note = body["tables"]["towns_low"]["note"]["zh"] if "towns_low" in body["tables"] else ""
    head = f"{most[0]['name']['s']}受理最多，{low[0]['name']['s']}化解率最低" if most and low else "乡镇件数太少，不排名"
    return said(head, "Townships with enough matters to be compared", sentence(first, worst), sentence(note))


def listings(body: Body) -> dict[str, Any]:
    """How many fell, how many did not, and each in a word."""
    found, asked = lines(body, "listings"), lines(body, "proposals")
    names = "、".join(x["name"]["s"] for x in asked)
    more = f"提请审议的挂牌{len(asked)}处：{names}。" if asked else ""
    zh, en = (f"，{len(asked)}处提请审议", f", {len(asked)} to consider") if asked else ("", "")
    if not found:
        return said(f"没有在挂的整治{zh}", f"No listing in force{en}", more)
    by: dict[str, list[Line]] = {}
    for x in found:
        by.setdefault(x["verdict"]["s"], []).append(x)
    each = "；".join(f"{'、'.join(x['name']['s'] for x in group)}{verdict}" for verdict, group in by.items())
    fell = len(by.get("下降", []))
    return said(f"在挂{len(found)}处，{fell}处下降{zh}", f"{len(found)} listings in force, {fell} fell{en}", f"在挂整治{len(found)}处：{each}。{more}")


def overdue(body: Body) -> dict[str, Any]:
    """How many, where, and which cards stand."""
    f = {x["key"]: x for x in lines(body, "overall")}
    n = f["overdue"]["value"]["n"] or 0
    where = sorted((x for x in lines(body, "areas") if x["overdue"]["n"]), key=lambda x: -x["overdue"]["n"])[:3]
    steps = [f"{x['step']['s']}{x['cards']['n']}次" for x in lines(body, "cards") if x["cards"]["n"]]
    place = "其中" + "、".join(f"{x['name']['s']}{x['overdue']['n']}件" for x in where) if where else ""
    head = f"超期未结{n:.0f}件" + (f"，{'、'.join(steps)}" if steps else "")
    return said(head, f"{n:,.0f} overdue", sentence(f"超期未结{n:.0f}件", place) + (f"在效督办措施：{'、'.join(steps)}。" if steps else ""))


def decisions(body: Body) -> dict[str, Any]:
    """What became of the earlier decisions."""
    found = lines(body, "decisions")
    if not found:
        return said("没有待回看的决定", "No earlier decisions")
    states = [x["key"] for x in found]
    done, late_, running = (states.count(s) for s in ("done", "late", "open"))
    head = f"上次{len(found)}项决定：办结{done}项，到期未办{late_}项，进行中{running}项"
    overdue_ = "；".join(f"{x['what']['s']}（{x['who']['s']}）" for x in found if x["key"] == "late")
    return said(head, f"{len(found)} earlier decisions: {done} done, {late_} overdue", f"{head}。" + (f"到期未办：{overdue_}。" if overdue_ else ""))


def listed(body: Body, key: str, zh: str, en: str) -> dict[str, Any]:
    """Tables that come with their own sentences (signals, letters): `says` of the table."""
    found = body["tables"].get(key)
    return dict(found["says"]) if found else said(zh, en)


SAYS = {
    "overall": overall, "channels": channels, "categories": categories, "counties": areas, "towns": towns, "departments": departments,
    "signals": lambda body: listed(body, "signals", "没有预警信号", "No signals"),
    "letters": lambda body: listed(body, "letters", "没有提示函", "No letters"),
    "listings": listings, "overdue": overdue, "decisions": decisions,
}  # fmt: skip
