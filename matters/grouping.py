"""Which matters are about one object (群体性): the object their texts name, or nearly the same line in one village, near in time.

Blind to order, and linear: a matter is compared with those that share an object, or a letter pair in its village, never with all.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from matters.objects import Kind, Named, likeness, masked, named, pairs_of, shape

GAP_DAYS = 90  # a longer silence ends a group
LEAST = 4  # matters; fewer are chance
STANDING_DAYS, STANDING_GAP, STANDING_FACTOR = 365, 30, 3.0  # what is disputed for years is a group only while it is far above its own usual
TEXT_GAP = 45  # lines without a named object: nearer in time
LIKE = 0.6  # share of common letter pairs from which two lines say nearly the same
WIDE_COUNTIES = 3  # a name or a line met in more counties than this is a word, or a stock phrase
WIDE_TOWNS = 3  # a masked beginning (袁州****) met in long texts of more towns says where, not who


class Told(NamedTuple):
    """What grouping needs of a matter: `key` names it, `texts` are its records' titles, the place may be empty, `day` is when it began.

    `asides` are what the long texts of its records name, written out or masked: a court's title is a cause of action, its text tells the story.
    """

    key: int
    texts: tuple[str, ...]
    county: str
    town: str
    village: str
    category: str
    day: date
    asides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A group as proposed; `likeness` says for each member how much of the group's common wording its text has, 0 to 1."""

    key: str
    kind: Kind
    object: str
    members: tuple[Told, ...]
    likeness: dict[int, float]


def find(told: Iterable[Told]) -> list[Found]:
    """All groups, by key: of named objects first, then of what is left and says nearly the same in one village."""
    rows = sorted(told, key=lambda m: (m.day, m.key))
    groups = _by_object(rows)
    taken = {m.key for g in groups for m in g.members}
    groups += _by_text(rows, taken)
    return sorted(groups, key=lambda g: (g.key, g.members[0].day))


def _by_object(rows: Sequence[Told]) -> list[Found]:
    groups = []
    for name, where, members in _mentions(rows):
        if len(members) >= LEAST and len({m.county for m in members}) <= WIDE_COUNTIES:
            groups += [_found(f"object:{where}:{name.written}", name.kind, name.written, run) for run in _bursts(members)]
    return groups


def _mentions(rows: Sequence[Told]) -> list[tuple[Named, str, list[Told]]]:
    """Objects with the matters that name them. A name that could be anybody's holds in its town; a masked one (鑫某****) belongs to the
    object of its town that begins so and is written out in another matter, so that it is known to be no person. What only a long text
    names joins an object of its town that a title names, in a dispute of the same kind: people live in estates and quarrel about other things."""
    seen: dict[tuple[str, str, Kind], dict[int, tuple[Told, Named]]] = defaultdict(dict)
    veiled: dict[tuple[str, str], list[Told]] = defaultdict(list)
    aside_of: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for m in rows:
        names = [n for n in (named(text) for text in m.texts) if n is not None]
        for name in names:
            where = "" if name.own else m.town or m.county
            seen[where, name.core if name.own else name.written, name.kind].setdefault(m.key, (m, name))
        for start in {masked(text) for text in m.texts} - {""} if not names else ():
            veiled[m.town or m.county, start].append(m)
        for about in m.asides if not names else ():
            aside_of[m.town or m.county, about].append(m)
    places: dict[str, set[str]] = defaultdict(set)
    for place, start in aside_of:
        places[start].add(place)
    out = []
    for (where, _, _), found in sorted(seen.items()):
        name = _usual([n for _, n in found.values()])
        members = {key: m for key, (m, _) in found.items()}
        wanted, categories = {name.written[:2] + "****", *(n.written for _, n in found.values())}, {m.category for m in members.values()}
        for place in sorted({m.town or m.county for m in members.values()}):
            members |= {m.key: m for m in veiled.get((place, name.written[:2]), ())}
            members |= {m.key: m for w in wanted if len(places[w]) <= WIDE_TOWNS for m in aside_of.get((place, w), ()) if m.category in categories}
        out.append((name, where, sorted(members.values(), key=lambda m: (m.day, m.key))))
    return out


