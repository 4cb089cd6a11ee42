"""What the pages about the whole show: numbers, sources, terms."""

from __future__ import annotations

from collections import defaultdict
from itertools import takewhile
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import queries, store
from sco_graph.layout import Layout
from sco_graph.namespaces import GRAPH, LANGUAGES, ONTOLOGY, compact, slug
from sco_graph.rdf import Term, named
from sco_graph.web.naming import Names, Shown, Text, outside

_TYPE, _TOPIC, _TITLE = map(named, ("rdf:type", "foaf:primaryTopic", "dcterms:title"))
_DEFINITION, _LICENCE = map(named, ("skos:definition", "dcterms:license"))
_DOMAIN, _RANGE, _INVERSE = map(named, ("rdfs:domain", "rdfs:range", "owl:inverseOf"))
_SUBCLASS, _SUBPROPERTY = map(named, ("rdfs:subClassOf", "rdfs:subPropertyOf"))
_UNION, _FIRST, _REST = map(named, ("owl:unionOf", "rdf:first", "rdf:rest"))
_HOME, _PAGE, _NOTE = map(named, ("scog:sourceGraph", "foaf:page", "skos:editorialNote"))
_ISSUED, _LAST_DAY, _SERIES = map(named, ("dcterms:issued", "scog:lastDayCovered", "scog:series"))
_SECTION = named("scog:section")
_DATASET = named("void:Dataset")
_KINDS = (
    ("classes", ("owl:Class",)),
    ("relations", ("owl:ObjectProperty",)),
    ("attributes", ("owl:DatatypeProperty", "owl:AnnotationProperty")),
    ("individuals", ("owl:NamedIndividual",)),
)
_NUMBERS = """SELECT (COUNT(DISTINCT ?state) AS ?states) (COUNT(DISTINCT ?meeting) AS ?meetings)
  (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(DISTINCT ?evidence) AS ?evidences)
  (COUNT(DISTINCT ?document) AS ?documents) WHERE {
  { ?claim a scog:Participation ; org:member ?state } UNION { ?meeting a scog:Meeting }
  UNION { ?claim a scog:OfficeHolding } UNION { ?evidence a scog:Evidence ; oa:hasSource ?document }
}"""
_ROLES = """SELECT ?role (MIN(?first) AS ?since) WHERE {
  ?claim a scog:Participation ; org:role ?role ; scog:firstDay ?first
} GROUP BY ?role ORDER BY ?since ?role"""
_SPAN = """SELECT ?since WHERE {
  GRAPH ?graph { ?claim org:member ?member }
  GRAPH graph:derived { ?claim scog:firstDay ?since }
} ORDER BY ?since LIMIT 1"""
_CITED = "SELECT DISTINCT ?document WHERE { GRAPH ?graph { ?evidence oa:hasSource ?document } }"


class Source(NamedTuple):
    """A source graph: what it is, what it may be used for, which days it covers."""

    name: str
    self: Shown
    document: Shown | None
    page: str
    about: tuple[Text, ...]
    licences: tuple[tuple[str, str], ...]
    first: str
    last: str
    issued: str
    facts: int
    evidences: int
    documents: tuple[Shown, ...]


class Entry(NamedTuple):
    """A term of the ontology."""

    anchor: str
    curie: str
    self: Shown
    definition: Text | None
    above: tuple[Shown, ...]
    domains: tuple[Shown, ...]
    ranges: tuple[Shown, ...]
    inverse: tuple[Shown, ...]


def topic(names: Names) -> Shown | None:
    """Return the organization that the graph is about, if it is about one."""
    found = topic_iri(names.graph)
    return names.shown(ox.NamedNode(found)) if found else None


def topic_iri(graph: ox.Store) -> str:
    """Return the IRI of the organization that the graph is about, or ""."""
    return min((f.object.value for f in store.match(graph, None, _TOPIC)), default="")


def dataset_titles(layout: Layout) -> dict[str, str]:
    """Return what the dataset calls itself, language to title; nothing where no file says it."""
    found: dict[str, str] = {}
    for home, path in layout.files():
        if home != "dataset":
            continue
        with open(path, "rb") as file:
            quads = list(ox.parse(file, format=ox.RdfFormat.TURTLE))
        whole = {q.subject for q in quads if q.predicate == _TYPE and q.object == _DATASET}
        for quad in quads:
            said = quad.object
            if quad.subject in whole and quad.predicate == _TITLE and isinstance(said, ox.Literal):
                found[said.language or ""] = said.value
    return found


def numbers(graph: ox.Store) -> list[tuple[str, int]]:
    """Return what is counted on the first page: the key of its words, and the number."""
    counted = next(store.rows(graph, _NUMBERS))
    return [(key, int(term.value)) for key, term in counted.items()]


def roles(graph: ox.Store) -> dict[str, int]:
    """Return the roles in the order in which they came up, which is that of their colours."""
    found = [row["role"].value for row in store.rows(graph, _ROLES) if "role" in row]
    return {role: number for number, role in enumerate(dict.fromkeys(found))}


def end(graph: ox.Store) -> str:
    """Return the last day that the sources cover."""
    last = queries.last_day(graph, None)
    return last.value if last is not None else "2000-01-01"


