"""The page of a thing: its names, what is said of it and on which words, what points to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import store
from sco_graph.namespaces import LANGUAGES, ONTOLOGY, compact
from sco_graph.rdf import Fact, Node, Term, named
from sco_graph.web import words
from sco_graph.web.charts import Chart, Span, chart
from sco_graph.web.claims import Claim, Claims, Conflict, Quote, Said
from sco_graph.web.naming import Names, Shown, Text

TYPE, _SOURCE, _FROM = map(named, ("rdf:type", "oa:hasSource", "prov:wasDerivedFrom"))
_PREFERRED, _OTHER, _LABEL = map(named, ("skos:prefLabel", "skos:altLabel", "rdfs:label"))
_DEFINITION, _SAME = map(named, ("skos:definition", "schema:sameAs"))
_SUBJECT, _PREDICATE, _OBJECT = map(named, ("rdf:subject", "rdf:predicate", "rdf:object"))
_MEMBER, _OVER = map(named, ("org:member", "scog:over"))
_EVIDENCE, _STATEMENT = map(named, ("scog:Evidence", "scog:Statement"))
_LEFT_OUT = {
    _FROM,
    *map(named, ("scog:rank", "scog:rankReason", "scog:conflictsWith", "scog:yieldsTo")),
    *map(named, ("scog:over", "scog:prefers", "scog:reason")),
    *map(named, ("scog:coveredBy", "scog:firstDay", "scog:dayAfter", "skos:definition")),
}
_CARRY = {_SUBJECT, _OBJECT, named("owl:annotatedSource"), named("owl:annotatedTarget")}
_MOST_BARS = 20


class Line(NamedTuple):
    """A value of a property, and what each source that says it rests on."""

    value: Shown
    said: tuple[Said, ...]


class Property(NamedTuple):
    """A property of a thing with its values."""

    name: Shown
    lines: tuple[Line, ...]


class Mention(NamedTuple):
    """Things that point here by one property."""

    name: Shown
    things: tuple[Shown, ...]


class Support(NamedTuple):
    """Words or a row, and what rests on them."""

    quote: Quote
    things: tuple[Shown, ...]


class Statement(NamedTuple):
    """A single triple that a source says, as a thing of its own."""

    subject: Shown
    property: Shown
    value: Shown
    said: Said


@dataclass
class Thing:
    """Everything that the template of a thing shows."""

    iri: str
    curie: str
    title: Shown
    kinds: tuple[Shown, ...]
    called: tuple[Text, ...]
    definition: Text | None
    claim: Claim | None = None
    statement: Statement | None = None
    quote: Quote | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    chart: Chart | None = None
    names: list[Property] = field(default_factory=list)
    facts: list[Property] = field(default_factory=list)
    now: list[Property] = field(default_factory=list)
    follows: list[Property] = field(default_factory=list)
    elsewhere: list[Shown] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)


def read(names: Names, iri: str, roles: Mapping[str, int], end: str) -> Thing | None:
    """Return what the page of a thing shows, or None where the graph says nothing of it."""
    graph, node = names.graph, ox.NamedNode(iri)
    facts = list(store.match(graph, node))
    if not facts:
        return None
    claims = Claims(names)
    kinds = kinds_of(facts)
    found = Thing(
        iri,
        compact(iri),
        names.shown(node).unlinked(),
        tuple(map(names.shown, kinds)),
        _called(names, facts),
        names.best(node, _DEFINITION),
    )
    if claims.is_claim(node):
        found.claim = claims.claim(node)
        member = names.one(node, _MEMBER)
        if isinstance(member, ox.NamedNode):
            found.claims = [c for c in claims.claims_about(member) if c.member.href != ""]
        found.conflicts = claims.conflicts({node})
    elif _STATEMENT in kinds:
        found.statement = _statement(claims, node, facts)
        found.conflicts = claims.conflicts({node})
    elif names.one(node, _OVER) is not None:
        conflict = claims.conflict(node)
        found.conflicts = [conflict] if conflict else []
    elif _EVIDENCE in kinds:
        found.quote = claims.quote(node)
        things = tuple(map(names.shown, claims.supported(node)))
        found.supports = [Support(found.quote, things)]
    else:
        found.claims = claims.claims_about(node)
        found.conflicts = claims.conflicts(_nearby(graph, node, found.claims, claims))
        found.supports = _supports(claims, node)
    if len(found.claims) <= _MOST_BARS:
        found.chart = _chart(found.claims, iri, roles, end)
    _fill(claims, found, facts)
    found.mentions = _mentions(names, claims, node)
    return found


def kinds_of(facts: Iterable[Fact]) -> list[Term]:
    """Return what facts say a thing is, what follows from others left out."""
    told = {f.object for f in facts if f.predicate == TYPE and f.graph != "inferred"}
    return sorted(told, key=str)


def _called(names: Names, facts: Iterable[Fact]) -> tuple[Text, ...]:
    """Return the preferred names in the other languages, each once, in the languages' order."""
    own = {
        f.object.language: f.object.value
        for f in facts
        if f.predicate in (_PREFERRED, _LABEL) and isinstance(f.object, ox.Literal)
    }
    title = own.get(names.lang) or own.get(LANGUAGES[0])
    return tuple(
        Text(own[tag], tag)
        for tag in LANGUAGES
        if tag != names.lang and tag in own and own[tag] != title
    )


