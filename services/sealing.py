"""What the store must be able to give back but nobody may read in it: sealed with the deployment's key."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class Unsealable(Exception):
    """Sealed with another key, for another purpose, or damaged."""


class Seal:
    """AES-256-GCM under a key of its own for each purpose, derived from the deployment's key by HKDF."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=f"yizhan {purpose}".encode()).derive(secret_key.encode())
        self._box = AESGCM(derived)

    def seal(self, data: bytes, bound: str) -> bytes:
        """The data, readable again only together with `bound`: so that no sealed value can be moved to another row."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._box.encrypt(nonce, data, bound.encode())

    def open(self, sealed: bytes, bound: str) -> bytes:
        """The data again; raises Unsealable."""
        try:
            return self._box.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())
        except (InvalidTag, ValueError):
            raise Unsealable("sealed with another key: was secret_key changed?") from None
