"""What follows, compiled to SPARQL: the same as the reference gives, in more than one engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib.plugins.sparql
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import XSD, Dataset, Literal, URIRef

from sco_graph import rdf, reasoning, rules, store
from sco_graph.bridge import to_rdflib
from sco_graph.layout import Layout
from sco_graph.namespaces import GRAPH, PREFIXES
from sco_graph.rdf import Fact, Term, named
from sco_graph.reading import parse
from sco_graph.rules import Reasoned, Rule
from sco_graph.sources import Sources

INTO = GRAPH + "follows"
OVER = ["http://example.org/graph/one", "http://example.org/graph/two"]
ALIGNMENTS = sorted((Path(Layout.shipped().ontology) / "alignments").glob("*.ttl"))
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
TYPE, NOTHING = named("rdf:type"), named("owl:Nothing")


def read(text: str) -> list[Fact]:
    """Return the facts of Turtle in which `ex:` and the prefixes of the project are declared."""
    head = HEAD + "PREFIX ex: <http://example.org/>\n"
    return [fact.alone() for fact in rdf.facts(parse((head + text).encode(), "test.ttl").quads)]


class Oxigraph:
    """The engine that the package brings, behind the two callables that rules know."""

    def __init__(self, data: Iterable[Fact] = ()) -> None:
        self.store = ox.Store()
        for number, fact in enumerate(data):
            home = ox.NamedNode(OVER[number % 2])
            self.store.add(ox.Quad(fact.subject, fact.predicate, fact.object, home))
        self.update = self.store.update

    def ask(self, text: str) -> Iterator[Mapping[str, Term]]:
        """Yield the rows of a SELECT."""
        solutions = self.store.query(text)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        for row in solutions:
            yield {name: row[name] for name in names if row[name] is not None}

    def found(self) -> set[Fact]:
        """Return what was added."""
        quads = self.store.quads_for_pattern(None, None, None, ox.NamedNode(INTO))
        return {fact.alone() for fact in rdf.facts(quads)}


class Rdflib:
    """An engine that shares no code with the other; to it "x" and "x"^^xsd:string are two."""

    def __init__(self, data: Iterable[Fact] = ()) -> None:
        self.dataset = Dataset()
        for number, fact in enumerate(data):
            value = to_rdflib(fact.object)
            if isinstance(value, Literal) and value.datatype == XSD.string:
                value = Literal(str(value))
            graph = self.dataset.graph(URIRef(OVER[number % 2]))
            graph.add((to_rdflib(fact.subject), to_rdflib(fact.predicate), value))
        self.update = self.dataset.update

    def ask(self, text: str) -> Iterator[Mapping[str, Term]]:
        """Yield the rows of a SELECT."""
        for row in self.dataset.query(text).bindings:
            yield {str(name): reasoning._term(term) for name, term in row.items()}

    def found(self) -> set[Fact]:
        """Return what was added."""
        triples = map(reasoning._to_oxigraph, self.dataset.graph(URIRef(INTO)))
        return {Fact(*triple) for triple in triples if triple}


@pytest.fixture(autouse=True)
def _named_graphs_are_those_of_the_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep rdflib from fetching the graphs that an update names."""
    monkeypatch.setattr(rdflib.plugins.sparql, "SPARQL_LOAD_GRAPHS", False)


def reasoned(
    engine: Oxigraph | Rdflib,
    compiled: list[Rule],
    limit: int | None = None,
    minus: bool = False,
) -> Reasoned:
    return rules.run(engine.update, engine.ask, compiled, INTO, OVER, limit=limit, minus=minus)


