"""What each step of a letter writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from matters.identity import cleaned
from matters.letters import COLOURS, WrongStep, due, number
from services import letter_draft
from services.letter_draft import as_json, day_of, from_json
from services.letter_records import digest_of, text_of
from store import letters as kept


def written(
    connection: Connection, row: Mapping[str, Any], step: str, data: Mapping[str, Any], now: datetime, days: dict[str, int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a step writes into the row of a letter, and what it adds to its event; WrongStep names a field."""
    if step == "edit":
        return _edited(row, data, now.date())
    if step == "issue":
        return _issued(connection, row, now, days)
    if step == "reply":
        measures = cleaned(str(data["measures"]))[:4_000]
        if not measures:
            raise WrongStep("measures")
        return {"replied_at": now}, {"measures": measures, "by_proxy": cleaned(str(data.get("person") or ""))[:50]}
    if step == "send_back":
        day = day_of(data["due_on"], now.date())
        return {"due_on": day, "reminded_on": None}, {"due_on": day.isoformat()}
    return ({"closed_at": now} if step == "close" else {}), {}


def _edited(row: Mapping[str, Any], data: Mapping[str, Any], today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    old = orjson.loads(row["content"])
    content = letter_draft.checked(data, from_json(old), today)
    values: dict[str, Any] = {"content": text_of(as_json(content))}
    for name, most in (("title", 100), ("addressee", 100)):
        if name in data:
            values[name] = cleaned(str(data[name] or ""))
            if not 0 < len(values[name]) <= most:
                raise WrongStep(name)
    if "colour" in data:
        if data["colour"] not in COLOURS:
            raise WrongStep("colour")
        values["colour"] = data["colour"]
    changed = {k: old[k] for k, v in as_json(content).items() if v != old[k]}
    changed |= {k: row[k] for k in ("title", "addressee", "colour") if k in values and values[k] != row[k]}
    return values, {"was": changed}


def _issued(connection: Connection, row: Mapping[str, Any], now: datetime, days: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    content, evidence = from_json(orjson.loads(row["content"])), orjson.loads(row["evidence"])
    last = content.due_on or due(now.date(), row["colour"], days)
    if last < now.date():
        raise WrongStep("due_on")
    serial = kept.take_serial(connection, row["office"], now.year)
    values = {"year": now.year, "serial": serial, "number": number(evidence["word"], now.year, serial), "issued_at": now, "due_on": last}
    values["digest"] = digest_of({**row, **values})
    return values, {"number": values["number"], "due_on": last.isoformat(), "digest": values["digest"]}
