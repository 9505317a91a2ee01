"""From a record's code, coordinates and words to its area, for many records at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.names import COUNTY, TOWNSHIP, VILLAGE, Names, clean_all
from geo.reading import Reader
from geo.settle import DOUBT, Settler

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TEXTS = ("county", "town", "village", "place")
METHODS = np.array(["none", "code", "coordinates", "names"], dtype=object)
LEVELS = np.array(["none", "county", "township", "village"], dtype=object)
NONE, CODE, COORDINATES, WORDS = range(4)

CODE_EXACT, CODE_PREFIX = 1.0, 0.9
COUNTY_BY_POINT = 0.95
OFFICIAL_CELL, KNOWN_SEAT, RULED_SEAT = 0.95, 0.7, 0.5
AGREED = 0.9  # an approximate cell and the words name the same township
SURE_WORDS = 0.8  # words at least this sure overrule an approximate cell of the same county
_CACHE = 200_000


def _column(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    """Give a text column; what is missing is ''."""
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    values = frame[name].to_numpy(dtype=object)
    return np.array([v if type(v) is str else "" if pd.isna(v) else str(v) for v in values], dtype=object)


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    """Give a column of words, cleaned."""
    if name not in frame or not len(frame):
        return [""] * len(frame)
    return clean_all(_column(frame, name).tolist())


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    """Give a coordinate column as floats; what is missing is NaN."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    return np.asarray(pd.to_numeric(frame[name], errors="coerce"), dtype=np.float64)


