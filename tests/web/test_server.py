"""A running server: the protocol for programs, and what strangers try with it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from sco_graph.namespaces import BASE, GRAPH, ID
from sco_graph.reading import RDF_FORMATS
from web.conftest import Fetch, Running, start, stop

MEMBERS = (
    "SELECT DISTINCT ?code { ?state scog:memberStateOf organization:sco ; "
    "scog:iso3166Alpha3 ?code } ORDER BY ?code"
)
CODES = ["BLR", "CHN", "IND", "IRN", "KAZ", "KGZ", "PAK", "RUS", "TJK", "UZB"]
DEATHS = (
    "SELECT ?x { ?a ?b ?c . ?d ?e ?f BIND("
    + "REPLACE(" * 9
    + "STR(?a)"
    + ', "(.*)*e", "$1ee$1ee")' * 9
    + ' AS ?x) FILTER (REGEX(?x, "z$")) }',
    "SELECT (COUNT(*) AS ?n) { ?a (skos:prefLabel|!skos:prefLabel|^!skos:prefLabel)* ?b }",
)
FORM = "application/x-www-form-urlencoded"
JSON = "application/sparql-results+json"


def asked(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, **more})


def codes(body: bytes) -> list[str]:
    return [row["code"]["value"] for row in json.loads(body)["results"]["bindings"]]


@pytest.mark.parametrize("way", ["get", "form", "body"])
def test_a_query_is_taken_in_the_three_ways_of_the_protocol(fetch: Fetch, way: str) -> None:
    """By GET, by a form, and as it is."""
    if way == "get":
        reply = fetch(asked(MEMBERS))
    elif way == "form":
        body = urlencode({"query": MEMBERS}).encode()
        reply = fetch("/sparql", "POST", body, Content_Type=FORM)
    else:
        reply = fetch("/sparql", "POST", MEMBERS.encode(), Content_Type="application/sparql-query")

    assert (200, JSON) == (reply.status, reply.headers["content-type"])
    assert codes(reply.body) == CODES


def test_rows_come_in_each_format_of_results(fetch: Fetch) -> None:
    """JSON, XML, CSV and TSV say the same."""
    xml = fetch(asked(MEMBERS), Accept="application/sparql-results+xml").body
    tree = ElementTree.fromstring(xml)  # noqa: S314  # our own server wrote it
    rows = tree.iter("{http://www.w3.org/2005/sparql-results#}literal")
    table = fetch(asked(MEMBERS, format="csv")).body.decode()
    tabbed = fetch(asked(MEMBERS), Accept="text/tab-separated-values").body.decode()

    assert CODES == [row.text for row in rows]
    assert CODES == [row["code"] for row in csv.DictReader(io.StringIO(table))]
    assert [f'"{code}"' for code in CODES] == tabbed.split()[1:]
    assert {"head": {}, "boolean": True} == json.loads(fetch(asked("ASK { ?s a scog:State }")).body)


@pytest.mark.parametrize("name", ["ttl", "nt", "nq", "trig", "jsonld", "rdfxml"])
def test_a_graph_comes_in_each_format_of_rdf(fetch: Fetch, name: str) -> None:
    """Read back it is the same triples."""
    query = "CONSTRUCT { ?s scog:iso3166Alpha3 ?code } WHERE { ?s scog:iso3166Alpha3 ?code }"
    reply = fetch(asked(query, format=name))

    assert 200 == reply.status
    assert 27 == len({quad.triple for quad in ox.parse(reply.body, format=RDF_FORMATS[name])})


def test_each_graph_can_be_asked_alone(fetch: Fetch) -> None:
    """By the protocol or by the query; the default is the union of all."""
    count = "SELECT (COUNT(*) AS ?code) { ?s a scog:Participation }"
    document = GRAPH + "china-keywords-2019"
    named = "SELECT (COUNT(*) AS ?code) { GRAPH ?g { ?s a scog:Participation } }"

    assert ["69"] == codes(fetch(asked(count)).body)
    assert ["18"] == codes(fetch(asked(count, **{"default-graph-uri": document})).body)
    assert ["18"] == codes(fetch(asked(named, **{"named-graph-uri": document})).body)
    from_ = count.replace("{", f"FROM <{document}> {{", 1)
    assert ["18"] == codes(fetch(asked(from_)).body)
    reference = GRAPH + "reference"
    distinct = "SELECT (COUNT(*) AS ?code) { { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } }"
    whole = "SELECT (COUNT(*) AS ?code) { ?s ?p ?o }"
    two = [
        query.replace("{", f"FROM <{document}> FROM <{reference}> {{", 1)
        for query in (distinct, whole)
    ]
    assert codes(fetch(asked(two[0])).body) == codes(fetch(asked(two[1])).body)
    both = "&".join(f"default-graph-uri={quote(iri)}" for iri in (document, reference))
    assert codes(fetch(asked(two[0])).body) == codes(fetch(f"{asked(whole)}&{both}").body)
    unknown = fetch(asked(count, **{"default-graph-uri": "file:///etc/passwd"}))
    assert (400, True) == (unknown.status, document in json.loads(unknown.body)["detail"])


@pytest.mark.parametrize(
    ("path", "method", "body", "kind", "status"),
    [
        ("/sparql?query=", "GET", None, None, 400),
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "GET", None, None, 400),
        ("/sparql?query=ASK%7B%7D&update=CLEAR%20ALL", "GET", None, None, 400),
        ("/sparql?update=CLEAR%20ALL", "GET", None, None, 403),
        ("/sparql", "POST", b"update=CLEAR+ALL", FORM, 403),
        ("/sparql", "POST", b"CLEAR ALL", "application/sparql-update", 403),
        ("/sparql", "POST", b"DROP ALL", "application/sparql-query", 403),
        ("/sparql", "POST", b"query=INSERT+DATA+%7B%3Ca%3Aa%3E+%3Ca%3Ab%3E+1%7D", FORM, 403),
        ("/sparql", "POST", b"", FORM, 400),
        ("/sparql", "POST", b"ASK {}", "text/plain", 415),
        ("/sparql", "POST", b"ASK { \xff }", "application/sparql-query", 400),
        ("/sparql", "POST", b"ASK { \0 }", "application/sparql-query", 400),
        ("/sparql", "POST", b"#" * (1 << 20), "application/sparql-query", 413),
        ("/sparql", "PUT", b"x", None, 405),
        ("/sparql", "DELETE", None, None, 405),
        ("/graphs?default", "PUT", b"<a:a> <a:b> 1 .", None, 405),
        ("/graphs?default", "POST", b"<a:a> <a:b> 1 .", None, 405),
        ("/id/state/india", "PATCH", b"", None, 405),
        ("/sparql?query=" + "x" * 9000, "GET", None, None, 414),
        ("/sparql?query=nonsense", "GET", None, None, 400),
        ("/id/state/atlantis", "GET", None, None, 404),
        ("/id/x%3E%20%7D%20UNION%20%7B%3Fs%20%3Fp%20%3Fo%7D/y", "GET", None, None, 404),
        ("/../../etc/passwd", "GET", None, None, 404),
        ("/static/..%2f..%2fapp.py", "GET", None, None, 404),
        ("/static/%2e%2e%2fapp.py", "GET", None, None, 404),
        ("/search?lang=en%22))%20%7C%7C%20true%20%23", "GET", None, None, 400),
        ("/query/nothing", "GET", None, None, 404),
        ("/query/members?at=2019-02-30", "GET", None, None, 400),
        ("/graphs", "GET", None, None, 400),
        ("/graphs?graph=x:y", "GET", None, None, 404),
        ("/nowhere", "GET", None, None, 404),
    ],
)
def test_what_is_not_answered_is_a_problem_that_says_why(
    fetch: Fetch, path: str, method: str, body: bytes | None, kind: str | None, status: int
) -> None:
    """problem+json with a status of its own; nothing is written."""
    headers = {"Content_Type": kind} if kind else {}
    reply = fetch(path, method, body, **headers)

    assert (status, "application/problem+json") == (reply.status, reply.headers["content-type"])
    said = json.loads(reply.body)
    assert (status, True) == (said["status"], bool(said["title"]))
    if status == 405:
        assert "GET" in reply.headers["allow"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <ADDRESS> { ?s ?p ?o } }",
        "SELECT * { service<ADDRESS>{?s ?p ?o} }",
        "SELECT * { SERVICE # <x>\n SILENT <ADDRESS> { ?s ?p ?o } }",
        "SELECT * { VALUES ?u { <ADDRESS> } SERVICE ?u { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <ADDRESS> { ?s ?p ?o } } }",
        "PREFIX h: <ADDRESS> SELECT * { SERVICE h: { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <ADDRESS> { ?s ?p ?o } }",
        "LOAD <ADDRESS>",
        "SELECT * FROM <ADDRESS> { ?s ?p ?o }",
    ],
)
def test_no_packet_goes_out(fetch: Fetch, query: str) -> None:
    """A listener hears nothing; the query is refused."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        reply = fetch(asked(query.replace("ADDRESS", address)))
        with pytest.raises(TimeoutError):
            listener.accept()

    assert reply.status in (400, 403)


