"""The page around the app: language, mood, icons; nothing in it names the framework."""

from __future__ import annotations

from typing import Any

from dash import Dash
from flask import request

INDEX = """<!doctype html>
<html lang="{lang}" data-mood="desk">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icons/yizhan.svg">
{css}
</head>
<body>
{defs}
{app_entry}
{config}
{scripts}
{renderer}
</body>
</html>"""

# Patterns and icons used by reference from anywhere in the document. Listed areas: red 45° lines cased in white.
DEFS = """<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line x1="0" y1="-1" x2="0" y2="7" stroke="#fff" stroke-opacity=".8" stroke-width="6"/>
<line x1="0" y1="-1" x2="0" y2="7" stroke="var(--act)" stroke-width="2.4"/></pattern>
<pattern id="hatch2" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line x1="2" y1="-1" x2="2" y2="13" stroke="#fff" stroke-opacity=".85" stroke-width="3"/>
<line x1="2" y1="-1" x2="2" y2="13" stroke="var(--act)" stroke-width="1.4"/></pattern></defs></svg>"""


class App(Dash):
    """Dash with our own index page."""

    def interpolate_index(self, **parts: Any) -> str:
        """The index page, in the language of the URL."""
        lang = "en" if request.args.get("lang") == "en" else "zh-CN"
        wanted = {k: parts.get(k, "") for k in ("title", "css", "app_entry", "config", "scripts", "renderer")}
        return INDEX.format(lang=lang, defs=DEFS, **wanted)
