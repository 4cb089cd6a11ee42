"""What a person calls a thing, resolved to its IRI: IRI, CURIE, code, slug or label."""

from __future__ import annotations

import re
import unicodedata

import pyoxigraph as ox

from sco_graph import store
from sco_graph.errors import AmbiguousTerm, UsageError
from sco_graph.namespaces import ID, LANGUAGES, ONTOLOGY, PREFIXES, compact, expand, slug
from sco_graph.rdf import Term, named

_CODES = [named(f"scog:{name}") for name in ("iso3166Alpha2", "iso3166Alpha3", "m49")]
_PREFERRED, _ALTERNATIVE, _LABEL = map(named, ("skos:prefLabel", "skos:altLabel", "rdfs:label"))


def resolve(graph: store.Graph, term: str) -> str:
    """Return the IRI of the one thing that a term names.

    `term` is an IRI (with or without angle brackets), a CURIE (`state:india`), an ISO or
    M49 code, a slug (`india`, `state/india`) or a label in any language. A preferred label
    goes before another one, a thing before a term of the ontology. Raises AmbiguousTerm
    with the list where it fits several things, UsageError where it fits none.
    """
    text = unicodedata.normalize("NFC", term.strip())
    if not text:
        raise UsageError("an empty term names nothing")
    found = _named(graph, text) or _coded(graph, text) or _slugged(graph, text)
    for predicate in (_PREFERRED, _ALTERNATIVE, _LABEL):
        found = found or _labelled(graph, predicate, text)
    if len(found) == 1:
        return next(iter(found))
    if found:
        candidates = sorted(found)
        shown = [f"{compact(iri)} ({label(graph, iri, 'en')})" for iri in candidates]
        raise AmbiguousTerm(term, candidates, shown)
    raise UsageError(
        f'nothing in the graph is called "{term}": give an IRI, a CURIE, a code, a slug or a label'
    )


def label(graph: store.Graph, iri: str, lang: str) -> str:
    """Return the label of a thing in a language, in English, in any, or its slug."""
    return tagged_label(graph, iri, lang)[0]


def tagged_label(graph: store.Graph, iri: str, lang: str) -> tuple[str, str]:
    """Return the label of a thing as `label` does, and the tag of the language it is in."""
    found = {}
    for predicate in (_LABEL, _PREFERRED):
        for fact in store.match(graph, ox.NamedNode(iri), predicate):
            if isinstance(fact.object, ox.Literal):
                found[fact.object.language or ""] = fact.object.value
    for tag in (lang, LANGUAGES[0], *sorted(found)):
        if tag in found:
            return found[tag], tag
    return slug(iri), ""


class Names:
    """Terms in words of one language; `fallbacks` are the names that it had none for."""

    def __init__(self, graph: store.Graph, lang: str) -> None:
        self.graph = graph
        self.lang = lang
        self.fallbacks: set[str] = set()

    def label(self, iri: str) -> str:
        """Return the label of a thing, in another language where there is none in this."""
        return self._tagged(iri)[0]

    def named(self, iri: str) -> str:
        """Return the label of a thing with its CURIE, or the CURIE where it has none."""
        text, tag = self._tagged(iri)
        return f"{text} ({compact(iri)})" if tag else compact(iri)

    def shown(self, term: Term) -> str:
        """Return a term: a thing by its name, a text with its language where that is another."""
        if isinstance(term, ox.NamedNode):
            return self.named(term.value)
        if isinstance(term, ox.Literal) and term.language and term.language != self.lang:
            return f"{term.value} ({term.language})"
        return term.value

    def _tagged(self, iri: str) -> tuple[str, str]:
        text, tag = tagged_label(self.graph, iri, self.lang)
        if tag not in (self.lang, ""):
            self.fallbacks.add(text)
        return text, tag


def _known(graph: store.Graph, iri: str) -> bool:
    node = ox.NamedNode(iri)
    return any(True for _ in store.match(graph, node)) or any(
        True for _ in store.match(graph, value=node)
    )


def _named(graph: store.Graph, text: str) -> set[str]:
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    if re.match(r"[a-z][a-z0-9+.-]*://", bare):
        iri = bare
    elif re.match(r"[\w-]+:[^\s/]\S*\Z", bare) and bare.split(":")[0] in PREFIXES:
        iri = expand(bare)
    else:
        return set()
    try:
        return {iri} if _known(graph, iri) else set()
    except ValueError:
        return set()


def _coded(graph: store.Graph, text: str) -> set[str]:
    if not re.fullmatch(r"[A-Z]{2,3}|[0-9]{3}", text):
        return set()
    return {
        fact.subject.value
        for predicate in _CODES
        for fact in store.match(graph, None, predicate, ox.Literal(text))
    }


def _slugged(graph: store.Graph, text: str) -> set[str]:
    if not re.fullmatch(r"[a-z0-9-]+(?:/[a-z0-9-]+)?", text):
        return set()
    if "/" in text and _known(graph, ID + text):  # at once, however large the store is
        return {ID + text}
    ends = "/" + text
    return {
        fact.subject.value
        for fact in store.match(graph, None, _PREFERRED)
        if fact.subject.value.endswith(ends)
    }


def _labelled(graph: store.Graph, predicate: ox.NamedNode, text: str) -> set[str]:
    """Return what a label names: things, or else terms of the ontology, or else anything."""
    wanted = text.casefold()
    found = {
        fact.subject.value
        for fact in store.match(graph, None, predicate)
        if isinstance(fact.subject, ox.NamedNode) and fact.object.value.casefold() == wanted
    }
    for home in (ID, ONTOLOGY):
        if mine := {iri for iri in found if iri.startswith(home)}:
            return mine
    return found
