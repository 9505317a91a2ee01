"""Certificates: ours for sources that ask for one, theirs always verified."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

import httpx

from connectors.base import Fatal
from connectors.spec_http import Tls


@cache
def usual_context() -> ssl.SSLContext:
    """The context of those who ask for nothing of their own: made once a process, since reading all authorities takes 25 ms. Not to be changed."""
    return httpx.create_ssl_context(trust_env=False)


def tls_context(tls: Tls, base: Path) -> ssl.SSLContext:
    """The context for a client; verification cannot be turned off. Fatal when a file is missing or does not fit."""
    if not (tls.ca or tls.cert):
        return usual_context()
    names = {"ca": tls.ca, "cert": tls.cert, "key": tls.key}
    paths = {name: base / value for name, value in names.items() if value}
    for name, path in paths.items():
        if not path.is_file():
            raise Fatal(f"transport.tls.{name}: there is no file {path}")
    try:
        context = ssl.create_default_context(cafile=paths["ca"]) if "ca" in paths else httpx.create_ssl_context(trust_env=False)
    except (ssl.SSLError, OSError):
        raise Fatal(f"transport.tls.ca: {paths['ca']} holds no certificates in PEM form") from None
    if "cert" in paths:
        _load(context, paths, tls.key_password)
    return context


def _load(context: ssl.SSLContext, paths: dict[str, Path], password: str) -> None:
    try:
        # A function, since without one the library asks for a password at the terminal, and waits for ever.
        context.load_cert_chain(paths["cert"], paths.get("key"), lambda: password)
    except (ssl.SSLError, OSError, ValueError):
        raise Fatal("transport.tls: cert, key and key_password do not fit together, or are not in PEM form") from None


def tls_words(error: BaseException) -> str | None:
    """What a person must do about a failed handshake; None when this was something else."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message}); check the address, or give transport.tls.ca"
        if isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or ""):
            told = (cause.reason or "").lower().replace("_", " ")
            return f"refuses our certificate ({told}); check transport.tls.cert and key"
        cause = cause.__cause__ or cause.__context__
    return None
