"""How fast rows come in, end to end: read from a database, map, mask, locate, link, derive, roll up (`yizhan bench ingest`)."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from connectors.base import Cursor, RawBatch
from connectors.registry import BUILT_IN, load_feed, open_transport
from connectors.spec import FeedSpec
from services.ingest import Ask
from services.memory import watched
from services.settings import Settings
from services.wiring import Services, build

# Two wide feeds as they are in service: the centres' own intake with two parties a row, and the emergency calls.
SHARES = {"centre": 0.6, "police": 0.4}
VIEWS = {"centre": ("YIZHAN_CENTRE_URL", "v_mt_sl"), "police": ("YIZHAN_POLICE_URL", "v_jq_110")}
PART = 2_000
_LONG_AGO = date(2000, 1, 1)
DAYS = 1_096
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = "晓梅建军丽华志强秀英国平小芳文斌玉兰海涛春燕伟明桂珍子涵思远"
_ABOUT = ("排水沟被堵", "围墙占道", "拖欠货款", "工资未付清", "物业停车收费", "承包地边界", "宅基地界址", "预付卡不退", "噪声扰民", "借款到期未还")


def ingest(settings: Settings, rows: int) -> dict[str, Any]:
    """Bring that many invented rows in through the real connectors, then the same rows again.

    On SQLite in a folder of its own, or on settings.database_url when that is a PostgreSQL database without matters.
    Returns {rows, rows_per_s, peak_rss_mb, again_rows_per_s}; again: nothing changed, so that a backfill's cost is seen. The memory
    is that of both processes together, the pages that they share counted once (services/memory.py).
    """
    with new_store(settings) as (services, folder):
        services.ingest.in_processes = True  # as `yizhan ingest` does
        specs = [_source(services, folder, feed, int(rows * share)) for feed, share in SHARES.items()]
        with watched() as peak:
            first = _timed(services, specs)
            again = _timed(services, specs, again=True)
    return {"rows": sum(int(rows * s) for s in SHARES.values()), "rows_per_s": first, "peak_rss_mb": peak.mb, "again_rows_per_s": again}


@contextmanager
def new_store(settings: Settings) -> Iterator[tuple[Services, Path]]:
    """A prepared store and a folder, gone afterwards: SQLite in the folder, or settings.database_url where that is PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as name:
        folder = Path(name)
        update: dict[str, Any] = {"data_dir": folder}
        if not settings.database_url.startswith("postgresql"):
            update["database_url"] = f"sqlite:///{folder}/bench.sqlite3"
        services = build(settings.model_copy(update=update))
        try:
            services.prepare()
            yield services, folder
        finally:
            services.close()


class _FromTheStart:
    """A door that forgets how far it has been read."""

    def __init__(self, spec: FeedSpec) -> None:
        self._door = open_transport(spec)

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """Everything again."""
        return self._door.batches(Cursor())


def _timed(services: Services, specs: list[FeedSpec], again: bool = False) -> float:
    received, started = 0, time.perf_counter()
    for spec in specs:
        ask = Ask("backfill", "bench", since=_LONG_AGO) if again else Ask()
        result = services.ingest.run(spec, transport=_FromTheStart(spec) if again else None, ask=ask)
        if result.error:
            raise RuntimeError(result.error)
        received += result.counts.received
    return round(received / (time.perf_counter() - started), 1)


def env_of(folder: Path) -> dict[str, str]:
    """Where the feeds find the agencies' databases."""
    return {variable: f"sqlite:///{folder}/{feed}.sqlite3" for feed, (variable, _) in VIEWS.items()}


def _source(services: Services, folder: Path, feed: str, rows: int) -> FeedSpec:
    """The agency's database with that many rows, and the feed that reads it."""
    spec = load_feed(BUILT_IN / feed, env_of(folder))
    # In a process of its own: what inventing a million rows leaves behind is not the ingest's memory.
    made = {"centre": _centre, "police": _police}[feed]
    maker = get_context("fork").Process(target=filled, args=(spec, folder, feed, made(services, rows)))
    maker.start()
    maker.join()
    if maker.exitcode:
        raise RuntimeError(f"the rows of {feed} could not be made; see above")
    return spec


def filled(spec: FeedSpec, folder: Path, feed: str, made: Iterator[dict[str, Any]]) -> None:
    """Put rows into an agency's database, which is made if there is none."""
    _, view = VIEWS[feed]
    columns = sorted(spec.mapping.columns())
    with closing(sqlite3.connect(folder / f"{feed}.sqlite3")) as db, db:
        db.execute(f"CREATE TABLE IF NOT EXISTS {view} ({', '.join(f'{c} TEXT' for c in columns)})")
        insert = f"INSERT INTO {view} VALUES ({', '.join('?' * len(columns))})"
        while part := [[row.get(c) for c in columns] for row in islice(made, PART)]:
            db.executemany(insert, part)
        db.execute(f"CREATE INDEX IF NOT EXISTS changed ON {view} (GXSJ)")


