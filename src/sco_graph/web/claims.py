"""What sources say of a thing and on which words: statements, claims, conflicts."""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import explain, store
from sco_graph.namespaces import GRAPH, slug
from sco_graph.rdf import Fact, Node, Term, named
from sco_graph.web.naming import Names, Shown, Text, outside

_FROM, _RANK, _WHY = map(named, ("prov:wasDerivedFrom", "scog:rank", "scog:rankReason"))
_NOTE, _TYPE = map(named, ("skos:editorialNote", "rdf:type"))
_SUBJECT, _PREDICATE, _OBJECT = map(named, ("rdf:subject", "rdf:predicate", "rdf:object"))
_MEMBER, _ORGANIZATION = map(named, ("org:member", "org:organization"))
_ROLE, _OFFICE = map(named, ("org:role", "scog:office"))
_START, _UNTIL, _AS_OF = map(named, ("scog:validFrom", "scog:validUntil", "scog:statedAsOf"))
_FIRST, _AFTER = map(named, ("scog:firstDay", "scog:dayAfter"))
_PAGE, _PUBLISHER = map(named, ("foaf:page", "dcterms:publisher"))
_OVER, _PREFERS, _REASON = map(named, ("scog:over", "scog:prefers", "scog:reason"))
_PART_OF = named("dcterms:isPartOf")
CLAIMS = {named("scog:Participation"), named("scog:OfficeHolding")}


class Quote(NamedTuple):
    """Where a statement stands: words of a text, or the row of a table."""

    iri: str
    self: Shown
    words: Text | None
    start: int | None
    end: int | None
    language: str
    row: str
    note: str
    document: Shown
    page: str
    publisher: str


class Said(NamedTuple):
    """What one source says: its rank, notes and evidence; `about` is the node that carries it."""

    source: Shown
    rank: str
    notes: tuple[Text, ...]
    quotes: tuple[Quote, ...]
    about: Shown | None

    @property
    def documents(self) -> list[tuple[Quote, ...]]:
        """Return the evidence document by document, in its order."""
        found: dict[tuple[Shown, str], list[Quote]] = {}
        for quote in self.quotes:
            found.setdefault((quote.document, quote.page), []).append(quote)
        return [tuple(quotes) for quotes in found.values()]


class Claim(NamedTuple):
    """A participation or an office-holding as one source gives it."""

    iri: str
    self: Shown
    member: Shown
    role: Shown
    role_iri: str
    organization: Shown | None
    since: str
    until: str
    as_of: str
    first: str
    after: str
    said: Said


class Side(NamedTuple):
    """One of two things that cannot both be right."""

    iri: str
    self: Shown
    value: Shown | None
    role: str
    when: tuple[tuple[str, str], ...]
    said: Said | None


class Conflict(NamedTuple):
    """Two things said, which of them is believed, and why."""

    self: Shown
    reason: Text | None
    better: Side
    worse: Side

    @property
    def over_roles(self) -> bool:
        """Whether two claims give one member two roles."""
        return bool(self.better.role and self.worse.role and self.better.role != self.worse.role)


