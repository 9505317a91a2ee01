"""The article's figures (DOMAIN.md §2), read off the page of the demo city at its full size, as a leader reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from rich.console import Console

from app import build_app
from connectors.registry import load_feeds
from demo import bringing
from demo.progress import Show
from services.auth import DEMO_PASSWORD
from services.wiring import build
from tests.city import agencies, settings_for
from tests.dashboard.browser import browsing, serving, sit

WINDOW = "from=2026-01-01&to=2026-09-30"


@pytest.fixture(scope="module")
def full_city(full_sources: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the whole city: 224,000 records pulled through the real connectors into SQLite and linked (two minutes)."""
    sources, folder = full_sources[0], tmp_path_factory.mktemp("article")
    settings = settings_for(f"sqlite:///{folder / 'city.sqlite3'}", folder / "data")
    with agencies(sources) as env:
        services = build(settings, load_feeds(env=env))
        services.prepare()
        for spec in services.specs.values():
            result = services.ingest.run(spec)
            assert not result.error and result.counts.adds_up, spec.feed
    bringing.link(services, Show(Console(quiet=True)))
    bringing.furnish(services, sources)
    services.close()
    services = build(settings, load_feeds(env=env))
    with serving(build_app(services).server) as address:
        yield address
    services.close()


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.xdist_group("full")
@pytest.mark.browser
def test_the_articles_figures_stand_on_the_page(full_city: str) -> None:
    with browsing() as browser:
        seat = sit(browser, full_city, "city", DEMO_PASSWORD)
        page = seat.page
        seat.go(f"/?{WINDOW}", 'path.area[data-code="360902"][data-value]')
        expect(page.locator(".fig-accepted .d")).to_contain_text("矛调中心受理 9,799")
        expect(page.locator(".fig-satisfaction strong")).to_have_text("80.0")
        expect(page.locator(".fig-civil_filings .cmp")).to_contain_text("−13.58%")
        expect(page.locator(".fig-civil_filings .d")).to_contain_text("丰城市 −34.51%")
        expect(page.locator(".rank tbody tr", has_text="袁州区")).to_contain_text("−17.78")
        rates = [float(v) for v in page.eval_on_selector_all(
            ".rank tbody [data-figure$='resolved_rate']", "all => all.filter(e => e.closest('tr').querySelector('a[href*=county]')).map(e => e.dataset.value)")]  # fmt: skip
        assert len(rates) == 10 and min(rates) >= 0.96
        page.click(".fig-accepted .d a:has-text('9,799')")
        expect(page.locator(".sl-total")).to_have_text(re.compile(r"^9,799\s*件$"))
        assert seat.complaints == [] and seat.strangers == []
