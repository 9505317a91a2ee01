"""Values of quarantined rows on the screen: the door has masked them already, a long run of digits is cut once more."""

from __future__ import annotations

import re
from typing import Any

import orjson

from dashboard.components import fmt

_DIGITS = re.compile(r"\d{7,}")


def masked(value: Any, most: int = 80) -> str:
    """A cell as text; a dash for nothing."""
    if value in (None, ""):
        return fmt.NONE
    text = orjson.dumps(value, default=str).decode() if isinstance(value, dict | list) else str(value)
    cut = _DIGITS.sub(lambda m: f"{m.group()[:3]}****", text)
    return cut if len(cut) <= most else f"{cut[: most - 1]}…"
