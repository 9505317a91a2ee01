"""Finding areas and centres by name, pinyin, initials or code, as one types."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from matters.access import Scope

LEVELS = {"city": 0, "county": 1, "township": 2, "village": 4}
CENTRE = 3  # centres come after the townships and before the villages
# What people call a centre after its area's name, in pinyin and by initials.
CALLED = (("中心", "zhongxin", "zx"), ("矛调中心", "maotiaozhongxin", "mtzx"), ("综治中心", "zongzhizhongxin", "zzzx"),
          ("矛盾纠纷多元化解中心", "maodunjiufenduoyuanhuajiezhongxin", "mdjfdyhjzx"))  # fmt: skip
SHORTEST = 3  # letters of pinyin that may be looked for inside a name; fewer are in half of all names


class Word(NamedTuple):
    """What an area can be found by. `spoken`: pinyin of the short and of the whole name; `initials`: of both."""

    code: str
    level: str
    names: tuple[str, ...]
    spoken: tuple[str, ...]
    initials: tuple[str, ...]


class Found(NamedTuple):
    """An area, or its centre; `exact` when the text is its whole name, pinyin or code."""

    code: str
    is_centre: bool
    exact: bool


class Finder:
    """An index of names in memory. Pinyin of whole names is worked out once for a city's data and kept in a file: the library that knows it
    takes as much memory as the rest of the names a hundred times over.
    """

    def __init__(self, areas: Any, map_dir: Path, stamp: str) -> None:
        self._areas, self._kept = areas, map_dir / f"names-{stamp}.json"
        self._words: list[Word] | None = None
        self._first = threading.Lock()  # the first letters of several readers come at once: one of them works the names out

    def find(self, scope: Scope, q: str, limit: int = 8) -> tuple[Found, ...]:
        """The best of what lies in the scope: whole, then beginning, then inside; the larger area first."""
        text = q.strip().lower().replace(" ", "")
        if not text:
            return ()
        found = sorted(self._matching(text))
        seen: list[Found] = []
        for rank, _, _, code, is_centre in found:
            if self._areas.sees(scope, code):
                seen.append(Found(code, is_centre, rank == 0))
                if len(seen) == limit:
                    break
        return tuple(seen)

    def _matching(self, text: str) -> Iterator[tuple[int, int, int, str, bool]]:
        centres = self._areas.centres
        for w in self.words():
            rank = _rank(text, w.names, w.spoken, w.initials, w.code)
            if rank is not None:
                yield rank, LEVELS[w.level], len(w.names[0]), w.code, False
            if w.code in centres:
                rank = _rank(text, *_centre(w, centres[w.code]), "")
                if rank is not None:
                    yield rank, CENTRE, len(w.names[0]), w.code, True

    def words(self) -> list[Word]:
        """Every area with what it can be found by."""
        with self._first:
            if self._words is None:
                rows = list(self._areas.named())
                spoken = self._spoken(rows)
                self._words = [Word(code, level, tuple(dict.fromkeys((name, short) if short else (name,))),
                                    tuple(dict.fromkeys(p for p in (pinyin.replace(" ", ""), spoken[code][0]) if p)), tuple(spoken[code][1:]))
                               for code, level, name, short, pinyin in rows]  # fmt: skip
            return self._words

    def _spoken(self, rows: list[tuple[str, str, str, str, str]]) -> dict[str, list[str]]:
        """Pinyin of the whole name, and initials of the short and the whole one, by code."""
        try:
            found: dict[str, list[str]] = orjson.loads(self._kept.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            found = spell((code, name, short) for code, _, name, short, _ in rows)
            with suppress(OSError):  # a folder that cannot be written to costs the next start its time, and no reader the search
                self._keep(orjson.dumps(found))
        return found

    def _keep(self, text: bytes) -> None:
        """Under a name of its own until it is whole: another process may be at the same."""
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        part = self._kept.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(text)
        part.replace(self._kept)


def spell(names: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    """(code, name, short) → code: [pinyin of the name, initials of the short name, initials of the name]."""
    from pypinyin import lazy_pinyin

    out = {}
    for code, name, short in names:
        whole, brief = lazy_pinyin(name), lazy_pinyin(short or name)
        out[code] = list(dict.fromkeys(["".join(whole), "".join(s[0] for s in brief), "".join(s[0] for s in whole)]))
    return out


def _centre(w: Word, centre: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names, pinyin and initials of an area's centre."""
    return ((centre["name"], *(n + zh for n in w.names for zh, _, _ in CALLED)), tuple(s + p for s in w.spoken for _, p, _ in CALLED),
            tuple(i + short for i in w.initials for _, _, short in CALLED))  # fmt: skip


def _rank(text: str, names: tuple[str, ...], spoken: tuple[str, ...], initials: tuple[str, ...], code: str) -> int | None:
    """How well a text fits, 0 best; None when it does not."""
    if text in names or text in spoken or text == code:
        return 0
    if any(n.startswith(text) for n in names):
        return 1
    if any(s.startswith(text) for s in spoken) or (code and code.startswith(text)):
        return 2
    if any(i == text for i in initials):
        return 3
    if any(i.startswith(text) for i in initials):
        return 4
    if any(text in n for n in names):
        return 5
    return 6 if len(text) >= SHORTEST and any(text in s for s in spoken) else None
