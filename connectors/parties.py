"""The persons of a row: taken from its columns or its lists, masked, tokenised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.columns import Batch, Memo, text_of
from connectors.privacy import id_token, mask_people, names_to_mask, phone_token
from connectors.rulespec import MappingSpec, Party

Found = dict[str, str]
Clear = dict[str, str]  # name, id, phone
Cells = tuple[str, str, str, str]  # role, name, number, phone


class Parties:
    """The [[parties]] of a mapping, made ready."""

    def __init__(self, mapping: MappingSpec, token_key: bytes) -> None:
        self._specs = mapping.parties
        self._private = mapping.rows.private
        self._key = token_key
        self._mask = Memo(mask_people)
        # Keys as they stand in a raw row: below `each`, the keys of the listed tables.
        self.name_keys = _as_keys([*(p.name for p in self._specs), *self._private])
        self.number_keys = _as_keys([k for p in self._specs for k in (p.id, p.phone)])

    def take(self, batch: Batch) -> tuple[list[list[Found]], list[list[str]]]:
        """For each row its parties (role, masked name, tokens), and the clear names to be masked in its texts."""
        parties: list[list[Found]] = [[] for _ in range(batch.size)]
        names: list[list[str]] = [[] for _ in range(batch.size)]
        for spec in self._specs:
            for index, cells in _said(spec, batch):
                self._add(spec, cells, parties[index], names[index])
        for column in self._private:
            for index, text in enumerate(batch.texts(column)):
                if text:
                    names[index].append(text)
        return parties, [names_to_mask(n) if n else n for n in names]

    def clear(self, batch: Batch) -> list[list[Clear]]:
        """For each row its parties as they came, in the order of `take`: for one look by somebody who may, never to be kept."""
        told: list[list[Clear]] = [[] for _ in range(batch.size)]
        for spec in self._specs:
            for index, (_, name, number, phone) in _said(spec, batch):
                told[index].append({"name": name, "id": number, "phone": phone})
        return told

    def _add(self, spec: Party, cells: Cells, parties: list[Found], names: list[str]) -> None:
        role, name, number, phone = cells
        found = {"role": spec.roles.get(role, spec.role), "name": name, "id_token": "", "phone_token": ""}
        if not (spec.institutions and name.endswith(tuple(spec.institutions))):
            found["name"] = self._mask[name]
            found["id_token"] = id_token(self._key, number) if number else ""
            found["phone_token"] = phone_token(self._key, phone) if phone else ""
            if name:
                names.append(name)
        parties.append(found)


def _said(spec: Party, batch: Batch) -> Iterator[tuple[int, Cells]]:
    """Every person that a declaration finds, with the index of its row; nobody where all of the cells are empty."""
    for index, cells in _listed(spec, batch) if spec.each else _in_columns(spec, batch):
        if cells[1] or cells[2] or cells[3]:
            yield index, cells


def _in_columns(spec: Party, batch: Batch) -> Iterator[tuple[int, Cells]]:
    empty = [""] * batch.size
    columns = (batch.texts(c) if c else empty for c in (spec.role_from, spec.name, spec.id, spec.phone))
    return enumerate(zip(*columns, strict=True))  # type: ignore[arg-type]  # zip(*…) loses how many there are


def _listed(spec: Party, batch: Batch) -> Iterator[tuple[int, Cells]]:
    for index, people in enumerate(batch.values(spec.each or "")):
        for person in people if isinstance(people, list) else ():
            if isinstance(person, dict):
                yield index, (_cell(person, spec.role_from), _cell(person, spec.name), _cell(person, spec.id), _cell(person, spec.phone))


def _as_keys(columns: list[str | None]) -> frozenset[str]:
    """Column names, and the last part of dotted ones: the key under which the cell stands in the raw row."""
    return frozenset(k for c in columns if c for k in (c, c.rsplit(".", 1)[-1]))


def _cell(person: dict[str, Any], key: str | None) -> str:
    return text_of(person.get(key)) if key else ""
