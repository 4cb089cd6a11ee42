"""What is wrong in the made-up world: a table of faults, and what plants them.

A fault is a small thing of its own with one thing wrong, so that no other is blamed. It names the
shapes and checks that find it. Terms in the tables: `@kind` is a thing of the world, `+kind` a new
one without fault, `=kind` the same in all of one fault, `?` an IRI of nothing, `_` a blank node,
`.` the thing itself; `{n}` in a text is the number of the fault.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from quads import LINKS, iri

if TYPE_CHECKING:
    from world import World

ROW = "prov:wasDerivedFrom +row"
CLAIM = ("org:member @state", "org:organization =organization", "org:role role:member-state", ROW)
FROM, UNTIL = 'scog:validFrom "2001-05-01"^^xsd:date', 'scog:validUntil "2009-05-01"^^xsd:date'
REASON = 'scog:rankReason "Invented."@en'
THINGS: dict[str, tuple[str, ...]] = {
    "city": ("scog:City", 'skos:prefLabel "City {n}"@en', "scog:locatedIn @region"),
    "concept": (
        "scog:CooperationArea",
        'skos:prefLabel "Area {n}"@en',
        'skos:definition "An area."@en',
        "skos:inScheme scheme:world",
    ),
    "document": ("scog:Document", 'skos:prefLabel "Paper {n}"@en', ROW),
    "event": ("scog:Event", 'skos:prefLabel "event {n}"@en', ROW),
    "evidence": ("scog:Evidence", "oa:hasSource @document"),
    "founding": (
        "scog:Founding",
        'skos:prefLabel "founding {n}"@en',
        'scog:date "2001"^^xsd:gYear',
        "scog:founded =organization",
        "scog:founder @state",
        ROW,
    ),
    "meeting": (
        "scog:Meeting",
        'skos:prefLabel "meeting {n}"@en',
        "scog:meetingOf =organ",
        'scog:ordinal "1"^^xsd:integer',
        'scog:startDate "2001-06-15"^^xsd:date',
        'scog:endDate "2001-06-16"^^xsd:date',
        ROW,
    ),
    "memorandum": (
        "scog:MemorandumSigning",
        'skos:prefLabel "memorandum {n}"@en',
        'scog:date "2001-06"^^xsd:gYearMonth',
        "scog:signatory @state",
        ROW,
    ),
    "office": ("scog:Office", 'skos:prefLabel "Office {n}"@en', "scog:officeOf @organ"),
    "office-holding": (
        *("scog:OfficeHolding", "org:member @person", "scog:office @office"),
        *(FROM, UNTIL, ROW),
    ),
    "organ": ("scog:Organ", 'skos:prefLabel "Organ {n}"@en', "scog:organOf @organization"),
    "organization": ("scog:Organization", 'skos:prefLabel "Organization {n}"@en'),
    "participation": ("scog:Participation", *CLAIM, FROM, UNTIL),
    "stated": ("scog:Participation", *CLAIM, 'scog:statedAsOf "2001-05-01"^^xsd:date'),
    "person": ("scog:Person", 'skos:prefLabel "Person {n}"@en'),
    "position": (
        *("oa:TextPositionSelector", 'oa:start "7"^^xsd:integer', 'oa:end "16"^^xsd:integer'),
    ),
    "quote": ("oa:TextQuoteSelector", 'oa:exact "Ruritania"@en'),
    "resolution": (
        *("scog:Resolution", "scog:prefers +event", "scog:over +event"),
        'scog:reason "Invented."@en',
    ),
    "row": ("scog:Evidence", 'dcterms:identifier "row {n}"', "oa:hasSource @document"),
    "state": (
        *("scog:State", 'skos:prefLabel "State {n}"@en'),
        *("scog:iso3166Alpha2 +alpha2", "scog:iso3166Alpha3 =alpha3"),
    ),
    "statement": (
        *("scog:Statement", "rdf:subject @document", "rdf:predicate rdf:type"),
        *("rdf:object scog:Document", ROW),
    ),
    # not without fault: what evidence is made from that is at fault
    "words": ("", 'oa:exact "Ruritania"@en'),
    "far": ("oa:TextPositionSelector", 'oa:start "7"^^xsd:integer', 'oa:end "108"^^xsd:integer'),
    "long": ("oa:TextQuoteSelector", f'oa:exact "{"Ruritania " * 10}!"@en'),
    "chinese": ("oa:TextQuoteSelector", 'oa:exact "卢里塔尼亚王国与首都"@zh'),
    "ten": ("oa:TextPositionSelector", 'oa:start "7"^^xsd:integer', 'oa:end "17"^^xsd:integer'),
}
"""The class of each thing, and what is said of it; where no class rests on words, statements do."""
KINDS = {"city": "place", "stated": "participation", "founding": "event", "memorandum": "event"}
KINDS |= dict.fromkeys(("row", "position", "quote", "words", "far", "long"), "evidence")
KINDS |= dict.fromkeys(("chinese", "ten"), "evidence")
"""What segment of its IRI a thing has that is not its own name."""
TOLD = ("city", "concept", "office", "organ", "organization", "person", "state")


class Part(NamedTuple):
    """A thing of a fault: what is left out, what is said too; and what is in another graph."""

    thing: str
    drop: str = ""
    add: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    """What nothing is said to rest on: `GRAPH SUBJECT PREDICATE OBJECT`."""
    other: bool = False
    """Whether another source says it."""


class Fault(NamedTuple):
    """The names of what finds a fault, `name*2` where it gives two results, and its parts."""

    rules: str
    parts: tuple[Part, ...]


def fault(rules: str, thing: str, drop: str = "", *add: str) -> Fault:
    """Return a fault in one thing that lacks some predicates and has other values."""
    return Fault(rules, (Part(thing, drop, add),))


def bare(rules: str, thing: str, *quads: str) -> Fault:
    """Return a fault that lies in quads beside a thing."""
    return Fault(rules, (Part(thing, bare=quads),))


def two(rules: str, thing: str, drop: str, *add: str, other: bool = False) -> Fault:
    """Return a fault between two things, the second of which is not as the table says."""
    return Fault(rules, (Part(thing), Part(thing, drop, add, other=other)))


SECOND, DEPRECATED = "org:role role:observer-state", "scog:rank scog:Deprecated"
FAULTS = (
    # claims
    fault("claim", "participation", "", 'scog:statedAsOf "2002-01-01"^^xsd:date'),
    fault("claim", "participation", "scog:validFrom scog:validUntil"),
    fault("claim-evidence", "participation", "", "prov:wasDerivedFrom @document"),
    fault("claim-evidence uncovered-triple*5", "participation", "prov:wasDerivedFrom"),
    fault("claim-from", "participation", "", 'scog:validFrom "2002"^^xsd:gYear'),
    fault("claim-from", "participation", "scog:validFrom", 'scog:validFrom "2001"'),
    fault(
        *("claim-from ill-typed-literal", "participation", "scog:validFrom"),
        'scog:validFrom "2001-02-30"^^xsd:date',
    ),
    fault("claim-until", "participation", "", 'scog:validUntil "2008"^^xsd:gYear'),
    fault("claim-stated", "stated", "", 'scog:statedAsOf "2002"^^xsd:gYear'),
    fault("claim-rank", "participation", "", "scog:rank scog:Normal", "scog:rank scog:Preferred"),
    fault("claim-rank", "participation", "", "scog:rank ?"),
    fault("conflict-reason", "participation", "", 'scog:rankReason "Invented."'),
    fault("conflict-with", "participation", "", "scog:conflictsWith @person"),
    fault("office-holding-member", "office-holding", "org:member"),
    fault("office-holding-member", "office-holding", "org:member", "org:member @state"),
    fault("office-holding-office", "office-holding", "scog:office"),
    fault("office-holding-title", "office-holding", "", 'scog:titleUsed "Secretary"'),
    fault("participation-decided", "participation", "", "scog:decidedIn ?"),
    fault("participation-member", "participation", "org:member"),
    fault("participation-member", "participation", "", "org:member +state"),
    fault("participation-member", "participation", "org:member", "org:member @organization"),
    fault("participation-organization", "participation", "org:organization"),
    fault("participation-organization", "participation", "", "org:organization +organization"),
    fault(
        "participation-organization", "participation", "org:organization", "org:organization @organ"
    ),
    fault("participation-role", "participation", "org:role"),
    fault("participation-role", "participation", "", SECOND),
    fault("participation-role", "participation", "org:role", "org:role concept:annual"),
    fault("resolution-over", "resolution", "scog:over"),
    fault("resolution-prefers", "resolution", "scog:prefers"),
    fault("resolution-reason", "resolution", "scog:reason"),
    # events
    fault("event-concerns", "event", "", "scog:concerns ?"),
    fault("event-date", "event", "", 'scog:date "2001"'),
    fault("event-date ill-typed-literal", "event", "", 'scog:date "2001-13-01"^^xsd:date'),
    fault("event-end", "event", "", 'scog:endDate "2001-06"^^xsd:gYearMonth'),
    fault("event-place", "event", "", "scog:heldIn ?"),
    fault("event-start", "event", "", 'scog:startDate "2001-06"^^xsd:gYearMonth'),
    fault("founding-date", "founding", "scog:date"),
    fault("founding-founded", "founding", "scog:founded"),
    fault("founding-founder", "founding", "scog:founder", "scog:founder ?"),
    fault("meeting-adopted", "meeting", "", "scog:adopted ?"),
    fault("meeting-agreed", "meeting", "", "scog:agreedOn ?"),
    fault("meeting-chair", "meeting", "", "scog:chairedBy ?"),
    fault("meeting-format", "meeting", "", "scog:hasFormat ?"),
    fault("meeting-host", "meeting", "", "scog:hostState ?"),
    fault("meeting-of", "meeting", "scog:meetingOf"),
    fault("meeting-order", "meeting", "scog:endDate", 'scog:endDate "2001-06-14"^^xsd:date'),
    fault("meeting-ordinal", "meeting", "scog:ordinal"),
    fault("meeting-ordinal", "meeting", "scog:ordinal", 'scog:ordinal "0"^^xsd:integer'),
    fault("meeting-progress", "meeting", "", "scog:progressIn ?"),
    fault("meeting-session", "meeting", "", 'scog:sessionDate "2001"^^xsd:gYear'),
    fault("meeting-start", "meeting", "scog:startDate"),
    fault("memorandum-date", "memorandum", "scog:date"),
    fault("memorandum-signatory", "memorandum", "", "scog:signatory +state"),
    # documents, evidence, statements
    fault("document-force", "document", "", 'scog:inForceSince "2001"^^xsd:gYear'),
    fault("document-issued", "document", "", 'dcterms:issued "2001"^^xsd:gYear'),
    fault("document-kind", "document", "", "scog:kindOfDocument ?"),
    fault("document-language", "document", "", 'dcterms:language "fr"'),
    fault("document-last-day", "document", "", 'scog:lastDayCovered "2001"^^xsd:gYear'),
    fault("document-party", "document", "", "scog:party ?"),
    fault("document-sha256", "document", "", 'scog:sha256 "00"^^xsd:hexBinary'),
    fault("document-signed", "document", "", 'scog:signedOn "2001-06"^^xsd:gYearMonth'),
    fault("document-signed-in", "document", "", "scog:signedIn ?"),
    fault("evidence", "row", "dcterms:identifier"),
    fault("evidence", "row", "", "oa:hasSelector +quote"),
    fault("evidence-selector", "evidence", "", "oa:hasSelector +words", "oa:hasSelector +position"),
    fault("evidence-source", "row", "oa:hasSource"),
    fault("evidence-source", "row", "oa:hasSource", "oa:hasSource ?"),
    fault("position-end", "position", "oa:end"),
    fault("position-start", "position", "oa:start", 'oa:start "-1"^^xsd:integer'),
    fault("quote-exact", "quote", "oa:exact"),
    fault("quote-exact", "quote", "oa:exact", 'oa:exact "Ruritania"'),
    fault("statement-evidence", "statement", "prov:wasDerivedFrom"),
    fault("statement-object", "statement", "rdf:object"),
    fault("statement-predicate", "statement", "rdf:predicate"),
    fault("statement-subject", "statement", "rdf:subject"),
    # names and codes
    fault("concept-definition", "concept", "skos:definition"),
    fault("concept-scheme", "concept", "skos:inScheme"),
    fault("named-alternative", "city", "", 'skos:altLabel "City {n}"@en'),
    fault("named-alternative language-tag", "event", "", 'skos:altLabel "fête {n}"@fr'),
    fault("named-english", "city", "skos:prefLabel"),
    fault("named-english", "person", "skos:prefLabel", 'skos:prefLabel "人"@zh'),
    fault("named-label", "city", "", 'skos:prefLabel "Town {n}"@en'),
    fault("named-label", "organ", "", 'skos:prefLabel "Орган "@ru'),
    fault("state-alpha2", "state", "scog:iso3166Alpha2"),
    fault("state-alpha2", "state", "scog:iso3166Alpha2", 'scog:iso3166Alpha2 "x{n}"'),
    fault("state-alpha3", "state", "", "scog:iso3166Alpha3 +alpha3"),
    fault("state-capital", "state", "", "scog:capital ?"),
    fault("state-m49", "state", "", 'scog:m49 "x{n}"'),
    # organizations, organs, places, people
    fault("body-established", "organ", "", 'scog:establishedOn "2001"'),
    fault("body-treaty", "organ", "", "scog:establishedBy ?"),
    fault("office-of", "office", "scog:officeOf"),
    fault("organ-article", "organ", "", 'scog:article "11"@en'),
    fault("organ-frequency", "organ", "", "scog:meetingFrequency ?"),
    fault("organ-of", "organ", "scog:organOf"),
    fault("organ-seat", "organ", "", "scog:seat ?"),
    fault("organ-task", "organ", "", "scog:task ?"),
    fault("organization-associated", "organization", "", "scog:associatedWith ?"),
    fault("organization-count", "organization", "", 'scog:organCount "-1"^^xsd:integer'),
    fault("organization-objective", "organization", "", "scog:objective ?"),
    fault("organization-permanent", "organization", "", 'scog:permanent "yes"'),
    fault("organization-principle", "organization", "", "scog:externalPrinciple ?"),
    fault("person-nationality", "person", "", "scog:nationality ?"),
    fault("place-located", "city", "scog:locatedIn", "scog:locatedIn @person"),
    # what contradicts the ontology
    fault("closure", "state", "", "rdf:type scog:Person"),
    fault("closure", "city", "", "scog:organOf @organization"),
    fault("closure", "city", "", "rdf:type owl:Nothing"),
    fault("closure meeting-host", "meeting", "", "scog:hostState +city"),
    # what checks find
    fault("blank-node", "document", "", "foaf:page _"),
    bare("claim-in-two-sources", "participation", "other . rdf:type scog:Participation"),
    fault("decomposed-text", "event", "", 'skos:altLabel "Cafe\u0301 {n}"@en'),
    fault("deprecated-without-reason*2", "participation", "", DEPRECATED),
    fault(
        *("ends-before-it-begins", "participation", "scog:validUntil"),
        'scog:validUntil "2001-05-01"^^xsd:date',
    ),
    fault("ill-typed-literal", "document", "", 'scog:characters "ten"^^xsd:integer'),
    fault("language-tag", "document", "", 'skos:editorialNote "colour"@en-GB'),
    fault("long-quote", "evidence", "", "oa:hasSelector +long", "oa:hasSelector +far"),
    fault("quote-language", "evidence", "", "oa:hasSelector +chinese", "oa:hasSelector +ten"),
    fault("quote-length", "evidence", "", "oa:hasSelector +quote", "oa:hasSelector +far"),
    fault("script", "city", "", 'skos:prefLabel "City {n}"@zh'),
    fault("script", "event", "", 'skos:altLabel "Sobytie {n}"@ru'),
    fault("stated-number", "organization", "", 'scog:memberStateCount "3"^^xsd:integer'),
    fault("statement-elsewhere", "statement", "rdf:object", "rdf:object scog:City"),
    fault("unknown-datatype", "document", "", 'scog:characters "1.0E1"^^xsd:double'),
    fault("unknown-term", "document", "", 'scog:colour "red"@en'),
    bare("uncovered-triple", "city", 'here . skos:editorialNote "Invented."@en'),
    bare("link-ends", "city", f"{LINKS} ? schema:sameAs https://example.org/place/{{n}}"),
    Fault(
        "link-shared",
        (
            Part("city", bare=(f"{LINKS} . schema:sameAs https://example.org/place/{{n}}",)),
            Part("city", bare=(f"{LINKS} . schema:sameAs https://example.org/place/{{n}}",)),
        ),
    ),
    bare(
        *("link-twice", "city", f"{LINKS} . schema:sameAs https://example.org/place/{{n}}"),
        f"{LINKS} . schema:sameAs https://example.org/place/{{n}}-b",
    ),
    two("meeting-number", "meeting", "scog:startDate", 'scog:startDate "2001-06-16"^^xsd:date'),
    two("meeting-number", "meeting", "scog:ordinal", 'scog:ordinal "2"^^xsd:integer'),
    two("said-twice", "participation", "scog:validFrom", 'scog:validFrom "2002"^^xsd:gYear'),
    two("two-roles", "participation", "org:role", SECOND),
    two("two-roles", "participation", "org:role", SECOND, other=True),
    Fault(
        "two-preferred",
        (
            Part("participation", add=("scog:rank scog:Preferred",)),
            Part("participation", add=("scog:rank scog:Preferred",), other=True),
        ),
    ),
    Fault(
        "unresolved-conflict",
        (
            Part("participation"),
            Part("participation", "org:role", (SECOND, DEPRECATED, REASON, "scog:conflictsWith ^")),
        ),
    ),
    Fault("shared-code", (Part("state"), Part("state"))),
)
"""Every kind of fault; the order in which they are planted."""


class Planter:
    """Plants faults into a world, one kind after another, round and round."""

    def __init__(self, world: World, many: int) -> None:
        self._world, self._many, self._planted = world, many, 0
        self.results: Counter[str] = Counter()
        self._shared: dict[str, str] = {}
        self._before = ""

    def plant(self, many: int) -> None:
        """Plant until there are as many faults as said."""
        while self._planted < min(many, self._many):
            found = FAULTS[self._planted % len(FAULTS)]
            # The texts that faults rest on are English ones.
            source = f"world-{1 + self._planted % 2}"
            self._planted += 1
            self._shared.clear()
            for part in found.parts:
                home = f"world-{2 - int(source[-1]) + 1}" if part.other else source
                self._before = self._put(part, home)
            for rule in found.rules.split():
                name, _, times = rule.partition("*")
                self.results[name] += int(times or 1)

    def _put(self, part: Part, source: str) -> str:
        """Write a thing and return it."""
        world = self._world
        it = world.new(KINDS.get(part.thing, part.thing))
        kind, *lines = THINGS[part.thing]
        kept = [line for line in lines if line.split(" ", 1)[0] not in part.drop.split()]
        pairs = []
        for line in (*kept, *part.add):
            predicate, _, value = line.partition(" ")
            pairs.append((iri(predicate), self._term(value, source, it)))
        if part.thing in TOLD:
            world.plain(source, it, kind, pairs)
        elif kind:
            world.thing(source, it, kind, pairs)
        else:
            world.say(source, it, pairs)
        for quad in part.bare:
            graph, subject, predicate, value = quad.split(" ", 3)
            home = {"here": source, "other": "world-3"}.get(graph, graph)
            about = [(iri(predicate), self._term(value, source, it))]
            world.say(home, self._term(subject, source, it), about)
        return it

    def _term(self, term: str, source: str, it: str) -> str:
        """Return a term of the tables as N-Quads have it; what it names anew is written."""
        world, kind = self._world, term[1:]
        if term.startswith('"'):
            text = term.replace("{n}", str(self._planted))
            return re.sub(r"\^\^(\S+)$", lambda found: f"^^{iri(found[1])}", text)
        if term.startswith("http"):
            return f"<{term.replace('{n}', str(self._planted))}>"
        if term.startswith("@"):
            return world.documents[source] if kind == "document" else world.known[kind]
        if term.startswith("="):
            if kind not in self._shared:
                self._shared[kind] = self._term(f"+{kind}", source, it)
            return self._shared[kind]
        if term.startswith("+"):
            if kind.startswith("alpha"):
                return world.code(int(kind[-1]))
            return self._put(Part(kind), source)
        special = {".": it, "^": self._before, "_": f"_:b{self._planted}"}
        if term == "?":
            return world.new("nothing")
        return special[term] if term in special else iri(term)
