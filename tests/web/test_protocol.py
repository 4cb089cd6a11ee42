"""The W3C's tests of the SPARQL 1.1 Protocol, asked of a running server.

The names are those of the manifest `protocol` of the SPARQL 1.1 test suite; what is sent and what
is due are written down here from the Recommendation. Updates are refused, and what is served is
the same afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from web.conftest import Running, start, stop
from web.test_server import FORM

DATA = "http://kasei.us/2009/09/sparql/data/data"
ZERO, ONE, TWO, THREE = (f"{DATA}{number}.rdf" for number in range(4))
DEFAULT, NAMED = "default-graph-uri", "named-graph-uri"
USING, USING_NAMED = "using-graph-uri", "using-named-graph-uri"
D0, D1, D2, D3 = ((DEFAULT, iri) for iri in (ZERO, ONE, TWO, THREE))
N1, N2 = (NAMED, ONE), (NAMED, TWO)
U1, U2 = (USING, ONE), (USING, TWO)
V1, V2 = (USING_NAMED, ONE), (USING_NAMED, TWO)
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
UTF_16 = "; charset=UTF-16"

BOTH = f"ASK {{ <{ONE}> a ?one . <{TWO}> a ?two }}"
EACH = f"ASK {{ GRAPH ?g {{ <{ONE}> a ?one }} GRAPH ?h {{ <{TWO}> a ?two }} }}"
FULL = f"ASK {{ <{THREE}> a ?three GRAPH ?g {{ <{ONE}> a ?one }} GRAPH ?h {{ <{TWO}> a ?two }} }}"
FROM = EACH.replace("ASK", f"ASK FROM <{THREE}>")
COPY = "DROP ALL ; INSERT { GRAPH <http://example.org/copy> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
COPY_NAMED = COPY.replace("WHERE { ?s ?p ?o }", "WHERE { GRAPH ?g { ?s ?p ?o } }")
COPY_FULL = COPY.replace("WHERE {", "WHERE { GRAPH ?g { ?a ?b ?c }")
CONFLICT = f"WITH <{ONE}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"
RELATIVE = "INSERT DATA { GRAPH <http://example.org/base> { <s> <p> <o> } }"

TRUE, ROWS, TRIPLES = "true", "rows", "triples"
REFUSED = "refused"
UNCHANGED = "refused, and the dataset is as it was"


class Case(NamedTuple):
    """What is sent and what is due: a status, and what the body is or what else holds."""

    name: str
    status: int
    due: str
    method: str
    fields: tuple[tuple[str, str], ...]
    kind: str | None = None
    body: bytes = b""


def get(name: str, status: int, due: str, *fields: tuple[str, str]) -> Case:
    return Case(name, status, due, "GET", fields)


def post(
    name: str, status: int, due: str, kind: str | None, body: str | bytes, *fields: tuple[str, str]
) -> Case:
    sent = body if isinstance(body, bytes) else body.encode()
    return Case(name, status, due, "POST", fields, kind, sent)


CASES = (
    get("query_get", 200, TRUE, ("query", "ASK {}"), D0),
    post("query_post_form", 200, TRUE, FORM, "query=ASK%20%7B%7D", D0),
    post("query_post_direct", 200, TRUE, QUERY, "ASK {}"),
    get("query_dataset_default_graphs_get", 200, TRUE, ("query", BOTH), D1, D2),
    post("query_dataset_default_graphs_post", 200, TRUE, QUERY, BOTH, D1, D2),
    get("query_dataset_named_graphs_get", 200, TRUE, ("query", EACH), N1, N2),
    post("query_dataset_named_graphs_post", 200, TRUE, QUERY, EACH, N1, N2),
    post("query_dataset_full", 200, TRUE, QUERY, FULL, D3, N1, N2),
    # What the request names takes the place of FROM.
    post("query_multiple_dataset", 200, TRUE, QUERY, FROM, N1, N2),
    post("query_content_type_select", 200, ROWS, QUERY, "SELECT (1 AS ?n) {}", D0),
    post("query_content_type_ask", 200, TRUE, QUERY, "ASK {}", D0),
    post("query_content_type_describe", 200, TRIPLES, QUERY, f"DESCRIBE <{ZERO}>", D0),
    # There is no BASE: the service has one of its own.
    post("query_content_type_construct", 200, TRIPLES, QUERY, "CONSTRUCT { <s> <p> 1 } {}", D0),
    Case("bad_query_method", 405, REFUSED, "PUT", (("query", "ASK {}"), D0), FORM),
    get("bad_multiple_queries", 400, REFUSED, ("query", "ASK {}"), ("query", "SELECT * {}")),
    post("bad_query_wrong_media_type", 415, REFUSED, "text/plain", "ASK {}"),
    post("bad_query_missing_form_type", 415, REFUSED, None, "query=ASK%20%7B%7D"),
    post("bad_query_missing_direct_type", 415, REFUSED, None, "ASK {}"),
    post("bad_query_non_utf8", 400, REFUSED, QUERY + UTF_16, "ASK {}".encode("utf-16")),
    get("bad_query_syntax", 400, REFUSED, ("query", "ASK {")),
    post("update_dataset_default_graph", 403, UNCHANGED, UPDATE, COPY, U1),
    post("update_dataset_default_graphs", 403, UNCHANGED, UPDATE, COPY, U1, U2),
    post("update_dataset_named_graphs", 403, UNCHANGED, UPDATE, COPY_NAMED, V1, V2),
    post("update_dataset_full", 403, UNCHANGED, UPDATE, COPY_FULL, U1, V2),
    post("update_post_form", 403, UNCHANGED, FORM, "update=CLEAR+ALL"),
    post("update_post_direct", 403, UNCHANGED, UPDATE, "CLEAR ALL"),
    post("update_base_uri", 403, UNCHANGED, UPDATE, RELATIVE),
    get("bad_update_get", 403, UNCHANGED, ("update", "CLEAR ALL")),
    post("bad_multiple_updates", 403, UNCHANGED, FORM, "update=CLEAR+NAMED&update=CLEAR+DEFAULT"),
    post("bad_update_wrong_media_type", 415, UNCHANGED, "text/plain", "CLEAR NAMED"),
    post("bad_update_missing_form_type", 415, UNCHANGED, None, "update=CLEAR+NAMED"),
    post("bad_update_non_utf8", 403, UNCHANGED, UPDATE + UTF_16, "CLEAR NAMED".encode("utf-16")),
    post("bad_update_syntax", 403, UNCHANGED, FORM, "update=CLEAR+XYZ"),
    post("bad_update_dataset_conflict", 403, UNCHANGED, UPDATE, CONFLICT, V1),
)

ALONE = f"ASK {{ <{ONE}> a ?one }}"
MORE = (
    post("query_dataset_default_graph", 200, TRUE, QUERY, ALONE, D1),
    post("bad_update_missing_direct_type", 415, UNCHANGED, None, "CLEAR NAMED"),
    get("unknown_default_graph", 400, REFUSED, ("query", "ASK {}"), (DEFAULT, DATA)),
    get("unknown_named_graph", 400, REFUSED, ("query", "ASK {}"), (NAMED, DATA)),
)
"""What the manifest leaves out: sisters of its cases, and graphs that there are not."""


def of(*due: str) -> pytest.MarkDecorator:
    cases = [pytest.param(case, id=case.name) for case in (*CASES, *MORE) if case.due in due]
    return pytest.mark.parametrize("case", cases)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a server that has four small graphs beside the shipped ones."""
    path = tmp_path_factory.mktemp("protocol") / "protocol.trig"
    graphs = (f"<{iri}> {{ <{iri}> a <{DATA}/Kind> }}\n" for iri in (ZERO, ONE, TWO, THREE))
    path.write_text("".join(graphs), encoding="utf-8")
    running = start("--timeout", "5", "--data", str(path))
    yield running
    stop(running)


