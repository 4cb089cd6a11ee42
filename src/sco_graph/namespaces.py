"""The one table of prefixes, and the names that are built from it."""

from __future__ import annotations

import re

BASE = "https://w3id.org/sco-graph/"
ID = BASE + "id/"
GRAPH = BASE + "graph/"
ONTOLOGY = BASE + "ontology#"

KINDS = (
    "organization organ state place person role office participation office-holding "
    "meeting event document concept scheme evidence statement resolution"
).split()
"""What a thing can be: the segment between `id/` and its slug."""

PREFIXES: dict[str, str] = {
    "scog": ONTOLOGY,
    "scogid": ID,
    "graph": GRAPH,
    "shape": BASE + "shape/",
    **{kind: f"{ID}{kind}/" for kind in KINDS},
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefix to namespace, for every file, query and answer of the project."""

LANGUAGES = ("en", "zh", "ru")
"""The tags that a text for people may carry; the first is the one to fall back on."""

_LOCAL = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"


def by_length(prefixes: dict[str, str]) -> list[tuple[str, str]]:
    """Return (prefix, namespace) pairs, the longest namespace first, as `shorten` wants them."""
    return sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))


_PAIRS = by_length(PREFIXES)


def expand(curie: str) -> str:
    """Return the IRI that a CURIE such as `state:india` or `org:member` stands for.

    Raises KeyError where the prefix is not in the table.
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def shorten(iri: str, pairs: list[tuple[str, str]] = _PAIRS) -> tuple[str, str] | None:
    """Return the prefix and the local name of an IRI, or None where none makes a plain one."""
    for prefix, namespace in pairs:
        if iri.startswith(namespace) and re.fullmatch(_LOCAL, iri[len(namespace) :]):
            return prefix, iri[len(namespace) :]
    return None


def compact(iri: str) -> str:
    """Return the CURIE of an IRI, or the IRI in angle brackets where no prefix fits."""
    found = shorten(iri)
    return ":".join(found) if found else f"<{iri}>"


def slug(iri: str) -> str:
    """Return what stands after the last `/` or `#` of an IRI."""
    return re.split(r"[/#]", iri)[-1]


def graph_name(iri: str) -> str:
    """Return the name of a named graph of this project, such as `reference`."""
    return iri.removeprefix(GRAPH)
