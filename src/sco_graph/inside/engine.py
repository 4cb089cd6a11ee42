"""What runs the SPARQL of a stage: the embedded store or an endpoint, and the graphs in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import pyoxigraph as ox

from sco_graph import store
from sco_graph.endpoint import Endpoint
from sco_graph.errors import InputError
from sco_graph.layout import DATASET, LINKS, MADE, ONTOLOGY, SCHEMES, SHAPES
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import Fact, Term, facts
from sco_graph.sparql import from_clauses
from sco_graph.store import Functions

_BATCH = 100_000
"""How many quads are moved at once."""
_REQUEST = 10_000
"""How many triples go into a request."""
_STAGING = "-staging"


class Engine:
    """A store of either kind, as the stages need it.

    Its own graph names are those under `…/graph/`; `beside` names others that are data too.
    """

    def __init__(self, graph: store.Graph, beside: Sequence[str] = ()) -> None:
        self.store, self.beside = graph, tuple(beside)

    def ask(self, text: str) -> Iterator[Mapping[str, Term]]:
        """Yield the rows of a SELECT that names its graphs."""
        if isinstance(self.store, Endpoint):
            return store.terms_of(self.store.query(text, union=False))
        return store.rows(self.store, text)

    def ask_all(
        self, text: str, functions: Functions | None = None
    ) -> Iterator[Mapping[str, Term]]:
        """Yield the rows of a SELECT whose default graph is the union of all."""
        return store.rows(self.store, text, functions=functions)

    def update(self, text: str) -> None:
        """Run an update."""
        self.store.update(text)

    def graphs(self) -> list[str]:
        """Return the names of the graphs that there are, in order."""
        return sorted(g.value for g in self.store.named_graphs() if isinstance(g, ox.NamedNode))

    def sources(self) -> list[str]:
        """Return the graphs that say something: no vocabulary, and nothing that is made."""
        others = {GRAPH + name for name in (*MADE, ONTOLOGY, SHAPES, SCHEMES, LINKS, DATASET)}
        own = [g for g in self.graphs() if g.startswith(GRAPH) and not g.endswith(_STAGING)]
        return [g for g in dict.fromkeys((*own, *self.beside)) if g not in others]

    def size(self, graph: str) -> int:
        """Return how many triples a graph has."""
        text = f"SELECT (COUNT(*) AS ?size) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return next((int(row["size"].value) for row in self.ask(text)), 0)

    def things(self, graphs: Sequence[str]) -> int:
        """Return of how many things graphs say something."""
        text = f"SELECT (COUNT(DISTINCT ?s) AS ?count){from_clauses(graphs)} WHERE {{ ?s ?p ?o }}"
        return next((int(row["count"].value) for row in self.ask(text)), 0)

    def add(self, graph: str, facts: Iterable[Fact]) -> None:
        """Add facts to a graph."""
        home = ox.NamedNode(graph)
        rest = iter(facts)
        if isinstance(self.store, Endpoint):
            while batch := list(islice(rest, _REQUEST)):
                triples = [fact.triple() for fact in batch]
                self.store.add(graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
            return
        while batch := list(islice(rest, _BATCH)):
            self.store.bulk_extend(ox.Quad(f.subject, f.predicate, f.object, home) for f in batch)

    def facts(self, graph: str) -> Iterator[Fact]:
        """Yield what a graph holds."""
        home = ox.NamedNode(graph)
        return facts(self.store.quads_for_pattern(None, None, None, home))

    def drop(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        self.update(f"DROP SILENT GRAPH <{graph}>")

    def change(self, graph: str, facts: Iterable[Fact]) -> None:
        """Make an embedded store's graph hold what is given: only what differs is written."""
        if isinstance(self.store, Endpoint):
            raise InputError("an endpoint's graphs are replaced whole")
        home = ox.NamedNode(graph)
        new = {ox.Quad(f.subject, f.predicate, f.object, home) for f in facts}
        old = set(self.store.quads_for_pattern(None, None, None, home))
        self.store.bulk_extend(new - old)
        for quad in old - new:
            self.store.remove(quad)
        self.store.flush()

    def replace(self, graph: str) -> None:
        """Put the staging graph of a graph in its place."""
        if isinstance(self.store, Endpoint):
            self.update(f"MOVE SILENT GRAPH <{staging(graph)}> TO GRAPH <{graph}>")
            return
        # In batches: a transaction over all of it would need memory for all of it.
        source, target = ox.NamedNode(staging(graph)), ox.NamedNode(graph)
        self.store.remove_graph(target)
        found = self.store.quads_for_pattern(None, None, None, source)
        while batch := list(islice(found, _BATCH)):
            self.store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object, target) for q in batch)
        self.store.remove_graph(source)
        self.store.flush()

    def vocabulary(self) -> str:
        """Return the graph of the ontology; InputError where it was not loaded."""
        dry = isinstance(self.store, Endpoint) and self.store.is_dry
        if not dry and GRAPH + ONTOLOGY not in self.graphs():
            raise InputError(
                f"{GRAPH}{ONTOLOGY} is not there: `sco-graph load` puts it beside data"
            )
        return GRAPH + ONTOLOGY


def staging(graph: str) -> str:
    """Return the graph in which a stage writes what becomes a graph when all of it is there."""
    return graph + _STAGING
