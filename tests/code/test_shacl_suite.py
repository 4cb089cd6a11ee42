"""The core part of the W3C test suite of SHACL, through the compiled queries.

The suite is not part of the project; where it is not beside the checkout, its tests are skipped.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

# isort: split
from shacl_reports import Row, embedded, second, stored, told, value

from sco_graph import shacl
from sco_graph.rdf import Term

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "data-shapes" / "core"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
CASES = sorted(
    path.relative_to(SUITE).as_posix()
    for path in SUITE.rglob("*.ttl")
    if "sht:Validate" in path.read_text(encoding="utf-8")
)
KEPT_WIDER = {
    "property/datatype-ill-formed.ttl": "Oxigraph keeps an xsd:byte as an xsd:integer, so that "
    "it cannot tell the integer 55 from the byte that is asked for",
}
"""The cases in which the embedded engine finds less, and why."""
SECOND = {
    "complex/shacl-shacl.ttl": "rdflib's parser recurses over a query as long as this one",
    "node/minInclusive-003.ttl": "rdflib orders times with a zone and without one",
}
"""The cases in which the second engine fails or finds less, and why."""

pytestmark = pytest.mark.skipif(not CASES, reason="the W3C suite is not beside the checkout")
each_case = pytest.mark.parametrize("case", CASES)


def read_file(path: Path) -> list[ox.Triple]:
    """Return the triples of a file, lexical forms as they are written."""
    return [quad.triple for quad in ox.parse(path=str(path), base_iri=path.as_uri())]


def parts(case: str) -> tuple[list[ox.Triple], list[ox.Triple], list[ox.Triple]]:
    """Return data, shapes and manifest of a case."""
    path = SUITE / case
    manifest = read_file(path)
    store = stored(manifest)
    files = []
    for name in ("dataGraph", "shapesGraph"):
        (found,) = store.quads_for_pattern(None, ox.NamedNode(SHT + name), None)
        assert isinstance(found.object, ox.NamedNode)
        files.append(Path(found.object.value.removeprefix("file://")))
    data, shapes = (manifest if file == path else read_file(file) for file in files)
    return data, shapes, manifest


def expected_of(manifest: list[ox.Triple]) -> tuple[str, Counter[Row]]:
    """Return what a case expects: whether the data conform, and the results."""
    store = stored(manifest)
    (entry,) = store.quads_for_pattern(None, ox.NamedNode(MF + "result"), None)
    inside: list[ox.Triple] = []
    waiting: list[Term] = [entry.object]  # type: ignore[list-item]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ox.BlankNode):
            found = [quad.triple for quad in store.quads_for_pattern(node, None, None)]
            inside += found
            waiting += [triple.object for triple in found]  # type: ignore[misc]
    conforms = value(stored(inside), entry.object, "http://www.w3.org/ns/shacl#conforms")
    assert isinstance(conforms, ox.Literal)
    return conforms.value, told(inside)


def test_the_suite_is_whole() -> None:
    """The core part has 98 cases."""
    assert len(CASES) == 98
    assert set(CASES) > {*KEPT_WIDER, *SECOND}


@each_case
@pytest.mark.parametrize("near", [False, True])
def test_a_case_of_the_suite_has_the_results_that_it_expects(case: str, near: bool) -> None:
    """Each result, by focus, path, value, component, severity and shape, as often as expected."""
    data, shapes, manifest = parts(case)
    report = shacl.validate(embedded(stored(data)), shacl.read(shapes), near=near)
    actual = "true" if report.conforms else "false", told(report.as_triples())
    expected = expected_of(manifest)
    if case in KEPT_WIDER:
        assert expected[1] > actual[1]
    else:
        assert expected == actual


@each_case
def test_a_second_engine_finds_the_same(case: str) -> None:
    """Rdflib answers the same queries with the results that are expected."""
    if case in SECOND:
        pytest.skip(SECOND[case])
    data, shapes, manifest = parts(case)
    report = shacl.validate(second(data), shacl.read(shapes))

    assert expected_of(manifest)[1] == told(report.as_triples())
