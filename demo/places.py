"""The city's areas as arrays, and the skewed draw of a township and a village for each case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_COLUMNS = ["code", "level", "parent", "name", "short", "kind", "population", "lon", "lat"]
_URBAN_LOVES = {"12": 2.2, "15": 3.0, "17": 2.0, "18": 1.3, "16": 2.0, "11": 1.2, "04": 1.2}
_RURAL_LOVES = {"07": 3.5, "03": 1.8, "02": 1.3, "08": 1.2, "09": 1.4}
_FACTORY_LOVES = {"10": 4.0, "05": 4.0, "09": 2.0, "04": 1.5}
_BORDER_SEATS = ("360921103", "360923101", "360982101")  # a few hundred metres from the county's border: cases stay close
_SHARE_OF_GAP = 0.3  # a case lies nearer to its own seat than this share of the way to the next one


@dataclass(frozen=True)
class Places:
    """Counties, townships (`county` = row of the county) and villages (`town` = row of the township), ordered by code."""

    city_name: str
    city_code: str
    counties: pd.DataFrame
    towns: pd.DataFrame
    villages: pd.DataFrame
    first_village: Ints  # of each township, and one more at the end
    town_weight: Floats
    town_taste: Floats  # township × category
    village_cum: Floats

    def draw_towns(self, rng: np.random.Generator, county: Ints, category: Ints) -> Ints:
        """A township in each county, by population, character and category."""
        found = np.full(len(county), -1, dtype=np.int64)
        groups = county * 100 + category
        for group in np.unique(groups[county >= 0]):
            here = np.flatnonzero(groups == group)
            rows = np.flatnonzero(self.towns["county"].to_numpy() == group // 100)
            weight = self.town_weight[rows] * self.town_taste[rows, group % 100]
            found[here] = rng.choice(rows, size=len(here), p=weight / weight.sum())
        return found

    def draw_villages(self, rng: np.random.Generator, town: Ints) -> Ints:
        """A village in each township; -1 where the township has none."""
        known = town >= 0
        low = np.where(known, self.village_cum[self.first_village[np.where(known, town, 0)]], 0.0)
        high = np.where(known, self.village_cum[self.first_village[np.where(known, town, 0) + 1]], 0.0)
        spot = low + (high - low) * rng.random(len(town))
        found = np.searchsorted(self.village_cum, spot, side="right") - 1
        return np.where(known & (high > low), found, -1)

    def positions(self, rng: np.random.Generator, town: Ints, village: Ints) -> tuple[Floats, Floats]:
        """WGS-84 position of each case: near its village, inside its own township's cell; NaN without a township."""
        known = town >= 0
        seats = self.towns.iloc[np.where(known, town, 0)]
        radius = seats["radius"].to_numpy()
        turn = (np.where(village >= 0, village, town) * 2.399963) % (2 * np.pi)  # villages spread by the golden angle
        away = np.where(village >= 0, 0.1 + 0.35 * ((village * 0.618034) % 1.0), 0.1) * radius
        lon = seats["mid_lon"].to_numpy() + away * np.cos(turn) + np.clip(rng.normal(0, 0.03, len(town)), -0.08, 0.08) * radius
        lat = seats["mid_lat"].to_numpy() + away * np.sin(turn) + np.clip(rng.normal(0, 0.03, len(town)), -0.08, 0.08) * radius
        return np.where(known, lon, np.nan), np.where(known, lat, np.nan)

    def county_row(self, code: str) -> int:
        """Row of a county; KeyError for a code that is none."""
        return int(self.counties.index[self.counties["code"] == code][0])

    def town_row(self, name: str, county: str) -> int:
        """Row of a township by its name and county code; KeyError when there is none."""
        row = next((row for code, row in self._named.get(name, ()) if code.startswith(county)), None)
        if row is None:
            raise KeyError(f"no township {name} in {county}")
        return row

    @cached_property
    def _named(self) -> dict[str, list[tuple[str, int]]]:
        """Code and row of the townships of each name."""
        found: dict[str, list[tuple[str, int]]] = {}
        for row, name, code in zip(self.towns.index.tolist(), self.towns["name"], self.towns["code"], strict=True):
            found.setdefault(name, []).append((code, row))
        return found


