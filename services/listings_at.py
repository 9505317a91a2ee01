"""A listing as it stood at a moment: its steps up to then, taken again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from matters.listing import STEPS


def as_it_stood(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any] | None:
    """The row of a listing (store.listings) after those of its events, oldest first, that had happened; None before it was proposed.

    What a step sets later (number, owner, leader, deadline, targets, end) is not there yet.
    """
    done = [e for e in events if e["at"] <= at]
    if not done:
        return None
    listed = any(e["step"] == "list" for e in events)
    proposed = next((e["data"].get("owner") for e in done if e["step"] == "propose"), None)
    out = {**row, "state": "proposed", "version": len(done), "number": "", "listed_on": None, "deadline": None, "ended_on": None,
           "targets": [], "extensions": 0, "leader": "", "owner": proposed or ("" if listed else row["owner"])}  # fmt: skip
    for event in done:
        _take(out, row, event)
    return out


def _take(out: dict[str, Any], row: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    step, data = event["step"], event["data"]
    if step in STEPS and STEPS[step].target:
        out["state"] = STEPS[step].target
    if step == "list":
        out.update(number=row["number"], listed_on=row["listed_on"] or event["at"].date(), targets=row["targets"],
                   owner=data.get("owner") or row["owner"], leader=data.get("leader") or row["leader"])  # fmt: skip
    if step in ("list", "extend"):
        out["deadline"] = _day(data.get("deadline")) or row["deadline"]
        out["extensions"] += step == "extend"
    if step in ("delist", "reject"):
        out["ended_on"] = event["at"].date()


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
