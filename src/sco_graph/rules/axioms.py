"""Axioms as the clauses that OWL 2 RL gives for them; what has none is refused by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import pyoxigraph as ox

from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Fact, Term, named
from sco_graph.rules.clauses import SAME_AS, THING, TYPE, Atom, Clause, Part, is_noise
from sco_graph.rules.ontology import Ontology, kind_of

_OWL, _RDFS = PREFIXES["owl"], PREFIXES["rdfs"]
_NOTHING = named("owl:Nothing")

_SILENT = {
    _OWL + name
    for name in (
        *("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Restriction"),
        *("Ontology", "OntologyProperty", "NamedIndividual", "Thing", "Nothing", "Axiom"),
        *("DeprecatedClass", "DeprecatedProperty", "deprecated", "versionInfo", "versionIRI"),
        *("imports", "priorVersion", "backwardCompatibleWith", "incompatibleWith"),
        *("annotatedSource", "annotatedProperty", "annotatedTarget", "Annotation"),
    )
}
"""Terms of OWL from which nothing follows about things: kinds, versions and annotations."""

_PARTS = {
    _OWL + name
    for name in (
        *("members", "distinctMembers", "someValuesFrom", "allValuesFrom", "hasValue", "onClass"),
        *("maxCardinality", "maxQualifiedCardinality", "assertionProperty", "targetIndividual"),
        *("targetValue", "sameAs", "differentFrom"),
    )
}
"""Terms of OWL that are read with the axiom of which they are a part."""


@dataclass(frozen=True)
class Axioms:
    """What an ontology says: its clauses, and what it states of individuals.

    `terms` are the subjects of its triples: what would be entailed of them is not kept.
    `different` are pairs of things that cannot be one.
    """

    clauses: list[Clause]
    individuals: list[Fact]
    terms: list[ox.NamedNode]
    datatypes: set[Term]
    different: list[tuple[Term, Term]]


_ANNOTATIONS = set(map(named, ("rdfs:label", "rdfs:isDefinedBy", "skos:definition")))


def read(ontology: Iterable[Fact]) -> Axioms:
    """Return the axioms of an ontology; NotCompiled names one that has no rule."""
    return _Reader(fact for fact in ontology if fact.predicate not in _ANNOTATIONS).axioms()


class _Reader(Ontology):
    """Makes clauses of the axioms of one ontology."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        super().__init__(facts)
        self.different: list[tuple[Term, Term]] = []
        one, two = PREFIXES["owl"], PREFIXES["rdfs"]
        self.rules: dict[str, Callable[[Term, Term], Iterator[Clause]]] = {
            two + "subClassOf": self.subclass,
            two + "subPropertyOf": self.subproperty,
            two + "domain": self.domain,
            two + "range": self.range,
            one + "equivalentClass": self.equivalent_classes,
            one + "equivalentProperty": self.equivalent_properties,
            one + "inverseOf": self.inverse,
            one + "propertyChainAxiom": self.chain,
            one + "hasKey": self.key,
            one + "disjointWith": self.disjoint,
            one + "complementOf": self.disjoint,
            one + "propertyDisjointWith": self.disjoint_properties,
            one + "intersectionOf": self.intersection,
            one + "unionOf": self.union,
            one + "oneOf": self.one_of,
            one + "onProperty": self.restriction,
            one + "sourceIndividual": self.not_said,
        }
        self.kinds: dict[str, Callable[[Term], Iterator[Clause]]] = {
            one + "TransitiveProperty": self.transitive,
            one + "SymmetricProperty": self.symmetric,
            one + "FunctionalProperty": self.functional,
            one + "InverseFunctionalProperty": self.inverse_functional,
            one + "IrreflexiveProperty": self.irreflexive,
            one + "AsymmetricProperty": self.asymmetric,
            one + "AllDisjointClasses": self.all_disjoint,
            one + "AllDisjointProperties": self.all_disjoint_properties,
            one + "AllDifferent": self.all_different,
            one + "NegativePropertyAssertion": lambda _: iter(()),
        }

    def axioms(self) -> Axioms:
        """Read all."""
        clauses: list[Clause] = []
        individuals = []
        for fact in self.facts:
            subject, predicate, value, _ = fact
            self.now(fact)
            if predicate == TYPE and isinstance(value, ox.NamedNode) and value.value in self.kinds:
                clauses += self.kinds[value.value](subject)
            elif predicate.value in self.rules:
                clauses += self.rules[predicate.value](subject, value)
            elif predicate == named("owl:differentFrom"):
                self.different.append((subject, value))
            elif self.is_said_of_an_individual(fact):
                individuals.append(fact)
        clauses += self.broader_restrictions(clauses)
        terms = sorted(
            {f.subject for f in self.facts if isinstance(f.subject, ox.NamedNode)}, key=str
        )
        return Axioms(clauses, individuals, terms, self.datatypes, self.different)

    def is_said_of_an_individual(self, fact: Fact) -> bool:
        """Whether a triple is no axiom; NotCompiled at a term of OWL that has no rule."""
        known = _SILENT | _PARTS
        for term in (fact.predicate, *([fact.object] if fact.predicate == TYPE else [])):
            if isinstance(term, ox.NamedNode) and term.value.startswith(_OWL):
                if term.value not in known:
                    raise self.refused(term, "OWL 2 RL has no rule for it")
                if term != SAME_AS:
                    return False
        silent = (_RDFS, PREFIXES["rdf"] + "first", PREFIXES["rdf"] + "rest")
        return (
            isinstance(fact.subject, ox.NamedNode)
            and not isinstance(fact.object, ox.BlankNode)
            and not fact.predicate.value.startswith(silent)
            and not (fact.predicate == TYPE and is_noise(fact.object, self.datatypes))
        )

    # Classes

    def subclass(self, narrow: Term, broad: Term) -> Iterator[Clause]:
        if narrow != _NOTHING and broad != THING:
            yield self.clause("subclass", kind_of("?x", narrow), kind_of("?x", broad))

    def equivalent_classes(self, one: Term, other: Term) -> Iterator[Clause]:
        yield from self.subclass(one, other)
        yield from self.subclass(other, one)

    def disjoint(self, one: Term, other: Term) -> Iterator[Clause]:
        problem = ("it cannot be both ", _told(one), " and ", _told(other))
        yield self.wrong("disjoint", kind_of("?x", one), kind_of("?x", other), problem=problem)

    def all_disjoint(self, node: Term) -> Iterator[Clause]:
        for members in self.said[node, _OWL + "members"]:
            for one, other in combinations(self.items(members), 2):
                yield from self.disjoint(one, other)

    def intersection(self, whole: Term, members: Term) -> Iterator[Clause]:
        parts = self.items(members)
        if parts:
            body = [kind_of("?x", part) for part in parts]
            yield self.clause("intersection", *body, kind_of("?x", whole))
        for part in parts:
            yield from self.subclass(whole, part)

    def union(self, whole: Term, members: Term) -> Iterator[Clause]:
        for part in self.items(members):
            yield from self.subclass(part, whole)

    def one_of(self, whole: Term, members: Term) -> Iterator[Clause]:
        for member in self.items(members):
            if not isinstance(member, ox.Literal):
                yield self.clause("member", kind_of(self.thing(member), whole))

    def restriction(self, kind: Term, relation: Term) -> Iterator[Clause]:
        inside, link = kind_of("?x", kind), self.link(relation, "?x", "?y")
        for filler in self.said[kind, _OWL + "someValuesFrom"]:
            yield self.clause("some values", link, kind_of("?y", filler), inside)
        for filler in self.said[kind, _OWL + "allValuesFrom"]:
            yield self.clause("all values", inside, link, kind_of("?y", filler))
        for value in self.said[kind, _OWL + "hasValue"]:
            told = self.link(relation, "?x", self.thing(value))
            yield self.clause("value", inside, told)
            yield self.clause("value", told, inside)
        yield from self.at_most(kind, relation, self.said[kind, _OWL + "maxCardinality"], [THING])
        most = self.said[kind, _OWL + "maxQualifiedCardinality"]
        yield from self.at_most(kind, relation, most, self.said[kind, _OWL + "onClass"])

    def at_most(
        self, kind: Term, relation: Term, most: list[Term], fillers: list[Term]
    ) -> Iterator[Clause]:
        inside = kind_of("?x", kind)
        for number, filler in product(most, fillers):
            if number.value not in ("0", "1"):
                raise self.refused(number, "OWL 2 RL has rules for at most 0 and at most 1")
            one, other = (
                [self.link(relation, "?x", name), kind_of(name, filler)] for name in ("?y", "?z")
            )
            if number.value == "0":
                text = f"there can be no {self.words(relation)} of it: "
                yield self.wrong("at most 0", inside, *one, problem=(text, "?y"))
            else:
                same = Atom("?y", SAME_AS, "?z")
                yield self.clause("at most 1", inside, *one, *other, same, differ=("?y", "?z"))

    def broader_restrictions(self, clauses: list[Clause]) -> Iterator[Clause]:
        """Yield what follows between restrictions by the hierarchies of classes and properties."""
        facts = [f for f in self.facts if f.predicate.value == _OWL + "onProperty"]
        found = [
            (part, fact.subject, fact.object, value)
            for fact in facts
            for part in ("hasValue", "someValuesFrom", "allValuesFrom")
            for value in self.said[fact.subject, _OWL + part]
        ]
        classes: set[tuple[Term, Term]] = set()
        properties: set[tuple[Term, Term]] = set()
        for clause in clauses:
            if clause.is_plain and clause.head and not isinstance(clause.head.object, str):
                if clause.body[0].predicate == TYPE:
                    classes.add((clause.body[0].object, clause.head.object))  # type: ignore[arg-type]
            elif clause.is_plain and clause.head and clause.head.subject == clause.body[0].subject:
                properties.add((clause.body[0].predicate, clause.head.predicate))  # type: ignore[arg-type]
        properties = _transitive(properties)
        grown = True
        while grown:
            classes, grown = _transitive(classes), False
            for (part, one, p, x), (same, other, q, y) in product(found, found):
                if part != same or one == other or (one, other) in classes:
                    continue
                within = p == q or ((q, p) if part == "allValuesFrom" else (p, q)) in properties
                below = x == y or (part != "hasValue" and (y == THING or (x, y) in classes))
                if within and below:
                    classes.add((one, other))
                    grown = True
                    self.axiom = f"{self.words(one)} rdfs:subClassOf {self.words(other)}"
                    yield from self.subclass(one, other)

    # Properties

    def domain(self, relation: Term, kind: Term) -> Iterator[Clause]:
        yield self.clause("domain", self.link(relation, "?x", "?y"), kind_of("?x", kind))

    def range(self, relation: Term, kind: Term) -> Iterator[Clause]:
        yield self.clause("range", self.link(relation, "?x", "?y"), kind_of("?y", kind))

    def subproperty(self, narrow: Term, broad: Term) -> Iterator[Clause]:
        one, other = (self.link(relation, "?x", "?y") for relation in (narrow, broad))
        yield self.clause("subproperty", one, other)

    def equivalent_properties(self, one: Term, other: Term) -> Iterator[Clause]:
        yield from self.subproperty(one, other)
        yield from self.subproperty(other, one)

    def inverse(self, one: Term, other: Term) -> Iterator[Clause]:
        if isinstance(one, ox.NamedNode):
            there, back = self.link(one, "?x", "?y"), self.link(other, "?y", "?x")
            yield self.clause("inverse", there, back)
            yield self.clause("inverse", back, there)

    def symmetric(self, relation: Term) -> Iterator[Clause]:
        there, back = self.link(relation, "?x", "?y"), self.link(relation, "?y", "?x")
        yield self.clause("symmetric", there, back)

    def transitive(self, relation: Term) -> Iterator[Clause]:
        yield self.chained("transitive", relation, [relation, relation])

    def chain(self, relation: Term, members: Term) -> Iterator[Clause]:
        if links := self.items(members):
            yield self.chained("chain", relation, links)

    def chained(self, name: str, relation: Term, links: list[Term]) -> Clause:
        steps = ["?x", *(f"?y{number}" for number in range(1, len(links))), "?z"]
        body = [self.link(link, *ends) for link, ends in zip(links, pairwise(steps), strict=True)]
        return self.clause(name, *body, self.link(relation, "?x", "?z"))

    def functional(self, relation: Term) -> Iterator[Clause]:
        kinds = self.said[relation, TYPE.value]
        if named("owl:DatatypeProperty") in kinds and named("owl:ObjectProperty") not in kinds:
            return  # only texts could become one
        body = [self.link(relation, "?x", name) for name in ("?y", "?z")]
        same = Atom("?y", SAME_AS, "?z")
        yield self.clause("functional", *body, same, differ=("?y", "?z"))

    def inverse_functional(self, relation: Term) -> Iterator[Clause]:
        body = [self.link(relation, name, "?y") for name in ("?x", "?z")]
        same = Atom("?x", SAME_AS, "?z")
        yield self.clause("inverse functional", *body, same, differ=("?x", "?z"))

    def key(self, kind: Term, members: Term) -> Iterator[Clause]:
        links = [
            self.link(relation, name, f"?y{number}")
            for number, relation in enumerate(self.items(members), 1)
            for name in ("?x", "?z")
        ]
        if links:
            body = [kind_of("?x", kind), *links, kind_of("?z", kind)]
            same = Atom("?x", SAME_AS, "?z")
            yield self.clause("key", *body, same, differ=("?x", "?z"))

    def irreflexive(self, relation: Term) -> Iterator[Clause]:
        text = f"it cannot be linked to itself by {self.words(relation)}"
        yield self.wrong("irreflexive", self.link(relation, "?x", "?x"), problem=(text,))

    def asymmetric(self, relation: Term) -> Iterator[Clause]:
        both = self.link(relation, "?x", "?y"), self.link(relation, "?y", "?x")
        text = f"{self.words(relation)} cannot lead back to it from "
        yield self.wrong("asymmetric", *both, problem=(text, "?y"))

    def disjoint_properties(self, one: Term, other: Term) -> Iterator[Clause]:
        both = self.link(one, "?x", "?y"), self.link(other, "?x", "?y")
        text = f"disjoint properties: both {self.words(one)} and {self.words(other)} lead to "
        yield self.wrong("disjoint properties", *both, problem=(text, "?y"))

    def all_disjoint_properties(self, node: Term) -> Iterator[Clause]:
        for members in self.said[node, _OWL + "members"]:
            for one, other in combinations(self.items(members), 2):
                yield from self.disjoint_properties(one, other)

    # Individuals

    def all_different(self, node: Term) -> Iterator[Clause]:
        for part in ("members", "distinctMembers"):
            for members in self.said[node, _OWL + part]:
                self.different += combinations(map(self.thing, self.items(members)), 2)
        return iter(())

    def not_said(self, node: Term, subject: Term) -> Iterator[Clause]:
        for relation in self.said[node, _OWL + "assertionProperty"]:
            values = [
                v for p in ("Individual", "Value") for v in self.said[node, f"{_OWL}target{p}"]
            ]
            for value in values:
                told = self.link(relation, self.thing(subject), self.thing(value))
                text = f"{self.words(relation)} does not lead from it to {self.words(value)}"
                yield self.wrong("not said", told, focus=subject, problem=(text,))


def _transitive(pairs: set[tuple[Term, Term]]) -> set[tuple[Term, Term]]:
    found = set(pairs)
    above: dict[Term, set[Term]] = defaultdict(set)
    for low, high in pairs:
        above[low].add(high)
    for low in above:
        todo = list(above[low])
        seen: set[Term] = set()
        while todo:
            high = todo.pop()
            if high not in seen:
                seen.add(high)
                todo += above.get(high, ())
        found |= {(low, high) for high in seen}
    return found


def _told(kind: Term) -> Part:
    return kind if isinstance(kind, ox.NamedNode) else "a class without a name"
