"""Who in a row is a person: names, ID and phone numbers become [[parties]] or stay private, and never a field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from connectors.columns import text_of
from connectors.propose_columns import Column
from connectors.propose_made import Proposal, percent
from connectors.propose_words import NUMBER_OF_ID, PERSON, PHONE, ROLE_VALUES, ROLES, STAFF, plain

_UNIT = re.compile(r"(医院|卫生院|公司|局|委|政府|法院|中心|所|厂|店|学校|银行|村|社区)$")


def find(made: Proposal, columns: Sequence[Column]) -> set[str]:
    """Set parties and private; gives the columns that no field may read."""
    people: set[str] = set()
    for column in columns:
        if column.lists:
            _listed(made, column, people)
    sorts = {c.name: sort for c in columns if not c.lists and (sort := _sort(c))}
    people |= set(sorts)
    for group in _groups([c for c in columns if sorts.get(c.name) in ("name", "id", "phone")], sorts):
        _add(made, group, sorts)
    made.private += [name for name, sort in sorts.items() if sort == "private"]
    return people


def _sort(column: Column) -> str:
    """name, id, phone, private (a person who is no party), or '' for what is no person's."""
    if column.dated is not None and not column.ids:
        return ""
    if column.ids > 0.5 or (column.head(NUMBER_OF_ID) >= 0.8 and column.dated is None and column.places < 0.5):
        return "id"
    if column.phones > 0.5 or (
        column.head(PHONE) == 1.0 and column.share(lambda t: re.fullmatch(r"[\d\-+*() ]{7,20}", t)) > 0.5
    ):
        return "phone"
    if (
        column.head(STAFF) >= 0.8
        and (column.names > 0.4 or column.share(lambda t: re.fullmatch(r"[\w-]{1,20}", t)) > 0.9)
        and not _office(column)
    ):
        return "private"
    named = column.head(PERSON)
    if (
        named
        and not _office(column)
        and (column.names > 0.5 or not column.texts)
        and not column.name.endswith(("类型", "性质", "数", "情况"))
    ):
        return "name"
    if column.surnames > 0.85 and column.unique > 0.5 and len(column.distinct) >= 3 and not _office(column):
        return "private"
    return ""


def _office(column: Column) -> bool:
    return column.share(_UNIT.search) > 0.5 or column.towns > 0.5 or column.counties > 0.5


def _role(name: str) -> str:
    low = plain(name).lower()
    return next((role for role, pattern in ROLES if re.search(pattern, low)), "")


def _groups(columns: Sequence[Column], sorts: dict[str, str]) -> list[list[Column]]:
    """Columns of one person: one of each sort, side by side or with the same beginning."""
    groups: list[list[Column]] = []
    for column in columns:
        home = next((g for g in reversed(groups) if _joins(g, column, sorts)), None)
        if home is None:
            groups.append([column])
        else:
            home.append(column)
    return groups


def _joins(group: list[Column], column: Column, sorts: dict[str, str]) -> bool:
    if sorts[column.name] in {sorts[c.name] for c in group}:
        return False
    mine, theirs = _role(column.name), next((r for c in group if (r := _role(c.name))), "")
    return not mine or not theirs or mine == theirs


def _add(made: Proposal, group: list[Column], sorts: dict[str, str]) -> None:
    role = next((r for c in group if (r := _role(c.name))), "other")
    party: dict[str, Any] = {"role": role, **{sorts[c.name]: c.name for c in group}}
    sure = 0.9 if role != "other" else 0.75
    why = ", ".join(f"{c.name} holds {_WORD[sorts[c.name]]}" for c in group)
    made.parties.append((party, sure, f"{why}; by name and make of the values, of which none is kept in the clear"))


_WORD = {"name": "names", "id": "identity numbers", "phone": "phone numbers"}


def _listed(made: Proposal, column: Column, people: set[str]) -> None:
    """A column that holds a list of persons."""
    entries = [e for cells in column.lists for e in cells if isinstance(e, dict)]
    keys = list(dict.fromkeys(k for e in entries for k in e))
    inner = [Column(k, [e.get(k) for e in entries], i) for i, k in enumerate(keys)]
    found: dict[str, str] = {}
    for part in inner:
        sort = "name" if _is_name(part) else _sort(part)
        if sort in ("name", "id", "phone"):
            found.setdefault(sort, part.name)
    if not found:
        return
    people.add(column.name)
    party: dict[str, Any] = {"each": column.name}
    roles = _roles(inner, set(found.values()))
    if roles:
        party |= {"role_from": roles[0], "roles": roles[1]}
    offices = sorted(
        {m.group(1) for p in inner if p.name == found.get("name") for t in p.distinct if (m := _UNIT.search(t))}
    )
    party |= found | ({"institutions": offices} if offices else {})
    made.parties.append((party, 0.9 if roles else 0.7, f"a list of persons in {percent(column.filled)} of the rows"))


def _is_name(column: Column) -> bool:
    return column.head(PERSON) > 0 and column.share(lambda t: re.fullmatch(r"[\u4e00-\u9fff·]{2,20}", t)) > 0.5


def _roles(inner: Sequence[Column], taken: set[str]) -> tuple[str, dict[str, str]] | None:
    for part in inner:
        if part.name in taken or len(part.distinct) > 12:
            continue
        roles = {
            v: r
            for v in part.distinct
            if (r := next((c for c, p in ROLE_VALUES if re.search(p, text_of(v).lower())), ""))
        }
        if roles and len(roles) >= 0.5 * len(part.distinct):
            return part.name, roles
    return None
