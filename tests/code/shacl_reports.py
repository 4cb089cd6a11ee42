"""What the tests of SHACL share: engines behind a callable, and reports that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
from pyshacl import validate
from rdflib import XSD, Graph, URIRef
from rdflib.query import ResultRow
from rdflib.term import BNode, Literal

from sco_graph.bridge import to_rdflib
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Term
from sco_graph.sparql import Ask

SH, RDF = PREFIXES["sh"], PREFIXES["rdf"]
TOLD = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "resultSeverity")
Row = tuple[str, ...]
"""A result: focus, path, value, component, severity and source shape; "" where there is none."""


def embedded(store: ox.Store) -> Ask:
    """Return what asks a store of the embedded engine."""

    def ask(text: str) -> list[dict[str, Term]]:
        solutions = store.query(text)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return [{n: row[n] for n in names if row[n] is not None} for row in solutions]

    return ask


def second(triples: Iterable[ox.Triple]) -> Ask:
    """Return what asks the engine of rdflib, which holds triples."""
    graph = graph_of(triples)

    def ask(text: str) -> list[dict[str, Term]]:
        rows = (row for row in graph.query(text) if isinstance(row, ResultRow))
        return [{n: of_rdflib(term) for n, term in row.asdict().items()} for row in rows]

    return ask


def of_rdflib(term: object) -> Term:
    """Return a term of rdflib as the engine's."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    assert isinstance(term, Literal)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    datatype = term.datatype or PREFIXES["xsd"] + "string"
    return ox.Literal(str(term), datatype=ox.NamedNode(str(datatype)))


def stored(triples: Iterable[ox.Triple]) -> ox.Store:
    """Return a store that holds triples in its default graph."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    return store


def parsed(text: str) -> list[ox.Triple]:
    """Return the triples of a text in Turtle, lexical forms as they are written."""
    return [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]


def graph_of(triples: Iterable[ox.Triple]) -> Graph:
    """Return triples as a graph of rdflib; its engine tells "a" from "a"^^xsd:string."""
    graph = Graph()
    for triple in triples:
        graph.add(tuple(plain(to_rdflib(term)) for term in triple))  # type: ignore[arg-type]
    return graph


def plain(term: URIRef | BNode | Literal) -> URIRef | BNode | Literal:
    """Return a literal without the datatype that it would have anyway."""
    if isinstance(term, Literal) and term.datatype == XSD.string:
        return Literal(str(term))
    return term


def reference(data: Graph, shapes: Graph) -> Counter[Row]:
    """Return the results that pyshacl finds."""
    _, found, _ = validate(data, shacl_graph=shapes, inference="none", advanced=False)
    assert isinstance(found, Graph)
    triples = (
        ox.Triple(of_rdflib(s), of_rdflib(p), of_rdflib(o))  # type: ignore[arg-type]
        for s, p, o in found
    )
    return told(triples)


def told(report: Iterable[ox.Triple]) -> Counter[Row]:
    """Return the results of a report. Blank nodes of data and of shapes count as one."""
    store = stored(report)
    rows: Counter[Row] = Counter()
    for quad in store.quads_for_pattern(None, ox.NamedNode(SH + "result"), None):
        said = {name: value(store, quad.object, SH + name) for name in (*TOLD, "sourceShape")}
        path = said["resultPath"]
        shown = {name: shown_term(term) for name, term in said.items()}
        shown["resultPath"] = path_of(store, path) if path else ""
        rows[tuple(shown.values())] += 1
    return rows


def value(store: ox.Store, subject: object, predicate: str) -> Term | None:
    """Return a value of a property, or None."""
    found = store.quads_for_pattern(subject, ox.NamedNode(predicate), None)  # type: ignore[arg-type]
    return next((quad.object for quad in found if not isinstance(quad.object, ox.Triple)), None)


def shown_term(term: Term | None) -> str:
    """Return a term as text; blank nodes have names of no meaning."""
    return "" if term is None else "_:blank" if isinstance(term, ox.BlankNode) else str(term)


def path_of(store: ox.Store, node: Term) -> str:
    """Return a path as text, whatever its blank nodes are called."""
    if not isinstance(node, ox.BlankNode):
        return str(node)
    parts = store.quads_for_pattern(node, None, None)
    inner = [f"{p.predicate.value} {path_of(store, p.object)}" for p in parts]  # type: ignore[arg-type]
    return f"[{'; '.join(sorted(inner))}]"
