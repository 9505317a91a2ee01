"""One matter's file: its records, why they are one matter, and where each field comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from matters.categories import CATEGORIES
from matters.derive import derive
from matters.model import Agency, Record
from matters.told import Said
from matters.veil import veil
from matters.vocabulary import CHANNELS, OUTCOMES, STAGES
from services.file_people import people
from services.shapes import LinkLine, MatterFile, MatterLine, RecordLine, SinceThen, Source

# Fields whose source the file names, in the order in which they are read.
_FIELDS = ("title", "category", "town_code", "lon", "accepted_on", "due_on", "stage", "owner", "channel", "people", "amount",
           "closed_on", "outcome", "satisfied")  # fmt: skip


def matter_file(
    row: Mapping[str, Any], line: MatterLine, records: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]],
    agencies: Mapping[str, Agency], listed: tuple[str, ...], version: int, outside: int, said: Sequence[Said] = (), masks: Sequence[str] = (),
) -> MatterFile:  # fmt: skip
    """Put a file together. Provenance is told by deriving the matter again from the records the reader may see and what was done.

    `masks` are the masked names of all records of the matter, also of those that the reader does not see.
    """
    persons = people(records)
    veiled = veil([*(p.name for p in persons), *masks])
    line = replace(line, title=veiled(line.title))
    lines = {r["id"]: _record_line(r, veiled) for r in records}
    newest = sorted(lines.values(), key=lambda r: (_day(r), r.id), reverse=True)
    sources: tuple[Source, ...] = ()
    acts: Mapping[str, int] = {}
    if records:
        derived = derive([Record._make(r[name] for name in Record._fields) for r in records], agencies, said)
        acts = derived.acts
        sources = tuple(
            Source(name, veiled(_shown(name, getattr(derived.matter, name), line)), lines[derived.sources[name]], lines[derived.sources[name]].learned_at)
            for name in _FIELDS if name in derived.sources and getattr(derived.matter, name) not in (None, "")
        )  # fmt: skip
    return MatterFile(
        matter=line, lon=row["lon"], lat=row["lat"], records=tuple(newest),
        links=tuple(LinkLine(k["record_id"], k["other_id"], k["number"], k["method"], k["linked_at"]) for k in links),
        sources=sources, listed=listed, version=row["version"], data_version=version, others_outside=outside,
        people=persons, acts=acts,
    )  # fmt: skip


# Fields whose change since an earlier moment is told.
_TOLD = ("title", "category", "town_code", "accepted_on", "due_on", "stage", "owner", "channel", "people", "amount", "closed_on", "outcome",
         "satisfied", "record_count")  # fmt: skip


def changes_since(
    then: Mapping[str, Any], line: MatterLine, now: Mapping[str, Any], line_now: MatterLine, masks: Sequence[str] = ()
) -> tuple[SinceThen, ...]:
    """What stands otherwise in a matter's row now than it did; what reads like one of the `masks` is masked in it."""
    veiled = veil(masks)

    def said(name: str, row: Mapping[str, Any], shown: MatterLine) -> str:
        return "" if row[name] in (None, "") else veiled(_shown(name, row[name], shown))

    place = ("county_code", "town_code", "village_code")
    moved = any(then[n] != now[n] for n in place)
    names = [n for n in _TOLD if (moved if n == "town_code" else then[n] != now[n])]
    return tuple(SinceThen(n, said(n, then, line), said(n, now, line_now)) for n in names)


def _day(r: RecordLine) -> date:
    return (r.happened_at.date() if r.happened_at else None) or r.registered_on or r.accepted_on or date.min


def _record_line(r: Mapping[str, Any], veiled: Callable[[str], str]) -> RecordLine:
    same = {name: r[name] for name in RecordLine.__slots__ if name in r}
    parties = tuple({"role": p.get("role", ""), "name": p.get("name", "")} for p in r["parties"] or ())
    texts = {name: r[name] or "" for name in ("number", "owner", "place")} | {name: veiled(r[name] or "") for name in ("title", "summary")}
    return RecordLine(**{**same, **texts, "parties": parties, "refs": tuple(r["refs"])})


def _shown(name: str, value: Any, line: MatterLine) -> str:
    """A field's value as people read it."""
    tables: dict[str, Mapping[str, Any]] = {"category": CATEGORIES, "stage": STAGES, "channel": CHANNELS, "outcome": OUTCOMES}
    if name in tables and value in tables[name]:
        return str(tables[name][value].zh)
    if name == "town_code":
        return " ".join(n for n in (line.county, line.town, line.village) if n)
    if name == "lon":
        return "经纬度"
    if name == "satisfied":
        return "满意" if value else "不满意"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)