def _statement(claims: Claims, node: ox.NamedNode, facts: list[Fact]) -> Statement | None:
    parts: list[Term | None] = [claims.names.one(node, p) for p in (_SUBJECT, _PREDICATE, _OBJECT)]
    home = next((fact.graph for fact in facts if fact.graph in claims.sources), "")
    subject, predicate, value = parts
    if subject is None or predicate is None or value is None:
        return None
    shown = claims.names.shown
    said = claims.said([node], None, home)
    return Statement(shown(subject), shown(predicate), shown(value), said)


def _nearby(graph: ox.Store, node: ox.NamedNode, about: list[Claim], claims: Claims) -> set[Node]:
    """Return the nodes that say something of a thing: itself, its claims, statements, events."""
    found: set[Node] = {node}
    for fact in store.match(graph, value=node):
        if fact.predicate in (_MEMBER, _SUBJECT) or (
            fact.graph in claims.sources and not claims.is_claim(fact.subject)
        ):
            found.add(fact.subject)
    few = {c.iri for c in about} if len(about) <= _MOST_BARS else set()
    return found | {ox.NamedNode(iri) for iri in few}


def _supports(claims: Claims, document: ox.NamedNode) -> list[Support]:
    """Return the words and rows of a document that the graph rests on."""
    found = []
    for fact in store.match(claims.graph, None, _SOURCE, document):
        quote = claims.quote(fact.subject)
        things = tuple(claims.names.shown(n) for n in claims.supported(fact.subject))
        found.append(Support(quote, things))
    unique = {support.quote.iri: support for support in found}.values()
    return sorted(unique, key=lambda s: (s.quote.start or 0, s.quote.end or 0, s.quote.row))


def _chart(claims: list[Claim], here: str, roles: Mapping[str, int], end: str) -> Chart | None:
    members = {claim.member.plain for claim in claims}
    offices = list(dict.fromkeys(claim.role_iri for claim in claims))
    spans = [
        Span(
            Shown((claim.role if len(members) == 1 else claim.member).parts, claim.self.href),
            claim.said.source.parts,
            claim.first,
            claim.after,
            roles.get(claim.role_iri, offices.index(claim.role_iri)) % 6,
            claim.said.rank != "Deprecated",
            bool(claim.as_of),
            claim.iri == here,
        )
        for claim in claims
        if claim.first
    ]
    return chart(spans, end)