def headers(layout: Layout) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return what the heads of a graph's files say: (what they hold, licences), by graph."""
    held: dict[str, dict[str, None]] = defaultdict(dict)
    licences: dict[str, dict[str, None]] = defaultdict(dict)
    for home, path in layout.files():
        with open(path, encoding="utf-8") as file:
            lines = [line.lstrip("# ").strip() for line in takewhile(_is_comment, file)]
        held[home] |= dict.fromkeys(lines[:1])
        for line in lines:
            key, _, text = line.partition(": ")
            if key == "Licence of this file":
                licences[home][text.rstrip(".")] = None
    return {home: (tuple(held[home]), tuple(licences[home])) for home in sorted(held)}


def _is_comment(line: str) -> bool:
    return line.startswith("#")


def sources(names: Names, layout: Layout) -> list[Source]:
    """Return every source graph."""
    heads = headers(layout)
    found = []
    for name in store.sources(names.graph):
        home = ox.NamedNode(GRAPH + name)
        document = next((f.subject for f in store.match(names.graph, None, _HOME, home)), None)
        cited = [row["document"] for row in store.rows(names.graph, _CITED, {"graph": home})]
        first = next((r for r in store.rows(names.graph, _SPAN, {"graph": home})), {})
        page = names.one(document, _PAGE) if document is not None else None
        about = [names.best(document, p) for p in (_SERIES, _SECTION, _NOTE)] if document else []
        written, licensed = heads.get(name, ((), ()))
        said = [(text, "") for text in licensed]
        for other in sorted({*cited, *([document] if document is not None else [])}, key=str):
            for fact in store.match(names.graph, other, _LICENCE):
                address = fact.object.value
                said.append((address, names.title(other.value)))
        found.append(
            Source(
                name,
                names.shown(home).unlinked(),
                names.shown(document) if document is not None else None,
                page.value if page is not None and outside(page.value) else "",
                tuple(text for text in about if text) or tuple(Text(t, "en") for t in written),
                tuple(dict.fromkeys(said)),
                first["since"].value if "since" in first else "",
                _text(names, document, _LAST_DAY),
                _text(names, document, _ISSUED),
                sum(1 for _ in store.match(names.graph, graph=name)),
                sum(
                    1
                    for _ in store.match(
                        names.graph, None, _TYPE, named("scog:Evidence"), graph=name
                    )
                ),
                tuple(sorted(map(names.shown, cited), key=lambda s: (s.plain.casefold(), s.href))),
            )
        )
    return found


def _text(names: Names, node: Term | None, predicate: ox.NamedNode) -> str:
    found = names.one(node, predicate) if node is not None else None
    return found.value if found is not None else ""


def terms(names: Names) -> list[tuple[str, list[Entry]]]:
    """Return the ontology's own terms by kind, and then the borrowed ones that it names."""
    graph = names.graph
    groups: dict[str, list[Entry]] = {key: [] for key in [*dict(_KINDS), "borrowed"]}
    done = set()
    for key, kinds in _KINDS:
        for kind in kinds:
            for fact in store.match(graph, None, _TYPE, named(kind), "ontology"):
                if isinstance(fact.subject, ox.BlankNode) or fact.subject.value in done:
                    continue
                iri = fact.subject.value
                done.add(iri)
                groups[key if iri.startswith(ONTOLOGY) else "borrowed"].append(_entry(names, iri))
    for entries in groups.values():
        entries.sort(key=lambda entry: (entry.curie.casefold(), entry.curie))
    return [(key, entries) for key, entries in groups.items() if entries]


def _entry(names: Names, iri: str) -> Entry:
    node = ox.NamedNode(iri)

    def all_of(*predicates: ox.NamedNode) -> tuple[Shown, ...]:
        found = {
            term
            for predicate in predicates
            for fact in store.match(names.graph, node, predicate, None, "ontology")
            for term in _spread(names.graph, fact.object)
        }
        return tuple(names.shown(term) for term in sorted(found, key=str))

    own = iri.startswith(ONTOLOGY)
    return Entry(
        slug(iri) if own else compact(iri).replace(":", "."),
        compact(iri),
        names.shown(node).unlinked() if own else names.shown(node),
        names.best(node, _DEFINITION),
        all_of(_SUBCLASS, _SUBPROPERTY),
        all_of(_DOMAIN),
        all_of(_RANGE),
        all_of(_INVERSE),
    )


def _spread(graph: ox.Store, term: Term) -> list[Term]:
    """Return a class, or those that an anonymous union is made of; other axioms give none."""
    if not isinstance(term, ox.BlankNode):
        return [term]
    found = []
    rest = next((f.object for f in store.match(graph, term, _UNION)), None)
    while rest is not None:
        found += [fact.object for fact in store.match(graph, rest, _FIRST)]
        rest = next((f.object for f in store.match(graph, rest, _REST)), None)
    return [term for term in found if not isinstance(term, ox.BlankNode)]


def languages(graph: ox.Store) -> list[tuple[str, int]]:
    """Return how many things have a name in each language."""
    found: dict[str, set[str]] = {tag: set() for tag in LANGUAGES}
    for fact in store.match(graph, None, named("skos:prefLabel")):
        if isinstance(fact.object, ox.Literal) and fact.object.language in found:
            found[fact.object.language].add(str(fact.subject))
    return [(tag, len(things)) for tag, things in found.items()]
