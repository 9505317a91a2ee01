"""What changed between two windows: the parts that made it, adding up exactly; and what of it is real, late or reclassified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

NONE = ""


class Changed(NamedTuple):
    """A change of a count, taken apart.

    parts: one frame a dimension, rows by size of change, columns value, before, after, change; each adds up to before, after, change.
    """

    before: int
    after: int
    parts: dict[str, pd.DataFrame]


class Bridge(NamedTuple):
    """shown = real + late + withdrawn + reclassified, in all and for every value; columns value, then these."""

    shown: int
    real: int
    late: int
    withdrawn: int
    reclassified: int
    parts: dict[str, pd.DataFrame]


def changed(before: pd.DataFrame, after: pd.DataFrame, by: Sequence[str] = ("township", "category", "agency", "channel")) -> Changed:
    """Take the change between two windows apart by each dimension.

    before, after: one row a matter of each window (or, with a column `count`, one row a cell), columns named in `by`; an unknown value is
    a value of its own (""), so that nothing falls out. ValueError if a dimension is missing.
    """
    return Changed(_total(before), _total(after), {name: _part(before, after, name) for name in by})


def _total(rows: pd.DataFrame) -> int:
    return int(rows["count"].sum()) if "count" in rows else len(rows)


def _count(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        raise ValueError(f"no column {name}")
    values = rows[name].astype(object).where(rows[name].notna(), NONE)
    sizes = rows["count"].astype(int) if "count" in rows else pd.Series(1, index=rows.index, dtype=int)
    return sizes.groupby(values.to_numpy()).sum()


def _part(before: pd.DataFrame, after: pd.DataFrame, name: str) -> pd.DataFrame:
    table = pd.DataFrame({"before": _count(before, name), "after": _count(after, name)}).fillna(0).astype(int)
    table["change"] = table["after"] - table["before"]
    table = table.rename_axis("value").reset_index()
    return table.iloc[table["change"].abs().sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


class Rates(NamedTuple):
    """A change of a rate, taken apart; before, after: the rate of all (None where its denominator is 0).

    parts: one frame a dimension, rows by size of change, columns value, top_before, bottom_before, top_after, bottom_after, own, mix, change:
    own + mix = change, and the changes add up to after − before.
    """

    before: float | None
    after: float | None
    parts: dict[str, pd.DataFrame]


def rates(before: pd.DataFrame, after: pd.DataFrame, by: Sequence[str]) -> Rates:
    """Take the change of a rate apart: what each value's own rate did, and what its share of the denominator did.

    before, after: one row a cell, columns named in `by`, `top` and `bottom`. With share s of the denominator, rate r and the mean R of
    both rates of all: own = mean(s) · Δr, mix = Δs · (mean(r) − R) (Kitagawa, JASA 50, 1955). A value that is in one window only has no
    change of its own rate. Nothing is taken apart where a denominator is 0. ValueError for a missing dimension.
    """
    whole = [_rate(int(f["top"].sum()), int(f["bottom"].sum())) for f in (before, after)]
    return Rates(whole[0], whole[1], {name: _contributions(before, after, name, whole) for name in by})


def _rate(top: int, bottom: int) -> float | None:
    return top / bottom if bottom else None


def _contributions(before: pd.DataFrame, after: pd.DataFrame, name: str, whole: list[float | None]) -> pd.DataFrame:
    both = (("before", before), ("after", after))
    columns = {f"{what}_{when}": _count(frame.assign(count=frame[what]), name) for when, frame in both for what in ("top", "bottom")}
    table = pd.DataFrame(columns).fillna(0).astype(int)
    table = table[(table["bottom_before"] > 0) | (table["bottom_after"] > 0)]
    table["own"], table["mix"] = 0.0, 0.0
    if whole[0] is not None and whole[1] is not None:
        b, a = table["bottom_before"], table["bottom_after"]
        rate_b, rate_a = (table["top_before"] / b.where(b > 0)), (table["top_after"] / a.where(a > 0))
        rate_b, rate_a = rate_b.fillna(rate_a), rate_a.fillna(rate_b)
        share_b, share_a = b / b.sum(), a / a.sum()
        table["own"] = (share_b + share_a) / 2 * (rate_a - rate_b)
        table["mix"] = (share_a - share_b) * ((rate_b + rate_a) / 2 - (whole[0] + whole[1]) / 2)
    table["change"] = table["own"] + table["mix"]
    table = table.rename_axis("value").reset_index()
    return table.iloc[table["change"].abs().sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def bridge(told: pd.DataFrame, known: pd.DataFrame, after: pd.DataFrame, by: Sequence[str] = ("township", "category", "agency", "channel")) -> Bridge:
    """Take the change that a screen shows apart into what is real and what is the books.

    told: matters of the earlier window as they were known when that window was as old as the later one is now; known: as they are known
    now; after: matters of the later window. One row a matter, column `code` (unique in each frame) and those in `by`.
    Shown is after − known. Real compares both windows at the same age: after − told. What came to the earlier window since lowers the
    change shown: late (codes not told then), withdrawn (codes gone since, with the opposite sign), reclassified (in both, and changed in
    value; in all it adds up to 0). A matter moved out of the window or into it counts as withdrawn or late.
    ValueError for a code twice or a missing dimension.
    """
    for frame in (told, known, after):
        if frame["code"].duplicated().any():
            raise ValueError("a matter stands twice in one window")
    fresh, gone = known[~known["code"].isin(told["code"])], told[~told["code"].isin(known["code"])]
    stays_then, stays_now = told[told["code"].isin(known["code"])], known[known["code"].isin(told["code"])]
    parts = {name: _steps(name, told, known, after, fresh, gone, stays_then, stays_now) for name in by}
    return Bridge(len(after) - len(known), len(after) - len(told), -len(fresh), len(gone), 0, parts)


def _steps(name: str, told: pd.DataFrame, known: pd.DataFrame, after: pd.DataFrame, *rest: pd.DataFrame) -> pd.DataFrame:
    fresh, gone, then, now = (_count(f, name) for f in rest)
    whole = {"told": _count(told, name), "known": _count(known, name), "after": _count(after, name)}
    table = pd.DataFrame({**whole, "fresh": fresh, "gone": gone, "then": then, "now": now}).fillna(0).astype(int)
    out = pd.DataFrame({
        "value": table.index, "shown": table["after"] - table["known"], "real": table["after"] - table["told"], "late": -table["fresh"],
        "withdrawn": table["gone"], "reclassified": table["then"] - table["now"],
    }).reset_index(drop=True)  # fmt: skip
    return out.iloc[out["shown"].abs().sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
