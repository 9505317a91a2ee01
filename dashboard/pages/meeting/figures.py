"""The meeting in front of the room."""

from __future__ import annotations

from dashboard.pages.meeting.present import page, pages

__all__ = ["page", "pages"]
