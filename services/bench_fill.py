"""A store of invented matters of any size for `yizhan bench`, written past the ingest: ten million in minutes, not in an hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select, text

from matters.categories import CATEGORIES
from matters.identity import matter_code
from matters.vocabulary import scale_of
from services.wiring import Services
from store import rollups
from store.bulk import insert_many
from store.engine import writing
from store.schema import area, matter, source
from store.writer import bump

DAYS = 1_096
PART = 50_000
_WHO = ("两户", "邻居", "承包户", "施工方", "物业公司", "开发商", "加工厂", "合作社", "村民小组", "业主", "租户", "债务人", "雇主", "司机", "患者家属", "学校")
_OVER = ("共用山墙", "排水沟", "宅基地界址", "鱼塘", "林地边界", "计件工资", "停车收费", "预付卡", "货款", "借款", "彩礼", "祖坟迁移", "灌溉渠", "噪声",
         "转租押金", "青苗补偿", "误工赔偿", "医药费", "装修渗水", "道路通行")  # fmt: skip
_ENDS = ("引起的纠纷", "纠纷", "争议", "赔偿", "投诉", "引发争执", "拖欠未付", "要求返还")
_OFFICES = ("司法局", "住房和城乡建设局", "人力资源和社会保障局", "自然资源局", "农业农村局", "市场监督管理局", "卫生健康委员会", "教育体育局")


class _World(NamedTuple):
    """What the matters are spread over: townships (weights add up to 1) with their villages, owners, and sources."""

    towns: list[Any]
    weights: NDArray[np.float64]
    villages: list[list[str]]
    owners: list[list[str]]
    sources: list[dict[str, Any]]
    today: date


def fill(services: Services, rows: int, seed: int = 7) -> None:
    """Matters over three years, skewed over townships and categories, with titles, owners, people, money and rollups.

    RuntimeError if there are any. The index of titles is left to services.search_index.
    """
    rng = np.random.default_rng(seed)
    with writing(services.engine) as c:
        if c.execute(select(matter.c.id).limit(1)).first() is not None:
            raise RuntimeError("the database holds matters: bench needs an empty one")
        world = _world(c, services, rng)
        c.execute(insert(source), world.sources)
    with _without_indexes(services):
        for start in range(0, rows, PART):
            size = min(PART, rows - start)
            with writing(services.engine) as c:
                insert_many(c, matter, _invented(rng, world, start, size, services.now()))
    with writing(services.engine) as c:
        rollups.turn_day(c, services.now().date())
        bump(c, services.now())
    _analyse(services)


def _world(connection: Connection, services: Services, rng: np.random.Generator) -> _World:
    towns = [t for county in services.areas.counties() for t in services.areas.children(county.code)]
    weights = rng.lognormal(0, 1, len(towns))
    below: dict[str, list[str]] = {}
    for code, parent in connection.execute(select(area.c.code, area.c.parent).where(area.c.level == "village")):
        below.setdefault(parent, []).append(code)
    owners = [[t.name, t.name, *(services.areas.name(t.parent) + office for office in _OFFICES)] for t in towns]
    sources = [{"id": i + 1, "agencies": 1 << i % 6, "first_agency": a, "channel": "visit" if a == "centre" else ""}
               for i, a in enumerate(services.feeds.agencies())]  # fmt: skip
    return _World(towns, weights / weights.sum(), [below.get(t.code, [""]) for t in towns], owners, sources, services.now().date())


@contextmanager
def _without_indexes(services: Services) -> Iterator[None]:
    """An index that is sorted once costs a tenth of one that grows row by row; what keys need stays."""
    with writing(services.engine) as c:
        if c.dialect.name == "postgresql":
            found = c.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'matter' AND indexname LIKE 'ix_matter_%'")).all()
        else:
            found = c.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'matter' AND sql IS NOT NULL")).all()
        for name, _ in found:
            c.exec_driver_sql(f'DROP INDEX "{name}"')
    yield
    with writing(services.engine) as c:
        for _, sql in found:
            c.exec_driver_sql(sql)


def _analyse(services: Services) -> None:
    if services.engine.dialect.name == "postgresql":
        with services.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
            raw.execute(text("VACUUM ANALYZE"))
        return
    with writing(services.engine) as c:
        c.execute(text("PRAGMA optimize"))


def _invented(rng: np.random.Generator, world: _World, start: int, size: int, now: Any) -> list[dict[str, Any]]:
    codes, today = list(CATEGORIES), world.today
    days = [today - timedelta(days=n) for n in range(DAYS + 31)]
    where, when = rng.choice(len(world.towns), size, p=world.weights).tolist(), rng.integers(0, DAYS, size).tolist()
    category, origin = (rng.zipf(1.6, size) % len(codes)).tolist(), rng.integers(0, len(world.sources), size).tolist()
    took, fate, chance = rng.gamma(2, 9, size).astype(int).tolist(), rng.random(size).tolist(), rng.random((size, 3)).tolist()
    people, amount = np.minimum(rng.zipf(2, size), 300).tolist(), rng.lognormal(9, 1.5, size).round(0).tolist()
    names = titles(rng, size)
    out = []
    for i in range(size):
        town, day, s = world.towns[where[i]], days[when[i]], world.sources[origin[i]]
        is_open = took[i] > when[i] or fate[i] < 0.002
        closed = None if is_open else days[when[i] - took[i]]
        known, owners, villages = people[i] if chance[i][0] < 0.7 else None, world.owners[where[i]], world.villages[where[i]]
        out.append({
            "id": start + i + 1, "county_code": town.parent, "town_code": town.code, "village_code": _one(villages, chance[i][1]),
            "code": code_of(start + i, day.year), "located": "township", "opened_on": day, "accepted_on": day,
            "handled_on": day, "due_on": day + timedelta(days=30), "closed_on": closed, "is_open": is_open,
            "outcome": None if is_open else "resolved" if fate[i] < 0.97 else "unresolved", "stage": "mediating" if is_open else "closed",
            "category": codes[category[i]], "channel": s["channel"], "first_agency": s["first_agency"], "agencies": s["agencies"],
            "title": names[i], "owner": _one(owners, chance[i][2]), "scale": scale_of(known), "people": known,
            "amount": amount[i] if chance[i][2] < 0.4 else None, "satisfied": None if fate[i] > 0.3 else fate[i] < 0.24,
            "escalated": fate[i] > 0.95, "litigated": False, "record_count": 1 + (chance[i][1] > 0.85) + (chance[i][1] > 0.97),
            "source": s["id"], "version": 1, "changed_at": now,
        })  # fmt: skip
    return out


def code_of(number: int, year: int) -> str:
    """The code of an invented matter: of nine characters two are alike among some seven million, and who draws is not here to draw again."""
    return matter_code("bench", str(number), year, 9 if number < 1_000_000 else 12)


def _one(values: Sequence[str], chance: float) -> str:
    return values[int(chance * len(values))]


def titles(rng: np.random.Generator, size: int) -> list[str]:
    """Invented titles: who, over what, and two characters that make most of them different."""
    who, ends = rng.integers(0, len(_WHO), size), rng.integers(0, len(_ENDS), size)
    over, names = np.minimum(rng.zipf(1.5, size) - 1, len(_OVER) * 4) % len(_OVER), rng.integers(0x4E00, 0x9000, (size, 2))
    return [f"{_WHO[w]}与{chr(a)}{chr(b)}{_OVER[o]}{_ENDS[e]}" for w, o, e, (a, b) in zip(who, over, ends, names.tolist(), strict=True)]
