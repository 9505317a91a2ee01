"""Which column is the key, and which the number on the paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors.propose_columns import Column
from connectors.propose_made import Known, Proposal, Question, percent
from connectors.propose_words import KEY, RUNNING, called
from matters.numbers import SHAPES, normal

_KEY_LIKE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff（）()〔〕\[\]_\-/.#:]{1,64}")
_ENOUGH = 0.6


def find(made: Proposal, columns: Sequence[Column], known: Known, hint: str) -> None:
    """Set external_id and number; without a column that is a key, a digest of those that tell rows apart."""
    ranked = sorted(((_score(c), -c.position, c) for c in columns), key=lambda item: item[:2], reverse=True)
    if ranked and ranked[0][0] >= _ENOUGH:
        score, _, best = ranked[0]
        text = f"{percent(best.unique)} of {len(best.texts)} values are different, {percent(best.filled)} are filled"
        made.add("external_id", {"from": best.name}, score, text)
        rivals = [c.name for s, _, c in ranked[1:] if s > score - 0.1]
        if rivals:
            made.questions.append(Question("key", "Which column is the key of a row", best.name, (best.name, *rivals)))
        _number(made, columns, best)
        return
    made.add(
        "external_id",
        {"digest": _telling(columns)},
        0.5,
        "no column is different in every row: these together tell rows apart",
    )
    made.questions.append(
        Question("digest", "Columns that together are the key (a comma between)", ",".join(_telling(columns)))
    )


def _score(column: Column) -> float:
    """0 to 1: different in every row, always there, made like a number, called like one."""
    if not column.texts or column.length > 40 or column.lists or column.share(_KEY_LIKE.fullmatch) < 0.9:
        return 0.0
    if (
        column.dated is not None
        or column.degrees > 0.5
        or column.phones > 0.5
        or column.times > 0.5
        or column.surnames > 0.5
    ):
        return 0.0
    head = called(KEY, column.name)
    shaped = _shaped(column)
    if column.unique < (0.6 if len(column.texts) < 20 else 0.9) or not (head or shaped):
        return 0.0
    score = (
        0.35 * min(1.0, column.unique)
        + 0.2 * column.filled
        + 0.3 * head
        + 0.15 * max(shaped, column.share(_has_figure))
    )
    return round(
        score - (0.3 if called(RUNNING, column.name) == 1.0 else 0.0) - (0.3 if _is_parent(column.name) else 0),
        3,
    )


def _is_parent(name: str) -> bool:
    return re.search(r"parent|上级|父|^p_?id$", name, re.I) is not None


def _has_figure(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _shaped(column: Column) -> float:
    return column.share(lambda t: any(p.fullmatch(normal(t)) for p in SHAPES.values()))


def _number(made: Proposal, columns: Sequence[Column], key: Column) -> None:
    shaped = max(columns, key=_shaped, default=key)
    if _shaped(shaped) > 0.5:
        made.add(
            "number",
            {"from": shaped.name},
            0.95,
            f"{percent(_shaped(shaped))} of its values are made like an agency's number",
        )
    elif re.search(r"编号|案号|单号|文号|bh$|No$", key.name):
        made.add("number", {"from": key.name}, 0.7, "the key is the number on the paper, by its name")


def _telling(columns: Sequence[Column]) -> list[str]:
    """The fewest columns that together tell the most rows apart, in their order; the most different one first."""
    usable = sorted((c for c in columns if c.texts and not c.lists), key=lambda c: -c.unique * c.filled)
    chosen: list[Column] = []
    apart = 0
    for column in usable:
        together = len(set(zip(*(c.cells for c in (*chosen, column)), strict=True)))
        if together > apart:
            chosen, apart = [*chosen, column], together
        if apart == column.total or len(chosen) == 6:
            break
    return [c.name for c in sorted(chosen, key=lambda c: c.position)] or [c.name for c in columns[:1]] or ["id"]
