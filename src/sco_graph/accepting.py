"""Which foreign IRI is which of our things: the links that somebody accepted, and our own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from sco_graph.errors import GraphError, InputError
from sco_graph.layout import LINKS, source_name
from sco_graph.namespaces import ID, compact, expand
from sco_graph.rdf import Fact
from sco_graph.sssom import Link, dataset

_IDENTITY = {expand(c) for c in ("schema:sameAs", "owl:sameAs", "skos:exactMatch")}
_MAPPING = _IDENTITY | {
    expand(c)
    for c in (
        "skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch rdfs:seeAlso"
    ).split()
}


def aliases(links: Iterable[Link], released: Iterable[Fact], path: str) -> dict[str, str]:
    """Return each foreign IRI that a link of ours or a row of the file at `path` identifies.

    Raises GraphError, with the file and the line, where a row is no mapping of ours, where two
    of our things would be one, one of ours two of theirs, or a row says that it is not so.
    """
    facts = list(released)
    known = {f.subject.value for f in facts if isinstance(f.subject, ox.NamedNode)}
    found = _identities(facts)
    ends = {(ours, dataset(theirs)): theirs for theirs, ours in found.items()}
    rows = list(links)
    denied = {(link.subject, link.object): link.line for link in rows if link.negated}
    for link in rows:
        where = f"{path}:{link.line}: "
        if link.predicate not in _MAPPING:
            raise GraphError(f"{where}{compact(link.predicate)} is no predicate of a mapping")
        if not link.subject.startswith(ID) or link.subject not in known:
            raise GraphError(f"{where}<{link.subject}> is none of our things")
        if link.object.startswith(ID):
            raise GraphError(f"{where}<{link.object}> is of this graph: a link leads to another")
        if link.negated or link.predicate not in _IDENTITY:
            continue
        if line := denied.get((link.subject, link.object)):
            raise GraphError(f"{where}line {line} says that <{link.object}> is not that")
        other = found.setdefault(link.object, link.subject)
        if other != link.subject:
            raise GraphError(
                f"{where}<{link.object}> is linked to <{other}> and to <{link.subject}>: the two "
                "would become one"
            )
        twin = ends.setdefault((link.subject, dataset(link.object)), link.object)
        if twin != link.object:
            raise GraphError(
                f"{where}<{link.subject}> is linked to <{twin}> and to <{link.object}> of the "
                "same dataset"
            )
    return found


def _identities(released: Iterable[Fact]) -> dict[str, str]:
    """Return the foreign IRI of each link that our graph has, and our thing that it is."""
    return {
        fact.object.value: fact.subject.value
        for fact in released
        if fact.graph == LINKS
        and fact.predicate.value in _IDENTITY
        and isinstance(fact.object, ox.NamedNode)
        and isinstance(fact.subject, ox.NamedNode)
    }


def graph_of(path: Path, taken: Iterable[str]) -> str:
    """Return the name of the graph of a foreign file; InputError where it is taken."""
    graph = source_name(path.name.split(".")[0], str(path))
    if graph in taken:
        raise InputError(f'{path}: the dataset has a graph called "{graph}" already; rename it')
    return graph
