"""The case grid: an infinite AG Grid (community) fed a block at a time, its sum line, and the way columns are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import html

from dashboard import el
from dashboard.components import case_columns
from dashboard.components import case_words as words
from dashboard.components.case_columns import COLUMNS, headings
from dashboard.i18n import t
from matters.filters import Filter
from services.shapes import FeedState, MatterSums

BLOCK = 100  # rows a request
GRID = "cases-grid"


def grid(definitions: list[dict[str, Any]]) -> dag.AgGrid:
    """The empty grid: rows come with getRowsRequest, which assets/js/grid.js repeats when the link changes."""
    return dag.AgGrid(
        id=GRID,
        rowModelType="infinite",
        columnDefs=definitions,
        defaultColDef={"resizable": True, "suppressHeaderMenuButton": True, "sortingOrder": ["desc", "asc"]},
        getRowId="params.data.id",
        dashGridOptions={
            "rowHeight": 36,
            "headerHeight": 36,
            "cacheBlockSize": BLOCK,
            "maxBlocksInCache": 20,
            "maxConcurrentDatasourceRequests": 1,
            "infiniteInitialRowCount": 1,
            "rowBuffer": 10,
            "blockLoadDebounceMillis": 40,
            "suppressCellFocus": False,
            "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": False},
            "suppressDragLeaveHidesColumns": True,
            "selectionColumnDef": {"width": 40, "minWidth": 40, "maxWidth": 40, "suppressMovable": True, "resizable": False, "cellClass": "cg-check"},
            "tooltipShowDelay": 300,
            "animateRows": False,
            "localeText": locale(),
        },
        style={"height": "100%", "width": "100%"},
        className="case-grid",
    )


def locale() -> dict[str, str]:
    """The grid's own words: what is seen, and what a screen reader hears."""
    return {
        "loadingOoo": t("载入中"), "noRowsToShow": t("没有事项"), "loadingError": t("没有取到"),
        "ariaSortableColumn": t("按 Enter 排序"), "ariaRowSelect": t("按空格选中这一行"), "ariaRowDeselect": t("按空格取消选中"),
        "ariaRowToggleSelection": t("按空格选中"), "ariaSkeletonCellLoading": t("载入中"), "ariaColumn": t("列"),
    }  # fmt: skip


def sum_line(
    sums: MatterSums, filter: Filter, href: Callable[[Filter], str], today: str, late: Sequence[FeedState], version: int
) -> el.Node:
    """The sums of the whole filter, each opening its rows; the count of loaded rows is kept by assets/js/grid.js."""
    unit = t("{n} 件立案") if filter.part == "civil_filings" else t("{n} 件")
    # A part replaces the list's own: the same rows only where the list is of open or, in a window, of accepted matters.
    whole = filter.part == "open" or (filter.part == "accepted" and filter.window is not None)
    out: list[Any] = [el.B(_around(unit, figure(sums.total, "total")), "sl-total"),
                      _sum(t("在办"), sums.open, "open", "", href, filter.with_(part="open") if whole else filter, filter),
                      _sum(t("超期"), sums.overdue, "overdue", "act", href, filter.with_(part="overdue") if whole else filter, filter)]  # fmt: skip
    if filter.due_within is None:
        soon = filter.with_(due_within=words.SOON)
        out.append(_sum(t("3 天内到期"), sums.due_soon, "due_soon", "wait", href, soon, filter))
    out.append(el.Div(late_sums(sums), "late-sums", id="cases-late-sums"))
    shown = t("第 {a}–{b} 件，共 {n} 件", a="{a}", b="{b}", n="{n}")
    out += [el.Div(className="sp"), el.Small("", "m", id="cases-range", data_text=shown)]
    out += [_late(f, href(filter.with_(exclude=f.agency))) for f in late]
    return el.Div(out, "sumline", role="status", aria_label=t("合计，{day}", day=today), data_version=str(version))


def _late(f: FeedState, without: str) -> el.Node:
    """A late feed that the sums rest on, and the way to the sums without it."""
    until = t("{name}止于 {day}", name=words.name(f), day=words.day(f.data_at.date() if f.data_at else None))
    return el.Small([until, " ", el.A(t("不含它"), "n", href=without)], "wait sl-late")


def late_sums(sums: MatterSums) -> list[Any]:
    """The sums that take a reading of all rows; … until they are there."""
    texts = ((t("记录 {n} 条"), sums.records, "records"), (t("涉及 {n} 人"), sums.people, "people"), (t("5 人以上 {n} 件"), sums.groups, "groups"))
    return [el.Span(_around(text, el.B("…" if value is None else figure(value, key)))) for text, value, key in texts]


def _around(text: str, number: el.Node) -> list[Any]:
    """The number in the place that the text leaves for it."""
    before, after = text.split("{n}")
    return [before, number, after]


def figure(value: int | float | None, key: str) -> el.Node:
    """A number with its raw value beside it, for tests and readers of the page."""
    return el.Span(words.count(value), data_figure=key, data_value="" if value is None else str(value), data_area="list")


def _sum(text: str, value: int, key: str, tone: str, href: Callable[[Filter], str], rows: Filter, filter: Filter) -> el.Node:
    """One sum; a link where `rows` is another list than the one on the screen."""
    shown: Any = figure(value, key)
    if value and rows != filter:
        shown = el.A(shown, "n", href=href(rows))
    return el.Span([text, " ", el.B(shown, tone if value else "")])


def column_choice(columns: Sequence[str], part: str, level: str, href: Callable[[Sequence[str]], str]) -> html.Details:
    """The list of columns, each a link that shows or hides it."""
    names = headings(level)
    sets = case_columns.sets(part)
    items = [html.A([html.Span(text), html.Small(t("{n} 列", n=len(keys)))], href=href(keys), className="mi set",
                    **{"aria-current": "true"} if tuple(columns) == keys else {}) for text, keys in sets]  # fmt: skip
    for key in COLUMNS:
        if key in ("number", "filed_on") and part != "civil_filings":
            continue
        on = key in columns
        after = [k for k in columns if k != key] if on else [*columns, key]
        text = [html.I(className="cb on" if on else "cb"), html.Span(names[key])]
        state = {"aria-checked": "true" if on else "false"}
        items.append(html.Span(text, className="mi off") if key == "title" else html.A(
            text, href=href(after), className="mi", role="menuitemcheckbox", **state))  # fmt: skip
    head = html.Summary([html.Small(t("列")), t("{n} 列", n=len(columns)), html.I(className="dn")], className="sel")
    return html.Details([head, html.Div(items, role="menu")], className="drop end cols")
