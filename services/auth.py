"""Who is at the door: passwords, server-side sessions, API tokens, the audit trail."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Engine

from matters.access import NOBODY, ROLES, Scope
from services.areas import Areas
from services.settings import Settings
from services.store_health import STORE, said
from store import accounts, listings
from store.engine import reading, writing
from store.schema import api_token, session

DEMO_PASSWORD = "demo-yizhan"  # noqa: S105  the demo shows it on its login page
_SEEN_FOR = timedelta(seconds=5)
log = structlog.get_logger(__name__)


class LoginFailed(Exception):
    """Not let in: `reason` is wrong, locked or empty; `minutes` is how long a locked account waits."""

    def __init__(self, reason: str, minutes: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.minutes = reason, minutes


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who is logged in; `display` is a masked name, `title` the role in Chinese, or the name of a department."""

    name: str
    display: str
    scope: Scope
    title: str
    title_en: str
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo city, shown on its login page."""

    user: str
    password: str
    display: str
    role: str
    area: str


class Auth:
    """Logins. Only hashes of passwords and tokens reach the store."""

    def __init__(self, engine: Engine, settings: Settings, areas: Areas, now: Callable[[], datetime]) -> None:
        self._engine, self._settings, self._areas, self._now = engine, settings, areas, now
        self._hasher = PasswordHasher()
        self._failures: dict[str, list[datetime]] = {}
        self._seen: dict[str, tuple[User, datetime]] = {}
        self._lock = threading.Lock()

    def login(self, user: str, password: str, remote: str) -> str:
        """Check a password and open a session; returns its token. Raises LoginFailed, always after the same work."""
        self._require_patience(user)
        with reading(self._engine) as connection:
            row = accounts.one(connection, user.strip())
        # A password of nobody is hashed too, so that the time taken does not tell which accounts exist.
        known = row["password_hash"] if row else self._nobody
        if not self._matches(known, password) or row is None or row["disabled"]:
            with self._lock:
                self._failures.setdefault(user.strip(), []).append(self._now())
            raise LoginFailed("wrong")
        self._failures.pop(user.strip(), None)
        token, now = secrets.token_urlsafe(32), self._now()
        with writing(self._engine) as connection:
            accounts.forget_expired(connection, now - timedelta(days=1))
            ends = now + timedelta(hours=self._settings.session_hours)
            accounts.open_session(connection, _hash(token), row["name"], now, ends, remote)
            listings.note(connection, row["name"], "login", {"remote": remote}, now)
        return token

    @property
    def _nobody(self) -> str:
        found = getattr(self, "_nobody_hash", "")
        if not found:
            found = self._nobody_hash = self._hasher.hash(secrets.token_hex(16))
        return found

    def _matches(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _require_patience(self, user: str) -> None:
        wait = timedelta(minutes=self._settings.login_wait_minutes)
        with self._lock:
            recent = [t for t in self._failures.get(user.strip(), []) if t > self._now() - wait]
            self._failures[user.strip()] = recent
        if len(recent) >= self._settings.login_attempts:
            left = recent[0] + wait - self._now()
            raise LoginFailed("locked", max(1, round(left.total_seconds() / 60)))

    def who(self, token: str) -> User | None:
        """The user of a session; looked up at most once in five seconds, so that a revoked one ends within that."""
        kept = self._seen.get(token)
        if kept is not None and kept[1] > self._now() - _SEEN_FOR:
            return kept[0]
        with reading(self._engine) as connection:
            row = accounts.of_session(connection, _hash(token), self._now())
        with self._lock:
            self._seen.pop(token, None)
            if row is None:
                return None
            if len(self._seen) > 1_000:
                self._seen.clear()
            self._seen[token] = (self._user(row), self._now())
            return self._seen[token][0]

    def bearer(self, token: str) -> User | None:
        """The user of an API token."""
        with reading(self._engine) as connection:
            row = accounts.of_token(connection, _hash(token))
        return self._user(row) if row else None

    def logout(self, token: str) -> None:
        """End a session."""
        with writing(self._engine) as connection:
            accounts.revoke(connection, session, _hash(token), self._now())
        self._seen.pop(token, None)

    def _user(self, row: dict[str, Any]) -> User:
        scope = Scope.of(row["name"], row["role"], row["level"], row["county"], row["town"], tuple(row["owners"]))
        return User(row["name"], row["display"], scope, *(scope.owners[:1] * 2 or ROLES[row["role"]]))

    def add(
        self, name: str, password: str, role: str, area: str = "", display: str = "", demo: bool = False, owners: Sequence[str] = ()
    ) -> None:
        """Make an account for an area ('' = the whole city); `owners` are the names of a department's, as matters are dispatched to it.

        ValueError says what is wrong.
        """
        if role not in ROLES or role in NOBODY:
            raise ValueError(f"unknown role {role!r}; one of {', '.join(r for r in ROLES if r not in NOBODY)}")
        if len(password) < 8:
            raise ValueError("a password needs at least 8 characters")
        names = tuple(dict.fromkeys(n.strip() for n in owners if n.strip()))
        if bool(names) != (role == "department"):
            raise ValueError("a department needs its name as matters are dispatched to it, and no other role has one")
        place = self._areas.place(area)
        level = "township" if place.town else "county" if place.county else "city"
        values = {"name": name, "display": display or name, "role": role, "level": level, "county": place.county, "town": place.town,
                  "password_hash": self._hasher.hash(password), "disabled": False, "demo": demo, "created_at": self._now(), "owners": list(names)}  # fmt: skip
        with writing(self._engine) as connection:
            if accounts.one(connection, name):
                raise ValueError(f"there is an account {name!r} already; change its password with: yizhan user passwd {name}")
            accounts.add(connection, values)

    def set_password(self, name: str, password: str) -> None:
        """Give an account a new password and end its sessions. ValueError says what is wrong."""
        if len(password) < 8:
            raise ValueError("a password needs at least 8 characters")
        with writing(self._engine) as connection:
            if not accounts.change(connection, name, {"password_hash": self._hasher.hash(password)}):
                raise ValueError(f"there is no account {name!r}; see: yizhan user list")

    def everyone(self) -> list[dict[str, Any]]:
        """All accounts, without their hashes."""
        with reading(self._engine) as connection:
            return [{k: v for k, v in row.items() if k != "password_hash"} for row in accounts.everyone(connection)]

    def displays(self) -> dict[str, str]:
        """How each account's owner is called on screens, masked."""
        return {row["name"]: row["display"] or row["name"] for row in self.everyone()}

    def add_token(self, name: str, label: str = "") -> str:
        """An API token for an account, to be shown once. ValueError when there is no such account."""
        token = secrets.token_urlsafe(32)
        with writing(self._engine) as connection:
            if accounts.one(connection, name) is None:
                raise ValueError(f"there is no account {name!r}; see: yizhan user list")
            accounts.add_token(connection, _hash(token), name, label, self._now())
        return token

    def revoke_token(self, token: str) -> None:
        """End an API token."""
        with writing(self._engine) as connection:
            accounts.revoke(connection, api_token, _hash(token), self._now())

    def demo_accounts(self) -> list[DemoAccount]:
        """The demo city's accounts; none in a real deployment."""
        if not self._settings.demo:
            return []
        rows = [r for r in self.everyone() if r["demo"] and not r["disabled"]]
        return [DemoAccount(r["name"], DEMO_PASSWORD, r["display"], ROLES[r["role"]][0],
                            self._areas.name(r["town"] or r["county"]) or self._areas.city.name) for r in rows]  # fmt: skip

    def audit(self, scope: Scope, act: str, detail: dict[str, Any]) -> None:
        """Write a line of the audit trail."""
        with writing(self._engine) as connection:
            listings.note(connection, scope.user, act, detail, self._now())

    def opened(self, scope: Scope, code: str, door: str) -> None:
        """Write down who opened the file of a matter (DOMAIN.md §8). Where the store takes nothing the log does: reading goes on."""
        try:
            self.audit(scope, "read_matter", {"code": code, "door": door})
        except STORE as error:
            log.warning("audit.unwritten", act="read_matter", account=scope.user, code=code, door=door, error=said(error))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
