"""A small graph in memory with the look-ups that reading shapes takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from sco_graph.namespaces import PREFIXES, compact
from sco_graph.rdf import Term
from sco_graph.shacl.refusal import NotCompiled

_FIRST = ox.NamedNode(PREFIXES["rdf"] + "first")
_REST = ox.NamedNode(PREFIXES["rdf"] + "rest")
_NIL = ox.NamedNode(PREFIXES["rdf"] + "nil")


class ShapesGraph:
    """The triples of a shapes graph, by subject and by predicate."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._values: dict[Term, dict[str, list[Term]]] = defaultdict(dict)
        self._uses: dict[str, list[tuple[Term, Term]]] = defaultdict(list)
        for triple in sorted(set(triples), key=str):
            subject, value = triple.subject, triple.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                raise NotCompiled(str(triple), "a quoted triple", "leave it out")
            self._values[subject].setdefault(triple.predicate.value, []).append(value)
            self._uses[triple.predicate.value].append((subject, value))

    def predicates(self, subject: Term) -> list[str]:
        """Return the predicates of what is said of a node, in order."""
        return sorted(self._values.get(subject, {}))

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Return the values of a property of a node, in order."""
        return self._values.get(subject, {}).get(predicate, [])

    def uses(self, predicate: str) -> Iterator[tuple[Term, Term]]:
        """Yield subject and object wherever a property is used."""
        yield from self._uses.get(predicate, ())

    def has(self, subject: Term, predicate: str, value: Term) -> bool:
        """Say whether a triple is there."""
        return value in self.objects(subject, predicate)

    def is_list(self, node: Term) -> bool:
        """Say whether a node is an RDF list."""
        return node == _NIL or bool(self.objects(node, _FIRST.value))

    def list(self, node: Term, shape: str, construct: str) -> list[Term]:
        """Return the members of an RDF list."""
        found: list[Term] = []
        seen = set()
        while node != _NIL:
            first, rest = self.objects(node, _FIRST.value), self.objects(node, _REST.value)
            if len(first) != 1 or len(rest) != 1 or node in seen:
                raise NotCompiled(shape, f"the value of {construct}", "write it as one RDF list")
            seen.add(node)
            found += first
            node = rest[0]
        return found

    def above(self, kind: Term) -> set[Term]:
        """Return a class and those that it is a subclass of."""
        found: set[Term] = set()
        waiting = [kind]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.objects(node, PREFIXES["rdfs"] + "subClassOf")
        return found


def shown(term: Term) -> str:
    """Return a term as people read it: an IRI as a CURIE."""
    return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)
