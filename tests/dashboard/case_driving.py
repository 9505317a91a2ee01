"""Asking any callback of the lists, the file and the listings the way a browser does, without one."""

from __future__ import annotations

import json
from typing import Any

from dash import Dash

from tests.dashboard.driving import unpacked


def run(client: Any, app: Dash, output: str, path: str, search: str = "", **given: Any) -> dict[str, Any]:
    """Response of the callback that has this output, on the page of an address.

    `given` are values of other inputs and states by id and property joined by two underscores (a dash becomes one);
    a list answers a pattern, an item for each match: {"id": …, "value": …}.
    """
    key = next(k for k in app.callback_map if output in k)
    entry = app.callback_map[key]
    known: dict[str, Any] = {"here__data": {"path": path, "search": search}, "url__search": search, **given}

    def value(dep: dict[str, Any]) -> Any:
        name = f"{dep['id']}__{dep['property']}".replace("-", "_")
        if dep["id"].startswith("{"):
            pattern = json.loads(dep["id"])
            ids = [{**pattern, "field": f["field"]} for f in known["fields"]]
            values = [i if dep["property"] == "id" else f.get(dep["property"]) for i, f in zip(ids, known["fields"], strict=True)]
            return [{"id": i, "property": dep["property"], "value": v} for i, v in zip(ids, values, strict=True)]
        return {"id": dep["id"], "property": dep["property"], "value": known.get(name)}

    multi = key.startswith("..")
    outputs = [{"id": o.rpartition(".")[0], "property": o.rpartition(".")[2]} for o in key.strip(".").split("...")]
    inputs, state = [value(d) for d in entry["inputs"]], [value(d) for d in entry["state"]]
    body = {"output": key, "outputs": outputs if multi else outputs[0], "changedPropIds": [f"{entry['inputs'][0]['id']}.{entry['inputs'][0]['property']}"],
            "inputs": inputs, "state": state}  # fmt: skip
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code in (200, 204), answer.get_data(as_text=True)[:400]
    found = unpacked(json.loads(answer.get_data())["response"]) if answer.status_code == 200 else {}
    return found


def figures(tree: Any) -> dict[str, dict[str, Any]]:
    """Every number of a tree by its name: its raw value, and the address it opens when it is inside a link."""
    found: dict[str, dict[str, Any]] = {}

    def walk(node: Any, href: str) -> None:
        if isinstance(node, list):
            for child in node:
                walk(child, href)
        elif isinstance(node, dict) and "props" in node:
            props = node["props"]
            link = props.get("href") or href
            if props.get("data-figure"):
                found[props["data-figure"]] = {"value": props.get("data-value"), "href": link}
            walk(props.get("children"), link)
        elif isinstance(node, dict):
            walk(list(node.values()), href)

    walk(tree, "")
    return found
