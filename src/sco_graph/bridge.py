"""Facts as rdflib has them, for the libraries and the users that speak rdflib."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyoxigraph as ox
from rdflib import BNode, Dataset, Graph, Literal, URIRef

from sco_graph.namespaces import GRAPH, PREFIXES
from sco_graph.rdf import Fact, Term


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from telling people of each ill-typed literal: those are findings."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        logger.setLevel(level)


def to_graph(facts: Iterable[Fact]) -> Graph:
    """Return facts as one graph, whatever graphs hold them."""
    found = Graph()
    with _quiet():
        for fact in facts:
            found.add(_triple(fact))
    return found


def to_dataset(facts: Iterable[Fact]) -> Dataset:
    """Return facts as a dataset of named graphs, its default graph their union."""
    found = Dataset(default_union=True)
    for prefix, namespace in PREFIXES.items():
        found.bind(prefix, namespace)
    with _quiet():
        for fact in facts:
            found.graph(URIRef(GRAPH + fact.graph)).add(_triple(fact))
    return found


def _triple(fact: Fact) -> tuple[URIRef | BNode | Literal, URIRef, URIRef | BNode | Literal]:
    return to_rdflib(fact.subject), URIRef(fact.predicate.value), to_rdflib(fact.object)


def to_rdflib(term: Term) -> URIRef | BNode | Literal:
    """Return a term as rdflib has it, with the lexical form as it was written."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
