"""Addresses from the screen one is on: the list behind a number, another period, the area below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboard import el, urlstate
from dashboard.guard import Here
from matters.filters import Filter


@dataclass(frozen=True, slots=True)
class Links:
    """Every link of one screen, made from where it is."""

    here: Here

    def rows(self, f: Filter, **extra: str) -> str:
        """The list behind a number."""
        return urlstate.rows(f, self.here.state.lang, **extra)

    def same(self, **changes: Any) -> str:
        """This page with some filters changed; `show`, `layers`, `step`, `sort`, `dir` and `cols` are parameters of the page itself."""
        own = {k: changes.pop(k) for k in ("show", "layers", "step", "sort", "dir", "cols") if k in changes}
        return self.here.path + urlstate.write(self.here.state.with_(**changes).plus(**own), area=not self.here.params)

    def down(self, code: str, level: str) -> str:
        """Another area's page, same period and filters."""
        return urlstate.down(code, level, self.here.state)

    def matter(self, code: str) -> str:
        """A matter's file."""
        return self.page(f"/matter/{code}")

    def page(self, path: str, **extra: str) -> str:
        """Another page, only with the language and the moment looked back to, and parameters of its own."""
        return path + urlstate.write(urlstate.State(Filter(as_of=self.here.state.filter.as_of), lang=self.here.state.lang, extra=extra))

    def number(self, text: str, f: Filter | None, figure: str, raw: float | int | None, area: str = "", className: str = "n") -> el.Node:
        """A number that opens its rows; without a filter plain text. The raw value stands beside it for tests and helpers."""
        value = "" if raw is None else str(raw)
        known = {"data_figure": figure, "data_value": value, "data_area": area or self.here.params.get("code", "") or "city"}
        if f is None or raw is None:
            return el.Span(text, **known)
        return el.A(text, className, href=self.rows(f), **known)
