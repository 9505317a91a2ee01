"""Reporting delay: how much of a week is known after so many weeks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Completeness(NamedTuple):
    """share[d]: part of a week's cases known d weeks after it (the last delay: all); provisional[d]: below the bar."""

    share: Array
    provisional: NDArray[np.bool_]


def triangle(cases: pd.DataFrame, weeks: int, longest: int, until: pd.Timestamp) -> Array:
    """weeks × (longest + 1): cases by the week they happened in and the weeks until we learned of them; NaN where that lies ahead.

    cases: columns `happened` and `learned` (timestamps). The last row is the seven days that end with `until`. Longer delays count as
    the longest, a case learned before it happened as delay 0, one learned after `until` not at all.
    """
    end = until.normalize() + pd.Timedelta(days=1)
    known = cases[(cases["learned"] < end) & (cases["happened"] < end)]
    ago = ((end - known["happened"]) // pd.Timedelta(days=7)).where((end - known["happened"]) % pd.Timedelta(days=7) != pd.Timedelta(0), lambda n: n - 1)
    told = ((end - known["learned"]) // pd.Timedelta(days=7)).where((end - known["learned"]) % pd.Timedelta(days=7) != pd.Timedelta(0), lambda n: n - 1)
    delay, row = (ago - told).clip(0, longest).to_numpy(int), (weeks - 1 - ago).to_numpy(int)
    out = np.zeros((weeks, longest + 1))
    np.add.at(out, (row[row >= 0], delay[row >= 0]), 1)
    out[np.arange(weeks)[:, None] + np.arange(longest + 1) > weeks - 1] = np.nan
    return out


def completeness(table: Array, recent: int = 26, bar: float = 0.95) -> Completeness:
    """The share known by delay, from a triangle of `triangle` (… × W × (D + 1), NaN ahead), learned from its last `recent` weeks.

    With g(d) the part of the cases known by delay d that came just then, share(d) = Π over k > d of (1 − g(k)). A delay without
    cases has g = 0. Kalbfleisch and Lawless 1989, JASA 84; Mack 1993, ASTIN Bulletin 23 (the chain ladder).
    """
    known = table[..., -(recent + table.shape[-1]) :, :]
    cumulated = np.cumsum(known, axis=-1)  # NaN from the first unknown delay on
    seen = ~np.isnan(cumulated)
    came = np.where(seen, known, 0).sum(axis=-2)
    by_then = np.where(seen, cumulated, 0).sum(axis=-2)
    stays = 1 - np.divide(came, by_then, out=np.zeros_like(came), where=by_then > 0)
    later = np.flip(np.cumprod(np.flip(stays[..., 1:], axis=-1), axis=-1), axis=-1)
    share = np.concatenate([later, np.ones((*later.shape[:-1], 1))], axis=-1)
    return Completeness(share, share < bar)
