"""The web server's process: gunicorn around the app, in the process that checked the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from services.settings import Settings


class WebProcess(BaseApplication):  # type: ignore[misc]
    """gunicorn with the settings of this deployment instead of its own files and arguments."""

    def __init__(self, settings: Settings, create: Callable[[Settings], Flask]) -> None:
        self._settings, self._create = settings, create
        super().__init__()

    def load_config(self) -> None:
        """Translate the settings."""
        for name, value in _options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the app, in the worker, so that no connection is shared with the parent."""
        return self._create(self._settings)


def _options(settings: Settings) -> dict[str, Any]:
    """One process with threads: caches and counters are then one, and SQLite has one pool of readers."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    options: dict[str, Any] = {
        "bind": [f"{host}:{settings.port}"], "worker_class": "gthread", "workers": 1, "threads": settings.threads,
        "timeout": 120, "graceful_timeout": 5, "keepalive": 15, "loglevel": settings.log_level.lower(),
        "control_socket_disable": True, "proc_name": "yizhan",
    }  # fmt: skip
    if Path("/dev/shm").is_dir():  # noqa: S108
        options["worker_tmp_dir"] = "/dev/shm"  # noqa: S108  the heartbeat stays off the disk
    return options


def run(settings: Settings, create: Callable[[Settings], Flask]) -> None:
    """Serve what `create` builds until SIGTERM or SIGINT; does not return."""
    WebProcess(settings, create).run()
