"""What a stage gives inside a store, whichever way it takes: where the data is, or in a copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from os.path import join
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules import AXIOM, CLAIM, FOLLOWS, read, reference

from sco_graph import queryfile, rdf, rules
from sco_graph.inside import derive, infer, scratch, sieve, single
from sco_graph.inside.engine import Engine
from sco_graph.layout import Layout
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import Fact, named
from sco_graph.validation import COMPOSED, is_composed

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


def held(engine: Engine) -> ox.Store:
    assert isinstance(engine.store, ox.Store)
    return engine.store


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
    """A copy has what graphs say by some properties and of some classes."""
    data = read("ex:a a ex:C , ex:D , 'no class' , [] ; ex:p ex:b , 'x'@en ; ex:q 1 .")
    engine = stored(data)
    link, kind = ox.NamedNode("http://example.org/p"), ox.NamedNode("http://example.org/D")
    parts = scratch.parts(held(engine), [ONE, TWO], {link, kind})

    assert parts is not None
    kept = list(scratch.copy(held(engine), parts, lambda _: None))
    assert len(kept) == 3
    assert all(quad.predicate == link or quad.object == kind for quad in kept)


SOUND = """ex:a ex:p 1 , 2.5 , true , "a" , "\u00e9"@en , "\u4e2d"@zh , "\u0438"@ru , ex:b ;
    ex:p "x:y"^^xsd:anyURI ;
    ex:q "2024-02-29"^^xsd:date , "2024"^^xsd:gYear , "2024-12"^^xsd:gYearMonth ;
    ex:r "0aFF"^^xsd:hexBinary ."""
FAULTY = {
    "blank-node": 2,
    "decomposed-text": 2,
    "ill-typed-literal": 8,
    "language-tag": 3,
    "unknown-datatype": 2,
}
"""How many faults of each kind the following has; a triple may have two."""
AT_FAULT = """ex:a ex:p [] , "e\u0301"@en , "e\u0301"^^ex:own , "a"@fr , "a"@en-gb , "a"@EN ,
    "1"^^xsd:double , "2023-02-29"^^xsd:date , "2023-1-01"^^xsd:date , "2023-01-01Z"^^xsd:date ,
    "24"^^xsd:gYear , "2024-13"^^xsd:gYearMonth , "one"^^xsd:integer , "yes"^^xsd:boolean ,
    "abc"^^xsd:hexBinary . _:x ex:q 1 ."""


def test_what_is_left_by_the_sieve_is_all_that_checks_find_fault_with() -> None:
    """The checks find there what they find in the store, and what is sound is not left."""
    folder = join(Layout.shipped().queries, "checks")
    checks = [check for check in queryfile.read_folder(folder) if check.name in sieve.CHECKS]
    source = [Fact(ox.NamedNode(ONE), named("rdf:type"), named("scog:SourceGraph"))]
    engine = Engine(ox.Store())
    engine.add(derive.DERIVED, source)
    engine.add(ONE, read(SOUND))
    left = sieve.sieve(engine)

    assert left is not None
    assert source == [fact.alone() for fact in rdf.facts(left.engine.quads(derive.DERIVED))]
    assert not list(left.engine.quads(ONE))
    for graph in (ONE, TWO):
        engine.add(graph, read(AT_FAULT))
    left = sieve.sieve(engine)

    assert left is not None
    assert len(checks) == len(sieve.CHECKS)
    for check in checks:
        over = check.fields["over"]
        [size] = engine.ask_all(f"SELECT (COUNT(DISTINCT ?focus) AS ?size) WHERE {{ {over} }}")
        assert int(size["size"].value) == left.looked_at[check.name] > 0
        rows, expected = (
            sorted(map(str, one.ask_all(check.text, {COMPOSED: is_composed})))
            for one in (left.engine, engine)
        )
        assert expected == rows
        assert len(rows) >= FAULTY[check.name]


def test_a_sieve_that_holds_too_much_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too much is at fault, the checks are asked of the store itself."""
    engine = stored(read(AT_FAULT))
    monkeypatch.setattr(sieve, "_MANY", 5)

    assert sieve.sieve(engine) is None


