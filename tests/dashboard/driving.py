"""Logging in and asking a page's callback the way a browser does, without one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dash import Dash


def enter(app: Dash, user: str, password: str = "demo") -> Any:
    """A client that is logged in through the form."""
    client = app.server.test_client()
    page = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    answer = client.post("/login?next=/", data={"csrf": token[1], "user": user, "password": password})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:200]
    return client


def ask(client: Any, app: Dash, prefix: str, path: str, search: str = "") -> dict[str, Any]:
    """Run the callback of an area's page that shows its figures."""
    key = next(k for k in app.callback_map if f"{prefix}-trees.data" in k)
    outputs = [{"id": o.rpartition(".")[0], "property": o.rpartition(".")[2]} for o in key.strip(".").split("...")]
    there = {"here": {"path": path, "search": search}, "url": search}
    given = {part: [{**d, "value": there.get(d["id"])} for d in app.callback_map[key][part]] for part in ("inputs", "state")}
    body = {"output": key, "outputs": outputs, "changedPropIds": ["turn.data"], **given}
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    found: dict[str, Any] = json.loads(answer.get_data())
    return {**found, "response": unpacked(found["response"])}


def unpacked(response: dict[str, Any]) -> dict[str, Any]:
    """A response with the texts of guard.Packed read."""
    return {place: {k: json.loads(v) if place.endswith(("-trees", "-bar-tree")) else v for k, v in given.items()} for place, given in response.items()}


def elements(tree: Any) -> Iterator[dict[str, Any]]:
    """Every element of a tree, each with its properties."""
    if isinstance(tree, list):
        for child in tree:
            yield from elements(child)
    elif isinstance(tree, dict) and "props" in tree:
        yield tree
        yield from elements(tree["props"].get("children"))
    elif isinstance(tree, dict):
        yield from elements(list(tree.values()))


def words(tree: Any) -> str:
    """The text of a tree."""
    if isinstance(tree, list):
        return "".join(words(child) for child in tree)
    if isinstance(tree, dict):
        return words(tree["props"].get("children")) if "props" in tree else words(list(tree.values()))
    return "" if tree is None else str(tree)
