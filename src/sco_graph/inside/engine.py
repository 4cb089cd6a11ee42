"""What runs the SPARQL of a stage: the embedded store or an endpoint, and the graphs in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice

import pyoxigraph as ox

from sco_graph import store
from sco_graph.endpoint import Endpoint
from sco_graph.errors import InputError
from sco_graph.layout import DATASET, LINKS, MADE, ONTOLOGY, SCHEMES, SHAPES
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import Fact, Term, placed
from sco_graph.sparql import from_clauses
from sco_graph.store import Functions

_BATCH = 200_000
"""How many quads are moved at once."""
_REQUEST = 10_000
"""How many triples go into a request."""
_AT_ONCE = 2
"""How many files the engine reads at once."""
_STAGING = "-staging"


Told = Callable[[], Iterable[ox.Quad | ox.Triple]]
"""What tells statements, and tells them again when it is asked again."""


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
        if isinstance(self.store, Endpoint):
            rest = iter(facts)
            while batch := list(islice(rest, _REQUEST)):
                triples = [fact.triple() for fact in batch]
                self.store.add(graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
            return
        home = ox.NamedNode(graph)
        for quads in _batches(placed(fact.triple(), home) for fact in facts):
            self.store.bulk_extend(quads)

    def quads(
        self, graph: str, predicate: ox.NamedNode | None = None, value: Term | None = None
    ) -> Iterator[ox.Quad]:
        """Yield what a graph holds."""
        return self.store.quads_for_pattern(None, predicate, value, ox.NamedNode(graph))

    def drop(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        self.update(f"DROP SILENT GRAPH <{graph}>")

    def fill(self, told: Mapping[str, Told], files: Mapping[str, Sequence[str]]) -> None:
        """Put what is told into graphs of an embedded store that are empty, once each.

        What is in `files` too: N-Triples without blank nodes, which the engine reads by itself.
        """
        store = self._embedded()
        load = partial(store.bulk_load, format=ox.RdfFormat.N_TRIPLES)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            loads = [
                pool.submit(load, path=path, to_graph=ox.NamedNode(graph))
                for graph, paths in files.items()
                for path in paths
            ]
        for done in loads:
            done.result()
        # Of several graphs at once: the fewer files the store has, the faster it is read.
        quads = (placed(one, ox.NamedNode(graph)) for graph, said in told.items() for one in said())
        for batch in _batches(quads):
            store.bulk_extend(batch)
        store.flush()

    def change(self, graph: str, told: Told) -> int:
        """Make an embedded store's graph hold what is told, once each, and return how much it is.

        Only what differs is written, what was not there first; it may be told twice.
        """
        store, home, before = self._embedded(), ox.NamedNode(graph), self.size(graph)
        number = added = 0
        for batch in _batches(placed(one, home) for one in told()):
            number += len(batch)
            new = [quad for quad in batch if quad not in store] if before else batch
            added += len(new)
            store.bulk_extend(new)
        if before + added > number:  # some of it is told no more
            beside = ox.NamedNode(staging(graph))
            self.drop(beside.value)
            for batch in _batches(placed(one, beside) for one in told()):
                store.bulk_extend(batch)
            for quad in [q for q in self.quads(graph) if placed(q, beside) not in store]:
                store.remove(quad)
            self.drop(beside.value)
        store.flush()
        return number

    def _embedded(self) -> ox.Store:
        if isinstance(self.store, Endpoint):
            raise InputError("an endpoint's graphs are replaced whole")
        return self.store

    def replace(self, graph: str) -> None:
        """Put the staging graph of a graph in its place."""
        if isinstance(self.store, Endpoint):
            # To move a graph that is not there leaves the one that was.
            if self.store.is_dry or self.size(staging(graph)):
                self.update(f"MOVE SILENT GRAPH <{staging(graph)}> TO GRAPH <{graph}>")
            else:
                self.drop(graph)
            return
        # In batches: a transaction over all of it would need memory for all of it.
        source, target = ox.NamedNode(staging(graph)), ox.NamedNode(graph)
        self.store.remove_graph(target)
        for batch in _batches(placed(quad, target) for quad in self.quads(source.value)):
            self.store.bulk_extend(batch)
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


def _batches(quads: Iterable[ox.Quad]) -> Iterator[list[ox.Quad]]:
    """Yield quads in batches."""
    rest = iter(quads)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def staging(graph: str) -> str:
    """Return the graph in which a stage writes what becomes a graph when all of it is there."""
    return graph + _STAGING
