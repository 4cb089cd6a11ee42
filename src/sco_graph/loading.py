"""Files into a store on disk or an endpoint: each whole or not at all, and never twice.

A file is read twice: once to find what is wrong with it, before anything is written, and
once to load it; one of a statement a line is loaded by the engine itself. What was loaded is
noted in the graph `loads` under the hash of its bytes, so that a load that was stopped goes on
with the next file when it is run again. Blank nodes are named after the file: to load it again
adds nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import lines, store
from sco_graph.endpoint import Endpoint
from sco_graph.errors import InputError, StorageError, UsageError
from sco_graph.inside.engine import Engine
from sco_graph.layout import source_name
from sco_graph.namespaces import BASE, GRAPH
from sco_graph.progress import Pace, Tell
from sco_graph.rdf import Fact, at_home, facts, literal, named
from sco_graph.reading import stream
from sco_graph.wire import Refused

LOADS = GRAPH + "loads"
"""The graph that says which files were loaded."""
GENID = BASE + ".well-known/genid/"
"""What the IRIs begin with that blank nodes get where they are sent over HTTP."""
_BATCH = 10_000
"""How many triples go into a request."""
_AT_ONCE = 250_000
"""How many quads a store on disk is given at once: some 300 MB."""
_BESIDE = 2
"""How many parts of a file the engine loads beside each other."""


class Loaded(NamedTuple):
    """A file that is in: its quads by graph, and whether it was in already."""

    path: Path
    graphs: Mapping[str, int]
    before: bool


class _File(NamedTuple):
    """A file that was read through: its hash, the graph of triples without one, quads by graph.

    `parts` says how many quads each part has that the engine can load by itself.
    """

    path: Path
    hash: str
    home: str
    graphs: Counter[str]
    parts: Sequence[int] | None

    @property
    def node(self) -> str:
        return f"urn:sha256:{self.hash}"


def load(
    files: Sequence[Path], where: store.Graph, graph: str | None, tell: Tell
) -> Iterator[Loaded]:
    """Load files one after another, the triples of those without graphs into one of their own.

    `graph` is the name of that graph, or its IRI; without, it is called after the file.
    Raises SyntaxFault or InputError before anything of a file is written.
    """
    for path in files:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file")
        digest = _hash(path)
        if (noted := _noted(where, f"urn:sha256:{digest}")) is not None:
            yield Loaded(path, {"": noted}, before=True)
            continue
        found = _looked_through(path, digest, _home(path, graph), tell)
        if isinstance(where, Endpoint):
            _send(found, where, tell)
        else:
            _write(found, where, tell)
        _note(found, where)
        yield Loaded(path, found.graphs, before=False)


def vocabulary(where: store.Graph, files: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Put the graphs that the pipeline reads beside data, where they are not there yet.

    `files` are pairs of a graph's name and a Turtle file; returns what was added to which.
    """
    engine = Engine(where)
    there = set(engine.graphs())
    found: dict[str, list[Fact]] = defaultdict(list)
    for name, path in files:
        if GRAPH + name not in there:
            quads = map(_skolem, stream(Path(path), f"{name}-{Path(path).stem}-"))
            found[GRAPH + name] += facts(quads)
    # A graph at once: half of one would be taken for one that is there.
    for graph, said in found.items():
        engine.add(graph, said)
    return {graph: len(said) for graph, said in found.items()}


def graph_named(name: str) -> str:
    """Return the IRI of a graph that a user names by name or IRI."""
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        return GRAPH + name
    try:
        return ox.NamedNode(name).value
    except ValueError:
        raise UsageError(
            f'"{name}" names no graph: take letters, digits and hyphens, or an IRI'
        ) from None


def _home(path: Path, graph: str | None) -> str:
    return graph_named(graph) if graph else GRAPH + source_name(path.name.split(".")[0], str(path))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looked_through(path: Path, digest: str, home: str, tell: Tell) -> _File:
    parts = lines.looked_through(path, digest[:8], tell)
    graphs: Counter[str] = Counter()
    for counts in [_counted(path, digest, tell)] if parts is None else parts:
        for graph, count in counts.items():
            graphs[home if isinstance(graph, ox.DefaultGraph) else graph.value] += count
    sizes = None if parts is None else [part.total() for part in parts]
    return _File(path, digest, home, graphs, sizes)


