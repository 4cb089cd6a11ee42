"""Constraints that are written in SPARQL: asked once for a set, they find what pyshacl finds."""

from __future__ import annotations

import pytest

# isort: split
from shacl_reports import embedded, graph_of, parsed, reference, second, stored, told
from shacl_worlds import HEAD

from sco_graph import shacl

pytestmark = pytest.mark.usefixtures("quiet")

DATA = parsed(
    HEAD
    + """
    ex:a a ex:C ; ex:p 1, 5, "x"@en ; ex:q ex:b, ex:c .
    ex:b a ex:C ; ex:p 2 ; ex:q "de" .
    ex:c a ex:C ; ex:q ex:c, "lit" .
    ex:d ex:p 9 .
    """
)
NODES = "a sh:NodeShape ; sh:targetClass ex:C"
ON_P = "a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p"
INTO_Q = "a sh:PropertyShape ; sh:targetClass ex:C ; sh:path [ sh:inversePath ex:q ]"
MIXED = 'a sh:NodeShape ; sh:targetSubjectsOf ex:p, ex:q ; sh:targetNode "x"@en'

QUERIES = {
    "a value": (
        NODES,
        "SELECT $this ?value { $this ex:p ?value FILTER(?value >= 2 && isNumeric(?value)) }",
        2,
    ),
    "no value": (NODES, "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:p ?v } }", 1),
    "a filter in a branch": (
        NODES,
        "SELECT $this ?value { { $this ex:p ?value } UNION { ?value ex:q ?o FILTER(?o = $this) } }",
        7,
    ),
    "a group": (
        NODES,
        (
            "SELECT $this (COUNT(?v) AS ?value) WHERE { $this ex:p ?v }"
            " GROUP BY $this HAVING (COUNT(?v) > 1) ORDER BY ?value"
        ),
        1,
    ),
    "an optional part": (
        NODES,
        "SELECT $this ?value { $this ex:q ?x OPTIONAL { ?x ex:p ?value FILTER($this != ?x) } }",
        4,
    ),
    "a bound part": (
        NODES,
        "SELECT $this ?value { $this ex:q ?x OPTIONAL { BIND(STR($this) AS ?value) } }",
        3,
    ),
    "a path of its own": (NODES, "SELECT ?this ?path ?value { $this ?path ?value }", 12),
    "the path of the shape": (ON_P, "SELECT $this ?value { $this $PATH ?value }", 4),
    "a path of many steps": (
        INTO_Q,
        (
            "SELECT $this ?value { $this $PATH ?value { SELECT $this (MAX(?v) AS ?m)"
            " { $this ex:p ?v } GROUP BY $this } FILTER(?m < 10) }"
        ),
        1,
    ),
    "a group that binds": (
        NODES,
        (
            "SELECT $this ?value { BIND($this AS ?value) { BIND(STR($this) AS ?t) }"
            " FILTER(STRENDS(?t, 'a')) }"
        ),
        1,
    ),
    "texts with braces": (
        NODES,
        (
            "# { a comment }\nSELECT DISTINCT $this ?value { $this ex:p ?value FILTER(STR(?value)"
            ' != "} { $this" && ?value <= +2.0e0) }'
        ),
        2,
    ),
    "nothing of the focus": (NODES, "SELECT (?s AS ?value) { ?s ex:p 9 }", 3),
    "literals in the focus": (MIXED, "SELECT $this { FILTER(isLiteral($this)) }", 1),
    "an own prefix": (NODES, "PREFIX x: <http://example.org/>\nSELECT $this { $this x:p 1 }", 1),
    "what is asked to exist": (
        NODES,
        "SELECT $this ?value { ?value ex:q ?o FILTER EXISTS { ?o ex:q $this } }",
        2,
    ),
}


def shape(head: str, query: str, more: str = "") -> str:
    """Return a shapes graph with one constraint in SPARQL."""
    return f"""{HEAD}
    ex:names sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
    ex:S {head} ; sh:sparql [ sh:prefixes ex:names ; sh:select '''{query}''' {more} ] .
    """


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_for_one_node_finds_the_same_for_all_at_once(name: str) -> None:
    """Two engines and pyshacl, which asks node by node, have the same results."""
    head, query, count = QUERIES[name]
    text = parsed(shape(head, query))
    read = shacl.read(text)
    ours = told(shacl.validate(embedded(stored(DATA)), read).as_triples())
    other = told(shacl.validate(second(DATA), read).as_triples())

    assert count == sum(ours.values())
    assert ours == other
    assert reference(graph_of(DATA), graph_of(text)) == ours


def test_a_message_is_filled_in_each_language() -> None:
    """What stands in braces is the value of a solution; what none has stays as it is."""
    query = (
        "SELECT $this ?value ?twice"
        " { $this ex:p ?value BIND(?value * 2 AS ?twice) FILTER(?value = 5) }"
    )
    said = "; sh:message '{?value} of {$this}, {?twice}, {?none}'@en, 'zweimal {?twice}'"
    report = shacl.validate(embedded(stored(DATA)), shacl.read(parsed(shape(NODES, query, said))))
    (result,) = report.results
    texts = {(text.language, text.value) for text in result.messages}

    assert {("en", "5 of http://example.org/a, 10, {?none}"), (None, "zweimal 10")} == texts


def test_a_solution_can_bring_its_own_message() -> None:
    """`?message` is told where neither the constraint nor the shape has one."""
    query = "SELECT $this ?message { $this ex:p 5 BIND('five' AS ?message) }"
    report = shacl.validate(embedded(stored(DATA)), shacl.read(parsed(shape(NODES, query))))

    assert [("five",)] == [tuple(m.value for m in r.messages) for r in report.results]


def test_a_deactivated_constraint_asks_nothing() -> None:
    """Neither it nor what would be refused in it is looked at."""
    text = shape(NODES, "SELECT $this { } LIMIT 1", "; sh:deactivated true")

    assert shacl.validate(embedded(stored(DATA)), shacl.read(parsed(text))).conforms


def test_a_query_judges_the_nodes_of_a_shape_within_a_shape() -> None:
    """What sh:node and sh:not ask of the values of a path is asked of all of them at once."""
    inner = shape("a sh:NodeShape", "SELECT $this { FILTER NOT EXISTS { $this ex:p ?v } }")
    outer = (
        "ex:T a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:q ; sh:node ex:S ],"
        " [ sh:path ex:q ; sh:not ex:S ], [ sh:path ex:q ; sh:property ex:U ] ."
        " ex:U sh:path ex:q ; sh:sparql [ sh:select"
        " 'SELECT $this ?value { $this $PATH ?value FILTER(isLiteral(?value)) }' ] ."
    )
    text = parsed(inner + outer)
    ours = told(shacl.validate(embedded(stored(DATA)), shacl.read(text)).as_triples())

    assert 4 == sum(ours.values())
    assert reference(graph_of(DATA), graph_of(text)) == ours


def test_the_constraint_itself_is_in_the_report() -> None:
    """`sh:sourceConstraint` leads to the node that has the query."""
    text = shape(NODES, "SELECT $this { $this ex:p 5 }")
    report = shacl.validate(embedded(stored(DATA)), shacl.read(parsed(text)))
    constraints = [t for t in report.as_triples() if t.predicate.value.endswith("sourceConstraint")]

    assert 1 == len(constraints)
