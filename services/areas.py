"""Areas for people: names, parents, children, search, and which map file shows what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import pandas as pd

from matters.access import Scope
from services.find import Finder
from services.geography import Geography
from services.shapes import AreaInfo
from store.places import Place, narrowed


class UnknownArea(KeyError):
    """No area has this code."""


class Areas:
    """The directory of areas; in memory, since it changes only with `yizhan geo import`."""

    def __init__(self, geography: Geography, centres: Callable[[], dict[str, dict[str, Any]]]) -> None:
        self._geography = geography
        city = geography.city
        self.census_year = city.settings.census_year
        self.levels = city.settings.levels
        self.document_prefix = city.settings.document_prefix
        rows = city.areas.to_dict("records")
        kinds = Counter((r["parent"], r["level"]) for r in rows)
        self._parents = {r["code"]: r["parent"] for r in rows}
        below: Counter[tuple[str, str]] = Counter()
        for (parent, level), count in kinds.items():
            while parent:
                below[(parent, level)] += count
                parent = self._parents.get(parent, "")
        self._infos = {r["code"]: self._info(r, below) for r in rows}
        self._children: dict[str, list[str]] = {}
        for r in rows:
            self._children.setdefault(r["parent"], []).append(r["code"])
        self._short = {r["code"]: r["short"] or r["name"] for r in rows if r["level"] == "village"}
        self._words = [(r["code"], r["name"], r["short"], r["pinyin"].replace(" ", ""), r["level"]) for r in rows]
        self.city: AreaInfo = next(i for i in self._infos.values() if i.level == "city")
        self._centres = centres

    @property
    def centres(self) -> dict[str, dict[str, Any]]:
        """Centres by the code of their area, as the directory has them now."""
        return self._centres()

    def _info(self, r: dict[str, Any], below: Counter[tuple[str, str]]) -> AreaInfo:
        population = None if pd.isna(r["population"]) else int(r["population"])
        seat = None if pd.isna(r["lon"]) else (float(r["lon"]), float(r["lat"]))
        counts = [below[(r["code"], level)] for level in ("county", "township", "village")]
        return AreaInfo(r["code"], r["name"], r["name_en"] or r["name"], r["level"], r["kind"], r["parent"], population,
                        self.census_year, seat, bool(r["seat_verified"]), *counts)  # fmt: skip

    def info(self, code: str) -> AreaInfo:
        """The area of a code; UnknownArea."""
        try:
            return self._infos[code]
        except KeyError:
            raise UnknownArea(code) from None

    def name(self, code: str) -> str:
        """Name of an area as people say it (a village without its committee), '' when unknown or unlocated."""
        found = self._infos.get(code)
        return self._short.get(code, found.name) if found else ""

    def children(self, code: str) -> tuple[AreaInfo, ...]:
        """Areas right below, in order of code."""
        return tuple(self._infos[c] for c in self._children.get(code, ()))

    def counties(self) -> tuple[AreaInfo, ...]:
        """The counties of the city."""
        return tuple(i for i in self.children(self.city.code) if i.level == "county")

    def path(self, code: str) -> tuple[AreaInfo, ...]:
        """Ancestors of an area, the highest first, without itself."""
        out: list[AreaInfo] = []
        parent = self.info(code).parent
        while parent in self._infos:
            out.insert(0, self._infos[parent])
            parent = self._infos[parent].parent
        return tuple(out)

    def place(self, code: str) -> Place:
        """County and township that an area stands for; '' and the city's code are the whole city. UnknownArea."""
        if not code or code == self.city.code:
            return Place()
        info = self.info(code)
        if info.level == "county":
            return Place(code)
        if info.level == "township":
            return Place(info.parent, code)
        town = self.info(info.parent)
        return Place(town.parent, town.code)

    def home(self, scope: Scope) -> AreaInfo:
        """The area a user's scope stands for."""
        return self.info(scope.town or scope.county or self.city.code)

    def search(self, scope: Scope, q: str, limit: int = 8) -> tuple[AreaInfo, ...]:
        """Areas of the scope by name, pinyin, initials or code, the best first."""
        return tuple(self._infos[f.code] for f in self.finder.find(scope, q, limit) if not f.is_centre)

    @cached_property
    def finder(self) -> Finder:
        """Areas and centres as one types."""
        return Finder(self, self._geography.map_dir, self._geography.stamp)

    def named(self) -> Iterable[tuple[str, str, str, str, str]]:
        """Code, level, name, short name and pinyin of every area."""
        return [(code, level, name, short, pinyin) for code, name, short, pinyin, level in self._words]

    def sees(self, scope: Scope, code: str) -> bool:
        """Whether an area lies in the scope; a township's reader sees its villages."""
        if scope.level == "city":
            return scope.covers("")
        place = self.place(code)
        return bool(place.county) and scope.covers(place.county, place.town)

    @property
    def static(self) -> dict[str, str]:
        """Map file names by "city", "townships" and county code."""
        manifest = self._geography.manifest
        counties = {code: c["file"] for code, c in manifest["counties"].items()}
        return {"city": manifest["city"], "townships": manifest["townships"], **counties}

    @property
    def bounds(self) -> dict[str, list[float]]:
        """West, south, east, north in degrees, by "city" and county code."""
        manifest = self._geography.manifest
        return {"city": manifest["bounds"], **{code: c["bounds"] for code, c in manifest["counties"].items()}}

    @property
    def attribution(self) -> tuple[str, ...]:
        """Where outlines and seats come from."""
        return self._geography.city.settings.attribution

    @property
    def attribution_zh(self) -> tuple[str, ...]:
        """The same in Chinese; as it is where nobody translated it."""
        settings = self._geography.city.settings
        return settings.attribution_zh or settings.attribution

    def geojson(self, level: str, parent: str = "") -> dict[str, Any]:
        """Areas of a level (county or township) in or under a parent as a FeatureCollection in WGS-84."""
        shapes = self._geography.city.outlines if level == "county" else self._geography.cells
        wanted = [code for code in shapes["code"] if not parent or parent in (code, self._parents.get(code), self.city.code)]
        by_code = dict(zip(shapes["code"], shapes.geometry, strict=True))
        features = [
            {"type": "Feature", "id": code, "geometry": by_code[code].__geo_interface__, "properties": self._properties(code)}
            for code in wanted
        ]
        return {"type": "FeatureCollection", "features": features}

    def _properties(self, code: str) -> dict[str, Any]:
        i = self._infos[code]
        return {"code": i.code, "name": i.name, "en": i.en, "level": i.level, "kind": i.kind, "parent": i.parent,
                "population": i.population, "seat": i.seat, "seat_verified": i.seat_verified}  # fmt: skip

    def require(self, scope: Scope, code: str) -> Place:
        """The place of an area that lies wholly inside the scope; UnknownArea or Forbidden."""
        place = self.place(code)
        scope.require_area(place.county, place.town)
        return narrowed(scope, place)