def reference(data: Iterable[Fact], ontology: Iterable[Fact]) -> tuple[set[Fact], set[str]]:
    """Return what follows and what is contradicted (by IRI) as `reasoning.close` has it.

    It leaves aside facts that no axiom touches; here an axiom that says nothing touches each.
    """
    data = list(data)
    said = {named("rdfs:subClassOf"): {f.object for f in data if f.predicate == TYPE}}
    said[named("rdfs:subPropertyOf")] = {f.predicate for f in data if f.predicate != TYPE}
    touching = {
        Fact(t, p, t) for p, terms in said.items() for t in terms if isinstance(t, ox.NamedNode)
    }
    closure = reasoning.close(data, [*ontology, *touching])
    found = {fact for fact in closure.entailed if fact.object != NOTHING}
    return found, {focus for focus, _ in closure.contradictions if focus.startswith("http")}


# The shipped graph


@pytest.fixture(scope="module")
def ontology(sources: Sources) -> list[Fact]:
    return list(sources.facts("ontology"))


@pytest.fixture(scope="module")
def asserted(graph: ox.Store) -> list[Fact]:
    """Return what the build reasons over: the sources, the schemes, and who is in today."""
    homes = [*store.sources(graph), "schemes", "current"]
    return [fact.alone() for home in homes for fact in store.match(graph, graph=home)]


def test_the_release_is_what_the_rules_give(
    graph: ox.Store, asserted: list[Fact], ontology: list[Fact]
) -> None:
    """The graph of inferences of the release is what the compiled ontology gives."""
    home = ox.NamedNode(GRAPH + "inferred")
    expected = {f.alone() for f in rdf.facts(graph.quads_for_pattern(None, None, None, home))}
    engine = Oxigraph(asserted)
    done = reasoned(engine, rules.compile(ontology))

    assert len(expected) > 3000
    assert expected == engine.found()
    assert len(expected) == done.total
    assert {} == done.contradictions


def test_running_again_changes_nothing_and_dropping_one_graph_takes_all_away(
    asserted: list[Fact], ontology: list[Fact]
) -> None:
    """The second run adds no triple, and nothing but the graph `into` was written."""
    compiled = rules.compile(ontology)
    engine = Oxigraph(asserted)
    before = set(engine.store)
    reasoned(engine, compiled)
    first = engine.found()
    again = reasoned(engine, compiled)

    assert first == engine.found()
    assert 0 == again.total
    engine.update(f"DROP GRAPH <{INTO}>")
    assert before == set(engine.store)


@pytest.mark.parametrize("minus", [False, True])
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_batches_give_the_same(limit: int, minus: bool) -> None:
    """However few triples an update adds, and however it leaves out what is known."""
    ontology = read(ORGANS)
    data = read("ex:i0 ex:p0 ex:i1 . ex:i1 ex:p0 ex:i2 . ex:i2 ex:p0 ex:i3 . ex:i0 ex:d0 'x' .")
    whole, parts = Oxigraph(data), Oxigraph(data)
    expected = reasoned(whole, rules.compile(ontology))
    actual = reasoned(parts, rules.compile(ontology), limit, minus)

    assert len(whole.found()) > 10
    assert whole.found() == parts.found()
    assert expected.total == actual.total


ORGANS = """
ex:p0 a owl:TransitiveProperty ; owl:inverseOf ex:p1 ; rdfs:domain ex:C0 ; rdfs:range ex:C1 .
ex:C0 rdfs:subClassOf ex:C2 . ex:p0 rdfs:subPropertyOf ex:p2 .
"""


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.stem)
def test_an_alignment_gives_what_the_reference_gives(
    path: Path, asserted: list[Fact], ontology: list[Fact]
) -> None:
    """With the terms of others too, rules and reasoner agree on the shipped graph."""
    joined = [*ontology, *rdf.facts(parse(path.read_bytes(), path.name).quads)]
    engine = Oxigraph(asserted)
    done = reasoned(engine, rules.compile(joined))
    closure = reasoning.close(asserted, joined)

    assert closure.entailed == engine.found()
    assert {focus for focus, _ in closure.contradictions} == set(done.contradictions)


