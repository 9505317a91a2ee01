"""Official outlines and seats in place of the built-in ones, and what is wrong with the area data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from geo.check import check
from geo.importer import apply, match
from geo.layers import read_layer
from geo.problems import Problem
from geo.save import save_city
from services.geography import Geography
from services.settings import Settings
from services.wiring import build

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: how many areas it matched, and lines for the terminal."""

    matched: int
    lines: tuple[str, ...]


def import_layer(
    settings: Settings, path: Path, crs: str | None = None, datum: str = "wgs84", code_field: str | None = None,
    name_field: str | None = None,
) -> Imported:  # fmt: skip
    """Match a file's outlines or seats to areas and keep the new city in city_dir, else in the data folder.

    The store's areas follow, when there is a store. Raises geo.GeoError for a file that cannot be used; when nothing
    matches, nothing is written.
    """
    geography = Geography(settings)
    city = geography.city
    matched, problems = match(read_layer(path, crs, datum, code_field, name_field), city.areas, city.outlines)
    kinds = Counter(f"{level} {what}" for level, what in zip(matched["level"], matched["what"], strict=True))
    lines = [f"{kind}: {n}" for kind, n in kinds.items()]
    lines += said(problems)
    if len(matched):
        target = settings.city_dir or settings.data_dir / "city"
        save_city(apply(city, matched, f"import {path.name}"), target)
        lines.append(f"kept in {target}; restart serve and worker. Records already taken in keep the place they were given.")
        services = build(settings)
        if not services.ready():
            services.prepare()
        services.close()
    return Imported(len(matched), tuple(lines))


def check_city(settings: Settings) -> list[str]:
    """One line a problem of the city's area data; empty for sound data."""
    geography = Geography(settings)
    return said(check(geography.city.areas, geography.city.outlines, geography.cells), limit=None)


def said(problems: list[Problem], limit: int | None = SHOWN) -> list[str]:
    """Problems as lines; beyond the limit they are counted by kind."""
    lines = [
        f"{p.kind}: {p.code} {p.name} {p.detail}{f' ({p.m2:,.0f} m²)' if p.m2 is not None else ''}".replace("  ", " ")
        for p in problems[:limit]
    ]
    rest = Counter(p.kind for p in problems[limit:]) if limit is not None else Counter()
    return lines + [f"… and {n} more of {kind}" for kind, n in rest.items()]
