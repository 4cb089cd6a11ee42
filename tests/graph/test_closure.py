from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import OWL
from rdflib.collection import Collection

from sco_graph import rdf, reading
from sco_graph.bridge import to_graph
from sco_graph.namespaces import PREFIXES, compact
from sco_graph.rdf import Fact, named
from sco_graph.reasoning import Closure, close
from sco_graph.sources import Sources

Read = Callable[[str], list[Fact]]


@pytest.fixture(scope="module")
def ontology(sources: Sources) -> list[Fact]:
    return list(sources.facts("ontology"))


@pytest.fixture(scope="module")
def asserted(sources: Sources) -> list[Fact]:
    return list(sources.facts("schemes", *sources.names))


@pytest.fixture(scope="module")
def closed(asserted: list[Fact], ontology: list[Fact]) -> Closure:
    """Return what follows from the shipped data by the ontology alone."""
    return close(asserted, ontology)


@pytest.fixture(scope="module")
def vocabulary(shared: Callable[[str], Path]) -> Callable[[str], list[Fact]]:
    """Return a function that reads a vocabulary that others publish."""

    def read(name: str) -> list[Fact]:
        path = shared(f"validators/{name}")
        return list(rdf.facts(reading.parse(path.read_bytes(), name).quads))

    return read


def shown(facts: set[Fact]) -> set[tuple[str, str, str]]:
    return {
        (compact(f.subject.value), compact(f.predicate.value), compact(f.object.value))
        for f in facts
    }


@pytest.mark.parametrize("name", ["org.ttl", "prov-o.ttl"])
def test_the_graph_agrees_with_the_vocabularies_that_it_reuses(
    name: str, vocabulary: Read, asserted: list[Fact], ontology: list[Fact]
) -> None:
    """Joined with the real ORG and PROV-O, nothing contradicts and no two things become one."""
    joined = vocabulary(name)
    closure = close(asserted, [*ontology, *joined])

    assert len(joined) > 500
    assert not closure.contradictions
    assert not [f for f in closure.entailed if f.predicate == named("owl:sameAs")]
    assert len(closure.entailed) > len(asserted) / 10


def test_the_graph_agrees_with_its_ontology(closed: Closure) -> None:
    """The shipped data has no contradiction, and something follows from it."""
    assert not closed.contradictions
    assert closed.entailed


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        (
            """participation:x a scog:Participation ;
                org:member state:a ; org:member state:b .""",
            {"state:a", "state:b"},
        ),
        (
            """participation:x a scog:Participation ;
                org:organization organization:a ; org:organization organization:b .""",
            {"organization:a", "organization:b"},
        ),
        (
            """organization:a a scog:Organization ; org:identifier "1" .
            organization:b a scog:Organization ; org:identifier "1" .""",
            {"organization:a", "organization:b"},
        ),
    ],
)
def test_things_that_org_makes_one_are_told(
    text: str, merged: set[str], facts: Read, vocabulary: Read, ontology: list[Fact]
) -> None:
    """Two members, two organizations or one identifier twice would merge in silence."""
    closure = close(facts(text), [*ontology, *vocabulary("org.ttl")])

    assert 1 == len(closure.contradictions)
    focus, problem = closure.contradictions[0]
    assert merged == {compact(focus), compact(problem.split()[4])}


@pytest.mark.parametrize(
    "text",
    [
        "state:x a scog:State ; a scog:Organization .",
        "state:x a scog:State ; a org:Organization .",
        "state:x a scog:State ; a scog:Person .",
        "state:x a scog:State ; a scog:Organ .",
        "state:x a scog:State . meeting:y scog:chairedBy state:x .",
        "state:x a scog:State . organ:y scog:organOf organization:z . organ:z scog:seat state:x .",
        "state:x a scog:State . event:y scog:heldIn state:x .",
        "state:x a scog:State . state:x scog:organOf organization:z .",
        "state:x a owl:Nothing .",
        "state:x owl:sameAs state:y .",
    ],
)
def test_a_contradiction_is_told_and_names_the_thing(
    text: str, facts: Read, ontology: list[Fact]
) -> None:
    """A state is no organization, no person, no organ and no place, and no other state."""
    closure = close(facts(text), ontology)

    assert named("state:x").value in {focus for focus, _ in closure.contradictions}


