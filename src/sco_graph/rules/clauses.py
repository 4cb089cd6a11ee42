"""Clauses: if this holds of ?x and ?y, so does that. What is done to them before SPARQL.

A clause has premises and a conclusion, atoms whose parts are variables ("?x") or terms; one
without a conclusion is a contradiction. Classes without a name are unfolded: no store could
be told of them. What follows from one premise is closed here, once, and not in the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

import pyoxigraph as ox

from sco_graph.errors import UsageError
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Term, named
from sco_graph.records import NamedTuple

TYPE, SAME_AS, THING = map(named, ("rdf:type", "owl:sameAs", "owl:Thing"))
_ANYTHING = {THING, named("rdfs:Resource")}
_NOISE = (
    *(PREFIXES["owl"] + name for name in ("Thing", "NamedIndividual")),
    *(PREFIXES[name] for name in ("rdf", "rdfs", "xsd")),
)

Part = str | Term


class NotCompiled(UsageError):
    """An axiom that no rule can carry: `axiom` in words, `term` is what is at fault."""

    def __init__(self, axiom: str, term: str, why: str) -> None:
        super().__init__(f"{term} is not compiled: {why}: {axiom}")
        self.axiom = axiom
        self.term = term


class Atom(NamedTuple):
    """A triple in which variables stand for terms."""

    subject: Part
    predicate: Part
    object: Part

    @property
    def is_unnamed(self) -> bool:
        """Whether it speaks of a member of a class that has no name."""
        return self.predicate == TYPE and isinstance(self.object, ox.BlankNode)

    def variables(self) -> list[str]:
        """Return the variables in it."""
        return [part for part in self if isinstance(part, str)]

    def with_parts(self, parts: dict[str, Part]) -> Atom:
        """Return it with other parts in the place of variables."""
        return Atom(*(parts.get(part, part) if isinstance(part, str) else part for part in self))

    def fits(self, other: Atom) -> bool:
        """Whether a triple could be both: where neither is a variable, they are the same."""
        return all(
            one == two or isinstance(one, str) or isinstance(two, str)
            for one, two in zip(self, other, strict=True)
        )


@dataclass(frozen=True)
class Clause:
    """Premises and a conclusion, or a `focus` and what is wrong with it.

    `differ` are two parts that have to be two things; `problem` is words, variables and terms.
    """

    name: str
    axiom: str
    body: tuple[Atom, ...]
    head: Atom | None = None
    differ: tuple[Part, ...] = ()
    focus: Part = "?x"
    problem: tuple[Part, ...] = ()

    def with_parts(self, parts: dict[str, Part]) -> Clause:
        """Return it with other parts in the place of variables."""

        def other(part: Part) -> Part:
            return parts.get(part, part) if isinstance(part, str) else part

        return replace(
            self,
            body=tuple(atom.with_parts(parts) for atom in self.body),
            head=self.head.with_parts(parts) if self.head else None,
            differ=tuple(map(other, self.differ)),
            focus=other(self.focus),
            problem=tuple(map(other, self.problem)),
        )

    @property
    def is_plain(self) -> bool:
        """Whether one premise about any thing (and any other) is all that it takes."""
        if len(self.body) != 1 or self.head is None or self.differ:
            return False
        [premise] = self.body
        free = premise.variables()
        wanted = 1 if premise.predicate == TYPE else 2
        fixed = [self.head.subject] + [self.head.object] * (self.head.predicate != TYPE)
        return len(set(free)) == wanted and all(isinstance(part, str) for part in fixed)


def unfold(clauses: Sequence[Clause]) -> list[Clause]:
    """Return clauses without classes that have no name, in an order of their own.

    A premise about such a class becomes each way in which a thing gets into it. NotCompiled
    where a class is needed to get into itself.
    """
    makers: dict[Part, list[Clause]] = defaultdict(list)
    for clause in clauses:
        if clause.head and clause.head.is_unnamed:
            makers[clause.head.object].append(clause)
    found: dict[Clause, None] = {}
    fresh = count()
    todo = [
        (clause, (frozenset[Atom](),) * len(clause.body))
        for clause in reversed(clauses)
        if not (clause.head and clause.head.is_unnamed)
    ]
    while todo:
        clause, above = todo.pop()
        place = next((n for n, atom in enumerate(clause.body) if atom.is_unnamed), None)
        if place is None:
            found[_shortened(clause)] = None
            continue
        wanted = clause.body[place]
        for maker in reversed(makers[wanted.object]):
            ways = _way_into(wanted, maker, next(fresh))
            if ways is None:
                continue
            premises, parts = ways
            whole = (*clause.body[:place], *premises, *clause.body[place + 1 :])
            joined = replace(clause, body=whole).with_parts(parts)
            trails = [frozenset(a.with_parts(parts) for a in trail) for trail in above]
            here = trails[place] | {wanted.with_parts(parts)}
            added = [atom.with_parts(parts) for atom in premises]
            if here & set(added):
                continue  # in the class because it is in the class
            if {atom.object for atom in here} & {a.object for a in added if a.is_unnamed}:
                raise NotCompiled(maker.axiom, "a class without a name", "it leads to itself")
            beside = (*trails[:place], *([here] * len(added)), *trails[place + 1 :])
            todo.append((joined, beside))
    return sorted(found, key=str)


def _way_into(
    wanted: Atom, maker: Clause, number: int
) -> tuple[list[Atom], dict[str, Part]] | None:
    """Return premises that make an atom hold, and what a variable of it has to be for that.

    None where the clause makes only another thing a member. Variables get a number of their own.
    """
    names = {name for atom in maker.body for name in atom.variables()}
    parts: dict[str, Part] = {name: f"{name}_{number}" for name in names}
    member = maker.head.subject if maker.head else ""
    bound: dict[str, Part] = {}
    if isinstance(member, str):
        parts[member] = wanted.subject
    elif isinstance(wanted.subject, str):
        bound[wanted.subject] = member
    elif wanted.subject != member:
        return None
    return [atom.with_parts(parts) for atom in maker.body], bound


def _shortened(clause: Clause) -> Clause:
    """Return a clause without premises said twice, or that hold of all things it speaks of.

    Its variables are named in order, whatever they were called on the way.
    """
    body = tuple(dict.fromkeys(clause.body))
    for atom in body:
        if atom.predicate == TYPE and atom.object in _ANYTHING:
            others = tuple(other for other in body if other != atom)
            if isinstance(atom.subject, str) and not any(atom.subject in o for o in others):
                raise NotCompiled(clause.axiom, "owl:Thing", "it would be said of everything")
            return _shortened(replace(clause, body=others))
    names = dict.fromkeys(name for atom in body for name in atom.variables())
    numbered = chain(("?x", "?y", "?z"), (f"?v{number}" for number in count(1)))
    return replace(clause, body=body).with_parts(dict(zip(names, numbered, strict=False)))


class Closure:
    """What follows from one atom by the clauses with one premise."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self.clauses: dict[tuple[Part, Part | None], list[Clause]] = defaultdict(list)
        for clause in clauses:
            self.clauses[_key(clause.body[0])].append(clause)
        self._known: dict[Atom, set[Atom]] = {}

    def of(self, atom: Atom) -> set[Atom]:
        """Return an atom with all that follows from it."""
        if atom not in self._known:
            found, todo = {atom}, [atom]
            while todo:
                one = todo.pop()
                for clause in self.clauses.get(_key(one), ()):
                    follows = _applied(clause, one)
                    if follows and follows not in found:
                        found.add(follows)
                        todo.append(follows)
            self._known[atom] = found
        return self._known[atom]

    def trimmed(self, clause: Clause) -> Clause:
        """Return a clause without the premises that follow from others of it."""
        body = list(clause.body)
        for atom in clause.body:
            others = [other for other in body if other != atom]
            if any(atom in self.of(other) for other in others):
                body = others
        return replace(clause, body=tuple(body))


