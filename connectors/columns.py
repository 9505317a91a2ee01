"""Rows seen column by column: texts of a column, conditions on columns, and answers remembered by text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any

from connectors.patterns import head
from connectors.rulespec import Conditions

_REMEMBER = 5_000
_JUDGED, _REPEATED, _AGAIN = 4_000, 0.8, 25
# Control characters are refused by PostgreSQL (NUL) or spoil a screen; tab and line breaks are treated as spaces later.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")


class Memo(dict[Any, Any]):
    """Answers of a function by argument; columns repeat themselves, so most cells cost one look-up."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self.function = function
        self._asked = self._answered = 0

    def __missing__(self, key: Any) -> Any:
        if len(self) >= _REMEMBER:
            self.clear()
        self._answered += 1
        answer = self[key] = self.function(key)
        return answer

    def each(self, keys: Sequence[Any]) -> list[Any]:
        """The answers to all of them. A column in which hardly a cell repeats another (ids, moments, sentences) is not remembered: it
        would fill the memory and never be asked for again; every so often it is looked at anew."""
        self._asked += len(keys)
        if self._asked >= _JUDGED and self._answered > self._asked * _REPEATED:
            if self._asked < _JUDGED * _AGAIN:
                self.clear()
                self._answered += len(keys)
                return list(map(self.function, keys))
            self._asked, self._answered = len(keys), 0
        return list(map(self.__getitem__, keys))


class Batch:
    """The rows of one call, with each column taken out once."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows
        self.size = len(rows)
        self.absent: dict[str, set[int]] = {}
        self._texts: dict[str, list[str]] = {}
        self._spread: dict[str, tuple[Any, ...]] | None = None

    def texts(self, column: str) -> list[str]:
        """The cells of a column as stripped text, '' where there is none."""
        found = self._texts.get(column)
        if found is None:
            found = self._texts[column] = self._take(column)
        return found

    def values(self, column: str) -> list[Any]:
        """The cells of a column as they came; absent ones (no such key in the row) are None and noted."""
        if self._spread is None:
            self._spread = self._columns()
        if column in self._spread:
            return list(self._spread[column])
        rows = self.rows
        try:
            return [row[column] for row in rows]
        except KeyError:
            return [self._reach(i, column) for i in range(self.size)]

    def _columns(self) -> dict[str, tuple[Any, ...]]:
        """Every column of the first row that all rows have. Row by row: thousands of rows do not fit the processor's cache, and
        column by column each was fetched for every cell."""
        names = list(self.rows[0]) if self.size > 1 else []
        if len(names) < 2:
            return {}
        try:
            return dict(zip(names, zip(*map(itemgetter(*names), self.rows), strict=True), strict=True))
        except KeyError:
            return {}

    def _take(self, column: str) -> list[str]:
        texts = [v.strip() if type(v) is str else text_of(v) for v in self.values(column)]
        if _CONTROL.search("\n".join(texts)):
            texts = [_CONTROL.sub("", t).strip() for t in texts]
        return texts

    def _reach(self, index: int, column: str) -> Any:
        """A cell by its name, or by its path through nested tables and lists (a.b, a.0.b)."""
        value: Any = self.rows[index]
        if column in value:
            return value[column]
        for depth, part in enumerate(column.split(".")):
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list) and part.isdigit():
                value = value[int(part)] if int(part) < len(value) else None
            else:
                # Below the top a table may be null as a whole; at the top the source has changed its shape.
                if depth == 0:
                    self.absent.setdefault(column, set()).add(index)
                return None
        return value


def text_of(value: Any) -> str:
    """Any scalar as text; tables and lists, which no text column can hold, as nothing."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def mask_of(conditions: Conditions, batch: Batch, memos: dict[int, Memo]) -> list[bool]:
    """For each row whether all conditions hold."""
    found: list[bool] | None = None
    for column, wanted in conditions.items():
        memo = memos.get(id(wanted))
        if memo is None:
            memo = memos[id(wanted)] = Memo(_condition(wanted))
        one = memo.each(batch.texts(column))
        found = one if found is None else [a and b for a, b in zip(found, one, strict=True)]
    return found if found is not None else list(repeat(True, batch.size))


def _condition(wanted: Any) -> Callable[[str], bool]:
    if isinstance(wanted, str):
        return lambda text: text == wanted
    if isinstance(wanted, list):
        values = frozenset(wanted)
        return lambda text: text in values
    if "filled" in wanted:
        return lambda text: bool(text) is bool(wanted["filled"])
    if "matches" in wanted:
        pattern = re.compile(wanted["matches"])
        return lambda text: pattern.search(head(text)) is not None
    refused = frozenset([wanted["not"]] if isinstance(wanted["not"], str) else wanted["not"])
    return lambda text: text not in refused
