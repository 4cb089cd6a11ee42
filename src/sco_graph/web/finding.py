"""Search by label in any language: accents, case and width of letters do not matter."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import store
from sco_graph.namespaces import ID, ONTOLOGY, slug
from sco_graph.rdf import named

MOST = 200
"""How many finds a page shows; it says how many there are."""
_LABELS = [named(name) for name in ("skos:prefLabel", "skos:altLabel", "rdfs:label")]
_CODES = [named(f"scog:{name}") for name in ("iso3166Alpha2", "iso3166Alpha3", "m49")]


class Find(NamedTuple):
    """A thing that was found, and the name by which it was."""

    iri: str
    name: str
    tag: str


def plain(text: str) -> str:
    """Return a text without accents, case and width, white space as single spaces."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(bare.split())


class Index:
    """The labels, codes and slugs of a graph, ready to be searched."""

    def __init__(self, graph: ox.Store) -> None:
        names: dict[tuple[str, str], Find] = {}
        for predicate in (*_LABELS, *_CODES):
            for fact in store.match(graph, None, predicate):
                iri = fact.subject.value
                if isinstance(fact.object, ox.Literal) and iri.startswith((ID, ONTOLOGY)):
                    find = Find(iri, fact.object.value, fact.object.language or "")
                    names.setdefault((iri, find.name), find)
        for iri in sorted({iri for iri, _ in names}):
            names.setdefault((iri, slug(iri)), Find(iri, slug(iri), ""))
        self._entries = sorted((plain(find.name), *find) for find in names.values())

    def search(self, text: str) -> list[Find]:
        """Return the things whose name holds a text, the closest first, each once."""
        wanted = plain(text)
        if not wanted:
            return []
        ranked = sorted(
            (_distance(name, wanted), len(name), not iri.startswith(ID), name, iri, shown, tag)
            for name, iri, shown, tag in self._entries
            if wanted in name
        )
        found: dict[str, Find] = {}
        for *_, iri, shown, tag in ranked:
            found.setdefault(iri, Find(iri, shown, tag))
        return list(found.values())


def _distance(name: str, wanted: str) -> int:
    """Return how far a name is from what was wanted: the same, its beginning, a word, a part."""
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    return 2 if f" {wanted}" in name else 3
