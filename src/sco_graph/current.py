"""The current view: who takes part in what on the last day that the sources cover.

A role names the property that shows it (`scog:currentProperty`), so a new role is data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import pyoxigraph as ox

from sco_graph.days import Claim, best, bounds
from sco_graph.namespaces import expand

_PROPERTY, _LAST_DAY, _NARROWER, _INVERSE = (
    ox.NamedNode(expand(name))
    for name in (
        "scog:currentProperty",
        "scog:lastDayCovered",
        "rdfs:subPropertyOf",
        "owl:inverseOf",
    )
)


def last_day(asserted: Iterable[ox.Triple]) -> date | None:
    """Return the latest day that any source covers, or None where none says."""
    intervals = (bounds(t.object.value) for t in asserted if t.predicate == _LAST_DAY)
    return max((interval[0] for interval in intervals if interval), default=None)


def view(
    claims: Iterable[Claim], asserted: Iterable[ox.Triple], ontology: Iterable[ox.Triple]
) -> set[ox.Triple]:
    """Return the triples of the current view, under all broader and inverse properties."""
    facts = list(asserted)
    on = last_day(facts)
    if on is None:
        return set()
    shows = {t.subject.value: t.object for t in facts if t.predicate == _PROPERTY}
    triples = {
        ox.Triple(ox.NamedNode(member), shows[claim.role], ox.NamedNode(organization))
        for claim in best(claims, on)
        for member, organization in [claim.about]
        if claim.role in shows
    }
    return _spread(triples, ontology)


def _spread(triples: set[ox.Triple], ontology: Iterable[ox.Triple]) -> set[ox.Triple]:
    above: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    back: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    for t in ontology:
        if t.predicate == _NARROWER:
            above[t.subject].add(t.object)
        elif t.predicate == _INVERSE:
            back[t.subject].add(t.object)
            back[t.object].add(t.subject)
    todo = list(triples)
    while todo:
        t = todo.pop()
        more = {ox.Triple(t.subject, p, t.object) for p in above[t.predicate]}
        more |= {ox.Triple(t.object, p, t.subject) for p in back[t.predicate]}
        todo += more - triples
        triples |= more
    return triples
