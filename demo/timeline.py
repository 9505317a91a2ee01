"""Cases → what each agency writes about them: one row a record, with its planned days and what it quotes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import days
from demo.streams import STREAMS

Ints = NDArray[np.int64]
NEVER = 1 << 40  # a day that does not come
FEEDS = {"C": "centre", "P": "police", "X": "petitions", "F": "courts", "K": "courts", "Q": "courts", "H": "health", "I": "fire",
         "M": "justice", "T": "hotline", "S": "market", "O": "online", "U": "online", "V": "online", "W": "online", "D": "education",
         "E": "emergency", "N": "cyberspace", "J": "procuratorate"}  # fmt: skip
_LIMITS = {"X": 60, "F": 180, "S": 60, "D": 60, "E": 60, "J": 90}  # days; all others 30
WORKING = {"H": 30, "T": 15}  # these count working days
COLUMNS = ("case", "kind", "step", "reg", "acc", "hand", "close", "outcome", "quotes")


class Chain:
    """Builds the records of the cases of one stream, all cases at once."""

    def __init__(self, rng: np.random.Generator, cases: Ints, start: Ints, last: int) -> None:
        self.rng, self.cases, self.start, self.last = rng, cases, start, last
        self.frames: list[pd.DataFrame] = []

    def lag(self, low: int, high: int) -> Ints:
        """Whole days from low to high, both included."""
        return self.rng.integers(low, high + 1, len(self.cases))

    def took(self, kind: str) -> Ints:
        """Days from acceptance to the end that a record of that kind usually takes."""
        n = len(self.cases)
        shape = {"C": (1.35, 0.85, 29), "F": (1.45, 0.75, 150), "K": (1.8, 0.6, 29), "Q": (1.0, 0.5, 20), "X": (2.2, 0.6, 58),
                 "P": (-2.0, 0.9, 3), "H": (2.1, 0.6, 28), "I": (1.3, 0.6, 25), "M": (1.8, 0.7, 28), "T": (1.6, 0.6, 14),
                 "S": (2.2, 0.6, 56), "O": (1.7, 0.6, 28), "U": (1.0, 0.5, 20), "D": (1.9, 0.6, 40), "E": (2.0, 0.6, 45),
                 "N": (1.2, 0.6, 20), "J": (2.6, 0.6, 80), "V": (0.0, 0.1, 1), "W": (0.0, 0.1, 1)}[kind]  # fmt: skip
        base = {"X": 2, "H": 2, "F": 1, "Q": 1, "K": 1, "S": 2, "J": 3, "U": 1, "M": 1}.get(kind, 0)
        usual = np.minimum(base + self.rng.lognormal(shape[0], shape[1], n), shape[2]).astype(np.int64)
        late = self.rng.random(n) < {"C": 0.025, "X": 0.015, "K": 0.015, "M": 0.015, "T": 0.02, "S": 0.01}.get(kind, 0.0)
        return np.where(late, shape[2] + 2 + self.rng.exponential(9.0, n).astype(np.int64), usual)

    def add(self, kind: str, acc: Ints, close: Ints, *, reg: Ints | None = None, outcome: str = "resolved", quotes: str = "") -> None:
        """One record for each case; `quotes` is the kind of the record whose number its text gives."""
        reg = acc if reg is None else np.minimum(reg, acc)
        # Only the centre dispatches; the police's first act is the answer, all others begin the day they accept.
        hand = np.minimum(acc + self.lag(0, 1) * (self.lag(0, 2) > 0), close) if kind == "C" else close if kind == "P" else acc
        self.frames.append(pd.DataFrame({
            "case": self.cases, "kind": kind, "step": len(self.frames), "reg": reg, "acc": acc, "hand": hand,
            "close": np.maximum(close, acc), "outcome": outcome, "quotes": quotes,
        }))  # fmt: skip

    def joins(self, after: Ints, low: int, high: int) -> Ints:
        """The centre takes a case some days after; never later than the last day, so that exact counts hold."""
        return np.minimum(after + self.lag(low, high), np.maximum(self.last, self.start))


def _single(c: Chain, kind: str) -> None:
    reg = {"C": c.start - c.lag(0, 1) * (c.lag(0, 3) == 0), "X": c.start - c.lag(0, 9), "H": c.start - c.lag(0, 3), "S": c.start - c.lag(0, 7),
           "J": c.start - c.lag(0, 10), "D": c.start - c.lag(0, 5)}.get(kind)
    c.add(kind, c.start, c.start + c.took(kind), reg=reg)


def _into_centre(c: Chain, first: str) -> None:
    """Another agency has the case first and hands it to the centre."""
    if first in "PXTN":
        handed = c.start if first == "P" else c.start + c.lag(1, 4)
        joined = c.joins(handed, 1, 2)
        c.add(first, c.start, handed, reg=c.start - c.lag(0, 6) if first == "X" else None, outcome="transferred")
        c.add("C", joined, np.maximum(joined + c.took("C"), handed + 1), quotes=first)
    else:
        joined = c.joins(c.start, 1, 3)
        done = np.maximum(joined + c.took("C"), joined + 1)
        c.add(first, c.start, done + 1, reg=c.start - c.lag(0, 2) if first == "H" else None)
        c.add("C", joined, done, quotes=first)


def _confirmed(c: Chain, done: Ints, quotes: str) -> None:
    acc = done + c.lag(1, 4)
    c.add("Q", acc, acc + c.took("Q"), quotes=quotes)


def _sued(c: Chain, after: Ints, quotes: str, low: int = 2, high: int = 14) -> None:
    acc = after + c.lag(low, high)
    c.add("F", acc, acc + c.took("F"), quotes=quotes)


def _handed_on(c: Chain, first: str, second: str) -> None:
    """The police hand a dispute to the people's mediators, the hotline a ticket to the market supervisors."""
    c.add(first, c.start, c.start, outcome="transferred")
    taken = c.start + c.lag(1, 4)
    c.add(second, taken, taken + c.took(second), reg=taken - c.lag(0, 2), quotes=first)