@pytest.mark.parametrize("name", [derive.DERIVED, infer.INFERRED])
def test_a_graph_is_changed_to_what_is_told(name: str) -> None:
    """A graph of a store has what is told and nothing else, whatever it had."""
    engine = stored([])
    first, second = read("ex:a ex:p 1 , 2 , 3 ."), read("ex:a ex:p 3 , 4 .")
    for facts in (first, second, second, []):
        told = [fact.triple() for fact in facts]

        assert len(told) == engine.change(name, lambda told=told: told)  # type: ignore[misc]  # bound here
        assert set(told) == {quad.triple for quad in engine.quads(name)}


def test_graphs_that_are_empty_are_filled_from_files_too(tmp_path: Path) -> None:
    """What is told and what is in the files is there, each in its graph, and nothing else."""
    engine, told = stored([]), read("ex:a ex:p 1 , 2 . ex:b ex:p 3 .")
    files = [tmp_path / "one.nt", tmp_path / "two.nt"]
    for number, file in enumerate(files):
        file.write_text(f"<urn:s> <urn:p> <urn:{number}> .\n", encoding="utf-8")
    engine.fill(
        {ONE: lambda: [fact.triple() for fact in told], TWO: list},
        {TWO: [str(file) for file in files]},
    )

    assert set(told) == {fact.alone() for fact in rdf.facts(engine.quads(ONE))}
    assert ["<urn:0>", "<urn:1>"] == sorted(str(quad.object) for quad in engine.quads(TWO))
    assert [ONE, TWO] == engine.graphs()


def waiting(name: str, lines: Sequence[str], files: ExitStack) -> single.Waiting:
    """Return what was concluded of a name."""
    file = cast("IO[bytes]", files.enter_context(TemporaryFile()))  # noqa: SIM115  # `files` closes it
    file.write("".join(f"{line} .\n" for line in lines).encode())
    file.flush()
    return single.Waiting(ox.NamedNode(name), file)


def test_what_was_concluded_is_sifted() -> None:
    """What is said elsewhere and what is about the swept goes; a blank node keeps its name."""
    said, swept = "<urn:a> <urn:p> <urn:said>", "<urn:swept> <urn:p> <urn:b>"
    ends = "<urn:a> <urn:p> _:end"
    new = [f'<urn:a> <urn:p> "{number}"' for number in range(20)]
    with ExitStack() as files:
        first = waiting("urn:p", [said, *new[:16], swept, "_:start <urn:p> <urn:b>"], files)
        found = [first, waiting("urn:q", [*new[16:], ends], files)]
        [known] = ox.parse(f"{said} .", format=ox.RdfFormat.N_TRIPLES)
        sifted = single.sift(found, [known.triple], {ox.NamedNode("urn:swept")}, files)
        texts = [file.seek(0) or file.read().decode().splitlines() for file in sifted.files]

        assert [[f"{line} ." for line in part] for part in (new[:16], new[16:])] == texts
        assert ["_:start"] == [str(triple.subject) for triple in sifted.blank]
        assert {str(triple) for triple in sifted.triples()} == set(new)
        assert 19 == len(list(first.facts()))


def test_no_file_of_conclusions_is_larger_than_the_engine_can_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A conclusion with very much in it is divided."""
    monkeypatch.setattr(single, "_IN_FILE", 100)
    lines = [f"<urn:{number}> <urn:p> <urn:b>" for number in range(50)]
    with ExitStack() as files:
        sifted = single.sift([waiting("urn:p", lines, files)], [], set(), files)

        assert len(sifted.files) > 10
        assert all(file.seek(0) or len(file.read()) < 150 for file in sifted.files)
        assert {str(triple) for triple in sifted.triples()} == set(lines)


def test_what_one_premise_gives_is_asked_for_by_conclusion() -> None:
    """Each class and each property that follows is one query, and none gives a thing twice."""
    engine = stored(read("ex:a ex:seat ex:b , ex:c . ex:b ex:within ex:c . ex:a a ex:City ."))
    store = engine.store
    assert isinstance(store, ox.Store)
    asked = list(rules.alone(rules.compile(PLACES)))
    answers = [store.query(one.query([ONE, TWO])) for one in asked]
    found = [triple for answer in answers for triple in answer]  # type: ignore[union-attr]  # a CONSTRUCT

    assert len(asked) == len({(one.conclusion, one.is_class) for one in asked}) == 5
    assert len(found) == len(set(found)) > 8
