"""Everything one file shows, read once for a screen."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboard import asof
from matters.access import Scope
from matters.model import Agency
from services.file_shapes import ChangeLine
from services.link_shapes import DecisionLine, LinkOf, Pair
from services.path_shapes import Acts, ClockLine, EventLine
from services.shapes import MatterFile

MOST_PAIRS = 12  # scored links whose evidence is read: a matter of more records than that is looked at in the queue


@dataclass(frozen=True, slots=True)
class Reading:
    """A file with its path and history, for one reader; while looking back nothing can be done (acts is None)."""

    file: MatterFile
    scope: Scope
    today: date
    agencies: Mapping[str, Agency]
    acts: Acts | None
    events: tuple[EventLine, ...]  # newest first, the undone ones too
    undoing: Mapping[int, EventLine]  # what took an event back, by that event's id
    clocks: tuple[ClockLine, ...]
    history: tuple[ChangeLine, ...]
    names: Mapping[str, str]  # of accounts, masked
    links: tuple[LinkOf, ...]
    pairs: Mapping[int, Pair]  # the evidence of scored links, for those who decide about them
    decisions: tuple[DecisionLine, ...]
    former: tuple[tuple[str, datetime], ...]  # codes that lead here, and until when they were in force
    may_link: bool

    def who(self, account: str) -> str:
        """How an account's owner is called."""
        return self.names.get(account, account)

    def standing(self, *acts: str) -> list[EventLine]:
        """Events of these acts that have not been undone, newest first."""
        return [e for e in self.events if not e.undone_by and e.act in acts]


def read(services: Any, scope: Scope, file: MatterFile) -> Reading:
    """Read the rest of a file; what happened after the moment shown is left out."""
    code, at = file.matter.code, file.as_of
    found = services.path.events(scope, code, at)
    events = sorted((e for e in found if e.act != "undo"), key=lambda e: (e.on, e.id), reverse=True)
    return Reading(
        file, scope, asof.today(services), services.feeds.agencies(),
        services.path.acts(scope, code) if at is None else None,
        tuple(events), {e.ref: e for e in found if e.act == "undo"},
        tuple(services.path.clocks(scope, code)) if at is None else (),
        services.file_history.of(scope, code, at), services.auth.displays(),
        *_linked(services, scope, file),
    )  # fmt: skip


def _linked(services: Any, scope: Scope, file: MatterFile) -> tuple[Any, ...]:
    """Links, evidence, decisions, former codes, and whether this reader may decide; of an earlier moment only what held it together."""
    code, linking = file.matter.code, services.linking
    if file.as_of is not None:
        then = tuple(LinkOf(k.record, k.other, k.method, k.number, None, 0, 0, "", "", k.linked_at) for k in file.links)
        return then, {}, (), (), False
    links, may = linking.links_of(scope, code), scope.may("steward_links")
    pairs: dict[int, Pair] = {}
    for pair_id in [k.pair for k in links if k.pair and may][:MOST_PAIRS]:
        with suppress(LookupError):  # one of the two has moved out of the reader's area
            pairs[pair_id] = linking.pair(scope, pair_id)
    return links, pairs, linking.decisions_of(scope, code), linking.former_codes(scope, code), may
