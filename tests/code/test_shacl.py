"""Shapes as queries: what is read, what is refused, and what a report says."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

# isort: split
from shacl_reports import embedded, parsed, second, told

from sco_graph import shacl
from sco_graph.errors import UsageError
from sco_graph.namespaces import PREFIXES
from sco_graph.shacl.tokens import tidy

HEAD = """
PREFIX ex: <http://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
EX = "http://example.org/"
SELECT = "SELECT $this WHERE { %s }"


def shapes_of(text: str) -> list[shacl.Shape]:
    """Read shapes from Turtle without its prefixes."""
    return shacl.read(parsed(HEAD + text))


def store_of(**graphs: str) -> ox.Store:
    """Return a store with a graph of each name; `default` is the unnamed one."""
    store = ox.Store()
    for name, text in graphs.items():
        home = ox.DefaultGraph() if name == "default" else ox.NamedNode(EX + name)
        store.extend(
            ox.Quad(triple.subject, triple.predicate, triple.object, home)
            for triple in parsed(HEAD + text)
        )
    return store


def report_of(data: str, shapes: str) -> shacl.Report:
    """Validate data by shapes, both in Turtle."""
    return shacl.validate(embedded(store_of(default=data)), shapes_of(shapes))


FORMS = [
    ("date", "2019-02-28 2020-02-29 2000-02-29 -0004-02-29 2019-12-31+14:00 12019-01-01Z"),
    ("date", "!2019-02-30 !2019-02-29 !1900-02-29 !2019-13-01 !2019-04-31 !19-01-01 !2019-1-1"),
    ("dateTime", "2019-07-11T10:00:00 2019-07-11T24:00:00Z 2019-07-11T10:00:00.25-05:00"),
    ("dateTime", "!2019-07-11 !2019-07-11T25:00:00 !2019-07-11T10:60:00 !2019-02-30T10:00:00"),
    ("dateTimeStamp", "2019-07-11T10:00:00Z"),
    ("gYear", "2019 -0001 12019 !19 !02019 !2019-07"),
    ("gYearMonth", "2019-07 !2019-13 !2019 !2019-7"),
    ("gMonthDay", "--02-29 --12-31 !--02-30 !--13-01"),
    ("time", "10:00:00 24:00:00 !24:00:01 !10:00"),
    ("integer", "1 +1 -1 !1.0 !one !1e1"),
    ("decimal", "1 1.5 .5 -1. !1e1 !."),
    ("double", "1 1.5e3 INF -INF NaN !1e"),
    ("boolean", "true false 1 0 !True !yes"),
    ("byte", "-128 127 !128 !-129 !x"),
    ("unsignedLong", "0 18446744073709551615 !18446744073709551616 !-1"),
    ("positiveInteger", "1 !0"),
    ("duration", "P1Y P1Y2M3DT4H5M6.7S -PT1S !P !PT !1Y"),
    ("dayTimeDuration", "P1D PT1H !P1Y"),
    ("hexBinary", "0aFF !0a0 !0g"),
    ("base64Binary", "AAAA AAA= AA== !AAA !A==="),
    ("language", "en zh-Hans !e_n"),
]


@pytest.mark.parametrize(("datatype", "forms"), FORMS)
def test_a_literal_has_to_fit_its_datatype(datatype: str, forms: str) -> None:
    """A form after ! is none: it is found, and no other, though an engine may hold it."""
    words = forms.split()
    data = "".join(f'ex:a ex:p "{word.lstrip("!")}"^^xsd:{datatype} . ' for word in words)
    report = report_of(
        data,
        f"ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:datatype xsd:{datatype} ].",
    )
    wrong = {result.value.value for result in report.results if result.value is not None}

    assert {word.removeprefix("!") for word in words if word.startswith("!")} == wrong


