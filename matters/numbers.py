"""The numbers agencies give their papers (案号, 信访件编号, …): finding them in text and writing them one way."""

from __future__ import annotations

import re
import unicodedata

# Each shape is specific enough not to meet by chance a phone number, a date or an amount.
SHAPES: dict[str, re.Pattern[str]] = {
    # (2024)赣0923诉前调确12号 - year, court, kind, serial [最高法 案号规定 2016]
    "case": re.compile(r"\((?:19|20)\d{2}\)[\u4e00-\u9fff]\d{2,4}[\u4e00-\u9fff]{1,6}\d{1,7}号(?:之[一二三四五六七八九十]+)?"),
    "petition": re.compile(r"(?<![0-9A-Z])XF\d{6}-?\d{4,14}(?![0-9])"),
    "police": re.compile(r"(?<![0-9A-Z])JJ\d{8}-?\d{3,8}(?![0-9])"),
    "centre": re.compile(r"(?<![0-9A-Z])MT-?\d{4,9}-\d{2,4}-\d{3,7}(?![0-9])"),
    "fire": re.compile(r"(?<![0-9A-Z])HZ\d{8}-?\d{3,6}(?![0-9])"),
    # (2026)袁人调12号 - the paper of a people's mediation committee
    "mediation": re.compile(r"\((?:19|20)\d{2}\)[\u4e00-\u9fff]{1,6}人调字?第?\d{1,7}号"),
    # 赣袁检民支(2026)12号 - its first character would be any character before it, so it must stand apart
    "procuratorate": re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{1,4}检[\u4e00-\u9fff]{1,4}\((?:19|20)\d{2}\)\d{1,7}号"),
    "hotline": re.compile(r"(?<![0-9A-Z])GD\d{8}-?\d{4,8}(?![0-9])"),
    "market": re.compile(r"(?<![0-9A-Z])TS\d{6}-?\d{8,14}(?![0-9])"),
    "online": re.compile(r"(?<![0-9A-Z])ODR\d{8}-?\d{4,8}(?![0-9])"),
    "cyberspace": re.compile(r"(?<![0-9A-Z])WM\d{8}-?\d{3,6}(?![0-9])"),
    "emergency": re.compile(r"(?<![0-9A-Z])AQ\d{8}-?\d{3,6}(?![0-9])"),
    "education": re.compile(r"(?<![0-9A-Z])JY\d{8}-?\d{3,6}(?![0-9])"),
    "medical": re.compile(r"(?<![0-9A-Z])YJ\d{6,8}-?\d{3,6}(?![0-9])"),
}

_ANY = re.compile("|".join(f"(?:{p.pattern})" for p in SHAPES.values()))


_ALIKE = str.maketrans("〔〕[]【】—–‐‑−", "()()()-----")


def _folded(text: str) -> str:
    """NFKC (so full-width brackets and digits fold), 〔〕[] as (), dashes as -, upper case."""
    return unicodedata.normalize("NFKC", text).translate(_ALIKE).upper()


def normal(number: str) -> str:
    """One spelling of a number: `_folded`, no spaces."""
    return re.sub(r"\s+", "", _folded(number))


def find(text: str) -> list[str]:
    """Every agency number quoted in a text, normalised, in order, each once.

    With the spaces and without: some are written with spaces inside, and others stand right before another figure.
    """
    if not text:
        return []
    folded = _folded(text)
    close = re.sub(r"\s+", "", folded)
    found = dict.fromkeys(_ANY.findall(close))
    if len(close) < len(folded):
        plain = dict.fromkeys(_ANY.findall(folded))
        longer = [n for n in found if n not in plain and any(n.startswith(p) for p in plain)]
        found = {n: None for n in (*found, *plain) if n not in longer}
    return list(found)


def counts_as_civil_filing(case_number: str) -> bool:
    """Whether a 案号 is a first-instance civil or commercial filing: 民初, and not a 诉前调 number (DOMAIN.md §3)."""
    text = normal(case_number)
    return "民初" in text and "诉前调" not in text