def _confirmed_online(c: Chain) -> None:
    """Mediated online, and confirmed by the court from there: the request for it comes the day the court takes it."""
    done = c.start + c.took("O")
    c.add("O", c.start, done)
    acc = done + c.lag(1, 4)
    end = acc + c.took("Q")
    c.add("U", acc, end, quotes="Q")
    c.add("Q", acc, end, quotes="O")


def _long_way(c: Chain) -> None:
    """Call, centre, petition against the delay, mediation entrusted by the court, confirmation."""
    c.add("P", c.start, c.start, outcome="transferred")
    joined = c.joins(c.start, 1, 2)
    wrote = joined + c.lag(20, 34)
    sent = wrote + c.lag(4, 9)
    agreed = sent + 2 + c.took("K")
    c.add("C", joined, agreed, quotes="P")
    c.add("X", wrote + 1, wrote + c.lag(20, 45), reg=wrote, quotes="C")
    c.add("K", sent, agreed + 1, quotes="C")
    _confirmed(c, agreed + 1, "K")


def _stream(c: Chain, name: str) -> None:
    if len(name) == 1:
        _single(c, name)
    elif name in ("PC", "XC", "HC", "IC", "KC", "KCQ", "TC", "OC", "DC", "NC", "EC"):
        _into_centre(c, name[0])
        if name == "KCQ":
            _confirmed(c, c.frames[0]["close"].to_numpy(), "K")
    elif name in ("CQ", "KQ", "MQ"):
        done = c.start + c.took(name[0])
        c.add(name[0], c.start, done)
        _confirmed(c, done, name[0])
    elif name in ("CF", "KF", "HF", "PF", "MF", "SF"):
        done = c.start + c.took(name[0])
        c.add(name[0], c.start, done, outcome="transferred" if name[0] in "CH" else "unresolved")
        _sued(c, done, name[0], 1 if name == "KF" else 2, 7 if name == "KF" else 20)
    elif name == "CX":
        wrote = c.start + c.lag(8, 20)
        c.add("C", c.start, wrote + c.lag(1, 9))
        c.add("X", wrote + 1, wrote + c.lag(11, 30), reg=wrote, quotes="C")
    elif name in ("PX", "TX"):
        done = c.start if name == "PX" else c.start + c.took("T")
        c.add(name[0], c.start, done)
        wrote = done + c.lag(2, 15)
        c.add("X", wrote + 1, wrote + 1 + c.took("X"), reg=wrote, quotes=name[0])
    elif name in ("PM", "TS"):
        _handed_on(c, name[0], name[1])
    elif name == "OUQ":
        _confirmed_online(c)
    elif name == "JF":
        filed = c.start + c.lag(10, 40)
        c.add("J", c.start, filed + c.lag(0, 5))
        c.add("F", filed, filed + c.took("F"), quotes="J")
    else:
        _long_way(c)


