"""The addresses of the six agencies, as the feed files name them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from demo.sources import centre, fire, petitions, police

# Of the demo's own services on this machine only; they guard nothing.
COURTS_TOKEN = "demo-courts-token"  # noqa: S105
HEALTH_KEY = "demo-health-key"
LATE_VARIABLE = "YIZHAN_DEMO_LATE"


def feed_env(folder: Path, courts_port: int, health_port: int) -> dict[str, str]:
    """The variables that the built-in feed files substitute, for agencies whose storage is in `folder`."""
    root = folder.resolve()
    return {
        "YIZHAN_COURTS_URL": f"http://127.0.0.1:{courts_port}",
        "YIZHAN_COURTS_TOKEN": COURTS_TOKEN,
        "YIZHAN_PETITIONS_DIR": str(root / petitions.FOLDER),
        "YIZHAN_POLICE_URL": f"sqlite:///{root / police.FILE}",
        "YIZHAN_FIRE_DIR": str(root / fire.FOLDER),
        "YIZHAN_HEALTH_URL": f"http://127.0.0.1:{health_port}",
        "YIZHAN_HEALTH_KEY": HEALTH_KEY,
        "YIZHAN_CENTRE_URL": f"sqlite:///{root / centre.FILE}",
    }


def late_feeds(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Feeds that YIZHAN_DEMO_LATE names (separated by commas); their data stop 12 days before today. Only health can."""
    names = tuple(n.strip() for n in environ.get(LATE_VARIABLE, "").split(",") if n.strip())
    if any(n != "health" for n in names):
        raise ValueError(f"{LATE_VARIABLE}={environ[LATE_VARIABLE]}: only health can be late")
    return names
