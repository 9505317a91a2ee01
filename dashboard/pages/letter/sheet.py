"""The paper on the screen: the same blocks that docx and pdf are made of."""

from __future__ import annotations

from typing import Any

from dashboard import el
from reports.paper import Block, Gap, Grid, Heading, Note, Paper, Para, Picture, cn_day


def sheet(paper: Paper, letter_id: int) -> el.Node:
    """A letter as a sheet; its chart is fetched as a drawing. The texts are the paper's own, in Chinese."""
    title = [part for line in paper.title.split("\n") for part in (el.Span(line),)]
    head = [el.Div(paper.office, "pmast"), el.Div(None, "prule"), el.P(paper.number, "pno"), el.H2(title, "ptitle")]
    blocks = [_block(b, letter_id) for b in paper.body]
    to = [el.P(f"{paper.addressee}：", "pflat")] if paper.addressee else []  # i18n: data
    notes = [el.P(f"附件：{a}") for a in paper.annexes]  # i18n: data
    sign = [el.P(paper.signed, "psign"), el.P(cn_day(paper.day), "psign day")] if paper.signed and paper.day else []
    mark = [el.Div(paper.mark, "pmark", aria_hidden="true")] if paper.mark else []
    annex = [el.Div([_block(b, letter_id) for b in paper.appendix], "pannex")] if paper.appendix else []
    return el.Div([*mark, *head, *to, *blocks, *notes, *sign, *annex], "paper-sheet", lang="zh-CN")


def _block(b: Block, letter_id: int) -> Any:
    if isinstance(b, Heading):
        return el.H3(b.text)
    if isinstance(b, Para):
        return el.P(b.text, "pflat" if b.flat else "")
    if isinstance(b, Picture):
        return el.el("Figure", [el.el("Img", src=f"/letters/file/{letter_id}/svg", alt=b.alt), el.el("Figcaption", b.caption)])
    if isinstance(b, Grid):
        return _grid(b)
    if isinstance(b, Gap):  # room to write in
        return el.Div(None, "pgap", style={"height": f"{b.lines * 31}px"})
    return el.P(b.text, "s m") if isinstance(b, Note) else None


def _grid(b: Grid) -> el.Node:
    def cells(kind: Any, row: tuple[str, ...]) -> list[el.Node]:
        return [kind(text, "t" if i < b.texts else "") for i, text in enumerate(row)]

    rows = [el.Tr(cells(el.Td, r), "total" if b.total and r is b.rows[-1] else "") for r in b.rows]
    return el.Table([el.Caption(b.caption), el.Thead(el.Tr(cells(el.Th, b.head))), el.Tbody(rows)])
