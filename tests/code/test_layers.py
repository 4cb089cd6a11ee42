"""The layers that the README draws: imports go down, never up, and modules stay small."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "sco_graph"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py")
TABLE = re.findall(r"^\| (?:\w+) \| (`.*) \|$", (ROOT / "README.md").read_text("utf-8"), re.M)
LAYERS = [re.findall(r"`(\w+)/?`", row) for row in TABLE]
LEVEL = {module: level for level, row in enumerate(LAYERS) for module in row}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def code_of(path: Path) -> str:
    """Return what a file does, without its docstrings and comments."""
    return "\n".join(
        ast.unparse(node)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )


def imports(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "sco_graph":
            found |= {alias.name for alias in node.names if not alias.name.startswith("__")}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sco_graph."):
            found.add((node.module or "").split(".")[1])
    return found


def test_the_readme_draws_every_module() -> None:
    """Each module stands in one layer of the README's table, and no other name does."""
    drawn = [module for row in LAYERS for module in row]

    assert len(LAYERS) > 3
    assert sorted({name_of(path) for path in MODULES} - {"__init__"}) == sorted(drawn)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    """A module imports from its own layer or from those below it."""
    if name_of(path) == "__init__":
        assert {"api", "errors"} == imports(path)
        return
    above = {m for m in imports(path) if LEVEL[m] < LEVEL[name_of(path)]}

    assert set() == above


def test_no_two_modules_import_each_other() -> None:
    """Within a layer too there is an order, of packages as of modules."""
    graph: dict[str, set[str]] = defaultdict(set)
    for path in MODULES:
        graph[name_of(path)] |= imports(path)
    done: set[str] = set()
    while ready := {m for m, needs in graph.items() if m not in done and needs <= done | {m}}:
        done |= ready

    assert set() == set(graph) - done - {"__init__"}


def test_only_the_command_line_talks_to_people() -> None:
    """Operations neither print nor read arguments."""
    talking = [
        path.name
        for path in MODULES
        if path.parent == PACKAGE
        and re.search(r"^[^#]*\bprint\(|^import argparse|sys\.std", code_of(path), re.MULTILINE)
    ]

    assert [] == talking


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_is_long(path: Path) -> None:
    """A module past 400 lines wants to be two."""
    assert path.read_text(encoding="utf-8").count("\n") <= 400
