"""Whether a store on disk can be read: a stage that asks a damaged one may get no end, or a lie.

`sums` tells it of files that a stage wrote; here the engine reads what others wrote.

Where a block is damaged the engine gives one error after another and never ends. What counts,
sorts or joins them gathers them until the memory is full, EXISTS takes the first for a yes, and a
filter leaves out what it cannot read. What only passes on what it reads ends at the first error:
so do these queries, each of which reads the whole of an order in which the engine keeps quads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox

from sco_graph.progress import Tell

_BY_GRAPH = """SELECT ?s WHERE {
  { SELECT DISTINCT ?g ?p WHERE { GRAPH ?g { ?s ?p ?o } } } GRAPH ?g { ?s ?p ?s }
}"""
"""By graph and subject, and by graph and property; it finds next to nothing."""
_BY_PROPERTY = """SELECT DISTINCT ?o WHERE {
  { SELECT DISTINCT ?p WHERE { GRAPH ?g { ?s ?p ?o } } } GRAPH ?h { ?s ?p ?o }
}"""
"""By property and value, whatever the graph, and the text of each value."""


def read_through(where: ox.Store, tell: Tell, *, texts: bool = False) -> None:
    """Read what a stage counts and joins in a store on disk; RuntimeError where that is damaged.

    The gate also filters by `texts`, and looks in all graphs at once. The two orders by subject
    and by value that are left are read row by row, where damage is told.
    """
    tell("reading the store through")

    def read(query: str) -> None:
        for _ in where.query(query):  # type: ignore[union-attr]  # a SELECT
            pass

    queries = (_BY_GRAPH, _BY_PROPERTY) if texts else (_BY_GRAPH,)
    with ThreadPoolExecutor(len(queries)) as pool:
        list(pool.map(read, queries))
