"""What a catalogue is told of a release: DCAT-AP and VoID, with numbers that were counted.

An editor writes title, publisher and licence (`data/dataset.ttl`); files, sizes, checksums
and counts are those of the release itself.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

import pyoxigraph as ox

from sco_graph.formats import by_extension
from sco_graph.namespaces import GRAPH, compact
from sco_graph.rdf import Fact, literal, named

_TYPE = named("rdf:type")
_MEDIA = "https://www.iana.org/assignments/media-types/"
_SHA256 = named("spdx:checksumAlgorithm_sha256")


def describe(
    authored: Sequence[Fact], facts: Sequence[Fact], files: Mapping[str, bytes], version: str
) -> Iterator[ox.Triple]:
    """Yield the description of a dataset; none where no editor wrote what it is.

    `facts` are those of the release, `files` the bytes that travel, by name.
    """
    whole = next(
        (f.subject for f in authored if (f.predicate, f.object) == (_TYPE, named("dcat:Dataset"))),
        None,
    )
    if not isinstance(whole, ox.NamedNode):
        return
    yield from (fact.triple() for fact in authored)
    yield ox.Triple(whole, named("dcat:version"), ox.Literal(version))
    yield ox.Triple(whole, named("owl:versionInfo"), ox.Literal(version))
    yield ox.Triple(whole, named("dcterms:hasVersion"), ox.NamedNode(f"{whole.value}/{version}"))
    yield from _numbers(whole, {fact.alone() for fact in facts})
    for name, count in sorted(Counter(fact.graph for fact in facts).items()):
        graph = ox.NamedNode(GRAPH + name)
        yield ox.Triple(whole, named("void:subset"), graph)
        yield ox.Triple(graph, _TYPE, named("void:Dataset"))
        yield ox.Triple(graph, named("void:triples"), literal(str(count), "integer"))
    agents = {f.object for f in authored if f.predicate == named("dcterms:publisher")}
    for fact in facts:
        if fact.predicate == named("scog:sourceGraph") and isinstance(fact.object, ox.NamedNode):
            yield ox.Triple(fact.object, named("prov:wasDerivedFrom"), fact.subject)
            yield ox.Triple(whole, named("prov:wasDerivedFrom"), fact.subject)
        if fact.subject in agents and fact.subject != whole:
            yield fact.triple()
    rights = [f.object for f in authored if f.predicate == named("dcterms:license")]
    standards = [f.object for f in authored if f.predicate == named("dcterms:conformsTo")]
    for name, data in sorted(files.items()):
        node = ox.NamedNode(f"{whole.value}/{version}/{name}")
        yield ox.Triple(whole, named("dcat:distribution"), node)
        yield from _file(node, name, data)
        yield from (ox.Triple(node, named("dcterms:license"), right) for right in rights)
        yield from (ox.Triple(node, named("dcterms:conformsTo"), found) for found in standards)


def _numbers(whole: ox.NamedNode, triples: Iterable[Fact]) -> Iterator[ox.Triple]:
    """Yield VoID's counts: of a set of triples, each counted once whatever graphs hold it."""
    found = list(triples)
    kinds = Counter(fact.object for fact in found if fact.predicate == _TYPE)
    uses = Counter(fact.predicate for fact in found)
    counts = {
        "triples": len(found),
        "distinctSubjects": len({fact.subject for fact in found}),
        "distinctObjects": len({fact.object for fact in found}),
        "classes": len(kinds),
        "properties": len(uses),
    }
    for name, count in counts.items():
        yield ox.Triple(whole, named(f"void:{name}"), literal(str(count), "integer"))
    for relation, about, measure, counted in (
        ("classPartition", "class", "entities", kinds),
        ("propertyPartition", "property", "triples", uses),
    ):
        for term, count in counted.items():
            if isinstance(term, ox.NamedNode):
                name = compact(term.value).strip("<>").replace(":", "-")
                node = ox.NamedNode(f"{whole.value}#{quote(name, safe='-.~')}")
                yield ox.Triple(whole, named(f"void:{relation}"), node)
                yield ox.Triple(node, _TYPE, named("void:Dataset"))
                yield ox.Triple(node, named(f"void:{about}"), term)
                yield ox.Triple(node, named(f"void:{measure}"), literal(str(count), "integer"))


def _file(node: ox.NamedNode, name: str, data: bytes) -> Iterator[ox.Triple]:
    """Yield what a distribution is: its address, media type, size and checksum."""
    yield ox.Triple(node, _TYPE, named("dcat:Distribution"))
    yield ox.Triple(node, named("dcterms:title"), ox.Literal(name, language="en"))
    for relation in ("accessURL", "downloadURL"):
        yield ox.Triple(node, named(f"dcat:{relation}"), node)
    media = {"mediaType": by_extension(name).media_type}
    if name.endswith(".gz"):
        media["compressFormat"] = "application/gzip"
    for relation, text in media.items():
        kind = ox.NamedNode(_MEDIA + text)
        yield ox.Triple(node, named(f"dcat:{relation}"), kind)
        yield ox.Triple(kind, _TYPE, named("dcterms:MediaType"))
    yield ox.Triple(node, named("dcat:byteSize"), literal(str(len(data)), "nonNegativeInteger"))
    checksum = ox.NamedNode(f"{node.value}#sha256")
    digest = hashlib.sha256(data).hexdigest()
    yield ox.Triple(node, named("spdx:checksum"), checksum)
    yield ox.Triple(checksum, _TYPE, named("spdx:Checksum"))
    yield ox.Triple(checksum, named("spdx:algorithm"), _SHA256)
    yield ox.Triple(checksum, named("spdx:checksumValue"), literal(digest, "hexBinary"))
    yield ox.Triple(_SHA256, _TYPE, named("spdx:ChecksumAlgorithm"))


def package(description: Iterable[Fact]) -> dict[str, object]:
    """Return what a Frictionless data package says of itself, as the description of the dataset.

    A graph that nobody described has a name and nothing else.
    """
    facts = list(description)
    whole = next((f.subject for f in facts if f.object == named("dcat:Dataset")), None)
    said: dict[str, list[ox.Literal | ox.NamedNode | ox.BlankNode]] = defaultdict(list)
    for fact in facts:
        if fact.subject == whole:
            said[compact(fact.predicate.value)].append(fact.object)

    def english(name: str) -> list[str]:
        texts = [t for t in said[name] if isinstance(t, ox.Literal)]
        return [t.value for t in texts if t.language in (None, "en")][:1]

    found: dict[str, object] = {"name": "graph"}
    for title in english("dcterms:title"):
        found["name"] = "-".join(re.findall(r"[a-z0-9]+", title.lower()))
    if isinstance(whole, ox.NamedNode):
        found["id"] = whole.value
    for name, relation in (
        ("title", "dcterms:title"),
        ("description", "dcterms:description"),
        ("version", "dcat:version"),
    ):
        for text in english(relation):
            found[name] = text
    licences = [{"path": str(getattr(t, "value", ""))} for t in said["dcterms:license"]]
    if licences:
        found["licenses"] = licences
    return found
