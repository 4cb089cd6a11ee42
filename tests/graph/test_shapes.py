from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, SH, BNode, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from sco_graph.bridge import to_graph
from sco_graph.namespaces import PREFIXES, slug
from sco_graph.rdf import Fact
from sco_graph.sources import Sources

SHAPE = Namespace(PREFIXES["shape"])
PATHS = {
    SH.alternativePath,
    SH.inversePath,
    SH.zeroOrMorePath,
    SH.oneOrMorePath,
    SH.zeroOrOnePath,
}
SPEECH = {SH.property, SH.message, SH.severity, SH.targetClass, SH.targetSubjectsOf}
"""What a node shape says beside constraints of its own."""

Read = Callable[[str], list[Fact]]


@pytest.fixture
def shapes(sources: Sources) -> Graph:
    """Return the shipped shapes, fresh for each test."""
    return to_graph(sources.facts("shapes"))


@pytest.fixture
def judged(shared: Callable[[str], Path]) -> Callable[[Graph], list[str]]:
    """Return a function that judges shapes by the shapes of SHACL itself."""
    law = Graph().parse(shared("validators/shacl-shacl.ttl"))

    def judge(shapes: Graph) -> list[str]:
        _, report, _ = pyshacl.validate(shapes, shacl_graph=law)
        assert isinstance(report, Graph)
        return sorted(slug(str(node)) for node in report.objects(None, SH.focusNode))

    return judge


def declared(shapes: Graph) -> set[Node]:
    return {
        shape
        for kind in (SH.NodeShape, SH.PropertyShape)
        for shape in shapes.subjects(RDF.type, kind)
    }


def targeted(shapes: Graph) -> set[Node]:
    """Return the shapes that look for things by themselves."""
    return {
        shape
        for predicate in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
        for shape in shapes.subjects(predicate)
    }


def reporting(shapes: Graph) -> set[Node]:
    """Return the property shapes whose violations end up in a report."""
    found: set[Node] = set()
    todo = list(targeted(shapes))
    while todo:
        node = todo.pop()
        more = {
            shape for step in (SH.property, SH.node) for shape in shapes.objects(node, step)
        } - found
        found |= more
        todo += more
    return {shape for shape in found if (shape, RDF.type, SH.PropertyShape) in shapes}


def referred(shapes: Graph) -> set[Node]:
    """Return the shapes that other shapes name."""
    found = {
        shape
        for predicate in (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
        for shape in shapes.objects(None, predicate)
    }
    for predicate in (SH["or"], SH["and"], SH.xone):
        for start in shapes.objects(None, predicate):
            found |= set(Collection(shapes, start))
    return found


def unnamed(shapes: Graph) -> set[Node]:
    """Return the blank nodes that are shapes."""
    described = {s for s, p, _ in shapes if str(p).startswith(str(SH)) and p not in PATHS}
    return {
        node for node in declared(shapes) | referred(shapes) | described if isinstance(node, BNode)
    }


def speechless(shapes: Graph, wanted: Iterable[Node]) -> dict[str, list[str]]:
    """Return the shapes without one message in each of English and Chinese."""
    spoken = {
        slug(str(shape)): sorted(
            getattr(message, "language", None) or ""
            for message in shapes.objects(shape, SH.message)
        )
        for shape in wanted
    }
    return {name: tags for name, tags in spoken.items() if tags != ["en", "zh"]}


def test_the_shapes_are_shapes(shapes: Graph, judged: Callable[[Graph], list[str]]) -> None:
    """Every shape conforms to the shapes that the W3C wrote for shapes."""
    assert len(declared(shapes)) > 50
    assert not judged(shapes)


def test_a_broken_shape_is_refused(
    shapes: Graph, judged: Callable[[Graph], list[str]], facts: Read
) -> None:
    """The shapes for shapes look at ours: each shape with a fault is in the report."""
    shapes += to_graph(
        facts("""
            shape:state-m49 sh:minCount 'one' .
            shape:place-located sh:path scog:heldIn .
            shape:organ-seat sh:nodeKind sh:Iri .
            shape:quote-exact sh:minLength -1 .
            shape:organ sh:maxCount 1 .
        """)
    )

    assert {"state-m49", "place-located", "organ-seat", "quote-exact", "organ"} == set(
        judged(shapes)
    )


def test_every_shape_has_an_iri(shapes: Graph) -> None:
    """A finding can name its shape: blank nodes are only paths and lists."""
    assert not unnamed(shapes)


@pytest.mark.parametrize(
    "anonymous",
    [
        "shape:state sh:property [ sh:path scog:m49 ; sh:minCount 1 ] .",
        "shape:state sh:node [ a sh:NodeShape ] .",
        "shape:state sh:not [] .",
        "shape:state sh:or ( shape:a-state [ sh:class scog:Place ] ) .",
    ],
)
def test_a_shape_without_an_iri_is_told(shapes: Graph, anonymous: str, facts: Read) -> None:
    """The check of names finds a shape that is a blank node, wherever it stands."""
    shapes += to_graph(facts(anonymous))

    assert len(unnamed(shapes)) == 1


def test_every_shape_that_reports_speaks_english_and_chinese(shapes: Graph) -> None:
    """A violation is told in both languages by the shape that finds it."""
    assert len(reporting(shapes)) > 30
    assert not speechless(shapes, reporting(shapes))


def test_every_shape_that_reports_has_a_severity(shapes: Graph) -> None:
    """How grave a violation is stands in the shape and is no default."""
    grades = {SH.Violation, SH.Warning, SH.Info}
    expected = {str(shape): 1 for shape in reporting(shapes)}
    actual = {
        str(shape): len(grades & set(shapes.objects(shape, SH.severity)))
        for shape in reporting(shapes)
    }

    assert expected == actual


def test_a_node_shape_with_a_constraint_of_its_own_speaks_too(shapes: Graph) -> None:
    """Where a whole thing is wrong and no single property, that has its own message."""
    own = {
        shape
        for shape in targeted(shapes)
        for predicate in shapes.predicates(shape)
        if str(predicate).startswith(str(SH)) and predicate not in SPEECH
    }

    assert {SHAPE.claim, SHAPE.evidence} <= own
    assert not speechless(shapes, own)


def test_every_shape_is_put_to_use(shapes: Graph) -> None:
    """A shape is targeted or another one refers to it: none is forgotten."""
    assert not declared(shapes) - targeted(shapes) - referred(shapes)


def test_the_shapes_use_the_core_of_shacl(shapes: Graph) -> None:
    """No shape runs a query or a script: those can be slow, and can reach out."""
    beyond = {SH.sparql, SH.select, SH.ask, SH.js, SH.rule, SH.target, SH.expression}

    assert not beyond & set(shapes.predicates())
