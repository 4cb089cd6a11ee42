"""The current view: who takes part in what on the last day that the sources cover.

A role names the property that shows it (`scog:currentProperty`), so a new role is data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import pyoxigraph as ox

from sco_graph.days import Claim, best, bounds
from sco_graph.rdf import Fact, Node, named

_PROPERTY, _LAST_DAY, _NARROWER, _INVERSE = (
    named(name)
    for name in (
        "scog:currentProperty",
        "scog:lastDayCovered",
        "rdfs:subPropertyOf",
        "owl:inverseOf",
    )
)


def last_day(asserted: Iterable[Fact]) -> date | None:
    """Return the latest day that any source covers, or None where none says."""
    intervals = (bounds(t.object.value) for t in asserted if t.predicate == _LAST_DAY)
    return max((interval[0] for interval in intervals if interval), default=None)


def view(
    claims: Iterable[Claim],
    asserted: Iterable[Fact],
    ontology: Iterable[Fact],
    on: date | None = None,
) -> set[Fact]:
    """Return the facts of the view on a day, under all broader and inverse properties.

    The day is the last one that the sources cover, where none is given.
    """
    facts = list(asserted)
    on = on or last_day(facts)
    if on is None:
        return set()
    shows = {
        f.subject.value: f.object
        for f in facts
        if f.predicate == _PROPERTY and isinstance(f.object, ox.NamedNode)
    }
    found = {
        Fact(ox.NamedNode(member), shows[claim.role], ox.NamedNode(organization))
        for claim in best(claims, on)
        for member, organization in [claim.about]
        if claim.role in shows
    }
    return _spread(found, ontology)


def _spread(found: set[Fact], ontology: Iterable[Fact]) -> set[Fact]:
    above: dict[Node, set[ox.NamedNode]] = defaultdict(set)
    back: dict[Node, set[ox.NamedNode]] = defaultdict(set)
    for subject, predicate, value, _ in ontology:
        if not (isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode)):
            continue
        if predicate == _NARROWER:
            above[subject].add(value)
        elif predicate == _INVERSE:
            back[subject].add(value)
            back[value].add(subject)
    todo = list(found)
    while todo:
        subject, predicate, value, _ = todo.pop()
        more = {Fact(subject, p, value) for p in above[predicate]}
        if isinstance(value, ox.NamedNode):
            more |= {Fact(value, p, subject) for p in back[predicate]}
        todo += more - found
        found |= more
    return found
