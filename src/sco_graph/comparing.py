"""What another graph says of the same memberships, and where it differs from ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from sco_graph import days, memberships
from sco_graph.clues import normal
from sco_graph.memberships import UNKNOWN, Period, Read
from sco_graph.namespaces import expand, slug
from sco_graph.rdf import Fact, named

HEAD = ("iso3", "role", "ours_since", "ours_until", "theirs_since", "theirs_until", "verdict")


@dataclass(frozen=True, order=True)
class Row:
    """One membership as both have it; an empty text is not said."""

    iso3: str
    role: str
    ours_since: str = ""
    ours_until: str = ""
    theirs_since: str = ""
    theirs_until: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Comparison:
    """Every membership that either graph has, and whether theirs speaks of the organization."""

    rows: list[Row]
    spoken_of: bool


def compare(
    ours: Sequence[Fact], alias: Mapping[str, str], read: Read, organization: str
) -> Comparison:
    """Return every membership of an organization that either graph has, in order.

    `alias` is foreign IRI to our thing; `organization` is the IRI of ours.
    """
    states = {f.subject.value for f in ours if f.object == named("scog:State")}
    roles = _roles(ours)
    known = {*states, *roles.values(), organization}
    mine = _ours(ours, organization)
    theirs = memberships.find(
        read,
        lambda iri: iri if iri in known else alias.get(iri, ""),
        states,
        organization,
        roles,
    )
    codes = {
        f.subject.value: f.object.value
        for f in ours
        if f.predicate == named("scog:iso3166Alpha3") and isinstance(f.subject, ox.NamedNode)
    }
    rows = []
    for state, role in sorted({*mine, *theirs.periods}):
        code = codes.get(state, slug(state))
        for one, other in _paired(
            mine.get((state, role), []), theirs.periods.get((state, role), [])
        ):
            rows.append(_row(code, role, one, other))
    return Comparison(sorted(rows), theirs.spoken_of)


def _paired(
    ours: Iterable[Period], theirs: Iterable[Period]
) -> list[tuple[Period | None, Period | None]]:
    """Return which of their periods is which of ours: those that agree, overlap, are alone."""
    left, right = list(ours), sorted(theirs, key=lambda period: not period.dated)
    pairs: list[tuple[Period | None, Period | None]] = []
    for fits in (_same, _overlap):
        for other in list(right):
            found = next((one for one in left if fits(one, other)), None)
            if found is not None:
                left.remove(found)
                right.remove(other)
                pairs.append((found, other))
    if len(left) == len(right) == 1:
        pairs.append((left.pop(), right.pop()))
    # What says no date adds nothing to one that says it.
    rest = [other for other in right if other.dated or not pairs]
    return [*pairs, *((one, None) for one in left), *((None, other) for other in rest)]


def _row(code: str, role: str, ours: Period | None, theirs: Period | None) -> Row:
    if ours and theirs:
        verdict = "same" if _same(ours, theirs) else "differs"
    else:
        verdict = "only-ours" if ours else "only-theirs"
    a, b = ours or Period(), theirs or Period()
    return Row(code, slug(role), a.since, a.until, b.since, b.until, verdict)


def _same(ours: Period, theirs: Period) -> bool:
    """Whether two periods are one, as far as both are precise.

    Our end is the first day on which it no longer held; theirs may be the last on which it
    did: both are one end. Who says no date at all does not disagree.
    """
    if not ours.dated or not theirs.dated:
        return True
    if not (_near(ours.since, theirs.since, 0) or not theirs.since):
        return False
    if UNKNOWN in (theirs.until, ours.until) or bool(ours.until) != bool(theirs.until):
        return bool(ours.until and theirs.until)
    return _near(ours.until, theirs.until, 0) or _near(ours.until, theirs.until, 1)


def _overlap(ours: Period, theirs: Period) -> bool:
    """Whether there may be a day on which both hold."""
    one, other = _bounds(ours), _bounds(theirs)
    return one[0] < other[1] and other[0] < one[1]


def _bounds(period: Period) -> tuple[date, date]:
    first = days.bounds(period.since) if period.since else None
    last = days.bounds(period.until) if period.until not in ("", UNKNOWN) else None
    return (first or (date.min,))[0], (last or (date.max, date.max))[1]


def _near(ours: str, theirs: str, before: int) -> bool:
    """Whether one date lies in the other; `before`: theirs moved on by so many days."""
    if not ours or not theirs:
        return ours == theirs
    one, other = days.bounds(ours), days.bounds(theirs)
    if not one or not other:
        return ours == theirs
    if before and len(theirs) == len("YYYY-MM-DD"):
        other = (other[1], other[1])
        return one[0] <= other[0] < one[1]
    return one[0] <= other[0] < one[1] or other[0] <= one[0] < other[1]


def _ours(facts: Iterable[Fact], organization: str) -> dict[tuple[str, str], list[Period]]:
    """Return what the best-ranked claims say: state and role to periods."""
    about: dict[object, dict[str, str]] = defaultdict(dict)
    yields: set[object] = set()
    for fact in facts:
        if fact.predicate == named("scog:coveredBy"):
            yields.add(fact.subject)
        elif isinstance(fact.subject, ox.NamedNode) and not isinstance(fact.object, ox.BlankNode):
            about[fact.subject][fact.predicate.value] = fact.object.value
    found: dict[tuple[str, str], list[Period]] = defaultdict(list)
    for node, said in about.items():
        if said.get(expand("org:organization")) != organization or node in yields:
            continue
        if said.get(expand("scog:rank")) == expand("scog:Deprecated"):
            continue
        state, role = said.get(expand("org:member")), said.get(expand("org:role"))
        if state and role:
            since = said.get(expand("scog:validFrom"), "")
            found[state, role].append(Period(since, said.get(expand("scog:validUntil"), "")))
    return {key: sorted(set(periods)) for key, periods in found.items()}


def _roles(ours: Iterable[Fact]) -> dict[str, str]:
    """Return name to role, for each name and slug of our roles."""
    roles = {f.subject for f in ours if f.object == named("scog:Role")}
    labels = {named("skos:prefLabel"), named("skos:altLabel")}
    found = {normal(slug(role.value)): role.value for role in roles if hasattr(role, "value")}
    for fact in ours:
        if fact.subject in roles and fact.predicate in labels:
            found[normal(fact.object.value)] = str(getattr(fact.subject, "value", ""))
    return found
