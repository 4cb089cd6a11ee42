"""The graph that passed its gate, open for reading; the only thing that is ever asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from os import PathLike

import pyoxigraph as ox

from sco_graph.errors import UsageError
from sco_graph.namespaces import GRAPH, PREFIXES
from sco_graph.rdf import Fact, Term, facts, named

STORE = f"store-{ox.__version__}"
"""The folder of a store beside its release: its files fit one version of the engine."""

_SELECT = r"(?i)(?:#.*|<[^<>\s]*>)|(\bSELECT\b(?:\s+(?:DISTINCT|REDUCED)\b)?)"
_COMMENT, _FROM = re.compile(r"(?m)^\s*#.*"), re.compile(r"(?<![?$\w])FROM\b", re.IGNORECASE)

Functions = dict[ox.NamedNode, Callable[..., Term | ox.Triple | None]]
Solutions = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean


def make(quads: bytes, folder: PathLike[str]) -> None:
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


def select(
    store: ox.Store,
    text: str,
    values: Mapping[str, Term] | None = None,
    functions: Functions | None = None,
) -> Solutions:
    """Ask a store, with all graphs as the default graph and values bound as terms.

    Raises UsageError where the text is not SPARQL, or has no place for a value.
    """
    bindings: dict[ox.Variable, Term | ox.Triple] = {
        ox.Variable(name): value for name, value in (values or {}).items()
    }
    try:
        return store.query(
            _projecting(text, list(values or {})),
            prefixes=PREFIXES,
            use_default_graph_as_union=not _FROM.search(_COMMENT.sub("", text).partition("{")[0]),
            substitutions=bindings,
            custom_functions=functions,
        )
    except SyntaxError as error:
        first = str(error.msg).partition("\n")[0]
        raise UsageError(f"the query is not SPARQL: {first}") from None
    except RuntimeError as error:
        raise UsageError(f"a value cannot be bound: {error}") from None


def _projecting(text: str, names: list[str]) -> str:
    """Return a query that also selects variables: the engine binds none but those."""
    if not names:
        return text
    added = "".join(f" ?{name}" for name in names)
    head = next((found for found in re.finditer(_SELECT, text) if found[1]), None)
    return text if head is None else text[: head.end()] + added + text[head.end() :]


def rows(
    store: ox.Store,
    text: str,
    values: Mapping[str, Term] | None = None,
    functions: Functions | None = None,
) -> Iterator[dict[str, Term]]:
    """Yield the rows of a SELECT, each with the terms that are bound in it."""
    solutions = select(store, text, values, functions)
    if not isinstance(solutions, ox.QuerySolutions):
        raise UsageError("the query selects no rows")
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: solution[name] for name in names if solution[name] is not None}


def match(
    store: ox.Store,
    subject: Term | None = None,
    predicate: ox.NamedNode | None = None,
    value: Term | None = None,
    graph: str | None = None,
) -> Iterator[Fact]:
    """Yield the facts that fit a pattern; None fits everything, a literal is no subject."""
    if isinstance(subject, ox.Literal):
        return iter(())
    home = None if graph is None else ox.NamedNode(GRAPH + graph)
    return facts(store.quads_for_pattern(subject, predicate, value, home))


def graph_iri(store: ox.Store, name: str) -> ox.NamedNode:
    """Return the IRI of a source's graph; UsageError names the sources there are."""
    iri = ox.NamedNode(GRAPH + name)
    known = sources(store)
    if name in known:
        return iri
    raise UsageError(f'there is no source "{name}". Sources: {", ".join(known)}')


def sources(store: ox.Store) -> list[str]:
    """Return the names of the source graphs, in order."""
    found = match(store, None, None, named("scog:SourceGraph"), "derived")
    return sorted(fact.subject.value.removeprefix(GRAPH) for fact in found)
