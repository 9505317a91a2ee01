"""A city's own Word template, filled in: docxtpl, with every text escaped."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateError
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
    except (OSError, KeyError, ValueError, TemplateError, PackageNotFoundError) as error:
        raise BadTemplate(f"the template {template.name} cannot be used: {error}") from error
    return out.getvalue()
