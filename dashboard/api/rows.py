"""From the services' shapes to the API's models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dashboard.api import models
from matters.indicators import change
from services.path_shapes import ClockLine, EventLine
from services.shapes import AreaRow, Change, MatterFile, RecordLine
from services.signal_shapes import SignalLine

_SAME = ("area", "name", "level", "population", "accepted", "open", "closed", "resolved", "resolved_rate", "on_time", "on_time_rate",
         "rated", "satisfied", "satisfaction", "escalated", "litigated", "civil_filings", "civil_filings_before", "accepted_before",
         "per_10k", "open_now", "overdue_now")  # fmt: skip


def relative(shown: Change, now: int, before: int) -> float | None:
    """The change as a number, also where a screen writes counts; null when withheld or when there was nothing before."""
    return None if shown.kind == "withheld" else change(now, before)


def indicator(row: AreaRow, previous: AreaRow) -> models.IndicatorRow:
    """One row from the year-on-year figures and those against the period before."""
    return models.IndicatorRow.model_construct(
        **{name: getattr(row, name) for name in _SAME},
        overdue=row.past_limit,
        civil_filings_yoy=relative(row.civil_filings_change, row.civil_filings, row.civil_filings_before),
        accepted_yoy=relative(row.accepted_change, row.accepted, row.accepted_before),
        accepted_pop=relative(previous.accepted_change, previous.accepted, previous.accepted_before),
        stale_feeds=list(row.stale),
    )


def record(line: RecordLine) -> models.RecordRow:
    """One record; a party keeps its role and its masked name, nothing else."""
    names = [n for n in models.RecordRow.model_fields if n not in ("parties", "refs")]
    parties = [models.Party(role=str(p.get("role", "")), name=str(p.get("name", ""))) for p in line.parties]
    return models.RecordRow(**{n: getattr(line, n) for n in names}, parties=parties, refs=list(line.refs))


def detail(
    file: MatterFile, now: datetime, events: Sequence[EventLine], clocks: Sequence[ClockLine], code: str
) -> models.MatterDetail:
    """A matter's file, as of a moment, with what was done and what runs; `code` is what it was asked for by."""
    return models.MatterDetail(
        data_version=file.data_version,
        as_of=now.replace(microsecond=0),
        matter=models.MatterRow.model_validate(file.matter),
        lon=file.lon,
        lat=file.lat,
        records=[record(line) for line in file.records],
        links=[models.LinkRow.model_validate(link) for link in file.links],
        listed=list(file.listed),
        version=file.version,
        others_outside=file.others_outside,
        moved_to=file.matter.code if code != file.matter.code else None,
        people=plain(file.people, models.PersonRow),
        sources=sources(file, events),
        events=plain(events, models.EventRow),
        clocks=plain(clocks, models.ClockRow),
    )


def signal(line: SignalLine) -> models.SignalRow:
    """One signal, its sentence in both languages."""
    names = [n for n in models.SignalRow.model_fields if n not in ("sentence", "sentence_en")]
    return models.SignalRow(**{n: getattr(line, n) for n in names}, sentence=line.sentence[0], sentence_en=line.sentence[1])


def sources(file: MatterFile, events: Sequence[EventLine]) -> list[models.SourceRow]:
    """Where each field comes from."""
    at = {e.id: e.at for e in events}
    told = [models.SourceRow(field=s.field, feed=s.record.feed, external_id=s.record.external_id, act=None, learned_at=s.learned_at) for s in file.sources]
    return told + [models.SourceRow(field=n, feed=None, external_id=None, act=i, learned_at=at[i]) for n, i in file.acts.items() if i in at]


def body(answer: models.Answer) -> bytes:
    """JSON bytes of an answer."""
    return answer.model_dump_json(by_alias=True).encode()


def plain(lines: Any, model: type[models.Answer]) -> list[Any]:
    """Models of lines that have the same field names."""
    return [model.model_validate(line) for line in lines]