def test_w3c_org_gives_what_the_reference_gives(
    shared: Callable[[str], Path], sources: Sources, ontology: list[Fact]
) -> None:
    """The real ORG, with its chains, keys and functional properties, agrees as well."""
    path = shared("validators/org.ttl")
    joined = [*ontology, *rdf.facts(parse(path.read_bytes(), path.name).quads)]
    data = [fact.alone() for fact in sources.facts("china-keywords-2019")]
    engine = Oxigraph(data)
    done = reasoned(engine, rules.compile(joined))

    assert reasoning.close(data, joined).entailed == engine.found()
    assert {} == done.contradictions


# Each kind of axiom, in two engines

FOLLOWS = {
    "subclass": (
        "ex:C rdfs:subClassOf ex:D . ex:D rdfs:subClassOf ex:E .",
        "ex:a a ex:C .",
        "ex:a a ex:D , ex:E .",
    ),
    "classes in a circle": (
        "ex:C rdfs:subClassOf ex:D . ex:D rdfs:subClassOf ex:C .",
        "ex:a a ex:D .",
        "ex:a a ex:C .",
    ),
    "equivalent classes": ("ex:C owl:equivalentClass ex:D .", "ex:a a ex:D .", "ex:a a ex:C ."),
    "subproperty": ("ex:p rdfs:subPropertyOf ex:q .", "ex:a ex:p 'x' .", "ex:a ex:q 'x' ."),
    "equivalent properties": (
        "ex:p owl:equivalentProperty ex:q .",
        "ex:a ex:q ex:b .",
        "ex:a ex:p ex:b .",
    ),
    "domain and range": (
        "ex:p rdfs:domain ex:C ; rdfs:range ex:D . ex:C rdfs:subClassOf ex:E .",
        "ex:a ex:p ex:b .",
        "ex:a a ex:C , ex:E . ex:b a ex:D .",
    ),
    "domain of the inverse": (
        "ex:p owl:inverseOf ex:q . ex:q rdfs:domain ex:C .",
        "ex:a ex:p ex:b .",
        "ex:b ex:q ex:a ; a ex:C .",
    ),
    "inverse without a name": (
        "ex:q rdfs:subPropertyOf [ owl:inverseOf ex:p ] .",
        "ex:a ex:q ex:b .",
        "ex:b ex:p ex:a .",
    ),
    "symmetric": ("ex:p a owl:SymmetricProperty .", "ex:a ex:p ex:b , 'x' .", "ex:b ex:p ex:a ."),
    "transitive": (
        "ex:p a owl:TransitiveProperty .",
        "ex:a ex:p ex:b . ex:b ex:p ex:c . ex:c ex:p ex:d .",
        "ex:a ex:p ex:c , ex:d . ex:b ex:p ex:d .",
    ),
    "chain": (
        "ex:r owl:propertyChainAxiom ( ex:p ex:q ex:p ) ; rdfs:subPropertyOf ex:s .",
        "ex:a ex:p ex:b . ex:b ex:q ex:c . ex:c ex:p 'x' .",
        "ex:a ex:r 'x' ; ex:s 'x' .",
    ),
    "functional": (
        "ex:p a owl:FunctionalProperty .",
        "ex:a ex:p ex:b , ex:c . ex:b a ex:C . ex:d ex:q ex:c .",
        "ex:b owl:sameAs ex:c . ex:c owl:sameAs ex:b ; a ex:C . ex:d ex:q ex:b .",
    ),
    "inverse functional": (
        "ex:p a owl:InverseFunctionalProperty .",
        "ex:a ex:p '1' . ex:b ex:p '1' ; ex:q 'x' .",
        "ex:a owl:sameAs ex:b ; ex:q 'x' . ex:b owl:sameAs ex:a .",
    ),
    "key of two": (
        "ex:C owl:hasKey ( ex:p ex:q ) .",
        """ex:a a ex:C ; ex:p 1 ; ex:q 2 . ex:b a ex:C ; ex:p 1 ; ex:q 2 .
        ex:c a ex:C ; ex:p 1 ; ex:q 3 . ex:d ex:p 1 ; ex:q 2 .""",
        "ex:a owl:sameAs ex:b . ex:b owl:sameAs ex:a .",
    ),
    "intersection": (
        "ex:C owl:intersectionOf ( ex:D ex:E ) .",
        "ex:a a ex:D , ex:E . ex:b a ex:D . ex:c a ex:C .",
        "ex:a a ex:C . ex:c a ex:D , ex:E .",
    ),
    "union": ("ex:C owl:unionOf ( ex:D ex:E ) .", "ex:a a ex:D .", "ex:a a ex:C ."),
    "members of a list": (
        "ex:C owl:equivalentClass [ owl:oneOf ( ex:a ex:b ) ] . ex:C rdfs:subClassOf ex:D .",
        "ex:c ex:p ex:a .",
        "ex:a a ex:C , ex:D .",
    ),
    "some values": (
        "[ owl:onProperty ex:p ; owl:someValuesFrom ex:C ] rdfs:subClassOf ex:D .",
        "ex:a ex:p ex:b . ex:b a ex:C . ex:c ex:p ex:d .",
        "ex:a a ex:D .",
    ),
    "some values of any kind": (
        "ex:D owl:equivalentClass [ owl:onProperty ex:p ; owl:someValuesFrom owl:Thing ] .",
        "ex:a ex:p 'x' .",
        "ex:a a ex:D .",
    ),
    "all values": (
        "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:allValuesFrom ex:D ] .",
        "ex:a a ex:C ; ex:p ex:b , 'x' .",
        "ex:b a ex:D .",
    ),
    "value": (
        """ex:C owl:equivalentClass [ owl:onProperty ex:p ; owl:hasValue ex:v ] .
        ex:p owl:inverseOf ex:q .""",
        "ex:a a ex:C . ex:b ex:p ex:v . ex:c ex:p ex:w .",
        "ex:a ex:p ex:v . ex:b a ex:C . ex:v ex:q ex:a , ex:b . ex:w ex:q ex:c .",
    ),
    "value that is text": (
        "ex:C owl:equivalentClass [ owl:onProperty ex:p ; owl:hasValue 'what? {?x}' ] .",
        "ex:a a ex:C . ex:b ex:p 'what? {?x}' .",
        "ex:a ex:p 'what? {?x}' . ex:b a ex:C .",
    ),
    "at most one": (
        "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:maxCardinality 1 ] .",
        "ex:a a ex:C ; ex:p ex:b , ex:c . ex:d ex:p ex:e , ex:f .",
        "ex:b owl:sameAs ex:c . ex:c owl:sameAs ex:b .",
    ),
    "at most one of a class": (
        """ex:C rdfs:subClassOf [ owl:onProperty ex:p ;
            owl:onClass ex:D ; owl:maxQualifiedCardinality 1 ] .""",
        "ex:a a ex:C ; ex:p ex:b , ex:c , ex:d . ex:b a ex:D . ex:c a ex:D .",
        "ex:b owl:sameAs ex:c . ex:c owl:sameAs ex:b .",
    ),
    "restriction below a restriction": (
        """ex:C owl:onProperty ex:p ; owl:someValuesFrom ex:E .
        ex:D owl:onProperty ex:q ; owl:someValuesFrom ex:E . ex:p rdfs:subPropertyOf ex:q .""",
        "ex:a a ex:C .",
        "ex:a a ex:D .",
    ),
    "a class within a class": (
        """ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:allValuesFrom [
            owl:onProperty ex:q ; owl:hasValue ex:v ] ] .""",
        "ex:a a ex:C ; ex:p ex:b .",
        "ex:b ex:q ex:v .",
    ),
    "individuals of the ontology": (
        """ex:one a ex:Rank .
        [ owl:onProperty ex:rank ; owl:someValuesFrom ex:Rank ] rdfs:subClassOf ex:C .""",
        "ex:a ex:rank ex:one .",
        "ex:a a ex:C .",
    ),
    "nothing of terms, types that everything has, or datatypes": (
        """ex:p rdfs:range ex:C ; rdfs:domain owl:Thing . ex:q rdfs:range xsd:string .
        ex:C rdfs:subClassOf rdfs:Resource . ex:term a owl:NamedIndividual .""",
        "ex:a ex:p ex:term , 'x' ; ex:q 'x' .",
        "",
    ),
}
"""Axioms, data, and what follows: neither more nor less."""

