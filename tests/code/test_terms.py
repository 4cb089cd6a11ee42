from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sco_graph import terms
from sco_graph.errors import AmbiguousTerm, SCOGraphError, UsageError
from sco_graph.namespaces import PREFIXES, compact, expand
from sco_graph.rdf import named

PIECES = st.sampled_from(
    [*"<>:/#?& \t\n\\\"'{}^%[]", "http://", "urn:", "india", "state:", "scogid:", "scog:", "356"]
)
TERMS = st.lists(PIECES | st.text(st.characters(), max_size=3), max_size=6).map("".join)
"""Text of all kinds, pieces of IRIs and of CURIEs, lone surrogates too."""


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("https://w3id.org/sco-graph/id/state/india", "state:india"),
        ("<https://w3id.org/sco-graph/id/state/india>", "state:india"),
        ("state:india", "state:india"),
        ("scogid:state/india", "state:india"),
        ("IN", "state:india"),
        ("IND", "state:india"),
        ("356", "state:india"),
        ("india", "state:india"),
        ("state/india", "state:india"),
        ("India", "state:india"),
        ("INDIA", "state:india"),
        ("  India\n", "state:india"),
        ("印度", "state:india"),
        ("sri-lanka", "state:sri-lanka"),
        ("Sri Lanka", "state:sri-lanka"),
        ("SCO", "organization:sco"),
        ("上合组织", "organization:sco"),
        ("上海合作组织", "organization:sco"),
        ("青岛市", "place:qingdao"),
        ("青岛峰会", "meeting:heads-of-state-18"),
        ("role/observer-state", "role:observer-state"),
        ("observer state", "role:observer-state"),
        ("heads-of-state-18", "meeting:heads-of-state-18"),
        (
            "participation/india-observer-state-china-keywords-2019",
            "participation:india-observer-state-china-keywords-2019",
        ),
        ("scog:Meeting", "scog:Meeting"),
        ("scog:observerStateOf", "scog:observerStateOf"),
        ("shape:state", "shape:state"),
        ("member state of", "scog:memberStateOf"),
        ("永久性", "scog:permanent"),
    ],
)
def test_a_term_names_a_thing(graph: ox.Store, term: str, expected: str) -> None:
    """An IRI, a CURIE, a code, a slug and a label in any language lead to the thing."""
    assert expand(expected) == terms.resolve(graph, term)


def test_the_name_of_the_organization_names_the_organization(graph: ox.Store) -> None:
    """A preferred label goes before an alternative one: the document is titled like its topic."""
    expected = "organization:sco"
    actual = compact(terms.resolve(graph, "Shanghai Cooperation Organization"))

    assert expected == actual


@pytest.mark.parametrize("term", ["I\u0301ndia", "Caf\u00e9", "Cafe\u0301"])
def test_a_label_is_found_however_its_accents_are_typed(term: str) -> None:
    """Composed and decomposed letters are the same letters."""
    graph = ox.Store()
    for name in ("Índia", "Café"):
        graph.add(ox.Quad(named(f"state:{len(name)}"), named("skos:prefLabel"), ox.Literal(name)))

    assert terms.resolve(graph, term).startswith(PREFIXES["state"])


@pytest.fixture
def twins() -> ox.Store:
    """Return a graph with two things that share a label, a code and a slug."""
    graph = ox.Store()
    for kind in ("place", "state"):
        thing = named(f"{kind}:georgia")
        graph.add(ox.Quad(thing, named("skos:prefLabel"), ox.Literal("Georgia", language="en")))
        graph.add(ox.Quad(thing, named("skos:altLabel"), ox.Literal("格", language="zh")))
        graph.add(ox.Quad(thing, named("scog:iso3166Alpha2"), ox.Literal("GE")))
    return graph


@pytest.mark.parametrize("term", ["Georgia", "格", "GE", "georgia"])
def test_an_ambiguous_term_lists_what_it_may_name(twins: ox.Store, term: str) -> None:
    """Both candidates are named with their labels, by data and in words."""
    expected = [expand("place:georgia"), expand("state:georgia")]
    with pytest.raises(AmbiguousTerm, match=r'^"\w+" fits 2 things') as caught:
        terms.resolve(twins, term)

    assert expected == caught.value.candidates
    assert "place:georgia (Georgia)" in str(caught.value)
    assert "state:georgia (Georgia)" in str(caught.value)


@pytest.mark.parametrize("term", ["state/georgia", "state:georgia"])
def test_an_ambiguous_term_can_be_made_clear(twins: ox.Store, term: str) -> None:
    """With its kind, each of the two has a short name."""
    assert expand("state:georgia") == terms.resolve(twins, term)


def test_a_thing_goes_before_a_term_of_the_ontology() -> None:
    """Whoever says "seat" in a graph with a thing of that name means the thing."""
    graph = ox.Store()
    for term in ("concept:x", "scog:seat"):
        graph.add(ox.Quad(named(term), named("skos:prefLabel"), ox.Literal("Seat")))

    assert expand("concept:x") == terms.resolve(graph, "seat")


@pytest.mark.parametrize(
    "term",
    [
        *("atlantis", "Atlantis", "亚特兰蒂斯", "XX", "XXX", "000", "state:atlantis", "scog:Nope"),
        *(
            "state/atlantis",
            "https://example.org/x",
            "<https://example.org/x>",
            "nope:x",
            ":",
            "<>",
        ),
    ],
)
def test_an_unknown_term_is_wrong_usage(graph: ox.Store, term: str) -> None:
    """What names nothing is repeated, with the ways of naming a thing."""
    with pytest.raises(UsageError) as caught:
        terms.resolve(graph, term)

    assert f'"{term}"' in str(caught.value)
    assert "give an IRI, a CURIE, a code, a slug or a label" in str(caught.value)


@pytest.mark.parametrize("term", ["", " ", "\n\t", "\u3000"])
def test_an_empty_term_is_wrong_usage(graph: ox.Store, term: str) -> None:
    """Nothing names nothing."""
    with pytest.raises(UsageError, match="an empty term names nothing"):
        terms.resolve(graph, term)


@given(term=TERMS)
def test_any_text_is_resolved_or_refused(graph: ox.Store, term: str) -> None:
    """Nothing that a person can type ends in anything but an IRI or an error of this package."""
    try:
        found = terms.resolve(graph, term)
    except SCOGraphError as error:
        found = f"refused: {error}"

    assert found.startswith(("refused: ", "https://", "http://"))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en", ("India", "en")), ("zh", ("印度", "zh")), ("fr", ("India", "en"))],
)
def test_a_label_falls_back_to_english(
    graph: ox.Store, lang: str, expected: tuple[str, str]
) -> None:
    """A thing without a name in a language is shown by its English one, and that is told."""
    assert expected == terms.tagged_label(graph, expand("state:india"), lang)
    assert expected[0] == terms.label(graph, expand("state:india"), lang)


def test_a_thing_without_a_label_is_shown_by_its_slug(graph: ox.Store) -> None:
    """A reader gets a word and no IRI."""
    expected = "atlantis"
    actual = terms.label(graph, expand("state:atlantis"), "en")

    assert expected == actual
