"""What tests share: the shipped graph and its sources, in memory, and the folder ../shared."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import settings

from sco_graph import open_graph, rdf, reading, store
from sco_graph.cli import main
from sco_graph.layout import Layout
from sco_graph.namespaces import PREFIXES, compact
from sco_graph.sources import Sources

ROOT = Path(__file__).resolve().parents[1]

# The same examples in every run and on every machine, however slow.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="module")
def quiet() -> Iterator[None]:
    """Keep the libraries from telling of what they do, each ill-typed literal among it."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(level)


@pytest.fixture(scope="session")
def graph() -> ox.Store:
    """Return the shipped release in memory, with ontology and shapes."""
    return open_graph().store


@pytest.fixture(scope="session")
def sources() -> Sources:
    """Return the shipped files, read."""
    return Sources.read(Layout.shipped())


@pytest.fixture(scope="session")
def rows(graph: ox.Store) -> Callable[[str], list[tuple[str, ...]]]:
    """Return a function that asks the shipped graph and gives sorted rows of CURIEs and texts."""

    def ask(query: str) -> list[tuple[str, ...]]:
        return sorted(
            tuple(
                compact(term.value) if isinstance(term, ox.NamedNode) else term.value
                for term in row.values()
            )
            for row in store.rows(graph, query)
        )

    return ask


@pytest.fixture(scope="session")
def facts() -> Callable[[str], list[rdf.Fact]]:
    """Return a function that reads Turtle in which all prefixes of the project are declared."""
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

    def read(text: str) -> list[rdf.Fact]:
        return list(rdf.facts(reading.parse((head + text).encode(), "test.ttl").quads))

    return read


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return a function that finds a file of ../shared, or skips the test and says why."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / name
        if not path.exists():
            pytest.skip(f"../shared/{name} is not here, so nothing was held against it")
        return path

    return find


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command and gives exit code, stdout and stderr."""

    def ask(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as error:  # argparse ends this way on wrong usage and on --help
            code = int(error.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ask


Run = Callable[..., tuple[int, str, str]]
