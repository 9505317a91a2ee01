"""What a proposal is: rules with how sure they are and why, and the questions that the sample leaves open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from connectors.propose_sample import Noted

# Rows of (lon, lat, what the row says of its area) → share of rows whose point lies there, by datum.
Agree = Callable[[Sequence[tuple[float, float, str]]], Mapping[str, float]]
SURE = 0.5  # a guess below this is shown and not written


@dataclass(frozen=True, slots=True)
class Known:
    """What the program knows of its city: official codes of areas, names of counties and townships, a test of datums."""

    codes: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    agree: Agree | None = None


class Guess(NamedTuple):
    """One field of the mapping: its rule as the feed.toml has it, how sure (0 to 1), and why."""

    field: str
    rule: dict[str, Any]
    confidence: float
    reason: str

    def columns(self) -> set[str]:
        """The columns that it reads."""
        return columns_in(self.rule)


class Question(NamedTuple):
    """What the sample cannot say: asked, or left at the default and listed."""

    key: str
    text: str
    default: str
    choices: tuple[str, ...] = ()
    form: str = ""  # what an answer has to match
    meant: str = ""  # that form in words


@dataclass(slots=True)
class Proposal:
    """The whole of it. `unused` and `private` are column names; `since` is the column that tells when a row last changed."""

    door: dict[str, Any]
    notes: list[Noted]
    fields: dict[str, Guess] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    parties: list[tuple[dict[str, Any], float, str]] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    withdrawn: tuple[dict[str, Any], float, str] | None = None
    private: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    datum: str = "wgs84"
    since: str = ""
    kind: str = "other"
    questions: list[Question] = field(default_factory=list)

    def add(self, name: str, rule: dict[str, Any], confidence: float, reason: str) -> None:
        """Note a field's rule, unless a surer one is there."""
        before = self.fields.get(name)
        if before is None or before.confidence < confidence:
            self.fields[name] = Guess(name, rule, round(min(max(confidence, 0.0), 1.0), 2), reason)

    def spoken_for(self) -> set[str]:
        """Columns that have a meaning already; those of a key made of several may have one besides."""
        key = self.fields.get("external_id")
        return self.used() - (key.columns() if key is not None and "digest" in key.rule else set())

    def used(self) -> set[str]:
        """Every column that something reads."""
        found = {*self.refs, *(self.withdrawn[0] if self.withdrawn else ())}
        for guess in self.fields.values():
            found |= columns_in(guess.rule)
        for party, _, _ in self.parties:
            found |= (
                {party["each"]}
                if "each" in party
                else {str(party[k]) for k in ("name", "id", "phone", "role_from") if k in party}
            )
        return found


def columns_in(rule: Mapping[str, Any]) -> set[str]:
    """The columns that a rule reads."""
    found = {rule["from"]} if "from" in rule else set()
    for several in ("join", "first_of", "digest"):
        found.update(rule.get(several, ()))
    found.update(rule.get("test", ()))
    found.update(rule.get("when", ()))
    if "template" in rule:
        found.update(part.split("}")[0] for part in rule["template"].split("{")[1:])
    return found


def percent(share: float) -> str:
    """A share in words."""
    return f"{share:.0%}"