@pytest.mark.parametrize("query", DEATHS)
def test_a_query_of_death_is_ended_and_others_are_answered_meanwhile(
    fetch: Fetch, query: str
) -> None:
    """At the deadline, with 504, and the server says that it is well in between."""
    with ThreadPoolExecutor(8) as many:
        began = time.monotonic()
        deaths = [many.submit(fetch, asked(query)) for _ in range(2)]
        time.sleep(0.3)
        before = time.monotonic()
        assert 200 == fetch("/healthz").status
        assert time.monotonic() - before < 1
        statuses = {death.result().status for death in deaths}

    # One that takes memory before time is told so.
    assert statuses <= {400, 503, 504}
    assert time.monotonic() - began < 6
    assert CODES == codes(fetch(asked(MEMBERS)).body)


@pytest.mark.parametrize(
    ("query", "spoken"),
    [
        ("?lang=ru", "ru"),
        ("", "zh"),
        ("?lang=xx", "zh"),
        ("?lang=", "zh"),
        ("?lang=%FF", "zh"),
        ("?" + "&".join(["lang=ru"] * 65), "zh"),
    ],
)
def test_the_page_of_an_error_is_in_the_language_that_is_asked_for(
    fetch: Fetch, query: str, spoken: str
) -> None:
    """By name, or else by what the browser prefers; a name that is wrong does not hide it."""
    reply = fetch(f"/nowhere{query}", Accept="text/html", Accept_Language="zh")

    assert (404, spoken) == (reply.status, reply.headers["content-language"])
    assert f'<html lang="{spoken}">' in reply.body.decode()


