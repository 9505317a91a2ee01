"""A record as linking compares it, and the keys by which two records come to be compared at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import combinations
from typing import Any, NamedTuple

from matters.linking import WINDOW_DAYS, grams, named_in

_MOST = 3  # names that make keys
CAP = 60  # records that have one key: more of them, and the key says nothing
Seats = Mapping[str, tuple[float, float]]  # township code → its seat, WGS-84


class Features(NamedTuple):
    """What a record is compared by. Days since 1970-01-01 (-1: none); tokens and masked names sorted, each once."""

    id: int
    source: str
    ids: tuple[str, ...]
    phones: tuple[str, ...]
    names: tuple[str, ...]  # people and firms, and people whom the text names
    people: tuple[str, ...]  # of these the people
    county: str
    town: str
    village: str
    lon: float | None
    lat: float | None
    day: int
    category: str
    amount: float | None
    title: tuple[str, ...]  # pairs of characters of the title, or of the text where there is no title
    text: tuple[str, ...]  # of title and text


def features(row: Mapping[str, Any], seats: Seats, words: bool = True) -> Features:
    """Features of a row of the record table; the township's seat stands in for a missing position. Without `words` they are left out."""
    parties = row.get("parties") or ()
    title, summary = row.get("title") or "", row.get("summary") or ""
    lon, lat = row.get("lon"), row.get("lat")
    if lon is None or lat is None:
        lon, lat = seats.get(row.get("town_code") or "", (None, None))
    amount = row.get("amount")
    ids, phones, names = _of(parties)
    names = tuple(sorted({*names, *named_in(title), *named_in(summary)}))
    return Features(
        row["id"], row["feed"], _sorted(ids), _sorted(phones), names, tuple(n for n in names if not is_firm(n)),
        row.get("county_code") or "", row.get("town_code") or "", row.get("village_code") or "", lon, lat, _day(row),
        "" if row.get("category") in (None, "99") else row["category"], float(amount) if amount else None,
        grams(title or summary) if words else (), grams(f"{title}。{summary}") if words else (),
    )  # fmt: skip


def _of(parties: Iterable[Mapping[str, Any]]) -> tuple[set[str], set[str], Iterable[str]]:
    """Tokens of identity numbers and of phones, and names, without the empty ones."""
    ids, phones, names = set(), set(), set()
    for p in parties:
        ids.add(p.get("id_token") or "")
        phones.add(p.get("phone_token") or "")
        names.add(p.get("name") or "")
    for found in (ids, phones, names):
        found.discard("")
    return ids, phones, names


def _sorted(values: set[str]) -> tuple[str, ...]:
    return tuple(sorted(values)) if values else ()


def _day(row: Mapping[str, Any]) -> int:
    """The day on which the agency first knew (as matters.derive.first_day), else that of acceptance."""
    first = row.get("happened_at") or row.get("registered_on") or row.get("accepted_on")
    if first is None:
        return -1
    return ((first.date() if isinstance(first, datetime) else first) - date(1970, 1, 1)).days


def is_firm(name: str) -> bool:
    """Whether a mask is that of an institution: four stars behind its first two characters, which say next to nothing."""
    return name.endswith("****")


def keys_of(found: Features) -> list[str]:
    """Blocking keys, at most 24 characters each: tokens without limit of time, all else within overlapping windows of 60 days.

    Linear: a record has about a dozen keys, and a key that more than CAP records have is no reason to compare them.
    """
    keys = [f"t{value[:22]}" for value in (*found.ids, *found.phones)]
    if not keys and not found.county:
        return []
    if found.day < 0 or not found.county:
        return keys
    plain: list[tuple[str, ...]] = [("n", found.town, name) for name in found.people[:_MOST] if found.town]
    plain += [("m", found.county, *two) for two in combinations(found.names[:_MOST], 2)]
    if found.village and found.category:
        plain.append(("v", found.village, found.category))
    if found.amount and found.amount >= 1000:
        plain.append(("a", found.county, f"{found.amount:.0f}"))
    return keys + [_hashed(part, window) for part in plain for window in _windows(found.day, part[0])]


def _windows(day: int, kind: str) -> tuple[int, int]:
    """Two neighbouring windows: days less than a window apart have at least one in common. Places are crowded: their windows are short."""
    first = day // (WINDOW_DAYS // 2 if kind == "v" else WINDOW_DAYS)
    return first, first + 1


def _hashed(part: Sequence[str], window: int) -> str:
    said = "\x1f".join((*part, str(window)))
    return part[0] + hashlib.blake2b(said.encode(), digest_size=9).hexdigest()
