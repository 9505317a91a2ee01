"""What the agencies must remember to go on from: open cases, this week's rows, where their numbers stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from demo import days
from demo.doors import in_folder, is_current
from demo.papers import NORMAL, Paper
from demo.people import Person
from demo.timeline import NEVER

FILE = "agencies.json"
_DAILY = ("JJ", "HZ", "XF", "GD", "ODR", "QR", "CC", "WM", "AQ", "JY", "TS")  # numbers that begin anew each day


def _plain(paper: Paper) -> list[Any]:
    return [list(v) if isinstance(v, Person) else None if v != v else v for v in paper]


def _paper(values: list[Any]) -> Paper:
    found = Paper(*values)
    nan = float("nan")
    return found._replace(first=Person(*found.first), other=Person(*found.other), lon=nan if found.lon is None else found.lon,
                          lat=nan if found.lat is None else found.lat)  # fmt: skip


@dataclass
class State:
    """`open` are the records that have not ended, `week` the rows of the files of the running week or month."""

    moment: datetime  # up to when the city is told
    number: int  # next case
    serials: dict[str, int]
    open: list[Paper] = field(default_factory=list)
    week: list[Paper] = field(default_factory=list)

    @classmethod
    def of(cls, papers: list[Paper], serials: dict[str, int], number: int, moment: datetime) -> State:
        """The state after a city was made up to a moment."""
        today = days.ordinal(moment.date())
        ours = [p for p in papers if p.fate == NORMAL]
        before = moment.strftime("%Y%m%d")
        kept = {k: v for k, v in serials.items() if not (k.startswith(_DAILY) and k[-8:] < before)}
        # Every row of the week's file is kept as it is, also those that are no matters: the file is written again as a whole.
        recent = [p for p in papers if in_folder(p) and is_current(p, today)]
        return cls(moment, number, kept, [p for p in ours if p.close == NEVER], recent)

    def save(self, folder: Path) -> None:
        """Write it whole."""
        half = folder / f"{FILE}.part"
        half.write_bytes(orjson.dumps({
            "moment": self.moment.isoformat(), "number": self.number, "serials": self.serials,
            "open": [_plain(p) for p in self.open], "week": [_plain(p) for p in self.week],
        }))  # fmt: skip
        half.replace(folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> State:
        """Read it; FileNotFoundError where no city was made."""
        found = orjson.loads((folder / FILE).read_bytes())
        return cls(datetime.fromisoformat(found["moment"]), found["number"], found["serials"],
                   [_paper(p) for p in found["open"]], [_paper(p) for p in found["week"]])  # fmt: skip
