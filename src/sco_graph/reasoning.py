"""What follows from the asserted graph by OWL 2 RL, without the rubbish.

owlrl closes the graph. It also writes literals as subjects, `x owl:sameAs x`, types that
everything has and axioms about datatypes; its cost grows faster than the graph. So only
what an axiom touches goes in, and only what says something new about a thing comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import owlrl
import pyoxigraph as ox
from rdflib import OWL as _OWL_NS
from rdflib import RDF as _RDF_NS
from rdflib import RDFS as _RDFS_NS
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from sco_graph.namespaces import PREFIXES

_RDF, _RDFS, _OWL = (PREFIXES[name] for name in ("rdf", "rdfs", "owl"))
_TYPE = ox.NamedNode(_RDF + "type")
_SAME_AS = ox.NamedNode(_OWL + "sameAs")
_AXIOMS = {
    ox.NamedNode(iri)
    for iri in (
        *(_RDFS + n for n in ("subClassOf", "subPropertyOf", "domain", "range")),
        *(_OWL + n for n in ("inverseOf", "equivalentClass", "equivalentProperty")),
        *(_OWL + n for n in ("propertyChainAxiom", "hasKey", "disjointWith", "members")),
    )
}
_CHARACTERISTICS = tuple(
    ox.NamedNode(_OWL + name + "Property")
    for name in ("Transitive", "Symmetric", "Functional", "InverseFunctional")
)
_NOISE = tuple(_OWL + n for n in ("Thing", "NamedIndividual")) + (_RDFS, _RDF)

_ANNOTATIONS = {
    ox.NamedNode(iri)
    for iri in (
        _RDFS + "label",
        _RDFS + "isDefinedBy",
        PREFIXES["skos"] + "definition",
    )
}
_LIGHT = {
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("scog", "Evidence"), ("scog", "Statement"), ("skos", "prefLabel"))
}
"""Provenance and names: many, and all that follows from them stands one step up."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Closure:
    """What follows: `entailed` triples, and `contradictions` as (focus, what is wrong)."""

    entailed: set[ox.Triple]
    contradictions: list[tuple[str, str]]


def close(asserted: Iterable[ox.Triple], ontology: Iterable[ox.Triple]) -> Closure:
    """Close a graph under the axioms of `ontology`.

    Of what follows, that is kept which says something new about a thing of `asserted`.
    Contradictions are members of classes that exclude each other, members of
    `owl:Nothing`, two things that became one, and literals where a thing has to stand.
    """
    axioms = {t for t in ontology if t.predicate not in _ANNOTATIONS}
    facts = set(asserted)
    touched = _touched(axioms)
    relevant, light = [], []
    for t in facts:
        key = t.object if t.predicate == _TYPE else t.predicate
        if key in _LIGHT:
            light.append(t)
        elif key in touched:
            relevant.append(t)
    graph = Graph()
    for triple in (*axioms, *relevant):
        graph.add((to_rdflib(triple.subject), URIRef(triple.predicate.value), to_rdflib(triple.object)))
    reasoner = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    reasoner.closure()
    known = facts | axioms
    things = {t.subject for t in facts} | {t.object for t in facts}
    things -= {t.subject for t in axioms}
    closed = (
        ox.Triple(to_oxigraph(s), ox.NamedNode(str(p)), to_oxigraph(o))
        for s, p, o in graph
        if not isinstance(s, Literal) and isinstance(p, URIRef)
    )
    found = {t for t in closed if t not in known and t.subject in things and not _is_noise(t)}
    wrong = {(m.rsplit(" ", 1)[-1], m) for m in reasoner.error_messages}
    wrong |= set(_impossible(graph))
    return Closure(found | (_climb(light, graph) - known), sorted(wrong))


def _impossible(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield (focus, what is wrong) for what no sound graph entails."""
    for s, o in graph.subject_objects(_OWL_NS.sameAs):
        if s != o and isinstance(s, URIRef) and isinstance(o, URIRef):
            yield str(s), f"it became one with {o} (owl:sameAs)"
    for s in graph.subjects(_RDF_NS.type, _OWL_NS.Nothing):
        yield str(s), "nothing can be what it is said to be (owl:Nothing)"
    for s, o in graph.subject_objects(_RDF_NS.type):
        if isinstance(s, Literal) and not str(o).startswith((_RDFS, PREFIXES["xsd"], _RDF, _OWL)):
            yield str(s), f'the text "{s}" stands where a thing has to stand: a {o}'


def _climb(light: list[ox.Triple], graph: Graph) -> set[ox.Triple]:
    """Return what light triples entail: the same under each broader class or property."""
    found = set()
    for t in light:
        if t.predicate == _TYPE:
            for above in graph.objects(to_rdflib(t.object), _RDFS_NS.subClassOf):
                found.add(ox.Triple(t.subject, _TYPE, to_oxigraph(above)))
        else:
            for above in graph.objects(to_rdflib(t.predicate), _RDFS_NS.subPropertyOf):
                found.add(ox.Triple(t.subject, ox.NamedNode(str(above)), t.object))
    return {t for t in found if not _is_noise(t)}


def contradictions(asserted: Iterable[ox.Triple], entailed: Iterable[ox.Triple]) -> list[str]:
    """Return what no sound graph entails, in words: impossible members, merged things."""
    nothing = ox.NamedNode(_OWL + "Nothing")
    return sorted(
        f"{triple}"
        for triple in (*asserted, *entailed)
        if (triple.predicate == _TYPE and triple.object == nothing) or triple.predicate == _SAME_AS
    )


def _touched(axioms: set[ox.Triple]) -> set[Term]:
    """Return the classes and properties from whose use an axiom draws a conclusion."""
    touched: set[Term] = {t.subject for t in axioms if t.predicate in _AXIOMS}
    touched |= {t.object for t in axioms if t.predicate in _AXIOMS}
    touched |= {t.subject for t in axioms if t.object in _CHARACTERISTICS}
    return touched


def _is_noise(triple: ox.Triple) -> bool:
    if triple.predicate == _SAME_AS:
        return triple.subject == triple.object
    if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
        return triple.object.value.startswith(_NOISE) and triple.object.value != _RDF + "Statement"
    return isinstance(triple.object, ox.BlankNode)


def to_rdflib(term: Term) -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)


def to_oxigraph(node: Node) -> Term:
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        datatype = node.datatype or URIRef(PREFIXES["xsd"] + "string")
        return ox.Literal(str(node), datatype=ox.NamedNode(str(datatype)))
    return ox.BlankNode(str(node))
