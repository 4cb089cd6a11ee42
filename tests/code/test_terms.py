"""What a person may call a thing."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sco_graph import open_graph, terms
from sco_graph.errors import AmbiguousTerm, SCOGraphError, UsageError
from sco_graph.namespaces import PREFIXES, compact, expand


@pytest.mark.parametrize(
    ("term", "thing"),
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
        (" 印度 ", "state:india"),
        ("sco", "organization:sco"),
        ("SCO", "organization:sco"),
        ("上合组织", "organization:sco"),
        ("heads-of-state", "organ:heads-of-state"),
        ("青岛峰会", "meeting:heads-of-state-18"),
        ("scog:Meeting", "scog:Meeting"),
        ("Meeting", "scog:Meeting"),
        ("shape:meeting", "shape:meeting"),
    ],
)
def test_a_thing_is_found_by_each_of_its_names(graph: ox.Store, term: str, thing: str) -> None:
    """IRI, CURIE, code, slug and label, whatever the case and the language of a label."""
    assert expand(thing) == terms.resolve(graph, term)


def test_a_term_that_fits_several_things_lists_them(graph: ox.Store) -> None:
    """The list has CURIEs that each fit one thing."""
    with pytest.raises(AmbiguousTerm) as caught:
        terms.resolve(graph, "Shanghai Cooperation Organization")

    assert 2 <= len(caught.value.candidates)
    for iri in caught.value.candidates:
        assert iri == terms.resolve(graph, compact(iri))
        assert compact(iri) in str(caught.value)


@pytest.mark.parametrize("term", ["", "  ", "Atlantis", "state:atlantis", "ZZZ", "999", "x:y"])
def test_a_term_that_fits_nothing_is_refused_by_name(graph: ox.Store, term: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError):
        terms.resolve(graph, term)


@given(st.text(max_size=30))
def test_any_text_names_a_thing_or_is_refused(text: str) -> None:
    """No text makes the engine raise anything of its own."""

    def outcome() -> str | int:
        try:
            return terms.resolve(GRAPH, text)
        except SCOGraphError as error:
            return error.exit_code

    assert outcome() == 2 or str(outcome()).startswith("http")


GRAPH = open_graph().store


@given(
    st.sampled_from(sorted(PREFIXES)), st.from_regex(r"[a-z][a-z0-9-]{0,9}[a-z0-9]", fullmatch=True)
)
def test_a_curie_expands_and_comes_back(prefix: str, local: str) -> None:
    """Prefix and local name survive the way to the IRI and back."""
    assert expand(f"{prefix}:{local}") == expand(compact(expand(f"{prefix}:{local}")))
