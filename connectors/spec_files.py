"""What a feed.toml says of a drop folder."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from connectors.rulespec import Strict
from connectors.spec_common import MEGABYTE, Encoding


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
