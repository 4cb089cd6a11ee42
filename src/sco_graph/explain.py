"""Every claim about a thing, with the words or the row of a table that it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pyoxigraph as ox

from sco_graph import store
from sco_graph.namespaces import GRAPH, expand, graph_name, slug

_TYPE, _FROM, _RANK, _REASON, _CONFLICT = (
    ox.NamedNode(expand(name))
    for name in (
        "rdf:type",
        "prov:wasDerivedFrom",
        "scog:rank",
        "scog:rankReason",
        "scog:conflictsWith",
    )
)
_SUBJECT, _PREDICATE, _OBJECT = (
    ox.NamedNode(expand(name)) for name in ("rdf:subject", "rdf:predicate", "rdf:object")
)
_SOURCE, _SELECTOR, _EXACT, _START, _END, _ROW, _SHA = (
    ox.NamedNode(expand(name))
    for name in (
        "oa:hasSource",
        "oa:hasSelector",
        "oa:exact",
        "oa:start",
        "oa:end",
        "dcterms:identifier",
        "scog:sha256",
    )
)
_CLAIMS = {
    ox.NamedNode(expand(f"scog:{name}"))
    for name in ("Participation", "OfficeHolding", "Meeting", "Founding", "Accession", "Event")
}
_NODES = {ox.NamedNode(expand(f"scog:{name}")) for name in ("Participation", "OfficeHolding")}
_PROVENANCE = {
    ox.NamedNode(expand(name))
    for name in ("scog:Statement", "scog:Evidence", "scog:Resolution", "oa:TextPositionSelector")
}
_JUDGEMENT = {_FROM, _RANK, _REASON, _CONFLICT}


@dataclass(frozen=True)
class Words:
    """Where a claim stands: words of a text, or (with no quote) a row of a table.

    `start` and `end` count code points from 0; `document` is the IRI of the text or table.
    """

    language: str | None
    quote: str | None
    start: int | None
    end: int | None
    document: str
    sha256: str | None
    row: str | None = None


@dataclass(frozen=True)
class Claim:
    """One triple of one source, its rank and what it rests on."""

    subject: str
    predicate: str
    object: str
    source: str
    rank: str
    evidence: tuple[Words, ...]

    def as_json(self) -> dict[str, object]:
        """Return the claim as the documented JSON object."""
        found = asdict(self)
        found["evidence"] = [{k: v for k, v in e.items() if k != "row"} for e in found["evidence"]]
        return found


def explain(graph: ox.Store, iri: str) -> list[Claim]:
    """Return every claim about a thing: where it is subject, object, or part of a claim."""
    thing = ox.NamedNode(iri)
    found = []
    for name in store.sources(graph):
        source = ox.NamedNode(GRAPH + name)
        for triple in sorted(_triples(graph, thing, source), key=_order):
            carriers = _carriers(graph, triple, source)
            if triple.predicate == _TYPE and not carriers:
                continue
            nodes = carriers or [triple.subject]
            rank = _one(graph, triple.subject, _RANK, source)
            found.append(
                Claim(
                    triple.subject.value,
                    triple.predicate.value,
                    triple.object.value,
                    graph_name(source.value),
                    slug(rank.value) if rank else "Normal",
                    tuple(_evidence(graph, nodes, source)),
                )
            )
    return found


def _order(triple: ox.Triple) -> tuple[str, str, str]:
    return triple.subject.value, triple.predicate.value, str(triple.object)


def _triples(graph: ox.Store, thing: ox.NamedNode, source: ox.NamedNode) -> set[ox.Triple]:
    """Return the triples of a source about a thing; a claim about it counts as a whole."""
    about = {q.triple for q in graph.quads_for_pattern(thing, None, None, source)}
    for quad in graph.quads_for_pattern(None, None, thing, source):
        kinds = _kinds(graph, quad.subject, source)
        if kinds & _NODES:
            about |= {q.triple for q in graph.quads_for_pattern(quad.subject, None, None, source)}
        elif not kinds & _PROVENANCE:
            about.add(quad.triple)
    if _kinds(graph, thing, source) & _PROVENANCE:
        return set()
    return {t for t in about if t.predicate not in _JUDGEMENT and not _bare_type(t)}


def _bare_type(triple: ox.Triple) -> bool:
    return triple.predicate == _TYPE and triple.object in _NODES


def _kinds(graph: ox.Store, node: store.Term, source: ox.NamedNode) -> set[store.Term]:
    if isinstance(node, ox.Literal):
        return set()
    return {q.object for q in graph.quads_for_pattern(node, _TYPE, None, source)}


def _carriers(graph: ox.Store, triple: ox.Triple, source: ox.NamedNode) -> list[ox.NamedNode]:
    """Return the statements about exactly this triple."""
    return [
        q.subject
        for q in graph.quads_for_pattern(None, _SUBJECT, triple.subject, source)
        if _one(graph, q.subject, _PREDICATE, source) == triple.predicate
        and _one(graph, q.subject, _OBJECT, source) == triple.object
    ]


def _evidence(
    graph: ox.Store, nodes: list[ox.NamedNode], source: ox.NamedNode
) -> Iterator[Words]:
    found = {q.object for n in nodes for q in graph.quads_for_pattern(n, _FROM, None, source)}
    words = [read(graph, evidence) for evidence in found]
    yield from sorted(words, key=lambda w: (w.document, w.start or 0, w.end or 0, w.row or ""))


def read(graph: ox.Store, evidence: ox.NamedNode) -> Words:
    """Return what an evidence node points to."""
    values: dict[ox.NamedNode, store.Term] = {}
    for quad in graph.quads_for_pattern(evidence, None, None, None):
        values.setdefault(quad.predicate, quad.object)
        if quad.predicate == _SELECTOR:
            for part in graph.quads_for_pattern(quad.object, None, None, None):
                values.setdefault(part.predicate, part.object)
    document = values[_SOURCE]
    exact, start, end, row = (values.get(key) for key in (_EXACT, _START, _END, _ROW))
    if not (isinstance(exact, ox.Literal) and start and end):
        return Words(None, None, None, None, document.value, None, row.value if row else None)
    checksum = _one(graph, document, _SHA, None)
    return Words(
        exact.language,
        exact.value,
        int(start.value),
        int(end.value),
        document.value,
        checksum.value if checksum else None,
    )


def _one(
    graph: ox.Store, node: store.Term, predicate: ox.NamedNode, source: ox.NamedNode | None
) -> store.Term | None:
    if isinstance(node, ox.Literal):
        return None
    found = sorted(
        (q.object for q in graph.quads_for_pattern(node, predicate, None, source)), key=str
    )
    return found[0] if found else None


def by_evidence(claims: list[Claim]) -> dict[tuple[object, ...], list[Claim]]:
    """Group claims that one node makes on the same words, in their order."""
    groups: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.source, claim.subject, claim.rank, claim.evidence].append(claim)
    return groups
