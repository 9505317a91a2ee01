"""What a browser sent with an act of the file, read with suspicion."""

from __future__ import annotations

from typing import Any

from dashboard.guard import BadInput
from dashboard.i18n import t

LONGEST, MOST_FIELDS = 4_000, 30


class Given:
    """The values of a button or a form: BadInput for anything of another shape."""

    def __init__(self, data: Any) -> None:
        if not isinstance(data, dict):
            raise BadInput(t("请求看不懂。"))
        self._data = data

    def text(self, name: str, most: int = 500) -> str:
        """A text, '' when it is not there."""
        value = self._data.get(name) or ""
        if not isinstance(value, str) or len(value) > most:
            raise BadInput(t("“{name}”太长或不是文字。", name=name))
        return value.strip()

    def number(self, name: str) -> int:
        """A whole number."""
        value = str(self._data.get(name, ""))
        if not (value.isascii() and value.isdigit() and len(value) < 16):
            raise BadInput(t("请求看不懂。"))
        return int(value)

    def fields(self) -> dict[str, str]:
        """What was typed, by field; empty ones are left out."""
        value = self._data.get("fields") or {}
        good = isinstance(value, dict) and len(value) <= MOST_FIELDS
        if not good or not all(isinstance(k, str) and isinstance(v, str) and len(v) <= LONGEST for k, v in value.items()):
            raise BadInput(t("填写的内容太长或看不懂。"))
        return {k: v.strip() for k, v in value.items() if v.strip()}
