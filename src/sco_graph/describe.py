"""What the graph knows of a thing, grouped: names, kinds, facts, claims, mentions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph import store, terms
from sco_graph.namespaces import compact, expand
from sco_graph.rdf import Fact, Term, named

_TYPE = named("rdf:type")
_NAMES = {named(name) for name in ("skos:prefLabel", "skos:altLabel", "rdfs:label")}
_CLAIMS = {named(f"scog:{name}") for name in ("Participation", "OfficeHolding")}
_LEFT_OUT = {
    named(name)
    for name in (
        "prov:wasDerivedFrom",
        "scog:firstDay",
        "scog:dayAfter",
        "scog:yieldsTo",
        "scog:coveredBy",
    )
}
_QUIET = {
    named(name)
    for name in ("scog:Statement", "scog:Evidence", "oa:TextQuoteSelector", "sh:PropertyShape")
}
_GROUPS = ("names", "kinds", "facts", "claims", "mentioned by", "now", "follows")


@dataclass(frozen=True)
class Line:
    """A line of a description: a property and a value in words, and the graphs that say it."""

    property: str
    value: str
    sources: tuple[str, ...]


@dataclass
class Description:
    """A thing, what it is called in the language asked for, and groups of lines about it.

    `fallbacks` are the names shown that are in another language than the one asked for.
    """

    iri: str
    curie: str
    label: str
    groups: dict[str, list[Line]] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = ()


def describe(graph: store.Graph, iri: str, lang: str) -> Description:
    """Return what a graph knows of a thing, with labels in a language."""
    words = terms.Names(graph, lang)
    lines: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for fact in store.match(graph, ox.NamedNode(iri)):
        if isinstance(fact.object, ox.BlankNode):
            continue  # part of an axiom or a shape: it has no name to show
        group, name, text = _about(words, fact)
        if group:
            lines[group, name, text].add(fact.graph)
    for fact in store.match(graph, value=ox.NamedNode(iri)):
        if isinstance(fact.subject, ox.BlankNode):
            continue  # an axiom's list: it has no name to show
        kinds = {f.object for f in store.match(graph, fact.subject, _TYPE)}
        if kinds & _CLAIMS:
            lines["claims", "", _claim(words, fact.subject)].add(fact.graph)
        elif not kinds & _QUIET and fact.graph not in ("inferred", "current"):
            name = words.label(fact.predicate.value)
            lines["mentioned by", words.shown(fact.subject), name].add(fact.graph)
    found = Description(iri, compact(iri), words.label(iri))
    for group in _GROUPS:
        mine = [
            Line(name, text, tuple(sorted(sources)))
            for (kind, name, text), sources in sorted(lines.items())
            if kind == group
        ]
        if mine:
            found.groups[group] = mine
    found.fallbacks = tuple(sorted(words.fallbacks))
    return found


def _about(words: terms.Names, fact: Fact) -> tuple[str, str, str]:
    """Return the group, the property and the value of a fact; no group leaves it out."""
    if fact.predicate in _LEFT_OUT or (fact.predicate in _NAMES and fact.graph == "inferred"):
        return "", "", ""
    if fact.predicate == _TYPE:
        return "kinds", "", words.shown(fact.object)
    name = words.label(fact.predicate.value)
    if fact.predicate in _NAMES and isinstance(fact.object, ox.Literal):
        return "names", name, f"{fact.object.value} ({fact.object.language})"
    group = {"inferred": "follows", "current": "now"}.get(fact.graph, "facts")
    return group, name, words.shown(fact.object)


def _claim(words: terms.Names, node: Term) -> str:
    """Return a participation or office-holding as one line."""
    about: dict[str, str] = {}
    for fact in store.match(words.graph, node):
        if fact.graph not in ("derived", "inferred"):
            about[fact.predicate.value] = words.shown(fact.object)
    whole = ("org:member", "org:role", "scog:office", "org:organization")
    text = ", ".join(about[expand(name)] for name in whole if expand(name) in about)
    for name in ("scog:validFrom", "scog:validUntil", "scog:statedAsOf", "scog:rank"):
        if expand(name) in about:
            text += f"; {words.label(expand(name))} {about[expand(name)]}"
    return text
