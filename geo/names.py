"""The names of a city's areas in every form people write them, and a scanner that finds them in running text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

# How sure a written form is: the official, short or old name; the stem with another suffix; the bare stem.
FULL, VARIANT, BARE = 3, 2, 1
Group = dict[str, int]  # areas a form may mean: code → strength
CITY, COUNTY, TOWNSHIP, VILLAGE = range(4)
RANK = {"city": CITY, "county": COUNTY, "township": TOWNSHIP, "village": VILLAGE}

_SUFFIXES: dict[int, tuple[str, ...]] = {
    CITY: ("市", "地区", "自治州", "州", "盟"),
    COUNTY: ("自治县", "自治旗", "新区", "县", "市", "区", "旗"),
    TOWNSHIP: ("街道办事处", "街道办", "民族乡", "街道", "镇", "乡", "苏木"),
    VILLAGE: ("社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会", "社区", "村", "嘎查"),
}
# Written instead of the right suffix often enough to be understood.
_VARIANTS: dict[int, tuple[str, ...]] = {
    TOWNSHIP: ("镇", "乡", "街道", "街道办", "街道办事处"),
    VILLAGE: ("村", "社区", "村委会", "居委会", "村民委员会", "社区居委会", "社区居民委员会"),
}
_NOISE = re.compile(r"[^\S\n]+|[,，。、;；:：()（）\[\]【】·\-—]+")


def clean_all(texts: Sequence[str]) -> list[str]:
    """Bring texts to one width and take out the blanks and punctuation that addresses set at will.

    All texts are handled as one, which is some ten times faster than one by one.
    """
    joined = "\n".join(texts)
    if joined.count("\n") != len(texts) - 1:
        joined = "\n".join(re.sub(r"[\r\n]", "", t) for t in texts)
    if not joined.isascii():
        joined = unicodedata.normalize("NFKC", joined)
    return _NOISE.sub("", joined).split("\n")


def clean(text: str) -> str:
    """Clean one text."""
    return clean_all([text])[0]


def stem_of(name: str, rank: int, kind: str) -> str:
    """Take the suffix off a name; '' when it has none or too little would be left."""
    for suffix in (*_SUFFIXES[rank], kind):
        if suffix and name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return ""


def _forms(name: str, short: str, aliases: str, rank: int, kind: str) -> Iterator[tuple[str, int]]:
    """List the forms of one area with their strength."""
    stem = stem_of(name, rank, kind)
    for given in (name, short, *filter(None, aliases.split(";"))):
        # An old or short name without a suffix is a bare word, unless it is long enough to be one of a kind.
        yield given, FULL if stem_of(given, rank, kind) or len(given) >= 4 or given == name else BARE
    if stem:
        yield stem, BARE
        for suffix in _VARIANTS.get(rank, ()):
            yield stem + suffix, VARIANT


def _best(group: Group) -> Group:
    """Keep the areas the form fits best."""
    top = max(group.values(), default=0)
    return {c: s for c, s in group.items() if s == top}


class Form:
    """What one written form may mean: counties, townships by county, villages by township.

    `firm`: it is more than a bare stem for at least one area; then the areas it is a bare stem for are left out.
    """

    __slots__ = ("city", "counties", "firm", "towns", "towns_in", "villages_in")

    def __init__(self, meanings: Group, names: Names) -> None:
        """Sort the meanings by level and by where they lie."""
        self.firm = max(meanings.values()) > BARE
        kept = {c: s for c, s in sorted(meanings.items()) if s > BARE or not self.firm}
        ranks = names.rank
        self.city = any(ranks[c] == CITY for c in kept)
        self.counties = tuple(c for c in kept if ranks[c] == COUNTY)
        self.towns = _best({c: s for c, s in kept.items() if ranks[c] == TOWNSHIP})
        self.towns_in = self._within(kept, TOWNSHIP, names)
        self.villages_in = self._within(kept, VILLAGE, names)

    @staticmethod
    def _within(kept: Group, rank: int, names: Names) -> dict[str, Group]:
        """Group the areas of one level by their parent, in each the best fitting."""
        found: dict[str, Group] = {}
        for code, strength in kept.items():
            if names.rank[code] == rank:
                found.setdefault(names.parent[code], {})[code] = strength
        return {parent: _best(group) for parent, group in found.items()}


Mention = tuple[int, int, Form]  # start, end, form


class Names:
    """Every form of every area, ready for look-up and for scanning."""

    def __init__(self, areas: pd.DataFrame) -> None:
        """Collect the forms of a table as `load_city` gives it."""
        self.parent: dict[str, str] = dict(zip(areas["code"], areas["parent"], strict=True))
        self.rank: dict[str, int] = {c: RANK[v] for c, v in zip(areas["code"], areas["level"], strict=True)}
        self.meanings: dict[str, Group] = {}
        columns = [areas[c] for c in ("code", "level", "name", "short", "aliases", "kind")]
        for code, level, name, short, aliases, kind in zip(*columns, strict=True):
            for form, strength in _forms(clean(name), clean(short), aliases, RANK[level], kind):
                found = self.meanings.setdefault(clean(form), {})
                found[code] = max(strength, found.get(code, 0))
        self.forms = {f: Form(m, self) for f, m in self.meanings.items() if len(f) >= 2}
        self.trie: dict[str, Any] = {}  # character → the rest; '' → the form that ends here
        for text, found_form in self.forms.items():
            node = self.trie
            for character in text:
                node = node.setdefault(character, {})
            node[""] = found_form
        self._whole: dict[tuple[str, int], Form | None] = {}

    def ancestor(self, code: str, rank: int) -> str:
        """Go up from an area to its area of a level; '' if there is none."""
        while code and self.rank.get(code, -1) > rank:
            code = self.parent.get(code, "")
        return code if self.rank.get(code, -1) == rank else ""

    def whole(self, text: str, rank: int) -> Form | None:
        """Look up a text as the name of an area of one level; a bare stem counts there, for it was written on purpose."""
        key = (text, rank)
        if key not in self._whole:
            meant = {c: max(s, VARIANT) for c, s in self.meanings.get(text, {}).items() if self.rank[c] == rank}
            if not meant:
                return None
            self._whole[key] = Form(meant, self)
        return self._whole[key]

    def scan(self, text: str) -> list[Mention]:
        """Find the longest form at each place of a cleaned text, left to right; only bare stems may overlap."""
        found: list[Mention] = []
        trie, at, end = self.trie, 0, len(text)
        while at < end:
            node, to, form, form_end = trie.get(text[at]), at + 1, None, at
            while node is not None:
                if "" in node:
                    form, form_end = node[""], to
                if to == end:
                    break
                node, to = node.get(text[to]), to + 1
            at += 1
            if form is not None:
                found.append((at - 1, form_end, form))
                if form.firm:  # a bare stem must not swallow the head of a full name: 山田 in …山田心镇
                    at = form_end
        return found
