"""The truth about the demo city: every figure that its screens must show, counted by the demo's own bookkeeping."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd

from demo import article, ledger, outcomes
from demo.cases import STREAM_NAMES
from demo.codes import CATS
from demo.papers import CONTEXT, NORMAL
from demo.places import Places
from demo.plants import PLANTS
from demo.timeline import NEVER

FILE = "truth.json"
VERSION = 5  # of the generator: another one makes another city of the same seed


@dataclass(frozen=True)
class Truth:
    """What was generated (`fingerprint`), and what is to be expected of it (`expected`)."""

    fingerprint: dict[str, Any]
    expected: dict[str, Any]

    def save(self, folder: Path) -> None:
        """Write truth.json: last of all files, so that a folder with it is whole."""
        half = folder / f"{FILE}.part"
        half.write_bytes(orjson.dumps({"fingerprint": self.fingerprint, "expected": self.expected}, option=orjson.OPT_INDENT_2))
        half.replace(folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> Truth:
        """Read truth.json; FileNotFoundError where there is none."""
        found = orjson.loads((folder / FILE).read_bytes())
        return cls(found["fingerprint"], found["expected"])


def _grouped(records: pd.DataFrame, column: str) -> dict[int, list[str]]:
    """A column's values by case."""
    found: dict[int, list[str]] = {}
    for case, value in zip(records["case"].tolist(), records[column].tolist(), strict=True):
        found.setdefault(case, []).append(value)
    return found


def _window(book: pd.DataFrame, county: np.ndarray, codes: list[str], span: tuple[int, int], today: int) -> dict[str, Any]:
    """Measures and rates of the matters accepted in some days: city, counties, unlocated."""
    inside = book["accepted"].between(*span).to_numpy()
    found: dict[str, Any] = {}
    for code, row in [("city", None), *((c, i) for i, c in enumerate(codes)), ("unlocated", -1)]:
        mine = book[inside] if row is None else book[inside & (county == row)]
        counted = ledger.measures(mine, today)
        found[code] = counted | ledger.rates(counted)
    return found


def _filings(cases: pd.DataFrame, records: pd.DataFrame, codes: list[str], span: tuple[int, int]) -> dict[str, int]:
    """First-instance filings in some days by county."""
    filed = records[(records["kind"] == "F") & records["acc"].between(*span)]
    county = cases["county"].to_numpy()[filed["case"].to_numpy()]
    return {"city": len(filed), **{code: int((county == row).sum()) for row, code in enumerate(codes)}}


def stock(book: pd.DataFrame, today: int) -> dict[str, int]:
    """Today's open matters, and the three ways of being overdue; no matter counts in two of them."""
    open_ = book["open"].to_numpy()
    past = open_ & (book["due"] < today).to_numpy()
    waiting = open_ & ~past & (book["accepted"] == NEVER).to_numpy() & (book["opened"] < today - 2).to_numpy()
    idle = open_ & ~past & (book["accepted"] < today - 7).to_numpy() & (book["handled"] == NEVER).to_numpy()
    return {"open": int(open_.sum()), "past_limit": int(past.sum()), "unaccepted": int(waiting.sum()), "unhandled": int(idle.sum()),
            "overdue": int((past | waiting | idle).sum())}  # fmt: skip


def expected(
    cases: pd.DataFrame, seen: pd.DataFrame, places: Places, year: int, today: int, plants: list[dict[str, Any]], twins: list[tuple[int, int]]
) -> dict[str, Any]:
    """All expected figures from the visible records (columns as the ledger needs, and key)."""
    fate = cases["fate"].to_numpy()[seen["case"].to_numpy()]
    mine = seen[fate == NORMAL].reset_index(drop=True)
    book = ledger.matters(mine)
    county, codes = cases["county"].to_numpy()[book.index.to_numpy()], list(places.counties["code"])
    spans = {name: outcomes.window_days(y) for name, y in (("now", year), ("before", year - 1))}
    figures: dict[str, Any] = {}
    for name, span in spans.items():
        figures[name] = {"all": _window(book, county, codes, span, today),
                         "centre": _window(book[book["centre"]], county[book["centre"].to_numpy()], codes, span, today),
                         "filings": _filings(cases, mine, codes, span)}  # fmt: skip
    inside = book["accepted"].between(*spans["now"])
    by_agency = {feed: int((inside & book[feed]).sum()) for feed in ledger.RANK}
    keys = _grouped(mine, "key")
    feeds = _grouped(mine, "kind")
    categories = pd.Series(cases["category"].to_numpy()[book.index.to_numpy()][inside.to_numpy()]).value_counts()
    return {
        "year": year, "window": [d.isoformat() for d in article.window(year)], "figures": figures, "accepted_by_agency": by_agency,
        "categories": {CATS[int(row)]: int(count) for row, count in sorted(categories.items())},
        "stock": stock(book, today), "matters": len(book), "records": len(mine), "context": int((fate == CONTEXT).sum()),
        "linked": int((book["records"] > 1).sum()),
        "linked_by_path": {n: int(c) for n, c in pd.Series([STREAM_NAMES[s] for s in cases["stream"].to_numpy()[book.index[book["records"] > 1]]])
                           .value_counts().sort_index().items()},
        "links_sample": [keys[c] for c in book.index[book["records"] > 2][:200]],
        "twins": [{"kinds": [*feeds[a], *feeds[b]], "keys": [*keys[a], *keys[b]]} for a, b in twins if a in keys and b in keys],
        "planted": plants, "groups": _groups(cases, keys),
    }  # fmt: skip


def _groups(cases: pd.DataFrame, keys: dict[int, list[str]]) -> list[dict[str, Any]]:
    """The planted groups about one object: for each matter of it the keys of its records."""
    plant = cases["plant"].to_numpy()
    return [{"name": spec.name, "object": spec.object, "matters": [keys[c] for c in np.flatnonzero(plant == row).tolist() if c in keys]}
            for row, spec in enumerate(PLANTS) if spec.object]  # fmt: skip
