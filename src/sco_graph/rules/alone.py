"""What follows from one premise each, asked conclusion by conclusion and not rule by rule.

A store on disk reads a whole property faster than it looks up a few things: so each class
and property is asked for once, for all that it follows of, less what is said already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import pyoxigraph as ox

from sco_graph.records import NamedTuple
from sco_graph.rules.clauses import Part
from sco_graph.rules.rule import Rule, term, values
from sco_graph.sparql import declared, from_clauses

_THING = " FILTER (!ISLITERAL(?s))"
_WAYS = {
    "domains": ("?p", "?s ?p ?o ."),
    "ranges": ("?p", "?o ?p ?s ." + _THING),
    "classes": ("?c", "?s a ?c ."),
    "properties": ("?p", "?s ?p ?o ."),
    "inverses": ("?p", "?o ?p ?s ." + _THING),
}
"""How what is concluded of ?s follows by each of the rules with one premise."""


class Alone(NamedTuple):
    """A class or a property, and by which rules it follows of which classes and properties."""

    conclusion: ox.NamedNode
    is_class: bool
    ways: dict[str, list[Part]]

    def query(self, over: Sequence[str]) -> str:
        """Return the CONSTRUCT of what follows in some graphs and is not said there."""
        names = "?s" if self.is_class else "?s ?o"
        said = (
            f"?s a {term(self.conclusion)}" if self.is_class else f"?s {term(self.conclusion)} ?o"
        )
        ways = [
            f"  {{ {values([variable], [[premise] for premise in premises])} {pattern} }}"
            for way, premises in self.ways.items()
            for variable, pattern in [_WAYS[way]]
        ]
        union = "\n  UNION\n".join(ways)
        return declared(
            f"CONSTRUCT {{ {said} }}{from_clauses(over)} WHERE {{\n"
            f"{{ SELECT DISTINCT {names} WHERE {{\n{union}\n  MINUS {{ {said} }}\n}} }}\n}}"
        )

    def write(self, store: ox.Store, over: Sequence[str], path: str) -> None:
        """Write them as N-Triples; other threads go on meanwhile."""
        found = cast("ox.QueryTriples", store.query(self.query(over)))
        found.serialize(path, format=ox.RdfFormat.N_TRIPLES)


def alone(rules: Iterable[Rule]) -> Iterator[Alone]:
    """Yield what the rules with one premise conclude, in order."""
    ways: dict[tuple[bool, Part], dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for rule in rules:
        for premise, conclusion in rule.rows:
            is_class = rule.name not in ("properties", "inverses")
            ways[is_class, conclusion][rule.name].append(premise)
    for (is_class, conclusion), found in sorted(ways.items(), key=str):
        if isinstance(conclusion, ox.NamedNode):
            yield Alone(conclusion, is_class, dict(found))
