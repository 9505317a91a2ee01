"""Draw the lanes of a matter as SVG: x in percent, so that type keeps its size at every width."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import dash_svg as svg
from dash import html

from dashboard.components import case_words as words
from dashboard.components.lanes import HEAD, WIDTH, Arrow, Lanes, Shelf, Span, ticks
from dashboard.i18n import t
from matters.model import Agency
from matters.vocabulary import KINDS, STAGES

_BARS = {"call": "b-2", "petition": "b-2", "message": "b-2", "pretrial": "b-5", "confirmation": "b-5", "filing": "b-5"}


def drawing(lanes: Lanes, agencies: Mapping[str, Agency], current: int | None) -> html.Div:
    """The drawing with the names of its lanes; `current` is the record that holds the matter now."""
    shelf = Shelf()
    for span in lanes.spans:
        shelf.block(_px(lanes, span.start), _px(lanes, span.end), span.y + 4)
    _keep_arrows_clear(lanes, shelf)
    bars: list[Any] = []
    labels: list[Any] = []
    for span in lanes.spans:
        bars += _bar(lanes, span, span.record.id == current)
        labels += _labels(lanes, span, shelf)
    drawn = svg.Svg(
        [*_grid(lanes), *bars, *[_arrow(lanes, a) for a in lanes.arrows], *_dots(lanes, current), *labels, *_today(lanes)],
        width="100%", height=str(lanes.height), className="ln-svg", role="img",
        **{"aria-label": t("各机构经过，按时间；同样的内容在下面的清单里")},
    )  # fmt: skip
    return html.Div([_names(lanes, agencies), html.Div(drawn, className="ln-plot")], className="ln-wrap")


def _px(lanes: Lanes, day: date) -> float:
    return lanes.x(day) * WIDTH / 100


def _p(value: float) -> str:
    return f"{value}%"


def _keep_arrows_clear(lanes: Lanes, shelf: Shelf) -> None:
    """No label may stand on an arrow."""
    for arrow in lanes.arrows:
        x, top, bottom = _px(lanes, arrow.day), min(arrow.from_y, arrow.to_y), max(arrow.from_y, arrow.to_y)
        for y in range(top + 8, bottom, 8):
            shelf.block(x - 1, x + 1, y)


def _names(lanes: Lanes, agencies: Mapping[str, Agency]) -> html.Ul:
    """The left column: an agency a lane, and who in it holds each row."""
    items = []
    for agency, first, count in lanes.lanes:
        owners = dict.fromkeys(s.record.owner for s in lanes.spans if s.lane == agency and s.record.owner)
        names = [html.Span(words.agency(agencies, agency))]
        names += [html.Small(" / ".join(owners), title=" / ".join(owners), className="ell")] if owners else []
        items.append(html.Li(names, style={"top": f"{HEAD + first * 48}px", "height": f"{count * 48}px"}))
    return html.Ul(items, className="ln-names", style={"height": f"{lanes.height}px"})


def _grid(lanes: Lanes) -> list[Any]:
    out: list[Any] = []
    marks = ticks(lanes.first, lanes.last)
    weekly = len(marks) > 1 and (marks[1] - marks[0]).days == 7
    for mark in marks:
        x = _p(lanes.x(mark))
        out.append(svg.Line(x1=x, x2=x, y1=str(HEAD - 4), y2=str(lanes.height), className="gl"))
        label = words.day(mark) if weekly else words.month(mark)
        if abs(_px(lanes, mark) - _px(lanes, lanes.today)) > 76:
            out.append(svg.Text(label, x=x, y="14", dx="4", className="tk ln-tick"))
    for row in range(lanes.rows):
        y = str(HEAD + row * 48 + 24)
        out.append(svg.Line(x1="0", x2="100%", y1=y, y2=y, className="gl"))
    return out


def _rect(lanes: Lanes, span: Span, start: date, end: date, name: str) -> list[Any]:
    """A bar from a day to a day, left out when it has no length."""
    width = round(lanes.x(end) - lanes.x(start), 2)
    if width <= 0:
        return []
    return [svg.Rect(x=_p(lanes.x(start)), width=_p(width), y=str(span.y - 6), height="12", className=f"ln-bar {name}")]


def _bar(lanes: Lanes, span: Span, current: bool) -> list[Any]:
    """Time it was held, the red piece past the limit, and the dashed frame of the time that is left."""
    due = span.record.due_on
    tone = "b-now" if current and not span.ended else _BARS.get(span.record.kind, "b-4")
    within = min(span.end, due) if due else span.end
    out = _rect(lanes, span, span.start, max(span.taken, span.start), "b-1") if span.taken > span.start else []
    out += _rect(lanes, span, span.taken, max(within, span.taken), tone)
    if span.over and due:
        out += _rect(lanes, span, max(due, span.taken), span.end, "b-over")
    if due and not span.ended and due > span.end:
        out += _rect(lanes, span, span.end, due, "b-left")
    return out


def _dots(lanes: Lanes, current: int | None) -> list[Any]:
    out: list[Any] = []
    for span in lanes.spans:
        name = "ln-dot now" if span.record.id == current and not span.ended else "ln-dot"
        days = {span.start, span.taken} | ({span.record.handled_on} if span.record.handled_on else set())
        days |= {span.end} if span.ended else set()
        out += [svg.Circle(cx=_p(lanes.x(d)), cy=str(span.y), r="5", className=name) for d in sorted(days)]
        due = span.record.due_on
        if due and not span.ended and due > span.end:
            out.append(svg.Circle(cx=_p(lanes.x(due)), cy=str(span.y), r="4.5", className="ln-dot due"))
    return out


def _label(lanes: Lanes, shelf: Shelf, day: date, y: int, text: str, name: str, sides: str) -> list[Any]:
    """A label near a day: `sides` names the places to try in order (r right, l left, a above, b below, e above ending)."""
    x = _px(lanes, day)
    spots = {
        "r": (x + 10, y + 4, "start"), "l": (x - 10, y + 4, "end"), "a": (x - 4, y - 11, "start"),
        "b": (x - 4, y + 20, "start"), "e": (x + 4, y - 11, "end"), "d": (x + 4, y + 20, "end"),
    }  # fmt: skip
    spot = shelf.place(text, [spots[s] for s in sides])
    if spot is None:
        return []  # the list below the drawing has every day
    at, base, anchor = spot
    return [svg.Text(text, x=_p(lanes.x(day)), dx=str(round(at - x)), y=str(round(base)), textAnchor=anchor, className=name)]


def _labels(lanes: Lanes, span: Span, shelf: Shelf) -> list[Any]:
    """What happened, at its day: heard of, limit passed, time left, closed, first handled."""
    record, day = span.record, words.day
    kind = words.word(KINDS, record.kind)
    begun = f"{day(span.start)} {kind}"
    out = _label(lanes, shelf, span.start, span.y, begun, "tk-1", "rlab" if span.end == span.start else "ablre")
    if span.over and record.due_on:
        text = t("{day} 届满，超 {n} 天", day=day(record.due_on), n=span.over)
        out += _label(lanes, shelf, record.due_on, span.y, text, "tk-act", "aebdr")
    elif record.due_on and not span.ended:
        out += _label(lanes, shelf, record.due_on, span.y, t("{day} 时限", day=day(record.due_on)), "tk-1", "bdaer")
    if span.ended and span.end > span.start:
        text = f"{day(span.end)} {words.ending(record)}"
        out += _label(lanes, shelf, span.end, span.y, text, "tk-1", "raebd")
    if record.handled_on and span.start < record.handled_on < span.end:
        stage = words.word(STAGES, record.stage or "") if record.stage not in (None, "", "closed") else t("首次处置")
        out += _label(lanes, shelf, record.handled_on, span.y, f"{day(record.handled_on)} {stage}", "tk-1", "bdae")
    return out


def _arrow(lanes: Lanes, arrow: Arrow) -> svg.Svg:
    """A link between two rows; dashed when a person made it."""
    down = 1 if arrow.to_y > arrow.from_y else -1
    top, tip = arrow.from_y + 8 * down, arrow.to_y - 9 * down
    line = svg.Path(d=f"M0,{top}V{tip}", className="ln-arrow hand" if arrow.dashed else "ln-arrow")
    head = svg.Path(d=f"M-4,{tip - 5 * down}L0,{tip}L4,{tip - 5 * down}", className="ln-arrow")
    return svg.Svg([line, head], x=_p(lanes.x(arrow.day)), overflow="visible", className="ln-at")


def _today(lanes: Lanes) -> list[Any]:
    if not lanes.first <= lanes.today <= lanes.last + timedelta(days=1):
        return []
    x = _p(lanes.x(lanes.today))
    text = t("今天 {day}", day=words.day(lanes.today))
    anchor = "end" if lanes.x(lanes.today) > 94 else "middle"
    return [
        svg.Line(x1=x, x2=x, y1=str(HEAD - 4), y2=str(lanes.height), className="ln-today"),
        svg.Text(text, x=x, y="14", textAnchor=anchor, className="ln-tick"),
    ]
