"""What another graph says of the same memberships, and where it differs from ours.

Nothing is known of the other vocabulary but words: whatever node leads to one of our states and
to our organization, or lies between them, is a membership; its role, start and end are found by
the last words of its predicates, its own or those of the period that it leads to. Read so
far: Wikidata's statements, W3C ORG, schema.org's roles, our own shape.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from sco_graph import days
from sco_graph.clues import normal
from sco_graph.namespaces import expand, slug
from sco_graph.rdf import Fact, named
from sco_graph.reading import stream

HEAD = ("iso3", "role", "ours_since", "ours_until", "theirs_since", "theirs_until", "verdict")

_START = re.compile(r"start|from|since|begin|P580", re.IGNORECASE)
_END = re.compile(r"end|until|thru|through|P582", re.IGNORECASE)
_ROLE = re.compile(r"role|status|position|P2868|P3831|P39$", re.IGNORECASE)
_DIRECT = re.compile(r"(member|observer|partner).*|P463", re.IGNORECASE)
_AWAY = re.compile(r"rank|derived|conflicts|reference|source|label|name", re.IGNORECASE)


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


@dataclass(frozen=True, order=True)
class _Period:
    since: str = ""
    until: str = ""


def compare(
    ours: Sequence[Fact], alias: Mapping[str, str], foreign: Path, organization: str
) -> list[Row]:
    """Return every membership of an organization that either graph has, in order.

    `alias` is foreign IRI to our thing; `organization` is the IRI of ours.
    """
    mine = _ours(ours, organization)
    theirs = _theirs(ours, alias, foreign, organization)
    codes = {
        f.subject.value: f.object.value
        for f in ours
        if f.predicate == named("scog:iso3166Alpha3") and isinstance(f.subject, ox.NamedNode)
    }
    rows = []
    for state, role in sorted({*mine, *theirs}):
        left, right = list(mine.get((state, role), [])), list(theirs.get((state, role), []))
        for period in right:
            fits = [p for p in left if _same(p, period)] or [p for p in left if p.since]
            other = next(iter(fits or left), None)
            if other is not None:
                left.remove(other)
            rows.append(_row(codes.get(state, slug(state)), role, other, period))
        rows += [_row(codes.get(state, slug(state)), role, period, None) for period in left]
    return sorted(rows)


def _row(code: str, role: str, ours: _Period | None, theirs: _Period | None) -> Row:
    if ours and theirs:
        verdict = "same" if _same(ours, theirs) else "differs"
    else:
        verdict = "only-ours" if ours else "only-theirs"
    a, b = ours or _Period(), theirs or _Period()
    return Row(code, slug(role), a.since, a.until, b.since, b.until, verdict)


def _same(ours: _Period, theirs: _Period) -> bool:
    """Whether two periods are one, as far as both are precise.

    Our end is the first day on which it no longer held; theirs may be the last on which it
    did: both are one end.
    """
    if not _near(ours.since, theirs.since, 0):
        return False
    if bool(ours.until) != bool(theirs.until):
        return False
    return _near(ours.until, theirs.until, 0) or _near(ours.until, theirs.until, 1)


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


def _ours(facts: Iterable[Fact], organization: str) -> dict[tuple[str, str], list[_Period]]:
    """Return what the best-ranked claims say: state and role to periods."""
    about: dict[object, dict[str, str]] = defaultdict(dict)
    graphs: dict[object, str] = {}
    yields: set[object] = set()
    for fact in facts:
        if fact.predicate == named("scog:coveredBy"):
            yields.add(fact.subject)
        elif isinstance(fact.subject, ox.NamedNode) and not isinstance(fact.object, ox.BlankNode):
            about[fact.subject][fact.predicate.value] = fact.object.value
            graphs[fact.subject] = fact.graph
    found: dict[tuple[str, str], list[_Period]] = defaultdict(list)
    for node, said in about.items():
        if said.get(expand("org:organization")) != organization or node in yields:
            continue
        if said.get(expand("scog:rank")) == expand("scog:Deprecated"):
            continue
        state, role = said.get(expand("org:member")), said.get(expand("org:role"))
        if state and role:
            since = said.get(expand("scog:validFrom"), "")
            found[state, role].append(_Period(since, said.get(expand("scog:validUntil"), "")))
    return {key: sorted(set(periods)) for key, periods in found.items()}


def _theirs(
    ours: Sequence[Fact], alias: Mapping[str, str], foreign: Path, organization: str
) -> dict[tuple[str, str], list[_Period]]:
    states = {f.subject.value for f in ours if f.object == named("scog:State")}
    roles = _roles(ours)

    def our(term: object) -> str:
        iri = getattr(term, "value", "")
        return iri if iri in states or iri == organization else alias.get(iri, "")

    near: set[object] = set()
    for quad in stream(foreign):
        if our(quad.subject) == organization or our(quad.subject) in states:
            near.add(quad.object)
        if our(quad.object) == organization or our(quad.object) in states:
            near.add(quad.subject)
    near = {node for node in near if not our(node) and not isinstance(node, ox.Literal)}
    # A membership leads on to its period and its role: two steps are enough.
    graph: dict[object, set[tuple[str, object]]] = defaultdict(set)
    back: dict[object, set[tuple[str, object]]] = defaultdict(set)
    direct: set[tuple[str, str, str]] = set()
    further: set[object] = set(near)
    for _ in range(2):
        reached = set()
        for quad in stream(foreign):
            ends = (our(quad.subject), our(quad.object))
            word = slug(quad.predicate.value)
            if quad.subject in further:
                graph[quad.subject].add((word, quad.object))
                if not isinstance(quad.object, ox.Literal) and not our(quad.object):
                    reached.add(quad.object)
            if quad.object in near and (ends[0] in states or ends[0] == organization):
                back[quad.object].add((word, quad.subject))
            if _DIRECT.search(word):
                if ends[0] in states and ends[1] == organization:
                    direct.add((ends[0], word, str(quad.predicate.value)))
                elif ends[0] == organization and ends[1] in states:
                    direct.add((ends[1], word, str(quad.predicate.value)))
        if reached <= further:
            break
        further |= reached
    found: dict[tuple[str, str], set[_Period]] = defaultdict(set)
    for node in sorted(near, key=str):
        around = graph[node] | back[node]
        members = {our(value) for _, value in around} & states
        if organization not in {our(value) for _, value in around} or len(members) != 1:
            continue
        if any(word == "rank" and slug(getattr(v, "value", "")) in _BAD for word, v in graph[node]):
            continue
        role = _role_of(graph[node], graph, roles)
        if role:
            (state,) = members
            found[state, role].add(_period(node, graph))
    for state, word, _ in direct:
        role = roles.get(normal(word), "") or _by_words(re.sub(r"([A-Z])", r" \1", word), roles)
        if role and not found.get((state, role)):
            found[state, role].add(_Period())
    return {key: sorted(periods) for key, periods in found.items()}


_BAD = {"Deprecated", "DeprecatedRank"}


def _roles(ours: Iterable[Fact]) -> dict[str, str]:
    """Return name to role, for each name and slug of our roles."""
    roles = {f.subject for f in ours if f.object == named("scog:Role")}
    labels = {named("skos:prefLabel"), named("skos:altLabel")}
    found = {normal(slug(role.value)): role.value for role in roles if hasattr(role, "value")}
    for fact in ours:
        if fact.subject in roles and fact.predicate in labels:
            found[normal(fact.object.value)] = str(getattr(fact.subject, "value", ""))
    return found


def _role_of(
    said: Iterable[tuple[str, object]],
    graph: Mapping[object, set[tuple[str, object]]],
    roles: Mapping[str, str],
) -> str:
    """Return the role that a membership names, or that of a member where it names none."""
    named_any = False
    for word, value in sorted(said, key=str):
        if not _ROLE.search(word):
            continue
        named_any = True
        iri = getattr(value, "value", "")
        if iri in roles.values():
            return str(iri)
        texts = [iri if isinstance(value, ox.Literal) else slug(iri)]
        texts += [
            v.value for w, v in graph.get(value, ()) if isinstance(v, ox.Literal) and len(w) < 30
        ]
        for text in texts:
            role = roles.get(normal(text)) or _by_words(text, roles)
            if role:
                return role
    return "" if named_any else _by_words("member", roles)


def _by_words(text: str, roles: Mapping[str, str]) -> str:
    """Return the role that the words of a text fit: `Observer` fits `observer state`."""
    words = set(normal(re.sub(r"[-_]", " ", text)).split()) - {"of", "has", "is", "state", "states"}
    if words == {"p463"}:
        words = {"member"}
    fits = {
        role
        for name, role in roles.items()
        if words and words == set(name.split()) - {"state", "states"}
    }
    return fits.pop() if len(fits) == 1 else ""


def _period(node: object, graph: Mapping[object, set[tuple[str, object]]]) -> _Period:
    """Return since and until of a membership: its own, or those of the period it leads to."""
    since: set[str] = set()
    until: set[str] = set()
    inner = [v for w, v in graph.get(node, ()) if v in graph and not _AWAY.search(w)]
    for word, value in [*graph.get(node, ()), *(pair for v in inner for pair in graph[v])]:
        if isinstance(value, ox.Literal) and (text := _date(value.value)):
            if _START.search(word):
                since.add(text)
            elif _END.search(word):
                until.add(text)
    return _Period(max(since, key=len, default=""), max(until, key=len, default=""))


def _date(text: str) -> str:
    """Return a date, month or year as we write it, a moment as its day; "" where it is none."""
    found = re.match(r"\+?(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:T.*|Z|[+-]\d{2}:\d{2})?\Z", text)
    return found[1] if found and days.bounds(found[1]) else ""
