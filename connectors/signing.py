"""How a pushed batch is signed: HMAC-SHA256 over what must not be changed on the way. Both ends use this file."""

from __future__ import annotations

import hashlib
import hmac

NAME = "YIZHAN-HMAC-SHA256"
TIMESTAMP, KEY_ID, SIGNATURE, IDEMPOTENCY = "X-Yizhan-Timestamp", "X-Yizhan-Key-Id", "X-Yizhan-Signature", "Idempotency-Key"


def canonical(method: str, path: str, timestamp: str, key: str, body: bytes) -> bytes:
    """The six lines that are signed, joined by a line feed and without one at the end.

    `path` is the path of the address without host and query, `timestamp` the seconds since 1970 as sent, `key` the
    Idempotency-Key; the body comes in as the lower-case hexadecimal SHA-256 of its bytes.
    """
    return "\n".join((NAME, method.upper(), path, timestamp, key, hashlib.sha256(body).hexdigest())).encode()


def sign(secret: str, method: str, path: str, timestamp: str, key: str, body: bytes) -> str:
    """The signature, 64 lower-case hexadecimal digits; the secret is used as the bytes of its text."""
    return hmac.new(secret.encode(), canonical(method, path, timestamp, key, body), hashlib.sha256).hexdigest()


def fits(given: str, secret: str, method: str, path: str, timestamp: str, key: str, body: bytes) -> bool:
    """Whether a signature is the right one; takes the same time for every wrong one."""
    wanted = sign(secret, method, path, timestamp, key, body)
    return hmac.compare_digest(given.lower().encode("utf-8", "replace"), wanted.encode())
