"""The parts of the queue's page: bar, list, the pair side by side, the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import el, panels
from dashboard.components import case_words as cases
from dashboard.components import fmt
from dashboard.i18n import t
from dashboard.pages.linking import words
from dashboard.pages.linking.state import BANDS, PAGE, STATES, LinkState
from dashboard.pages.matter.people import role
from matters.access import Scope
from services.link_shapes import DecisionLine, Pair, PairLine, Queue, Side

ORDER = ("parties", "title", "summary", "category", "county", "town", "village", "place", "day", "accepted_on", "closed_on", "people", "amount", "owner",
         "number", "code")  # fmt: skip


def bar(services: Any, scope: Scope, asked: LinkState, queue: Queue) -> el.Node:
    """Name of the page, states with their counts, area, agency, score."""
    tabs = [
        el.A([f"{t(words.STATES[key])}\u00a0", el.Span(cases.count(queue.counts[key]), data_figure=f"links-{key}", data_value=str(queue.counts[key]))],
             href=asked.href(tab="" if key == "queued" else key), **({"aria_current": "true"} if key == asked.tab else {}))
        for key in STATES
    ]  # fmt: skip
    return el.Div([el.Div(el.H1(t("关联")), "crumb"), el.Div(tabs, "seg", role="navigation", aria_label=t("状态")), el.Div(className="sp"),
                   _areas(services, scope, asked), _agencies(services, asked, queue), _bands(asked)], "bar")  # fmt: skip


def _drop(label: str, links: Sequence[tuple[str, str, bool]]) -> el.Node:
    items = [el.A(text, href=href, **({"aria_current": "true"} if on else {})) for text, href, on in links]
    now = next((text for text, _, on in links if on), links[0][0])
    return el.Details([el.Summary([el.Small(label), now, el.I(className="dn", aria_hidden="true")], "sel"), el.Div(items)], "drop end")


def _areas(services: Any, scope: Scope, asked: LinkState) -> el.Node:
    home = services.areas.home(scope)
    now = asked.area or home.code
    choices = [home, *([] if home.level == "township" else services.areas.children(home.code))]
    if now not in {a.code for a in choices}:
        choices.append(services.areas.info(now))
    return _drop(t("地区"), [(cases.name_of(a), asked.in_area("" if a.code == home.code else a.code), a.code == now) for a in choices])


def _agencies(services: Any, asked: LinkState, queue: Queue) -> el.Node:
    agencies = services.feeds.agencies()
    links = [(t("全部机构"), asked.href(of=""), not asked.agency)]
    links += [(f"{cases.agency(agencies, code)} {cases.count(n)}", asked.href(of=code), code == asked.agency) for code, n in queue.agencies]
    if asked.agency and all(code != asked.agency for code, _ in queue.agencies):
        links.append((cases.agency(agencies, asked.agency), asked.href(), True))
    return _drop(t("机构"), links)


def _bands(asked: LinkState) -> el.Node:
    return _drop(t("分值"), [(t(words.BANDS[key]), asked.href(score=key), key == asked.band) for key in BANDS])


def rows(services: Any, asked: LinkState, queue: Queue, chosen: int) -> list[Any]:
    """The list at the left: surest first."""
    last = asked.offset + len(queue.rows)
    note = t("第 {a}–{b} 对，共 {n} 对", a=asked.offset + 1, b=last, n=cases.count(queue.total)) if queue.rows else ""
    head = el.Div([el.H2(t(words.STATES[asked.tab])), el.Small(note)], "ph")
    if not queue.rows:
        return [head, _none(asked, queue)]
    agencies = services.feeds.agencies()
    lines = el.Ul([_row(line, agencies, asked, line.id == chosen) for line in queue.rows], "lnl")
    ways = [el.A(t("前 {n} 对", n=PAGE), "btn small", href=asked.href(from_no=str(max(0, asked.offset - PAGE)), pair=""))] if asked.offset else []
    ways += [el.A(t("后面的"), "btn small", href=asked.href(from_no=str(last), pair=""))] if last < queue.total else []
    return [head, lines, el.Div(ways, "lnmore") if ways else ""]


def _none(asked: LinkState, queue: Queue) -> el.Node:
    if asked.agency or asked.band or asked.area:
        return panels.empty(t("在这些条件下没有“{state}”的记录对。", state=t(words.STATES[asked.tab])),
                            el.A(t("放开条件"), "btn", href=asked.path))  # fmt: skip
    if asked.tab == "queued":
        way = el.A(t("看自动关联的 {n} 对", n=cases.count(queue.counts["linked"])), "btn", href=asked.href(tab="linked"))
        return panels.empty(t("没有待定的记录对：能确定的已自动关联，其余各自独立。"), way)
    return panels.empty(t("没有“{state}”的记录对。", state=t(words.STATES[asked.tab])), el.A(t("回到待定"), "btn", href=asked.href(tab="")))


def _row(line: PairLine, agencies: Mapping[str, Any], asked: LinkState, on: bool) -> el.Node:
    names = " + ".join(cases.agency(agencies, code) for code in line.agencies)
    apart = t("隔 {n} 天", n=line.days_apart) if line.days_apart is not None else ""
    place = f"{line.county} {line.town}".strip() or t("跨县或未定位")
    held = el.Span(t("被拆开"), "tag w") if line.blocked else ""
    return el.Li(el.A([
        el.B(words.score(line.score), "sc"), el.Span(line.titles[0] or cases.DASH, "ell"), el.Span(line.titles[1] or cases.DASH, "ell"),
        el.Small([names, " · ", place, f" · {apart}" if apart else "", " ", held]),
    ], href=asked.href(pair=str(line.id)), data_pair=str(line.id), **({"aria_current": "true"} if on else {})))  # fmt: skip


def pair(services: Any, scope: Scope, asked: LinkState, found: Pair, last: Sequence[DecisionLine]) -> list[Any]:
    """Both records side by side, the acts, the evidence."""
    agencies = services.feeds.agencies()
    heads = [el.Th("", scope="col"), *(el.Th([cases.agency(agencies, s.agency), " ", _kind(s)], "t", scope="col") for s in (found.one, found.other))]
    body = [row for name in ORDER if (row := _field(name, found)) is not None]
    table = el.Table([el.Thead(el.Tr(heads)), el.Tbody(body)], "lnt")
    facts = [t("隔 {n} 天", n=found.line.days_apart) if found.line.days_apart is not None else t("日期不全")]
    facts.append(t("相距 {n} 公里", n=fmt.num(found.km_apart, 1)) if found.km_apart is not None else t("距离不明：至少一条没有坐标"))
    head = el.Div([el.H2(t("两条记录")), el.Small(" · ".join(facts)), el.Div(className="sp"), el.Small(t("不同之处有底色"))], "ph")
    return [head, table, acts(found, last), _evidence(found)]


def _kind(side: Side) -> el.Node:
    text = t("事项 {code} 共 {n} 条记录", code=side.code, n=side.records) if side.code else t("已不在任何事项中")
    return el.Small(text, "m")


def _field(name: str, found: Pair) -> el.Node | None:
    values = [getattr(found.one, name), getattr(found.other, name)]
    if all(v in ("", None, ()) for v in values):
        return None
    mark = "df" if name in found.differ else "sm" if name in found.same else ""
    cells = [el.Td(_shown(name, v), "t") for v in values]
    return el.Tr([el.Th(t(words.FIELDS[name]), "t", scope="row"), *cells], mark, data_field=name)


def _shown(name: str, value: Any) -> Any:
    if value in ("", None, ()):
        return cases.DASH
    if name == "parties":
        return fmt.join([f"{role(code) if code else ''} {who}".strip() for code, who in value])
    if name == "category":
        return cases.category(value)
    if name == "code":
        return el.A(value, "lk", href=cases.at(f"/matter/{value}"))
    if name in ("people", "amount"):
        return cases.count(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def acts(found: Pair, last: Sequence[DecisionLine]) -> el.Node:
    """One button and one key each; a reason may be written, and need not."""
    state, key = found.line.state, str(found.line.id)
    out: list[Any] = []
    if state not in ("accepted", "linked", "joined"):
        out.append(el.Button([t("接受：是一件"), " ", el.Code("a")], "btn pri", data_linking="accept", data_pair=key))
    if state != "split":
        out.append(el.Button([t("拆开：是两件"), " ", el.Code("s")], "btn", data_linking="split", data_pair=key))
    if state == "queued":
        out.append(el.Button([t("跳过"), " ", el.Code("x")], "btn", data_linking="skip", data_pair=key))
    mine = next((d for d in (*found.decisions, *last) if not d.undone_by), None)
    if mine is not None:
        out.append(el.Button([t("撤销第 {n} 号决定", n=mine.id), " ", el.Code("u")], "btn", data_linking="undo", data_decision=str(mine.id)))
    why = el.Span(className="lnwhy", data_label=t("理由（可不写）"), data_hint=t("例如：当事人电话核实"))
    history = [el.Li(words.decided(d)) for d in found.decisions]
    return el.Div([el.Div([*out, why], "lna"), el.Ul(history, "lnh") if history else ""], "lnacts") if found.may else el.Div(el.Ul(history, "lnh"))


def _evidence(found: Pair) -> el.Node:
    """The score between its thresholds, and weights that add up to it, each from where the one before ended."""
    scale = el.Span([el.I(className="at", style={"left": f"{found.line.score * 100:.1f}%"}),
                     *(el.I(className="th", style={"left": f"{x * 100:.1f}%"}) for x in (found.doubt, found.sure))], "lngz", aria_hidden="true")  # fmt: skip
    ends = [t("0 各自独立"), t("{a} 存疑", a=words.score(found.doubt)), t("{b} 自动关联", b=words.score(found.sure))]
    legend = el.Span([el.Span(text) for text in ends], "lngl")
    head = el.Div([el.H2(t("为什么")), el.Small(t("权重以比特计，每加 1，可能性的比值翻一倍"))], "ph")
    return el.Div([head, el.P([el.B(words.score(found.line.score), "sc"), scale]), legend, el.Ol(_waterfall(found), "lnw"), el.P(words.verdict(found), "m"),
                   el.P(t("模型 {name}", name=found.model), "m")], "lne")  # fmt: skip


def _waterfall(found: Pair) -> list[el.Node]:
    ends, at = [0.0], 0.0
    for w in found.waterfall:
        at += w.weight
        ends.append(at)
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    bars = []
    for w, start, end in zip(found.waterfall, ends, ends[1:], strict=False):
        left, width = (min(start, end) - low) / span * 100, abs(w.weight) / span * 100
        style = {"left": f"{left:.2f}%", "width": f"{max(width, 0.4):.2f}%"}
        bars.append(el.Li([el.Span(words.signal(w.signal), "w6"), el.Span(words.level(w.signal, w.level)),
                           el.Span(el.I(className="up" if w.weight >= 0 else "down", style=style), "tr", aria_hidden="true"),
                           el.B(words.bits(w.weight), data_bits=repr(w.weight))]))  # fmt: skip
    zero = {"left": f"{max(0.0, min(100.0, (0 - low) / span * 100)):.2f}%"}
    total = el.Li([el.Span(t("合计"), "w6"), el.Span(""), el.Span(el.I(className="zero", style=zero), "tr", aria_hidden="true"),
                   el.B(words.bits(found.line.weight), data_bits=repr(found.line.weight))], "sum")  # fmt: skip
    return [*bars, total]


def foot(queue: Queue) -> el.Node:
    """Keys, who decides, and what has not been compared yet."""
    waits = t("另有 {n} 条新记录尚未比对", n=cases.count(queue.waiting_records)) if queue.waiting_records else t("收到的记录都已比对")
    return el.Footer([el.Span(t("j / k 上下，a 接受，s 拆开，x 跳过，u 撤销")), el.Span(waits), el.Span(t("机器只提议；人的决定不会被机器改掉"))], "foot",
                     data_version=str(queue.data_version))  # fmt: skip
