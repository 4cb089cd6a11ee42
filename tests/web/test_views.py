"""Answers as pages: the first rows of how many, and the views that a query can name."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from sco_graph import queries, sparql
from sco_graph.errors import UsageError
from sco_graph.layout import Layout
from sco_graph.namespaces import LANGUAGES
from sco_graph.web.documents import EXAMPLES
from sco_graph.web.networks import place
from web.conftest import Fetch

ROLES = """SELECT ?member ?role ?since ?until {
  ?claim org:member ?member ; org:role ?role ; scog:validFrom ?since
  OPTIONAL { ?claim scog:validUntil ?until } } ORDER BY ?since ?member"""


def page(fetch: Fetch, query: str, **more: str) -> str:
    reply = fetch("/sparql?" + urlencode({"query": query, "format": "html", **more}))
    assert 200 == reply.status, reply.body
    return reply.body.decode()


def rows(fetch: Fetch, query: str) -> list[dict[str, object]]:
    found = fetch("/sparql?" + urlencode({"query": query, "format": "json"}))
    bindings: list[dict[str, object]] = json.loads(found.body)["results"]["bindings"]
    return bindings


def view(text: str) -> str:
    found = re.search(r'<div id="view">(.*?)</div>\s*<details', text, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("way", ["comment", "parameter"])
def test_a_query_is_shown_as_a_time_line(fetch: Fetch, way: str) -> None:
    """By its comment or by a parameter; each dated row is a bar, and the table stays at hand."""
    query = "#defaultView:Timeline\n" + ROLES if way == "comment" else ROLES
    more = {} if way == "comment" else {"view": "timeline"}
    text = page(fetch, query, **more)

    assert len(rows(fetch, ROLES)) == view(text).count('class="bar c') > 40
    assert "/id/state/kyrgyzstan" in view(text)
    assert len(rows(fetch, ROLES)) + 1 == text.count("<tr>")


def test_a_query_is_shown_as_a_graph(fetch: Fetch) -> None:
    """The first thing of a row leads to the others; triples lead from subject to object."""
    select = "#defaultView:Graph\nSELECT ?organ ?whole { ?organ scog:organOf ?whole }"
    construct = "# defaultView: graph\nCONSTRUCT { ?a org:linkedTo ?b } { ?a scog:organOf ?b }"
    organs = rows(fetch, "SELECT DISTINCT ?organ ?whole { ?organ scog:organOf ?whole }")
    named = {json.dumps(cell) for row in organs for cell in row.values()}

    for query in (select, construct):
        shown = view(page(fetch, query))
        assert (len(organs), len(named)) == (shown.count("<line"), shown.count("<circle")), query


def test_a_view_that_does_not_fit_says_what_it_needs(fetch: Fetch) -> None:
    """No picture is made up; the table is open."""
    query = "SELECT ?code { ?state scog:iso3166Alpha3 ?code }"
    for name, word in (("timeline", "dates"), ("graph", "IRIs")):
        text = page(fetch, query, view=name)
        assert word in view(text)
        assert "<svg" not in view(text)
        assert '<details class="plain" open>' in text


def test_a_page_shows_the_first_rows_and_says_how_many_there_are(fetch: Fetch) -> None:
    """The other formats hold all; triples are counted alike."""
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    count = len(fetch("/sparql?" + urlencode({"query": query, "format": "tsv"})).body.splitlines())
    text = page(fetch, query)
    triples = page(fetch, "CONSTRUCT WHERE { ?s ?p ?o }")

    assert f"Rows: {count - 1} · The first 500" in text
    assert 501 == text.count("<tr>")
    assert f"Triples: {count - 1} · The first 500" in triples
    assert "Rows: 27</p>" in page(fetch, "SELECT ?s { ?s a scog:State }")


def test_a_page_takes_a_bounded_part_of_a_wide_answer(fetch: Fetch) -> None:
    """Columns and long texts count: no page is larger than a reader can use."""
    wide = " ".join(f"(?s AS ?c{number})" for number in range(200))
    long = "CONCAT(?x, ?x, ?x, ?x)"
    text = f"SELECT ({long} AS ?y) {{ ?s a ?k BIND({'CONCAT('} STR(?k), STR(?k)) AS ?x) }}"

    assert 2 < page(fetch, f"SELECT {wide} {{ ?s ?p ?o }}").count("<tr>") < 100
    assert "Rows: " in page(fetch, text)


def test_every_saved_question_stands_alone_as_data(fetch: Fetch) -> None:
    """What the examples graph holds, asked as it stands, has the rows that the runner gives."""
    found = fetch(f"/graphs?graph={EXAMPLES}", Accept="application/n-triples")
    texts = {
        quad.subject.value.rpartition("/")[2]: quad.object.value
        for quad in ox.parse(found.body, format=ox.RdfFormat.N_TRIPLES)
        if quad.predicate.value.endswith("#select")
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.Literal)
    }
    saved = queries.saved(Layout.shipped().queries)

    assert {question.name for question in saved} == texts.keys()
    for question in saved:
        if all(p.default is not None or p.name == "organization" for p in question.parameters):
            whole = json.loads(fetch(f"/query/{question.name}?format=json").body)
            assert whole["results"]["bindings"] == rows(fetch, texts[question.name]), question.name
        else:
            assert rows(fetch, texts[question.name]), question.name


def test_a_value_is_written_where_its_variable_stands() -> None:
    """In nested groups too; a column keeps its name, strings and comments stay, order is kept."""
    text = (
        'SELECT DISTINCT ?at (STR(?at) AS ?day) ?s { ?s ?p "?at" . # ?at\n'
        "  OPTIONAL { ?s <x:at?at> ?d FILTER (?d < $at) } } "
        "GROUP BY ?at ?s ORDER BY ?at DESC(?s) LIMIT 5"
    )
    day = ox.Literal("2019-07-11", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    literal = '"2019-07-11"^^xsd:date'

    assert (
        f'SELECT DISTINCT ({literal} AS ?at) (STR({literal}) AS ?day) ?s {{ ?s ?p "?at" . # ?at\n'
        f"  OPTIONAL {{ ?s <x:at?at> ?d FILTER (?d < {literal}) }} }} "
        "GROUP BY ?at ?s ORDER BY ?at DESC(?s) LIMIT 5"
    ) == sparql.substitute(text, {"at": day})


def test_a_value_that_the_query_binds_itself_is_refused() -> None:
    """Two values for one variable would be another question."""
    with pytest.raises(UsageError, match="binds \\?lang itself"):
        sparql.substitute("SELECT * { BIND (1 AS ?lang) }", {"lang": ox.Literal("en")})


def test_nodes_have_places_of_their_own_whatever_the_edges() -> None:
    """A ring, a star, two components, a loop: nobody stands on another, all are inside."""
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("l", "l")]
    edges += [("star", f"s{number}") for number in range(100)]
    spots, wide, high = place(edges)

    assert {node for edge in edges for node in edge} == spots.keys()
    assert len(spots) == len(set(spots.values()))
    assert all(0 < spot.x < wide and 0 < spot.y < high for spot in spots.values())


def test_a_drawing_is_as_large_as_its_nodes_and_labels() -> None:
    """Labels lead away from the middle and are inside; on each side something is near the edge."""
    widths = {"hub": 60.0, **{f"s{number}": 40.0 + 10 * number for number in range(12)}}
    spots, wide, high = place([("hub", node) for node in widths if node != "hub"], widths)
    hub = spots["hub"]
    boxes = []
    for node, spot in spots.items():
        x, y = spot.label
        start = x - widths[node] * (1 - spot.side) / 2
        boxes.append((start, y - 14, start + widths[node], y + 4))
        away = {-1: spot.x < hub.x, 0: abs(spot.x - hub.x) < 30, 1: spot.x > hub.x}
        assert away[spot.side], node

    assert {-1, 0, 1} == {spot.side for spot in spots.values()}
    for number, edge in enumerate((0, 0, wide, high)):
        nearest = min(abs(box[number] - edge) for box in boxes)
        assert 0 < nearest < 25, number
    assert all(a > 0 and b > 0 and c < wide and d < high for a, b, c, d in boxes)
    assert [] == [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[:number]
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


def test_another_language_shows_the_same_answer(fetch: Fetch) -> None:
    """The query, its view and the page stay as they are; an answer in a table names no view."""
    for more in ({}, {"view": "timeline"}):
        text = page(fetch, ROLES, lang="en", **more)
        links = re.findall(r'<li><a href="([^"]+)" lang="\w+" hreflang="(\w+)"', text)
        asked = {tag: dict(parse_qsl(urlsplit(unescape(href)).query)) for href, tag in links}

        assert set(LANGUAGES) == asked.keys()
        for tag, given in asked.items():
            assert {"query": ROLES, "format": "html", "lang": tag, **more} == given
