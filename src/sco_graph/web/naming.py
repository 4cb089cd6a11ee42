"""What things are called on a page and where they lead: labels with their languages, links."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from sco_graph import store, terms
from sco_graph.namespaces import (
    GRAPH,
    ID,
    LANGUAGES,
    ONTOLOGY,
    PREFIXES,
    compact,
    graph_name,
    slug,
)
from sco_graph.rdf import Term, named
from sco_graph.web import words

FORMATS = {
    "ttl": ("Turtle", "text/turtle"),
    "jsonld": ("JSON-LD", "application/ld+json"),
    "nt": ("N-Triples", "application/n-triples"),
    "rdf": ("RDF/XML", "application/rdf+xml"),
}
"""The data formats of a document: suffix to name and media type."""

_OUTSIDE = re.compile(r"https?://[^\s<>\"'`\\{}|^\x00-\x20]+\Z", re.IGNORECASE)
_THING = re.compile(re.escape(ID) + r"([a-z0-9-]+/[a-z0-9-]+)(?:#[\w.-]*)?\Z")
_PREFERRED = named("skos:prefLabel")
_MEMBER, _ROLE, _OFFICE = map(named, ("org:member", "org:role", "scog:office"))
_SUBJECT, _PREDICATE = map(named, ("rdf:subject", "rdf:predicate"))
_LINKED, _LINK = map(named, ("owl:annotatedSource", "owl:annotatedTarget"))
_EXACT, _SELECTOR, _ROW = map(named, ("oa:exact", "oa:hasSelector", "dcterms:identifier"))
_OVER, _PREFERS = map(named, ("scog:over", "scog:prefers"))
_LABEL = named("rdfs:label")
_VOCABULARIES = ("scog", "org", "dcterms", "skos")
_SOURCE_GRAPH = named("scog:sourceGraph")


class Text(NamedTuple):
    """Words for people; `tag` is their language, "" where it is that of the page or none."""

    text: str
    tag: str = ""


class Shown(NamedTuple):
    """A term as a page shows it: its words, where it leads, whether that is another site."""

    parts: tuple[Text, ...]
    href: str = ""
    outside: bool = False

    @property
    def plain(self) -> str:
        """Return its words without their languages."""
        return "".join(part.text for part in self.parts)

    def unlinked(self) -> Shown:
        """Return the same words that lead nowhere."""
        return Shown(self.parts)


def outside(iri: str) -> bool:
    """Whether an IRI may become a link to another site: http and https alone may."""
    return _OUTSIDE.match(iri) is not None


def is_thing(iri: str) -> bool:
    """Whether an IRI is that of a thing with a page of its own."""
    return re.fullmatch(_THING, iri) is not None and "#" not in iri


class Links:
    """Addresses on this site, in one language; the default language needs no parameter."""

    def __init__(self, base: str, lang: str, *, keep: bool = False) -> None:
        self.base = base.rstrip("/")
        self.lang = lang
        self.always = keep or lang != LANGUAGES[0]

    def to(self, path: str, anchor: str = "", /, **values: str) -> str:
        """Return the address of a path of this site, with parameters."""
        given = {key: value for key, value in values.items() if value}
        if self.always:
            given.setdefault("lang", self.lang)
        query = f"?{urlencode(given)}" if given else ""
        return self.base + quote(path) + query + (f"#{quote(anchor)}" if anchor else "")

    def file(self, path: str) -> str:
        """Return the address of a file, which is the same in every language."""
        return self.base + quote(path)

    def here(self, iri: str) -> str:
        """Return the address on this site of what an IRI names, or "" where it has none."""
        if found := _THING.match(iri):
            return self.to("/id/" + found[1])
        if iri.startswith(ONTOLOGY):
            return self.to("/ontology", slug(iri))
        if iri.startswith(GRAPH):
            return self.to("/sources", graph_name(iri))
        return ""


class Names:
    """The names of a graph's terms in one language, with links."""

    def __init__(self, graph: ox.Store, links: Links) -> None:
        self.graph = graph
        self.links = links
        self.lang = links.lang
        self._known: dict[str, tuple[Text, ...]] = {}
        self._by_label: dict[str, set[str]] = {}

    def shown(self, term: Term) -> Shown:
        """Return a term as a page shows it: a thing by its name, a text with its language."""
        if isinstance(term, ox.Literal):
            return Shown((self.text(term),))
        if isinstance(term, ox.BlankNode):
            return Shown((Text("…"),))
        here = self.links.here(term.value)
        if here or not outside(term.value):
            return Shown(self.parts(term.value), here)
        return Shown(self.parts(term.value), term.value, outside=True)

    def labelled(self, node: ox.NamedNode) -> bool:
        """Whether a thing has a preferred name."""
        return any(True for _ in store.match(self.graph, node, _PREFERRED))

    def linked(self, shown: Shown) -> Shown:
        """Return words with a link where they are the name of one thing alone."""
        if not self._by_label:
            for fact in store.match(self.graph, None, _PREFERRED):
                if isinstance(fact.subject, ox.NamedNode) and is_thing(fact.subject.value):
                    self._by_label.setdefault(fact.object.value, set()).add(fact.subject.value)
        found = self._by_label.get(shown.plain, set())
        return Shown(shown.parts, self.links.here(min(found))) if len(found) == 1 else shown

    def term(self, name: str) -> Shown | None:
        """Return the term of a vocabulary whose IRI ends so, if one has a label."""
        for prefix in _VOCABULARIES:
            node = ox.NamedNode(PREFIXES[prefix] + name)
            if any(True for _ in store.match(self.graph, node, _LABEL)):
                return self.shown(node)
        return None

    def text(self, literal: ox.Literal) -> Text:
        """Return a literal's words and their language where that is not the page's."""
        return Text(literal.value, self._other(literal.language or ""))

    def title(self, iri: str) -> str:
        """Return the name of a thing as plain words."""
        return "".join(part.text for part in self.parts(iri))

    def parts(self, iri: str) -> tuple[Text, ...]:
        """Return the name of a thing; what has no label is named after what it is about."""
        if iri not in self._known:
            self._known[iri] = (Text(compact(iri)),)  # what leads back to itself ends here
            self._known[iri] = self._parts(iri)
        return self._known[iri]

    def one(self, node: Term, predicate: ox.NamedNode) -> Term | None:
        """Return the first object of a predicate, in the order of their texts."""
        found = (fact.object for fact in store.match(self.graph, node, predicate))
        return min(found, key=str, default=None)

    def best(self, node: Term, predicate: ox.NamedNode) -> Text | None:
        """Return the text in the page's language, in the first one, or in any."""
        found = {}
        for fact in store.match(self.graph, node, predicate):
            if isinstance(fact.object, ox.Literal):
                found[fact.object.language or ""] = fact.object.value
        for tag in (self.lang, LANGUAGES[0], *sorted(found)):
            if tag in found:
                return Text(found[tag], self._other(tag))
        return None

    def _other(self, tag: str) -> str:
        return "" if tag == self.lang else tag

    def _parts(self, iri: str) -> tuple[Text, ...]:
        if iri.startswith(GRAPH):
            document = next(
                (
                    f.subject
                    for f in store.match(self.graph, None, _SOURCE_GRAPH, ox.NamedNode(iri))
                ),
                None,
            )
            if document is not None and not isinstance(document, ox.BlankNode):
                return self.parts(document.value)
            return (Text(words.graph(graph_name(iri), self.lang)),)
        text, tag = terms.tagged_label(self.graph, iri, self.lang)
        if tag or text != slug(iri):
            return (Text(text, self._other(tag)),)
        return self._composed(ox.NamedNode(iri)) or (Text(compact(iri).strip("<>")),)

    def _composed(self, node: ox.NamedNode) -> tuple[Text, ...]:
        """Return the name of a claim, a statement, evidence or a resolution from its parts."""
        if (member := self.one(node, _MEMBER)) is not None:
            role = self.one(node, _OFFICE) or self.one(node, _ROLE)
            return self._joined("：" if self.lang == "zh" else ": ", member, role)
        if (thing := self.one(node, _SUBJECT)) is not None:
            return self._joined(" · ", thing, self.one(node, _PREDICATE))
        if (linked := self.one(node, _LINKED)) is not None:
            return self._joined(" = ", linked, self.one(node, _LINK))
        if (over := self.one(node, _OVER)) is not None:
            return self._joined(" ↔ ", over, self.one(node, _PREFERS))
        for selector in store.match(self.graph, node, _SELECTOR):
            exact = self.one(selector.object, _EXACT)
            if isinstance(exact, ox.Literal):
                return Text("“"), self.text(exact), Text("”")
        row = self.one(node, _ROW)
        return () if row is None else (Text(row.value),)

    def _joined(self, separator: str, *nodes: Term | None) -> tuple[Text, ...]:
        found: list[Text] = []
        for node in nodes:
            if node is None:
                continue
            if found:
                found.append(Text(separator))
            found += self.shown(node).parts
        return tuple(found)
