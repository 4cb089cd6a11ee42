from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph.namespaces import ONTOLOGY, PREFIXES, compact
from sco_graph.rdf import Fact, Node, named
from sco_graph.sources import Sources

HEADER = ox.NamedNode(ONTOLOGY.removesuffix("#"))
ALLOWED = {
    named(curie)
    for curie in (
        "rdf:type rdf:first rdf:rest rdf:nil rdf:Statement "
        "rdfs:label rdfs:comment rdfs:seeAlso rdfs:isDefinedBy "
        "rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range "
        "owl:Ontology owl:versionIRI owl:versionInfo owl:priorVersion owl:deprecated "
        "owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty "
        "owl:NamedIndividual owl:FunctionalProperty owl:InverseFunctionalProperty "
        "owl:TransitiveProperty owl:SymmetricProperty owl:AsymmetricProperty "
        "owl:IrreflexiveProperty owl:inverseOf owl:propertyChainAxiom owl:hasKey "
        "owl:equivalentClass owl:equivalentProperty owl:disjointWith owl:propertyDisjointWith "
        "owl:AllDisjointClasses owl:AllDisjointProperties owl:members "
        "owl:AllDifferent owl:distinctMembers owl:sameAs owl:differentFrom"
    ).split()
}
"""What OWL 2 RL allows without class expressions; the ontology needs none of those."""

BROADER = [
    ("scog:IntergovernmentalOrganization", "scog:Organization"),
    ("scog:DecisionMakingBody", "scog:Organ"),
    ("scog:PermanentBody", "scog:Organ"),
    ("scog:City", "scog:Place"),
    ("scog:Region", "scog:Place"),
    ("scog:Founding", "scog:Event"),
    ("scog:Accession", "scog:Event"),
    ("scog:Meeting", "scog:Event"),
    ("scog:Evidence", "oa:SpecificResource"),
    ("scog:Statement", "rdf:Statement"),
]
INVERSES = [
    ("scog:organOf", "scog:hasOrgan"),
    ("scog:participatesIn", "scog:hasParticipant"),
    ("scog:memberStateOf", "scog:hasMemberState"),
    ("scog:observerStateOf", "scog:hasObserverState"),
    ("scog:dialoguePartnerOf", "scog:hasDialoguePartner"),
    ("scog:partnerOf", "scog:hasPartner"),
]
PUBLIC = (
    "Organization Organ State Person Place Role Participation Office OfficeHolding Meeting "
    "Founding Accession Document Objective Principle CooperationArea Evidence Statement "
    "Resolution iso3166Alpha2 iso3166Alpha3 m49 seat meetingFrequency locatedIn objective "
    "internalPrinciple externalPrinciple office validFrom validUntil statedAsOf rank Preferred "
    "Normal Deprecated rankReason conflictsWith meetingOf ordinal startDate endDate heldIn "
    "chairedBy hostState agreedOn progressIn adopted founded founder date"
).split()


@pytest.fixture(scope="module")
def ontology(sources: Sources) -> list[Fact]:
    return list(sources.facts("ontology"))


@pytest.fixture(scope="module")
def used(sources: Sources) -> list[Fact]:
    """Return what the data and the schemes say."""
    return list(sources.facts("schemes", *sources.names))


def values(facts: Iterable[Fact], subject: Node, curie: str) -> list[str]:
    return sorted(
        f.object.value for f in facts if f.subject == subject and f.predicate == named(curie)
    )


def languages(facts: Iterable[Fact], subject: Node, curie: str) -> list[str]:
    return sorted(
        (f.object.language or "") if isinstance(f.object, ox.Literal) else "?"
        for f in facts
        if f.subject == subject and f.predicate == named(curie)
    )


def own_terms(facts: Iterable[Fact]) -> set[Node]:
    return {f.subject for f in facts if f.subject.value.startswith(ONTOLOGY)}


def above(facts: Iterable[Fact], curie: str, relation: str) -> set[str]:
    """Return what a term is under, over any number of steps."""
    steps = [f for f in facts if f.predicate == named(relation)]
    found: set[str] = set()
    todo: list[str] = [named(curie).value]
    while todo:
        node = todo.pop()
        more = {f.object.value for f in steps if f.subject.value == node} - found
        found |= more
        todo += more
    return found


