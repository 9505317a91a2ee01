"""The one place where a reader's scope becomes SQL. Every read query goes through here (promise 7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, true

from matters.access import Scope
from store.schema import matter


def inside(scope: Scope, table: Any) -> ColumnElement[bool]:
    """Condition that keeps the rows of a table (with county_code and town_code) that the scope covers.

    A department sees matters, those that are dispatched to it, and no row of any other table.
    """
    if scope.owners:
        return _area(scope, table) & table.c.owner.in_(scope.owners) if table is matter else false()
    return _area(scope, table)


def _area(scope: Scope, table: Any) -> ColumnElement[bool]:
    if scope.level == "city":
        return true()
    if scope.level == "county":
        return table.c.county_code == scope.county
    return (table.c.county_code == scope.county) & (table.c.town_code == scope.town)


def counties_of(scope: Scope, wanted: list[str]) -> list[str]:
    """Of the wanted county codes ('' = unlocated) those the scope may read."""
    if scope.owners:
        return []
    return wanted if scope.level == "city" else [code for code in wanted if code == scope.county]