REFUSED = {
    "sh:js": "sh:js [ sh:jsFunctionName 'f' ]",
    "sh:target": "sh:target [ sh:select '' ]",
    "sh:rule": "sh:rule [ sh:order 1 ]",
    "sh:expression": "sh:expression ex:e",
    "sh:values": "sh:values ex:e",
    "sh:nonsense": "sh:nonsense 1",
    "the constraint component <http://example.org/Component>": "ex:custom 3",
    "a shape that needs itself": "sh:property [ sh:path ex:p ; sh:node ex:S ]",
    "sh:minCount on a node shape": "sh:minCount 1",
    "a property shape without sh:path": "sh:property [ sh:nodeKind sh:IRI ]",
    "more than one sh:datatype": "sh:datatype xsd:date, xsd:gYear",
    "a sequence of fewer than two paths": "sh:property [ sh:path ( ex:p ) ]",
    "this value of sh:path": "sh:property [ sh:path [ sh:aPath ex:p ] ]",
    "a path that contains itself": "sh:property [ sh:path _:p ] . _:p sh:inversePath _:p",
    "the value of sh:in": "sh:in [ rdf:first 1 ]",
    "sh:class with no IRI": "sh:class 'C'",
    "a blank node as sh:hasValue": "sh:hasValue [ ]",
    "a blank node as sh:targetNode": "sh:targetNode [ ]",
    "sh:minLength 'one'": "sh:minLength 'one'",
    "sh:sparql without sh:select": "sh:sparql [ sh:ask 'ASK {}' ]",
    "LIMIT in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { $this ?p ?o } LIMIT 1' ]",
    "MINUS in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { ?s ?p ?o MINUS { ?a ?b ?o } }' ]",
    "VALUES in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { VALUES ?a { 1 } }' ]",
    "SERVICE in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { SERVICE <x:y> { } }' ]",
    "FROM in sh:sparql": "sh:sparql [ sh:select 'SELECT $this FROM <x:y> { }' ]",
    "GRAPH in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { GRAPH ?g { } }' ]",
    "$shapesGraph in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { ?s ?p $shapesGraph }' ]",
    "$currentShape in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { $currentShape ?p 1 }' ]",
    "a sub-SELECT without $this in sh:sparql": "sh:sparql [ sh:select "
    "'SELECT $this { { SELECT ?o { ?s ?p ?o } } }' ]",
    "a sub-SELECT inside EXISTS in sh:sparql": "sh:sparql [ sh:select "
    "'SELECT $this { FILTER EXISTS { { SELECT $this { $this ?p ?o } } } }' ]",
    "an aggregate without GROUP BY $this in sh:sparql": "sh:sparql [ sh:select "
    "'SELECT (COUNT(?o) AS ?value) { $this ?p ?o }' ]",
    "AS $this in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { BIND (1 AS $this) }' ]",
    "$PATH in a node shape": "sh:sparql [ sh:select 'SELECT $this { $this $PATH 1 }' ]",
    "the prefix ex: in sh:sparql": "sh:sparql [ sh:select 'SELECT $this { $this ex:p 1 }' ]",
    "a sh:select that is no SELECT": "sh:sparql [ sh:select 'ASK { }' ]",
}
CUSTOM = "ex:Component a sh:ConstraintComponent ; sh:parameter [ sh:path ex:custom ] ."


@pytest.mark.parametrize("construct", REFUSED)
def test_what_has_no_query_is_refused_by_name(construct: str) -> None:
    """The error names shape and construct, and says what to do; nothing is skipped."""
    with pytest.raises(shacl.NotCompiled) as caught:
        shapes_of(f"{CUSTOM} ex:S a sh:NodeShape ; sh:targetNode ex:a ; {REFUSED[construct]} .")

    assert isinstance(caught.value, UsageError)
    assert construct == caught.value.construct
    assert "http://example.org/S" in caught.value.shape
    assert construct in str(caught.value)
    assert caught.value.advice


def test_a_graph_that_wants_reasoning_is_refused() -> None:
    """What sh:entailment asks for has to be in the data before they are validated."""
    with pytest.raises(shacl.NotCompiled, match="entailment"):
        shapes_of("ex:G sh:entailment <http://www.w3.org/ns/entailment/RDFS> .")


def test_a_deactivated_shape_is_left_out() -> None:
    """It finds nothing, whatever it has; what names it holds of every node."""
    off = "sh:deactivated true ; sh:targetNode ex:a ; sh:js ex:j ; sh:hasValue ex:b"
    on = "sh:targetNode ex:a ; sh:node ex:Off ; sh:not ex:Off"
    report = report_of("", f"ex:Off {off} . ex:On {on} .")

    assert ["<http://example.org/On>"] == list(report.looked_at)
    assert ["NotConstraintComponent"] == [r.component.partition("#")[2] for r in report.results]


