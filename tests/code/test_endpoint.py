"""An endpoint is asked as the embedded store is; what hosts get wrong is told in words."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from sco_graph import cache, describe, queries, sparql, terms
from sco_graph.endpoint import Address, Endpoint
from sco_graph.errors import InputError, UsageError
from sco_graph.layout import Layout
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Rows
from sco_graph.wire import Wire

JSON = "application/sparql-results+json"
EMPTY = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'
SECRET = "open-sesame"  # noqa: S105  # it must show nowhere

Answer = Callable[[BaseHTTPRequestHandler, dict[str, list[str]]], None]


def say(handler: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Yield the address of a server on loopback that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer(self, parse_qs(body.decode()))

        do_GET = do_POST  # noqa: N815  # the same

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def real(store: ox.Store) -> Answer:
    """Answer as an engine does whose default graph is the unnamed one."""

    def answer(handler: BaseHTTPRequestHandler, given: dict[str, list[str]]) -> None:
        graphs = [ox.NamedNode(iri) for iri in given.get("default-graph-uri", [])]
        named = [ox.NamedNode(iri) for iri in given.get("named-graph-uri", [])]
        text = given["query"][0]
        found = (
            store.query(text, default_graph=[*graphs], named_graphs=[*named])
            if graphs
            else store.query(text)
        )
        if isinstance(found, ox.QueryTriples):
            body = ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""
            say(handler, 200, "application/n-triples", body)
        else:
            body = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
            say(handler, 200, JSON, body)

    return answer


@pytest.fixture(scope="module")
def graph() -> ox.Store:
    """Return the shipped graph with its vocabulary."""
    return cache.with_vocabulary(Layout.shipped())


def test_every_saved_question_runs_unchanged_at_an_endpoint(graph: ox.Store) -> None:
    """Rows, their order and the notes are those of the embedded store."""
    saved = queries.saved(Layout.shipped().queries)
    with serving(real(graph)) as address:
        there = Endpoint(Address(address))
        for question in saved:
            for lang in ("en", "zh"):
                asking = queries.example(graph, question, lang)
                here = queries.ask(graph, question, asking)
                assert here == queries.ask(there, question, asking)._replace(
                    rows=list(queries.ask(there, question, asking).rows)
                ), question.name

    assert len(saved) > 15


def test_a_thing_is_described_and_explained_at_an_endpoint(graph: ox.Store) -> None:
    """What needs many requests gives the same too."""
    with serving(real(graph)) as address:
        there = Endpoint(Address(address))
        iri = terms.resolve(there, "KAZ")

        assert terms.resolve(graph, "KAZ") == iri
        assert describe.describe(graph, iri, "zh") == describe.describe(there, iri, "zh")


def html(handler: BaseHTTPRequestHandler, _: object) -> None:
    say(handler, 200, "text/html", b"<!DOCTYPE html><h1>Welcome</h1>")


def nothing(handler: BaseHTTPRequestHandler, _: object) -> None:
    say(handler, 200, JSON, b"")


def error_inside(handler: BaseHTTPRequestHandler, _: object) -> None:
    say(handler, 200, JSON, EMPTY[:-4] + b"The query was cancelled")


def cut(handler: BaseHTTPRequestHandler, _: object) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(EMPTY[:20])


def refuses(handler: BaseHTTPRequestHandler, _: object) -> None:
    say(handler, 403, "text/plain", b"no updates here")


def locked(handler: BaseHTTPRequestHandler, _: object) -> None:
    handler.send_response(401)
    handler.send_header("WWW-Authenticate", 'Basic realm="x"')
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def elsewhere(handler: BaseHTTPRequestHandler, _: object) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://198.51.100.7/sparql")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (html, "answers text/html, no SPARQL results: .*Welcome"),
        (nothing, "no SPARQL results"),
        (error_inside, "cut or no SPARQL results; it ends: .*cancelled"),
        (cut, "the answer was cut"),
        (refuses, "answers 403: no updates here"),
        (locked, "401: it wants credentials that fit: set SCO_GRAPH_USER"),
        (elsewhere, "another host, 198.51.100.7"),
    ],
)
def test_a_host_that_gives_no_answer_is_told_in_words(
    answer: Answer, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fault with the address and what came; the password shows nowhere."""
    monkeypatch.setenv("SCO_GRAPH_USER", "someone")
    monkeypatch.setenv("SCO_GRAPH_PASSWORD", SECRET)
    with serving(answer) as address:
        with pytest.raises(InputError, match=words) as raised:
            Endpoint(Address(address)).query("SELECT ?s { ?s a ?o }", union=False)
        assert address.rpartition("/")[0] in str(raised.value)
        assert SECRET not in str(raised.value)


# The standard library leaves a socket open after a time limit, until it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_host_that_is_not_there_or_too_slow_is_told(graph: ox.Store) -> None:
    """No connection, and no answer within the time."""
    with serving(real(graph)) as address:
        gone = address
    with pytest.raises(InputError, match="Connection refused"):
        Endpoint(Address(gone)).query("ASK { }", union=False)
    wait = threading.Event()

    def slow(*_: object) -> None:
        wait.wait(10)

    with serving(slow) as address:
        with pytest.raises(InputError, match=r"no answer within 0\.2 seconds"):
            Endpoint(Address(address), timeout=0.2).query("ASK { }", union=False)
        wait.set()
    gc.collect()


