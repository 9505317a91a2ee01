"""What concerns the row as a whole: texts that quote other agencies' numbers, and the time of its last change."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.propose_columns import Column
from connectors.propose_made import Proposal
from connectors.propose_words import PERSON, STAFF
from matters.numbers import find as numbers_in


def find(made: Proposal, columns: Sequence[Column], everything: Sequence[Column]) -> None:
    """Set refs, since and further private columns."""
    summary = made.fields.get("summary")
    own = (
        made.fields["external_id"].rule.get("from"),
        made.fields["number"].rule.get("from") if "number" in made.fields else None,
    )
    made.refs = [
        c.name
        for c in columns
        if c.length > 10
        and c.name not in own
        and not c.dated
        and _quotes(c, str(summary.rule.get("from", "")) if summary else "")
    ]
    if made.since and made.door["kind"] in ("http", "sql") and "revised_at" in made.fields:
        rule = made.fields["revised_at"].rule
        form = (
            f"epoch_{rule['epoch']}"
            if "epoch" in rule
            else rule["date"]
            if isinstance(rule["date"], str)
            else rule["date"][0]
        )
        made.door["since"] = {"column": made.since, "format": form}
    used = made.used() | set(made.private)
    made.private += [c.name for c in everything if c.name not in used and not c.lists and c.texts and _personal(c)]


def _quotes(column: Column, summary: str) -> bool:
    return column.name == summary or any(numbers_in(t) for t in column.texts[:100])


def _personal(column: Column) -> bool:
    """Whether nobody should see it though nothing reads it."""
    return (
        column.ids > 0.2
        or column.phones > 0.2
        or ((column.head(PERSON) >= 0.9 or column.head(STAFF) >= 0.9) and column.names > 0.5)
    )