engines = pytest.mark.parametrize("make", [Oxigraph, Rdflib])


@engines
@pytest.mark.parametrize("name", FOLLOWS)
def test_what_should_follow_follows(name: str, make: type[Oxigraph | Rdflib]) -> None:
    """Each kind of axiom gives what OWL 2 RL gives for it, in each engine."""
    axioms, data, expected = FOLLOWS[name]
    engine = make(read(data))
    reasoned(engine, rules.compile(read(axioms)))

    assert set(read(expected)) == engine.found()


@pytest.mark.parametrize("name", [name for name in FOLLOWS if name != "key of two"])
def test_the_reference_agrees_on_what_follows(name: str) -> None:
    """What the table says is what the reasoner of the build says too."""
    axioms, data, expected = FOLLOWS[name]

    assert set(read(expected)) == reference(read(data), read(axioms))[0]


@engines
def test_things_that_the_data_makes_one_say_the_same(make: type[Oxigraph | Rdflib]) -> None:
    """Where the data is said to have owl:sameAs, what holds of one holds of the other."""
    data = read(
        """ex:a owl:sameAs ex:b ; a ex:C ; ex:p 'x' .
        ex:b owl:sameAs ex:c . ex:d ex:p ex:c ."""
    )
    axioms = read("ex:C rdfs:subClassOf ex:D .")
    without, within = make(data), make(data)
    reasoned(without, rules.compile(axioms))
    reasoned(within, rules.compile(axioms, same=True))

    assert set(read("ex:a a ex:D .")) == without.found()
    assert reference(data, axioms)[0] == within.found()
    assert set(read("ex:c a ex:D ; owl:sameAs ex:a . ex:d ex:p ex:a .")) < within.found()


