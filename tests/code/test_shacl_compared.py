"""The compiled queries find what pyshacl finds, and its departures from SHACL are named."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from rdflib.plugins.sparql.parser import parseQuery

# isort: split
from shacl_reports import Row, embedded, graph_of, parsed, reference, second, stored, told
from shacl_worlds import worlds

from sco_graph import shacl
from sco_graph.layout import ONTOLOGY, SCHEMES, SHAPES, Layout
from sco_graph.namespaces import ID, PREFIXES
from sco_graph.namespaces import ONTOLOGY as TERMS
from sco_graph.sources import Sources

pytestmark = pytest.mark.usefixtures("quiet")

BAD = Path(__file__).resolve().parents[1] / "bad"
SAMPLE = {"shape:claim", "shape:document", "shape:named", "shape:resolution", "shape:state"}
"""The shapes that a second engine is asked about: it takes its time."""

DEPARTURES: dict[Row, str] = {
    (
        f"<{ID}meeting/council-1-event-end-month>",
        f"<{TERMS}startDate>",
        f'"1990-01-02"^^<{PREFIXES["xsd"]}date>',
        f"<{PREFIXES['sh']}LessThanOrEqualsConstraintComponent>",
        f"<{PREFIXES['sh']}Violation>",
        f"<{PREFIXES['shape']}meeting-order>",
    ): "a day and a month cannot be compared: that is a violation, and pyshacl lets it pass",
}
"""What SHACL asks for and pyshacl does not find, and why."""


def judged(sources: Sources) -> list[ox.Triple]:
    """Return what the shapes of the project look at."""
    return list({fact.triple() for fact in sources.facts(ONTOLOGY, SCHEMES, *sources.names)})


@pytest.fixture(scope="module")
def shipped() -> Sources:
    """Return the shipped files."""
    return Sources.read(Layout.shipped())


@pytest.fixture(scope="module")
def with_twins(shipped: Sources) -> list[ox.Triple]:
    """Return the shipped data with each bad twin and what stands beside them."""
    twins = [*sorted(BAD.glob("*.ttl")), *sorted((BAD / "beside").glob("*.ttl"))]
    return judged(shipped.adding(twins))


@pytest.fixture(scope="module")
def texts(shipped: Sources) -> list[ox.Triple]:
    """Return the triples of the shipped shapes."""
    return [fact.triple() for fact in shipped.facts(SHAPES)]


@pytest.fixture(scope="module")
def shapes(texts: list[ox.Triple]) -> list[shacl.Shape]:
    """Return the shipped shapes."""
    return shacl.read(texts)


def test_the_shipped_graph_conforms_and_every_shape_looks_at_something(
    shipped: Sources, shapes: list[shacl.Shape]
) -> None:
    """No result, and no shape that passes for want of nodes."""
    report = shacl.validate(embedded(stored(judged(shipped))), shapes)

    assert report.conforms
    assert not report.results
    assert len(shapes) == len(report.looked_at)
    assert min(report.looked_at.values()) > 0


def test_the_bad_twins_have_the_results_that_pyshacl_finds(
    with_twins: list[ox.Triple], texts: list[ox.Triple], shapes: list[shacl.Shape]
) -> None:
    """Focus, path, value, component, severity and shape of each, and the departures alone."""
    engine = embedded(stored(with_twins))
    ours, joined = (
        told(shacl.validate(engine, shapes, near=near).as_triples()) for near in (False, True)
    )

    assert ours == joined
    theirs = reference(graph_of(with_twins), graph_of(texts))

    assert len(theirs) > 150
    assert set(DEPARTURES) == set(ours - theirs)
    assert not theirs - ours


def test_a_second_engine_finds_the_same_in_the_bad_twins(
    with_twins: list[ox.Triple], shapes: list[shacl.Shape]
) -> None:
    """Rdflib answers a sample of the queries with the same rows."""
    sample = [shape for shape in shapes if shape.label in SAMPLE]
    ours = told(shacl.validate(embedded(stored(with_twins)), sample).as_triples())
    other = told(shacl.validate(second(with_twins), sample).as_triples())

    assert len(SAMPLE) == len(sample)
    assert len(ours) > 30
    assert ours == other


def test_the_queries_are_plain_sparql(shapes: list[shacl.Shape]) -> None:
    """A parser that knows SPARQL 1.1 and nothing more takes each of them."""
    for check in shacl.compile(shapes, ["http://example.org/one", "http://example.org/two"]):
        for text in (check.targets, check.query, check.count, check.examples(0, 3)):
            assert parseQuery(text)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(worlds())
def test_a_drawn_shape_finds_in_drawn_data_what_pyshacl_finds(world: tuple[str, str]) -> None:
    """The same results as often, whatever shapes are in whatever shapes."""
    data, shape = (parsed(text) for text in world)
    try:
        read = shacl.read(shape)
    except shacl.NotCompiled as refused:
        assert "more than one" in refused.construct  # noqa: PT017 - two drawn where one can be
        return
    ours = told(shacl.validate(embedded(stored(data)), read).as_triples())

    assert reference(graph_of(data), graph_of(shape)) == ours
