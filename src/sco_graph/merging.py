"""Another graph and ours made one, and the gate over what came together.

Foreign statements stand in a graph of their own, ours in theirs. What touches our things, our
classes or our properties is reasoned over with the accepted links taken as identity; the rest
only streams by. Nothing is written where our shapes would fail, where the foreign graph
changes what ours says, or where two of our things become one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from sco_graph import reasoning, validation
from sco_graph.errors import GraphError, InputError
from sco_graph.layout import LINKS, ONTOLOGY, SCHEMES, source_name
from sco_graph.namespaces import GRAPH, ID, expand
from sco_graph.namespaces import ONTOLOGY as VOCABULARY
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Fact, Node, Term, facts, named
from sco_graph.reading import stream
from sco_graph.sources import SourceFile, Sources
from sco_graph.sssom import Link, dataset

MERGED, ACCEPTED = "merged", "merged-links"
"""The graphs of what follows from both together, and of the links that were accepted."""

_TYPE, _SAME = named("rdf:type"), named("owl:sameAs")
_IDENTITY = {expand(c) for c in ("schema:sameAs", "owl:sameAs", "skos:exactMatch")}
_AXIOMS = {
    expand(f"{prefix}:{name}")
    for prefix, names in (
        ("rdfs", "subClassOf subPropertyOf domain range"),
        ("owl", "inverseOf equivalentClass equivalentProperty disjointWith"),
    )
    for name in names.split()
}
_CHARACTERISTICS = {
    expand(f"owl:{name}Property")
    for name in ("Functional", "InverseFunctional", "Symmetric", "Transitive")
}
_SAYS = {expand(c) for c in ("org:memberOf", "org:hasMember", "org:member", "org:organization")}
_ORG = [
    Fact(named(f"org:{name}"), _TYPE, named("owl:FunctionalProperty"))
    for name in ("member", "organization")
]
"""What W3C ORG says and our stubs do not: a membership of two merges the two."""


class MergeError(GraphError):
    """What would break, a line each, with the triples that did it."""

    def __init__(self, breaks: Sequence[str]) -> None:
        super().__init__(
            f"nothing is written, for {len(breaks)} would break:\n" + "\n".join(breaks)
        )
        self.breaks = breaks


@dataclass
class _Touching:
    """What of a foreign graph touches ours: facts as they stand, and axioms."""

    facts: set[Fact] = field(default_factory=set)
    axioms: set[Fact] = field(default_factory=set)
    same: set[Fact] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    count: int = 0


def aliases(links: Iterable[Link], known: set[str]) -> dict[str, str]:
    """Return the foreign IRI of each link and our thing that it is.

    Raises GraphError where two of our things would be one, or one of ours two of theirs.
    """
    found: dict[str, str] = {}
    ends: dict[tuple[str, str], str] = {}
    for link in links:
        if link.predicate not in _IDENTITY:
            continue
        if link.subject not in known:
            raise GraphError(f"line {link.line}: <{link.subject}> is none of our things")
        other = found.setdefault(link.object, link.subject)
        if other != link.subject:
            raise GraphError(
                f"line {link.line}: <{link.object}> is linked to <{other}> and to "
                f"<{link.subject}>: the two would become one"
            )
        twin = ends.setdefault((link.subject, dataset(link.object)), link.object)
        if twin != link.object:
            raise GraphError(
                f"line {link.line}: <{link.subject}> is linked to <{twin}> and to "
                f"<{link.object}> of the same dataset"
            )
    return found


def graph_of(path: Path, taken: Iterable[str]) -> str:
    """Return the name of the graph of a foreign file; InputError where it is taken."""
    name = source_name(path.name.split(".")[0], str(path))
    if name in taken:
        raise InputError(f'{path}: the dataset has a graph called "{name}" already; rename it')
    return name


def touching(path: Path, graph: str, alias: Mapping[str, str]) -> _Touching:
    """Read a foreign graph for what touches ours, until no more is found to do so."""
    same = dict(alias)
    whole: set[str] = set()
    while True:
        found, more, wanted = _pass(path, graph, same, whole)
        if more.keys() <= same.keys() and wanted <= whole:
            found.users = whole
            return found
        same |= more
        whole |= wanted


def _pass(
    path: Path, graph: str, same: Mapping[str, str], whole: set[str]
) -> tuple[_Touching, dict[str, str], set[str]]:
    found, more, wanted = _Touching(), dict[str, str](), set[str]()
    for quad in stream(path):
        found.count += 1
        predicate = quad.predicate.value
        value = quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
        subject = _name(quad.subject)
        ours = subject.startswith(ID) or subject in same
        theirs = value.startswith(ID) or value in same
        if predicate == _SAME.value:
            if ours or theirs:
                found.same.add(_fact(quad, graph))
                for end in (subject, value):
                    if not end.startswith(ID) and end not in same:
                        more[end] = end
            continue
        if predicate in _AXIOMS or (predicate == _TYPE.value and value in _CHARACTERISTICS):
            found.axioms.add(_fact(quad, graph))
        elif (
            ours
            or theirs
            or subject in whole
            or predicate.startswith(VOCABULARY)
            or value.startswith(VOCABULARY)
        ):
            found.facts.add(_fact(quad, graph))
        if predicate.startswith(VOCABULARY) or (
            predicate == _TYPE.value and value.startswith(VOCABULARY)
        ):
            wanted.add(subject)
    return found, more, wanted


def _name(term: object) -> str:
    """Return the IRI of a node, or the name of a blank one."""
    return str(term) if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))


def _fact(quad: ox.Quad, graph: str) -> Fact:
    return next(iter(facts([quad], graph)))


@dataclass(frozen=True)
class Merged:
    """What follows from both graphs together, and how much of the foreign one was looked at."""

    entailed: list[Fact]
    looked_at: int
    count: int


def merge(
    sources: Sources,
    released: Sequence[Fact],
    links: Sequence[Link],
    foreign: Mapping[str, Path],
    checks: Sequence[QueryFile],
    announce: Callable[[str], None] = lambda _: None,
) -> Merged:
    """Return what follows from our release, accepted links and foreign files together.

    `foreign` is graph name to file. Raises MergeError with what would break.
    """
    things = {f.subject.value for f in released if isinstance(f.subject, ox.NamedNode)}
    alias = aliases(links, {iri for iri in things if iri.startswith(ID)})
    found = _Touching()
    for graph, path in foreign.items():
        announce(f"reading {path}")
        one = touching(path, graph, alias)
        found.facts |= one.facts
        found.axioms |= one.axioms
        found.same |= one.same
        found.users |= one.users
        found.count += one.count
    breaks: list[str] = []
    same = _identities(alias, found.same, breaks)
    announce("reasoning")
    ontology = list(sources.facts(ONTOLOGY))
    said = {fact.alone() for fact in released}
    asserted = [*sources.facts(SCHEMES, *sources.names)]
    asserted += [fact for fact in released if fact.graph == "current"]
    mapped = {_mapped(fact, same) for fact in found.facts}
    axioms = [*_reachable(found, ontology), *_ORG]
    closure = reasoning.close([*asserted, *mapped], [*ontology, *axioms])
    for focus, problem in closure.contradictions:
        if focus.startswith(ID) or ID in problem:
            breaks.append(_told(f"{validation.shown(focus)}: {problem}", focus, found, same))
    new = (closure.entailed | mapped) - said
    for fact in sorted(new, key=str):
        if _changes(fact):
            text = f"{fact.triple()} is not what our graph says"
            breaks.append(_told(text, fact.subject.value, found, same))
    announce("judging")
    for text, focus in _judged(sources, released, links, found, checks, foreign):
        breaks.append(_told(text, focus, found, same))
    if breaks:
        raise MergeError(list(dict.fromkeys(breaks)))
    entailed = [f for f in closure.entailed - said - mapped if _spoken_of(f)]
    return Merged(sorted(entailed, key=str), len(found.facts), found.count)


def _identities(
    alias: Mapping[str, str], same: Iterable[Fact], breaks: list[str]
) -> dict[str, str]:
    """Return foreign IRI to our thing, with what owl:sameAs adds; tell where two of ours meet."""
    found = dict(alias)
    todo = sorted(same, key=str)
    grown = True
    while grown:
        grown = False
        for fact in todo:
            ends = [getattr(end, "value", "") for end in (fact.subject, fact.object)]
            ours = [end if end.startswith(ID) else found.get(end, "") for end in ends]
            if ours[0] and ours[1] and ours[0] != ours[1]:
                names = " and ".join(map(validation.shown, sorted(ours)))
                breaks.append(f"{names} would become one: {fact.triple()} in graph {fact.graph}")
            for end, other in ((0, 1), (1, 0)):
                if ours[end] and not ours[other]:
                    found[ends[other]] = ours[end]
                    grown = True
    return found


def _mapped(fact: Fact, same: Mapping[str, str]) -> Fact:
    def ours(term: Term) -> Term:
        iri = same.get(term.value) if isinstance(term, ox.NamedNode) else None
        return ox.NamedNode(iri) if iri else term

    subject = ours(fact.subject)
    assert not isinstance(subject, ox.Literal)  # noqa: S101  # for the type checker: it was a node
    return Fact(subject, fact.predicate, ours(fact.object))


def _reachable(found: _Touching, ontology: Iterable[Fact]) -> list[Fact]:
    """Return the foreign axioms by which something may follow from what touches ours."""
    nodes: set[Node] = {f.subject for f in ontology if f.subject.value.startswith(VOCABULARY)}
    nodes |= {fact.predicate for fact in found.facts}
    nodes |= {
        f.object
        for f in found.facts
        if f.predicate == _TYPE and not isinstance(f.object, ox.Literal)
    }
    by_end: dict[Term, list[Fact]] = defaultdict(list)
    for axiom in found.axioms:
        by_end[axiom.subject].append(axiom)
        by_end[axiom.object].append(axiom)
    kept: dict[Fact, None] = {}
    todo = sorted(nodes, key=str)
    seen = set(todo)
    while todo:
        for axiom in by_end.get(todo.pop(), ()):
            kept[axiom.alone()] = None
            for end in (axiom.subject, axiom.object):
                if not isinstance(end, ox.Literal) and end not in seen:
                    seen.add(end)
                    todo.append(end)
    return list(kept)


def _changes(fact: Fact) -> bool:
    """Whether a new fact says of our things, in our words, what our graph does not."""
    subject = fact.subject.value if isinstance(fact.subject, ox.NamedNode) else ""
    value = fact.object.value if isinstance(fact.object, ox.NamedNode) else ""
    if not subject.startswith(ID):
        return False
    if fact.predicate == _TYPE:
        return value.startswith(VOCABULARY)
    if fact.predicate.value.startswith(VOCABULARY) or fact.predicate.value in _SAYS:
        return isinstance(fact.object, ox.Literal) or value.startswith(ID)
    return False


def _spoken_of(fact: Fact) -> bool:
    """Whether an entailed fact is worth keeping: about our things, or in our words."""
    ends = [getattr(term, "value", "") for term in (fact.subject, fact.object)]
    if any(isinstance(term, ox.BlankNode) for term in (fact.subject, fact.object)):
        return False
    return any(end.startswith((ID, VOCABULARY)) for end in ends)


def _told(text: str, focus: str, found: _Touching, same: Mapping[str, str]) -> str:
    """Return what breaks, with the foreign triples that speak of the thing."""
    names = {focus, *(theirs for theirs, ours in same.items() if ours == focus)}
    lines = sorted(
        f"    {fact.triple()} in graph {fact.graph}"
        for fact in found.facts
        if {getattr(fact.subject, "value", ""), getattr(fact.object, "value", "")} & names
    )
    more = [f"    … and {len(lines) - 8} more"] if len(lines) > 8 else []
    return "\n".join([text, *lines[:8], *more])


def _judged(
    sources: Sources,
    released: Iterable[Fact],
    links: Iterable[Link],
    found: _Touching,
    checks: Sequence[QueryFile],
    foreign: Mapping[str, Path],
) -> Iterator[tuple[str, str]]:
    """Yield what shapes and checks say of ours and of what uses our words, and of which thing."""
    products = {f.graph for f in released} - {SCHEMES, LINKS, *sources.names}
    derived = [fact for fact in released if fact.graph in products]
    ours = [
        fact
        for fact in found.facts
        if (name := _name(fact.subject)).startswith(ID) or name in found.users
    ]
    files = [
        SourceFile(str(path), graph, "", [fact for fact in ours if fact.graph == graph])
        for graph, path in foreign.items()
    ]
    rows = [fact for link in links for fact in link.facts(LINKS)]
    files.append(SourceFile("links", LINKS, "", rows))
    together = Sources((*sources.files, *files), frozenset(file.path for file in files))
    focus = sorted({fact.subject for fact in ours}, key=str)
    for finding in validation.judge(together, derived, [], checks, focus).findings:
        if finding.severity == validation.VIOLATION:
            value = f", value {validation.shown(finding.value)}" if finding.value else ""
            text = (
                f"{finding.file}: {validation.shown(finding.focus)}: {finding.message()} "
                f"(shape {finding.shape}, path {validation.shown(finding.path)}{value})"
            )
            yield text, finding.focus


def quads(
    released: Iterable[Fact],
    links: Iterable[Link],
    entailed: Iterable[Fact],
    foreign: Mapping[str, Path],
) -> Iterator[ox.Quad]:
    """Yield the merged dataset, graph by graph: ours, the links, what follows, the foreign."""
    accepted = {fact: None for link in links for fact in link.facts(ACCEPTED)}
    yield from (fact.quad() for fact in (*released, *accepted))
    yield from (fact._replace(graph=MERGED).quad() for fact in entailed)
    for number, (graph, path) in enumerate(foreign.items(), 1):
        home = ox.NamedNode(GRAPH + graph)
        for quad in stream(path, f"f{number}b"):
            name = quad.graph_name
            if isinstance(name, ox.NamedNode) and name.value.startswith(GRAPH):
                raise GraphError(f"{path}: it has a graph {name}, which is a name of ours")
            where = home if isinstance(name, ox.DefaultGraph) else name
            yield ox.Quad(quad.subject, quad.predicate, quad.object, where)
