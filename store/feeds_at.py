"""How the feeds stood at a moment, from the runs that had ended by then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from store.feeds import all_feeds
from store.schema import run


def feeds_at(connection: Connection, at: datetime) -> list[dict[str, Any]]:
    """Every declared feed as all_feeds gives it, with data_at, checked_at and error of that moment.

    A run of an older version did not write down how new its data were: the end of the last one that brought rows stands in.
    """
    return [{**row, **_stood(connection, row, at)} for row in all_feeds(connection)]


def _stood(connection: Connection, row: dict[str, Any], at: datetime) -> dict[str, Any]:
    ended = select(run.c.data_at, run.c.ended_at, run.c.error).where(run.c.feed == row["code"], run.c.ended_at <= at).order_by(run.c.id.desc())
    last = connection.execute(ended.limit(1)).first()
    if last is None:
        return {"data_at": None, "checked_at": None, "error": ""}
    told = connection.execute(ended.where(run.c.data_at.is_not(None)).limit(1)).first()
    brought = told or connection.execute(ended.where(run.c.status == "done", run.c.received > 0).limit(1)).first()
    data_at = None if brought is None else brought.data_at or min(brought.ended_at, row["data_at"] or brought.ended_at)
    return {"data_at": data_at, "checked_at": last.ended_at, "error": last.error}