def test_classes_that_exclude_each_other_have_no_common_member(
    sources: Sources, facts: Read
) -> None:
    """Each pair of each owl:AllDisjointClasses is told, whatever else is said of its classes."""
    ontology = to_graph(sources.facts("ontology"))
    pairs = [
        (compact(str(one)), compact(str(other)))
        for members in ontology.objects(None, OWL.members)
        for one, other in combinations(Collection(ontology, members), 2)
    ]
    both = {f"https://example.org/{number}": pair for number, pair in enumerate(pairs)}
    text = "".join(f"<{iri}> a {one} ; a {other} .\n" for iri, (one, other) in both.items())
    told = {focus for focus, _ in close(facts(text), sources.facts("ontology")).contradictions}

    assert len(pairs) > 100
    assert not [pair for iri, pair in both.items() if iri not in told]


@pytest.mark.parametrize("value", ['"Beijing"@en', '"Beijing"', "1"])
def test_a_literal_where_a_thing_has_to_stand_is_told(
    value: str, facts: Read, ontology: list[Fact]
) -> None:
    """The reasoner would make the literal a place: no literal becomes a subject."""
    closure = close(facts(f"organ:x a scog:Organ ; scog:seat {value} ."), ontology)

    assert closure.contradictions


@pytest.mark.parametrize(
    "triple",
    [
        ("organization:sco", "rdfs:label", "<Shanghai Cooperation Organization>"),
        ("organization:sco", "rdfs:label", "<上海合作组织>"),
        ("organization:sco", "scog:hasOrgan", "organ:secretariat"),
        ("organ:rats", "scog:hasOrgan", "organ:rats-executive-committee"),
        ("organization:sco", "org:hasSubOrganization", "organ:rats-executive-committee"),
        ("organization:sco", "rdf:type", "scog:Organization"),
        ("organization:sco", "rdf:type", "org:Organization"),
        ("organ:secretariat", "rdf:type", "scog:Organ"),
        ("meeting:heads-of-state-18", "rdf:type", "scog:Event"),
        ("place:shandong", "rdf:type", "scog:Place"),
        ("person:xi-jinping", "rdf:type", "foaf:Person"),
        (
            "participation:india-observer-state-china-keywords-2019",
            "rdf:type",
            "org:Membership",
        ),
        (
            "statement:sco-permanent-true-china-keywords-2019",
            "rdf:type",
            "rdf:Statement",
        ),
    ],
)
def test_what_should_follow_follows(closed: Closure, triple: tuple[str, str, str]) -> None:
    """Labels, inverses, transitive parts and broader classes come from the reasoner."""
    assert triple in shown(closed.entailed)


def test_every_preferred_label_is_a_label(closed: Closure, asserted: list[Fact]) -> None:
    """Whoever knows only rdfs:label sees every name."""
    expected = {
        (f.subject, str(f.object)) for f in asserted if f.predicate == named("skos:prefLabel")
    }
    actual = {
        (f.subject, str(f.object)) for f in closed.entailed if f.predicate == named("rdfs:label")
    }

    assert expected == actual


def test_nothing_empty_follows(closed: Closure) -> None:
    """No x sameAs x, no owl:Thing, no types that everything has, no blank nodes."""
    empty = {named(name) for name in ("owl:Thing", "owl:NamedIndividual", "rdfs:Resource")}

    assert not [
        f
        for f in closed.entailed
        if f.predicate == named("owl:sameAs")
        or f.object in empty
        or not isinstance(f.subject, ox.NamedNode)
        or isinstance(f.object, ox.BlankNode)
    ]


def test_nothing_follows_about_the_ontology_itself(closed: Closure) -> None:
    """What follows is about things of the data: axioms and datatypes gain nothing."""
    own = tuple(PREFIXES[prefix] for prefix in ("scog", "xsd", "owl", "rdf", "rdfs", "org"))

    assert not [f for f in closed.entailed if f.subject.value.startswith(own)]


def test_nothing_that_follows_was_said_already(closed: Closure, asserted: list[Fact]) -> None:
    """The graph of inferences repeats no source."""
    assert not closed.entailed & {f.alone() for f in asserted}


def test_the_release_carries_what_follows_and_nothing_empty(
    rows: Callable[[str], list[tuple[str, ...]]],
) -> None:
    """The graph of inferences in the release has the same character."""
    empty = rows("""SELECT ?s ?p ?o WHERE {
      GRAPH graph:inferred { ?s ?p ?o }
      FILTER (?p = owl:sameAs || ?o IN (owl:Thing, owl:Nothing) || ISBLANK(?s) || ISBLANK(?o))
    }""")
    expected = [("organ:rats",)]
    actual = rows("""SELECT ?organ WHERE {
      GRAPH graph:inferred { ?organ scog:hasOrgan organ:rats-executive-committee }
    }""")

    assert not empty
    assert expected == actual
