"""What a feed.toml says of a drop folder."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from connectors.rulespec import Strict
from connectors.spec_common import MEGABYTE, Encoding

# What `auto` tries after a byte order mark and UTF-8: the two that Chinese office programs write without a mark.
CANDIDATES: tuple[Encoding, ...] = ("gb18030", "big5")


class FileSettings(Strict):
    """What drop folders of every kind of file have in common; `path` may also be one file.

    `ready` is the ending of the marker file (`.ok`) that says that a file is complete. Limits are per file, but
    `max_files`, which is per run: the rest comes in at the next one. `members` and the limits of unpacking are for zip.
    """

    path: str
    pattern: str = "*"
    ready: str = Field("", pattern=r"^(\.\w+)?$")
    batch_rows: int = Field(2_500, ge=1)
    settle_seconds: float = Field(2, ge=0, le=60)
    max_bytes: int = Field(200 * MEGABYTE, ge=1)
    max_files: int = Field(1_000, ge=1)
    max_cell: int = Field(1_000_000, ge=1)
    members: str = "*"
    max_members: int = Field(200, ge=1, le=400)
    max_unpacked_bytes: int = Field(2_000 * MEGABYTE, ge=1)
    max_ratio: int = Field(200, ge=2)


class TableSettings(FileSettings):
    """Files with rows and columns; `columns` names those of a file without a header."""

    header_row: int = Field(1, ge=1)
    header_contains: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)


class CsvSettings(TableSettings):
    """Delimited text files."""

    kind: Literal["csv"]
    encoding: Encoding | Literal["auto"]
    encodings: list[Encoding] = Field(list(CANDIDATES), min_length=1)
    delimiter: str = ","
    quote: str = Field('"', min_length=1, max_length=1)

    @model_validator(mode="after")
    def _one_sign(self) -> CsvSettings:
        if self.delimiter != "auto" and (len(self.delimiter) != 1 or self.delimiter in "\r\n"):
            raise ValueError('delimiter: one character, or "auto" for , ; tab or |')
        return self


class ExcelSettings(TableSettings):
    """Workbooks (xlsx, xls, xlsb, ods); `sheet` is a name, a pattern with * or ?, or a list of these; the first if not said."""

    kind: Literal["excel"]
    sheet: str | list[str] = ""
    header_rows: int = Field(1, ge=1, le=3)
    fill_merged: bool = True
    max_rows: int = Field(1_048_576, ge=1)
    max_columns: int = Field(1_000, ge=1)
    max_sheets: int = Field(100, ge=1)
    max_memory_bytes: int = Field(2_000 * MEGABYTE, ge=256 * MEGABYTE)

    @property
    def sheets(self) -> list[str]:
        """The declared names and patterns; empty means the first sheet."""
        return [self.sheet] if isinstance(self.sheet, str) and self.sheet else list(self.sheet)


class JsonSettings(FileSettings):
    """JSON files (one document, the list of rows at `rows`) and JSON Lines (one row a line)."""

    kind: Literal["json"]
    encoding: Encoding | Literal["auto"] = "utf-8"
    encodings: list[Encoding] = Field(list(CANDIDATES), min_length=1)
    form: Literal["auto", "document", "lines"] = "auto"
    rows: str = ""