def send(service: Running, case: Case) -> tuple[int, str, bytes]:
    """Return status, media type and body of the reply to a case."""
    path = "/sparql" + ("?" + urlencode(case.fields) if case.fields else "")
    headers = {"Content_Type": case.kind} if case.kind else {}
    reply = service.fetch(path, case.method, case.body, **headers)
    return reply.status, reply.headers["content-type"].partition(";")[0], reply.body


def dataset(service: Running) -> dict[str, bytes]:
    """Return the bytes of the union and of each named graph, by IRI, as they are served."""
    asked = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    counted = service.fetch("/sparql?" + urlencode({"query": asked})).body
    rows = json.loads(counted)["results"]["bindings"]
    found = {"counted": counted, "default": service.fetch("/graphs?default&format=nt").body}
    for graph in (row["g"]["value"] for row in rows):
        where = "/graphs?" + urlencode({"graph": graph, "format": "nt"})
        found[graph] = service.fetch(where).body
    return found


@pytest.fixture(scope="module")
def before(service: Running) -> dict[str, bytes]:
    """Return the dataset before anything is asked for."""
    found = dataset(service)
    assert f"<{ONE}>".encode() in found[ONE]
    assert found[ONE] in found["default"]
    return found


def test_there_is_a_case_for_each_of_the_manifest() -> None:
    """Thirty-four, each once."""
    assert 34 == len({case.name for case in CASES}) == len(CASES)


