"""What a feed.toml declares: who speaks, through which door (spec_*.py), how often, and what the words mean (rulespec.py)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from apscheduler.triggers.cron import CronTrigger
from pydantic import Field, PrivateAttr, field_validator, model_validator

from connectors.base import SHANGHAI
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
    """One feed.toml.

    `cadence_seconds` or `cadence` (a cron line in Shanghai time: minute hour day month weekday) says how often it is read.
    `mode`: incremental, rows that are new or changed; snapshot, the whole list each time: what it leaves out is withdrawn, unless
    it has suddenly fewer than `short_below` of the known records. For files each file is a whole list.
    """

    feed: str = Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")
    title: Names
    agency: AgencySpec
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    mode: Literal["incremental", "snapshot"] = "incremental"
    short_below: float = Field(0.8, ge=0, le=1)
    cadence: str = ""
    cadence_seconds: int = Field(gt=0)
    late_after_seconds: int = Field(gt=0)
    transport: TransportSettings
    mapping: MappingSpec
    _source: Path = PrivateAttr(default=Path())
    _missing: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="before")
    @classmethod
    def _with_gap(cls, data: Any) -> Any:
        """A cron line also as the longest gap of its next rounds, for whoever needs seconds."""
        if not isinstance(data, dict) or not data.get("cadence"):
            return data
        if data.get("cadence_seconds"):
            raise ValueError("give cadence_seconds or cadence, not both")
        return {**data, "cadence_seconds": _longest_gap(str(data["cadence"]))}

    @field_validator("late_after_seconds")
    @classmethod
    def _after_cadence(cls, value: int, info: Any) -> int:
        cadence = info.data.get("cadence_seconds", 0)
        if value < cadence:
            raise ValueError(f"late_after_seconds ({value}) is below cadence_seconds ({cadence}): always late")
        return value

    @model_validator(mode="after")
    def _whole_lists(self) -> FeedSpec:
        if self.mode == "snapshot" and self.transport.kind == "push":
            raise ValueError('mode = "snapshot": a push feed cannot send a whole list; use incremental')
        if self.mode == "snapshot" and getattr(self.transport, "since", None) is not None:
            raise ValueError('mode = "snapshot" reads the whole list each time: leave transport.since out')
        return self

    @property
    def source(self) -> Path:
        """The file this was read from."""
        return self._source

    @property
    def missing(self) -> tuple[str, ...]:
        """Environment variables that the file asks for and that are not set."""
        return self._missing


def _longest_gap(line: str) -> int:
    """Seconds between two runs of a cron line at most, over its next rounds; ValueError for a line that is none."""
    try:
        trigger = CronTrigger.from_crontab(line, timezone=SHANGHAI)
    except ValueError as error:
        raise ValueError(f"cadence: {line!r} is no cron line (minute hour day month weekday): {error}") from None
    at = trigger.get_next_fire_time(None, datetime.now(SHANGHAI))
    gap = 1
    for _ in range(60):
        after = trigger.get_next_fire_time(at, at) if at else None
        if at is None or after is None:
            break
        gap, at = max(gap, int((after - at).total_seconds())), after
    return gap
