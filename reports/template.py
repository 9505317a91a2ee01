"""A city's own Word template, filled in: docxtpl, with every text escaped."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment


class BadTemplate(RuntimeError):
    """The template cannot be used; the message says why."""


def fill(template: Path, values: dict[str, Any]) -> bytes:
    """The template with the values in their places. BadTemplate for one that is not there, is no docx, or names what there is not."""
    try:
        made = DocxTemplate(str(template))
        made.render(values, SandboxedEnvironment(undefined=StrictUndefined, autoescape=True), autoescape=True)
        out = io.BytesIO()
        made.save(out)
    except Exception as error:  # a file and expressions that others wrote: they can raise anything, and one of them must not cost the other papers
        raise BadTemplate(f"the template {template.name} cannot be used: {error}") from error
    return out.getvalue()