class Luck:
    """The dice of one feed: places as skewed as a city's, people, moments."""

    def __init__(self, services: Services, rows: int, seed: int, days: int = DAYS) -> None:
        self.rng = np.random.default_rng(seed)
        frame = services.geography.city.areas
        towns = frame[frame["level"] == "township"].sort_values("code")
        counties = dict(zip(frame["code"], frame["name"], strict=True))
        weights = self.rng.lognormal(0, 1, len(towns))
        self.where = self.rng.choice(len(towns), rows, p=weights / weights.sum())
        self.towns = list(zip(towns["code"], towns["name"], towns["parent"], [counties[p] for p in towns["parent"]], towns["lon"], towns["lat"], strict=True))
        self.begin = services.now() - timedelta(days=days)
        self.seconds = np.sort(self.rng.integers(0, (days - 2) * 86_400, rows))
        self.dice = self.rng.integers(0, 1 << 30, (rows, 3))

    def moment(self, i: int) -> datetime:
        return self.begin + timedelta(seconds=int(self.seconds[i]))

    def person(self, n: int) -> tuple[str, str, str]:
        name = _FAMILY[n % len(_FAMILY)] + _GIVEN[n // 31 % len(_GIVEN)] + _GIVEN[n // 997 % len(_GIVEN)]
        return name, f"999000{1950 + n % 55}{1 + n // 55 % 12:02}{1 + n // 660 % 28:02}{n // 18_480 % 1000:03}0", f"142{n % 100_000_000:08}"


def _centre(services: Services, rows: int) -> Iterator[dict[str, Any]]:
    luck = Luck(services, rows, 11)
    return (centre_row(luck, i) for i in range(rows))


def centre_row(luck: Luck, i: int) -> dict[str, Any]:
    """A row of the centres' intake."""
    code, town, _, county, *_ = luck.towns[luck.where[i]]
    a, b, c = (int(n) for n in luck.dice[i])
    at, (name, idno, phone), (other, other_id, other_phone) = luck.moment(i), luck.person(a), luck.person(b)
    day, about = f"{at:%Y-%m-%d}", _ABOUT[c % len(_ABOUT)]
    quote = f"（见警情JJ{at:%Y%m%d}{c % 1_000_000:06}）" if c % 9 == 0 else ""
    closed = at + timedelta(days=1 + c % 25)
    return {
        "SLBH": f"MT{code}{i:08}", "QD": str(1 + c % 4), "DJSJ": f"{at:%Y-%m-%d %H:%M:%S}", "SLRQ": day, "FLRQ": day, "ZBDW": f"{town}综治中心",
        "JD_DM": "90", "TJ": "1" if c % 20 == 0 else "0", "BJRQ": f"{closed:%Y-%m-%d}", "BJJG": "化解" if c % 25 else "未化解",
        "HF": None if c % 3 else str(int(c % 5 > 0)), "RS": str(1 + c % 7), "JE": f"{c % 90_000}.50" if c % 2 else None, "LX": f"{1 + c % 20}",
        "SY": f"{name}与{other}因{about}产生纠纷", "NR": f"{name}反映，与{other}因{about}产生纠纷，请求调解。{quote}已登记。联系电话{phone}。",
        "XZDM": code, "DZ": f"{county}{town}建设路{1 + c % 300}号", "SQR": name, "SQRSFZ": idno, "SQRDH": phone, "BSQR": other,
        "BSQRSFZ": other_id, "BSQRDH": other_phone, "GXSJ": f"{closed:%Y-%m-%d %H:%M:%S}", "ZF": "0",
    }  # fmt: skip


def _police(services: Services, rows: int) -> Iterator[dict[str, Any]]:
    luck = Luck(services, rows, 13)
    return (police_row(luck, i) for i in range(rows))


def police_row(luck: Luck, i: int) -> dict[str, Any]:
    """A row of the emergency calls."""
    _, town, county_code, county, lon, lat = luck.towns[luck.where[i]]
    a, b, c = (int(n) for n in luck.dice[i])
    at, (name, _, phone) = luck.moment(i), luck.person(a)
    about, done = _ABOUT[c % len(_ABOUT)], at + timedelta(minutes=20 + c % 50)
    return {
        "JJBH": f"JJ{at:%Y%m%d}{i:08}", "JJSJ": f"{at:%Y%m%d%H%M%S}", "BJLB": "30" if c % 3 else "20", "BJXL": f"{3001 + c % 10}" if c % 3 else "",
        "SFDZ": f"{county}{town}人民路{1 + b % 400}号", "JD": f"{lon + b % 97 / 9_000:.6f}", "WD": f"{lat + b % 89 / 9_000:.6f}",
        "XZQH": county_code, "GXDW": f"{town}派出所", "CJJG": "1" if c % 7 else "3", "CJSJ": f"{done:%Y%m%d%H%M%S}", "BJRXM": name, "BJDH": phone,
        "BJNR": f"{about}。报警人称双方争执，请民警到场处理。已登记。", "GXSJ": f"{done:%Y%m%d%H%M%S}", "SC": "0",
    }  # fmt: skip