def _usual(names: Sequence[Named]) -> Named:
    """The way of writing met most often."""
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        counts[name.written] += 1
    return min(names, key=lambda n: (-counts[n.written], n.written))


def _bursts(members: Sequence[Told]) -> list[list[Told]]:
    """The runs that are groups: of an object that is always in dispute only those far above its usual."""
    span = (members[-1].day - members[0].day).days
    if span <= STANDING_DAYS:
        return [run for run in runs(members, GAP_DAYS) if len(run) >= LEAST]
    kept = []
    for run in runs(members, STANDING_GAP):
        days = max(STANDING_GAP, (run[-1].day - run[0].day).days)
        usual = (len(members) - len(run)) * days / max(1, span - days)
        if days <= STANDING_DAYS and len(run) >= max(LEAST, STANDING_FACTOR * usual):
            kept.append(run)
    return kept


def runs(members: Sequence[Told], gap: int) -> list[list[Told]]:
    """Members in order of day, cut where more than `gap` days lie between two."""
    out: list[list[Told]] = []
    for m in sorted(members, key=lambda m: (m.day, m.key)):
        if out and (m.day - out[-1][-1].day).days <= gap:
            out[-1].append(m)
        else:
            out.append([m])
    return out


def _by_text(rows: Sequence[Told], taken: set[int]) -> list[Found]:
    """Nearly the same line, of one kind of dispute, in one village, near in time; stock phrases (案由) are no line of anybody's."""
    counties: dict[str, set[str]] = defaultdict(set)
    for m in rows:
        for text in m.texts:
            counties[shape(text)].add(m.county)
    buckets: dict[tuple[str, str], list[tuple[Told, str]]] = defaultdict(list)
    for m in rows:
        own = [text for text in m.texts if len(counties[shape(text)]) <= WIDE_COUNTIES]
        if own and m.village and m.key not in taken:
            buckets[m.village, m.category].append((m, min(own)))
    groups = []
    for (village, category), members in sorted(buckets.items()):
        lines = {m.key: line for m, line in members}
        for run in runs([m for m, _ in members], TEXT_GAP) if len(members) >= LEAST else ():
            for part in (p for p in _alike(run, lines) if len(p) >= LEAST):
                line = min(lines[m.key] for m in part)
                mark = hashlib.blake2b(shape(line).encode(), digest_size=4).hexdigest()
                groups.append(_found(f"place:{village}:{category}:{mark}", "place", line, part))
    return groups


def _alike(run: Sequence[Told], texts: dict[int, str]) -> list[list[Told]]:
    """Parts of a run whose lines say nearly the same, through chains; lines meet over their shared letter pairs only."""
    lines = {shape(texts[m.key]): pairs_of(texts[m.key]) for m in run}
    root = {line: line for line in lines}

    def top(line: str) -> str:
        while root[line] != line:
            line = root[line]
        return line

    at: dict[str, list[str]] = defaultdict(list)
    for line in sorted(lines):
        for other in sorted({other for pair in lines[line] for other in at[pair]}):
            if likeness(lines[line], lines[other]) >= LIKE:
                first, second = sorted((top(line), top(other)))
                root[second] = first
        for pair in lines[line]:
            at[pair].append(line)
    parts: dict[str, list[Told]] = defaultdict(list)
    for m in run:
        parts[top(shape(texts[m.key]))].append(m)
    return [parts[k] for k in sorted(parts)]


def _found(key: str, kind: Kind, name: str, members: Sequence[Told]) -> Found:
    """With how much of the wording that half of the members share each one's text has."""
    pairs = {m.key: frozenset().union(*(pairs_of(text) for text in m.texts)) for m in members}
    counts: dict[str, int] = defaultdict(int)
    for found in pairs.values():
        for pair in found:
            counts[pair] += 1
    common = frozenset(pair for pair, n in counts.items() if 2 * n >= len(members))
    near = {k: round(len(found & common) / max(1, len(common)), 3) for k, found in pairs.items()}
    return Found(key, kind, name[:60], tuple(members), near)