@of(TRUE)
def test_a_yes_is_said(service: Running, case: Case) -> None:
    """By each way to ask and over each dataset that can be named."""
    status, kind, body = send(service, case)

    assert (case.status, "application/sparql-results+json") == (status, kind)
    assert json.loads(body)["boolean"] is True


@of(ROWS)
def test_rows_come_in_a_format_of_rows(service: Running, case: Case) -> None:
    """Where nothing is said of formats, JSON."""
    status, kind, body = send(service, case)

    assert (case.status, "application/sparql-results+json") == (status, kind)
    assert "1" == json.loads(body)["results"]["bindings"][0]["n"]["value"]


@of(TRIPLES)
def test_triples_come_in_a_format_of_rdf(service: Running, case: Case) -> None:
    """Where nothing is said of formats, Turtle; its IRIs are whole."""
    status, kind, body = send(service, case)

    assert (case.status, "text/turtle") == (status, kind), body
    assert 1 == len(list(ox.parse(body, format=ox.RdfFormat.TURTLE)))


@of(REFUSED)
def test_what_is_no_query_is_refused(service: Running, case: Case) -> None:
    """With a problem that has the status due."""
    status, kind, body = send(service, case)

    assert (case.status, "application/problem+json") == (status, kind)
    assert case.status == json.loads(body)["status"]


@of(UNCHANGED)
def test_an_update_is_refused_and_changes_nothing(
    service: Running, before: dict[str, bytes], case: Case
) -> None:
    """Well-formed or not: all graphs have the same bytes afterwards, and there is no other."""
    status, kind, body = send(service, case)

    assert (case.status, "application/problem+json") == (status, kind)
    assert case.status == json.loads(body)["status"]
    assert before == dataset(service)


def test_a_dataset_that_is_named_has_nothing_else_in_it(service: Running) -> None:
    """The questions of the dataset cases are no without the graph that they need."""
    for query, *fields in (
        (BOTH, D1),
        (BOTH, N1, N2),
        (EACH, N1),
        (EACH, D1, D2),
        (FULL, N1, N2),
        (FROM, D1, D2),
    ):
        body = send(service, get("named", 200, "no", ("query", query), *fields))[2]
        assert json.loads(body)["boolean"] is False, (query, fields)