# What cannot be

CONTRADICTED = {
    "disjoint classes": ("ex:C owl:disjointWith ex:D .", "ex:a a ex:C , ex:D . ex:b a ex:C .", "a"),
    "all disjoint": (
        """[] a owl:AllDisjointClasses ; owl:members ( ex:C ex:D ex:E ) .
        ex:F rdfs:subClassOf ex:E .""",
        "ex:a a ex:C , ex:F . ex:b a ex:D , ex:E . ex:c a ex:E .",
        "ab",
    ),
    "complement of a class without a name": (
        "ex:C rdfs:subClassOf [ owl:complementOf [ owl:unionOf ( ex:D ex:E ) ] ] .",
        "ex:a a ex:C , ex:E . ex:b a ex:C .",
        "a",
    ),
    "nothing": (
        "ex:C rdfs:subClassOf owl:Nothing .",
        "ex:a a ex:C . ex:b a owl:Nothing . ex:c a ex:D .",
        "ab",
    ),
    "two that became one": ("ex:p a owl:FunctionalProperty .", "ex:c ex:p ex:b , ex:a .", "a"),
    "one that the data makes another": (
        "ex:C rdfs:subClassOf ex:D .",
        "ex:b owl:sameAs ex:a .",
        "a",
    ),
    "asymmetric": ("ex:p a owl:AsymmetricProperty .", "ex:a ex:p ex:b . ex:b ex:p ex:a .", "ab"),
    "a text as a thing": (
        "ex:p rdfs:range scog:Place . ex:q rdfs:range ex:C .",
        "ex:a ex:p 'Beijing'@zh . ex:b ex:q 'Beijing' .",
        "a",
    ),
    "a text among all values": (
        "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:allValuesFrom scog:Place ] .",
        "ex:a a ex:C ; ex:p 'Beijing' . ex:b ex:p 'Moscow' .",
        "a",
    ),
    "a term as a thing": (
        "ex:a a ex:Rank . ex:Rank owl:disjointWith ex:Place . ex:p rdfs:range ex:Place .",
        "ex:b ex:p ex:a .",
        "a",
    ),
    "irreflexive": ("ex:p a owl:IrreflexiveProperty .", "ex:a ex:p ex:a , ex:b .", "a"),
    "disjoint properties": (
        "ex:p owl:propertyDisjointWith ex:q .",
        "ex:a ex:p ex:b ; ex:q ex:b . ex:c ex:p ex:b .",
        "a",
    ),
    "all disjoint properties": (
        "[] a owl:AllDisjointProperties ; owl:members ( ex:p ex:q ex:r ) .",
        "ex:a ex:p ex:b ; ex:q ex:b . ex:c ex:q ex:b ; ex:r ex:b .",
        "ac",
    ),
    "at most none": (
        "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:maxCardinality 0 ] .",
        "ex:a a ex:C ; ex:p ex:b . ex:c a ex:C .",
        "a",
    ),
    "at most none of a class": (
        """ex:C rdfs:subClassOf [ owl:onProperty ex:p ;
            owl:onClass ex:D ; owl:maxQualifiedCardinality 0 ] .""",
        "ex:a a ex:C ; ex:p ex:b . ex:b a ex:D . ex:c a ex:C ; ex:p ex:e .",
        "a",
    ),
    "not said": (
        "[] owl:sourceIndividual ex:a ; owl:assertionProperty ex:p ; owl:targetIndividual ex:b .",
        "ex:a ex:p ex:b .",
        "a",
    ),
    "all different": (
        "[] a owl:AllDifferent ; owl:distinctMembers ( ex:c ex:b ex:a ) .",
        "ex:a owl:sameAs ex:b . ex:d ex:p ex:c .",
        "ab",
    ),
    "different": (
        "ex:C rdfs:subClassOf ex:D .",
        "ex:a owl:sameAs ex:b ; owl:differentFrom ex:b .",
        "ab",
    ),
}
"""Axioms, data, and the things of which something is wrong."""