def _counted(path: Path, digest: str, tell: Tell) -> lines.Graphs:
    counts: lines.Graphs = Counter()
    for number, quad in enumerate(stream(path, digest[:8])):
        counts[quad.graph_name] += 1
        if number % 1_000_000 == 999_999:
            tell(f"{path.name}: {number + 1:,} quads are well-formed so far")
    return counts


def _write(found: _File, where: ox.Store, tell: Tell) -> None:
    """Load a file into a store on disk, and put the store in order."""
    pace = Pace(found.path.name, found.graphs.total(), tell)
    try:
        if found.parts:
            _in_parts(found, found.parts, where, pace)
        else:
            quads = _quads(found)
            while batch := list(islice(quads, _AT_ONCE)):
                where.bulk_extend(batch)
                pace.add(len(batch))
        tell(f"{found.path.name}: the store is put in order")
        where.optimize()  # what comes after reads it in two thirds of the time
        where.flush()
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(f"{found.path}: it cannot be loaded: {reason}") from None


def _in_parts(found: _File, sizes: Sequence[int], where: ox.Store, pace: Pace) -> None:
    home = ox.NamedNode(found.home)
    loads: dict[Future[None], int] = {}
    with ThreadPoolExecutor(_BESIDE) as pool:
        for part, size in zip(lines.parts(found.path), sizes, strict=False):
            if len(loads) == _BESIDE:
                _ended(loads, pace)
            loads[pool.submit(lines.put, part, where, found.path, found.hash[:8], home)] = size
        while loads:
            _ended(loads, pace)


def _ended(loads: dict[Future[None], int], pace: Pace) -> None:
    """Wait until a part is in, and tell it."""
    for load in wait(loads, return_when=FIRST_COMPLETED).done:
        load.result()
        if size := loads.pop(load):  # it may hold comments alone
            pace.add(size)


def _quads(found: _File) -> Iterator[ox.Quad]:
    quads = stream(found.path, found.hash[:8])
    if found.home not in found.graphs:  # each has a graph
        return quads
    return at_home(quads, ox.NamedNode(found.home))


def _send(found: _File, where: Endpoint, tell: Tell) -> None:
    """Send a file graph by graph, in batches; blank nodes get IRIs, which they keep."""
    pace = Pace(found.path.name, found.graphs.total(), tell)
    quads = map(_skolem, _quads(found))
    while batch := list(islice(quads, _BATCH)):
        by_graph: dict[str, list[ox.Triple]] = defaultdict(list)
        for quad in batch:
            by_graph[quad.graph_name.value].append(quad.triple)  # type: ignore[union-attr]  # no default graph is left
        for graph, triples in by_graph.items():
            where.add(graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
        pace.add(len(batch))


def _skolem(quad: ox.Quad) -> ox.Quad:
    """Return a quad whose blank nodes are IRIs (RDF 1.1, 3.5): they stay one over requests."""
    if ox.BlankNode not in (type(quad.subject), type(quad.object)):
        return quad
    subject, value = (
        ox.NamedNode(GENID + term.value) if isinstance(term, ox.BlankNode) else term
        for term in (quad.subject, quad.object)
    )
    return ox.Quad(subject, quad.predicate, value, quad.graph_name)  # type: ignore[arg-type]  # kinds stay


def _noted(where: store.Graph, node: str) -> int | None:
    """Return how many quads a file has that was loaded before, None where it was not."""
    noted = store.match(where, ox.NamedNode(node), named("void:triples"), graph="loads")
    return next((int(fact.object.value) for fact in noted), None)


def _note(found: _File, where: store.Graph) -> None:
    about = ox.NamedNode(found.node)
    said = (
        ("rdf:type", named("void:Dataset")),
        ("rdfs:label", ox.Literal(found.path.name)),
        ("void:triples", literal(str(found.graphs.total()), "integer")),
    )
    try:
        Engine(where).add(LOADS, [Fact(about, named(name), value) for name, value in said])
    except Refused as error:
        raise InputError(f"{found.path}: it is in, and cannot be noted: {error}") from None
