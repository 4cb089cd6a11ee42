from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import sco_graph

PACKAGE = Path(sco_graph.__file__).parent
LAYERS = [
    "cli __main__ __init__",
    "api",
    "build cache export evidence queries explain describe answers terms",
    "store validation reasoning current days sources release queryfile",
    "turtle",
    "reading",
    "bridge folders layout rdf",
    "formats namespaces errors records",
]
"""The modules, what is asked first on top: an import goes down or stays in its layer."""

LEVEL = {name: number for number, names in enumerate(LAYERS) for name in names.split()}
LONGEST = 400

Imports = Mapping[str, set[str]]


def files() -> dict[str, Path]:
    """Return the files of the package by module: those of `cli` are one."""
    return {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


def module(name: str) -> str:
    """Return the module that a file such as `store.py` or `cli/ask.py` belongs to."""
    return name.split("/")[0].removesuffix(".py")


def imported(tree: ast.AST, modules: set[str]) -> Iterator[str]:
    """Yield the modules of the package that a file imports, at its top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "sco_graph" and rest.split(".")[0] in modules:
                yield rest.split(".")[0]


def imports() -> dict[str, set[str]]:
    """Return which module of the package imports which others."""
    found: dict[str, set[str]] = {module(name): set() for name in files()}
    for name, path in files().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found[module(name)] |= set(imported(tree, set(found))) - {module(name)}
    return found


def upward(found: Imports) -> list[str]:
    """Return the imports that go up."""
    return sorted(
        f"{name} imports {other}"
        for name, others in found.items()
        for other in others
        if LEVEL[other] < LEVEL[name]
    )


def cyclic(found: Imports) -> set[str]:
    """Return the modules that import themselves by way of others."""
    reached = {name: set(others) for name, others in found.items()}
    for _ in found:
        for others in reached.values():
            others |= {further for other in others for further in reached[other]}
    return {name for name, others in reached.items() if name in others}


def speaking(tree: ast.AST) -> bool:
    """Whether a file prints, or reads the arguments of a command."""
    return any(
        (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print")
        or (isinstance(node, ast.Import) and "argparse" in [alias.name for alias in node.names])
        or (isinstance(node, ast.ImportFrom) and node.module == "argparse")
        or (isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "argv"))
        for node in ast.walk(tree)
    )


def test_every_module_has_its_layer() -> None:
    """A new module is put into a layer before anything may import it."""
    assert not set(imports()) - set(LEVEL)


def test_imports_go_down() -> None:
    """The command line stands on operations, those on the graph, that on reading and names."""
    assert not upward(imports())


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Within a layer modules may import each other, and not in a circle."""
    assert not cyclic(imports())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import sco_graph.store", {"store"}),
        ("from sco_graph import store, turtle as t, __version__", {"store", "turtle"}),
        ("from sco_graph.cli.options import data", {"cli"}),
        ("def f():\n    from sco_graph.build import build", {"build"}),
        ("if TYPE_CHECKING:\n    from sco_graph.api import Graph", {"api"}),
        ("import json\nfrom pathlib import Path", set()),
    ],
)
def test_an_import_is_seen_wherever_it_stands(source: str, expected: set[str]) -> None:
    """Imports inside functions, and for types alone, count as well."""
    assert expected == set(imported(ast.parse(source), set(LEVEL)))


def test_an_import_that_goes_up_is_told() -> None:
    """The check of layers knows which way is down."""
    expected = ["reading imports cli"]
    actual = upward({"reading": {"cli", "errors"}, "cli": {"reading"}, "queries": {"terms"}})

    assert expected == actual


def test_a_circle_is_told() -> None:
    """The check of circles sees those over several modules, and no others."""
    expected = {"a", "b", "c"}
    actual = cyclic({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()})

    assert expected == actual


def test_only_the_command_line_speaks() -> None:
    """Operations know no screen: they return, or raise, or call what they are given."""
    assert not [
        name
        for name, path in files().items()
        if module(name) not in ("cli", "__main__")
        and speaking(ast.parse(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(
    "source",
    [
        "print('x')",
        "import argparse",
        "from argparse import ArgumentParser",
        "import sys\nsys.stderr.write('x')",
    ],
)
def test_a_module_that_speaks_is_told(source: str) -> None:
    """The check of speech hears each way to speak."""
    assert speaking(ast.parse(source))


def test_no_file_is_long() -> None:
    """One noun a module: what is longer falls apart into two."""
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in files().items()
    }

    assert len(lengths) > 20
    assert not {name: length for name, length in lengths.items() if length > LONGEST}
