"""What a stage gives inside a store, whichever way it takes: where the data is, or in a copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules import AXIOM, CLAIM, FOLLOWS, read, reference

from sco_graph import rdf, rules
from sco_graph.inside import derive, infer, scratch
from sco_graph.inside.engine import Engine
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import Fact

ONE, TWO = GRAPH + "one", GRAPH + "two"
PLACES = read(
    """ex:within a owl:TransitiveProperty ; owl:inverseOf ex:holds ; rdfs:domain ex:Place .
    ex:seat rdfs:subPropertyOf ex:within ; rdfs:range ex:City . ex:City rdfs:subClassOf ex:Place .
    ex:Place rdfs:subClassOf ex:Thing ."""
)


def stored(data: Iterable[Fact]) -> Engine:
    """Return a store with facts in two sources in turn."""
    engine = Engine(ox.Store())
    for number, fact in enumerate(data):
        engine.add((ONE, TWO)[number % 2], [fact])
    return engine


def inferred(engine: Engine) -> list[Fact]:
    return [fact.alone() for fact in rdf.facts(engine.quads(infer.INFERRED))]


def reason(engine: Engine, ontology: Sequence[Fact]) -> dict[str, int]:
    return dict(infer.reason(engine, ontology, lambda _: None))


@pytest.mark.parametrize("name", [name for name in FOLLOWS if name != "key of two"])
def test_a_store_is_told_what_should_follow(name: str) -> None:
    """Each kind of axiom gives in a store what it gives elsewhere, and its number is told."""
    axioms, data, expected = FOLLOWS[name]
    engine = stored(read(data))
    made = reason(engine, read(axioms))

    assert set(read(expected)) == set(inferred(engine))
    assert len(set(read(expected))) == made[infer.INFERRED]


@settings(max_examples=150)
@given(st.lists(AXIOM, min_size=2, max_size=7), st.lists(CLAIM, min_size=3, max_size=12))
def test_whatever_is_said_a_store_is_told_what_the_reference_gives(
    axioms: list[str], claims: list[str]
) -> None:
    """Whatever the ontology and the data, also where a store is reasoned over again."""
    ontology, data = read("\n".join(axioms)), read("\n".join(claims))
    engine = stored(data)
    reason(engine, ontology)
    found, _ = reference(data, ontology)

    assert found == set(inferred(engine))
    reason(engine, ontology)
    assert found == set(inferred(engine))


def test_a_store_too_large_to_copy_is_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is reasoned in the store itself is what is reasoned beside it."""
    data = read("ex:a ex:seat ex:b . ex:b ex:within ex:c . ex:c ex:within ex:d . ex:a a ex:Thing .")
    beside, within = stored(data), stored(data)
    expected = reason(beside, PLACES)
    monkeypatch.setattr(scratch, "IN_MEMORY", 0)

    assert expected == reason(within, PLACES)
    assert set(inferred(beside)) == set(inferred(within))
    assert beside.graphs() == within.graphs()
    assert len(inferred(beside)) > 10


def test_what_follows_no_more_is_taken_away() -> None:
    """Where a source says less than before, a store is left with what follows now."""
    engine = stored(read("ex:a ex:seat ex:b . ex:b ex:within ex:c . ex:x ex:seat ex:y ."))
    reason(engine, PLACES)
    before = set(inferred(engine))
    [gone] = engine.quads(TWO)
    engine.update(f"DELETE DATA {{ GRAPH <{TWO}> {{ {gone.triple} }} }}")
    reason(engine, PLACES)
    fresh = stored(read("ex:a ex:seat ex:b . ex:x ex:seat ex:y ."))
    reason(fresh, PLACES)

    assert set(inferred(fresh)) == set(inferred(engine)) < before
    assert not [graph for graph in engine.graphs() if "staging" in graph]


def test_a_thing_without_a_name_stays_the_one_that_it_is() -> None:
    """What follows of a blank node is said of that node, and the second time nothing is new."""
    engine = stored(read("_:b ex:seat ex:c . ex:c ex:within _:d ."))
    ends = [end for graph in (ONE, TWO) for q in engine.quads(graph) for end in q.triple]
    nodes = {end for end in ends if isinstance(end, ox.BlankNode)}
    made = [reason(engine, PLACES) for _ in range(2)]

    assert made[0] == made[1]
    assert len(nodes) == 2
    assert nodes == {f.subject for f in inferred(engine) if isinstance(f.subject, ox.BlankNode)}


def test_what_is_copied_is_what_was_asked_for() -> None:
    """A copy has graphs whole, or what they say by some properties and of some classes."""
    data = read("ex:a a ex:C , ex:D , 'no class' , [] ; ex:p ex:b , 'x'@en ; ex:q 1 .")
    engine = stored(data)
    link, kind = ox.NamedNode("http://example.org/p"), ox.NamedNode("http://example.org/D")
    whole = scratch.copy(engine, [ONE, TWO], lambda _: None)
    some = scratch.copy(engine, [ONE, TWO], lambda _: None, {link, kind})

    assert whole is not None
    assert some is not None
    for graph in (ONE, TWO):
        assert set(engine.quads(graph)) == set(whole.quads(graph))
    kept = [quad for graph in (ONE, TWO) for quad in some.quads(graph)]
    assert len(kept) == 3
    assert all(quad.predicate == link or quad.object == kind for quad in kept)


@pytest.mark.parametrize("name", [derive.DERIVED, infer.INFERRED])
def test_a_graph_is_changed_to_what_is_told(name: str) -> None:
    """A graph of a store has what is told and nothing else, whatever it had."""
    engine = stored([])
    first, second = read("ex:a ex:p 1 , 2 , 3 ."), read("ex:a ex:p 3 , 4 .")
    for facts in (first, second, second, []):
        told = [fact.triple() for fact in facts]

        assert len(told) == engine.change(name, lambda told=told: told)  # type: ignore[misc]  # bound here
        assert set(told) == {quad.triple for quad in engine.quads(name)}


def test_what_one_premise_gives_is_asked_for_by_conclusion() -> None:
    """Each class and each property that follows is one query, and none gives a thing twice."""
    engine = stored(read("ex:a ex:seat ex:b , ex:c . ex:b ex:within ex:c . ex:a a ex:City ."))
    store = engine.store
    assert isinstance(store, ox.Store)
    asked = list(rules.alone(rules.compile(PLACES)))
    found = [triple for one in asked for triple in one.triples(store, [ONE, TWO])]

    assert len(asked) == len({(one.conclusion, one.is_class) for one in asked}) == 5
    assert len(found) == len(set(found)) > 8
