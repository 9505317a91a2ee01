"""Signs a request with a shared key: an HMAC over the text that the source prescribes."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import time
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx
from cryptography.hazmat.primitives import hashes, hmac

from connectors.base import SHANGHAI, Fatal
from connectors.spec_http_auth import HmacAuth

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {"sha256": hashes.SHA256, "sha512": hashes.SHA512, "sm3": hashes.SM3}


def sign(auth: HmacAuth, request: httpx.Request, moment: float | None = None) -> None:
    """Add the signature and what goes with it; each attempt gets a time (epoch seconds) and a nonce of its own."""
    given = _given(auth, request, time.time() if moment is None else moment)
    later = {name: t for name, t in auth.add_params.items() if "{signature}" in t}
    _add_params(request, {name: t.format_map(given) for name, t in auth.add_params.items() if name not in later})
    given["signature"] = _signature(auth, auth.sign.format_map({**given, **_parts(request)}))
    _add_params(request, {name: t.format_map(given) for name, t in later.items()})
    for name, template in auth.add_headers.items():
        request.headers[name] = template.format_map(given)


def _given(auth: HmacAuth, request: httpx.Request, moment: float) -> dict[str, str]:
    digest = hashes.Hash(_HASHES[auth.algorithm]())
    digest.update(request.content)
    body = digest.finalize()
    return {
        "key_id": auth.key_id,
        "timestamp": _written(auth.timestamp, moment),
        "nonce": secrets.token_hex(16),
        "body_digest": body.hex(),
        "body_digest_base64": base64.b64encode(body).decode(),
    }


def _parts(request: httpx.Request) -> dict[str, str]:
    """What of the request itself may be signed; `query` is sorted and escaped, `params` sorted and in plain text."""
    path, _, raw = request.url.raw_path.decode().partition("?")
    pairs = sorted(request.url.params.multi_items())
    return {
        "method": request.method,
        "host": request.headers["host"],
        "path": path,
        "raw_query": raw,
        "query": "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs),
        "params": "&".join(f"{k}={v}" for k, v in sorted([*pairs, *_fields(request)])),
        "body": request.content.decode(),
    }


def _fields(request: httpx.Request) -> list[tuple[str, str]]:
    """The parameters inside the body: those of a form, or the upper level of a JSON table."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        return parse_qsl(request.content.decode(), keep_blank_values=True)
    if kind.startswith("application/json"):
        return [(k, _plain(v)) for k, v in json.loads(request.content).items()]
    return []


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _written(form: str, moment: float) -> str:
    if form == "epoch_s":
        return str(int(moment))
    if form == "epoch_ms":
        return str(int(moment * 1000))
    local = datetime.fromtimestamp(int(moment), SHANGHAI)
    return local.isoformat() if form == "iso" else local.strftime(form)


def _signature(auth: HmacAuth, text: str) -> str:
    mac = hmac.HMAC(signing_key(auth), _HASHES[auth.algorithm]())
    mac.update(text.encode())
    value = mac.finalize()
    if auth.signature == "base64":
        return base64.b64encode(value).decode()
    return value.hex().upper() if auth.signature == "hex_upper" else value.hex()


def signing_key(auth: HmacAuth) -> bytes:
    """The key as bytes; Fatal, without the key, when it is not written as key_form says."""
    try:
        if auth.key_form == "hex":
            return bytes.fromhex(auth.key)
        if auth.key_form == "base64":
            return base64.b64decode(auth.key, validate=True)
    except (ValueError, binascii.Error):
        raise Fatal(f"auth.key is not written as key_form = {auth.key_form!r} says") from None
    return auth.key.encode()


def _add_params(request: httpx.Request, params: dict[str, str]) -> None:
    if params:
        request.url = request.url.copy_merge_params(params)
