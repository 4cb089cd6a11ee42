"""The documents of the graph as data: of each thing, of each graph, and of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

import pyoxigraph as ox

from sco_graph import catalogue, export, jsonld, portable, queries, store
from sco_graph.formats import Format
from sco_graph.layout import Layout
from sco_graph.namespaces import BASE, GRAPH, LANGUAGES, PREFIXES
from sco_graph.rdf import Fact, Statements, facts, named

EXAMPLES = BASE + ".well-known/sparql-examples"
"""The graph of the saved questions, where editors that know the convention look for them."""

_ABOUT = {named(f"rdf:{name}") for name in ("subject", "object")}
_PART = {named(name) for name in ("prov:wasDerivedFrom", "oa:hasSelector")}
_ENTAILMENT = "http://www.w3.org/ns/entailment/OWL-RL"
_FORMATS = "http://www.w3.org/ns/formats/"
_SD = "http://www.w3.org/ns/sparql-service-description#"


class Documents:
    """Documents of an immutable graph, each made once."""

    def __init__(self, graph: ox.Store, layout: Layout, described: bytes) -> None:
        self.graph = graph
        self.context: dict[str, Any] = jsonld.context(layout.ontology)
        self.described = described
        self.written = lru_cache(maxsize=2_000)(self._written)

    def thing(self, iri: str) -> list[ox.Quad]:
        """Return all that is said of a thing, of statements about it and of their evidence."""
        node = ox.NamedNode(iri)
        found: dict[Fact, None] = dict.fromkeys(store.match(self.graph, node))
        for fact in list(store.match(self.graph, value=node)):
            found[fact] = None
            if fact.predicate in _ABOUT:
                found |= dict.fromkeys(store.match(self.graph, fact.subject))
        todo = [fact.object for fact in found if fact.predicate in _PART]
        while todo:
            part = todo.pop()
            for fact in store.match(self.graph, part):
                if fact not in found:
                    found[fact] = None
                    todo += [fact.object] if fact.predicate in _PART else []
        if not any(fact.subject == node for fact in found):
            return []
        return [fact.quad() for fact in sorted(found, key=str)]

    def named_graph(self, iri: str) -> list[ox.Quad] | None:
        """Return a graph of the dataset, or None where there is none of that name."""
        node = ox.NamedNode(iri)
        if not self.graph.contains_named_graph(node):
            return None
        return list(self.graph.quads_for_pattern(None, None, None, node))

    def ontology(self) -> list[ox.Quad]:
        """Return the ontology."""
        return self.named_graph(GRAPH + "ontology") or []

    def whole(self) -> list[ox.Quad]:
        """Return every quad of the dataset."""
        return list(self.graph)

    def void(self, address: str) -> list[ox.Triple]:
        """Return what the dataset is, with the numbers of its classes and properties.

        `address` is that of the endpoint at which it can be asked.
        """
        known = [quad.triple for quad in ox.parse(self.described, format=ox.RdfFormat.TURTLE)]
        dataset = ox.NamedNode(BASE + "dataset")
        return [*known, ox.Triple(dataset, named("void:sparqlEndpoint"), ox.NamedNode(address))]

    def service(self, address: str) -> list[ox.Triple]:
        """Return the description of the endpoint at an address (SPARQL 1.1 Service Description)."""
        return sorted(set(self._service(address)), key=str)

    def _service(self, address: str) -> Iterator[ox.Triple]:
        def sd(name: str) -> ox.NamedNode:
            return ox.NamedNode(_SD + name)

        kind = named("rdf:type")
        node, whole = ox.NamedNode(address), ox.NamedNode(BASE + "dataset")
        yield ox.Triple(node, kind, sd("Service"))
        yield ox.Triple(node, sd("endpoint"), node)
        yield ox.Triple(node, sd("supportedLanguage"), sd("SPARQL11Query"))
        yield ox.Triple(node, sd("feature"), sd("UnionDefaultGraph"))
        for name in (
            *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV"),
            *("SPARQL_Results_TSV", "Turtle", "N-Triples", "N-Quads", "TriG", "JSON-LD"),
            "RDF_XML",
        ):
            yield ox.Triple(node, sd("resultFormat"), ox.NamedNode(_FORMATS + name))
        yield ox.Triple(node, sd("defaultEntailmentRegime"), ox.NamedNode(_ENTAILMENT))
        yield ox.Triple(node, sd("defaultDataset"), whole)
        yield ox.Triple(whole, kind, sd("Dataset"))
        default = ox.NamedNode(BASE + "dataset#default")
        yield ox.Triple(whole, sd("defaultGraph"), default)
        yield ox.Triple(default, kind, sd("Graph"))
        for name in sorted(graph.value for graph in self.graph.named_graphs() if _is_iri(graph)):
            inner = ox.NamedNode(f"{BASE}dataset#graph-{name.rpartition('/')[2]}")
            yield ox.Triple(whole, sd("namedGraph"), inner)
            yield ox.Triple(inner, kind, sd("NamedGraph"))
            yield ox.Triple(inner, sd("name"), ox.NamedNode(name))
            yield ox.Triple(inner, sd("graph"), ox.NamedNode(name))

    def _written(self, quads: tuple[ox.Quad, ...] | tuple[ox.Triple, ...], form: Format) -> bytes:
        out = BytesIO()
        export.write(quads, form, out, self.context)
        return out.getvalue()


def _is_iri(term: object) -> bool:
    return isinstance(term, ox.NamedNode)


def examples(asked: ox.Store, layout: Layout) -> Iterator[ox.Quad]:
    """Yield the saved questions as executables of SHACL, in a graph of their own.

    Each stands alone: what our runner binds is written in, so that any editor gets its rows.
    """
    graph = ox.NamedNode(EXAMPLES)
    sh = PREFIXES["sh"]
    for question in queries.saved(layout.queries):
        node = ox.NamedNode(f"{BASE}query/{question.name}")
        text = portable.example(asked, question, LANGUAGES[0])
        said: Mapping[str, Iterable[ox.NamedNode | ox.Literal]] = {
            PREFIXES["rdf"] + "type": [
                ox.NamedNode(f"{sh}SPARQLExecutable"),
                ox.NamedNode(f"{sh}SPARQLSelectExecutable"),
            ],
            PREFIXES["rdfs"] + "label": [ox.Literal(question.name)],
            PREFIXES["rdfs"] + "comment": [ox.Literal(question.summary, language="en")],
            f"{sh}select": [ox.Literal(text)],
        }
        for predicate, values in said.items():
            for value in values:
                yield ox.Quad(node, ox.NamedNode(predicate), value, graph)


def description(quads: bytes) -> bytes:
    """Return the description of a dataset of one's own, which nobody wrote: its numbers."""
    whole = Fact(ox.NamedNode(BASE + "dataset"), named("rdf:type"), named("dcat:Dataset"))
    found = list(facts(ox.parse(quads, format=ox.RdfFormat.N_QUADS)))
    made: Statements = list(catalogue.describe([whole], found, {}, "0"))
    return ox.serialize(made, format=ox.RdfFormat.TURTLE) or b""
