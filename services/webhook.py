"""Sends the operator's messages: JSON, signed, in order, tried again later; never in the way of ingest."""

from __future__ import annotations

import hashlib
import hmac
import socket
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import orjson
import structlog
from sqlalchemy import Connection, Engine

from services.settings import Settings
from store import notices
from store.engine import reading, writing

log = structlog.get_logger(__name__)
ATTEMPTS, LONGEST, TIMEOUT = 12, 3_600, 10
SHORT = 3  # seconds that a failing write may be held up by telling of it
Check = Callable[[Connection], None]


def _nobody(_: Connection) -> None:
    """Nobody else sends."""


class Webhook:
    """POSTs to settings.webhook_url only; no redirect is followed."""

    def __init__(self, engine: Engine, settings: Settings, now: Callable[[], datetime]) -> None:
        self._engine, self._url, self._secret, self._now = engine, settings.webhook_url, settings.webhook_secret.encode(), now
        self._wait_until = 0.0

    def send(self, check: Check = _nobody) -> int:
        """Send what waits, oldest first; how many went out. After a failure all wait: twice as long each time, an hour at most.

        `check` raises LostLease in a worker that another has replaced: before each message, and in the transaction that marks it. Who
        loses the lease while the receiver is answering has sent what the successor sends again: the receiver knows it by its `id`.
        """
        if not self._url or time.monotonic() < self._wait_until:
            return 0
        with reading(self._engine) as connection:
            waiting = notices.unsent(connection)
        sent = 0
        for row in waiting:
            with writing(self._engine) as connection:
                check(connection)
            error = self._post(row)
            self._mark(row, error, check)
            if error:
                self._wait_until = time.monotonic() + min(2 ** (row["attempts"] + 1), LONGEST)
                log.warning("webhook.failed", notice=row["id"], error=error)
                break
            sent += 1
        return sent

    def _post(self, row: dict[str, Any]) -> str:
        """'' when the receiver took it, else why not."""
        said = {"id": row["id"], "at": row["at"].isoformat(), "kind": row["kind"], "feed": row["feed"], "data": row["data"]}
        return post(self._url, self._secret, said)

    def _mark(self, row: dict[str, Any], error: str, check: Check) -> None:
        attempts = row["attempts"] + 1
        values = {"attempts": attempts, "error": error, "given_up": bool(error) and attempts >= ATTEMPTS}
        with writing(self._engine) as connection:
            check(connection)
            notices.mark(connection, row["id"], values if error else {**values, "sent_at": self._now()})


def post(url: str, secret: bytes, said: dict[str, Any], timeout: float = TIMEOUT) -> str:
    """Send one message, signed; '' when the receiver took it, else why not."""
    body, stamp = orjson.dumps(said), str(int(time.time()))
    signature = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Yizhan-Timestamp": stamp, "X-Yizhan-Signature": f"sha256={signature}"}
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
            answer = client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return "" if answer.is_success else f"the receiver answered {answer.status_code}"


def straight(settings: Settings, now: Callable[[], datetime]) -> Callable[[str, dict[str, Any]], None]:
    """Sends (kind, data) past the store, once and at once: for what keeps the store itself from taking messages."""

    def tell(kind: str, data: dict[str, Any]) -> None:
        if not settings.webhook_url:
            return
        said = {"id": None, "at": now().isoformat(), "kind": kind, "feed": "", "data": {**data, "host": socket.gethostname()}}
        if error := post(settings.webhook_url, settings.webhook_secret.encode(), said, SHORT):
            log.warning("webhook.failed", kind=kind, error=error)

    return tell
