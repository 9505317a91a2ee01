"""What a feed.toml says of an HTTP door."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from connectors.rulespec import Strict
from connectors.spec_common import MEGABYTE, Encoding, Since


class Auth(Strict):
    """How an HTTP source knows us: a bearer token, a header with a key, or user and password."""

    kind: Literal["bearer", "header", "basic"]
    token: str = Field("", repr=False)
    name: str = ""
    user: str = ""
    password: str = Field("", repr=False)


class Paging(Strict):
    """How an HTTP source hands out its rows in parts.

    page: numbers from `first`; the end is the page count at `pages`, or a page with fewer than `size` rows.
    offset: row offsets; the next one is read at `next` (null: the end), or counted when `next` is not given.
    """

    kind: Literal["none", "page", "offset"] = "none"
    param: str = ""
    size_param: str = ""
    size: int = Field(500, ge=1, le=100_000)
    first: int = 1
    pages: str = ""
    next: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Paging:
        if self.kind != "none" and not self.param:
            raise ValueError(f"paging by {self.kind} needs param, the name of the {self.kind} parameter")
        return self


class HttpSettings(Strict):
    """JSON over HTTP."""

    kind: Literal["http"]
    url: str
    method: Literal["GET"] = "GET"
    params: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    auth: Auth | None = None
    encoding: Encoding = "utf-8"
    rows: str = ""
    success: dict[str, str | list[str]] = Field(default_factory=dict)
    paging: Paging = Paging()
    since: Since | None = None
    deadline_seconds: float = Field(60, gt=0)
    max_bytes: int = Field(64 * MEGABYTE, ge=1)
    attempts: int = Field(4, ge=1, le=10)
    max_wait_seconds: float = Field(20, ge=0)

    @model_validator(mode="after")
    def _since_param(self) -> HttpSettings:
        if self.since is not None and not self.since.param:
            raise ValueError("since needs param, the name of the request parameter that carries the time")
        return self