OTHERWISE = {
    "complement of a class without a name": "the reference names the class, not the thing",
    "irreflexive": "it names the property",
    "disjoint properties": "it names the thing at the other end",
    "all disjoint properties": "owlrl never looks at the last one, and names nothing",
    "at most none": "it names the thing at the other end",
    "at most none of a class": "it names the thing at the other end",
    "not said": "it names the thing at the other end",
    "all different": "owlrl never looks at the last one",
}
"""Where the reference names other things, and why."""


@engines
@pytest.mark.parametrize("sets", [False, True])
@pytest.mark.parametrize("name", CONTRADICTED)
def test_what_cannot_be_is_told_of_the_thing(
    name: str, sets: bool, make: type[Oxigraph | Rdflib]
) -> None:
    """Each contradiction names the things at fault, in each engine, with what is wrong."""
    axioms, data, foci = CONTRADICTED[name]
    done = reasoned(make(read(data)), rules.compile(read(axioms), same=True, sets=sets))

    assert {f"http://example.org/{focus}" for focus in foci} == done.contradictions.keys()
    assert all(done.contradictions.values())


@pytest.mark.parametrize("name", CONTRADICTED)
def test_the_reference_agrees_on_what_cannot_be(name: str) -> None:
    """It names the same things, but where the table of departures says why not."""
    axioms, data, foci = CONTRADICTED[name]
    expected = {f"http://example.org/{focus}" for focus in foci}

    assert (name in OTHERWISE) == (expected != reference(read(data), read(axioms))[1])


@pytest.mark.parametrize(
    ("axioms", "data"),
    [
        ("ex:C owl:hasKey ( ex:p ) .", "ex:a a ex:C ; ex:p 1 . ex:b a ex:C ; ex:p 2 ."),
        ("ex:p a owl:FunctionalProperty .", "ex:a ex:p 1 , 2 . ex:b ex:q 1 ."),
    ],
)
def test_what_owlrl_makes_up_does_not_follow(axioms: str, data: str) -> None:
    """It never compares the last property of a key, and makes texts one: OWL 2 RL does not."""
    engine = Oxigraph(read(data))
    reasoned(engine, rules.compile(read(axioms), same=True))

    assert set() == engine.found()
    assert set() != reference(read(data), read(axioms))[0]


