"""From what an address says to one area: a doubt goes up to the county, or to nothing, never to a guess."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from geo.names import BARE, COUNTY, FULL, VARIANT, Form, Group, Names
from geo.reading import Reader, Reading

# Confidence of a township by the form its name was written in.
BY_STRENGTH = {FULL: 0.95, VARIANT: 0.85, BARE: 0.75}
COUNTY_ONLY = 0.9
NO_COUNTY = 0.15  # taken off when the address does not name the county
LONE_VILLAGE_IN_COUNTY = 0.7
LONE_VILLAGE = 0.5  # hamlets of the same name are common
DOUBT = 0.6  # factor when two parts of an address contradict each other


class Found(NamedTuple):
    """Where an address is; '' where unknown. `clash`: parts of it contradict each other."""

    county: str
    town: str
    village: str
    confidence: float
    clash: bool


NOTHING = Found("", "", "", 0.0, False)


def _firm(forms: list[Form]) -> list[Form]:
    """Keep the full forms; only without any do bare stems count."""
    return [f for f in forms if f.firm] or forms


def _common(groups: list[Group]) -> Group:
    """Give what all mentions may mean together."""
    if len(groups) == 1:
        return groups[0]
    shared = set(groups[0]).intersection(*groups[1:])
    return {c: max(g[c] for g in groups) for c in sorted(shared)}


class Settler:
    """Decides readings within one city."""

    def __init__(self, names: Names, reader: Reader) -> None:
        """Take the names, for who belongs to whom, and the reader, for places that are not ours."""
        self.names, self.reader = names, reader

    def settle(self, said: Reading, county_hint: str = "", town_hint: str = "") -> Found:
        """Decide what an address means, given the county or township a code or a position has already settled."""
        if county_hint:
            known, clash = county_hint, bool(said.counties) and county_hint not in said.counties
        else:
            known, clash = self._county(said)
        if town_hint:
            return self._in_hinted_town(said, known, town_hint, clash)
        if known:
            return self._in_county(said, known, clash)
        # Two counties named and nothing to choose by, or an address that opens with another city: not ours to place.
        return NOTHING if clash or self.reader.foreign(said.text) else self._anywhere(said)

    def _county(self, said: Reading) -> tuple[str, bool]:
        """Choose the county: its own column, the only one named, or the only one followed by a township of its own."""
        if said.given:
            return said.given, len(said.counties) > 1
        if len(said.counties) == 1:
            return said.counties[0], False
        if len(said.chained) == 1:
            return next(iter(said.chained)), True
        return "", bool(said.counties)

    def _in_hinted_town(self, said: Reading, county: str, town: str, clash: bool) -> Found:
        """Find the village in a township that is already settled."""
        firm = [f for f in said.towns if f.firm]
        clash = clash or (bool(firm) and not any(town in f.towns_in.get(county, ()) for f in firm))
        village, _ = ("", 0) if clash else self._village(said, town, [])
        return Found(county, town, village, BY_STRENGTH[FULL] * (DOUBT if clash else 1.0), clash)

    def _in_county(self, said: Reading, county: str, clash: bool) -> Found:
        """Find township and village in a known county; a township of another county leaves the county alone standing."""
        here = _firm([f for f in said.towns if county in f.towns_in])
        strayed = any(f.firm and county not in f.towns_in for f in said.towns)
        if strayed and not (here and here[0].firm):
            return Found(county, "", "", COUNTY_ONLY * DOUBT, True)
        clash = clash or strayed
        factor = DOUBT if clash else 1.0
        if here:
            towns = self._narrowed(_common([f.towns_in[county] for f in here]), said)
            if len(towns) != 1 or self._rivalled(here, towns, county):
                return Found(county, "", "", COUNTY_ONLY * factor, clash)
            return self._with_village(said, here, county, towns, factor, clash)
        lone = self._lone_village(said, county, VARIANT)
        if lone and not clash:
            return Found(county, self.names.parent[lone], lone, LONE_VILLAGE_IN_COUNTY, False)
        return Found(county, "", "", COUNTY_ONLY * factor, clash)

    def _anywhere(self, said: Reading) -> Found:
        """Find a township or village when no county is named: only a name that means one area in the whole city."""
        forms = _firm(said.towns)
        if not forms:
            lone = self._lone_village(said, "", FULL)
            if not lone:
                return NOTHING
            return Found(self.names.ancestor(lone, COUNTY), self.names.parent[lone], lone, LONE_VILLAGE, False)
        towns = self._narrowed(_common([f.towns for f in forms]), said)
        if len(towns) == 1:
            if self._rivalled(forms, towns, ""):
                return NOTHING
            return self._with_village(said, forms, self.names.parent[next(iter(towns))], towns, 1.0, False, NO_COUNTY)
        counties = {self.names.parent[t] for t in towns or {c for f in forms for c in f.towns}}
        if len(counties) == 1:
            return Found(counties.pop(), "", "", COUNTY_ONLY * DOUBT, not towns)
        return NOTHING

    def _with_village(
        self,
        said: Reading,
        by: list[Form],
        county: str,
        towns: Group,
        factor: float,
        clash: bool,
        less: float = 0.0,
    ) -> Found:
        """Finish a settled township with its village, if one is named."""
        town, strength = next(iter(towns.items()))
        village, how = self._village(said, town, by)
        sure = min(BY_STRENGTH[strength], BY_STRENGTH[how or FULL])
        return Found(county, town, village, (sure - less) * factor, clash)

    def _village(self, said: Reading, town: str, by: list[Form]) -> tuple[str, int]:
        """Choose the one village of a township that is named, and say in which form; not by the township's own mention."""
        here = [f for f in said.villages if town in f.villages_in and f not in by]
        named: Group = {}
        for form in _firm(here):
            named.update(form.villages_in[town])
        return next(iter(named.items())) if len(named) == 1 else ("", 0)

    def _lone_village(self, said: Reading, county: str, least: int) -> str:
        """Choose a village named without its township, if the county (or the city) has one of that name only."""
        named: set[str] = set()
        for form in said.villages:
            if not form.firm:
                continue
            homes = [h for h in form.villages_in if not county or self.names.parent[h] == county]
            meant = {v: s for h in homes for v, s in form.villages_in[h].items()}
            if max(meant.values(), default=least) < least:
                return ""
            named.update(meant)
        return named.pop() if len(named) == 1 else ""

    def _narrowed(self, towns: Group, said: Reading) -> Group:
        """Use a village named in full to choose between townships of one name."""
        if len(towns) < 2:
            return towns
        homes: set[str] = set()
        for form in said.villages:
            if form.firm:
                homes.update(form.villages_in)
        fitting = {t: s for t, s in towns.items() if t in homes}
        return fitting if len(fitting) == 1 else towns

    def _rivalled(self, forms: Iterable[Form], towns: Group, county: str) -> bool:
        """Say whether the bare word for a township is also a village of another township within reach."""
        town, strength = next(iter(towns.items()))
        if strength != BARE:
            return False
        homes = {h for f in forms for h in f.villages_in if h != town}
        return any(not county or self.names.parent[h] == county for h in homes)