def _key(atom: Atom) -> tuple[Part, Part | None]:
    return atom.predicate, atom.object if atom.predicate == TYPE else None


def _applied(clause: Clause, atom: Atom) -> Atom | None:
    [premise], head = clause.body, clause.head
    parts: dict[str, Part] = {
        name: part for name, part in zip(premise, atom, strict=True) if isinstance(name, str)
    }
    follows = head.with_parts(parts) if head else None
    return None if follows is None or isinstance(follows.subject, ox.Literal) else follows


def settle(clauses: Sequence[Clause]) -> tuple[Closure, list[Clause]]:
    """Return what follows from one premise, and the clauses that need more than that.

    A clause whose other premises follow from one of them has one premise: so each may make
    others shorter, until none does.
    """
    while True:
        closure = Closure(clause for clause in clauses if clause.is_plain)
        shorter = list(dict.fromkeys(map(closure.trimmed, clauses)))
        if shorter == list(clauses):
            return closure, [clause for clause in clauses if not clause.is_plain]
        clauses = shorter


def order(clauses: Sequence[Clause], heads: Sequence[Iterable[Atom]]) -> list[list[int]]:
    """Return the positions of clauses in groups: each group only needs itself and those before.

    `heads` are all that each clause concludes.
    """
    feeds = [
        {
            other
            for other, needy in enumerate(clauses)
            if any(head.fits(atom) for head in concluded for atom in needy.body)
        }
        for concluded in heads
    ]
    reached = [_reached(start, feeds) for start in range(len(clauses))]
    groups: dict[frozenset[int], list[int]] = defaultdict(list)
    for number in range(len(clauses)):
        before = {other for other, found in enumerate(reached) if number in found}
        groups[frozenset(before | {number})].append(number)
    return [groups[before] for before in sorted(groups, key=lambda before: (len(before), *before))]


def _reached(start: int, feeds: Sequence[set[int]]) -> set[int]:
    found: set[int] = set()
    todo = [start]
    while todo:
        for following in feeds[todo.pop()] - found:
            found.add(following)
            todo.append(following)
    return found


def is_noise(kind: Part, datatypes: set[Term]) -> bool:
    """Whether to be of a class says nothing of a thing."""
    if not isinstance(kind, ox.NamedNode) or kind == named("rdf:Statement"):
        return False
    return kind in datatypes or kind.value.startswith(_NOISE)
