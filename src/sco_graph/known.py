"""Our things as a match looks for them: by identifier, by name, and where they belong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph import clues
from sco_graph.clues import Key, normal
from sco_graph.namespaces import ID
from sco_graph.rdf import Fact, named

STATE, PLACE, PERSON, ORGANIZATION = (
    "scog:State",
    "scog:Place",
    "scog:Person",
    "scog:Organization",
)
KINDS = (STATE, ORGANIZATION, "scog:Organ", PLACE, PERSON, "scog:Role")
"""Our classes that are matched, in the order in which they are."""
CODES = {"scog:iso3166Alpha2": "a2", "scog:iso3166Alpha3": "a3", "scog:m49": "m49"}


@dataclass
class Ours:
    """One of our things: its class, keys, names, what it lies in and is part of."""

    kind: str = ""
    keys: set[Key] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    label: str = ""
    within: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)


class Known(dict[str, Ours]):
    """Our things by IRI, by key and by name."""

    def __init__(self, things: Mapping[str, Ours]) -> None:
        super().__init__({iri: thing for iri, thing in sorted(things.items()) if thing.kind})
        self.by_key: dict[Key, set[str]] = defaultdict(set)
        self.by_name: dict[str, set[str]] = defaultdict(set)
        for iri, thing in self.items():
            for key in thing.keys:
                self.by_key[key].add(iri)
            for name in thing.names:
                self.by_name[normal(name)].add(iri)

    def called(self, name: str) -> set[str]:
        """Return the things that are called so."""
        return self.by_name.get(normal(name), set())


def ours(facts: Iterable[Fact]) -> Known:
    """Return our things; a capital, or where a state was host to a meeting, lies in that state."""
    order = {named(name): name for name in KINDS}
    keys = {named(name): kind for name, kind in CODES.items()}
    ends = {named("scog:locatedIn"): "within", named("scog:organOf"): "whole"}
    capital, held, host = map(named, ("scog:capital", "scog:heldIn", "scog:hostState"))
    meetings: dict[str, list[set[str]]] = defaultdict(lambda: [set(), set()])
    preferred, same, kind = named("skos:prefLabel"), named("schema:sameAs"), named("rdf:type")
    labels = {preferred, named("skos:altLabel")}
    things: dict[str, Ours] = defaultdict(Ours)
    for fact in facts:
        if not isinstance(fact.subject, ox.NamedNode) or not fact.subject.value.startswith(ID):
            continue
        thing, value = things[fact.subject.value], getattr(fact.object, "value", "")
        if fact.predicate == kind and isinstance(fact.object, ox.NamedNode):
            thing.kind = thing.kind or order.get(fact.object, "")
        elif fact.predicate in labels:
            thing.names.add(value)
            thing.languages.add(getattr(fact.object, "language", None) or "")
            if fact.predicate == preferred and getattr(fact.object, "language", "") == "en":
                thing.label = value
        elif fact.predicate in keys:
            thing.keys.add((keys[fact.predicate], value))
        elif fact.predicate == same and (key := clues.identity(value)):
            thing.keys.add(key)
        elif fact.predicate in ends:
            getattr(thing, ends[fact.predicate]).add(value)
        elif fact.predicate == capital:
            things[value].within.add(fact.subject.value)
        elif fact.predicate in (held, host):
            meetings[fact.subject.value][fact.predicate == host].add(value)
    for places, hosts in meetings.values():
        for place in places:
            things[place].within |= hosts
    for iri, thing in things.items():
        thing.keys.add(("here", iri))
    return Known(things)
