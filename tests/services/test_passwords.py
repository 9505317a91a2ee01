"""Passwords are hashed with the work that the library's makers advise, whatever the other tests do to be quick."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from services import auth
from services.settings import load_settings
from tests.conftest import FULL_HASHER


def test_a_hash_takes_the_work_that_is_advised(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(auth, "PasswordHasher", FULL_HASHER)
    door = auth.Auth(Mock(), load_settings(data_dir=tmp_path), Mock(), datetime.now)
    kept = door._hasher.hash("long enough")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert door._matches(kept, "long enough") and not door._matches(kept, "long enouqh")
