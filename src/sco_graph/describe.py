"""What the graph knows of a thing, grouped: names, kinds, facts, claims, mentions."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph import store, terms
from sco_graph.namespaces import GRAPH, compact, expand, graph_name

_TYPE, _LABEL = (ox.NamedNode(expand(name)) for name in ("rdf:type", "rdfs:label"))
_NAMES = {ox.NamedNode(expand(name)) for name in ("skos:prefLabel", "skos:altLabel")}
_CLAIMS = {ox.NamedNode(expand(f"scog:{name}")) for name in ("Participation", "OfficeHolding")}
_LEFT_OUT = {
    ox.NamedNode(expand(name))
    for name in ("prov:wasDerivedFrom", "scog:firstDay", "scog:dayAfter", "scog:yieldsTo")
}
_QUIET = {
    ox.NamedNode(expand(name))
    for name in ("scog:Statement", "scog:Evidence", "oa:TextQuoteSelector", "sh:PropertyShape")
}


@dataclass(frozen=True)
class Fact:
    """A line of a description: a property and a value in words, and the graphs that say it."""

    property: str
    value: str
    sources: tuple[str, ...]


@dataclass
class Description:
    """A thing, what it is called in the language asked for, and groups of facts about it."""

    iri: str
    curie: str
    label: str
    groups: dict[str, list[Fact]] = field(default_factory=dict)


def describe(graph: ox.Store, iri: str, lang: str) -> Description:
    """Return what a graph knows of a thing, with labels in a language."""
    thing = ox.NamedNode(iri)
    found = Description(iri, compact(iri), terms.label(graph, iri, lang))
    lines: dict[tuple[str, str, str], set[str]] = {}

    def add(group: str, name: str, text: str, source: str) -> None:
        lines.setdefault((group, name, text), set()).add(source)

    for quad in graph.quads_for_pattern(thing, None, None, None):
        source = graph_name(quad.graph_name.value)
        name = terms.label(graph, quad.predicate.value, lang)
        if quad.predicate in _NAMES:
            add("names", name, f"{quad.object.value} ({quad.object.language})", source)
        elif quad.predicate == _TYPE:
            add("kinds", "", _shown(graph, quad.object, lang), source)
        elif quad.predicate not in _LEFT_OUT and quad.predicate != _LABEL:
            group = {"inferred": "follows", "current": "now"}.get(source, "facts")
            add(group, name, _shown(graph, quad.object, lang), source)
        elif quad.predicate == _LABEL and source not in ("inferred",):
            add("names", name, f"{quad.object.value} ({quad.object.language})", source)
    for quad in graph.quads_for_pattern(None, None, thing, None):
        source = graph_name(quad.graph_name.value)
        kinds = {q.object for q in graph.quads_for_pattern(quad.subject, _TYPE, None, None)}
        if kinds & _CLAIMS:
            add("claims", "", claim_in_words(graph, quad.subject, lang), source)
        elif not kinds & _QUIET and source not in ("inferred", "current"):
            name = terms.label(graph, quad.predicate.value, lang)
            add("mentioned by", _shown(graph, quad.subject, lang), name, source)
    for group in ("names", "kinds", "facts", "claims", "mentioned by", "now", "follows"):
        facts = [
            Fact(name, text, tuple(sorted(sources)))
            for (kind, name, text), sources in sorted(lines.items())
            if kind == group
        ]
        if facts:
            found.groups[group] = facts
    return found


def claim_in_words(graph: ox.Store, node: ox.NamedNode, lang: str) -> str:
    """Return a participation or office-holding as one line."""
    about: dict[str, str] = {}
    for quad in graph.quads_for_pattern(node, None, None, None):
        if quad.graph_name.value.removeprefix(GRAPH) not in ("derived", "inferred"):
            about[quad.predicate.value] = _shown(graph, quad.object, lang)
    parts = [about.get(expand(name), "") for name in ("org:member", "org:role", "scog:office")]
    text = ", ".join(part for part in [*parts, about.get(expand("org:organization"), "")] if part)
    for name in ("validFrom", "validUntil", "statedAsOf", "rank"):
        if expand(f"scog:{name}") in about:
            shown = terms.label(graph, expand(f"scog:{name}"), lang)
            text += f"; {shown} {about[expand(f'scog:{name}')]}"
    return text


def _shown(graph: ox.Store, term: store.Term, lang: str) -> str:
    if isinstance(term, ox.NamedNode):
        label = terms.label(graph, term.value, lang)
        curie = compact(term.value)
        return f"{label} ({curie})" if label not in curie else curie
    if isinstance(term, ox.Literal) and term.language and term.language != lang:
        return f"{term.value} ({term.language})"
    return str(term.value)
