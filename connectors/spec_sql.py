"""What a feed.toml says of a database door."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from connectors.rulespec import Strict
from connectors.spec_common import Since

_RISING = "YmdHMSf"


class SqlSettings(Strict):
    """A table or view behind any SQLAlchemy URL, or one SELECT in a file beside the feed.toml; only ever read.

    `parameters` are bound to the query's `:name`s; `:since` is bound to where reading goes on.
    """

    kind: Literal["sql"]
    url: str = Field(repr=False)
    table: str = Field("", pattern=r"^[^\s;'\"]*$")
    query_file: str = Field("", pattern=r"^([\w.-]+\.sql)?$")
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    since: Since | None = None
    batch_rows: int = Field(2_500, ge=1)
    timeout_seconds: float = Field(30, gt=0)

    @model_validator(mode="after")
    def _one_of(self) -> SqlSettings:
        if bool(self.table) == bool(self.query_file):
            raise ValueError("give either table or query_file")
        if self.parameters and not self.query_file:
            raise ValueError("parameters belong to a query_file")
        if "since" in self.parameters:
            raise ValueError("parameters: since is bound by [transport.since], choose another name")
        if self.since is not None and self.since.send != "native":
            _check_order(self.since.format)
        return self


def _check_order(form: str) -> None:
    """A text column is compared letter by letter: only a form with the year first and no gaps compares like time."""
    codes = "".join(re.findall(r"%(\w)", form))
    if "%" in form and not _RISING.startswith(codes.replace("y", "Y")):
        raise ValueError(f"since.format {form!r} does not sort like time: compare a real timestamp (send = \"native\") or another column")
