"""A new feed from a sample: look at it, propose the whole feed.toml, ask what it cannot say, write it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from connectors.base import Cursor, Fatal
from connectors.propose import propose
from connectors.propose_made import Known, Proposal, Question
from connectors.propose_sample import MOST_ROWS, Noted, Sample, read_sample
from connectors.propose_toml import feed_toml
from connectors.registry import load_feed
from connectors.spec import FeedSpec
from connectors.spec_sql import SqlSettings
from connectors.transports.sql import SqlTransport
from services.feed_answers import settle

Ask = Callable[[Question], str]
# Which agency usually writes a kind of paper: its declaration is taken over when that feed is declared.
_AGENCY = {
    "intake": "centre", "filing": "courts", "pretrial": "courts", "confirmation": "courts", "petition": "petitions", "call": "police",
    "incident": "fire", "hazard": "fire", "medical": "health",
}  # fmt: skip
_DAY = 86_400


@dataclass(slots=True)
class Looked:
    """A sample and what is proposed for it; `origin` is its file, or '' for a database."""

    sample: Sample
    proposal: Proposal
    origin: Path | None
    url: str = ""
    table: str = ""


def look(services: Any, source: str, table: str = "") -> Looked:
    """Read a sample (a file, or a SQLAlchemy URL with a table) and propose its mapping. Raises Fatal or Retry."""
    if "://" in source:
        sample = _of_table(source, table)
        return Looked(sample, propose(sample, _known(services), table), None, source, table)
    path = Path(source)
    if not path.is_file():
        raise Fatal(f"{source}: there is no such file; give a sample file, or a database address and --table")
    sample = read_sample(path.read_bytes(), path.name)
    return Looked(sample, propose(sample, _known(services), path.stem), path)


def _of_table(url: str, table: str) -> Sample:
    if not table:
        raise Fatal("a database needs --table, the name of the table or view")
    rows: list[dict[str, Any]] = []
    for batch in SqlTransport(SqlSettings(kind="sql", url=url, table=table, batch_rows=MOST_ROWS), frozenset()).batches(
        Cursor()
    ):
        rows += batch.rows
        if len(rows) >= MOST_ROWS:
            break
    if not rows:
        raise Fatal(f"{table}: has no rows; a proposal needs some")
    return Sample(
        list(rows[0]),
        rows[:MOST_ROWS],
        {"kind": "sql"},
        [Noted(f"table {table}", 1.0, f"{len(rows)} rows were looked at")],
    )


def _known(services: Any) -> Known:
    """The city's codes and names, and the test of datums."""
    areas = services.geography.city.areas
    names = {level: frozenset(areas.loc[areas["level"] == level, "name"]) for level in ("county", "township")}

    def agree(points: Sequence[tuple[float, float, str]]) -> dict[str, float]:
        return _agree(services.geography, points)

    return Known(frozenset(areas["code"]), names["county"], names["township"], agree)


def _agree(geography: Any, points: Sequence[tuple[float, float, str]]) -> dict[str, float]:
    """Share of points that lie, read in each datum, in the area that their row names; empty when rows name too few."""
    said = geography.locate(pd.DataFrame({"place": [words for _, _, words in points]})) if points else pd.DataFrame()
    # The township tells datums apart, half a kilometre from its border; the county hardly ever does.
    named = [i for i in range(len(said)) if said["town_code"].iloc[i]]
    if len(named) < 8:
        return {}
    wanted = said["town_code"].iloc[named].tolist()
    lons, lats = ([points[i][axis] for i in named] for axis in (0, 1))
    shares = {}
    for datum in ("wgs84", "gcj02", "bd09"):
        x, y = geography.to_wgs84(lons, lats, datum)
        found = geography.locate(pd.DataFrame({"lon": x, "lat": y}))["town_code"].tolist()
        shares[datum] = sum(f == w for f, w in zip(found, wanted, strict=True)) / len(named)
    return shares


_NAME = r"[a-z][a-z0-9_]{1,31}"
_NAMED = "small letters, figures and _, 2 to 32 of them, a letter first"