def test_a_thing_leads_to_its_document_by_what_is_accepted(fetch: Fetch) -> None:
    """303, then the page or the data; tags are exact."""
    leads = {
        accept: fetch("/id/state/india", Accept=accept).headers["location"]
        for accept in ("text/html", "text/turtle", "application/ld+json", "*/*")
    }
    page = fetch("/id/state/india.html", Accept_Language="zh")
    data = fetch("/id/state/india.ttl")
    again = fetch("/id/state/india.ttl", If_None_Match=data.headers["etag"])

    assert {
        "text/html": "/id/state/india.html",
        "text/turtle": "/id/state/india.ttl",
        "application/ld+json": "/id/state/india.jsonld",
        "*/*": "/id/state/india.ttl",
    } == leads
    assert ("zh", True) == (page.headers["content-language"], "印度" in page.body.decode())
    assert 'rel="alternate"' in page.headers["link"]
    assert (304, b"") == (again.status, again.body)
    assert f"{ID}state/india" in {
        quad.subject.value
        for quad in ox.parse(data.body, format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode)
    }
    assert 406 == fetch("/id/state/india", Accept="image/png").status


def test_each_address_is_there_for_head_and_options(fetch: Fetch) -> None:
    """HEAD has the headers of GET and no body; OPTIONS says what is allowed."""
    for path in ("/", "/id/state/india.ttl", "/ontology.ttl", "/query/members", "/graphs?default"):
        got, head = fetch(path), fetch(path, "HEAD")
        options = fetch(path, "OPTIONS")
        assert (200, 200, b"") == (got.status, head.status, head.body), path
        assert got.headers["etag"] == head.headers["etag"]
        assert (204, "GET, HEAD, OPTIONS") == (options.status, options.headers["allow"])
        assert "*" == options.headers["access-control-allow-origin"]
    assert "GET, HEAD, OPTIONS, POST" == fetch("/sparql", "OPTIONS").headers["allow"]


def test_the_endpoint_and_the_dataset_describe_themselves(fetch: Fetch) -> None:
    """A bare GET that asks for RDF; VoID; the saved questions as executables."""
    service = fetch("/sparql", Accept="text/turtle").body.decode()
    void = fetch("/.well-known/void").body.decode()
    saved = fetch("/.well-known/sparql-examples").body.decode()
    query = "SELECT (COUNT(DISTINCT ?q) AS ?code) { ?q a sh:SPARQLExecutable }"

    assert "entailment/OWL-RL" in service
    assert f"{GRAPH}public-record" in service.replace("graph:", GRAPH)
    assert "classPartition" in void
    assert re.search(r"sparqlEndpoint>? <http://127\.0\.0\.1:\d+/sparql>", void)
    assert 15 < saved.count("SPARQLExecutable")
    assert 15 < int(codes(fetch(asked(query)).body)[0])
    assert fetch("/sparql", Accept="text/html").headers["content-type"].startswith("text/html")


