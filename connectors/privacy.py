"""Persons: tokens instead of numbers, masks instead of names, in records and in what quarantine shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from matters.identity import keyed, mask_name, scrub

# No match of matters.identity.scrub is shorter than eleven of these; the test is cheaper than its three searches.
_MAY_HOLD_NUMBER = re.compile(r"[\d\s-]{11}")
_ID = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]|[0-9A-HJ-NPQRTUWXY]{18}|[A-Z]{1,2}[0-9]{6,10}")
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_PHONE_MARKS = str.maketrans("", "", "-()（）")
_NAME_LIKE = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,10}[·•．][\u4e00-\u9fff]{1,10}")
_LONG_FIGURES = re.compile(r"[0-9][0-9\s-]{5,}[0-9Xx]")
_LIST = re.compile(r"[、，,;；/]")
_BETWEEN = re.compile(r"[、，,;；/\s（）()]+|等\d*[人户名].*")
_WITH_TAIL = re.compile(r"([\u4e00-\u9fff]{2,4}?)(等\d*[人户名]?|[（(][^（）()]{1,6}[）)])")
EXCERPT = 200


def cleaned(text: str, names: Iterable[str]) -> str:
    """A free text without ID and phone numbers, and with the given names masked."""
    if _MAY_HOLD_NUMBER.search(text):
        text = scrub(text)
    for name in names:
        if name in text:
            text = text.replace(name, mask_name(name))
    return text


def names_to_mask(names: Iterable[str]) -> list[str]:
    """Names worth looking for in a text, with and without inner spaces; the longest first, so that none survives in another."""
    spellings: set[str] = set()
    for name in names:
        spellings.add(name)
        if not name.isalpha():
            spellings.update((" ".join(name.split()), "".join(name.split()), *_BETWEEN.split(name)))
    found = [s for s in spellings if len(s) > 1]
    return sorted(found, key=lambda n: (-len(n), n)) if len(found) > 1 else found


def mask_people(text: str) -> str:
    """A name cell masked: 张三、李四 and 张三等12人 name persons, whom the mask of a long (company) name would show."""
    if len(text) <= 4 and text.isalpha():
        return mask_name(text)
    return "、".join(_mask_one(part.strip()) for part in _LIST.split(text) if part.strip())


def _mask_one(text: str) -> str:
    match = _WITH_TAIL.fullmatch(text)
    return mask_name(match.group(1)) + match.group(2) if match else mask_name(text)


def id_token(key: bytes, text: str) -> str:
    """Token of an identity or company number; '' for what cannot be one (无, 000…, 3609****1234), which would link strangers."""
    plain = "".join(text.split()).replace("-", "").upper()
    return keyed(key, "id", plain) if _ID.fullmatch(plain) and len(set(plain)) > 2 else ""


def phone_token(key: bytes, text: str) -> str:
    """Token of a phone number; '' for what cannot be one."""
    plain = text if text.isdigit() else "".join(text.split()).translate(_PHONE_MARKS)
    plain = plain.removeprefix("+86") if len(plain) > 11 else plain
    return keyed(key, "phone", plain) if _PHONE.fullmatch(plain) and len(set(plain)) > 2 else ""


def is_name_like(text: str) -> bool:
    """Whether a text could be a person's name and nothing else."""
    return _NAME_LIKE.fullmatch(text) is not None


def hidden(text: str) -> str:
    """A number that must not be shown, by its first three characters."""
    return text[:3] + "*" * 6 if len(text) > 6 else "*" * len(text)


def masked(value: Any, names: Sequence[str], name_keys: frozenset[str], number_keys: frozenset[str], key: str = "") -> Any:
    """A raw row (dicts, lists, texts) as quarantine may show it; keys say which cells hold names and numbers."""
    if isinstance(value, dict):
        return {k: masked(v, names, name_keys, number_keys, str(k)) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v, names, name_keys, number_keys, key) for v in value]
    if value is None or isinstance(value, bool):
        return value
    value = str(value)
    if key in name_keys:
        return mask_people(value)
    if key in number_keys:
        return hidden(value)
    text = cleaned(value, names)
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"


def masked_cells(cells: Sequence[str]) -> str:
    """An excerpt of a row that could not be assigned to columns.

    Which cell is the name is not known, so every short Chinese cell is taken for one, and every long figure for a
    number: too much is hidden rather than too little; the line number leads to the original.
    """
    names = names_to_mask(c.strip() for c in cells if _NAME_LIKE.fullmatch(c.strip()))
    text = " | ".join(cleaned(c.strip(), names) for c in cells)
    text = _LONG_FIGURES.sub(lambda m: hidden(m.group()), text)
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
