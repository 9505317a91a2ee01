"""A feed whose source pushes, for tests: its folder, services over it, and signed batches."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from connectors import signing
from connectors.registry import load_feeds
from services.geography import Geography
from services.push_keys import NewKey
from services.settings import load_settings
from services.wiring import Services, build

FEED = """
feed = "mediation"
title = { zh = "人民调解", en = "People's mediation" }
cadence_seconds = 3600
late_after_seconds = 86400
[agency]
code = "justice_push"
zh = "司法"
en = "Justice"
mark = "司"
rank = 50
[transport]
kind = "push"
max_rows = 50
max_bytes = 100000
[rows]
withdrawn = { state = "void" }
[fields]
external_id = { from = "no" }
registered_on = { from = "day", date = "%Y-%m-%d", required = true }
accepted_on = { from = "day", date = "%Y-%m-%d" }
category = { const = "02" }
title = { from = "title" }
place = { from = "place" }
"""
PATH = "/api/v1/feeds/mediation/records"
_numbers = itertools.count()
_kept: list[Geography] = []  # reading the city's areas takes a second: once for all tests


def open_push(url: str, folder: Path, more: str = "") -> Services:
    """Services over a store with the one pushed feed (`more` stands among the transport's settings), declared."""
    home = folder / "feeds" / "mediation"
    home.mkdir(parents=True, exist_ok=True)
    (home / "feed.toml").write_text(FEED.replace("max_rows = 50", more or "max_rows = 50"), encoding="utf-8")
    services = build(load_settings(database_url=url, data_dir=folder / "data"), load_feeds([folder / "feeds"], {}))
    if not _kept:
        _kept.append(services.geography)
    services.geography = _kept[0]
    services.ingest.declare(services.specs)
    return services


def row(number: int | str, day: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    """A row of the source."""
    return {"no": str(number), "day": day, "title": "排水沟纠纷", "place": "", "state": "", **more}


@dataclass
class Sender:
    """Sends to a web app in this process."""

    app: Flask
    key: NewKey

    def headers(self, body: bytes, path: str = PATH, idempotency: str = "", at: int = 0, secret: str = "") -> dict[str, str]:
        """The headers of a signed batch."""
        stamp, once = str(at or int(time.time())), idempotency or f"batch-{next(_numbers):06}"
        return {
            "Content-Type": "application/json", signing.TIMESTAMP: stamp, signing.KEY_ID: self.key.key_id, signing.IDEMPOTENCY: once,
            signing.SIGNATURE: signing.sign(secret or self.key.secret, "POST", path, stamp, once, body),
        }  # fmt: skip

    def send(self, body: bytes, path: str = PATH, headers: dict[str, str] | None = None, **signed: Any) -> TestResponse:
        """POST a body, signed unless `headers` say otherwise."""
        sent = self.headers(body, path, **signed) | (headers or {})
        return self.app.test_client().post(path, data=body, headers=sent)
