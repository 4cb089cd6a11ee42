"""The graph that passed its gate, open for reading; the only thing that is ever asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from os import PathLike, listdir
from os.path import isdir, isfile, join

import pyoxigraph as ox

from sco_graph.errors import InputError, UsageError
from sco_graph.namespaces import GRAPH, PREFIXES
from sco_graph.rdf import Fact, Rows, Term, facts, named
from sco_graph.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    from sco_graph.endpoint import Endpoint

    Graph: TypeAlias = ox.Store | Endpoint  # what can be asked: embedded, or somewhere else
    Triples: TypeAlias = ox.QueryTriples | list[ox.Triple]
    Solutions: TypeAlias = ox.QuerySolutions | Rows | Triples | ox.QueryBoolean

STORE = f"store-{ox.__version__}"
"""The folder of a store beside its release: its files fit one version of the engine."""

_SELECT = r"(?i)(?:#.*|<[^<>\s]*>)|(\bSELECT\b(?:\s+(?:DISTINCT|REDUCED)\b)?)"
_COMMENT, _FROM = re.compile(r"(?m)^\s*#.*"), re.compile(r"(?<![?$\w])FROM\b", re.IGNORECASE)

Functions = dict[ox.NamedNode, Callable[..., Term | ox.Triple | None]]


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


def open_read_only(folder: str) -> ox.Store:
    """Return the store on disk in a folder, for reading; InputError says why it cannot be."""
    return _opened(ox.Store.read_only, folder)


def open_to_write(folder: str, make: bool = True) -> ox.Store:
    """Return the store on disk in a folder; where there is none, one is made, or it is told."""
    if not make and not isdir(folder):
        raise InputError(_why(folder, ""))
    if isdir(folder) and listdir(folder) and not isfile(join(folder, "CURRENT")):
        raise InputError(f"{folder}: the folder holds other files and no store: name another")
    return _opened(ox.Store, folder)


def _opened(way: Callable[[str], ox.Store], folder: str) -> ox.Store:
    try:
        return way(folder)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(_why(folder, str(error))) from None


def _why(folder: str, said: str) -> str:
    """Return why a store cannot be opened, in words."""
    if not isdir(folder):
        return f"{folder}: there is no such store: `sco-graph load FILE --store {folder}` makes one"
    if "corruption" not in said.lower() and "lock" in said.lower():
        return f"{folder}: another process has this store open for writing"
    if "version" in said.lower():
        return f"{folder}: the store is of another version of the engine than {ox.__version__}"
    return f"{folder}: no store of this engine, or a damaged one ({said.partition(chr(10))[0]})"


def damaged(folder: str, why: str) -> str:
    """Return that a store is damaged, and what to do, in words."""
    return f"{folder}: the store is a damaged one ({why}): load its files into another folder"


def select(
    store: Graph,
    text: str,
    values: Mapping[str, Term] | None = None,
    functions: Functions | None = None,
) -> Solutions:
    """Ask a store, with all graphs as the default graph and values bound as terms.

    Raises UsageError where the text is not SPARQL, or has no place for a value.
    """
    if not isinstance(store, ox.Store):
        if functions:
            raise UsageError(f"{store}: the query needs a function of our own, which no host has")
        return store.query(text, values)
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
        if "not supported" in str(error):  # a function that there is not
            raise UsageError(f"the query cannot be asked: {error}") from None
        if not bindings:  # it is the store that is at fault
            raise
        raise UsageError(f"a value cannot be bound: {error}") from None


def _projecting(text: str, names: list[str]) -> str:
    """Return a query that also selects variables: the engine binds none but those."""
    if not names:
        return text
    added = "".join(f" ?{name}" for name in names)
    head = next((found for found in re.finditer(_SELECT, text) if found[1]), None)
    return text if head is None else text[: head.end()] + added + text[head.end() :]


def rows(
    store: Graph,
    text: str,
    values: Mapping[str, Term] | None = None,
    functions: Functions | None = None,
) -> Iterator[dict[str, Term]]:
    """Yield the rows of a SELECT, each with the terms that are bound in it."""
    return terms_of(select(store, text, values, functions))


def terms_of(solutions: Solutions) -> Iterator[dict[str, Term]]:
    """Yield the rows of an answer, each with the terms that are bound in it."""
    if not isinstance(solutions, ox.QuerySolutions | Rows):
        raise UsageError("the query selects no rows")
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: solution[name] for name in names if solution[name] is not None}


def match(
    store: Graph,
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


def graph_iri(store: Graph, name: str) -> ox.NamedNode:
    """Return the IRI of a source's graph; UsageError names the sources there are."""
    known = sources(store)
    if name in known:
        return ox.NamedNode(GRAPH + name)
    raise UsageError(f'there is no source "{name}". Sources: {", ".join(known)}')


def sources(store: Graph) -> list[str]:
    """Return the names of the source graphs, in order."""
    found = match(store, None, None, named("scog:SourceGraph"), "derived")
    return sorted(fact.subject.value.removeprefix(GRAPH) for fact in found)
