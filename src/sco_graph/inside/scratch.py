"""A copy, in memory, of the little of a store that rules with several premises read.

On disk an embedded store looks up each triple in each graph, as often as a rule asks. What does
not fit into memory is left where it is, so that memory has a bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pyoxigraph as ox

from sco_graph.progress import Tell
from sco_graph.rdf import named
from sco_graph.records import NamedTuple

IN_MEMORY = 2_000_000
"""How many triples are copied into memory: some 1.5 GB."""
TYPE = named("rdf:type")


class Part(NamedTuple):
    """The triples of a graph that have a predicate; of types, those of one class.

    What all of them share is not read from the disk, where each term has to be looked up.
    """

    graph: ox.NamedNode
    predicate: ox.NamedNode
    kind: ox.NamedNode | None = None

    @property
    def pattern(self) -> str:
        """Return what fits them, as SPARQL."""
        bound = "" if self.kind or self.predicate != TYPE else " FILTER (!ISIRI(?o))"
        return f"GRAPH {self.graph} {{ ?s {self.predicate} {self.kind or '?o'}{bound} }}"

    def size(self, store: ox.Store) -> int:
        """Return how many there are."""
        text = f"SELECT (COUNT(*) AS ?size) WHERE {{ {self.pattern} }}"
        return next(int(row[0].value) for row in store.query(text))  # type: ignore[union-attr]  # a SELECT

    def quads(self, store: ox.Store) -> Iterator[ox.Quad]:
        """Yield them."""
        _, predicate, kind = self
        names = "?s" if kind else "?s ?o"
        for row in store.query(f"SELECT {names} WHERE {{ {self.pattern} }}"):  # type: ignore[union-attr]  # a SELECT
            yield ox.Quad(row[0], predicate, kind or row[1], self.graph)


def parts(store: ox.Store, graphs: Sequence[str], terms: Collection[object]) -> list[Part] | None:
    """Return what graphs say by some properties, or of some classes; None where it is too much."""
    sized = [
        (part, size)
        for graph in map(ox.NamedNode, graphs)
        for part in _parts(graph, terms)
        if (size := part.size(store))
    ]
    return None if sum(size for _, size in sized) > IN_MEMORY else [part for part, _ in sized]


def copy(store: ox.Store, parts: Sequence[Part], tell: Tell) -> ox.Store:
    """Return a store in memory with parts of another."""
    made = ox.Store()
    made.bulk_extend(_quads(store, parts, tell))
    return made


def _parts(graph: ox.NamedNode, terms: Collection[object]) -> Iterator[Part]:
    """Yield what of a graph speaks by properties, or of classes, of which it is not known which."""
    for term in terms:
        if isinstance(term, ox.NamedNode):
            yield Part(graph, term)
            yield Part(graph, TYPE, term)


def _quads(store: ox.Store, parts: Sequence[Part], tell: Tell) -> Iterator[ox.Quad]:
    graph = None
    for part in parts:
        if part.graph != graph:
            graph = part.graph
            tell(f"copy: {graph.value}")
        yield from part.quads(store)
