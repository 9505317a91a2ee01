"""Where it was: official codes, coordinates and their datum, names of areas, addresses."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from connectors.propose_columns import Column
from connectors.propose_made import Known, Proposal, Question, percent
from connectors.propose_sample import Noted
from connectors.propose_words import CODE, COUNTY, LAT, LON, PLACE, TOWN, VILLAGE, Head

_CHINA = ((72.0, 138.0), (0.8, 56.0))
_CLEAR = 0.05  # a datum must agree in this much more of the rows than the next
_POINTS = 400


def find(made: Proposal, columns: Sequence[Column], known: Known, hint: str) -> None:
    """Set area_code, lon and lat with the datum, county_name, town_name, village_name, place."""
    rest = [c for c in columns if c.texts and c.dated is None]
    _code(made, rest, known)
    pair = _point(made, rest)
    for name, head, share in (
        ("county_name", COUNTY, "counties"),
        ("town_name", TOWN, "towns"),
        ("village_name", VILLAGE, "villages"),
    ):
        _named(made, name, head, share, rest, known)
    _address(made, rest)
    if pair:
        _datum(made, pair, columns, known)


def _free(made: Proposal, columns: Sequence[Column]) -> list[Column]:
    used = made.spoken_for()
    return [c for c in columns if c.name not in used]


def _code(made: Proposal, columns: Sequence[Column], known: Known) -> None:
    """A column of official codes; the city's own are known, others are told by name and length."""
    cities = {c[:4] for c in known.codes if len(c) >= 6}
    for column in columns:
        if column.share(lambda t: re.fullmatch(r"\d{4,12}", t)) < 0.9:
            continue
        inside = column.share(lambda t: t[:9].rstrip() in known.codes or t[:6] in known.codes)
        if inside > 0.5 and column.share(lambda t: len(t) in (6, 9, 12)) > 0.9:
            made.add(
                "area_code",
                {"from": column.name},
                0.7 + 0.3 * inside,
                f"{percent(inside)} of its values are official codes of the city",
            )
        short = {p[:2] for p in cities if column.share(lambda t, p=p: f"{p[:2]}{t}" in known.codes) > 0.5}  # type: ignore[misc]
        if len(short) == 1:
            made.add(
                "area_code",
                {"template": f"{short.pop()}{{{column.name}}}"},
                0.9,
                "its values are the city's codes without the province in front",
            )
        if not known.codes and column.head(CODE) and column.share(lambda t: len(t) in (6, 9, 12)) > 0.9:
            made.add("area_code", {"from": column.name}, 0.6, "called like a code of an area, of 6, 9 or 12 figures")


def _point(made: Proposal, columns: Sequence[Column]) -> tuple[Column, Column] | None:
    """The pair of columns with decimal degrees: by name, by the range that China lies in, else by their order."""
    able = [c for c in columns if c.degrees > 0.9 and c.span != (0.0, 0.0)]
    lon = max((c for c in able if c.head(LON)), key=lambda c: c.head(LON), default=None)
    lat = max((c for c in able if c.head(LAT) and c is not lon), key=lambda c: c.head(LAT), default=None)
    sure, why = 0.98, "by their names, and decimal degrees in range"
    if lon is None or lat is None:
        found = _by_range(able)
        if found is None:
            return None
        lon, lat, sure, why = found
    zeros = {"blank": ["0", "0.0", "0.000000"], "on_error": "blank"}
    made.add("lon", {"from": lon.name, **zeros}, sure, why)
    made.add("lat", {"from": lat.name, **zeros}, sure, why)
    return lon, lat


def _by_range(able: list[Column]) -> tuple[Column, Column, float, str] | None:
    for first, second in itertools.pairwise(able):
        for lon, lat in ((first, second), (second, first)):
            if _within(lon, _CHINA[0]) and _within(lat, _CHINA[1]):
                return (
                    lon,
                    lat,
                    0.9,
                    "no names, but all of one lie where China's longitudes are, all of the other where its latitudes are",
                )
        if _within(first, (-90, 90)) and _within(second, (-180, 180)) and second.position == first.position + 1:
            return second, first, 0.75, "two columns of decimal degrees side by side; latitude is mostly written first"
    return None