def test_a_shape_without_a_name_is_called_after_its_target() -> None:
    """Two with the same target are told apart, and so are the shapes that they name."""
    blank = "[] sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    report = report_of("", blank + blank)

    label = "[ sh:targetNode <http://example.org/a> ]"
    assert {label: 1, f"{label} 2": 1} == report.looked_at
    assert 2 == len(report.counts) == len(report.results)
    assert all(r.label.endswith(" / <http://example.org/p>") for r in report.results)


def test_a_triple_in_two_graphs_counts_once() -> None:
    """The graphs that are named are one graph; others are not looked at."""
    store = store_of(
        one="ex:a a ex:C ; ex:p 1 .", two="ex:a a ex:C ; ex:p 1 .", three="ex:a ex:p 2 ; ex:q 3 ."
    )
    shapes = shapes_of(
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ; sh:minCount 2 ] ,"
        " [ sh:path ex:q ; sh:minCount 1 ] ; sh:closed true ; sh:ignoredProperties ( ex:p ) ."
    )
    graphs = [EX + "one", EX + "two"]
    report = shacl.validate(embedded(store), shapes, graphs)
    found = Counter(result.component.partition("#")[2] for result in report.results)

    assert {"<http://example.org/S>": 1} == report.looked_at
    assert {"MinCountConstraintComponent": 2, "ClosedConstraintComponent": 1} == found
    assert shacl.validate(embedded(store), shapes, [*graphs, EX + "three"]).results != []


def test_counts_come_first_and_examples_are_few() -> None:
    """Of many results of a constraint as many are brought as are asked for; counts are of all."""
    data = "".join(f"ex:n{n} a ex:C ; ex:p {n} . " for n in range(20))
    wrong = "sh:datatype xsd:string ; sh:maxInclusive 4"
    shapes = f"ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; {wrong} ] ."
    ask = embedded(store_of(default=data))
    report = shacl.validate(ask, shapes_of(shapes), most=3)
    none = shacl.validate(ask, shapes_of(shapes), most=0)

    assert [20, 15] == sorted(report.counts.values(), reverse=True)
    assert [20, 15] == sorted(none.counts.values(), reverse=True)
    assert [3, 3] == list(Counter(result.component for result in report.results).values())
    assert not report.conforms
    assert not none.conforms
    assert {"<http://example.org/S>": 20} == report.looked_at


def test_a_report_has_the_path_as_it_was() -> None:
    """A path of many steps is described by blank nodes again."""
    path = "( [ sh:inversePath ex:p ] [ sh:alternativePath ( ex:q [ sh:zeroOrMorePath ex:r ] ) ] )"
    shapes = f"ex:S sh:targetNode ex:a ; sh:path {path} ; sh:minCount 1 ; sh:severity sh:Info ."
    report = report_of("", shapes)
    (row,) = told(report.as_triples())

    assert f"{PREFIXES['sh']}inversePath <{EX}p>" in row[1]
    assert f"{PREFIXES['sh']}zeroOrMorePath <{EX}r>" in row[1]
    assert f"<{PREFIXES['sh']}Info>" == row[4]
    assert "(^ex:p)/(ex:q|(ex:r*))" == report.results[0].path.shown.replace(  # type: ignore[union-attr]
        f"<{EX}p>", "ex:p"
    ).replace(f"<{EX}q>", "ex:q").replace(f"<{EX}r>", "ex:r")


def test_a_path_of_no_step_leads_to_a_node_that_is_nowhere() -> None:
    """A target that no triple mentions, a literal too, is a value of its own."""
    shapes = (
        'ex:S sh:targetNode ex:nowhere, "text"@en ;'
        " sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:maxCount 0 ; sh:in ( 1 ) ] ."
    )
    report = report_of("", shapes)

    assert 4 == len(report.results)
    assert {"<http://example.org/nowhere>", '"text"@en'} == {str(r.focus) for r in report.results}


CLASSES = """
    ex:E rdfs:subClassOf ex:D . ex:D rdfs:subClassOf ex:C . ex:C rdfs:subClassOf ex:D .
    ex:a a ex:E ; ex:p ex:a, ex:b, "text" . ex:b a ex:Other ; ex:p ex:c . ex:c a ex:D, ex:C .
"""


