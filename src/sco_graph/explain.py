"""Every claim about a thing, with the words or the row of a table that it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from sco_graph import store
from sco_graph.namespaces import slug
from sco_graph.rdf import Fact, Node, Term, named

_TYPE, _FROM, _RANK = map(named, ("rdf:type", "prov:wasDerivedFrom", "scog:rank"))
_JUDGEMENT = {_FROM, _RANK, named("scog:rankReason"), named("scog:conflictsWith")}
_SUBJECT, _PREDICATE, _OBJECT = map(named, ("rdf:subject", "rdf:predicate", "rdf:object"))
_SOURCE, _SELECTOR, _EXACT = map(named, ("oa:hasSource", "oa:hasSelector", "oa:exact"))
_START, _END = map(named, ("oa:start", "oa:end"))
_ROW, _SHA = map(named, ("dcterms:identifier", "scog:sha256"))
_NOTE, _WHY = map(named, ("skos:editorialNote", "scog:rankReason"))
_NODES = {named("scog:Participation"), named("scog:OfficeHolding")}
_PROVENANCE = {named(f"scog:{name}") for name in ("Statement", "Evidence", "Resolution")}


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
    note: str | None = None


@dataclass(frozen=True)
class Claim:
    """One triple of one source, its rank and what it rests on.

    `notes` are (language, text): why it has its rank, and what is not sure about it.
    """

    subject: str
    predicate: str
    object: str
    source: str
    rank: str
    evidence: tuple[Words, ...]
    notes: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the claim as the documented JSON object."""
        found = asdict(self)
        del found["notes"]
        shown = ("language", "quote", "start", "end", "document", "sha256")
        found["evidence"] = [{key: e[key] for key in shown} for e in found["evidence"]]
        return found


def explain(graph: store.Graph, iri: str) -> list[Claim]:
    """Return every claim about a thing: where it is subject, object, or part of a claim."""
    found = []
    for source in store.sources(graph):
        for fact in sorted(_facts(graph, ox.NamedNode(iri), source), key=_order):
            carriers = _carriers(graph, fact)
            if fact.predicate == _TYPE and not carriers:
                continue
            ranked = (_one(graph, node, _RANK, source) for node in [*carriers, fact.subject])
            rank = next((found for found in ranked if found), None)
            found.append(
                Claim(
                    fact.subject.value,
                    fact.predicate.value,
                    fact.object.value,
                    source,
                    slug(rank.value) if rank else "Normal",
                    tuple(_evidence(graph, carriers or [fact.subject], source)),
                    tuple(sorted(_notes(graph, carriers, fact, source))),
                )
            )
    return found


def _order(fact: Fact) -> tuple[str, str, str]:
    return fact.subject.value, fact.predicate.value, str(fact.object)


def _facts(graph: store.Graph, thing: ox.NamedNode, source: str) -> set[Fact]:
    """Return the facts of a source about a thing; a claim about it counts as a whole."""
    if _kinds(graph, thing, source) & _PROVENANCE:
        return set()
    about = set(store.match(graph, thing, graph=source))
    for fact in store.match(graph, value=thing, graph=source):
        kinds = _kinds(graph, fact.subject, source)
        if kinds & _NODES:
            about |= set(store.match(graph, fact.subject, graph=source))
        elif not kinds & _PROVENANCE:
            about.add(fact)
    return {fact for fact in about if fact.predicate not in _JUDGEMENT}


def _kinds(graph: store.Graph, node: Node, source: str) -> set[Term]:
    return {fact.object for fact in store.match(graph, node, _TYPE, graph=source)}


def _carriers(graph: store.Graph, fact: Fact) -> list[Node]:
    """Return the statements about exactly this fact."""
    return [
        about.subject
        for about in store.match(graph, None, _SUBJECT, fact.subject, fact.graph)
        if _one(graph, about.subject, _PREDICATE, fact.graph) == fact.predicate
        and _one(graph, about.subject, _OBJECT, fact.graph) == fact.object
    ]


def _evidence(graph: store.Graph, nodes: list[Node], source: str) -> Iterator[Words]:
    found = {fact.object for n in nodes for fact in store.match(graph, n, _FROM, None, source)}
    words = [read(graph, evidence) for evidence in found]
    yield from sorted(words, key=lambda w: (w.document, w.start or 0, w.end or 0, w.row or ""))


def _notes(
    graph: store.Graph, carriers: list[Node], fact: Fact, source: str
) -> Iterator[tuple[str, str]]:
    """Yield the notes on a statement, and the reasons for a rank, with their languages."""
    for node, predicate in [
        *((node, predicate) for node in carriers for predicate in (_NOTE, _WHY)),
        (fact.subject, _WHY),
    ]:
        for note in store.match(graph, node, predicate, None, source):
            if isinstance(note.object, ox.Literal):
                yield note.object.language or "", note.object.value


def read(graph: store.Graph, evidence: Term) -> Words:
    """Return what an evidence node points to."""
    values: dict[ox.NamedNode, Term] = {}
    for _, predicate, value, _ in store.match(graph, evidence):
        values.setdefault(predicate, value)
        if predicate == _SELECTOR:
            for part in store.match(graph, value):
                values.setdefault(part.predicate, part.object)
    document = values[_SOURCE]
    exact, start, end, row = (values.get(key) for key in (_EXACT, _START, _END, _ROW))
    if not (isinstance(exact, ox.Literal) and start and end):
        note = values.get(_NOTE)
        return Words(
            None,
            None,
            None,
            None,
            document.value,
            None,
            row.value if row else None,
            note.value if note else None,
        )
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
    graph: store.Graph, node: Term, predicate: ox.NamedNode, source: str | None
) -> Term | None:
    found = (fact.object for fact in store.match(graph, node, predicate, graph=source))
    return min(found, key=str, default=None)


def by_evidence(claims: list[Claim]) -> list[list[Claim]]:
    """Group claims that one node makes on the same words, with the same notes, in their order."""
    groups: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        key = claim.source, claim.subject, claim.rank, claim.evidence, claim.notes
        groups[key].append(claim)
    return list(groups.values())
