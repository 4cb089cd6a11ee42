"""Where the pipeline is tested: stores on disk, and servers that the tests start and end."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import store
from sco_graph.endpoint import Address, Endpoint
from sco_graph.namespaces import GRAPH

ROOT = Path(__file__).parents[2]
# At the end of the path: a module there is called as a package is that other tests use.
sys.path.append(str(ROOT / "benchmarks"))

from servers import Server, empty_virtuoso, free_port, running, tool  # noqa: E402

MADE = ("derived", "current", "inferred")
_PATIENCE = 120
"""Seconds after which a stage hangs."""

Done = subprocess.CompletedProcess[str]


class Place(NamedTuple):
    """A graph somewhere: the options that name it, and who may write there."""

    options: tuple[str, ...]
    graph: Callable[[], store.Graph]
    credentials: Mapping[str, str] = {}

    def run(self, command: str, *arguments: str | Path, **more: str) -> Done:
        """Run a command on it."""
        return run(command, *arguments, *self.options, **self.credentials, **more)


def run(command: str, *arguments: str | Path, **environment: str) -> Done:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sco_graph", command, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
        env={**os.environ, **environment},
    )


def good(done: Done) -> str:
    """Return what a command printed that ended well."""
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(done: Done) -> str:
    """Return the one line that a command said which could not use what it was given."""
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    [line] = done.stderr.splitlines()
    return line


def on_disk(folder: Path) -> Place:
    """Return the store in a folder."""
    return Place(("--store", str(folder)), lambda: store.open_read_only(str(folder)))


@contextmanager
def oxigraph(folder: Path, mode: str = "serve") -> Iterator[Place]:
    """Yield oxigraph's own server over the store in a folder."""
    command, port = tool("oxigraph", "pip install '.[test]'"), free_port()
    place = ["--location", str(folder / "store"), "--bind", f"127.0.0.1:{port}"]
    with running([command, mode, *place], folder, Server(port, "/query")) as server:
        yield _at(server, "/update", "/store")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Place]:
    """Yield Virtuoso with a new database; the name and password are those of every new one."""
    with empty_virtuoso(folder, free_port(), folder) as server:
        known = {"SCO_GRAPH_USER": "dba", "SCO_GRAPH_PASSWORD": "dba"}
        yield _at(server, "/sparql-auth", "/sparql-graph-crud-auth")._replace(credentials=known)


def _at(server: Server, update: str, graph_store: str) -> Place:
    address = Address(*(server.origin + path for path in (server.path, update, graph_store)))
    names = ("--endpoint", "--update", "--graph-store")
    options = [text for pair in zip(names, address, strict=True) for text in pair]
    return Place(tuple(options), lambda: Endpoint(address))


def held(graph: store.Graph, name: str) -> set[tuple[str, str, str]]:
    """Return the triples of a graph as texts."""
    quads = graph.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH + name))
    return {(str(q.subject), str(q.predicate), written(q.object)) for q in quads}


def written(term: object) -> str:
    """Return a term as text, its language tag in lower case: so Virtuoso keeps them."""
    if isinstance(term, ox.Literal) and term.language:
        return f'"{term.value}"@{term.language.lower()}'
    return str(term)


def made(place: Place) -> dict[str, set[tuple[str, str, str]]]:
    """Return the graphs that `reason` writes."""
    graph = place.graph()
    return {name: held(graph, name) for name in MADE}


def graphs(place: Place) -> dict[str, int]:
    """Return how many triples each graph holds."""
    text = "SELECT ?graph (COUNT(*) AS ?size) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
    there = place.graph()
    found = {row["graph"].value: int(row["size"].value) for row in store.rows(there, text)}
    return {name.removeprefix(GRAPH): found[name] for name in found if name.startswith(GRAPH)}


def stopped(
    signal: int, words: str, place: Place, *command: str | Path, alone: bool = False, **more: str
) -> int:
    """Run a command on a terminal, stop it when it tells certain words; return its exit code.

    All of its processes get the signal, as on Ctrl-C, or the first one `alone`. When this
    returns, all have ended.
    """
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "sco_graph", *command, *place.options],
        stdout=subprocess.DEVNULL,
        stderr=end,
        env={**os.environ, **place.credentials, **more},
        start_new_session=True,
    )
    os.close(end)
    try:
        told = _until(terminal, words)
        assert words in told, told
        (os.kill if alone else os.killpg)(process.pid, signal)
        while more_told := _read(terminal):
            told += more_told
        assert "Traceback" not in told
        return process.wait(_PATIENCE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, SIGKILL)
        process.wait()
        os.close(terminal)


def _until(terminal: int, words: str) -> str:
    told = ""
    while words not in told and (more := _read(terminal)):
        told += more
    return told


def _read(terminal: int) -> str:
    """Return what comes next on a terminal; "" at its end, which is an error on Linux."""
    if not select.select([terminal], [], [], _PATIENCE)[0]:
        return ""
    try:
        return os.read(terminal, 1 << 16).decode("utf-8", "replace")
    except OSError:
        return ""