@pytest.mark.parametrize("more", ["", "[] rdfs:subClassOf ex:E ."])
def test_queries_with_known_classes_find_what_those_with_paths_find(more: str) -> None:
    """Round a circle of classes too; a class without a name leaves only the path."""
    shapes = shapes_of(
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:class ex:C ] ."
        " ex:T sh:targetSubjectsOf ex:p ; sh:not [ sh:class ex:D ] ."
    )
    ask = embedded(store_of(default=CLASSES + more))
    known = shacl.below(ask, shapes)
    found = [
        [
            {(row["focus"], row.get("value")) for row in ask(check.query)}
            for check in shacl.compile(shapes, below=classes)
        ]
        for classes in (None, known)
    ]

    assert bool(more) != bool(known)
    assert [2, 1] == [len(rows) for rows in found[0]]
    assert found[0] == found[1]


def test_a_check_says_what_it_is_made_of() -> None:
    """The comment names the shape, its targets and each constraint by its key."""
    shapes = (
        "ex:S sh:targetClass ex:C ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:IRI ;"
        " sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    )
    (check,) = shacl.compile(shapes_of(shapes), [EX + "g"])
    lines = check.comment.splitlines()

    assert 3 == len(lines)
    assert "sh:targetClass <http://example.org/C>" in lines[0]
    assert {"NodeKind", "MinCount"} == {line.split()[1] for line in lines[1:]}
    for text in (check.query, check.targets, check.count, check.examples(0, 5)):
        assert "FROM <http://example.org/g>" in text
        assert "\n  " in text


def test_two_engines_agree_on_shapes_within_shapes() -> None:
    """What is counted inside sh:not, sh:xone and a qualified shape is found by both."""
    inner = "[ sh:path ex:p ; sh:minCount 2 ]"
    shapes = (
        f"ex:S sh:targetClass ex:C ; sh:not [ sh:property {inner} ] ;"
        f" sh:xone ( [ sh:property {inner} ] [ sh:class ex:D ] [ sh:property [ sh:path ex:q ;"
        f" sh:qualifiedMinCount 2 ; sh:qualifiedValueShape [ sh:property {inner} ] ] ] ) ."
    )
    data = (
        "ex:a a ex:C, ex:D ; ex:p 1, 2 . ex:b a ex:C ; ex:p 1 ; ex:q ex:a, ex:c ."
        " ex:c a ex:C ; ex:p 1, 2, 3 . ex:d a ex:C ."
    )
    ours = shacl.validate(embedded(store_of(default=data)), shapes_of(shapes))
    other = shacl.validate(second(parsed(HEAD + data)), shapes_of(shapes))

    assert told(ours.as_triples()) == told(other.as_triples())
    assert {"a", "c", "d"} == {str(r.focus).strip("<>")[-1] for r in ours.results}


@pytest.mark.parametrize("least", [1, 2, 3, 4])
def test_few_values_along_a_path_are_told_apart(least: int) -> None:
    """Inside sh:xone too, whose parts no engine is given in an IF: Virtuoso refuses them there."""
    data = "".join(
        f"ex:n{size} a ex:C ; ex:p {', '.join(f'[ ex:q {n}, {-n} ]' for n in range(1, size + 1))} ."
        for size in (1, 2)
    )
    counted = f"sh:property [ sh:path ( ex:p ex:q ) ; sh:minCount {least} ; sh:maxCount {least} ]"
    shapes = (
        "ex:S sh:targetClass ex:C ; sh:xone ("
        f" [ {counted} ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ]"
        " [ sh:property [ sh:path ex:r ; sh:minCount 1 ] ] ) ."
    )
    wrong = {result.focus.value for result in report_of(data, shapes).results}
    [check] = shacl.compile(shapes_of(shapes))

    assert wrong == {f"{EX}n{size}" for size in (1, 2) if 2 * size != least}
    assert "IF(" not in check.query


def test_a_query_is_laid_out_without_a_change() -> None:
    """Braces inside a text or a parenthesis break no line; a prefix stands for a namespace."""
    text = 'SELECT * WHERE { ?s <http://www.w3.org/2004/02/skos/core#note> "}{ . " FILTER(1 < 2) }'

    assert tidy(text).splitlines() == [
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>",
        "SELECT * WHERE {",
        '  ?s skos:note "}{ . " FILTER(1 < 2)',
        "}",
    ]
