"""Which day each date column is of: by its name, and where that says nothing by the order of the days in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.propose_columns import Column
from connectors.propose_made import Known, Proposal, Question, percent
from connectors.propose_sample import Noted
from connectors.propose_words import DATES
from matters.model import FIELDS

_FIRST = ("registered_on", "happened_at")


def find(made: Proposal, columns: Sequence[Column], known: Known, hint: str) -> None:
    """Set the date fields; acceptance stands on registration or the event where no column says it."""
    days = [c for c in columns if c.dated is not None]
    _two_columns(made, columns, days)
    pairs = sorted(
        ((_fit(f, c), f, c) for c in days for f in DATES), key=lambda p: (-p[0], list(DATES).index(p[1]), p[2].position)
    )
    placed: set[str] = set()
    for score, name, column in pairs:
        if score >= 0.5 and name not in made.fields and column.name not in placed:
            placed.add(column.name)
            _add(made, name, column, 0.5 * score + 0.5 * _share(column), f"its name says so; {_words(column)}")
    _by_order(made, [c for c in days if c.name not in placed])
    _required(made)
    _acceptance(made)


def _share(column: Column) -> float:
    return column.dated.share if column.dated else 0.0


def _fit(name: str, column: Column) -> float:
    """How well the name fits; a day that every row has is no end, and one that many lack no beginning."""
    score = column.head(DATES[name])
    if name in ("closed_on", "handled_on") and column.filled > 0.999 and column.total >= 20 and name == "handled_on":
        score -= 0.1
    if name in _FIRST and column.filled < 0.5:
        score -= 0.5
    return score


def _words(column: Column) -> str:
    found = column.dated
    assert found is not None
    return f"{percent(found.share)} of {len(column.texts)} values are dates of the form {found.forms}, {found.first:%Y-%m-%d} to {found.last:%Y-%m-%d}"


def _add(made: Proposal, name: str, column: Column, confidence: float, reason: str) -> None:
    assert column.dated is not None
    rule: dict[str, Any] = {"from": column.name, **column.dated.rule}
    if name == "revised_at":
        rule["on_error"] = "blank"
        made.since = column.name
    made.add(name, rule, confidence, reason)


def _by_order(made: Proposal, unplaced: list[Column]) -> None:
    """Columns whose names say nothing: the earliest is the registration, the latest with gaps the end."""
    ordered = sorted(unplaced, key=lambda c: (c.dated.first, c.dated.last) if c.dated else ())
    for index, column in enumerate(ordered):
        last = index == len(ordered) - 1 and index > 0
        if not any(f in made.fields for f in _FIRST) and not last:
            name = "happened_at" if column.dated and column.dated.timed else "registered_on"
            _add(made, name, column, 0.6, f"the earliest days; {_words(column)}")
            made.questions.append(
                Question(f"role:{column.name}", f"Which day is {column.name}", name, (*DATES, "none"))
            )
        elif "closed_on" not in made.fields and column.filled < 0.95 and any(f in made.fields for f in _FIRST):
            _add(made, "closed_on", column, 0.4, f"the latest days, and not every row has one; {_words(column)}")


def _two_columns(made: Proposal, columns: Sequence[Column], days: list[Column]) -> None:
    """A day and a time of day in columns side by side are one moment; year, month and day in three are one day."""
    for day in list(days):
        clock = next((c for c in columns if c.position == day.position + 1 and c.times > 0.9), None)
        if clock is None or day.dated is None or day.dated.timed or "date" not in day.dated.rule:
            continue
        seconds = all(t.count(":") == 2 for t in clock.texts)
        forms = day.dated.rule["date"]
        forms = [f"{f} %H:%M{':%S' if seconds else ''}" for f in (forms if isinstance(forms, list) else [forms])]
        name = max(DATES, key=lambda f: day.head(DATES[f]))
        if FIELDS[name].__name__ != "datetime" or not day.head(DATES[name]):
            name = "happened_at"
        made.add(
            name,
            {"join": [day.name, clock.name], "date": forms},
            0.85,
            f"day and time stand in two columns; {_words(day)}",
        )
    three = [
        next((c for c in columns if c.name.rstrip("份") == part and c.counts > 0.9), None)
        for part in ("年", "月", "日")
    ]
    if all(three) and "registered_on" not in made.fields:
        made.add(
            "registered_on",
            {"join": [c.name for c in three if c], "with": "-", "date": "%Y-%m-%d"},
            0.9,
            "year, month and day in three columns",
        )


def _required(made: Proposal) -> None:
    for name in _FIRST:
        if name in made.fields:
            guess = made.fields[name]
            made.fields[name] = guess._replace(rule={**guess.rule, "required": True})
            return


def _acceptance(made: Proposal) -> None:
    """Without a day of acceptance a matter counts as not accepted: the first day known stands for it, and that is asked."""
    first = next((made.fields[f] for f in _FIRST if f in made.fields), None)
    if first is None:
        made.notes.append(
            Noted("no day", 0.0, "no column says when a row was registered or happened: such rows fall into no period")
        )
        return
    if "accepted_on" not in made.fields:
        rule = {k: v for k, v in first.rule.items() if k != "required"}
        made.add("accepted_on", rule, 0.6, f"no column says when it was accepted: {first.field} stands for it")
        made.questions.append(
            Question(
                "accepted", "No column says when a row was accepted. Is it on the first day known", "yes", ("yes", "no")
            )
        )
