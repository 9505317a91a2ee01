"""Records in the making, column by column: the row's own, and the further ones that [[records]] make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.columns import Batch
from connectors.rules import Column, Maker
from connectors.rulespec import Further, Rule
from connectors.unseen import Unknown
from connectors.values import Bad, Unseen
from matters.model import FIELDS

Wrong = dict[int, tuple[str, Bad]]  # by place: the column and what is wrong with it


def made(maker: Maker, fields: dict[str, Rule]) -> list[Column]:
    """The rules of some fields made ready, in the order of FIELDS."""
    return [maker.column(name, fields[name]) for name in sorted(fields, key=list(FIELDS).index)]


@dataclass(slots=True)
class Part:
    """Records in the making, one for each batch row in `rows`: values by field, and by field what is wrong (by place)."""

    rows: Sequence[int]
    values: dict[str, list[Any]]
    bad: dict[str, Wrong]
    rules: dict[str, Rule]
    absent: dict[str, set[int]] = field(default_factory=dict)
    withdrawn: Sequence[bool] = ()

    def note(self, name: str, place: int, column: str, wrong: Bad) -> None:
        """What is wrong with a field; of a withdrawn row only its key matters."""
        if name == "external_id" or not (self.withdrawn and self.withdrawn[place]):
            self.bad.setdefault(name, {}).setdefault(place, (column, wrong))

    def first_bad(self, given: Wrong, optional: frozenset[str]) -> Wrong:
        """The first mistake of each: those `given`, then in order of the fields, then columns that are not there."""
        found = dict(given)
        for name in FIELDS if self.bad else ():
            for place, wrong in self.bad.get(name, {}).items():
                found.setdefault(place, wrong)
        for column, places in self.absent.items():
            if column not in optional and column.split(".")[0] not in optional:
                wrong = (column, Bad("wrong_columns", f"the source no longer sends {column}"))
                for place in places:
                    if not (self.withdrawn and self.withdrawn[place]):
                        found.setdefault(place, wrong)
        return found


class Evaluator:
    """Runs rules over the rows of one call; what tables do not know goes to `unknown`."""

    def __init__(self, names: Sequence[Sequence[str]], private: frozenset[str], unknown: Unknown) -> None:
        self._names, self._private, self._unknown = names, private, unknown

    def part(self, columns: list[Column], batch: Batch, rows: Sequence[int], withdrawn: Sequence[bool]) -> Part:
        """The rules run over a batch, whose rows are those of the call at `rows`."""
        part = Part(rows, {}, {}, {c.field: c.rule for c in columns}, batch.absent, withdrawn)
        for column in columns:
            values = part.values[column.field] = column.run(batch)
            kinds = set(map(type, values))
            if Unseen in kinds:
                self._take_defaults(column, values, rows)
            if Bad in kinds:
                for place, value in enumerate(values):
                    if type(value) is Bad:
                        values[place] = None
                        part.note(column.field, place, column.name, value)
            if column.field == "external_id" and None in values:
                for place, value in enumerate(values):
                    if value is None:
                        part.note("external_id", place, column.name, Bad("missing_required", f"{column.name}: the key is empty"))
        return part

    def _take_defaults(self, column: Column, values: list[Any], rows: Sequence[int]) -> None:
        for place, value in enumerate(values):
            if type(value) is Unseen:
                values[place] = value.value
                self._unknown.add(column.name, value.text, self._names[rows[place]], column.name in self._private)


class Another:
    """One of [[records]] made ready."""

    def __init__(self, maker: Maker, spec: Further) -> None:
        self.spec = spec
        self.columns = made(maker, spec.fields)

    def part(self, main: Part, batch: Batch, mask: Sequence[bool], evaluator: Evaluator) -> Part:
        """Its records, where the mask holds: the row's own values, with its own in their place."""
        rows = [i for i, m in enumerate(mask) if m]
        withdrawn = [main.withdrawn[i] for i in rows] if main.withdrawn else ()
        own = evaluator.part(self.columns, Batch([batch.rows[i] for i in rows]), rows, withdrawn)
        places = {row: place for place, row in enumerate(rows)}
        for name in main.values:
            if name not in own.values and name not in self.spec.without:
                own.values[name] = [main.values[name][i] for i in rows]
                own.bad[name] = {places[i]: wrong for i, wrong in main.bad.get(name, {}).items() if i in places}
                own.rules[name] = main.rules[name]
        return own
