"""One meeting: the same desk with this one chosen; with ?present=1 in front of the room."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.pages.meetings import page as meetings
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document; KeyError, which the frame shows as 404, when the reader's area has no such meeting."""
    meetings.title(services, scope, params)
    number = params.get("id", "")
    found = next((m for m in services.meetings.everything(scope) if str(m.id) == number), None)
    if found is None:
        raise KeyError(number)
    return str(found.title)


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the meetings."""
    return meetings.layout(params)
