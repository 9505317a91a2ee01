"""Documents lag when nobody looks: every command, page and link is checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

import cli
from dashboard.pages import PAGES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def commands(app: typer.Typer, before: str = "yizhan") -> set[str]:
    own = {f"{before} {c.name or c.callback.__name__}" for c in app.registered_commands if c.callback}
    return own.union(*(commands(g.typer_instance, f"{before} {g.name}") for g in app.registered_groups if g.typer_instance))


def test_every_command_has_its_chapter_and_no_other_has() -> None:
    chapters = set(re.findall(r"^## (yizhan .+)$", (ROOT / "docs/commands.md").read_text(), re.M))
    assert chapters == commands(cli.app)


def test_every_option_is_in_its_commands_chapter() -> None:
    text = (ROOT / "docs/commands.md").read_text()
    found = typer.main.get_command(cli.app)
    missing = []
    for chapter in re.split(r"^## ", text, flags=re.M)[1:]:
        name, body = chapter.split("\n", 1)
        command = found
        for word in name.split()[1:]:
            command = command.commands[word]  # type: ignore[attr-defined]
        options = {o for p in command.params for o in p.opts if o.startswith("--") and o != "--help"}
        missing += [f"{name} {o}" for o in options if o not in body]
    assert missing == []


def test_every_page_is_in_adding_a_page() -> None:
    text = (ROOT / "docs/adding-a-page.md").read_text()
    assert [p.path for p in PAGES if f"`{p.key}` (`{p.path}`)" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    assert [t for t in targets if not (document.parent / t).exists()] == []


def test_both_readmes_speak_of_the_same_things() -> None:
    chinese, english = ((ROOT / name).read_text() for name in ("README.md", "README.en.md"))
    for text in (chinese, english):
        assert "make demo" in text
        assert "make test" in text
    assert re.findall(r"\]\((docs/[^)]+)\)", chinese) == re.findall(r"\]\((docs/[^)]+)\)", english)
    assert chinese.count("\n## ") == english.count("\n## ")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_make_targets_in_documents_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:^|`|\n)make ([a-z-]+)", document.read_text()))
    assert named <= targets