def basics(services: Any, looked: Looked, given: str = "") -> list[Question]:
    """What has to be known of a feed before its mapping: its name, its title, whose it is, how often it comes."""
    stem = looked.origin.stem if looked.origin else looked.table
    name = re.sub(r"[^a-z0-9_]+", "_", stem.lower()).strip("_")
    name = name if re.fullmatch(_NAME, name) else f"feed_{name}"[:32].strip("_") or "feed"
    name = given or name
    agency = _AGENCY.get(looked.proposal.kind, "")
    agency = agency if agency in services.specs else name
    return [
        Question("name", "Short name of the feed (a to z, figures, _)", name, form=_NAME, meant=_NAMED),
        Question("title", "Its title in Chinese", stem),
        Question("title_en", "Its title in English", name.replace("_", " ").capitalize()),
        Question(
            "agency",
            f"Agency: one of {', '.join(sorted({s.agency.code for s in services.specs.values()}))}, or a new short name",
            agency,
            form=_NAME,
            meant=_NAMED,
        ),
        Question("cadence", "Seconds between two looks", str(3600 if looked.url else _DAY), form="[1-9][0-9]*", meant="a number of seconds"),
    ]


def build(services: Any, looked: Looked, answers: dict[str, str], open_points: list[str]) -> str:
    """The text of the feed.toml with the answers worked in; Fatal for an answer that cannot be used."""
    if not re.fullmatch(_NAME, answers["name"]):
        raise Fatal(f"{answers['name']!r} is no name of a feed: {_NAMED}")
    settle(looked.proposal, answers, looked.sample)
    cadence = int(answers["cadence"]) if answers["cadence"].isdigit() and int(answers["cadence"]) else _DAY
    head = {
        "feed": answers["name"], "title": {"zh": answers["title"], "en": answers["title_en"]}, "cadence_seconds": cadence,
        "late_after_seconds": max(3 * cadence, 3 * _DAY), "agency": _agency(services, answers),
    }  # fmt: skip
    return feed_toml(looked.proposal, head, _transport(looked, answers["name"]), open_points)


def _agency(services: Any, answers: Mapping[str, str]) -> dict[str, Any]:
    """The declared agency of that code, or a new one with the least say."""
    code = answers["agency"]
    for spec in services.specs.values():
        if spec.agency.code == code:
            return dict(spec.agency.model_dump())
    return {
        "code": code,
        "zh": answers["title"],
        "en": answers["title_en"],
        "mark": answers["title"][:1] or "新",
        "rank": 80,
    }


def variable(name: str, what: str) -> str:
    """The environment variable that holds a feed's folder or address."""
    return f"YIZHAN_{name.upper()}_{what}"


def _transport(looked: Looked, name: str) -> dict[str, Any]:
    door = {k: v for k, v in looked.sample.door.items() if k not in ("success", "pages", "next", "lines", "zipped")}
    since = looked.proposal.door.get("since")
    if looked.origin is None:
        door = {"kind": "sql", "url": f"${{{variable(name, 'URL')}}}", "table": looked.table}
        return {**door, **({"since": since} if since and _rises(door, since) else {})}
    door = {
        "kind": door.pop("kind"),
        "path": f"${{{variable(name, 'DIR')}:-{looked.origin.absolute().parent}}}",
        "pattern": pattern(looked.origin.name),
        **door,
    }
    if not door.get("rows", True):
        del door["rows"]
    return door


def _rises(door: dict[str, Any], since: dict[str, Any]) -> bool:
    """Whether reading can go on from that column: its texts sort like time."""
    try:
        SqlSettings.model_validate({**door, "since": since})
    except ValueError:
        return False
    return True


def pattern(name: str) -> str:
    """The files to come are called like the sample, with other figures: 台账_2026年第05周.xlsx → 台账_*年第*周.xlsx."""
    stem, dot, ending = name.rpartition(".")
    stem = re.sub(r"[\[\]?*]", "?", stem if dot else ending)
    found = re.sub(r"\d+([-_.]\d+)*", "*", stem)
    return (found if "*" in found else f"{found}*") + (f".{ending}" if dot else "")


def write(text: str, folder: Path, looked: Looked) -> FeedSpec:
    """Put feed.toml and a README.md into a folder and read the feed back; Fatal when a feed is there already."""
    path = folder / "feed.toml"
    if path.exists():
        raise Fatal(f"{path} is there already; choose another --name or --out, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    env = dict(os.environ)
    if looked.url:
        env.setdefault(variable(folder.name, "URL"), looked.url)
    spec = load_feed(path, env)
    if not (folder / "README.md").exists():
        (folder / "README.md").write_text(_readme(spec), encoding="utf-8")
    return spec


def _readme(spec: FeedSpec) -> str:
    return f"""# {spec.title.zh} · {spec.title.en}

- **System**: whose it is, who answers for it, whom to call.
- **Shape**: {spec.transport.kind}; what a row is.
- **Clock**: when it is sent or changed, how late corrections come.
- **Place**: datum {spec.datum}; where coordinates and codes come from.
- **Codes**: what the values of its tables mean, and where the list of them is kept.
"""
