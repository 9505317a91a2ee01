"""How long a batch takes to link against a store that is full (`yizhan bench linking --incremental`), brought in through the real connectors."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from connectors.registry import BUILT_IN, load_feed
from connectors.spec import FeedSpec
from services.bench_ingest import DAYS, SHARES, Luck, centre_row, env_of, filled, new_store, police_row
from services.link_shapes import Compared
from services.settings import Settings
from services.wiring import Services
from store.engine import reading
from store.schema import link, matter, record

BATCH = 1_000
_SECOND = 2  # every second call tells of a dispute that a centre has too
_MOST = {"centre": 0.3, "police": 0.7}  # shares of a store in which disputes are told several times,
_TENTH = 10  # and of whose calls nine in ten are
_LATER = 27  # days after the dice's last moment: when the batches were written down


def incremental(settings: Settings, rows: int, days: int = DAYS, tellings: int = 1, rounds: int = 5) -> dict[str, Any]:
    """Fill a store with that many records, compare them all, then bring batches of 1,000 more and time each one's linking.

    `tellings`: calls about each dispute that is told again. With one, every second call tells of a dispute; with three, most do, and
    a million records come to more than a million links.

    On SQLite in a folder of its own, or on settings.database_url when that is a PostgreSQL database without matters. In each batch
    one record in five tells of a dispute that the store knows. The store's records lie within `days`: 100,000 in 110 days stand as close
    to each other as a million in three years. Returns {records, links, matters, start_s, batch, batch_s_p50,
    batch_s_max, batch_cpu_s_p50, ingest_s_p50, pairs_p50, sure, doubt}; seconds are those of `link_runner.run`, the intake's stand beside.
    """
    with new_store(settings) as (services, folder):
        return _measured(services, folder, _Story(services, rows, days, tellings), rounds)


def _measured(services: Services, folder: Path, story: _Story, rounds: int) -> dict[str, Any]:
    specs = {feed: load_feed(BUILT_IN / feed, env_of(folder)) for feed in SHARES}
    services.ingest.in_processes = True
    _brought(services, specs, folder, {"centre": story.centre(), "police": story.police()})
    services.ingest.in_processes = False
    started = time.perf_counter()
    services.link_runner.run()
    start = time.perf_counter() - started
    standing = _counts(services)
    told = [_round(services, specs, folder, story.batch(n)) for n in range(rounds)]
    seconds, own, intake, done = zip(*told, strict=True)
    return {
        **standing, "start_s": round(start, 1), "batch": BATCH, "batch_s_p50": round(statistics.median(seconds), 2), "batch_s_max": round(max(seconds), 2),
        "batch_cpu_s_p50": round(statistics.median(own), 2),
        "ingest_s_p50": round(statistics.median(intake), 2), "pairs_p50": statistics.median(d.looked_at for d in done),
        "sure": sum(d.sure for d in done), "doubt": sum(d.doubt for d in done),
    }  # fmt: skip


def _round(services: Services, specs: dict[str, FeedSpec], folder: Path, rows: dict[str, Iterator[dict[str, Any]]]) -> tuple[float, float, float, Compared]:
    """Seconds to link one batch, by the clock and of this process, seconds to bring it in, and what linking did."""
    began = time.perf_counter()
    _brought(services, specs, folder, rows)
    middle, own = time.perf_counter(), time.process_time()
    done = services.link_runner.run()
    return time.perf_counter() - middle, time.process_time() - own, middle - began, done


def _brought(services: Services, specs: dict[str, FeedSpec], folder: Path, rows: dict[str, Iterator[dict[str, Any]]]) -> None:
    for feed, made in rows.items():
        filled(specs[feed], folder, feed, made)
        result = services.ingest.run(specs[feed])
        if result.error:
            raise RuntimeError(result.error)


def _counts(services: Services) -> dict[str, int]:
    with reading(services.engine) as c:
        return {name: int(c.execute(select(func.count()).select_from(table)).scalar_one())
                for name, table in (("records", record), ("links", link), ("matters", matter))}  # fmt: skip


class _Story:
    """What the agencies have written down: disputes of the centres, and calls of which every second one is about one of them."""

    def __init__(self, services: Services, rows: int, days: int, tellings: int) -> None:
        self.days, self.tellings = days, tellings
        self.counts = {feed: int(rows * share) for feed, share in (SHARES if tellings == 1 else _MOST).items()}
        self.intake, self.calls = Luck(services, self.counts["centre"], 11, days), Luck(services, self.counts["police"], 13, days)
        self.new = Luck(services, BATCH * 20, 17, days)
        self.last = services.now() - timedelta(days=2)

    def centre(self) -> Iterator[dict[str, Any]]:
        """The store's intake."""
        return (centre_row(self.intake, i) for i in range(self.counts["centre"]))

    def police(self) -> Iterator[dict[str, Any]]:
        """The store's calls; those about one dispute stand together, in its time."""
        factor = self.counts["centre"] / self.counts["police"]
        for i in range(self.counts["police"]):
            again = i % _SECOND == 0 if self.tellings == 1 else i % _TENTH != 0
            first = i if self.tellings == 1 else i // self.tellings * self.tellings
            yield self._again(int(first * factor), i) if again else {**police_row(self.calls, i), "BJLB": "30", "BJXL": "3001"}

    def batch(self, number: int) -> dict[str, Iterator[dict[str, Any]]]:
        """A batch of the last weeks: new intake, new calls, and calls about what the store has from those weeks."""
        first = self.counts["centre"] * (self.days - 40) // self.days + number * BATCH // 5
        changed = f"{self.last + timedelta(days=_LATER + number):%Y%m%d%H%M%S}"
        return {"centre": self._fresh(number, int(BATCH * 0.6), changed, 0), "police": self._calls(number, first, changed)}

    def _fresh(self, number: int, size: int, changed: str, off: int) -> Iterator[dict[str, Any]]:
        """Rows with dice of their own, moved into the last weeks."""
        for n in range(size):
            i = number * BATCH + off + n
            self.new.seconds[i] = (self.days - 30 - i % 30) * 86_400 - i  # closed by now
            row = centre_row(self.new, i) if not off else police_row(self.new, i)
            if off:
                yield {**row, "JJBH": f"{row['JJBH'][:10]}{70_000_000 + i}", "BJLB": "30", "BJXL": "3001", "GXSJ": changed}
            else:
                at = f"{changed[:4]}-{changed[4:6]}-{changed[6:8]} {changed[8:10]}:{changed[10:12]}:{changed[12:]}"
                yield {**row, "SLBH": f"{row['SLBH'][:11]}{70_000_000 + i}", "GXSJ": at}

    def _calls(self, number: int, first: int, changed: str) -> Iterator[dict[str, Any]]:
        half = int(BATCH * 0.2)
        yield from self._fresh(number, half, changed, BATCH // 2 + BATCH // 5)
        for n in range(half):
            yield {**self._again((first + n) % self.counts["centre"], 80_000_000 + number * BATCH + n), "GXSJ": changed}

    def _again(self, j: int, number: int) -> dict[str, Any]:
        """A call about the centre's dispute j, from its own people, in its town, a few days before."""
        _code, town, county_code, county, lon, lat = self.intake.towns[self.intake.where[j]]
        written = centre_row(self.intake, j)
        at = self.intake.moment(j) - timedelta(days=j % 6, minutes=j % 50)
        return {
            "JJBH": f"JJ{at:%Y%m%d}{number:08}", "JJSJ": f"{at:%Y%m%d%H%M%S}", "BJLB": "30", "BJXL": "", "SFDZ": f"{county}{town}建设路{j % 300}号",
            "JD": f"{lon:.6f}", "WD": f"{lat:.6f}", "XZQH": county_code, "GXDW": f"{town}派出所", "CJJG": "1", "CJSJ": f"{at:%Y%m%d%H%M%S}",
            "BJRXM": written["SQR"], "BJDH": written["SQRDH"], "BJNR": f"{written['SY']}。报警人称双方争执，请民警到场处理。",
            "GXSJ": f"{at:%Y%m%d%H%M%S}", "SC": "0",
        }  # fmt: skip
