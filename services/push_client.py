"""The sender's side, small enough to be read before another is written: sign, send, and send the same again until it is taken."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, retry_if_result, stop_after_attempt

from connectors import signing

JSON, JSON_LINES = "application/json", "application/x-ndjson"
_LATER = (429, 503)


class PushError(ValueError):
    """The batch was not taken; the message says why."""


class PushClient:
    """Sends to one feed of one server."""

    def __init__(self, url: str, feed: str, key_id: str, secret: str, attempts: int = 5, sleep: Callable[[float], None] = time.sleep) -> None:
        """`url` is the server's address, as https://host."""
        self._url = httpx.URL(url.rstrip("/") + f"/api/v1/feeds/{feed}/records")
        self._key_id, self._secret, self._attempts, self._sleep = key_id, secret, attempts, sleep

    def send(self, body: bytes, content_type: str = JSON) -> dict[str, Any]:
        """Send one batch and return its answer. The key follows from the body: a file sent twice is stored once. Raises PushError."""
        key = hashlib.sha256(body).hexdigest()
        again = retry_if_exception_type(httpx.TransportError) | retry_if_result(lambda r: r.status_code in _LATER)
        try:
            response = Retrying(retry=again, stop=stop_after_attempt(self._attempts), wait=_wait, sleep=self._sleep)(self._once, body, content_type, key)
        except RetryError as error:
            last = error.last_attempt
            raise PushError(str(last.exception()) if last.failed else _said(last.result())) from None
        if response.status_code != 200:
            raise PushError(_said(response))
        answer: dict[str, Any] = response.json()
        return answer

    def _once(self, body: bytes, content_type: str, key: str) -> httpx.Response:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type, signing.TIMESTAMP: stamp, signing.KEY_ID: self._key_id, signing.IDEMPOTENCY: key,
            signing.SIGNATURE: signing.sign(self._secret, "POST", self._url.path, stamp, key, body),
        }  # fmt: skip
        return httpx.post(self._url, content=body, headers=headers, timeout=60, follow_redirects=False, trust_env=False)


def batches(file: Path, rows: int) -> Iterator[tuple[bytes, str]]:
    """A JSON file as one batch; a JSON Lines file (.jsonl, .ndjson) in batches of so many lines."""
    if file.suffix not in (".jsonl", ".ndjson"):
        yield file.read_bytes(), JSON
        return
    lines: list[bytes] = []
    with file.open("rb") as source:
        for line in source:
            if line.strip():
                lines.append(line.rstrip(b"\r\n"))
            if len(lines) == rows:
                yield b"\n".join(lines), JSON_LINES
                lines = []
    if lines:
        yield b"\n".join(lines), JSON_LINES


def _wait(state: Any) -> float:
    """As long as the server says, else longer each time."""
    outcome = state.outcome
    if not outcome.failed and (told := outcome.result().headers.get("Retry-After", "")).isdigit():
        return float(min(int(told), 60))
    return float(min(2**state.attempt_number, 30))


def _said(response: httpx.Response) -> str:
    try:
        return f"{response.status_code}: {response.json()['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"the server answered {response.status_code}; is the address right?"
