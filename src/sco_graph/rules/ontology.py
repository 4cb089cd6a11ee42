"""The triples of an ontology, and what its axioms are made of: lists, links, words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from sco_graph.namespaces import PREFIXES, compact
from sco_graph.rdf import Fact, Term, named
from sco_graph.rules.clauses import SAME_AS, TYPE, Atom, Clause, NotCompiled, Part

_OWL = PREFIXES["owl"]
_FIRST, _REST, _NIL = map(named, ("rdf:first", "rdf:rest", "rdf:nil"))
_NOTHING, _DATATYPE = map(named, ("owl:Nothing", "rdfs:Datatype"))

_OUT_OF_REACH = {
    named(name)
    for name in ("rdf:type", "rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range")
}
"""Properties that make axioms: an axiom about one of them would make axioms out of data."""


def kind_of(thing: Part, kind: Term) -> Atom:
    """Return the atom that a thing is of a class."""
    return Atom(thing, TYPE, kind)


class Ontology:
    """Triples by subject, with the axiom that is being read."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = sorted({fact.alone() for fact in facts}, key=str)
        self.about: dict[Term, list[Fact]] = defaultdict(list)
        self.said: dict[tuple[Term, str], list[Term]] = defaultdict(list)
        for fact in self.facts:
            self.about[fact.subject].append(fact)
            self.said[fact.subject, fact.predicate.value].append(fact.object)
        self.datatypes: set[Term] = {
            fact.subject
            for fact in self.facts
            if fact.predicate == TYPE and fact.object == _DATATYPE
        }
        self.axiom = ""

    def now(self, fact: Fact) -> None:
        """Remember which axiom is being read."""
        words = map(self.words, fact[:3])
        self.axiom = " ".join(words)

    def refused(self, term: Term, why: str) -> NotCompiled:
        """Return the refusal of the axiom that is being read."""
        return NotCompiled(self.axiom, self.words(term), why)

    def clause(self, name: str, *atoms: Atom, differ: tuple[str, ...] = ()) -> Clause:
        """Return the clause that the last atom follows from the others."""
        *body, head = atoms
        if head.predicate == TYPE and head.object == _NOTHING:
            problem = ("nothing can be what it is said to be (owl:Nothing)",)
            return self.wrong(name, *body, focus=head.subject, problem=problem)
        return Clause(name, self.axiom, tuple(body), head, differ)

    def wrong(
        self, name: str, *body: Atom, problem: tuple[Part, ...], focus: Part = "?x"
    ) -> Clause:
        """Return the clause that some atoms cannot hold together."""
        return Clause(name, self.axiom, body, focus=focus, problem=problem)

    def link(self, relation: Term, subject: Part, value: Part) -> Atom:
        """Return the atom that a property, or an inverse without a name, links two things."""
        if isinstance(relation, ox.BlankNode):
            inverse = self.said[relation, _OWL + "inverseOf"]
            if len(inverse) != 1:
                raise self.refused(relation, "a property without a name that is no inverse")
            return self.link(inverse[0], value, subject)
        if not isinstance(relation, ox.NamedNode):
            raise self.refused(relation, "it is no property")
        made = relation.value.startswith(_OWL) and relation != SAME_AS
        if made or relation in _OUT_OF_REACH:
            raise self.refused(relation, "an axiom about it would make axioms out of data")
        return Atom(subject, relation, value)

    def thing(self, value: Term) -> Term:
        """Return a thing or text that an axiom names."""
        if isinstance(value, ox.BlankNode):
            raise self.refused(value, "a thing without a name")
        return value

    def items(self, node: Term) -> list[Term]:
        """Return the members of a list."""
        found: list[Term] = []
        seen = {node}
        while node != _NIL:
            first, rest = (self.said[node, part.value] for part in (_FIRST, _REST))
            if len(first) != 1 or len(rest) != 1 or rest[0] in seen:
                raise self.refused(node, "it is no list")
            found.append(first[0])
            node = rest[0]
            seen.add(node)
        return found

    def words(self, term: Term, depth: int = 0) -> str:
        """Return a term as Turtle would have it."""
        if isinstance(term, ox.NamedNode):
            return compact(term.value)
        if isinstance(term, ox.Literal):
            return str(term)
        if (term, _FIRST.value) in self.said and depth < 50:
            return f"( {' '.join(self.words(item, depth + 1) for item in self.items(term))} )"
        said = [
            f"{compact(fact.predicate.value)} {self.words(fact.object, depth + 1)}"
            for fact in self.about.get(term, ())
            if fact.predicate != TYPE and depth < 5
        ]
        return f"[ {' ; '.join(sorted(said))} ]"
