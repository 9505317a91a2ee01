"""What a feed.toml says of a feed whose source sends its rows to us."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from connectors.rulespec import Strict
from connectors.spec_common import MEGABYTE


class PushSettings(Strict):
    """POST /api/v1/feeds/<feed>/records; `rows` is where the list of rows is in a JSON body (empty: the body is the list).

    `skew_seconds` is how far the sender's clock may be off, `per_minute` the batches a key may send, `remember_days`
    how long the answer to an Idempotency-Key is kept.
    """

    kind: Literal["push"]
    rows: str = "records"
    algorithm: Literal["hmac-sha256"] = "hmac-sha256"
    max_rows: int = Field(1_000, ge=1, le=20_000)
    max_bytes: int = Field(8 * MEGABYTE, ge=1, le=64 * MEGABYTE)
    skew_seconds: int = Field(300, ge=1, le=3_600)
    per_minute: int = Field(120, ge=1, le=10_000)
    remember_days: int = Field(14, ge=1, le=365)
