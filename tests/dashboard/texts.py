"""Reads the texts of the screen out of the code: what is passed to t() and N_(), and Chinese that is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "dashboard").rglob("*.py")), ROOT / "app.py"]
CHINESE = re.compile("[\u4e00-\u9fff]")
MARKERS = ("t", "N_")


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _docstrings(tree: ast.AST) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def marked(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every literal passed to t() or N_() as its first argument."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        marked = isinstance(node, ast.Call) and _name(node) in MARKERS and node.args and isinstance(node.args[0], ast.Constant)
        if marked and isinstance(node.args[0].value, str):
            yield node.lineno, node.args[0].value


def unmarked(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every Chinese literal that no t() or N_() takes: it would stay Chinese on an English screen.

    A line that ends with `# i18n: data` holds Chinese that is data (a pattern, a name), not a text of the screen.
    """
    source = path.read_text("utf-8")
    data = {n for n, line in enumerate(source.splitlines(), 1) if "# i18n: data" in line}
    tree = ast.parse(source)
    taken = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in MARKERS and node.args:
            taken.add(id(node.args[0]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value) and id(node) not in taken and node.lineno not in data:
            yield node.lineno, node.value
