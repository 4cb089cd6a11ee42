"""The classes below those that shapes name, as the data have them.

A query that names them needs no path. That is faster, and it is right where an engine loses its
way in a path inside EXISTS: Virtuoso 7 then brings rows that fit nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from sco_graph.rdf import Term
from sco_graph.shacl.model import RDFS, Shape
from sco_graph.sparql import Ask, from_clauses

Below = Mapping[Term, Sequence[Term]]
"""The classes that are below a class, and are not that class; one that is not a key is unknown."""


def below(ask: Ask, shapes: Iterable[Shape], graphs: Sequence[str] = ()) -> Below:
    """Ask for the classes below each class that shapes name.

    A class with a blank one below it is left out: no query can name that.
    """
    clause = from_clauses(graphs)
    query = f"SELECT DISTINCT ?class ?above{clause} WHERE {{ ?class <{RDFS}subClassOf> ?above }}"
    narrower: dict[Term, list[Term]] = defaultdict(list)
    for row in ask(query):
        narrower[row["above"]].append(row["class"])
    found = {}
    for kind in {kind for shape in shapes for kind in _named(shape)}:
        seen, waiting = {kind}, [kind]
        while waiting:
            fresh = {one for one in narrower[waiting.pop()] if one not in seen}
            seen |= fresh
            waiting += fresh
        if all(isinstance(one, ox.NamedNode) for one in seen):
            found[kind] = sorted(seen - {kind}, key=str)
    return found


def _named(shape: Shape) -> Iterator[Term]:
    """Yield the classes that a shape names, and those of the shapes within it."""
    yield from (target.term for target in shape.targets if target.kind == "targetClass")
    for part in shape.parts:
        if part.component == "Class":
            yield from part.terms
        for inner in part.shapes:
            yield from _named(inner)
