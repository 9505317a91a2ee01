"""Keys and paper numbers as each agency gives them, and the time of day of each record."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import days
from demo.places import Places

Ints = NDArray[np.int64]
Serials = dict[str, int]

_CALL_HOURS = np.array([2, 1.2, 0.8, 0.6, 0.6, 0.8, 1.5, 3, 4.5, 5.5, 5.5, 5, 4.5, 4.5, 5, 5.5, 5.5, 6, 6.5, 7, 6.5, 5.5, 4, 1.0])
_ANYTIME = ("P", "I", "T", "N", "E", "O")
_DAILY = {"T": ("GD", "{}-{:05d}"), "O": ("ODR", "{}-{:05d}"), "U": ("QR", "{}-{:05d}"), "V": ("CC", "{}-{:05d}"), "N": ("WM", "{}-{:04d}"),
          "E": ("AQ", "{}-{:04d}"), "D": ("JY", "{}-{:04d}")}  # fmt: skip
_CASE_WORDS = {"F": "民初", "K": "诉前调", "Q": "诉前调确"}


def office_seconds(rng: np.random.Generator, count: int) -> Ints:
    """Times of an office day, 8:30 to 11:59 and 14:00 to 17:29, in seconds of the day."""
    spot = rng.integers(0, 7 * 3600, count)
    return np.where(spot < 12_600, 30_600 + spot, 50_400 + spot - 12_600)


def call_seconds(rng: np.random.Generator, count: int) -> Ints:
    """Times at which people call 110, up to 23:29, in seconds of the day."""
    hour = rng.choice(24, size=count, p=_CALL_HOURS / _CALL_HOURS.sum())
    return np.minimum(hour * 3600 + rng.integers(0, 3600, count), 23 * 3600 + 1740)


def times(rng: np.random.Generator, records: pd.DataFrame) -> pd.DataFrame:
    """Seconds of the day at which each record was made, and of its last change."""
    anytime = records["kind"].isin(list(_ANYTIME)).to_numpy()
    made = np.where(anytime, call_seconds(rng, len(records)), office_seconds(rng, len(records)))
    return records.assign(made=made, touched=office_seconds(rng, len(records)))


def _texts(values: Ints, pattern: str) -> NDArray[np.object_]:
    """Dates of day numbers by a strftime pattern, each distinct day once."""
    distinct, where = np.unique(values, return_inverse=True)
    return np.array([days.to_date(d).strftime(pattern) for d in distinct], dtype=object)[where]


def _serial(group: pd.Series, step: Ints, serials: Serials) -> Ints:
    """Running numbers in each group from where `serials` stands; `serials` is moved on."""
    begin = group.map(lambda g: serials.get(g, 0)).to_numpy(dtype=np.int64)
    number = begin + pd.Series(step).groupby(group.to_numpy()).cumsum().to_numpy(dtype=np.int64)
    for name, top in pd.Series(number).groupby(group.to_numpy()).max().items():
        serials[str(name)] = int(top)
    return number


def assign(rng: np.random.Generator, cases: pd.DataFrame, records: pd.DataFrame, places: Places, serials: Serials) -> pd.DataFrame:
    """Give every record its `key` and `number`, in the order in which each agency made them."""
    order = np.lexsort((records["made"].to_numpy(), records["reg"].to_numpy()))
    work = records.iloc[order]
    county = cases["county"].to_numpy()[work["case"].to_numpy()]
    codes = np.array([*places.counties["code"], places.city_code], dtype=object)[county]
    key = np.full(len(work), "", dtype=object)
    number = key.copy()
    short = np.array([*(n[0] for n in places.counties["name"]), places.city_name[0]], dtype=object)[county]
    for kind in "CPXFKQHIMTSOUVWDENJ":
        mine = np.flatnonzero((work["kind"] == kind).to_numpy())
        if len(mine):
            key[mine], number[mine] = _of_kind(rng, kind, codes[mine], short[mine], work["reg"].to_numpy()[mine], serials)
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return records.assign(key=key[back], number=number[back])


def _of_kind(
    rng: np.random.Generator, kind: str, code: NDArray[np.object_], short: NDArray[np.object_], reg: Ints, serials: Serials
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Keys and numbers of records of one kind, already in order."""
    one = np.ones(len(code), dtype=np.int64)
    day, year = _texts(reg, "%Y%m%d"), _texts(reg, "%Y")
    court = np.array(["09" + c[4:] for c in code], dtype=object)
    if kind in _CASE_WORDS:
        word = np.full(len(code), _CASE_WORDS[kind], dtype=object)
        if kind == "Q":
            word[rng.random(len(code)) < 0.2] = "诉前调书"
        head = "(" + year + ")赣" + court + word
        n = _serial(pd.Series(head), one, serials)
        unique = _serial(pd.Series(np.full(len(code), "ajbs", dtype=object)), one, serials)
        return (np.array([f"3609000000{u:08d}" for u in unique], dtype=object),
                np.array([f"{h}{i}号" for h, i in zip(head, n, strict=True)], dtype=object))  # fmt: skip
    if kind in "MJ":
        head = "(" + year + ")" + short + "人调" if kind == "M" else "赣" + short + "检民支(" + year + ")"
        n = _serial(pd.Series(head), one, serials)
        return (np.array([f"{'RM' if kind == 'M' else 'JC'}{c}{y}{i:06d}" for c, y, i in zip(code, year, n, strict=True)], dtype=object),
                np.array([f"{h}{i}号" for h, i in zip(head, n, strict=True)], dtype=object))  # fmt: skip
    if kind in _DAILY:
        head, step, shape = _DAILY[kind][0] + day, one, _DAILY[kind][1]
    elif kind == "S":
        head, step, shape = "TS" + code + "-" + day, one, "{}{:03d}"
    elif kind == "W":
        head, step, shape = "ZD" + code, one, "{}{:04d}"
    elif kind == "P":
        head, step, shape = "JJ" + day, rng.integers(1, 60, len(code)), "{}{:06d}"
    elif kind == "X":
        head, step, shape = "XF" + code + "-" + day, one, "{}{:03d}"
    elif kind == "C":
        head, step, shape = "MT-" + court + "-" + np.array([y[2:] for y in year], dtype=object), one, "{}-{:06d}"
    elif kind == "H":
        head, step, shape = "YJ" + _texts(reg, "%Y%m"), one, "{}-{:05d}"
    else:
        head, step, shape = "HZ" + day, rng.integers(1, 9, len(code)), "{}-{:04d}"
    n = _serial(pd.Series(head), step, serials)
    keys = np.array([shape.format(h, i) for h, i in zip(head, n, strict=True)], dtype=object)
    return keys, keys
