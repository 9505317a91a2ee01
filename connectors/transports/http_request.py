"""Puts one request together: address, parameters and body, as the source wants them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import httpx

from connectors.base import Fatal
from connectors.spec_http import HttpSettings

_ACCEPT = {
    "json": "application/json",
    "lines": "application/x-ndjson, application/json",
    "csv": "text/csv",
    "xml": "application/xml, text/xml",
}


class Call(NamedTuple):
    """One page to be asked for: parameters to be added to the declared ones, or the whole address that the source gave."""

    params: dict[str, str | int]
    url: str = ""


def default_headers(settings: HttpSettings) -> dict[str, str]:
    """Headers of every request; only packings are asked for that can be unpacked under a cap."""
    return {"accept": _ACCEPT[settings.format], "accept-encoding": "gzip, deflate", **settings.headers}


def built(client: httpx.Client, settings: HttpSettings, call: Call) -> httpx.Request:
    """The request, not yet signed."""
    params = {} if call.url else {**settings.params, **call.params}
    url = httpx.URL(call.url or settings.url)
    if settings.params_in == "form":
        return client.build_request(settings.method, url, data=params)
    if settings.params_in == "json":
        return _with_json(client, url, _nested(settings.body, params))
    # Merged, since httpx would drop the parameters that stand in the address itself.
    url = url.copy_merge_params(params) if params else url
    if settings.body:
        return _with_json(client, url, settings.body)
    return client.build_request(settings.method, url)


def _with_json(client: httpx.Client, url: httpx.URL, body: dict[str, Any]) -> httpx.Request:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return client.build_request("POST", url, content=content, headers={"content-type": "application/json"})


def _nested(body: dict[str, Any], params: dict[str, str | int]) -> dict[str, Any]:
    """The body with each parameter at its dotted path; the declared tables are not changed."""
    whole: dict[str, Any] = json.loads(json.dumps(body))
    for path, value in params.items():
        *tables, name = path.split(".")
        place = whole
        for table in tables:
            place = place.setdefault(table, {})
            if not isinstance(place, dict):
                raise Fatal(f"transport.body: {table} is no table, but a parameter is named {path}")
        place[name] = value
    return whole
