"""A copy of a store for a stage, in memory: there a stage takes a fifth of the time.

On disk an embedded store looks up each triple in each graph. What does not fit into memory
is left where it is, so that memory has a bound; a host elsewhere is asked where the data is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pyoxigraph as ox

from sco_graph.endpoint import Endpoint
from sco_graph.inside.engine import Engine
from sco_graph.progress import Tell
from sco_graph.rdf import named
from sco_graph.records import NamedTuple

IN_MEMORY = 2_000_000
"""How many triples are copied into memory: some 1.5 GB."""
_TYPE = named("rdf:type")


class _Part(NamedTuple):
    """The triples of a graph that have a predicate; of types, those of one class.

    What all of them share is not read from the disk, where each term has to be looked up.
    """

    graph: ox.NamedNode
    predicate: ox.NamedNode
    kind: ox.NamedNode | None = None

    @property
    def pattern(self) -> str:
        """Return what fits them, as SPARQL."""
        bound = "" if self.kind or self.predicate != _TYPE else " FILTER (!ISIRI(?o))"
        return f"GRAPH {self.graph} {{ ?s {self.predicate} {self.kind or '?o'}{bound} }}"

    def size(self, store: ox.Store) -> int:
        """Return how many there are."""
        [size] = _distinct(store, f"SELECT (COUNT(*) AS ?size) WHERE {{ {self.pattern} }}")
        return int(size.value)

    def quads(self, store: ox.Store) -> Iterator[ox.Quad]:
        """Yield them."""
        _, predicate, kind = self
        names = "?s" if kind else "?s ?o"
        for row in store.query(f"SELECT {names} WHERE {{ {self.pattern} }}"):  # type: ignore[union-attr]  # a SELECT
            yield ox.Quad(row[0], predicate, kind or row[1], self.graph)


def copy(
    engine: Engine, graphs: Sequence[str], tell: Tell, terms: Collection[object] | None = None
) -> Engine | None:
    """Return an engine in memory with some graphs, None where they stay where they are.

    With `terms`, it has only what says something by these properties, or of these classes.
    """
    made = Engine(ox.Store(), engine.beside)
    return made if extend(made, engine, graphs, tell, terms) else None


def extend(
    made: Engine,
    engine: Engine,
    graphs: Sequence[str],
    tell: Tell,
    terms: Collection[object] | None = None,
) -> bool:
    """Add graphs to a copy; False, and nothing is added, where they are elsewhere or too many."""
    if isinstance(engine.store, Endpoint) or isinstance(made.store, Endpoint):
        return False
    store = engine.store
    whole = 0
    parts = []
    for graph in map(ox.NamedNode, graphs):
        for part in _parts(store, graph) if terms is None else _some(graph, terms):
            if size := part.size(store):
                whole += size
                parts.append(part)
    if whole > IN_MEMORY:
        return False
    made.store.bulk_extend(_quads(store, parts, tell))
    return True


def _some(graph: ox.NamedNode, terms: Collection[object]) -> Iterator[_Part]:
    """Yield what of a graph speaks by properties, or of classes, of which it is not known which."""
    for term in terms:
        if isinstance(term, ox.NamedNode):
            yield _Part(graph, term)
            yield _Part(graph, _TYPE, term)


def _parts(store: ox.Store, graph: ox.NamedNode) -> Iterator[_Part]:
    """Yield the parts of a whole graph."""
    for predicate in _distinct(
        store, f"SELECT DISTINCT ?p WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    ):
        yield _Part(graph, predicate)
    types = f"GRAPH {graph} {{ ?s a ?o }} FILTER (ISIRI(?o))"
    for kind in _distinct(store, f"SELECT DISTINCT ?o WHERE {{ {types} }}"):
        yield _Part(graph, _TYPE, kind)


def _distinct(store: ox.Store, text: str) -> list[ox.NamedNode]:
    return [row[0] for row in store.query(text)]  # type: ignore[union-attr]  # a SELECT


def _quads(store: ox.Store, parts: Sequence[_Part], tell: Tell) -> Iterator[ox.Quad]:
    graph = None
    for part in parts:
        if part.graph != graph:
            graph = part.graph
            tell(f"copy: {graph.value}")
        yield from part.quads(store)
