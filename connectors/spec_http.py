"""What a feed.toml says of an HTTP door."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from connectors.rulespec import Strict
from connectors.spec_common import MEGABYTE, Encoding, Since
from connectors.spec_http_auth import Auth


class Paging(Strict):
    """How an HTTP source hands out its rows in parts.

    page: numbers from `first`; the end is the page count at `pages`, the row count at `total`, or a page with fewer than
    `size` rows. offset: row offsets; the next one is read at `next` (null: the end), or counted when `next` is not given.
    cursor: the value at `next` is sent as `param`; null or empty is the end, and so is a false `more`.
    link: the address in the Link header (rel="next"), or the one at `next` in the answer.
    """

    kind: Literal["none", "page", "offset", "cursor", "link"] = "none"
    param: str = ""
    size_param: str = ""
    size: int = Field(500, ge=1, le=100_000)
    first: int = 1
    pages: str = ""
    total: str = ""
    next: str = ""
    more: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Paging:
        if self.kind in ("page", "offset", "cursor") and not self.param:
            raise ValueError(f"paging by {self.kind} needs param, the name of the {self.kind} parameter")
        if self.kind == "cursor" and not self.next:
            raise ValueError("paging by cursor needs next, the path of the next cursor in the answer")
        if self.kind == "link" and self.param:
            raise ValueError("paging by link has no param: the address of the next page is complete")
        return self


class Window(Strict):
    """Reading by spans of time, from the watermark to now; each span may be paged inside, and moves the watermark when done."""

    from_param: str
    to_param: str
    seconds: int = Field(86_400, ge=60)


class Tls(Strict):
    """Files of a client certificate and of the authorities we trust; a relative path counts from the feed.toml's folder."""

    cert: str = ""
    key: str = ""
    key_password: str = Field("", repr=False)
    ca: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Tls:
        if self.key and not self.cert:
            raise ValueError("key needs cert, the file of the certificate it belongs to")
        return self


class CsvBody(Strict):
    """How a CSV answer is written; `columns` names the columns of one without a header."""

    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    columns: list[str] = Field(default_factory=list)


class HttpSettings(Strict):
    """JSON, JSON Lines, CSV or XML over HTTP."""

    kind: Literal["http"]
    url: str
    hosts: list[str] = Field(default_factory=list)
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str] = Field(default_factory=dict)
    params_in: Literal["query", "form", "json"] = "query"
    body: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    auth: Auth | None = None
    tls: Tls = Tls()
    format: Literal["json", "lines", "csv", "xml"] = "json"
    csv: CsvBody = CsvBody()
    encoding: Encoding = "utf-8"
    ignore_charset: bool = False
    rows: str = ""
    success: dict[str, str | list[str]] = Field(default_factory=dict)
    paging: Paging = Paging()
    window: Window | None = None
    since: Since | None = None
    batch_rows: int = Field(2_500, ge=1)
    deadline_seconds: float = Field(60, gt=0)
    max_bytes: int = Field(64 * MEGABYTE, ge=1)
    attempts: int = Field(4, ge=1, le=10)
    max_wait_seconds: float = Field(20, ge=0)

    @model_validator(mode="after")
    def _since_fits(self) -> HttpSettings:
        since = self.since
        if self.window is None:
            if since is not None and not since.param:
                raise ValueError("since needs param, the name of the request parameter that carries the time")
            return self
        if since is None or not since.start:
            raise ValueError("window needs since with column, format and start: the time of the very first span")
        if since.param or since.ordered:
            raise ValueError("window sends from_param and to_param: since.param and since.ordered have no place beside it")
        if since.format == "int" or since.send == "int":
            raise ValueError('window walks through time; since.format = "int" is a serial number')
        return self

    @model_validator(mode="after")
    def _request_fits(self) -> HttpSettings:
        if self.method == "GET" and (self.params_in != "query" or self.body):
            raise ValueError('params_in and body belong to method = "POST"')
        if self.body and self.params_in == "form":
            raise ValueError('body is JSON; use params_in = "json" or "query" with it')
        if self.paging.kind == "link" and self.params_in != "query":
            raise ValueError('paging by link needs params_in = "query": the next address carries the parameters')
        return self

    @model_validator(mode="after")
    def _answer_fits(self) -> HttpSettings:
        if self.format in ("lines", "csv"):
            paging = self.paging
            paths = [self.rows, paging.pages, paging.total, paging.next, paging.more, *self.success]
            if any(paths):
                raise ValueError(f"format {self.format!r} is rows only: rows, success and the paths of paging have no place to be")
        if self.format != "csv" and self.csv != CsvBody():
            raise ValueError('csv belongs to format = "csv"')
        return self
