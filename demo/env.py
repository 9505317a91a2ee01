"""The addresses of the agencies, as the feed files name them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from demo.doors import FOLDERS, TABLES

# Of the demo's own services on this machine only; they guard nothing.
COURTS_TOKEN = "demo-courts-token"  # noqa: S105
HEALTH_KEY = "demo-health-key"
HOTLINE_CODE = "demo-hotline-code"
MARKET_USER, MARKET_PASSWORD = "demo-market", "demo-market-password"
ONLINE_KEY = "demo-online-key"
CYBERSPACE_TOKEN = "demo-cyberspace-token"  # noqa: S105
HTTP = ("courts", "health", "hotline", "market", "online", "cyberspace")  # who speaks HTTP, in the order of their ports
LATE_VARIABLE = "YIZHAN_DEMO_LATE"
MAY_BE_LATE = ("health", "hotline", "education", "cyberspace")  # those with whom a dispute at most begins


def feed_env(folder: Path, ports: Mapping[str, int]) -> dict[str, str]:
    """The variables that the built-in feed files substitute, for agencies whose storage is in `folder`.

    ports: the port of each of HTTP.
    """
    root = folder.resolve()
    found = {f"YIZHAN_{feed.upper()}_URL": f"http://127.0.0.1:{ports[feed]}" for feed in HTTP}
    found |= {f"YIZHAN_{feed.upper()}_URL": f"sqlite:///{root / module.FILE}" for feed, module in TABLES.items() if feed not in HTTP}
    found |= {f"YIZHAN_{feed.upper()}_DIR": str(root / module.FOLDER) for feed, module in FOLDERS.items()}
    return found | {
        "YIZHAN_COURTS_TOKEN": COURTS_TOKEN, "YIZHAN_HEALTH_KEY": HEALTH_KEY, "YIZHAN_HOTLINE_CODE": HOTLINE_CODE,
        "YIZHAN_MARKET_USER": MARKET_USER, "YIZHAN_MARKET_PASSWORD": MARKET_PASSWORD, "YIZHAN_ONLINE_KEY": ONLINE_KEY,
        "YIZHAN_CYBERSPACE_TOKEN": CYBERSPACE_TOKEN,
    }  # fmt: skip


def late_feeds(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Feeds that YIZHAN_DEMO_LATE names (separated by commas), of MAY_BE_LATE; their data stop 12 days before today."""
    names = tuple(n.strip() for n in environ.get(LATE_VARIABLE, "").split(",") if n.strip())
    if any(n not in MAY_BE_LATE for n in names):
        raise ValueError(f"{LATE_VARIABLE}={environ[LATE_VARIABLE]}: only {', '.join(MAY_BE_LATE)} can be late")
    return names
