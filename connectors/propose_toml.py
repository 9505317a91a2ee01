"""A proposal written as a feed.toml: each line with how sure it is and why; what is unsure stands there as a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from connectors.propose_made import SURE, Proposal

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_FIELD_TABLE = 6  # a table of more entries stands in a place of its own


def value(given: Any) -> str:
    """A value as TOML writes it, tables and lists on one line."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, (int, float)):
        return repr(given)
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{key(k)} = {value(v)}" for k, v in given.items()) + " }" if given else "{}"
    if isinstance(given, (list, tuple)):
        return "[" + ", ".join(map(value, given)) + "]"
    # JSON's escapes are TOML's, but for DEL, which JSON leaves as it is.
    return json.dumps(str(given), ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """A key, in quotes where TOML asks for them."""
    return name if _BARE.fullmatch(name) else value(name)


def remark(text: str) -> str:
    """A text as a comment: on one line, without control characters."""
    return "# " + "".join(c if c.isprintable() else " " for c in text)[:240]


def feed_toml(made: Proposal, head: Mapping[str, Any], transport: Mapping[str, Any], open_points: list[str]) -> str:
    """The whole file. `head`: feed, title, agency, cadence_seconds, late_after_seconds; `transport`: what [transport] says."""
    lines = ["# Proposed from a sample. The figure before a reason says how sure the proposal is, from 0 to 1."]
    lines += [remark(f"Stays open: {point}") for point in open_points]
    lines += [f"{key(k)} = {value(head[k])}" for k in ("feed", "title")]
    lines += [f"datum = {value(made.datum)}", *(f"{k} = {head[k]}" for k in ("cadence_seconds", "late_after_seconds"))]
    lines += ["", "[agency]", *(f"{key(k)} = {value(v)}" for k, v in head["agency"].items())]
    lines += ["", *(remark(f"{n.confidence:.2f} {n.what}: {n.reason}") for n in made.notes)]
    lines += ["[transport]", *(f"{key(k)} = {value(v)}" for k, v in transport.items())]
    return "\n".join([*lines, *_rows(made), *_fields(made), *_parties(made), *_tables(made), ""])


def _rows(made: Proposal) -> list[str]:
    lines = ["", "[rows]"]
    if made.withdrawn:
        conditions, sure, why = made.withdrawn
        lines += [remark(f"{sure:.2f} {why}"), f"withdrawn = {value(conditions)}"]
    lines += [f"refs = {value(made.refs)}"] if made.refs else []
    lines += [f"private = {value(made.private)}"] if made.private else []
    lines += [remark(f"Not used: {', '.join(made.unused)}")] if made.unused else []
    return lines if len(lines) > 2 else []


def _fields(made: Proposal) -> list[str]:
    lines = ["", "[fields]"]
    for name in sorted(made.fields, key=_order):
        guess = made.fields[name]
        rule = {k: v for k, v in guess.rule.items() if k != "table"}
        table = guess.rule.get("table")
        if table is not None:
            rule["table"] = name if isinstance(table, dict) and len(table) > _FIELD_TABLE else table
        line = f"{name} = {value(rule)}"
        lines += [
            remark(f"{guess.confidence:.2f} {guess.reason}"),
            line if guess.confidence >= SURE or name in ("external_id", "kind") else f"# {line}",
        ]
    return lines


def _order(name: str) -> int:
    from matters.model import FIELDS

    return list(FIELDS).index(name)


def _parties(made: Proposal) -> list[str]:
    lines: list[str] = []
    for party, sure, why in made.parties:
        lines += ["", remark(f"{sure:.2f} {why}"), "[[parties]]", *(f"{key(k)} = {value(v)}" for k, v in party.items())]
    return lines


def _tables(made: Proposal) -> list[str]:
    lines: list[str] = []
    named = {
        n: g.rule["table"]
        for n, g in made.fields.items()
        if isinstance(g.rule.get("table"), dict) and len(g.rule["table"]) > _FIELD_TABLE
    }
    for name, table in {**made.tables, **named}.items():
        lines += ["", f"[tables.{key(name)}]", *(f"{key(k)} = {value(v)}" for k, v in table.items())]
    return lines
