"""The graph as others take it: the whole or a part, in any format or another's vocabulary.

select  graphs, a day, languages      facts in, facts out
profile another vocabulary            one CONSTRUCT of queries/profiles, nothing else
write   a format                      as a stream; named graphs kept where it can hold them
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, TypeVar, cast

import pyoxigraph as ox

from sco_graph import current, days, jsonld, queryfile, store
from sco_graph.errors import UsageError
from sco_graph.formats import Format
from sco_graph.layout import LINKS, SCHEMES
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Fact, Statements, Term, named
from sco_graph.reading import RDF_FORMATS

PRODUCTS = ("inferred", "derived")
CURRENT = "current"
_BASE = (SCHEMES, LINKS, *PRODUCTS, CURRENT)

_P = {
    name: named(name)
    for name in (
        "owl:sameAs prov:wasDerivedFrom rdf:object oa:exact oa:hasSelector scog:prefers scog:over"
    ).split()
}
_SIDES = ("scog:prefers", "scog:over")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Part:
    """What of the graph is wanted; an empty field asks for no restriction."""

    graphs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    at: date | None = None
    languages: tuple[str, ...] = ()

    def names(self, there: Iterable[str]) -> set[str]:
        """Return the graphs that are wanted, of those that are there; groups stand for some."""
        products = {"inferred": PRODUCTS, "current": (CURRENT,)}
        wanted = {name for group in self.groups for name in products.get(group, ())}
        if "asserted" in self.groups:
            wanted |= {*there} - {*PRODUCTS, CURRENT}
        return wanted | {*self.graphs} if self.groups or self.graphs else {*there}


def select(whole: Sequence[Fact], ontology: Iterable[Fact], part: Part) -> list[Fact]:
    """Return the facts of a part, in order of their graphs.

    `at` leaves out the dated claims that do not hold on the day, and shows who takes part
    in what on that day; `languages` leaves out texts in others, but never a quote. What only
    those rested on goes with them. Raises UsageError where a graph does not exist.
    """
    there = sorted({fact.graph for fact in whole})
    for name in part.graphs:
        if name not in there:
            raise UsageError(f'there is no graph "{name}". Graphs: {", ".join(there)}')
    found = list(whole)
    if part.at is not None:
        found = _on(found, list(ontology), part.at)
    if part.languages:
        found = _in(found, part.languages)
    if part.at is not None or part.languages:
        found = _complete(_supported(found, whole))
    wanted = part.names(there)
    found = [fact for fact in found if fact.graph in wanted]
    return sorted(found, key=lambda fact: fact.graph)


def _on(found: list[Fact], ontology: list[Fact], day: date) -> list[Fact]:
    claims = days.claims(fact for fact in found if fact.graph not in _BASE)
    gone = {claim.node for claim in claims if not claim.first <= day < claim.after}
    kept = [
        fact
        for fact in found
        if fact.graph != CURRENT and fact.subject not in gone and fact.object not in gone
    ]
    roles = [fact for fact in found if fact.graph not in (*PRODUCTS, CURRENT)]
    now = current.view(claims, roles, ontology, day)
    was = {fact.alone() for fact in found if fact.graph == CURRENT}
    return [f for f in kept if f.alone() not in was - now] + [
        fact._replace(graph=CURRENT) for fact in sorted(now, key=str)
    ]


def _in(found: list[Fact], languages: Sequence[str]) -> list[Fact]:
    def spoken(term: Term) -> bool:
        return not isinstance(term, ox.Literal) or (term.language or languages[0]) in languages

    mute = {f.subject for f in found if f.predicate == _P["rdf:object"] and not spoken(f.object)}
    return [
        fact
        for fact in found
        if fact.subject not in mute and (fact.predicate == _P["oa:exact"] or spoken(fact.object))
    ]


def _supported(found: list[Fact], whole: Sequence[Fact]) -> list[Fact]:
    """Leave out the evidence, with its selectors, that supports nothing any more."""
    used = {f.object for f in found if f.predicate == _P["prov:wasDerivedFrom"]}
    once = {f.object for f in whole if f.predicate == _P["prov:wasDerivedFrom"]}
    idle = once - used
    idle |= {f.object for f in found if f.predicate == _P["oa:hasSelector"] and f.subject in idle}
    return [fact for fact in found if fact.subject not in idle]


def _complete(found: list[Fact]) -> list[Fact]:
    """Leave out the resolutions that have lost a side."""
    kept = {name: {f.subject for f in found if f.predicate == _P[name]} for name in _SIDES}
    half = kept["scog:prefers"] ^ kept["scog:over"]
    return [fact for fact in found if fact.subject not in half]


def as_owl(written: Statements) -> Statements:
    """Return statements with owl:sameAs for schema:sameAs, also where a mapping names it."""
    schema = {ox.NamedNode(f"{scheme}://schema.org/sameAs") for scheme in ("http", "https")}

    def owl(term: _T) -> _T:
        return cast("_T", _P["owl:sameAs"]) if term in schema else term

    quads = [q for q in written if isinstance(q, ox.Quad)]
    if quads:
        return [ox.Quad(q.subject, owl(q.predicate), owl(q.object), q.graph_name) for q in quads]
    triples = [t for t in written if isinstance(t, ox.Triple)]
    return [ox.Triple(t.subject, owl(t.predicate), owl(t.object)) for t in triples]


def profile(
    part: Iterable[Fact], ontology: Iterable[Fact], asked: queryfile.QueryFile
) -> list[ox.Triple]:
    """Return what a CONSTRUCT of `queries/profiles` makes of facts, in order."""
    made = ox.Store()
    made.bulk_extend(fact.quad() for fact in part)
    made.bulk_extend(fact._replace(graph="ontology").quad() for fact in ontology)
    answer = store.select(made, asked.text)
    if not isinstance(answer, ox.QueryTriples | list):
        raise UsageError(f"{asked.name}: a profile is a CONSTRUCT")
    return sorted(set(answer), key=str)


def profiles(folder: str) -> dict[str, queryfile.QueryFile]:
    """Return the profiles of a folder of queries, by name."""
    return {found.name: found for found in queryfile.read_folder(f"{folder}/profiles")}


def prefixes(text: str, quads: Statements) -> dict[str, str]:
    """Return the prefixes that what a profile made is written with: its own before ours."""
    own = dict(re.findall(r"(?m)^PREFIX (\w+): <([^>]+)>", text))
    ours = {prefix: home for prefix, home in PREFIXES.items() if home not in own.values()}
    return _used(quads, {**ours, **own})


def write(
    quads: Statements,
    form: Format,
    out: IO[bytes],
    context: Mapping[str, object],
    frame: object = None,
) -> None:
    """Write quads or triples to a stream; a format without named graphs holds their union.

    `context` is what JSON-LD is compacted with; its prefixes are those of the other formats.
    Raises UsageError where the format cannot hold a triple of RDF 1.2.
    """
    if form.name in ("jsonld", "rdfxml") and any(isinstance(q.object, ox.Triple) for q in quads):
        raise UsageError(f"{form.name} cannot hold triples of RDF 1.2: take ttl, nt, trig or nq")
    if form.name == "jsonld":
        out.write(jsonld.write(quads, context, frame))
        return
    written: Statements = quads if form.quads else _union(quads)
    prefixes = None if form.name in ("nt", "nq") else _used(quads, jsonld.prefixes(context))
    ox.serialize(written, out, format=RDF_FORMATS[form.name], prefixes=prefixes)


def _union(quads: Statements) -> list[ox.Triple]:
    triples = {quad.triple if isinstance(quad, ox.Quad) else quad for quad in quads}
    return sorted(triples, key=str)


def _used(quads: Statements, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that some IRI begins with."""
    iris: set[str] = set()
    for quad in quads:
        iris |= {t.value for t in quad if isinstance(t, ox.NamedNode)}
        if isinstance(quad.object, ox.Literal):
            iris.add(quad.object.datatype.value)
    spaces = {re.sub(r"[^/#]*$", "", iri) for iri in iris} | iris
    return {
        prefix: home
        for prefix, home in sorted(prefixes.items())
        if any(iri.startswith(home) for iri in spaces)
    }


def counted(quads: Statements) -> int:
    """Return how many named graphs quads are in."""
    return len({quad.graph_name for quad in quads if isinstance(quad, ox.Quad)})
