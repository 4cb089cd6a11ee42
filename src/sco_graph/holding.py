"""Our graph and others as one store holds them: read there, and what a merge makes put beside them.

Ours is what `reason` read, without the graphs that are said to be foreign; those stay where they
are. What is made is written under names of its own, so that to undo it is to drop two graphs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple, TypeVar, cast
from urllib.parse import quote

import pyoxigraph as ox

from sco_graph import merging, store
from sco_graph.endpoint import Endpoint
from sco_graph.errors import InputError, StorageError, SyntaxFault, UsageError
from sco_graph.inside import derive, infer
from sco_graph.inside.engine import Engine, staging
from sco_graph.layout import LINKS, NOT_SOURCES, ONTOLOGY, SCHEMES, SHAPES, Layout
from sco_graph.loading import GENID, graph_named
from sco_graph.merging import ACCEPTED, MERGED, Merged
from sco_graph.namespaces import GRAPH, graph_name
from sco_graph.progress import Tell
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Fact, facts
from sco_graph.reading import stream
from sco_graph.sources import SourceFile, Sources, read_file
from sco_graph.sssom import Link

MOST = 300_000
"""How many triples of ours are held, with what a reasoner makes of them: a minute, 700 MB."""
_PRODUCTS = (derive.DERIVED, derive.CURRENT, infer.INFERRED)
_NAMED = 20
"""How many graphs are named where the one that is asked for is not there."""
_T = TypeVar("_T")


class Held(NamedTuple):
    """Our graph in a store: what was asserted, with the vocabulary, and the whole of it."""

    sources: Sources
    released: list[Fact]


class Made(NamedTuple):
    """A merge: what follows, of how many triples of ours, and the graphs that were written."""

    merged: Merged
    ours: int
    graphs: dict[str, int]


class _Foreign:
    """A foreign graph; each time that it is read, its blank nodes have the same names."""

    def __init__(self, graph: str, path: Path) -> None:
        self._graph, self._path = graph, path

    def __str__(self) -> str:
        return self._graph

    def __iter__(self) -> Iterator[ox.Quad]:
        try:
            for quad in stream(self._path, f"f{self._path.stem}-"):
                yield ox.Quad(_node(quad.subject), quad.predicate, _node(quad.object))
        except SyntaxFault as error:  # nobody knows the copy, its lines neither
            raise InputError(f"{self._graph}: {error.problem}") from None


def find(engine: Engine, name: str) -> str | None:
    """Return the IRI of a graph of a store that is named by name or IRI, None where none is."""
    try:
        graph = graph_named(name)
    except UsageError:
        return None
    return graph if graph in engine.graphs() else None


def named(engine: Engine, name: str) -> str:
    """Return the IRI of a graph of a store; InputError where there is none of that name."""
    if graph := find(engine, name):
        return graph
    there = engine.graphs()
    shown = [graph_name(other) for other in there if not other.endswith(staging(""))]
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    raise InputError(
        f'there is no graph "{name}": `sco-graph load FILE --graph NAME` makes one. '
        f"Graphs: {', '.join(shown[:_NAMED]) or 'none'}{more}"
    )


def others(engine: Engine, layout: Layout, names: Iterable[str]) -> list[str]:
    """Return the IRIs of foreign graphs of a store; UsageError where one is ours."""
    found = [named(engine, name) for name in names]
    taken = {GRAPH + name for name in NOT_SOURCES} | shipped(layout)
    for graph in found:
        if graph in taken or graph.endswith(staging("")):
            raise UsageError(f"{graph} is a graph of ours: a merge takes another's")
    return found


def shipped(layout: Layout) -> set[str]:
    """Return the graphs that are ours by their names."""
    return {GRAPH + name for name, _ in layout.files()}


def copies(engine: Engine, graphs: Iterable[str], folder: Path, tell: Tell) -> dict[str, _Foreign]:
    """Return foreign graphs by name, to be read as often as needed: copies, files of a folder.

    To read on a file takes a fifth of the time that a store on disk takes.
    """
    found = {}
    for number, graph in enumerate(graphs, 1):
        tell(f"copy: {graph}")
        path = folder / f"{number}.nt"
        counted = _copy(engine.store, graph, path)
        copy = found[graph_name(graph)] = _Foreign(graph, path)
        if counted and (came := sum(1 for _ in copy)) < counted:
            raise InputError(f"{engine.store} gave {came} of {counted} triples of {graph}")
    return found


def _copy(where: store.Graph, graph: str, path: Path) -> int:
    """Write a graph into a file; return how many triples an endpoint counts in it."""
    try:
        with path.open("wb") as raw:
            file = cast("IO[bytes]", raw)
            if isinstance(where, Endpoint):
                return where.copy(graph, file)
            where.dump(file, format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
    except OSError as error:
        raise StorageError(f"{graph} cannot be kept: {error.strerror or error}") from None
    return 0


def ours(engine: Engine, layout: Layout, foreign: Collection[str], tell: Tell) -> Held:
    """Return our graph in a store.

    Where `reason` took a foreign graph for ours, or was never run, what follows from ours is
    made anew. Raises InputError where there is nothing of ours, or more than can be held.
    """
    told = [graph_named(name) for name in store.sources(engine.store)]
    there = set(engine.graphs())
    own = [g for g in told or engine.sources() if g in there and g not in foreign]
    if not own:
        raise InputError("there is no graph of ours: `sco-graph load` and `reason` come first")
    beside = [GRAPH + name for name in (SCHEMES, LINKS) if GRAPH + name in there]
    anew = set(own) != set(told)
    wanted = [*own, *beside, *(() if anew else _PRODUCTS)]
    size = sum(map(engine.size, wanted))
    if size > MOST:
        raise InputError(
            f"{size:,} triples of ours: at most {MOST:,} can be held against another graph. "
            "Load what is foreign under an IRI of its own, or drop what is not needed"
        )
    tell("reading ours")
    held = {graph: list(facts(engine.quads(graph))) for graph in wanted}
    known = [pair for pair in layout.vocabulary() if pair[0] in (ONTOLOGY, SHAPES)]
    files = [read_file(Path(path), name) for name, path in known]
    files += [SourceFile(g, graph_name(g), "", held[g]) for g in (*own, *beside)]
    sources = Sources(tuple(files))
    if anew:
        held |= _products(held, list(sources.facts(ONTOLOGY)), tell)
    return Held(sources, [fact for found in held.values() for fact in found])


def _products(
    held: dict[str, list[Fact]], ontology: Sequence[Fact], tell: Tell
) -> dict[str, list[Fact]]:
    """Return what follows from graphs, as `reason` makes it."""
    engine = Engine(ox.Store(), [graph for graph in held if not graph.startswith(GRAPH)])
    for graph, said in held.items():
        engine.add(graph, said)
    infer.reason(engine, ontology, tell)
    return {graph: list(facts(engine.quads(graph))) for graph in _PRODUCTS}


def merge(
    engine: Engine,
    layout: Layout,
    names: Iterable[str],
    links: Sequence[Link],
    checks: Sequence[QueryFile],
    path: str,
    tell: Tell,
) -> Made:
    """Write what follows from ours and foreign graphs of a store together, and the links.

    `path` is the file of the links. Raises MergeError with what would break; then, and until all
    is there, the store is as it was.
    """
    graphs = others(engine, layout, names)
    abandon(engine)  # where nothing can be written, that is told first
    held = ours(engine, layout, graphs, tell)
    with TemporaryDirectory(prefix="sco-graph-") as temporary:
        folder = Path(temporary)
        foreign = copies(engine, graphs, folder, tell)
        merged = merging.merge(*held, links, foreign, checks, path, tell)
        tell("writing")
        told = {
            GRAPH + ACCEPTED: iter(merging.accepted(links)),
            GRAPH + MERGED: merging.follows(merged, foreign),
        }
        if isinstance(engine.store, Endpoint):
            _write_there(engine, told)
        else:
            _write_here(engine.store, told, folder)
    return Made(merged, len(held.released), {graph: engine.size(graph) for graph in told})


def _write_there(engine: Engine, told: Mapping[str, Iterator[Fact]]) -> None:
    """Replace graphs of an endpoint by what is told, when all of it is there."""
    for graph, found in told.items():
        engine.add(staging(graph), found)
    for graph in told:
        engine.replace(graph)


def _write_here(there: ox.Store, told: Mapping[str, Iterator[Fact]], folder: Path) -> None:
    """Replace graphs of a store on disk by what is told: it waits in files until all is there.

    What stays is not written again, and what goes is removed one by one: all of a graph at once
    would need memory for all of it. `Engine.change` counts what it is told, and here the same can
    be told twice.
    """
    for graph, found in told.items():
        with (folder / graph_name(graph)).open("wb") as file:
            out = cast("IO[bytes]", file)
            ox.serialize((f.triple() for f in found), out, format=ox.RdfFormat.N_TRIPLES)
    for graph in told:
        home = ox.NamedNode(graph)
        before = there.contains_named_graph(home)
        _load(there, folder / graph_name(graph), home)
        if before:
            new = ox.Store(str(folder / f"{graph_name(graph)}-store"))
            _load(new, folder / graph_name(graph), home)
            for quad in there.quads_for_pattern(None, None, None, home):
                if quad not in new:
                    there.remove(quad)
        there.flush()


def _load(where: ox.Store, path: Path, home: ox.NamedNode) -> None:
    with path.open("rb") as file:
        out = cast("IO[bytes]", file)
        where.bulk_load(out, format=ox.RdfFormat.N_TRIPLES, to_graph=home)


def abandon(engine: Engine) -> None:
    """Remove what a merge that was stopped left behind."""
    if isinstance(engine.store, Endpoint):
        for name in (ACCEPTED, MERGED):
            engine.drop(staging(GRAPH + name))


def _node(term: _T) -> _T | ox.BlankNode:
    """Return a term, or the blank node that a load over HTTP gave an IRI (RDF 1.1, 3.5)."""
    if isinstance(term, ox.NamedNode) and term.value.startswith(GENID):
        label = quote(term.value[len(GENID) :], safe="").replace("%", "-")
        return ox.BlankNode(f"g{label}")
    return term
