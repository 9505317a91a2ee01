"""Saved views of the case list: a name for an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from matters.access import Scope
from store import listings, views
from store.engine import reading, writing

NAME_LENGTH, QUERY_LENGTH, MOST = 24, 2_000, 30


class Refused(ValueError):
    """A view cannot be kept; `reason` is name, query or many."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SavedView:
    """A kept view: `query` is the query string of the list, '' or beginning with '?'."""

    id: int
    name: str
    query: str
    mine: bool
    shared: bool


class Views:
    """What people keep of the list. A view holds conditions, never rows: whoever opens it sees what lies in their own area."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now

    def offered(self, scope: Scope) -> tuple[SavedView, ...]:
        """One's own views, then those shared by the areas above and one's own."""
        with reading(self._engine) as connection:
            rows = views.offered(connection, scope)
        return tuple(SavedView(r["id"], r["name"], r["query"], r["owner"] == scope.user, bool(r["shared"])) for r in rows)

    def keep(self, scope: Scope, name: str, query: str, shared: bool = False) -> int:
        """Keep a view, in place of one's own of the same name; a shared one is noted in the audit. Raises Refused."""
        name = " ".join(name.split())
        if not name or len(name) > NAME_LENGTH or not name.isprintable():
            raise Refused("name")
        if len(query) > QUERY_LENGTH or (query and not query.startswith("?")):
            raise Refused("query")
        with writing(self._engine) as connection:
            if views.held(connection, scope.user, name) >= MOST:
                raise Refused("many")
            made = views.put(connection, scope, name, query, shared, self._now())
            if shared:
                listings.note(connection, scope.user, "view.share", {"name": name, "query": query[:500]}, self._now())
        return made

    def drop(self, scope: Scope, view_id: int) -> bool:
        """Let go of one's own view; False when it is somebody else's or gone."""
        with writing(self._engine) as connection:
            return views.drop(connection, scope.user, view_id)
