"""Which encoding a file is in: declared or detected, and then held to strictly over the whole file."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from charset_normalizer import from_bytes

from connectors.base import Fatal, Retry

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    b"\x84\x31\x95\x33": "gb18030",  # U+FEFF in GB18030
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SAME = {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8"}
_LOW = bytes(range(128))
# A few characters can be valid UTF-8 and valid GB18030 at once: so many bytes beyond ASCII are no accident.
_TELLING = 24
# With fewer, the reading that is the more everyday Chinese is the true one: 邻里纠纷 in UTF-8 is 閭婚噷绾犵悍 in GB18030.
_POINTS = frozenset("，。、；：？！“”‘’（）《》【】—…·　％－／０１２３４５６７８９")
_ODDEST = 3


class Encoded(NamedTuple):
    """What was found out about a file: its codec, the length of its mark, and signs that need care."""

    codec: str
    skip: int
    newline: str
    damaged: bool


class Unfit(Exception):
    """The bytes are not of this encoding; `cut` when only the last character is not whole."""

    def __init__(self, position: int, cut: bool) -> None:
        super().__init__()
        self.position, self.cut = position, cut


def encoding_of(file: BinaryIO, declared: str, candidates: Sequence[str], words: Iterable[str] = ()) -> Encoded:
    """The encoding of a whole file, every byte of it tried; Fatal or Retry in plain words, never a replacement character.

    `declared` may be "auto": a byte order mark, then UTF-8, then the one candidate that fits; among several that fit,
    the one in which `words` (column names) occur, then the one that reads most like text.
    """
    file.seek(0)
    head = file.read(4)
    marked, skip = next(((name, len(bom)) for bom, name in _MARKS.items() if head.startswith(bom)), ("", 0))
    if declared == "auto":
        name = marked or _detected(file, candidates, words)
        return _checked(file, name, skip, f"{name} (detected)")
    name = _SAME.get(declared, declared)
    if name == "utf-16" and marked in ("utf-16-le", "utf-16-be"):
        return _checked(file, marked, skip, declared)
    if name == "utf-16":
        raise Fatal(f"{_not(declared)}: it has no byte order mark")
    # FF FE cannot begin a text of any other encoding; the check of the bytes tells it with its place.
    if marked and marked != name and not marked.startswith("utf-16"):
        raise Fatal(f"is {marked} by its byte order mark, but transport.encoding says {declared}")
    if not marked and name in ("gb18030", "big5") and _is_utf8(file, name):
        raise Fatal(f"is UTF-8, but transport.encoding says {declared}; correct one of them")
    return _checked(file, name, skip if marked == name else 0, declared)


def opened(file: BinaryIO, found: Encoded) -> io.TextIOWrapper:
    """The text of a file from its start; close by `detach`, the file itself stays open."""
    file.seek(found.skip)
    return io.TextIOWrapper(file, encoding=found.codec, errors="strict", newline=found.newline)


def _not(declared: str) -> str:
    return f"is not {declared}"


def _detected(file: BinaryIO, candidates: Sequence[str], words: Iterable[str]) -> str:
    fitting, cut = [], []
    for name in dict.fromkeys(["utf-8", *(_SAME.get(c, c) for c in candidates if c != "utf-16")]):
        try:
            for _ in _texts(file, name, 0):
                pass
        except Unfit as error:
            cut += [name] if error.cut else []
            continue
        if name == "utf-8":
            return name
        fitting.append(name)
    fitting = fitting or cut[:1]
    if not fitting:
        raise Fatal(f"is in none of the encodings utf-8, {', '.join(candidates)}; declare transport.encoding")
    return fitting[0] if len(fitting) == 1 else _likeliest(file, fitting, words)


def _likeliest(file: BinaryIO, fitting: list[str], words: Iterable[str]) -> str:
    file.seek(0)
    sample = file.read(_SAMPLE)
    wanted = [w for w in words if not w.isascii()]
    speaking = [name for name in fitting if wanted and all(_in(w, name) in sample for w in wanted)]
    if len(speaking) == 1:
        return speaking[0]
    best = from_bytes(sample, cp_isolation=fitting).best()
    # One character of the one is one of the other too, and reads as well: a guess would be stored without a word.
    if best is None or best.encoding not in fitting or len(sample.translate(None, _LOW)) < _TELLING:
        raise Fatal(f"could be {' or '.join(fitting)}; declare transport.encoding")
    return best.encoding


def _in(word: str, encoding: str) -> bytes:
    try:
        return word.encode(encoding)
    except UnicodeEncodeError:
        return b"\0\0\0"  # the encoding cannot say this word


def _is_utf8(file: BinaryIO, declared: str) -> bool:
    """Whether non-ASCII text is UTF-8; decoders of two-byte encodings take such text for other characters in silence."""
    high, said = 0, set[str]()
    try:
        for chunk, text in _texts(file, "utf-8", 0):
            high += len(chunk.translate(None, _LOW))
            if high < _TELLING:
                said.update(text)
    except Unfit as error:
        return error.cut and high >= _TELLING
    return high >= _TELLING or (high > 0 and _oddness(said) < _oddness_in(file, declared))


def _oddness_in(file: BinaryIO, encoding: str) -> int:
    """How odd a short text is when it is read so; oddest when it cannot be."""
    said: set[str] = set()
    try:
        for _, text in _texts(file, encoding, 0):
            said.update(text)
    except Unfit:
        return _ODDEST
    return _oddness(said)


def _oddness(said: Iterable[str]) -> int:
    """0 for everyday Chinese alone (GB 2312 level 1), 1 with its rarer characters (level 2), 2 with anything else."""
    return max((_odd(c) for c in said if not c.isascii()), default=0)


def _odd(character: str) -> int:
    if character in _POINTS:
        return 0
    code = _in(character, "gb2312")
    return 0 if b"\xb0" <= code[:1] <= b"\xd7" else 1 if b"\xd8" <= code[:1] <= b"\xf7" else 2


def _checked(file: BinaryIO, codec: str, skip: int, declared: str) -> Encoded:
    damaged = newlines = returns = False
    try:
        for _, text in _texts(file, codec, skip):
            damaged = damaged or "\0" in text or "\ufffd" in text
            newlines = newlines or "\n" in text
            returns = returns or "\r" in text
    except Unfit as error:
        if error.cut:
            raise Retry("ends in the middle of a character: half a file") from None
        line = _lines_before(file, error.position) + 1
        raise Fatal(f"{_not(declared)} (line {line}, byte {error.position}); correct transport.encoding or the file") from None
    # Where lines end in \n, a lone \r is a stray inside a cell and must not cut its row in two.
    return Encoded(codec, skip, "\r" if returns and not newlines else "\n", damaged)


def _texts(file: BinaryIO, codec: str, skip: int) -> Iterator[tuple[bytes, str]]:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    file.seek(skip)
    done = skip
    while True:
        chunk = file.read(_CHUNK)
        pending = len(decoder.getstate()[0])
        try:
            yield chunk, decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            position = done - pending + error.start
            half = any(w in error.reason for w in ("unexpected end", "incomplete", "truncated"))
            raise Unfit(position, half and _at_end(file, done + len(chunk), position)) from None
        if not chunk:
            return
        done += len(chunk)


def _at_end(file: BinaryIO, read: int, position: int) -> bool:
    """Whether the bytes from here are the last of the file and no more than one character."""
    rest = file.read(1)
    return not rest and 0 < read - position < 4


def _lines_before(file: BinaryIO, position: int) -> int:
    file.seek(0)
    lines = 0
    while position > 0 and (chunk := file.read(min(position, _CHUNK))):
        lines += chunk.count(b"\n")
        position -= len(chunk)
    return lines