# What is refused

REFUSED = {
    "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:minCardinality 1 ] .": "owl:minCardinality",
    "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:cardinality 1 ] .": "owl:cardinality",
    "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:maxCardinality 2 ] .": '"2"',
    "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:hasSelf true ] .": "owl:hasSelf",
    "ex:C owl:disjointUnionOf ( ex:D ex:E ) .": "owl:disjointUnionOf",
    "ex:p a owl:ReflexiveProperty .": "owl:ReflexiveProperty",
    "ex:p rdfs:subPropertyOf rdf:type .": "rdf:type",
    "ex:p rdfs:subPropertyOf owl:inverseOf .": "owl:inverseOf",
    "owl:Thing rdfs:subClassOf ex:C .": "owl:Thing",
    """[ owl:onProperty ex:p ; owl:someValuesFrom xsd:string ]
    rdfs:subClassOf ex:C .""": "xsd:string",
    "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:hasValue [] ] .": "[  ]",
    "ex:C owl:unionOf ex:D .": "ex/D>",
    """_:c rdfs:subClassOf ex:C . [ owl:onProperty ex:p ; owl:someValuesFrom _:c ]
    rdfs:subClassOf _:c .""": "a class without a name",
}
"""Axioms that have no rule, and the term that is named."""


@pytest.mark.parametrize("axiom", REFUSED)
def test_what_is_not_compiled_is_refused_by_name(axiom: str) -> None:
    """The error names the axiom and the term; nothing is skipped."""
    with pytest.raises(rules.NotCompiled) as caught:
        rules.compile(read(axiom))

    assert REFUSED[axiom].replace("ex/", "http://example.org/") in caught.value.term
    assert caught.value.axiom in str(caught.value)
    assert caught.value.axiom


# For people


def test_the_same_ontology_gives_the_same_text(ontology: list[Fact]) -> None:
    """The order of the triples and the names of nodes without one leave no trace."""
    lines = "\n".join(f"{fact.triple()} ." for fact in reversed(ontology))
    again = list(rdf.facts(parse(lines.replace("_:", "_:x").encode(), "again.nt").quads))
    alike = read(FOLLOWS["a class within a class"][0] + FOLLOWS["key of two"][0])

    assert rules.compile(ontology) == rules.compile(again)
    assert rules.compile(alike) == rules.compile(alike[::-1])


def test_rules_are_written_with_their_axioms_and_run_as_written(ontology: list[Fact]) -> None:
    """Each block of the text is one update or query, under the axioms that it is made of."""
    compiled = rules.compile([*ontology, *read(FOLLOWS["functional"][0])])
    blocks = rules.written(compiled, INTO, OVER).split("\n\n")
    data = read("place:a scog:locatedIn place:b . place:b scog:locatedIn place:c .")
    engine = Oxigraph(data)
    for block in blocks:
        run = engine.ask if "\nSELECT DISTINCT ?focus" in block else engine.update
        for _ in run(block) or ():
            raise AssertionError(block)

    assert len(compiled) == len(blocks)
    assert "# scog:organOf owl:inverseOf scog:hasOrgan\n" in "\n".join(blocks)
    assert (
        set(read("place:a scog:locatedIn place:c ; a scog:Place , dcterms:Location ."))
        < engine.found()
    )


def test_a_rule_of_one_pass_runs_once(asserted: list[Fact], ontology: list[Fact]) -> None:
    """Only what can feed itself runs until nothing is added."""
    compiled = rules.compile(ontology)
    done = reasoned(Oxigraph(asserted), compiled)
    once = {rule.stratum for rule in compiled} - {r.stratum for r in compiled if r.recursive}

    assert {1} == {done.rounds[stratum] for stratum in once}
    assert max(done.rounds.values()) > 1


