"""What of other graphs touches ours: they are read as often as needed and held only in part.

Held is what is said of our things, what is said in our words, and what leads to ours by an axiom;
all else only streams by. A foreign IRI that a link or an owl:sameAs identifies with one of our
things is that thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from sco_graph import validation
from sco_graph.errors import GraphError
from sco_graph.namespaces import GRAPH, ID, PREFIXES, expand
from sco_graph.namespaces import ONTOLOGY as VOCABULARY
from sco_graph.rdf import Fact, facts, named
from sco_graph.reading import stream

Foreign = Mapping[str, Path | Iterable[ox.Quad]]
"""Foreign graphs by name: files, or what yields the quads of one each time that it is read."""
TYPE, SAME = named("rdf:type"), named("owl:sameAs")
_UP = {expand(f"rdfs:{name}") for name in "subClassOf subPropertyOf domain range".split()}
_LISTS = {
    expand(f"owl:{name}")
    for name in (
        "unionOf intersectionOf oneOf disjointUnionOf propertyChainAxiom hasKey members "
        "distinctMembers"
    ).split()
}
_CELLS = {expand("rdf:first"), expand("rdf:rest")}
_STRONG = {
    expand(f"owl:{name}")
    for name in (
        "disjointWith propertyDisjointWith complementOf hasKey maxCardinality oneOf hasValue "
        "maxQualifiedCardinality members distinctMembers disjointUnionOf allValuesFrom"
    ).split()
}
_AXIOMS = (
    _UP
    | _LISTS
    | _STRONG
    | {
        expand(f"owl:{name}")
        for name in (
            "inverseOf equivalentClass equivalentProperty onProperty onClass someValuesFrom"
        ).split()
    }
)
_KINDS = {
    expand(f"owl:{name}")
    for name in (
        "FunctionalProperty InverseFunctionalProperty SymmetricProperty TransitiveProperty "
        "IrreflexiveProperty AsymmetricProperty Restriction AllDisjointClasses "
        "AllDisjointProperties AllDifferent NegativePropertyAssertion"
    ).split()
}
BUILT_IN = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
"""Namespaces of what every vocabulary is made with: nothing leads anywhere by them."""
_SHOWN = 8
"""How many foreign statements are told for what would break."""
_MOST = 12
"""How often the foreign files are read, at most, before what is there is taken for all."""


@dataclass
class Touching:
    """What touches ours: facts as they stand, axioms, identities.

    `users` are nodes that are described in our words, `near` those from which a property leads
    to one of our things that something may follow from: their classes count.
    """

    facts: set[Fact] = field(default_factory=set)
    axioms: set[Fact] = field(default_factory=set)
    same: dict[str, str] = field(default_factory=dict)
    joins: set[Fact] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    touched: int = 0
    count: int = 0

    def size(self) -> tuple[int, ...]:
        """Return a measure that grows with what is known of where to look."""
        return len(self.same), len(self.users), len(self.joins), len(self.near)

    def ours(self, iri: str) -> str:
        """Return our thing that an IRI stands for, or nothing."""
        return iri if iri.startswith(ID) else self.same.get(iri, "")


def gather(
    foreign: Foreign,
    alias: Mapping[str, str],
    terms: Iterable[str],
    users: Iterable[str] = (),
) -> Touching:
    """Read foreign graphs for what touches ours.

    `alias` is foreign IRI to our thing, `terms` are the classes and properties that our graph
    uses, `users` nodes that are known to be described in our words.
    Raises SyntaxFault or InputError at a file that cannot be read, GraphError at a name of ours.
    """
    found = Touching(same=dict(alias), users=set(users))
    _axioms(foreign, found)
    leading = _leading(found.axioms, terms)
    for _ in range(_MOST):
        before = found.size()
        _facts(foreign, found, leading)
        if before == found.size():
            break
    return found


def quads(foreign: Foreign) -> Iterator[tuple[str, ox.Quad]]:
    """Yield each foreign quad and the graph that its file is; blank nodes of two files differ."""
    for number, (graph, source) in enumerate(foreign.items(), 1):
        for quad in stream(source, f"f{number}") if isinstance(source, Path) else source:
            home = quad.graph_name
            if isinstance(home, ox.NamedNode) and home.value.startswith(GRAPH):
                raise GraphError(f"{source}: it has a graph {home}, which is a name of ours")
            yield graph, quad


def name(term: object) -> str:
    """Return the IRI of a node, or `_:` and the name of a blank one; of a literal nothing."""
    if isinstance(term, ox.NamedNode):
        return term.value
    return str(term) if isinstance(term, ox.BlankNode) else ""


def _fact(quad: ox.Quad, graph: str) -> Fact:
    return next(iter(facts([quad], graph)))


def _axioms(foreign: Foreign, found: Touching) -> None:
    """Collect axioms, with the lists that they name."""
    cells: set[str] = set()
    done = False
    for number in range(_MOST):
        missing = 0
        for graph, quad in quads(foreign):
            predicate = quad.predicate.value
            if number == 0 and (
                predicate in _AXIOMS or (predicate == TYPE.value and name(quad.object) in _KINDS)
            ):
                found.axioms.add(_fact(quad, graph))
                if predicate in _LISTS:
                    cells.add(name(quad.object))
            elif predicate in _CELLS and name(quad.subject) in cells:
                fact = _fact(quad, graph)
                missing += fact not in found.axioms
                found.axioms.add(fact)
                if predicate.endswith("rest"):
                    cells.add(name(quad.object))
            elif number == 0:
                found.count += 1
                done = done or predicate in _CELLS
        if number == 0:
            found.count += len(found.axioms)
        # A list may stand before the axiom that names it: then it takes another reading.
        if not cells or not (missing or (number == 0 and done)):
            return


def _leading(axioms: Iterable[Fact], terms: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the foreign terms that lead to our vocabulary, and those from which more follows.

    The first are those below one of ours, or of a domain, an inverse, a chain that leads there.
    The second lead to any term that our graph uses, or have an axiom by which things may become
    one or contradict each other.
    """
    below: dict[str, set[str]] = defaultdict(set)
    strong: set[str] = set()
    for fact in axioms:
        one, other = name(fact.subject), name(fact.object)
        below[other].add(one)
        if fact.predicate.value not in _UP and fact.predicate != TYPE:
            below[one].add(other)
        if fact.predicate.value in _STRONG or fact.predicate == TYPE:
            strong |= {one, other}
    strong = {term for term in strong if not term.startswith(BUILT_IN)}
    for term in list(below):
        if term.startswith(BUILT_IN):
            del below[term]
    ours = {term for term in below if term.startswith(VOCABULARY)}
    used = {term for term in terms if not term.startswith(BUILT_IN)}
    return _reached(ours, below), _reached(strong | used, below)


