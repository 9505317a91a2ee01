"""Keys that sources sign their pushed batches with: made, listed, ended; the secret is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from connectors.spec import FeedSpec
from connectors.spec_push import PushSettings
from services.sealing import Seal
from store import listings
from store import push as push_store
from store.engine import reading, writing

COMMAND = "command line"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: the only time that its secret is shown."""

    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key as it is listed."""

    key_id: str
    feed: str
    label: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class PushKeys:
    """Keys of the feeds whose sources push. The store has the secrets sealed, never in the clear."""

    def __init__(self, engine: Engine, specs: dict[str, FeedSpec], secret_key: str, now: Callable[[], datetime]) -> None:
        self._engine, self._specs, self._now = engine, specs, now
        self._seal = Seal(secret_key, "push secrets")

    def add(self, feed: str, label: str = "") -> NewKey:
        """A new key of a feed. ValueError when that feed is not pushed."""
        pushed = sorted(code for code, spec in self._specs.items() if isinstance(spec.transport, PushSettings))
        if feed not in pushed:
            raise ValueError(f"no source pushes to a feed {feed!r}; feeds with [transport] kind = \"push\": {', '.join(pushed) or 'none'}")
        made = NewKey(secrets.token_hex(8), secrets.token_urlsafe(32))
        values = {"key_id": made.key_id, "feed": feed, "label": label, "created_at": self._now(),
                  "sealed": self._seal.seal(made.secret.encode(), made.key_id)}  # fmt: skip
        with writing(self._engine) as connection:
            push_store.add_secret(connection, values)
            listings.note(connection, COMMAND, "add_push_key", {"feed": feed, "key_id": made.key_id}, self._now())
        return made

    def all(self, feed: str = "") -> list[KeyLine]:
        """Every key, ended ones too."""
        with reading(self._engine) as connection:
            return [KeyLine(**row) for row in push_store.secrets(connection, feed)]

    def revoke(self, key_id: str) -> None:
        """End a key: the next batch signed with it is refused. ValueError when it is not in force."""
        with writing(self._engine) as connection:
            feed = push_store.revoke(connection, key_id, self._now())
            if feed is None:
                raise ValueError(f"no key {key_id!r} is in force; see: yizhan feeds key list")
            listings.note(connection, COMMAND, "revoke_push_key", {"feed": feed, "key_id": key_id}, self._now())

    def secret(self, feed: str, key_id: str) -> str | None:
        """The secret of a key in force of that feed, else None. Raises sealing.Unsealable when secret_key was changed."""
        with reading(self._engine) as connection:
            row = push_store.secret(connection, key_id)
        if row is None or row["feed"] != feed:
            return None
        return self._seal.open(row["sealed"], key_id).decode()
