"""Nothing of its own: dashboard/pages/meetings/callbacks.py answers for both pages."""

from __future__ import annotations

from typing import Any

from dashboard.guard import GuardedApp


def register(app: GuardedApp, services: Any) -> None:
    """Both pages are registered with the list."""