def _fill(claims: Claims, found: Thing, facts: list[Fact]) -> None:
    """Group the facts of a thing: names, facts, what holds now, what follows."""
    lines: dict[str, dict[tuple[ox.NamedNode, Term], list[Fact]]] = {
        group: defaultdict(list) for group in ("names", "facts", "now", "follows")
    }
    same = set()
    for fact in facts:
        if fact.predicate == _SAME:
            same.add(fact.object)
        elif group := _group(claims, fact, found):
            lines[group][fact.predicate, fact.object].append(fact)
    found.elsewhere = [claims.names.shown(term) for term in sorted(same, key=str)]
    found.names = _properties(claims, lines["names"])
    found.facts = _properties(claims, lines["facts"])
    found.now = _properties(claims, lines["now"])
    found.follows = _properties(claims, lines["follows"])


def _group(claims: Claims, fact: Fact, found: Thing) -> str:
    """Return the group of a fact; no group leaves it out, because the page shows it elsewhere."""
    if fact.predicate in _LEFT_OUT or isinstance(fact.object, ox.BlankNode):
        return ""
    if fact.graph in ("inferred", "derived"):
        known = fact.predicate == _LABEL or fact.graph == "derived"
        return "" if known or found.statement or found.quote else "follows"
    if fact.graph == "current":
        return "now"
    if fact.predicate == TYPE:
        return "facts" if claims.carriers(fact) else ""
    if fact.predicate in (_PREFERRED, _OTHER):
        return "names"
    if found.claim or found.statement or found.quote:
        return ""
    return "facts"


def _properties(
    claims: Claims, lines: Mapping[tuple[ox.NamedNode, Term], list[Fact]]
) -> list[Property]:
    grouped: dict[ox.NamedNode, list[Line]] = defaultdict(list)
    for (predicate, value), facts in lines.items():
        said = []
        for fact in sorted(facts, key=lambda f: f.graph):
            if fact.graph in claims.sources:
                carriers = claims.carriers(fact)
                about = carriers[0] if carriers else None
                said.append(claims.said([*carriers] or [fact.subject], about, fact.graph))
        grouped[predicate].append(Line(claims.names.shown(value), tuple(said)))

    def place(predicate: ox.NamedNode) -> tuple[bool, bool, bool, str]:
        leads = any(line.value.href for line in grouped[predicate])
        own = predicate.value.startswith(ONTOLOGY)
        return predicate == _OTHER, not leads, not own, predicate.value

    order = sorted(grouped, key=place)
    return [
        Property(claims.names.shown(p), tuple(sorted(grouped[p], key=_line_order))) for p in order
    ]


def _line_order(line: Line) -> tuple[str, str]:
    tags = ["", *LANGUAGES]
    tag = line.value.parts[0].tag
    return f"{tags.index(tag) if tag in tags else 9}", line.value.plain


def _backwards(names: Names, predicate: ox.NamedNode) -> Shown:
    """Return a property as it reads from its object."""
    shown = names.shown(predicate)
    text = words.backwards(compact(predicate.value), names.lang)
    return shown._replace(parts=(Text(text),)) if text else shown


def _mentions(names: Names, claims: Claims, node: ox.NamedNode) -> list[Mention]:
    """Return what points to a thing, by property; claims and evidence are shown apart."""
    found: dict[ox.NamedNode, set[Node]] = defaultdict(set)
    for fact in store.match(names.graph, value=node):
        quiet = fact.graph in ("inferred", "current", "derived", "shapes", "ontology")
        if quiet or fact.predicate in _CARRY or fact.predicate in (_FROM, _SOURCE):
            continue
        if isinstance(fact.subject, ox.BlankNode) or claims.is_claim(fact.subject):
            continue
        found[fact.predicate].add(fact.subject)
    return [
        Mention(
            _backwards(names, predicate),
            tuple(sorted(map(names.shown, found[predicate]), key=lambda s: (s.plain, s.href))),
        )
        for predicate in sorted(found, key=str)
    ]
