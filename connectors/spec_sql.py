"""What a feed.toml says of a database door."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from connectors.rulespec import Strict
from connectors.spec_common import Since


class SqlSettings(Strict):
    """A table or view behind any SQLAlchemy URL, only ever read."""

    kind: Literal["sql"]
    url: str = Field(repr=False)
    table: str = Field(pattern=r"^[^\s;'\"]+$")
    since: Since | None = None
    batch_rows: int = Field(5_000, ge=1)
    timeout_seconds: float = Field(30, gt=0)