def _gaps(towns: pd.DataFrame) -> Floats:
    """Distance in degrees from each seat to the nearest other one."""
    x, y = towns["lon"].to_numpy(), towns["lat"].to_numpy()
    apart = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    apart[apart < 1e-6] = np.inf
    return np.asarray(apart.min(axis=1))


def _inward(towns: pd.DataFrame) -> Floats:
    """Where each township's cases gather: off its seat towards its county's nearest others, since seats may lie on the border."""
    spots, county = towns[["lon", "lat"]].to_numpy(), towns["county"].to_numpy()
    apart = np.hypot(*(spots[:, None, :] - spots[None, :, :]).transpose(2, 0, 1))
    apart[county[:, None] != county[None, :]] = np.inf
    near = np.argsort(apart, axis=1, kind="stable")[:, 1:6]
    pull = spots[near].mean(axis=1) - spots
    return np.asarray(spots + pull / np.maximum(np.hypot(pull[:, 0], pull[:, 1]), 1e-9)[:, None] * 0.6 * towns["radius"].to_numpy()[:, None])


def _taste(rng: np.random.Generator, towns: pd.DataFrame, categories: list[str]) -> Floats:
    """How much each township leans to each category: fixed for the whole history, gamma around its kind."""
    taste = rng.gamma(4.0, 0.25, size=(len(towns), len(categories)))
    name = towns["name"]
    zone = name.str.contains("园区|开发区|新区|工业").to_numpy()
    urban = name.str.endswith("街道").to_numpy()
    for column, category in enumerate(categories):
        taste[urban, column] *= _URBAN_LOVES.get(category, 1.0)
        taste[~urban & ~zone, column] *= _RURAL_LOVES.get(category, 1.0)
        taste[zone, column] *= _FACTORY_LOVES.get(category, 0.6)
    return taste


def build(areas: pd.DataFrame, categories: list[str], seed: int) -> Places:
    """Arrays of the areas frame (columns as geo.areas gives them); the same frame and seed, the same city."""
    rng = np.random.default_rng([seed, 1])
    frame = areas.reindex(columns=_COLUMNS).sort_values("code", kind="stable")
    city = frame[frame["level"] == "city"].iloc[0]
    counties = frame[frame["level"] == "county"].reset_index(drop=True)
    towns = frame[frame["level"] == "township"].reset_index(drop=True)
    villages = frame[frame["level"] == "village"].reset_index(drop=True)
    for column in ("population", "lon", "lat"):
        towns[column] = pd.to_numeric(towns[column], errors="coerce").astype(float)
    towns["county"] = towns["parent"].map({c: i for i, c in enumerate(counties["code"])}).astype(np.int64)
    towns["radius"] = np.minimum(_SHARE_OF_GAP * _gaps(towns), np.where(towns["code"].isin(_BORDER_SEATS), 0.002, 0.02))
    towns[["mid_lon", "mid_lat"]] = _inward(towns)
    villages["town"] = villages["parent"].map({c: i for i, c in enumerate(towns["code"])}).astype(np.int64)
    first = np.searchsorted(villages["town"].to_numpy(), np.arange(len(towns) + 1))
    people = np.maximum(towns["population"].fillna(0).to_numpy(), 150.0)
    weight = people**0.9 * rng.lognormal(0.0, 0.35, len(towns))
    weight[towns["name"].str.contains("监狱|工程管理局|实业公司").to_numpy()] *= 0.2
    village_weight = rng.lognormal(0.0, 0.8, len(villages))
    cum = np.concatenate([[0.0], np.cumsum(village_weight)])
    return Places(str(city["name"]), str(city["code"]), counties, towns, villages, first, weight,
                  _taste(rng, towns, categories), cum)  # fmt: skip


def save(areas: pd.DataFrame, path: Path) -> None:
    """Keep what the agencies need of the areas, so that they run without the product's own area files."""
    areas.reindex(columns=_COLUMNS).sort_values("code", kind="stable").to_csv(path, index=False, lineterminator="\n")


def load(path: Path) -> pd.DataFrame:
    """The areas that `save` kept."""
    return pd.read_csv(path, dtype={"code": str, "parent": str})
