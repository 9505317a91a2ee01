"""Columns that take their values from a short list: what each value means, from a lexicon; codes that say nothing are asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from connectors import propose_words as w
from connectors.propose_columns import Column
from connectors.propose_made import Known, Proposal, Question, percent
from matters.categories import CATEGORIES

# What an answer about categories may be, and what it is told otherwise: the list, since nobody knows the codes by heart.
_CODED = rf"\s*([^=,]+=\s*({'|'.join(CATEGORIES)})\s*(,\s*|$))*"
_CODES = "value=code, a comma between; codes: " + ", ".join(f"{c.code} {c.zh}" for c in CATEGORIES.values())

_TABLES: tuple[tuple[str, w.Head, tuple[tuple[str, str], ...]], ...] = (
    ("context", w.CATEGORY, w.CALLS),
    ("satisfied", w.SATISFIED, w.RATINGS),
    ("channel", w.CHANNEL, w.CHANNELS),
    ("stage", w.STAGE, w.STAGES),
    ("outcome", w.OUTCOME, w.OUTCOMES),
    ("kind", w.CATEGORY, w.KINDS),
)
_MANY = 40  # a table of more entries is found by words that occur in them
_TYPED: dict[str, Any] = {"true": True, "false": False}


def find(made: Proposal, columns: Sequence[Column], known: Known, hint: str) -> None:
    """Set category, outcome, channel, stage, satisfied, context, kind, escalated; and [rows] withdrawn."""
    rest = [c for c in columns if c.texts and c.dated is None and c.degrees < 0.5]
    _flags(made, rest)
    for name, head, table in _TABLES:
        _table(made, name, head, table, [c for c in rest if c.few])
    _category(made, rest)
    _unknown_codes(made, [c for c in rest if c.few])


def _table(made: Proposal, name: str, head: w.Head, words: tuple[tuple[str, str], ...], columns: list[Column]) -> None:
    """The column whose values the lexicon knows best."""
    best: tuple[float, Column, dict[str, Any]] | None = None
    for column in (c for c in columns if c.name not in made.used()):
        table = {v: _TYPED.get(m, m) for v in column.distinct if (m := w.meaning(words, v)) is not None}
        share = column.share(table.__contains__)
        called = column.head(head)
        score = 0.45 * called + 0.55 * share
        if share < 0.5 or not called or (name in ("kind", "context") and (share < 0.6 or not _telling(name, table))):
            continue
        if best is None or score > best[0]:
            best = score, column, table
    if best is not None:
        score, column, table = best
        if name != "kind":  # a new kind of paper waits in quarantine for its meaning
            table |= {v: "" for v in column.distinct if v not in table}
        reason = f"{len(column.distinct)} different values, {sum(v != '' for v in table.values())} with a known meaning"
        made.add(name, {"from": column.name, "table": table}, score, reason)


def _telling(name: str, table: dict[str, Any]) -> bool:
    """A table that says the same of every row tells nothing; a list of calls has disputes and others."""
    return len(set(table.values())) > 1 or (name == "kind" and len(table) > 0)


def _flags(made: Proposal, columns: Sequence[Column]) -> None:
    for column in columns:
        low = {v: v.lower() for v in column.distinct}
        yes = [v for v in low if low[v] in w.TRUE]
        binary = all(v in w.TRUE | w.FALSE for v in low.values()) and len(low) <= 2
        gone = [v for v in column.distinct if re.search(r"作废|已?删除|已?撤销|注销|void|deleted", v)]
        if binary and column.head(w.DELETED) and column.length <= 5:
            wanted = _deleted(column)
            made.withdrawn = (
                {column.name: wanted},
                0.9 if wanted in column.distinct else 0.7,
                f"a yes-or-no column, by its name a mark of deleted rows; {wanted} taken for deleted",
            )
        elif gone and column.few and made.withdrawn is None:
            made.withdrawn = (
                {column.name: gone if len(gone) > 1 else gone[0]},
                0.85,
                f"{', '.join(gone)} takes a row back",
            )
        elif binary and column.head(w.ESCALATED) >= 0.9:
            made.add(
                "escalated", {"test": {column.name: yes[0] if yes else "1"}}, 0.8, "a yes-or-no column, by its name"
            )
        elif binary and column.head(w.DISPUTE) >= 0.9:
            made.add(
                "context",
                {"from": column.name, "table": {v: low[v] not in w.TRUE for v in column.distinct}},
                0.85,
                "only rows with a dispute become matters",
            )


def _deleted(column: Column) -> str:
    """The value that marks a deleted row: yes, or under a name such as 有效 no."""
    valid = re.search(r"有效|valid|active|yx", column.name, re.I)
    wanted = w.FALSE if valid else w.TRUE
    found = [v for v in column.distinct if v.lower() in wanted]
    if found:
        return found[0]
    other = column.distinct[0].lower()
    pairs = {
        "0": "1",
        "1": "0",
        "false": "true",
        "true": "false",
        "否": "是",
        "是": "否",
        "n": "y",
        "y": "n",
        "no": "yes",
        "yes": "no",
    }
    return pairs.get(other, "1")


def _category(made: Proposal, columns: Sequence[Column]) -> None:
    """The column of kinds of dispute; many values are found by the words that occur in them."""
    best: tuple[float, Column, dict[str, str]] | None = None
    taken = {
        c
        for f in ("context", "kind", "satisfied", "channel", "outcome", "stage")
        if f in made.fields
        for c in _from(made, f)
    }
    for column in columns:
        called = column.head(w.CATEGORY)
        if column.length > 30 or column.name in taken or not called or column.name in _from(made, "external_id"):
            continue
        table = {v: m for v in column.distinct if (m := w.category_of(v)) is not None}
        # A known word in half of the values is no accident where the values are names of disputes.
        share = column.share(table.__contains__)
        score = 0.35 * called + 0.65 * share
        if share >= 0.5 and (best is None or score > best[0]):
            best = score, column, table
    if best is None:
        return
    score, column, table = best
    rule: dict[str, Any] = {"from": column.name, "table": "kinds", "default": "99"}
    if len(column.distinct) > _MANY:
        rule["match"] = "contains"
        made.tables["kinds"] = {
            word: code
            for word, code in w.CATEGORIES
            if not word.isascii() or any(word in v.lower() for v in column.distinct)
        }
    else:
        made.tables["kinds"] = {v: table.get(v, "99") for v in column.distinct}
    unknown = [v for v in column.distinct if v not in table]
    reason = f"{percent(column.share(table.__contains__))} of the rows, with {len(column.distinct)} different values, hold a word of a known category"
    made.add("category", rule, score, reason)
    if unknown and len(column.distinct) <= _MANY:
        made.questions.append(
            Question("kinds", f"Categories of {', '.join(unknown[:12])} (value=two digits, a comma between)", "", form=_CODED, meant=_CODES)
        )


def _from(made: Proposal, name: str) -> set[str]:
    from connectors.propose_made import columns_in

    return columns_in(made.fields[name].rule) if name in made.fields else set()


_ASKED: tuple[tuple[str, w.Head, Callable[[Column], bool]], ...] = (
    ("category", w.CATEGORY, lambda c: True), ("outcome", w.OUTCOME, lambda c: c.filled < 1), ("stage", w.STAGE, lambda c: True),
    ("channel", w.CHANNEL, lambda c: True), ("satisfied", w.SATISFIED, lambda c: True),
)  # fmt: skip


def _unknown_codes(made: Proposal, columns: Sequence[Column]) -> None:
    """Codes whose meaning only the source's own list can tell."""
    for name, head, fits in _ASKED:
        for column in columns:
            coded = column.share(lambda t: re.fullmatch(r"[A-Z]{0,2}\d{1,4}", t)) > 0.9
            if (
                name not in made.fields
                and coded
                and column.head(head) >= 0.9
                and fits(column)
                and column.name not in made.used()
            ):
                shown = ", ".join(column.distinct[:12])
                made.questions.append(
                    Question(
                        f"codes:{name}:{column.name}",
                        f"{column.name} holds codes ({shown}) that may be the {name}: their meaning (code={name}, a comma between; empty: leave out)",
                        "",
                    )
                )
                break