def test_an_answer_that_was_cut_at_a_number_of_rows_is_told() -> None:
    """A host that gives 10,000 rows and no word is held against its own count."""
    row = b'{"s": {"type": "uri", "value": "a:a"}}'
    count = b'{"rows": {"type": "literal", "value": "12345"}}'

    def capped(handler: BaseHTTPRequestHandler, given: dict[str, list[str]]) -> None:
        counting = "COUNT" in given["query"][0]
        name, rows = (b"rows", [count]) if counting else (b"s", [row] * 10_000)
        body = b'{"head": {"vars": ["%b"]}, "results": {"bindings": [%b]}}'
        say(handler, 200, JSON, body % (name, b",".join(rows)))

    with serving(capped) as address:
        endpoint = Endpoint(Address(address))
        with pytest.raises(InputError, match="gave 10000 of 12345 rows"):
            endpoint.query("SELECT ?s { ?s a ?o } ORDER BY ?s", union=False)
        limited = endpoint.query("SELECT ?s { ?s a ?o } LIMIT 10000", union=False)
        assert isinstance(limited, Rows)
        assert 10_000 == len(limited.solutions)


def test_credentials_come_from_the_environment_or_netrc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are sent where they are asked for; an address that holds some is refused."""
    heard: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler, given: object) -> None:
        heard.append(handler.headers.get("Authorization"))
        if heard[-1] is None:
            locked(handler, given)
        else:
            say(handler, 200, JSON, EMPTY)

    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login someone password {SECRET}\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.delenv("SCO_GRAPH_USER", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(answer) as address:
        Endpoint(Address(address)).query("SELECT ?s { ?s a ?o }", union=False)

    assert [None, "Basic c29tZW9uZTpvcGVuLXNlc2FtZQ=="] == heard
    with pytest.raises(UsageError, match="not taken from an address") as raised:
        Wire(f"http://someone:{SECRET}@127.0.0.1/sparql")
    assert SECRET not in str(raised.value)


def test_a_dry_run_shows_each_request_and_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """With method, address and body, without credentials."""
    monkeypatch.setenv("SCO_GRAPH_USER", "someone")
    monkeypatch.setenv("SCO_GRAPH_PASSWORD", SECRET)
    shown: list[str] = []
    endpoint = Endpoint(
        Address("http://127.0.0.1:9/q", "http://127.0.0.1:9/u", "http://127.0.0.1:9/g"),
        dry=shown.append,
    )
    endpoint.add("a:g", b"<a:a> <a:b> <a:c> .\n")
    endpoint.update("DROP GRAPH <a:g>")
    endpoint.query("SELECT ?s { ?s a scog:State }", union=False)

    assert ["POST http://127.0.0.1:9/g?graph=a%3Ag", "POST http://127.0.0.1:9/u"] == [
        text.splitlines()[0] for text in shown[:2]
    ]
    assert "DROP GRAPH <a:g>" in shown[1]
    assert "scog%3AState" in shown[2]
    assert SECRET not in "".join(shown)


@pytest.mark.parametrize(
    ("text", "form", "graphs"),
    [
        ("# SELECT\nASK { ?s ?p 'SELECT {' }", "ASK", ""),
        ("PREFIX a: <http://select/{> SELECT * FROM <a:b> WHERE { ?s ?p ?o }", "SELECT", "FROM"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT", ""),
        ("DESCRIBE <a:a>", "DESCRIBE", ""),
    ],
)
def test_the_head_of_a_query_is_found(text: str, form: str, graphs: str) -> None:
    """Comments, IRIs and strings say nothing about it."""
    found = sparql.head(text)

    assert (form, graphs) == (found.form, found.graphs.split(" ")[0])


def test_each_prefix_that_is_used_is_declared_once() -> None:
    """One with a hyphen too; none that stands in a comment, a string, an IRI, or is there."""
    text = "PREFIX org: <x:y>\nASK { office-holding:a org:role 'scog:b' , <skos:c> } # foaf:d"

    assert text == sparql.declared(text).removeprefix(
        f"PREFIX office-holding: <{PREFIXES['office-holding']}>\n"
    )
    assert all(
        f"PREFIX {name}: <" in sparql.declared(f"ASK {{ {name}:a ?p 1 }}") for name in PREFIXES
    )


def test_a_count_of_rows_is_one_row_of_the_same_question(graph: ox.Store) -> None:
    """For each saved question, with FROM and ORDER BY too; none for one with a limit."""
    for question in queries.saved(Layout.shipped().queries):
        values = queries.bound(graph, question, queries.example(graph, question, "en"))
        text = sparql.declared(sparql.substitute(question.text, values))
        counting = sparql.counting(text)
        assert counting
        found = graph.query(counting, use_default_graph_as_union=True)
        rows = graph.query(text, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        assert isinstance(rows, ox.QuerySolutions)
        assert str(len(list(rows))) == next(iter(found))["rows"].value, question.name
    assert sparql.counting("SELECT * { ?s ?p ?o } LIMIT 5") is None
    assert PREFIXES["scog"] in sparql.declared("ASK { ?s a scog:State }")
