"""What follows from the asserted graph by OWL 2 RL, without the rubbish.

owlrl closes the graph. It also writes literals as subjects, `x owl:sameAs x`, types that
everything has and axioms about datatypes; its cost grows faster than the graph. So only
what an axiom touches goes in, and only what says something new about a thing comes out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import owlrl
import pyoxigraph as ox
from rdflib import OWL as _OWL_NS
from rdflib import RDF as _RDF_NS
from rdflib import RDFS as _RDFS_NS
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from sco_graph import rdf
from sco_graph.bridge import to_graph, to_rdflib
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Fact, Term

_RDF, _RDFS, _OWL = (PREFIXES[name] for name in ("rdf", "rdfs", "owl"))
_TYPE = ox.NamedNode(_RDF + "type")
_SAME_AS = ox.NamedNode(_OWL + "sameAs")
_AXIOMS = {
    ox.NamedNode(iri)
    for iri in (
        *(_RDFS + n for n in ("subClassOf", "subPropertyOf", "domain", "range")),
        *(_OWL + n for n in ("inverseOf", "equivalentClass", "equivalentProperty")),
        *(_OWL + n for n in ("propertyChainAxiom", "hasKey", "disjointWith", "members")),
        *(_OWL + n for n in ("onProperty", "someValuesFrom", "allValuesFrom", "complementOf")),
        *(_OWL + n for n in ("propertyDisjointWith", "unionOf", "intersectionOf", "oneOf")),
        _RDF + "first",  # members of a list: of classes that exclude each other, of a key
    )
}
_CHARACTERISTICS = tuple(
    ox.NamedNode(_OWL + name + "Property")
    for name in (
        *("Transitive", "Symmetric", "Functional", "InverseFunctional"),
        *("Irreflexive", "Asymmetric"),
    )
)
_NOISE = (_OWL + "Thing", _OWL + "NamedIndividual", _RDFS, _RDF)

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


@dataclass(frozen=True)
class Closure:
    """What follows: `entailed` triples, and `contradictions` as (focus, what is wrong)."""

    entailed: set[Fact]
    contradictions: list[tuple[str, str]]


def close(asserted: Iterable[Fact], ontology: Iterable[Fact]) -> Closure:
    """Close a graph under the axioms of `ontology`.

    Of what follows, that is kept which says something new about a thing of `asserted`.
    Contradictions are members of classes that exclude each other, members of
    `owl:Nothing`, two things that became one, and literals where a thing has to stand;
    one is told of each thing, for the first entails others.
    """
    axioms = {f.alone() for f in ontology if f.predicate not in _ANNOTATIONS}
    facts = {f.alone() for f in asserted}
    touched = _touched(axioms)
    light = {fact for fact in facts if _key(fact) in _LIGHT}
    relevant = {
        fact
        for fact in facts - light
        if _key(fact) in touched or _key(fact).value.startswith((_OWL, _RDFS))
    }
    # What is evidence and something else besides is no light matter.
    kinds = Counter(fact.subject for fact in light if fact.predicate == _TYPE)
    heavy = {node for fact in relevant for node in (fact.subject, fact.object)}
    heavy |= {node for node, count in kinds.items() if count > 1}
    relevant |= {fact for fact in light if fact.predicate == _TYPE and fact.subject in heavy}
    graph = to_graph((*axioms, *relevant))
    reasoner = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    reasoner.closure()
    known = facts | axioms
    things = {node for f in facts for node in (f.subject, f.object)}
    things -= {f.subject for f in axioms}
    closed = (Fact(*triple) for triple in map(_to_oxigraph, graph) if triple)
    found = {f for f in closed if f not in known and f.subject in things and not _is_noise(f)}
    wrong = [*_impossible(graph), *sorted(_disjoint(reasoner.error_messages))]
    first = dict(reversed(wrong))
    return Closure(found | (_climb(light, graph) - known), sorted(first.items()))


def _impossible(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield (focus, what is wrong) for what no sound graph entails."""
    for s in sorted(graph.subjects(_RDF_NS.type, _OWL_NS.Nothing), key=str):
        if isinstance(s, URIRef) and s != _OWL_NS.Nothing:
            yield str(s), "nothing can be what it is said to be (owl:Nothing)"
    for s, o in sorted(graph.subject_objects(_OWL_NS.sameAs), key=str):
        if isinstance(s, URIRef) and isinstance(o, URIRef) and s < o:
            yield str(s), f"it became one with {o} (owl:sameAs)"
    for s, o in sorted(graph.subject_objects(_RDF_NS.type), key=str):
        if isinstance(s, Literal) and str(o).startswith(PREFIXES["scog"]):
            for user in graph.subjects(None, s):
                if isinstance(user, URIRef):
                    yield str(user), f'the text "{s}" stands where a thing has to stand: a {o}'


def _disjoint(messages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (focus, what is wrong) for what the reasoner says of classes that exclude others."""
    for message in messages:
        found = re.search(r"classes (\S+) and (\S+) have a common individual (\S+)", message)
        if found:
            yield found[3], f"it cannot be both {found[1]} and {found[2]}"
        elif (words := message.split()) and words[-1].startswith("http"):
            yield words[-1].strip("()<>."), message


def _key(fact: Fact) -> Term:
    """Return the class or property from whose use in a fact something may follow."""
    return fact.object if fact.predicate == _TYPE else fact.predicate


def _climb(light: set[Fact], graph: Graph) -> set[Fact]:
    """Return what light facts entail: the same under each broader class or property."""
    found = set()
    for fact in light:
        relation = _RDFS_NS.subClassOf if fact.predicate == _TYPE else _RDFS_NS.subPropertyOf
        for above in map(str, graph.objects(to_rdflib(_key(fact)), relation)):
            broad = ox.NamedNode(above)
            found.add(
                fact._replace(object=broad)
                if fact.predicate == _TYPE
                else fact._replace(predicate=broad)
            )
    return {fact for fact in found if not _is_noise(fact)}


def _touched(axioms: set[Fact]) -> set[Term]:
    """Return the classes and properties from whose use an axiom draws a conclusion."""
    touched: set[Term] = {f.subject for f in axioms if f.predicate in _AXIOMS}
    touched |= {f.object for f in axioms if f.predicate in _AXIOMS}
    return touched | {f.subject for f in axioms if f.object in _CHARACTERISTICS}


def _is_noise(fact: Fact) -> bool:
    if fact.predicate == _SAME_AS:
        return fact.subject == fact.object
    if fact.predicate == _TYPE and isinstance(fact.object, ox.NamedNode):
        return fact.object.value.startswith(_NOISE) and fact.object.value != _RDF + "Statement"
    return isinstance(fact.object, ox.BlankNode)


def _to_oxigraph(triple: tuple[Node, Node, Node]) -> tuple[rdf.Node, ox.NamedNode, Term] | None:
    subject, predicate, value = map(_term, triple)
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        return None
    return subject, predicate, value


def _term(node: Node) -> Term:
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if not isinstance(node, Literal):
        return ox.BlankNode(str(node))
    if node.language:
        return ox.Literal(str(node), language=node.language)
    datatype = node.datatype or URIRef(PREFIXES["xsd"] + "string")
    return ox.Literal(str(node), datatype=ox.NamedNode(str(datatype)))
