"""What a feed.toml declares: who speaks, through which door, how often, and (rulespec.py) what the words mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from connectors.rulespec import MappingSpec, Strict

Encoding = Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "big5", "utf-16"]
MEGABYTE = 1_000_000


class Names(Strict):
    """A name in Chinese and English."""

    zh: str
    en: str


class AgencySpec(Strict):
    """The department whose words these are; a lower rank has more say over titles and categories."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")
    zh: str
    en: str
    mark: str = Field(min_length=1, max_length=2)
    rank: int = Field(ge=0)


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


class Since(Strict):
    """The column that tells when a row last changed; reading goes on from there.

    `format` is how the source writes it: strptime codes, "epoch_ms", "epoch_s" or "int". `send` is how the request
    wants it (the same when empty). `overlap_seconds` is read again each time, for rows that were committed late.
    `ordered` says that the source sorts by this column.
    """

    column: str
    format: str
    param: str = ""
    send: str = ""
    start: str = ""
    overlap_seconds: int = Field(300, ge=0)
    ordered: bool = False


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


class SqlSettings(Strict):
    """A table or view behind any SQLAlchemy URL, only ever read."""

    kind: Literal["sql"]
    url: str = Field(repr=False)
    table: str = Field(pattern=r"^[^\s;'\"]+$")
    since: Since | None = None
    batch_rows: int = Field(5_000, ge=1)
    timeout_seconds: float = Field(30, gt=0)


class FileSettings(Strict):
    """What drop folders of every kind of file have in common; `path` may also be one file."""

    path: str
    pattern: str = "*"
    header_row: int = Field(1, ge=1)
    header_contains: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)
    batch_rows: int = Field(5_000, ge=1)
    max_bytes: int = Field(200 * MEGABYTE, ge=1)
    settle_seconds: float = Field(2, ge=0, le=60)


class CsvSettings(FileSettings):
    """Delimited text files; `columns` names the columns of a file without a header."""

    kind: Literal["csv"]
    encoding: Encoding
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)


class ExcelSettings(FileSettings):
    """Workbooks (xlsx, xls, xlsb, ods); one sheet by name, or the first."""

    kind: Literal["excel"]
    sheet: str = ""


TransportSettings = Annotated[HttpSettings | SqlSettings | CsvSettings | ExcelSettings, Field(discriminator="kind")]


class FeedSpec(Strict):
    """One feed.toml."""

    feed: str = Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")
    title: Names
    agency: AgencySpec
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    cadence_seconds: int = Field(gt=0)
    late_after_seconds: int = Field(gt=0)
    transport: TransportSettings
    mapping: MappingSpec
    _source: Path = PrivateAttr(default=Path())
    _missing: tuple[str, ...] = PrivateAttr(default=())

    @field_validator("late_after_seconds")
    @classmethod
    def _after_cadence(cls, value: int, info: Any) -> int:
        cadence = info.data.get("cadence_seconds", 0)
        if value < cadence:
            raise ValueError(f"late_after_seconds ({value}) is below cadence_seconds ({cadence}): always late")
        return value

    @property
    def source(self) -> Path:
        """The file this was read from."""
        return self._source

    @property
    def missing(self) -> tuple[str, ...]:
        """Environment variables that the file asks for and that are not set."""
        return self._missing
