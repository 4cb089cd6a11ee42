"""The graph that passed its gate, open for reading; the only thing that is ever asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from sco_graph.errors import UsageError
from sco_graph.namespaces import GRAPH, PREFIXES, expand

STORE = f"store-{ox.__version__}"
"""The folder of a store beside its release: its files fit one version of the engine."""

_SELECT = re.compile(r"^\s*SELECT\b(?:\s+(?:DISTINCT|REDUCED)\b)?", re.IGNORECASE | re.MULTILINE)

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Solutions = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean


def make(quads: bytes, folder: Path) -> None:
    """Write the store of a release into a new folder."""
    store = ox.Store(str(folder))
    store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()


def load(quads: bytes) -> ox.Store:
    """Return a store in memory, for where no folder can be written."""
    store = ox.Store()
    store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    return store


def select(store: ox.Store, text: str, values: Mapping[str, Term] | None = None) -> Solutions:
    """Ask a store, with all graphs as the default graph and values bound as terms.

    Raises UsageError where the text is not SPARQL, or has no place for a value.
    """
    bindings = {ox.Variable(name): value for name, value in (values or {}).items()}
    try:
        return store.query(
            _projecting(text, [name for name in values or {}]),
            prefixes=PREFIXES,
            use_default_graph_as_union=True,
            substitutions=bindings,
        )
    except SyntaxError as error:
        raise UsageError(f"the query is not SPARQL: {error.msg}") from None
    except RuntimeError as error:
        raise UsageError(f"a value cannot be bound: {error}") from None


def _projecting(text: str, names: list[str]) -> str:
    """Return a query that also selects variables: the engine binds none but those."""
    if not names:
        return text
    added = "".join(f" ?{name}" for name in names)
    return _SELECT.sub(lambda head: head[0] + added, text, count=1)


def graph_iri(store: ox.Store, name: str) -> ox.NamedNode:
    """Return the IRI of a source's graph; UsageError names the sources there are."""
    iri = ox.NamedNode(GRAPH + name)
    known = sources(store)
    if name in known:
        return iri
    raise UsageError(f'there is no source "{name}". Sources: {", ".join(known)}')


def sources(store: ox.Store) -> list[str]:
    """Return the names of the source graphs, in order."""
    found = store.quads_for_pattern(
        None, None, ox.NamedNode(expand("scog:SourceGraph")), ox.NamedNode(GRAPH + "derived")
    )
    return sorted(q.subject.value.removeprefix(GRAPH) for q in found)
