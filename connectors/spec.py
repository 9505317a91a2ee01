"""What a feed.toml declares: who speaks, through which door (spec_*.py), how often, and what the words mean (rulespec.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from connectors.rulespec import MappingSpec, Strict
from connectors.spec_files import CsvSettings, ExcelSettings, JsonSettings
from connectors.spec_http import HttpSettings
from connectors.spec_push import PushSettings
from connectors.spec_sql import SqlSettings


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


TransportSettings = Annotated[HttpSettings | SqlSettings | CsvSettings | ExcelSettings | JsonSettings | PushSettings, Field(discriminator="kind")]


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
