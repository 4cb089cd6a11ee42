"""The ground of the made-up world: sources, concepts, states, places within each other, people."""

from __future__ import annotations

from collections.abc import Iterator

from quads import DERIVED, LABEL, LINKS, SOURCES, Name, Sink, Writer, day, iri, labels, name
from sco_graph.namespaces import GRAPH, ID

NEIGHBOURS = 4
"""States that are there before the first organization, so that it has members too."""
LAST_DAY = day(2025, 12, 31)
CONCEPTS = (
    *(("CooperationArea", "Trade"), ("CooperationArea", "Transport"), ("Objective", "Peace")),
    *(("Objective", "Growth"), ("Principle", "Equality"), ("Principle", "Openness")),
    *(("Task", "Preparing meetings"), ("Task", "Keeping records")),
    *(("Frequency", "Monthly"), ("Frequency", "Twice a year")),
)


class Lands(Writer):
    """Writes lands: in blocks, none of which refers to a later one."""

    def __init__(self, out: Sink, seed: int) -> None:
        super().__init__(out, seed)
        self.known: dict[str, str] = {}
        """A thing of each kind that was written, the last one of most."""
        self.states: list[tuple[str, Name]] = []
        self.cities: list[str] = []
        self.persons: list[str] = []

    def sources(self) -> Iterator[None]:
        """Write what the sources are, and the concepts that all use."""
        for source in SOURCES:
            about = [
                (LABEL, f'"Source {source}, invented"@en'),
                (iri("scog:lastDayCovered"), LAST_DAY),
                (iri("scog:sourceGraph"), f"<{GRAPH}{source}>"),
            ]
            self.thing(source, f"<{ID}document/{source}>", "scog:Document", about)
        self.volumes()
        scheme = f"<{ID}scheme/world>"
        self.plain("world-1", scheme, "skos:ConceptScheme", [(LABEL, '"World, invented"@en')])
        for kind, text in CONCEPTS:
            concept = self.new("concept")
            about = [(LABEL, f'"{text}"@en'), (iri("skos:inScheme"), scheme)]
            about += [(iri("skos:definition"), f'"{text}, as an example."@en')]
            self.plain("world-1", concept, f"scog:{kind}", about)
            self.known[kind] = concept
            yield

    def volumes(self) -> None:
        """Begin another text or table of each source: what comes next rests on them."""
        for source, language in SOURCES.items():
            it = self.new("document")
            self.documents[source] = it
            about = [(LABEL, f'"Volume {self.numbers["document"]}"@en')]
            about += [(iri("dcterms:language"), f'"{language}"'), (DERIVED, self.row(source))]
            self.thing(source, it, "scog:Document", about)

    def state(self) -> Iterator[None]:
        """Write another state; what comes next is about it and those before it."""
        self.volumes()
        it = self.new("state")
        number = self.numbers["state"]
        called = name(number)
        about = labels(called, ru="Государство {}")
        about += [(iri("skos:altLabel"), f'"Republic of {called.en}"@en')]
        about += [(iri("scog:iso3166Alpha2"), self.code(2))]
        about += [(iri("scog:iso3166Alpha3"), self.code(3))]
        if number < 1000:
            about += [(iri("scog:m49"), f'"{number:03d}"')]
        self.plain("world-1", it, "scog:State", about)
        self.say(LINKS, it, [(iri("schema:sameAs"), f"<https://example.org/state/{number}>")])
        self.states = [*self.states[-NEIGHBOURS:], (it, called)]
        self.known["state"] = it
        yield

    def places(self) -> Iterator[None]:
        """Write a chain of places, each within another, and what other sources say of them."""
        state, _ = self.states[-1]
        regions = []
        for _ in range(2):
            regions.append(self._place("scog:Region", state))
            yield
        self.cities.clear()
        for turn in range(4):
            self.cities.append(self._place("scog:City", regions[turn % 2]))
            yield
        self._place("scog:Place", self._place("scog:Place", self.cities[0]))
        yield
        self.known |= {"region": regions[0], "city": self.cities[0]}
        # A second source says the same of a city, and a third one, at times, not the same.
        self.told("world-2", self.cities[0], [(iri("scog:locatedIn"), regions[0])])
        self.told("world-2", state, [(iri("scog:capital"), self.cities[0])])
        yield
        if self.random.random() < 0.3:
            self.told("world-3", state, [(iri("scog:capital"), self.cities[1])])
            yield

    def _place(self, kind: str, within: str) -> str:
        it = self.new("place")
        about = [*labels(name(self.numbers["place"] + 5)), (iri("scog:locatedIn"), within)]
        self.plain("world-1", it, kind, about)
        return it

    def people(self) -> Iterator[None]:
        """Write people who can hold offices and chair meetings."""
        self.persons.clear()
        for _ in range(6):
            it = self.new("person")
            called = name(self.numbers["person"] + 11)
            about = labels(called, "Ina {}", "伊娜·{}", "Ина {}")
            about += [(iri("scog:nationality"), self.random.choice(self.states)[0])]
            self.plain("world-1", it, "scog:Person", about)
            self.persons.append(it)
            yield
        self.known["person"] = self.persons[0]
