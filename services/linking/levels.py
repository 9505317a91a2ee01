"""At which level two records agree in each signal: the comparisons of model.py in Python, for the few pairs of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from matters.linking import ASIDE, NEAR_KM, SAME_PEOPLE
from services.linking.features import Features


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    if not one or not other:
        return 0
    return int(one[0] in other) if len(one) == 1 else len(set(one).intersection(other))


def party(a: Features, b: Features) -> str:
    """Numbers first; masked names say little, and least where the numbers differ."""
    comparable = bool((a.ids and b.ids) or (a.phones and b.phones))
    if not comparable and not (a.names and b.names):
        return "null"
    shared, named, persons = max(_shared(a.ids, b.ids), _shared(a.phones, b.phones)), _shared(a.names, b.names), _shared(a.people, b.people)
    if shared:
        return "two" if shared >= 2 else "one_named" if named >= 2 else "one"
    if not persons:
        return "firm" if named else "differ"
    if comparable:
        return "others_named" if named >= 2 else "other_named"
    return "names" if named >= 2 else "name"


def text(a: Features, b: Features) -> str:
    """How much of the one's title is in the other's words, the better of both ways round."""
    if not a.title or not b.title:
        return "null"
    share = max(100 * _shared(a.title, b.text) // len(a.title), 100 * _shared(b.title, a.text) // len(b.title))
    return "same" if share >= 92 else "near" if share >= 66 else "half" if share >= 42 else "some" if share >= 20 else "differ"


def place(a: Features, b: Features) -> str:
    """From the same village to another county."""
    if not a.county or not b.county:
        return "null"
    if a.village and a.village == b.village:
        return "village"
    if a.town and a.town == b.town:
        return "town_other" if a.village and b.village else "town"
    if a.town and b.town and kilometres(a, b) <= NEAR_KM:
        return "near"
    return "county" if a.county == b.county else "far"


def kilometres(a: Features, b: Features) -> float:
    """Distance on a plane at the latitude of 28 degrees, where a degree of longitude is 0.88 of one of latitude; infinite without positions."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return float("inf")
    return 111.2 * sqrt((a.lat - b.lat) ** 2 + ((a.lon - b.lon) * 0.88) ** 2)


def time(a: Features, b: Features) -> str:
    """Days between the first that each agency knew."""
    if a.day < 0 or b.day < 0:
        return "null"
    gap = abs(a.day - b.day)
    return next((level for most, level in ((3, "days3"), (7, "week"), (21, "weeks3"), (60, "months2"), (180, "half")) if gap <= most), "long")


def category(a: Features, b: Features) -> str:
    """The canonical category; "other" says nothing."""
    return "null" if not a.category or not b.category else "same" if a.category == b.category else "differ"


def amount(a: Features, b: Features) -> str:
    """Yuan at stake."""
    if a.amount is None or b.amount is None:
        return "null"
    off = abs(a.amount - b.amount) / max(a.amount, b.amount)
    return "same" if off <= 0.01 else "near" if off <= 0.25 else "differ"


def source(a: Features, b: Features) -> str:
    """Whether two feeds tell."""
    return "other" if a.source != b.source else "same"


COMPARISONS = {"party": party, "text": text, "place": place, "time": time, "category": category, "amount": amount, "source": source}
PEOPLE = ("two", "one_named", "one")  # levels of party that say who is in both


def levels(a: Features, b: Features) -> dict[str, str]:
    """Signal → level of two records; with people in common the other signals have levels of their own."""
    found = {name: level(a, b) for name, level in COMPARISONS.items()}
    if found["party"] not in PEOPLE:
        return found
    return {name: level if name in ASIDE or level == "null" else SAME_PEOPLE + level for name, level in found.items()}