def outside_rl(facts: Iterable[Fact]) -> set[str]:
    """Return the terms of OWL, RDF and RDFS that stand in an ontology and may not."""
    reserved = tuple(PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs"))
    return {
        compact(term.value)
        for fact in facts
        for term in (fact.predicate, fact.object)
        if isinstance(term, ox.NamedNode)
        and term.value.startswith(reserved)
        and term not in ALLOWED
    }


def mismatches(facts: Iterable[Fact], ontology: list[Fact]) -> set[str]:
    """Return the properties that are used with a literal for a thing, or the reverse."""
    kinds = {
        name: {f.subject for f in ontology if f.object == named(f"owl:{name}Property")}
        for name in ("Object", "Datatype")
    }
    return {
        compact(f.predicate.value)
        for f in facts
        if f.predicate in kinds["Object" if isinstance(f.object, ox.Literal) else "Datatype"]
    }


def undeclared(facts: Iterable[Fact], ontology: list[Fact]) -> set[str]:
    """Return the terms in use that neither the ontology nor a known vocabulary declares."""
    declared = own_terms(ontology)
    known = tuple(
        PREFIXES[prefix] for prefix in "dcterms foaf oa org owl prov rdf rdfs schema skos".split()
    )
    found = set()
    for fact in facts:
        vocabulary = fact.predicate == named("rdf:type")
        for term in (fact.predicate, fact.object):
            if not isinstance(term, ox.NamedNode) or term in declared:
                continue
            if term.value.startswith(ONTOLOGY) or (
                (vocabulary or term is fact.predicate) and not term.value.startswith(known)
            ):
                found.add(compact(term.value))
    return found


def test_every_term_has_a_label_and_a_definition_in_english_and_chinese(
    ontology: list[Fact],
) -> None:
    """Each term has one label and one definition in each language and says who defines it."""
    terms = own_terms(ontology)
    expected = {compact(term.value): (["en", "zh"], ["en", "zh"], [HEADER.value]) for term in terms}
    actual = {
        compact(term.value): (
            languages(ontology, term, "rdfs:label"),
            languages(ontology, term, "skos:definition"),
            values(ontology, term, "rdfs:isDefinedBy"),
        )
        for term in terms
    }

    assert len(terms) > 50
    assert expected == actual


def test_no_two_terms_of_a_kind_share_a_label(ontology: list[Fact]) -> None:
    """A label names one class or one property."""
    kinds = {f.subject: f.object.value for f in ontology if f.predicate == named("rdf:type")}
    seen = Counter(
        (kinds[f.subject].endswith("Class"), str(f.object))
        for f in ontology
        if f.predicate == named("rdfs:label") and f.subject in own_terms(ontology)
    )

    assert not [label for label, count in seen.items() if count > 1]


@pytest.mark.parametrize(
    "curie",
    [
        "dcterms:title",
        "dcterms:description",
        "dcterms:creator",
        "dcterms:license",
        "dcterms:created",
        "dcterms:modified",
        "owl:versionIRI",
        "vann:preferredNamespacePrefix",
        "vann:preferredNamespaceUri",
    ],
)
def test_the_header_says_what_the_ontology_is(ontology: list[Fact], curie: str) -> None:
    """Title, description, creator, licence, dates, version and namespace are all given."""
    assert values(ontology, HEADER, curie)


def test_the_header_names_the_prefix_and_namespace_that_are_in_use(ontology: list[Fact]) -> None:
    """The prefix of the header is the prefix of the table of prefixes."""
    expected = [["scog"], [PREFIXES["scog"]]]
    actual = [
        values(ontology, HEADER, f"vann:preferredNamespace{name}") for name in ("Prefix", "Uri")
    ]

    assert expected == actual


@pytest.mark.parametrize("name", PUBLIC)
def test_a_name_that_queries_rely_on_is_declared(ontology: list[Fact], name: str) -> None:
    """Names of the model are public: none of them goes away."""
    assert named(f"scog:{name}") in own_terms(ontology)


def test_only_constructs_of_owl_2_rl_are_used(ontology: list[Fact]) -> None:
    """The ontology stays within the profile that the reasoner knows."""
    assert not outside_rl(ontology)


@pytest.mark.parametrize(
    ("axiom", "term"),
    [
        (
            """scog:Organ rdfs:subClassOf [
                a owl:Restriction ; owl:onProperty scog:seat ; owl:someValuesFrom scog:Place ] .""",
            "owl:someValuesFrom",
        ),
        (
            "scog:Place rdfs:subClassOf [ a owl:Class ; owl:unionOf ( scog:City scog:Region ) ] .",
            "owl:unionOf",
        ),
        (
            """scog:Meeting rdfs:subClassOf [
                a owl:Restriction ; owl:onProperty scog:meetingOf ; owl:minCardinality 1 ] .""",
            "owl:minCardinality",
        ),
        ("scog:locatedIn a owl:ReflexiveProperty .", "owl:ReflexiveProperty"),
        ("scog:State rdfs:subClassOf owl:Thing .", "owl:Thing"),
    ],
)
def test_a_construct_outside_owl_2_rl_is_told(
    ontology: list[Fact], axiom: str, term: str, facts: Callable[[str], list[Fact]]
) -> None:
    """The check of the profile refuses what the profile has not."""
    assert term in outside_rl([*ontology, *facts(axiom)])


def test_every_term_has_a_line_in_the_changes(ontology: list[Fact]) -> None:
    """CHANGES.md names each term of the ontology, and nothing but its terms, once."""
    text = (Path(__file__).parents[2] / "ontology" / "CHANGES.md").read_text(encoding="utf-8")
    terms = {
        f"scog:{fact.subject.value.removeprefix(ONTOLOGY)}"
        for fact in ontology
        if isinstance(fact.subject, ox.NamedNode) and fact.subject.value.startswith(ONTOLOGY)
    }

    assert sorted(terms) == sorted(re.findall(r"^- `(scog:\w+)`", text, re.MULTILINE))


def test_nothing_is_imported(ontology: list[Fact], used: list[Fact]) -> None:
    """External terms stand as stubs; no file pulls in another."""
    assert not [f for f in (*ontology, *used) if f.predicate == named("owl:imports")]


def test_no_range_is_a_date(ontology: list[Fact]) -> None:
    """Dates are outside the datatypes of OWL 2: shapes judge them."""
    dates = {named(f"xsd:{name}") for name in ("date", "gYear", "gYearMonth", "time")}

    assert not [f for f in ontology if f.object in dates]


def test_a_property_is_of_one_kind(ontology: list[Fact]) -> None:
    """No property is of things and of literals at once."""
    kinds = Counter(
        f.subject
        for f in ontology
        if f.object
        in {named(f"owl:{name}Property") for name in ("Object", "Datatype", "Annotation")}
    )

    assert not [compact(term.value) for term, count in kinds.items() if count != 1]


def test_the_range_of_a_property_fits_its_kind(ontology: list[Fact]) -> None:
    """An object property ranges over classes, a datatype property over datatypes."""
    objects = {f.subject for f in ontology if f.object == named("owl:ObjectProperty")}
    ranges = [f for f in ontology if f.predicate == named("rdfs:range")]
    literal = (PREFIXES["xsd"], PREFIXES["rdf"] + "langString", PREFIXES["rdfs"] + "Literal")

    assert ranges
    assert not [
        compact(f.subject.value)
        for f in ranges
        if (f.subject in objects) == f.object.value.startswith(literal)
    ]


def test_things_and_literals_stand_where_they_belong(
    ontology: list[Fact], used: list[Fact]
) -> None:
    """In the data an object property has a thing and a datatype property a literal."""
    assert not mismatches(used, ontology)


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ('organ:secretariat scog:seat "Beijing"@en .', "scog:seat"),
        ("state:india scog:m49 state:india .", "scog:m49"),
    ],
)
def test_a_literal_for_a_thing_and_a_thing_for_a_literal_are_told(
    ontology: list[Fact], text: str, curie: str, facts: Callable[[str], list[Fact]]
) -> None:
    """The check of kinds refuses a mismatch in both directions."""
    assert {curie} == mismatches(facts(text), ontology)


