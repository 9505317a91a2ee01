"""What the declarations of several doors share."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from connectors.rulespec import Strict

Encoding = Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "big5", "utf-16"]
MEGABYTE = 1_000_000


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