class Locator:
    """Finds areas; keeps what distinct codes and addresses resolved to. Not for use by several threads at once."""

    def __init__(
        self,
        areas: pd.DataFrame,
        county_polygons: gpd.GeoDataFrame | None,
        cells: gpd.GeoDataFrame | None,
        outer_names: Iterable[str] = (),
    ) -> None:
        """Prepare the look-ups.

        areas: as `load_city` gives them; county_polygons: `code`, geometry; cells: as `service_areas` gives them; both WGS-84, None
        where positions are not to be used; outer_names: names that may precede the city's in an address.
        """
        self.names = Names(areas)
        self.reader = Reader(self.names, outer_names)
        self.settler = Settler(self.names, self.reader)
        self.codes: NDArray[np.object_] = np.array([*areas["code"], ""], dtype=object)  # -1 is "unknown"
        self.index = {c: i for i, c in enumerate(areas["code"])}
        self.ups = np.array([self._up(c) for c in areas["code"]] + [(-1, -1, -1)], dtype=np.int64)
        self.code_lengths = sorted({len(c) for c in areas["code"]}, reverse=True)
        self.county_polygons, self.cells = county_polygons, cells
        # Looked up once: most batches are a handful of rows.
        self._county_rows = None if county_polygons is None else self._indices(county_polygons["code"])
        self._cell_rows = None if cells is None else self._graded(cells)
        self._by_code: dict[str, tuple[int, float]] = {}
        self._by_words: dict[tuple[str, ...], tuple[int, int, int, float, bool]] = {}

    def _up(self, code: str) -> tuple[int, int, int]:
        """Give the indices of the county, township and village an area is or lies in."""
        ancestors = (self.names.ancestor(code, rank) for rank in (COUNTY, TOWNSHIP, VILLAGE))
        county, town, village = (self.index.get(a, -1) for a in ancestors)
        return county, town, village

    def locate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Find the area of every row: by code, then by coordinates, then by words.

        frame: any of area_code (official code, longer ones allowed), lon, lat (WGS-84 degrees, NaN = none), county,
        town, village, place (text). Returns, on the same index: county_code, town_code, village_code ('' = unknown),
        lon, lat (those given, NaN where none or outside the county found), method (code, coordinates, names, none: what
        settled the deepest of county and township), level (village, township, county, none), confidence (0 to 1). What
        ranks higher wins a contradiction and loses confidence; only an approximate cell yields to a township that
        the words name for certain in the same county.
        """
        lon, lat = _numbers(frame, "lon"), _numbers(frame, "lat")
        code, code_sure = self._codes(_column(frame, "area_code"))
        point_county, point_town, cell_sure = self._points(lon, lat)
        found = self.ups[code].copy()
        found[code < 0] = -1
        by_code = found[:, COUNTY - 1] >= 0
        county = np.where(by_code, found[:, 0], point_county)
        words, word_sure, clash = self._words(frame, county, found[:, 1], cell_sure, point_town)
        county = np.where(county >= 0, county, words[:, 0])
        astray = by_code & (point_county >= 0) & (point_county != county)
        point_town = np.where(point_county == county, point_town, -1)
        town, method, sure = self._towns(found[:, 1], point_town, words[:, 1], cell_sure, word_sure)
        method, sure = self._counties(method, sure, by_code, point_county, words[:, 0], word_sure)
        sure = np.where(method == CODE, code_sure, sure)
        doubt = astray | ((method != WORDS) & clash)
        doubt |= (
            (method == CODE) & (cell_sure >= OFFICIAL_CELL) & (point_town >= 0) & (town >= 0) & (point_town != town)
        )
        village = np.where(found[:, 2] >= 0, found[:, 2], np.where(self._fits(words[:, 2], town), words[:, 2], -1))
        inside = (point_county >= 0) & (point_county == county)
        return self._result(frame.index, np.stack([county, town, village]), lon, lat, inside, method, sure, doubt)

    def _fits(self, village: Ints, town: Ints) -> Bools:
        """Say where a village lies in the township chosen."""
        return np.asarray((village >= 0) & (self.ups[village, 1] == town))

    def _towns(
        self, by_code: Ints, by_point: Ints, by_words: Ints, cell_sure: Floats, word_sure: Floats
    ) -> tuple[Ints, Ints, Floats]:
        """Choose the township of each row, what settled it and how surely."""
        approximate = cell_sure < OFFICIAL_CELL
        overruled = (by_words >= 0) & (by_point >= 0) & (by_words != by_point) & approximate & (word_sure >= SURE_WORDS)
        agreed = (by_words >= 0) & (by_words == by_point)
        point = (by_point >= 0) & ~overruled
        town = np.where(by_code >= 0, by_code, np.where(point, by_point, by_words))
        method = np.where(by_code >= 0, CODE, np.where(point, COORDINATES, np.where(by_words >= 0, WORDS, NONE)))
        sure = np.where(method == COORDINATES, np.where(agreed, np.maximum(cell_sure, AGREED), cell_sure), word_sure)
        return town, method, np.where(method == NONE, 0.0, sure)

    @staticmethod
    def _counties(
        method: Ints, sure: Floats, by_code: Bools, point_county: Ints, word_county: Ints, word_sure: Floats
    ) -> tuple[Ints, Floats]:
        """Name what settled the county where no township is known."""
        bare = method == NONE
        choices = [bare & by_code, bare & (point_county >= 0), bare & (word_county >= 0)]
        method = np.select(choices, [CODE, COORDINATES, WORDS], method)
        return method, np.select(choices, [np.ones(len(sure)), np.full(len(sure), COUNTY_BY_POINT), word_sure], sure)

    def _result(
        self, index: Any, found: Ints, lon: Floats, lat: Floats, inside: Bools, method: Ints, sure: Floats, doubt: Bools
    ) -> pd.DataFrame:
        """Write the answer with codes and words."""
        known = found >= 0
        level = np.where(known[2], 3, np.where(known[1], 2, np.where(known[0], 1, 0)))
        columns = {
            "county_code": self.codes[found[0]],
            "town_code": self.codes[found[1]],
            "village_code": self.codes[found[2]],
            "lon": np.where(inside, lon, np.nan),
            "lat": np.where(inside, lat, np.nan),
            "method": METHODS[method],
            "level": LEVELS[level],
            "confidence": np.round(np.where(doubt, sure * DOUBT, sure), 3),
        }
        return pd.DataFrame(columns, index=index)

    def _codes(self, given: NDArray[np.object_]) -> tuple[Ints, Floats]:
        """Look up official codes: the area itself, or the deepest known area whose code they begin with."""
        number, distinct = pd.factorize(given)
        found = np.array([self._code(c) for c in distinct], dtype=np.float64).reshape(-1, 2)
        return found[number, 0].astype(np.int64), found[number, 1]

    def _code(self, given: str) -> tuple[int, float]:
        """Look up one code; -1 for what is no county or below."""
        if given not in self._by_code:
            if len(self._by_code) > _CACHE:
                self._by_code.clear()
            text = given.strip().removesuffix(".0")
            starts = ((text[:n], text[n:]) for n in self.code_lengths if len(text) >= n)
            head, rest = next(((h, r) for h, r in starts if self.names.rank.get(h, 0) >= COUNTY), ("", ""))
            sure = CODE_PREFIX if rest.strip("0") else CODE_EXACT
            self._by_code[given] = (self.index.get(head, -1), sure if head else 0.0)
        return self._by_code[given]

    def _points(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints, Floats]:
        """Find county and township of each position, and how sure the township's cell is."""
        county, town = np.full(len(lon), -1), np.full(len(lon), -1)
        sure = np.zeros(len(lon))
        there = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        if not len(there):
            return county, town, sure
        tree = shapely.STRtree(shapely.points(lon[there], lat[there]))
        if self.county_polygons is not None and self._county_rows is not None:
            at, row = self._inside(tree, self.county_polygons)
            county[there[at]] = self._county_rows[row]
        if self.cells is not None and self._cell_rows is not None:
            at, row = self._inside(tree, self.cells)
            cells, counties, grade = self._cell_rows
            cell, cell_county = cells[row], counties[row]
            # A cell's corner may lie a hair outside the outline it was cut from.
            county[there[at]] = np.where(county[there[at]] < 0, cell_county, county[there[at]])
            # A point on a county line may fall into the cell of the other side: the county stands, the cell does not.
            keep = (cell_county == county[there[at]]) & (cell != cell_county)
            town[there[at[keep]]], sure[there[at[keep]]] = cell[keep], grade[row[keep]]
        return county, town, sure

    def _graded(self, cells: gpd.GeoDataFrame) -> tuple[Ints, Ints, Floats]:
        """Township, county and grade of each cell."""
        official, verified = ~cells["approximate"].to_numpy(), cells["verified"].to_numpy()
        grade = np.where(official, OFFICIAL_CELL, np.where(verified, KNOWN_SEAT, RULED_SEAT))
        return self._indices(cells["code"]), self._indices(cells["county"]), grade

    def _indices(self, codes: pd.Series) -> Ints:
        """Turn codes into indices."""
        return np.array([self.index.get(c, -1) for c in codes], dtype=np.int64)

    @staticmethod
    def _inside(tree: shapely.STRtree, polygons: gpd.GeoDataFrame) -> tuple[Ints, Ints]:
        """Pair each point with the first polygon that covers it: (points, polygons)."""
        row, at = tree.query(polygons.geometry.to_numpy(), predicate="covers")
        order = np.lexsort((row, at))
        at, first = np.unique(at[order], return_index=True)
        return at, row[order][first]

    def _words(
        self, frame: pd.DataFrame, county: Ints, town: Ints, cell_sure: Floats, point_town: Ints
    ) -> tuple[Ints, Floats, Bools]:
        """Read the words of each row, in the light of the county and township already settled."""
        hint = np.where(town >= 0, town, np.where((cell_sure >= OFFICIAL_CELL) & (point_town >= 0), point_town, -1))
        hint = np.where((hint >= 0) & (self.ups[hint, 0] == county), hint, -1)
        hints = [self.codes[county], self.codes[hint]]
        number: dict[tuple[str, ...], int] = {}
        keys = zip(*hints, *(_texts(frame, name) for name in TEXTS), strict=True)
        which = np.array([number.setdefault(key, len(number)) for key in keys], dtype=np.int64)
        found = [self._settled(key) for key in number]
        table = np.array([f[:3] for f in found], dtype=np.int64).reshape(-1, 3)
        sure = np.array([f[3] for f in found], dtype=np.float64)
        clash = np.array([f[4] for f in found], dtype=bool)
        return table[which], sure[which], clash[which]

    def _settled(self, key: tuple[str, ...]) -> tuple[int, int, int, float, bool]:
        """Settle one distinct address, once."""
        if key not in self._by_words:
            if len(self._by_words) > _CACHE:
                self._by_words.clear()
            county, town, *words = key
            found = self.settler.settle(self.reader.read(*words), county, town)
            at = [self.index.get(c, -1) for c in (found.county, found.town, found.village)]
            self._by_words[key] = (at[0], at[1], at[2], found.confidence, found.clash)
        return self._by_words[key]
