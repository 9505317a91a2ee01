"""Answers to a proposal's questions worked into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.base import Fatal
from connectors.propose_columns import columns_of
from connectors.propose_dates import dated
from connectors.propose_made import Guess, Proposal
from connectors.propose_sample import Sample
from connectors.rulespec import VOCABULARY

_ASKED = "as answered"


def settle(made: Proposal, answers: Mapping[str, str], sample: Sample) -> None:
    """Change the proposal by the answers; Fatal for one that names no column, or a value that its field does not have."""
    for question in made.questions:
        answer = answers.get(question.key, question.default).strip()
        if answer == question.default:
            continue
        kind, _, rest = question.key.partition(":")
        _STEPS[kind](made, answer, rest, sample)
    used = made.used() | set(made.private)
    made.unused = [c for c in sample.columns if c not in used]


def _key(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    _has(sample, answer)
    made.fields["external_id"] = Guess("external_id", {"from": answer}, 1.0, _ASKED)


def _digest(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    names = [n.strip() for n in re.split("[,，]", answer) if n.strip()]
    for name in names:
        _has(sample, name)
    made.fields["external_id"] = Guess(
        "external_id", {"from": names[0]} if len(names) == 1 else {"digest": names}, 1.0, _ASKED
    )


def _has(sample: Sample, name: str) -> None:
    if name not in sample.columns:
        raise Fatal(f"there is no column {name!r}; the columns are {', '.join(sample.columns)}")


def _role(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    """Another day for a date column, or none; acceptance that rested on it goes along."""
    for name in [
        n for n, g in made.fields.items() if g.rule.get("from") == rest and ("date" in g.rule or "epoch" in g.rule)
    ]:
        del made.fields[name]
    if answer != "none":
        column = next(c for c in columns_of(sample.columns, sample.rows) if c.name == rest)
        found = dated(column.texts, True)
        rule: dict[str, Any] = {"from": rest, **(found.rule if found else {})}
        made.fields[answer] = Guess(answer, rule, 1.0, _ASKED)
        if answer in ("happened_at", "registered_on"):
            made.fields["accepted_on"] = Guess(
                "accepted_on", rule, 0.6, f"no column says when it was accepted: {answer} stands for it"
            )


def _accepted(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    made.fields.pop("accepted_on", None)


def _datum(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    made.datum = answer


def _kind(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    made.kind = answer
    made.fields["kind"] = Guess("kind", {"const": answer}, 1.0, _ASKED)


def pairs(answer: str) -> dict[str, str]:
    """value=code, value=code → a table; Fatal for what is not written so."""
    found = {}
    for part in re.split("[,，]", answer):
        left, sign, right = part.partition("=")
        if part.strip() and not (sign and left.strip()):
            raise Fatal(f"{part.strip()!r}: write value=code, with a comma between two")
        if part.strip():
            found[left.strip()] = right.strip()
    return found


def _kinds(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    made.tables["kinds"] |= _checked("category", pairs(answer))


def _codes(made: Proposal, answer: str, rest: str, sample: Sample) -> None:
    name, _, column = rest.partition(":")
    table: dict[str, Any] = _checked(name, pairs(answer))
    if name == "satisfied":
        table = {k: v.lower() in ("true", "yes", "1") if v else "" for k, v in table.items()}
    rule: dict[str, Any] = {"from": column, "table": table}
    if name == "category":
        made.tables["kinds"], rule = table, {"from": column, "table": "kinds", "default": "99"}
    made.fields[name] = Guess(name, rule, 1.0, _ASKED)


def _checked(name: str, table: dict[str, str]) -> dict[str, str]:
    known = VOCABULARY.get(name)
    wrong = [v for v in table.values() if known and v and v not in known]
    if wrong:
        raise Fatal(f"{', '.join(wrong)}: {name} is one of {', '.join(sorted(known or ()))}")
    return table


_STEPS = {
    "key": _key, "digest": _digest, "role": _role, "accepted": _accepted, "datum": _datum, "kind": _kind, "kinds": _kinds, "codes": _codes,
}  # fmt: skip
