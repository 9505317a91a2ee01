"""The persons of a row: taken from its columns or its lists, masked, tokenised."""

from __future__ import annotations

from typing import Any

from connectors.columns import Batch, Memo, text_of
from connectors.privacy import id_token, mask_people, names_to_mask, phone_token
from connectors.rulespec import MappingSpec, Party

Found = dict[str, str]


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
            if spec.each:
                self._listed(spec, batch, parties, names)
            else:
                self._in_columns(spec, batch, parties, names)
        for column in self._private:
            for index, text in enumerate(batch.texts(column)):
                if text:
                    names[index].append(text)
        return parties, [names_to_mask(n) if n else n for n in names]

    def _in_columns(self, spec: Party, batch: Batch, parties: list[list[Found]], names: list[list[str]]) -> None:
        empty = [""] * batch.size
        columns = (batch.texts(c) if c else empty for c in (spec.role_from, spec.name, spec.id, spec.phone))
        for index, (role, name, number, phone) in enumerate(zip(*columns, strict=True)):
            if name or number or phone:
                self._add(spec, (role, name, number, phone), parties[index], names[index])

    def _listed(self, spec: Party, batch: Batch, parties: list[list[Found]], names: list[list[str]]) -> None:
        for index, people in enumerate(batch.values(spec.each or "")):
            for person in people if isinstance(people, list) else ():
                if not isinstance(person, dict):
                    continue
                role, name, number, phone = (_cell(person, c) for c in (spec.role_from, spec.name, spec.id, spec.phone))
                if name or number or phone:
                    self._add(spec, (role, name, number, phone), parties[index], names[index])

    def _add(self, spec: Party, cells: tuple[str, str, str, str], parties: list[Found], names: list[str]) -> None:
        role, name, number, phone = cells
        found = {"role": spec.roles.get(role, spec.role), "name": name, "id_token": "", "phone_token": ""}
        if not (spec.institutions and name.endswith(tuple(spec.institutions))):
            found["name"] = self._mask[name]
            found["id_token"] = id_token(self._key, number) if number else ""
            found["phone_token"] = phone_token(self._key, phone) if phone else ""
            if name:
                names.append(name)
        parties.append(found)


def _as_keys(columns: list[str | None]) -> frozenset[str]:
    """Column names, and the last part of dotted ones: the key under which the cell stands in the raw row."""
    return frozenset(k for c in columns if c for k in (c, c.rsplit(".", 1)[-1]))


def _cell(person: dict[str, Any], key: str | None) -> str:
    return text_of(person.get(key)) if key else ""