def _within(column: Column, span: tuple[float, float]) -> bool:
    return span[0] <= column.span[0] and column.span[1] <= span[1]


def _named(made: Proposal, name: str, head: Head, share: str, columns: Sequence[Column], known: Known) -> None:
    names = {"county_name": known.counties, "town_name": known.towns}.get(name, frozenset())
    for column in _free(made, columns):
        made_so = max(getattr(column, share), column.share(lambda t: t in names) if names else 0.0)
        called = column.head(head)
        if column.length <= 16 and (
            made_so > 0.7
            or (called >= 0.8 and made_so > 0.3)
            or (called == 1.0 and made_so == 0 and column.unique < 0.5)
        ):
            sure = 0.4 * called + 0.5 * made_so + 0.1
            if sure >= 0.5:
                made.add(
                    name,
                    {"from": column.name},
                    sure,
                    f"{percent(made_so)} of its values are names of that level"
                    + (", and so is it called" if called else ""),
                )


def _address(made: Proposal, columns: Sequence[Column]) -> None:
    for column in _free(made, columns):
        called = column.head(PLACE)
        if column.length < 2 or column.degrees > 0.5 or column.amounts > 0.5:
            continue
        if called and column.length <= 80:
            made.add(
                "place",
                {"from": column.name},
                0.55 * called + 0.45 * column.places,
                f"called an address; {percent(column.places)} of its values hold words of one",
            )
    if "place" not in made.fields:
        able = [
            c
            for c in _free(made, columns)
            if 4 <= c.length <= 60
            and c.share(
                lambda t: re.search(
                    r"(区|县|市|镇|乡|街道).{1,30}(村|社区|路|号|组)|\b(RD|ST|AVE|LN|BLVD|DR|PIKE)\b", t
                )
            )
            > 0.6
        ]
        if able:
            made.add("place", {"from": able[-1].name}, 0.6, "its values are made like addresses")
    names = [
        made.fields[f].rule["from"]
        for f in ("county_name", "town_name", "village_name")
        if f in made.fields and "from" in made.fields[f].rule
    ]
    if "place" not in made.fields and names:
        made.add("place", {"join": names, "with": ""}, 0.6, "there is no address: the names of the areas stand for it")


def _datum(made: Proposal, pair: tuple[Column, Column], columns: Sequence[Column], known: Known) -> None:
    """The datum in which most points lie in the area that the same row names; asked when the rows cannot tell."""
    words = [
        made.fields[f].rule["from"]
        for f in ("county_name", "town_name", "place")
        if f in made.fields and "from" in made.fields[f].rule
    ]
    shares = dict(known.agree(_points(pair, words, columns))) if known.agree and words else {}
    ranked = sorted(shares.items(), key=lambda s: -s[1])
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] > _CLEAR:
        made.datum = ranked[0][0]
        made.notes.append(_note(made.datum, ranked))
        return
    made.questions.append(
        Question(
            "datum",
            "Datum of the coordinates (GPS and CGCS2000: wgs84; Gaode, Tencent: gcj02; Baidu: bd09)",
            "wgs84",
            ("wgs84", "gcj02", "bd09"),
        )
    )


def _note(datum: str, ranked: list[tuple[str, float]]) -> Noted:
    told = ", ".join(f"{name} {percent(share)}" for name, share in ranked)
    return Noted(
        f"datum {datum}",
        round(min(0.95, 0.6 + ranked[0][1] - ranked[1][1]), 2),
        f"rows whose point lies in the area that they name: {told}",
    )


def _points(pair: tuple[Column, Column], words: list[str], columns: Sequence[Column]) -> list[tuple[float, float, str]]:
    cells = {c.name: c.cells for c in columns}
    found = []
    for index, (lon, lat) in enumerate(zip(cells[pair[0].name], cells[pair[1].name], strict=True)):
        said = "".join(cells[w][index] for w in words)
        try:
            point = (float(lon), float(lat))
        except ValueError:
            continue
        if said and point[0] and point[1]:
            found.append((*point, said))
    return found[:_POINTS]
