"""A feed of CSV files in a folder, over a store of the test's own; small enough to say every row by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from connectors.registry import load_feed
from connectors.spec import FeedSpec
from matters.access import Scope
from services.desk import Desk
from services.settings import load_settings
from services.wiring import Services, build

TODAY = date(2026, 11, 24)
STEWARD = Scope.of("steward", "analyst", "city")
_FEED = """
feed = "lists"
title = {{ zh = "名单", en = "Lists" }}
mode = "{mode}"
cadence_seconds = 60
late_after_seconds = 86400
[agency]
code = "lists"
zh = "名单"
en = "Lists"
mark = "名"
rank = 40
[transport]
kind = "csv"
path = "in"
encoding = "utf-8"
settle_seconds = 0
batch_rows = 4
[fields]
external_id = {{ from = "id", required = true }}
kind = {{ const = "intake" }}
accepted_on = {{ from = "day", date = "%Y-%m-%d", required = true }}
title = {{ from = "title" }}
area_code = {{ from = "area" }}
{more}
[[parties]]
role = "applicant"
name = "who"
phone = "phone"
"""
HEAD = "id,day,title,area,who,phone"


def declared(folder: Path, mode: str = "snapshot", more: str = "") -> FeedSpec:
    """The feed in a folder, with its files in `in`; `more`: further fields."""
    (folder / "in").mkdir(exist_ok=True)
    (folder / "feed.toml").write_text(_FEED.format(mode=mode, more=more), encoding="utf-8")
    return load_feed(folder / "feed.toml")


def opened(url: str, folder: Path, mode: str = "snapshot", **settings: Any) -> Services:
    """Services with that one feed over a migrated store."""
    spec = declared(folder, mode)
    services = build(load_settings(data_dir=folder / "data", database_url=url, today=TODAY, **settings), {spec.feed: spec})
    services.prepare()
    return services


def row(key: object, title: str = "甲", day: str = "2026-11-02") -> str:
    """One line of a file."""
    return f"{key},{day},{title},360923,张三丰,13812345678"


def put(folder: Path, name: str, rows: Iterable[str]) -> None:
    """A whole file in the folder."""
    (folder / "in" / name).write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


def run(services: Services) -> Any:
    """One run of the feed."""
    return services.ingest.run(services.specs["lists"])


def work(services: Services) -> int:
    """What the worker would do with what was asked."""
    return Desk(services).work_off({}, None, services.specs)