def expand(rng: np.random.Generator, cases: pd.DataFrame, last: int) -> pd.DataFrame:
    """The planned records of all cases (columns stream, day; index = case), ordered by case and step."""
    frames = []
    for row, stream in enumerate(STREAMS):
        mine = np.flatnonzero(cases["stream"].to_numpy() == row)
        if len(mine):
            chain = Chain(rng, mine, cases["day"].to_numpy()[mine], last)
            _stream(chain, stream.name)
            frames.extend(chain.frames)
    if not frames:
        return pd.DataFrame(columns=list(COLUMNS))
    records = pd.concat(frames, ignore_index=True)
    _turn_quotes(rng, records, cases["stream"].to_numpy())
    return records.sort_values(["case", "step"], kind="stable", ignore_index=True)


def _turn_quotes(rng: np.random.Generator, records: pd.DataFrame, stream: Ints) -> None:
    """Of the cases that a court entrusts, in some the court quotes the centre and not the centre the court."""
    entrusted = np.isin(stream, [i for i, s in enumerate(STREAMS) if s.name == "KC"])
    turned = (entrusted & (rng.random(len(stream)) < 0.3))[records["case"].to_numpy()]
    kind = records["kind"].to_numpy()
    records.loc[turned & (kind == "K"), "quotes"] = "C"
    records.loc[turned & (kind == "C"), "quotes"] = ""


def see(records: pd.DataFrame, horizon: int, late: dict[str, int] | None = None) -> pd.DataFrame:
    """What has happened by the end of `horizon` (by feed in `late`: by an earlier day): rows to come are left out, days to come
    become NEVER and outcomes with them."""
    feeds = records["kind"].map(FEEDS)
    limit = feeds.map(late or {}).fillna(horizon).to_numpy(dtype=np.int64)
    seen = records[records["reg"].to_numpy() <= limit].copy()
    limit = limit[records["reg"].to_numpy() <= limit]
    for column in ("acc", "hand", "close"):
        values = seen[column].to_numpy()
        seen[column] = np.where(values <= limit, values, NEVER)
    seen["outcome"] = np.where(seen["close"].to_numpy() == NEVER, "", seen["outcome"].to_numpy(dtype=object))
    return seen.reset_index(drop=True)


def dues(records: pd.DataFrame) -> Ints:
    """Last day of each record's limit by its kind's clock; NEVER without acceptance."""
    limits = records["kind"].map(_LIMITS).fillna(30).to_numpy(dtype=np.int64)
    acc = records["acc"].to_numpy()
    due = np.where(acc == NEVER, NEVER, acc + limits)
    for kind, count in WORKING.items():
        mine = np.flatnonzero((records["kind"].to_numpy() == kind) & (acc != NEVER))
        if len(mine):
            low, high = int(acc[mine].min()), int(acc[mine].max()) + 80
            work = np.flatnonzero(days.workdays(days.span(low, high))) + low
            due[mine] = work[np.searchsorted(work, acc[mine], side="right") + count - 1]
    return due