def _reached(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        more = edges.get(todo.pop(), set()) - found
        found |= more
        todo += more
    return found


def _facts(foreign: Foreign, found: Touching, leading: tuple[set[str], set[str]]) -> None:
    """Read once for facts and identities; what is found on the way counts from there on."""
    to_ours, active = leading
    found.touched = 0
    for graph, quad in quads(foreign):
        predicate = quad.predicate.value
        subject, value = name(quad.subject), name(quad.object)
        mine, theirs = found.ours(subject), found.ours(value)
        if predicate == SAME.value:
            ends = (subject, value)
            if mine or theirs or any(end.startswith(VOCABULARY) for end in ends):
                found.touched += 1
                _join(found, _fact(quad, graph), (subject, mine), (value, theirs))
            continue
        typed = predicate == TYPE.value
        words = value if typed else predicate
        if words.startswith(VOCABULARY):
            found.users.add(subject)
        elif predicate in _AXIOMS:
            continue
        told = mine or subject in found.users or subject.startswith(VOCABULARY)
        told = told or (typed and subject in found.near)
        if told or theirs or words.startswith(VOCABULARY) or words in to_ours:
            found.touched += 1
            if told or words in to_ours or words.startswith(VOCABULARY) or words in active:
                found.facts.add(_fact(quad, graph))
                if theirs and not mine:
                    found.near.add(subject)


def _join(found: Touching, fact: Fact, one: tuple[str, str], other: tuple[str, str]) -> None:
    """Take an owl:sameAs: the end that is not ours yet is the thing that the other is."""
    found.joins.add(fact)
    for (iri, mine), (_, theirs) in ((one, other), (other, one)):
        if iri and theirs and not mine:
            found.same[iri] = theirs


def chain(found: Touching, ours: Sequence[str]) -> list[str]:
    """Return the shortest chain of identities from one of our things to another, a line each."""
    edges: dict[str, list[tuple[str, str]]] = defaultdict(list)
    steps = [
        (name(f.subject), name(f.object), f"{f.triple()} in graph {f.graph}") for f in found.joins
    ]
    direct = {end for one, other, _ in steps for end in (one, other)}
    steps += [
        (theirs, mine, f"<{theirs}> is linked to {validation.shown(mine)}")
        for theirs, mine in found.same.items()
        if theirs in direct
    ]
    for one, other, text in steps:
        edges[one].append((other, text))
        edges[other].append((one, text))
    came: dict[str, tuple[str, str]] = {ours[0]: ("", "")}
    todo = [ours[0]]
    for node in todo:
        for other, text in sorted(edges[node]):
            if other not in came:
                came[other] = (node, text)
                todo.append(other)
    lines: list[str] = []
    node = ours[1]
    while node in came and came[node][0]:
        lines.append(f"    {came[node][1]}")
        node = came[node][0]
    return lines[::-1]


def told(text: str, focus: Iterable[str], found: Touching, predicate: str = "") -> str:
    """Return what breaks, with the foreign triples that speak of the things or of the words."""
    names = {*focus} - {""}
    words = {predicate, *(word.strip("()<>.,") for word in text.split())}
    lines: dict[tuple[int, str], None] = {}
    for fact in (*found.facts, *found.joins):
        ends = {found.ours(end) or end for end in (name(fact.subject), name(fact.object))}
        if ends & names:
            # First what says just that, then what is between the two, then what is of either.
            rank = (fact.predicate.value != predicate) + (len(ends & names) < min(len(names), 2))
            lines[rank * 2, f"    {fact.triple()} in graph {fact.graph}"] = None
    for fact in found.axioms:
        if {name(fact.subject), name(fact.object)} & words or not lines:
            lines[1, f"    {fact.triple()} in graph {fact.graph}"] = None
    told = [line for _, line in sorted(lines)]
    more = [f"    … and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return "\n".join([text, *told[:_SHOWN], *more])
