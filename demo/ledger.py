"""The demo's own bookkeeping: records → matters, by array operations, written apart from the product's derivation."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.timeline import FEEDS, NEVER, dues

Ints = NDArray[np.int64]
RANK = {"centre": 10, "courts": 20, "justice": 22, "procuratorate": 25, "petitions": 30, "online": 35, "health": 40, "education": 42,
        "market": 44, "emergency": 46, "police": 50, "fire": 60, "hotline": 70, "cyberspace": 80}  # fmt: skip


def _last_by(records: pd.DataFrame, columns: list[str], ascending: list[bool]) -> pd.DataFrame:
    """The last record of each case in that order; the index is the case."""
    ordered = records.sort_values(["case", *columns], ascending=[True, *ascending], kind="stable")
    return ordered.drop_duplicates("case", keep="last").set_index("case")


def matters(records: pd.DataFrame) -> pd.DataFrame:
    """One row a case from its records (case, kind, key, reg, acc, hand, close, outcome, rated −1/0/1, escalated, mediation).

    Days are days since 1970-01-01, NEVER for none. Columns: accepted, opened, handled, due, closed, open, outcome, last (row of
    the record that ended it), satisfied (−1 not rated), rater (row), records, centre, litigated, escalated, mediation.
    """
    book = records.reset_index(names="row")
    book["feed"] = book["kind"].map(FEEDS)
    book["due"] = dues(book)
    group = book.groupby("case", sort=True)
    found = pd.DataFrame({
        "accepted": group["acc"].min(), "opened": group["reg"].min(), "records": group.size(),
        "handled": np.minimum(group["hand"].min(), group["close"].min()), "open": group["close"].max() == NEVER,
    })  # fmt: skip
    for name, kinds in (("centre", "C"), ("litigated", "F")):
        found[name] = found.index.isin(book.loc[book["kind"].isin(list(kinds)), "case"])
    found["escalated"] = group["escalated"].any()
    for feed in RANK:
        found[feed] = found.index.isin(book.loc[book["feed"] == feed, "case"])
    success, failure = book["mediation"] == 1, book["mediation"] == 0
    found["mediation"] = np.where(found.index.isin(book.loc[success, "case"]), 1,
                                  np.where(found.index.isin(book.loc[failure, "case"]), 0, -1))  # fmt: skip
    taken = book[book["acc"] != NEVER]
    found["due"] = _last_by(taken, ["acc", "feed", "key"], [True, True, True])["due"].reindex(found.index).fillna(NEVER).astype(np.int64)
    # The last to close ends the matter; of equals the one that stands first by acceptance, feed and key.
    ended = _last_by(book, ["close", "acc", "feed", "key"], [True, True, False, False])
    closed = ~found["open"]
    found["closed"] = np.where(closed, ended["close"], NEVER)
    found["outcome"] = np.where(closed, ended["outcome"], "")
    found["last"] = ended["row"]
    rated = book[book["rated"] >= 0].copy()
    rated["say"] = -rated["feed"].map(RANK).astype(np.int64)  # of no row at all the mapped column is text
    rated["when"] = np.where(rated["close"] == NEVER, -1, rated["close"])
    rater = _last_by(rated, ["when", "say"], [True, True])
    found["satisfied"] = rater["rated"].reindex(found.index).fillna(-1).astype(np.int64)
    found["rater"] = rater["row"].reindex(found.index).fillna(-1).astype(np.int64)
    return found


def measures(book: pd.DataFrame, today: int) -> dict[str, int]:
    """Additive measures of some matters, as of a day."""
    closed = ~book["open"]
    return {
        "accepted": len(book), "records": int(book["records"].sum()), "closed": int(closed.sum()),
        "resolved": int((book["outcome"] == "resolved").sum()),
        "on_time": int((closed & (book["closed"] <= book["due"])).sum()),
        "open": int(book["open"].sum()), "past_limit": int((book["open"] & (book["due"] < today)).sum()),
        "rated": int((book["satisfied"] >= 0).sum()), "satisfied": int((book["satisfied"] == 1).sum()),
        "escalated": int(book["escalated"].sum()), "litigated": int(book["litigated"].sum()),
        "pre_success": int((book["mediation"] == 1).sum()), "pre_failure": int((book["mediation"] == 0).sum()),
    }  # fmt: skip


def rates(found: dict[str, int]) -> dict[str, float | None]:
    """Resolved rate and satisfaction of summed measures; None on an empty denominator."""
    settled = found["closed"] + found["past_limit"]
    return {
        "resolved_rate": found["resolved"] / settled if settled else None,
        "on_time_rate": found["on_time"] / settled if settled else None,
        "satisfaction": found["satisfied"] / found["rated"] if found["rated"] else None,
    }