def test_every_term_in_use_is_declared(ontology: list[Fact], used: list[Fact]) -> None:
    """Data and schemes use terms of the ontology or of vocabularies that are known."""
    assert not undeclared(used, ontology)


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("state:india a scog:Country .", "scog:Country"),
        ("state:india scog:anthem place:delhi .", "scog:anthem"),
        ("state:india scog:rank scog:Best .", "scog:Best"),
        ("state:india <http://example.org/p> 1 .", "<http://example.org/p>"),
        ("state:india a <http://example.org/C> .", "<http://example.org/C>"),
    ],
)
def test_a_term_that_nobody_declares_is_told(
    ontology: list[Fact], text: str, curie: str, facts: Callable[[str], list[Fact]]
) -> None:
    """The check of declarations refuses a term that does not exist."""
    assert {curie} == undeclared(facts(text), ontology)


@pytest.mark.parametrize(("narrower", "broader"), BROADER)
def test_a_class_stands_under_the_class_of_the_model(
    ontology: list[Fact], narrower: str, broader: str
) -> None:
    """The hierarchy is the one of the model."""
    assert named(broader).value in above(ontology, narrower, "rdfs:subClassOf")


@pytest.mark.parametrize(("child", "parent"), INVERSES)
def test_inverse_properties_are_declared(ontology: list[Fact], child: str, parent: str) -> None:
    """One direction is written; the other follows from owl:inverseOf."""
    pairs = {(f.subject, f.object) for f in ontology if f.predicate == named("owl:inverseOf")}

    assert (named(child), named(parent)) in pairs or (named(parent), named(child)) in pairs


@pytest.mark.parametrize(("child", "parent"), INVERSES[2:])
def test_what_the_current_view_shows_is_under_participation(
    ontology: list[Fact], child: str, parent: str
) -> None:
    """Whoever has any role takes part."""
    relation = "rdfs:subPropertyOf"

    assert named("scog:participatesIn").value in above(ontology, child, relation)
    assert named("scog:hasParticipant").value in above(ontology, parent, relation)


@pytest.mark.parametrize(("child", "parent"), INVERSES[1:])
def test_only_member_states_are_members(ontology: list[Fact], child: str, parent: str) -> None:
    """An observer or a partner does not become a member by way of org:memberOf."""
    expected = child == "scog:memberStateOf"
    relation = "rdfs:subPropertyOf"

    assert expected == (named("org:memberOf").value in above(ontology, child, relation))
    assert expected == (named("org:hasMember").value in above(ontology, parent, relation))
