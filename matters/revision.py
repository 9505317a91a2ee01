"""Which of two versions of one record holds. A total order that does not depend on which arrived first (promise 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

_NO_TIME, _NO_DAY = datetime.min, date.min


def revision(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sort key: the agency's own time of change first, then how far the paper has got, then the content's digest."""
    return (
        row.get("revised_at") or _NO_TIME,
        bool(row.get("withdrawn")),
        row.get("closed_on") or _NO_DAY,
        row.get("handled_on") or _NO_DAY,
        row.get("accepted_on") or _NO_DAY,
        row["digest"],
    )