class Claims:
    """Reads what sources say from a graph, in the words of one language."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.graph = names.graph
        self.sources = store.sources(names.graph)

    def quote(self, evidence: Term) -> Quote:
        """Return what an evidence node points to."""
        words = explain.read(self.graph, evidence)
        document = ox.NamedNode(words.document)
        page = self.names.one(document, _PAGE)
        if page is None and (whole := self.names.one(document, _PART_OF)) is not None:
            page = self.names.one(whole, _PAGE)
        publisher = self.names.one(document, _PUBLISHER)
        return Quote(
            evidence.value,
            self.names.shown(evidence),
            None if words.quote is None else Text(words.quote, words.language or ""),
            words.start,
            words.end,
            words.language or "",
            words.row or "",
            words.note or "",
            self.names.shown(document),
            page.value if page is not None and outside(page.value) else "",
            publisher.value if publisher is not None else "",
        )

    def said(self, nodes: list[Node], about: Node | None, source: str) -> Said:
        """Return what a source says by nodes that carry evidence."""
        evidence = {
            f.object for n in nodes for f in store.match(self.graph, n, _FROM, None, source)
        }
        ranks = [f.object for n in nodes for f in store.match(self.graph, n, _RANK, None, source)]
        quotes = [self.quote(node) for node in evidence]
        return Said(
            self.names.shown(ox.NamedNode(GRAPH + source)),
            slug(ranks[0].value) if ranks else "Normal",
            tuple(self._notes(nodes, source)),
            tuple(sorted(quotes, key=lambda q: (q.language != self.names.lang, *_place(q)))),
            None if about is None else self.names.shown(about),
        )

    def carriers(self, fact: Fact) -> list[Node]:
        """Return the statements of a source about exactly this fact."""
        return sorted(
            (
                found.subject
                for found in store.match(self.graph, None, _SUBJECT, fact.subject, fact.graph)
                if self._has(found.subject, _PREDICATE, fact.predicate, fact.graph)
                and self._has(found.subject, _OBJECT, fact.object, fact.graph)
            ),
            key=str,
        )

    def is_claim(self, node: Term) -> bool:
        """Whether a node is a participation or an office-holding."""
        return any(f.object in CLAIMS for f in store.match(self.graph, node, _TYPE))

    def claim(self, node: ox.NamedNode) -> Claim:
        """Return a participation or an office-holding."""
        one = self.names.one
        home = next(
            (f.graph for f in store.match(self.graph, node, _MEMBER) if f.graph in self.sources), ""
        )
        role = one(node, _OFFICE) or one(node, _ROLE) or node
        organization = one(node, _ORGANIZATION)
        return Claim(
            node.value,
            self.names.shown(node),
            self.names.shown(one(node, _MEMBER) or node),
            self.names.shown(role),
            role.value,
            None if organization is None else self.names.shown(organization),
            _value(one(node, _START)),
            _value(one(node, _UNTIL)),
            _value(one(node, _AS_OF)),
            _value(one(node, _FIRST)),
            _value(one(node, _AFTER)),
            self.said([node], node, home),
        )

    def claims_about(self, thing: ox.NamedNode) -> list[Claim]:
        """Return the claims that name a thing, in the order of their days."""
        found = {
            fact.subject
            for fact in store.match(self.graph, value=thing)
            if fact.predicate in (_MEMBER, _ORGANIZATION, _ROLE, _OFFICE)
            and isinstance(fact.subject, ox.NamedNode)
            and self.is_claim(fact.subject)
        }
        claims = [self.claim(node) for node in found if isinstance(node, ox.NamedNode)]
        return sorted(claims, key=lambda c: (c.first, c.after or "9", c.iri))

    def conflicts(self, nodes: set[Node] | None = None) -> list[Conflict]:
        """Return the conflicts that nodes are part of, or all of them."""
        found = set()
        for predicate in (_OVER, _PREFERS):
            for fact in store.match(self.graph, None, predicate):
                if nodes is None or fact.object in nodes:
                    found.add(fact.subject)
        listed = [self.conflict(node) for node in sorted(found, key=str)]
        known = [conflict for conflict in listed if conflict is not None]
        return sorted(known, key=lambda conflict: not conflict.over_roles)

    def conflict(self, resolution: Node) -> Conflict | None:
        """Return a resolution with its two sides."""
        better, worse = (self.names.one(resolution, p) for p in (_PREFERS, _OVER))
        if not isinstance(better, ox.NamedNode) or not isinstance(worse, ox.NamedNode):
            return None
        return Conflict(
            self.names.shown(resolution),
            self.names.best(resolution, _REASON),
            self.side(better),
            self.side(worse),
        )

    def side(self, node: ox.NamedNode) -> Side:
        """Return one side of a conflict, whatever carries it."""
        home = next((f.graph for f in store.match(self.graph, node) if f.graph in self.sources), "")
        value = self.names.one(node, _OBJECT)
        when = [
            (key, _value(found))
            for key in ("scog:validFrom", "scog:validUntil", "scog:statedAsOf", "scog:date")
            if (found := self.names.one(node, named(key))) is not None
        ]
        return Side(
            node.value,
            self.names.shown(node),
            None if value is None else self.names.shown(value),
            _value(self.names.one(node, _ROLE)),
            tuple(when),
            self.said([node], node, home) if home else None,
        )

    def supported(self, evidence: Node) -> list[Node]:
        """Return the claims and statements that rest on a piece of evidence."""
        return sorted({f.subject for f in store.match(self.graph, None, _FROM, evidence)}, key=str)

    def _notes(self, nodes: list[Node], source: str) -> list[Text]:
        found = []
        for predicate in (_WHY, _NOTE):
            for node in nodes:
                texts = [f.object for f in store.match(self.graph, node, predicate, None, source)]
                literals = [text for text in texts if isinstance(text, ox.Literal)]
                mine = [text for text in literals if text.language == self.names.lang]
                english = [text for text in literals if text.language == "en"]
                found += sorted(map(self.names.text, mine or english or literals))
        return list(dict.fromkeys(found))

    def _has(self, node: Node, predicate: ox.NamedNode, value: Term, source: str) -> bool:
        return any(True for _ in store.match(self.graph, node, predicate, value, source))


def _value(term: Term | None) -> str:
    return "" if term is None else term.value


def _place(quote: Quote) -> tuple[str, int, int, str, str]:
    """Order quotes by document and place, rows by their names."""
    return quote.document.plain, quote.start or 0, quote.end or 0, quote.row, quote.iri
