"""The city's geography made ready: its data files, its township cells, the locator, the map files of the browser."""

from __future__ import annotations

import hashlib
import json
import threading
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.areas import BUILT_IN, City, load_city
from geo.boundaries import service_areas, write_static
from geo.datum import to_wgs84
from geo.locate import Locator
from services.settings import Settings

SURE_ENOUGH = 0.75


class Geography:
    """One city, from settings.city_dir, else from what `yizhan geo import` kept in the data folder, else built in."""

    def __init__(self, settings: Settings) -> None:
        own = settings.data_dir / "city"
        self.folder: Path = settings.city_dir or (own if own.is_dir() else BUILT_IN)
        self.map_dir = self._map_dir = settings.map_dir
        self._lock = threading.Lock()

    @cached_property
    def city(self) -> City:
        """Areas and outlines."""
        return load_city(self.folder)

    @cached_property
    def cells(self) -> gpd.GeoDataFrame:
        """Township cells."""
        return service_areas(self.city)

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self.city.areas, self.city.outlines, self.cells, self.city.settings.outer_names)

    def locate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Areas of many records at once (geo.locate.Locator.locate); one thread at a time.

        A township or village that weak words alone suggest, in an address that does not name the county, is no finding:
        other cities have a 桂花社区 too. Such rows come back unlocated.
        """
        with self._lock:
            found = self._locator.locate(frame)
        weak = found.index[(found["method"] == "names") & (found["confidence"] < SURE_ENOUGH)]
        lost = [i for i in weak if not self._names_county(f"{frame.at[i, 'county']}{frame.at[i, 'place']}", found.at[i, "county_code"])]
        if lost:  # at once: each writing into a table takes a millisecond
            found.loc[lost, ["county_code", "town_code", "village_code"]] = ""
            found.loc[lost, ["method", "level"]] = "none"
            found.loc[lost, "confidence"] = 0.0
        return found

    def _names_county(self, said: str, county: str) -> bool:
        return any(name in said for name in self._county_names[county])

    @cached_property
    def _county_names(self) -> dict[str, tuple[str, ...]]:
        """What each county is called, and '' for rows that have none."""
        counties = self.city.level("county")
        names = {c: tuple({n, s}) for c, n, s in zip(counties["code"], counties["name"], counties["short"], strict=True)}
        return {"": (), **names}

    def to_wgs84(self, lon: Any, lat: Any, datum: str) -> tuple[Any, Any]:
        """Coordinates of a feed's datum in WGS-84 degrees."""
        return to_wgs84(lon, lat, datum)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The map files, written anew only when the city's data or the way of writing them changed."""
        stamp = self.stamp
        kept = self._map_dir / f"manifest-{stamp}.json"
        if kept.is_file():
            found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
            names = [found["city"], found["townships"], *(c["file"] for c in found["counties"].values())]
            if all((self._map_dir / name).is_file() for name in names):
                return found
        made = write_static(self.city, self.cells, self._map_dir)
        part = kept.with_suffix(".part")
        part.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        part.replace(kept)
        return made

    @cached_property
    def stamp(self) -> str:
        """What changes with the city's data and the code that reads them."""
        digest = hashlib.sha256(shapely.__version__.encode())
        code = Path(load_city.__code__.co_filename).parent
        for path in sorted([*self.folder.iterdir(), *code.glob("*.py")]):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()[:16]
