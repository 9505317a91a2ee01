"""Displays of the wall: made with a code, paired once, told what to show, revoked."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from matters.access import Scope
from matters.identity import cleaned
from services.areas import Areas
from store import displays as kept
from store import listings
from store.engine import reading, writing

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else on a wall
CODE_LENGTH, CODE_HOURS = 8, 24
WRONG_CODES, WRONG_MINUTES = 20, 10  # wrong codes from anywhere before all must wait
_SEEN_FOR = timedelta(seconds=3)
_NOTED_EVERY = timedelta(minutes=1)
SETUP = {"wall": 0, "eye": 0, "cols": 1, "rows": 1, "sound": False}
LIMITS = {"wall": (0, 60_000), "eye": (0, 60_000), "cols": (1, 12), "rows": (1, 12)}
TEXT_LENGTH = 60


class TooManyCodes(Exception):
    """Too many wrong codes: pairing waits a while."""


@dataclass(frozen=True, slots=True)
class Display:
    """A wall. `setup`: wall and eye in mm (0: the usual for its ratio), cols × rows panels, sound. `orders`: what it was told."""

    id: int
    name: str
    scope: Scope
    area: str
    made_at: datetime
    paired_at: datetime | None
    seen_at: datetime | None
    version: int
    setup: dict[str, Any] = field(default_factory=dict)
    orders: dict[str, Any] = field(default_factory=dict)


class Displays:
    """Only hashes of codes and tokens reach the store."""

    def __init__(self, engine: Engine, areas: Callable[[], Areas], now: Callable[[], datetime]) -> None:
        self._engine, self._areas, self._now = engine, areas, now
        self._seen: dict[str, tuple[Display, datetime]] = {}
        self._noted: dict[int, datetime] = {}
        self._wrong: list[datetime] = []
        self._lock = threading.Lock()

    def add(self, by: str, name: str, area: str = "", **setup: Any) -> str:
        """Make a display for the city ('') or a county; returns its code, to be shown once. ValueError says what is wrong."""
        if not name.strip():
            raise ValueError("a display needs a name, so that its operator finds it")
        place = self._areas().place(area)
        if place.town:
            raise ValueError("a wall shows the city or a county, not a township")
        code, now = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)), self._now()
        values = {"name": cleaned(name)[:60], "county_code": place.county, "code_hash": _hash(code), "code_until": now + timedelta(hours=CODE_HOURS),
                  "made_at": now, "made_by": by, "setup": _setup(SETUP, setup), "orders": {}}  # fmt: skip
        with writing(self._engine) as connection:
            made = kept.add(connection, values)
            listings.note(connection, by, "display.add", {"display": made, "name": values["name"], "area": place.county}, now)
        return code

    def pair(self, code: str) -> str | None:
        """The token of the display that waits for this code, once; None for a wrong code. Raises TooManyCodes."""
        now = self._now()
        with self._lock:
            self._wrong = [t for t in self._wrong if t > now - timedelta(minutes=WRONG_MINUTES)]
            if len(self._wrong) >= WRONG_CODES:
                raise TooManyCodes
        token = secrets.token_urlsafe(32)
        said = "".join(c for c in code.upper() if c in ALPHABET)
        with writing(self._engine) as connection:
            found = kept.pair(connection, _hash(said), _hash(token), now) if len(said) == CODE_LENGTH else None
            if found is not None:
                listings.note(connection, f"display {found}", "display.pair", {"display": found}, now)
        if found is None:
            with self._lock:
                self._wrong.append(now)
        return token if found is not None else None

    def who(self, token: str) -> Display | None:
        """The display of a token; looked up at most once in three seconds, so that a revoked one goes dark within that."""
        now, known = self._now(), self._seen.get(token)
        if known is not None and timedelta() <= now - known[1] < _SEEN_FOR:
            return known[0]
        with reading(self._engine) as connection:
            row = kept.of_token(connection, _hash(token))
        with self._lock:
            self._seen.pop(token, None)
            if row is None:
                return None
            if len(self._seen) > 200:
                self._seen.clear()
            found = self._display(row)
            self._seen[token] = (found, now)  # which another reader may forget at any time
        self._note_seen(row["id"], now)
        return found

    def _note_seen(self, display_id: int, now: datetime) -> None:
        if now - self._noted.get(display_id, datetime.min) < _NOTED_EVERY:
            return
        self._noted[display_id] = now
        with writing(self._engine) as connection:
            kept.seen(connection, display_id, now)

    def _display(self, row: dict[str, Any]) -> Display:
        level = "county" if row["county_code"] else "city"
        scope = Scope.of(f"display {row['id']}", "display", level, row["county_code"])  # type: ignore[arg-type]
        area = row["county_code"] or self._areas().city.code
        return Display(row["id"], row["name"], scope, area, row["made_at"], row["paired_at"], row["seen_at"], row["version"],
                       {**SETUP, **row["setup"]}, row["orders"])  # fmt: skip

    def every(self, scope: Scope) -> tuple[Display, ...]:
        """The displays of the scope, not the revoked ones."""
        with reading(self._engine) as connection:
            return tuple(self._display(row) for row in kept.every(connection, scope))

    def order(self, scope: Scope, display_id: int, **orders: Any) -> Display:
        """Tell a display: scene (now, then on), pin (and stay), paused, text ('' takes it away). LookupError, Forbidden, ValueError."""
        if len(str(orders.get("text", ""))) > TEXT_LENGTH:
            raise ValueError(f"a line has at most {TEXT_LENGTH} characters")
        now = self._now()
        told = {**orders, "by": scope.user, "at": now.isoformat(timespec="seconds")}

        def after(row: dict[str, Any]) -> dict[str, Any]:
            """Numbered, each by itself too: a wall that is told a line does not go back to the scene it was sent to an hour ago."""
            n = row["orders"].get("n", 0) + 1
            given = {name: n for key, name in (("scene", "asked"), ("pin", "pinned")) if key in orders}
            return {"orders": {**row["orders"], **told, **given, "n": n}}

        return self._change(scope, display_id, after, "display.order", orders)

    def arrange(self, scope: Scope, display_id: int, **setup: Any) -> Display:
        """Change how a display hangs. LookupError, Forbidden, ValueError."""
        return self._change(scope, display_id, lambda row: {"setup": _setup({**SETUP, **row["setup"]}, setup)}, "display.arrange", setup)

    def revoke(self, scope: Scope, display_id: int) -> None:
        """Let a display show nothing any more. LookupError, Forbidden."""
        now = self._now()
        self._change(scope, display_id, lambda row: {"revoked_at": now, "revoked_by": scope.user, "token_hash": None, "code_hash": None},
                     "display.revoke", {})  # fmt: skip
        self._seen.clear()

    def _change(
        self, scope: Scope, display_id: int, make: Callable[[dict[str, Any]], dict[str, Any]], act: str, detail: dict[str, Any]
    ) -> Display:
        scope.require("operate_wall")
        with writing(self._engine) as connection:
            row = kept.one(connection, scope, display_id)
            if row is None:
                raise LookupError(f"display {display_id}")
            values = make(row)
            if not kept.change(connection, display_id, row["version"], values):
                raise listings.Conflict("somebody else has told this display something meanwhile")
            listings.note(connection, scope.user, act, {"display": display_id, **detail}, self._now())
        with self._lock:
            self._seen.clear()
        return self._display({**row, **values, "version": row["version"] + 1})


def _setup(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The setup with some values changed; ValueError names one that cannot be."""
    out = {**old, **{k: v for k, v in new.items() if v is not None}}
    for name, (least, most) in LIMITS.items():
        if not isinstance(out[name], int) or not least <= out[name] <= most:
            raise ValueError(f"{name} must be {least} to {most}")
    return out


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