# Whatever is said

CLASS = st.sampled_from([f"ex:C{number}" for number in range(4)])
LINK = st.sampled_from([f"ex:p{number}" for number in range(3)])
WORD = st.sampled_from(["ex:d0", "ex:d1"])
THING = st.sampled_from([*(f"ex:i{number}" for number in range(5)), "_:b"])
VALUE = st.sampled_from([*(f"ex:i{number}" for number in range(5)), "ex:far"])
TEXT = st.sampled_from(["'1'", "'2'@en"])


def said(text: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(text.format, *parts)


def described(filler: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return descriptions of a class by others."""
    return st.one_of(
        said("owl:onProperty {} ; owl:someValuesFrom {}", LINK, filler | st.just("owl:Thing")),
        said("owl:onProperty {} ; owl:allValuesFrom {}", LINK, filler),
        said("owl:onProperty {} ; owl:hasValue {}", LINK, VALUE),
        said("owl:onProperty {} ; owl:hasValue {}", WORD, TEXT),
        said("owl:onProperty {} ; owl:maxCardinality 1", LINK),
        said("owl:onProperty {} ; owl:maxQualifiedCardinality 1 ; owl:onClass {}", LINK, filler),
        said("owl:onProperty [ owl:inverseOf {} ] ; owl:someValuesFrom {}", LINK, filler),
        said("owl:intersectionOf ( {} {} )", filler, filler),
        said("owl:unionOf ( {} {} )", filler, filler),
        said("owl:oneOf ( {} {} )", VALUE, VALUE),
    )


SIMPLE = CLASS | said("[ {} ]", described(CLASS))
KIND = SIMPLE | said("[ {} ]", described(SIMPLE))
AXIOM = st.one_of(
    said("{} rdfs:subClassOf {} .", CLASS, KIND),
    said("{} rdfs:subClassOf {} .", KIND, CLASS),
    said("{} owl:equivalentClass {} .", CLASS, KIND),
    said("{} {} .", CLASS, described(KIND)),
    said("{} rdfs:domain {} .", LINK | WORD, KIND),
    said("{} rdfs:range {} .", LINK, KIND),
    said("{} rdfs:subPropertyOf {} .", LINK, LINK),
    said("{} rdfs:subPropertyOf {} .", WORD, WORD),
    said("{} owl:equivalentProperty {} .", LINK, LINK),
    said("{} owl:inverseOf {} .", LINK, LINK),
    said("{} a owl:SymmetricProperty .", LINK),
    said("{} a owl:TransitiveProperty .", LINK),
    said("{} owl:propertyChainAxiom ( {} {} ) .", LINK, LINK, LINK),
    said("{} a owl:FunctionalProperty .", LINK),
    said("{} a owl:InverseFunctionalProperty .", LINK | WORD),
    said("{} a owl:AsymmetricProperty .", LINK),
    said("{} owl:disjointWith {} .", CLASS, KIND),
    said("[] a owl:AllDisjointClasses ; owl:members ( {} {} {} ) .", CLASS, CLASS, CLASS),
)
CLAIM = st.one_of(
    said("{} a {} .", THING, CLASS),
    said("{} {} {} .", THING, LINK, THING),
    said("{} {} {} .", THING, WORD, TEXT),
)


@settings(max_examples=150)
@given(st.lists(AXIOM, min_size=2, max_size=7), st.lists(CLAIM, min_size=3, max_size=12))
def test_whatever_is_said_the_reference_agrees(axioms: list[str], claims: list[str]) -> None:
    """The same follows and the same is contradicted, whatever the ontology and the data."""
    ontology, data = read("\n".join(axioms)), read("\n".join(claims))
    engine = Oxigraph(data)
    done = reasoned(engine, rules.compile(ontology))
    found, contradicted = reference(data, ontology)

    assert found == engine.found()
    assert contradicted == done.contradictions.keys()
