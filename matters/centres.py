"""A dispute centre in the directory: what may stand in it, and who sits there on a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

PLATFORMS = ("综治中心", "群众来访接待中心", "诉讼服务中心", "公共法律服务中心", "法律援助中心", "网格化管理服务中心", "社会心理服务中心")
STATES = ("running", "planned")
LISTS = ("resident", "on_call", "third_parties", "rooms")  # in detail: names, in their order
MOST, LONGEST = 40, 40  # names in a list, characters of a name
_SPLIT = re.compile(r"[、,，;；\n]+")


class Wrong(ValueError):
    """A value that cannot stand in the directory; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def names(text: Any) -> list[str]:
    """The names in a list written with 、 or commas or a line each, without doubles; Wrong never, the caller knows the field."""
    parts = _SPLIT.split(text) if isinstance(text, str) else [str(x) for x in text or ()]
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the directory (name, state, since, planned_for, detail) from what was typed. Raises Wrong.

    given: name, state, since, planned_for (date or ISO text or empty), platforms, the LISTS, on_call_promise, and d1 … d7: who comes
    on that weekday. `days` (ISO day → names) are the exceptions to the week.
    """
    name, state = str(given.get("name") or "").strip(), given.get("state")
    if not 2 <= len(name) <= 60:
        raise Wrong("name")
    if state not in STATES:
        raise Wrong("state")
    since, planned = _day(given, "since"), _day(given, "planned_for")
    if (state == "running" and since is None) or (state == "planned" and since is not None):
        raise Wrong("since")
    platforms = names(given.get("platforms"))
    if set(platforms) - set(PLATFORMS):
        raise Wrong("platforms")
    detail: dict[str, Any] = {"platforms": [p for p in PLATFORMS if p in platforms]}
    detail |= {key: _list(given, key) for key in LISTS}
    detail["on_call_promise"] = str(given.get("on_call_promise") or "").strip()[:60]
    detail["rotating"] = {str(n): found for n in range(1, 8) if (found := _list(given, f"d{n}"))}
    detail["days"] = {_iso(day): names(who)[:MOST] for day, who in sorted(dict(given.get("days") or {}).items())}
    return {"name": name, "state": state, "since": since, "planned_for": None if state == "running" else planned, "detail": detail}


def _list(given: Mapping[str, Any], key: str) -> list[str]:
    found = names(given.get(key))
    if len(found) > MOST or any(len(x) > LONGEST for x in found):
        raise Wrong(key)
    return found


def _day(given: Mapping[str, Any], key: str) -> date | None:
    value = given.get(key)
    if value in (None, "") or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Wrong(key) from None


def _iso(day: Any) -> str:
    try:
        return date.fromisoformat(str(day)).isoformat()
    except ValueError:
        raise Wrong("days") from None


def given_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What `checked` would have been given for a row: the way back, so that a form can start from it."""
    detail = row["detail"]
    week = {f"d{n}": detail.get("rotating", {}).get(str(n), []) for n in range(1, 8)}
    return {**{k: row[k] for k in ("name", "state", "since", "planned_for")}, **{k: detail.get(k, []) for k in ("platforms", *LISTS)},
            "on_call_promise": detail.get("on_call_promise", ""), "days": detail.get("days", {}), **week}  # fmt: skip


def on_duty(detail: Mapping[str, Any], day: date, works: bool) -> list[str]:
    """Who of the rotating departments comes on a day: as said for that day, else by the week; nobody when the office is shut."""
    said = detail.get("days", {}).get(day.isoformat())
    if said is not None:
        return list(said)
    return list(detail.get("rotating", {}).get(str(day.isoweekday()), ())) if works else []
