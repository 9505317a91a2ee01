"""Which encoding a text is in: by its byte order mark, by what decodes, and by how common the characters are that come out."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from connectors.base import Fatal

if TYPE_CHECKING:
    from connectors.propose_sample import Noted

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# The first level of each standard holds its common characters, in one range of lead bytes.
_COMMON = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6)}


def encoding_of(content: bytes, name: str) -> tuple[str, Noted]:
    """The text, and the encoding with how sure it is; Fatal when none fits."""
    from connectors.propose_sample import Noted

    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content, encoding, name).removeprefix("\ufeff"), Noted(
                encoding, 1.0, "its byte order mark says so"
            )
    try:
        text = content.decode("utf-8")
        sure = 1.0 if not text.isascii() else 0.9
        return text, Noted(
            "utf-8",
            sure,
            "all of it is valid UTF-8" if sure == 1 else "only ASCII was seen; UTF-8 and GB18030 read it alike",
        )
    except UnicodeDecodeError:
        pass
    shares = {e: s for e in _COMMON if (s := _common(content, e)) is not None}
    if not shares:
        raise Fatal(f"{name}: is not UTF-8, GB18030, Big5 or UTF-16 throughout; half a file, or not a text?")
    best = max(shares, key=lambda e: shares[e])
    others = [s for e, s in shares.items() if e != best]
    sure = 0.99 if not others else round(min(0.99, 0.5 + shares[best] - max(others)), 2)
    return content.decode(best), Noted(
        best, sure, f"it decodes without an error, and {shares[best]:.0%} of its characters are common ones"
    )


def _strict(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Fatal(f"{name}: begins with the mark of {encoding} and is not that throughout") from None


def _common(content: bytes, encoding: str) -> float | None:
    """The share of two-byte characters that are common ones; None when the encoding does not fit."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return None
    first, last = _COMMON[encoding]
    total = common = 0
    position = 0
    part = content[:200_000]
    while position < len(part) - 1:
        if part[position] < 0x80:
            position += 1
            continue
        total += 1
        common += first <= part[position] <= last and (encoding != "gb18030" or part[position + 1] >= 0xA1)
        position += 2
    return common / total if total else 0.0
