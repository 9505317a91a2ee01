"""What the words of one address say: every area mentioned, by level, before anything is decided."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geo.names import COUNTY, TOWNSHIP, VILLAGE, Form, Mention, Names, clean

# 某某省, 某某市 or 某某县 in front of an address; 菜市场, 市民, 县城 and the like are none.
_PLACE_IN_FRONT = re.compile(
    r"^(?:(.{2,8}?)(?:省|自治区))?(?:(.{2,6}?)(?:市|州|盟|县)(?![场民区政容监中医立直辖城道委级]))?"
)
# A bare stem before one of these names a street, a bridge or a shop, not an area; 下 and 速 are for 樟树下, 上高速.
_FOLLOWERS = (
    *(
        "路",
        "大道",
        "街",
        "巷",
        "弄",
        "胡同",
        "桥",
        "大桥",
        "隧道",
        "高速",
        "国道",
        "河",
        "江",
        "湖",
        "水库",
        "山",
        "下",
        "速",
    ),
    *(
        "小区",
        "花园",
        "花苑",
        "家园",
        "嘉园",
        "新村",
        "公馆",
        "国际",
        "广场",
        "大厦",
        "大楼",
        "商场",
        "超市",
        "市场",
        "酒店",
    ),
    *("宾馆", "饭店", "公司", "集团", "厂", "银行", "药店", "人", "话"),
)


class Reading:
    """The areas an address mentions.

    `counties` in order of mention; `towns` and `villages` one form a mention (a form may be in both); `chained` the
    counties directly followed by a township of theirs; `given` the county of its own column; `text` the free text.
    """

    __slots__ = ("chained", "counties", "given", "text", "towns", "villages")

    def __init__(self) -> None:
        """Start with nothing said."""
        self.counties: list[str] = []
        self.towns: list[Form] = []
        self.villages: list[Form] = []
        self.chained: set[str] = set()
        self.given = ""
        self.text = ""


class Reader:
    """Reads addresses with the names of one city."""

    def __init__(self, names: Names, outer_names: Iterable[str] = ()) -> None:
        """Take the names, and the names that may stand in front of the city's own."""
        self.names = names
        self.outer = tuple(sorted((clean(o) for o in outer_names if o), key=len, reverse=True))

    def read(self, county: str, town: str, village: str, place: str) -> Reading:
        """Read the cleaned columns of one address; a column speaks before the free text at its level."""
        found = Reading()
        if county:
            self._column(found, county, COUNTY)
            if len(found.counties) == 1:
                found.given = found.counties[0]
        if town:
            self._column(found, town, TOWNSHIP)
        if village:
            self._column(found, village, VILLAGE)
        if place:
            towns, villages = found.towns, found.villages
            found.towns, found.villages = [], []
            self._text(found, place)
            found.towns = towns or found.towns
            found.villages = villages + found.villages
        return found

    def _column(self, found: Reading, text: str, rank: int) -> None:
        """Read a column meant for one level; if it holds more than a name, read it as text."""
        form = self.names.whole(text, rank)
        if form is None:
            self._text(found, text)
        elif rank == COUNTY:
            found.counties += [c for c in form.counties if c not in found.counties]
        else:
            (found.towns if rank == TOWNSHIP else found.villages).append(form)

    def _text(self, found: Reading, text: str) -> None:
        """Read running text."""
        found.text = found.text or text
        before, before_end = None, -1
        for start, end, form in self._mentions(text):
            counties = form.counties
            if counties:
                found.counties += [c for c in counties if c not in found.counties]
            if form.towns:
                found.towns.append(form)
                if before is not None and before_end == start:
                    found.chained.update(c for c in before.counties if c in form.towns_in)
            if form.villages_in:
                found.villages.append(form)
            before, before_end = form, end

    def _mentions(self, text: str) -> list[Mention]:
        """Find the mentions that hold: full forms, and bare stems where nothing speaks against them."""
        raw = self.names.scan(text)
        if all(m[2].firm for m in raw):
            return raw
        opening = next((len(o) for o in self.outer if text.startswith(o)), 0)
        firm = [(start, end) for start, end, form in raw if form.firm]
        starts = {start for start, _, _ in raw}
        kept = []
        for mention in raw:
            start, end, form = mention
            if form.city and start == opening:
                opening = end
            if form.firm or self._holds(text, mention, firm, start == opening or end in starts):
                kept.append(mention)
        return kept

    @staticmethod
    def _holds(text: str, mention: Mention, firm: list[tuple[int, int]], at_front: bool) -> bool:
        """Say whether a bare stem stands free of full names and is not the head of a street's or a firm's name.

        A county's stem is an ordinary word too (樟树): it counts only in front, or right before another name.
        """
        start, end, form = mention
        if form.counties and not at_front:
            return False
        if text.startswith(_FOLLOWERS, end) and not text.startswith("街道", end):
            return False
        return not any(start < e and s < end for s, e in firm)

    def foreign(self, text: str) -> bool:
        """Say whether an address opens with a province, city or county that is not ours."""
        front = _PLACE_IN_FRONT.match(text)
        province, place = front.groups() if front else (None, None)
        if (
            province
            and self.outer
            and province not in self.outer
            and not any(o.startswith(province) for o in self.outer)
        ):
            return True
        if not place:
            return False
        place = next((place[len(o) :] for o in self.outer if place.startswith(o)), place)
        form = self.names.forms.get(place) if place else None
        return bool(place) and not (form and (form.city or form.counties or form.towns))
