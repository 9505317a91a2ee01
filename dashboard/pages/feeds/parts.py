"""What the views of the feeds' page have in common: bar, panels, numbers, runs, buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import el, panels
from dashboard.components import case_words as words
from dashboard.components import feed_words, fmt
from dashboard.i18n import t
from dashboard.pages.feeds.state import Asked


def bar(asked: Asked, aside: int, *more: Any) -> el.Node:
    """Title and the two views, with how many rows wait."""
    count = el.Span(words.count(aside), "wait" if aside else "m", data_figure="tab-aside", data_value=str(aside))
    tabs = [(t("来源"), asked.alone(), asked.view == ""), ([t("隔离的行"), "\u00a0", count], asked.alone(view="aside"), asked.view == "aside")]
    links = [el.A(text, href=href, **({"aria_current": "true"} if on else {})) for text, href, on in tabs]
    return el.Div([el.Div(el.H1(t("数据源")), "crumb"), el.el("Nav", links, "seg", aria_label=t("看什么")), el.Div(None, "sp"), *more], "bar")


def section(title: str, note: Any, content: Any, className: str = "", id: str = "") -> el.Node:
    """One panel."""
    notes = note if isinstance(note, list) else [note]
    return el.Section([el.Div([el.H2(title), *[el.Small(n) if isinstance(n, str) else n for n in notes]], "ph"), content], f"p {className}".strip(), id=id)


def number(value: int, key: str, kind: str = "", href: str = "", label: str = "", className: str = "") -> el.Node:
    """A cell with a count; what is in quarantine stands out, and opens its rows."""
    tone = "wait" if kind == "quarantined" and value else "m" if not value else ""
    known = {"data_figure": key, "data_value": str(value)}
    inner = el.A(words.count(value), f"n {tone}".strip(), href=href, **known) if href else el.Span(words.count(value), tone, **known)
    return el.Td(inner, className, data_l=label)


def runs_table(runs: Sequence[Any], named: Mapping[str, str]) -> el.Node:
    """Runs, newest first, each with counts that add up; `named` '' leaves the source out."""
    if not runs:
        return panels.empty(t("还没有拉取过。"))
    counts = feed_words.names()
    heads = [(t("开始"), "t"), *([(t("来源"), "t")] if named else []), (t("方式"), "t"), (t("用时"), "")]
    head = el.Tr([el.Th(text, side, scope="col") for text, side in heads] + [el.Th(counts[k], scope="col") for k in feed_words.COUNTS])
    return el.Table([el.Thead(head), el.Tbody([x for r in runs for x in _run(r, named)])], "ft rn")


def _run(r: Any, named: Mapping[str, str]) -> list[el.Node]:
    took = t("进行中") if r.ended_at is None else t("{n} 秒", n=fmt.num((r.ended_at - r.started_at).total_seconds(), 0))
    kind = feed_words.run_kind(r.kind) + (f" {r.by}" if r.by else "")
    who = [el.Td(named.get(r.feed, r.feed), "t")] if named else []
    cells = [el.Td(fmt.moment(r.started_at), "t"), *who, el.Td(kind, "t m"), el.Td(took),
             *[number(getattr(r, k), f"run-{r.id}-{k}", k) for k in feed_words.COUNTS]]  # fmt: skip
    bad = r.status == "failed"
    out = [el.Tr(cells, "has" if bad else "")]
    if bad:
        out.append(el.Tr(el.Td(feed_words.failed(r.error) if r.error else el.Span(t("失败"), "act"), "t", colSpan=len(cells)), "err-line"))
    return out


def button(text: str, act: str, className: str = "btn", **values: Any) -> el.Node:
    """A button that asks for an act at once; assets/js/feeds.js sends its data- values."""
    return el.Button(text, className, type="button", data_feeds=act, **{f"data_{k}": str(v) for k, v in values.items()})


def progress(done: int, total: int | None) -> el.Node:
    """How far a request is; without a total only that it goes on."""
    known = {"aria_valuemax": str(total), "aria_valuenow": str(min(done, total))} if total else {}
    width = f"{min(100, round(100 * done / total))}%" if total else "100%"
    text = f"{fmt.num(done)} / {fmt.num(total)}" if total else t("{n} 行", n=fmt.num(done))
    return el.Span([el.Span(el.I(None, "" if total else "unknown", style={"width": width}), "pb", role="progressbar", aria_label=t("进度"), **known),
                    el.Small(text)], "prog")  # fmt: skip
