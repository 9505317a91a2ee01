"""The web door: create_app(settings) builds it, `server` is what gunicorn serves (app:server)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask

from dashboard import api, guard, login, shell, web
from dashboard.i18n import t
from dashboard.pages import PAGES
from dashboard.theme import App

ASSETS = Path(__file__).parent / "assets"


def build_app(services: Any) -> App:
    """The app over ready services: pages, API, gate."""
    server = Flask("yizhan", static_folder=None)
    server.secret_key = services.settings.secret_key
    app = App(
        "yizhan", server=server, assets_folder=str(ASSETS), assets_ignore=r"^login\.js$|^wall[.-]|\.geojson$|^login\.css$",
        title=t("一站"), update_title="", suppress_callback_exceptions=True, enable_mcp=False, use_pages=False,
        add_log_handler=False, include_pages_meta=False,
    )  # fmt: skip
    app.layout = shell.layout
    login.register(server, services)
    web.register(server, services)
    guarded = guard.GuardedApp(app, services)
    shell.register(guarded, services, {p.key: import_module(f"dashboard.pages.{p.key}.page") for p in PAGES})
    for page in PAGES:
        if find_spec(f"dashboard.pages.{page.key}.callbacks"):  # counties and townships answer with the city's
            import_module(f"dashboard.pages.{page.key}.callbacks").register(guarded, services)
    api.register(server, services)
    web.headers(server, list(app.csp_hashes()))
    return app


def create_app(settings: Any = None) -> Flask:
    """A Flask server for the settings (None: yizhan.toml and YIZHAN_* variables)."""
    from services.settings import load_settings
    from services.wiring import build

    return build_app(build(settings or load_settings())).server


def __getattr__(name: str) -> Flask:
    """Build `server` when gunicorn asks for it, so that importing this module costs and opens nothing."""
    if name != "server":
        raise AttributeError(name)
    globals()["server"] = server = create_app()
    return server
