"""Dates that may be partial, the days they bound, and which claim answers on a day.

A claim holds on the half-open interval [first day, day after). A start known as a year
or a month counts from its first day, an end known so counts to its last: "2010 to 2012"
is [2010-01-01, 2013-01-01). `statedAsOf D` is [D, D + 1 day).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pyoxigraph as ox

from sco_graph.errors import UsageError
from sco_graph.namespaces import expand
from sco_graph.rdf import Fact, literal, named

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_FOREVER = date.max


def day(text: str) -> date:
    """Return the day that `text` (YYYY-MM-DD) names; UsageError where there is none."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f'"{text}" is no day: write YYYY-MM-DD, a day of the calendar')


def bounds(text: str) -> tuple[date, date] | None:
    """Return the first day of a date, month or year, and the day after its last.

    None where `text` is none of them.
    """
    match = _PARTIAL.match(text)
    if not match:
        return None
    year, month, dom = (None if part is None else int(part) for part in match.groups())
    try:
        first = date(year or 0, 1 if month is None else month, 1 if dom is None else dom)
    except ValueError:
        return None
    try:
        if dom is not None:
            return first, first + timedelta(days=1)
        if month is not None:
            return first, date(first.year + month // 12, month % 12 + 1, 1)
        return first, date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        return first, _FOREVER


@dataclass(frozen=True)
class Claim:
    """A participation or office-holding, as far as time and rank go."""

    node: ox.NamedNode
    about: tuple[str, str]
    role: str | None
    graph: str
    rank: int
    first: date
    after: date

    def overlaps(self, other: Claim) -> bool:
        """Whether there is a day on which both hold."""
        return self.first < other.after and other.first < self.after

    def precedes(self, other: Claim) -> bool:
        """Whether this claim answers instead of `other` where both hold."""
        return (self.rank, self.graph, self.node.value) < (
            other.rank,
            other.graph,
            other.node.value,
        )


SAID = (
    "org:member org:organization org:role scog:office scog:validFrom scog:validUntil "
    "scog:statedAsOf scog:rank"
).split()
"""The properties that a claim is read from."""
_DERIVED = "scog:firstDay scog:dayAfter scog:yieldsTo scog:coveredBy".split()
_P = {name: named(name) for name in (*SAID, *_DERIVED)}
_RANKS = {expand(f"scog:{name}"): i for i, name in enumerate(("Preferred", "Normal", "Deprecated"))}
_DEPRECATED = _RANKS[expand("scog:Deprecated")]


def claims(facts: Iterable[Fact]) -> list[Claim]:
    """Return the dated claims of source graphs, in order of their IRIs.

    A claim whose dates cannot be read is left out: its shape says what is wrong with it.
    """
    wanted = set(_P.values())
    values: dict[tuple[ox.NamedNode, str], dict[ox.NamedNode, str]] = defaultdict(dict)
    things = {_P[name] for name in ("org:member", "org:organization", "scog:office")}
    for fact in facts:
        if fact.predicate in things and not isinstance(fact.object, ox.NamedNode):
            continue
        if fact.predicate in wanted and isinstance(fact.subject, ox.NamedNode):
            about, text = values[fact.subject, fact.graph], fact.object.value
            # Of two values, which its shape tells, the lesser: no order of rows decides.
            about[fact.predicate] = min(text, about.get(fact.predicate, text))
    found = []
    for (node, graph), about in values.items():
        interval = _interval(about)
        topic = about.get(_P["org:organization"]) or about.get(_P["scog:office"])
        member = about.get(_P["org:member"])
        if interval and topic and member:
            rank = _RANKS.get(about.get(_P["scog:rank"], ""), 1)
            role = about.get(_P["org:role"])
            found.append(Claim(node, (member, topic), role, graph, rank, *interval))
    return sorted(found, key=lambda claim: (claim.node.value, claim.graph))


def _interval(about: dict[ox.NamedNode, str]) -> tuple[date, date] | None:
    stated = about.get(_P["scog:statedAsOf"])
    since = about.get(_P["scog:validFrom"])
    until = about.get(_P["scog:validUntil"])
    if stated and not since:
        return bounds(stated)
    start = bounds(since) if since else (date.min, date.min)
    if not start:
        return None
    if not until:
        return start[0], _FOREVER
    end = bounds(until)
    if not end:
        return None
    return start[0], end[0] if len(until) == len("YYYY-MM-DD") else end[1]


def derive(found: Iterable[Claim]) -> set[Fact]:
    """Return the day bounds of claims, and which claim yields to which, wholly or in part.

    A claim yields to another about the same state and organization where both hold on
    some day and the other has the better rank or, at the same rank, the first source
    by name. A deprecated claim neither yields nor is yielded to: it never answers.
    """
    facts = set()
    grouped: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in found:
        facts.add(Fact(claim.node, _P["scog:firstDay"], literal(claim.first.isoformat(), "date")))
        if claim.after != _FOREVER:
            facts.add(
                Fact(claim.node, _P["scog:dayAfter"], literal(claim.after.isoformat(), "date"))
            )
        if claim.rank != _DEPRECATED:
            grouped[claim.about].append(claim)
    for group in grouped.values():
        for one in group:
            for other in group:
                if other.node != one.node and other.precedes(one) and one.overlaps(other):
                    facts.add(Fact(one.node, _P["scog:yieldsTo"], other.node))
                    if other.first <= one.first and one.after <= other.after:
                        facts.add(Fact(one.node, _P["scog:coveredBy"], other.node))
    return facts


def best(found: Iterable[Claim], on: date) -> list[Claim]:
    """Return the claims that answer on a day: one for each member and organization."""
    holding = [c for c in found if c.rank != _DEPRECATED and c.first <= on < c.after]
    first: dict[tuple[str, str], Claim] = {}
    for claim in holding:
        if claim.about not in first or claim.precedes(first[claim.about]):
            first[claim.about] = claim
    return [claim for claim in holding if not first[claim.about].precedes(claim)]
