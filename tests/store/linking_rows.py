"""A scorer for tests that looks at nothing but titles, and what a store says about links without ids and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, select

from services.link_shapes import Scored, Weight
from store.engine import writing
from store.schema import (
    link,
    link_decided,
    link_decision,
    link_mark,
    link_pair,
    link_was,
    record,
    record_key,
)


class ByTitle:
    """Pure, as a scorer must be: the same title and place is sure, the same title alone is doubt. Keys: the title; the category."""

    version, sure, doubt = "by-title-1", 0.9, 0.5

    def __init__(self, cap: int = 6) -> None:
        self.cap = cap

    def keys_of(self, record: Mapping[str, Any]) -> Sequence[str]:
        """One key for the title, one for the category."""
        return [f"t:{record['title']}", f"c:{record['category']}"] if record["title"] else []

    def lean(self, record: Mapping[str, Any]) -> str:
        """Its title: records of different titles are apart."""
        return str(record["title"])

    def may_be(self, a: str, b: str) -> bool:
        """Whether the titles are the same."""
        return a == b

    def score(self, records: Mapping[int, Mapping[str, Any]], pairs: Sequence[tuple[int, int]]) -> list[Scored]:
        """Bits for title, place and category, of which a score is made that is different for most pairs."""
        out = []
        for low, high in pairs:
            one, other = records[low], records[high]
            bits = [Weight("prior", "", -4.0), Weight("title", "same", 5.0) if one["title"] == other["title"] else Weight("title", "other", -4.0),
                    Weight("town", "same", 3.5) if one["town_code"] and one["town_code"] == other["town_code"] else Weight("town", "other", -0.5),
                    Weight("category", "same", 1.0) if one["category"] == other["category"] else Weight("category", "other", -0.2)]  # fmt: skip
            weight = sum(w.weight for w in bits)
            out.append(Scored(low, high, weight, 2**weight / (1 + 2**weight), tuple(bits)))
        return out


def links_picture(connection: Connection) -> dict[str, Any]:
    """Pairs, links and keys by the names of the records."""
    name = {r.id: (r.feed, r.external_id) for r in connection.execute(select(record.c.id, record.c.feed, record.c.external_id))}

    def both(one: int, other: int) -> tuple[Any, ...]:
        return tuple(sorted((name[one], name[other])))

    return {
        "pairs": sorted((both(p.low, p.high), round(p.score, 9), p.state, bool(p.blocked), p.county_code, p.town_code)
                        for p in connection.execute(select(link_pair))),
        "links": sorted((both(k.record_id, k.other_id), k.number, k.method) for k in connection.execute(select(link))),
        "keys": sorted((k.key, name[k.record_id]) for k in connection.execute(select(record_key))),
    }  # fmt: skip


def empty_links(engine: Engine) -> None:
    """Remove what linking wrote, so that one store serves many examples."""
    with writing(engine) as c:
        for table in (record_key, link_mark, link_pair, link_decided, link_decision, link_was):
            c.execute(table.delete())
