"""Tables of a frozen meeting on the screen: every number opens its rows as they were then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import el, urlstate
from dashboard.components import fmt, meeting_why
from dashboard.i18n import lang, pick, t
from matters.filters import Filter
from matters.moments import read_moment
from services.frozen import filter_of
from services.meeting_shapes import Meeting
from services.shapes import Change

Cell = Mapping[str, Any]
LONG = {("signals", "name"), ("signals", "says"), ("letters", "title"), ("letters", "addressee"), ("listings", "name"), ("listings", "owner"),
        ("listings", "ratio"), ("proposals", "name"), ("proposals", "reason"), ("decisions", "what"), ("decisions", "result")}  # break over lines
BARS = {"areas": "accepted", "channels": "accepted", "categories": "accepted", "departments": "accepted", "towns_most": "accepted"}


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the links of a frozen meeting lead: to what stands as of the freezing, never to a page of today."""

    meeting: int
    as_of: str
    items: Mapping[str, str]  # table → the agenda item that shows it
    body: Mapping[str, Any]

    def href(self, cell: Cell, line: str) -> str:
        """What a cell opens: rows or a matter of then, or the frozen line of the table (`line`: table-number) in full; '' for nothing."""
        said = lang() if lang() != "zh" else ""
        if "f" in cell:
            return urlstate.rows(filter_of(cell["f"]), said)
        to = str(cell.get("h", ""))
        if to.startswith("/matter/"):
            return to + urlstate.write(urlstate.State(Filter(window=None, as_of=read_moment(self.as_of)), lang=said))
        return self.line(line) if to or cell.get("many") else ""

    def line(self, line: str) -> str:
        """The address of a frozen line."""
        asked = urlstate.State(Filter(), lang=lang() if lang() != "zh" else "")
        return f"/meeting/{self.meeting}" + urlstate.write(asked.plus(item=self.items.get(line.rpartition("-")[0], ""), row=line))


def ways(meeting: Meeting) -> Ways:
    """The ways out of a meeting."""
    return Ways(meeting.line.id, meeting.body["as_of"], {name: a.key for a in meeting.agenda for name in a.tables}, meeting.body)


def text(cell: Cell, kind: str) -> str:
    """A cell as the screen writes it."""
    if "s" in cell:
        return pick(cell["s"], cell.get("e", "")) or fmt.NONE
    if "d" in cell:
        return cell["d"] or fmt.NONE
    if "c" in cell:
        return _change(cell)
    if cell.get("n") is None:
        return fmt.NONE
    if "bottom" in cell:
        return f"{cell['top']} / {cell['bottom']}" if cell.get("few") else f"{fmt.share(cell['n'], 2)}%"
    return fmt.num(cell["n"], 1 if kind == "measure" else 0)


def _change(cell: Cell) -> str:
    if cell["c"] == "withheld":
        return t("暂不显示")
    return fmt.change(Change(cell["c"], cell["v"], cell["now"], cell["before"])) or fmt.NONE


def node(cell: Cell, kind: str, figure: str, out: Ways) -> Any:
    """A cell as text or as a link; numbers carry their name and raw value."""
    said, to = text(cell, kind), out.href(cell, figure.rpartition("-")[0])
    raw = cell.get("top", cell.get("n")) if "c" not in cell else None
    known = {"data_figure": figure, "data_value": str(raw)} if raw is not None else {}
    if cell.get("c") == "withheld":
        return el.Span(said, "wait", title=t("数据源延迟，不作比较"))
    return el.A(said, "n", href=to, **known) if to and said != fmt.NONE else el.Span(said, **known) if known else said


def table(name: str, frozen: Mapping[str, Any], out: Ways, most: int = 0, hot: str = "") -> el.Node:
    """A frozen table; `hot` is the line that the headline speaks of."""
    columns, rows = frozen["columns"], frozen["rows"]
    shown = rows if not most or len(rows) <= most else [*rows[: most - 1], rows[-1]] if rows[-1].get("sum") else rows[:most]
    bar = BARS.get(name, "")
    top = max((c["n"] or 0 for r in rows if not r.get("sum") for c, h in zip(r["cells"], columns, strict=True) if h["key"] == bar), default=0)
    heads: list[Any] = []
    for c in columns:
        heads.append(el.Th(pick(c["zh"], c["en"]), "t" if c["kind"] in ("text", "day") else ""))
        heads += [el.Th("", "b")] if c["key"] == bar else []
    body = [_row(name, columns, r, bar, top, hot, y, out) for y, r in enumerate(shown)]
    left = len(rows) - len(shown)
    note = pick(frozen["note"]["zh"], frozen["note"]["en"])
    more = t("另有 {n} 行，在表册里", n=left) if left else ""
    head = el.Div([el.H3(pick(frozen["zh"], frozen["en"])), *meeting_why.info(out.body, frozen)], "m-th")
    return el.Div([head, el.Div(el.Table([el.Thead(el.Tr(heads)), el.Tbody(body)], "m-t"), "scroll"),
                   *([el.P(" ".join(filter(None, (note, more))), "s m")] if note or more else [])], "m-table", data_table=name)  # fmt: skip


def _row(name: str, columns: Any, row: Mapping[str, Any], bar: str, top: float, hot: str, y: int, out: Ways) -> el.Node:
    cells: list[Any] = []
    for cell, c in zip(row["cells"], columns, strict=True):
        left = c["kind"] in ("text", "day") and not (text(cell, c["kind"]) == fmt.NONE and c["key"] != "name")
        mark = " act" if (c["key"] == "state" and row.get("key") == "late") or (c["key"] == "overdue" and cell.get("n")) else ""
        kind = f"{'t' if left else ''}{' w' if (name, c['key']) in LONG else ''}{mark}".strip()
        cells.append(el.Td(node(cell, c["kind"], f"{name}-{y}-{c['key']}", out), kind))
        if c["key"] == bar:
            share = 0 if row.get("sum") or not top else (cell["n"] or 0) / top
            cells.append(el.Td(el.I(None, style={"width": f"{share * 100:.1f}%"}) if share else "", "b"))
    kind = "sum" if row.get("sum") else "rest" if row.get("rest") else "on" if hot and row.get("key") == hot else ""
    return el.Tr(cells, kind)