def test_every_reply_is_safe_to_show(fetch: Fetch) -> None:
    """Nothing runs, nothing is sniffed, nobody is told, and reading is free for all."""
    for path in ("/", "/sparql?query=x", "/id/state/india.html", "/nowhere", "/static/style.css"):
        headers = fetch(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert ("nosniff", "no-referrer", "*") == (
            headers["x-content-type-options"],
            headers["referrer-policy"],
            headers["access-control-allow-origin"],
        )
        assert "access-control-allow-credentials" not in headers


def test_another_host_is_not_served(fetch: Fetch) -> None:
    """A page elsewhere cannot reach it by a name of its own."""
    assert 421 == fetch("/", Host="evil.example").status
    assert 200 == fetch("/healthz", Host="localhost").status


def test_a_saved_question_is_answered_in_each_language_and_on_any_day(fetch: Fetch) -> None:
    """As the command line answers it."""
    rows = fetch("/query/observers?at=2019-07-11&lang=ru&format=csv").body.decode()
    assert ["AFG", "BLR", "IRN", "MNG"] == [r["iso3"] for r in csv.DictReader(io.StringIO(rows))]
    assert "Иран" in rows
    page = fetch("/query/observers?at=2019-07-11&lang=zh", Accept="text/html").body.decode()
    assert "伊朗" in page


def test_a_parameter_that_is_given_twice_is_refused(fetch: Fetch) -> None:
    """Nobody guesses which of two days was meant."""
    reply = fetch("/query/members?at=2017-06-08&at=2017-06-09")

    assert 400 == reply.status
    assert "given twice" in json.loads(reply.body)["title"]


def test_every_graph_can_be_fetched(fetch: Fetch) -> None:
    """By its IRI or at its address; the union too."""
    name = GRAPH + "current"
    alone = fetch(f"/graphs?graph={quote(name)}&format=nt").body
    assert alone == fetch("/graph/current.nt").body
    assert 128 == len(alone.splitlines())
    assert 20_000 < len(fetch("/graphs?default&format=nt").body.splitlines())
    assert fetch("/graph/current").headers["location"] == "/graph/current.ttl"


def test_the_log_has_no_queries(server: Running, fetch: Fetch) -> None:
    """A hash stands for what was asked."""
    fetch("/search?q=" + quote("секретно"))
    time.sleep(0.3)
    lines = [line for line in server.log if " /search?" in line]

    assert lines
    assert all("sha256:" in line and "q=" not in line for line in lines)


def test_a_slow_head_is_not_waited_for_for_ever() -> None:
    """The limit is in the code; that it closes is what a client sees."""
    from sco_graph.web import connection

    assert 1 <= connection.HEAD_SECONDS <= 30  # the bound itself


def test_it_stops_within_a_second_and_leaves_no_process() -> None:
    """Also while a query runs."""
    running = start("--timeout", "30")
    with ThreadPoolExecutor(1) as one:
        death = one.submit(
            running.fetch, asked("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a")
        )
        time.sleep(0.5)
        took = stop(running)
        assert death.exception(5) is not None or death.result().status >= 400

    assert took < 2
    with pytest.raises(ProcessLookupError):
        os.kill(running.process.pid, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "0.0.0.0"), "--public"),  # noqa: S104  # that is what is refused
        (("--timeout", "0"), "above 0"),
        (("--data", "no-such-file.ttl"), "no-such-file.ttl"),
    ],
)
def test_what_cannot_be_served_is_refused(arguments: tuple[str, ...], said: str) -> None:
    """Before it listens, with exit code 2."""
    command = [sys.executable, "-m", "sco_graph", "serve", "--port", "0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert 2 == done.returncode
    assert said in done.stderr


def test_files_are_served_beside_the_graph(tmp_path: object) -> None:
    """Each in a graph named after it."""
    from pathlib import Path

    path = Path(str(tmp_path)) / "mine.ttl"
    path.write_text(f"<{ID}state/india> <http://example.org/people> 14 .", encoding="utf-8")
    running = start("--data", str(path))
    try:
        found = running.fetch(asked(f"SELECT ?code {{ GRAPH <{GRAPH}mine> {{ ?s ?p ?code }} }}"))
        assert ["14"] == codes(found.body)
        assert f"{BASE}graph/mine" in running.fetch("/sparql").body.decode().replace(
            "graph:", GRAPH
        )
    finally:
        stop(running)
