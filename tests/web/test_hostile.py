"""What strangers ask of the endpoint, besides what `test_server.py` holds already.

`test_hostile_requests.py` has what they try with pages, addresses and connections.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

from web.conftest import Reply, Running, start, stop
from web.test_server import DEATHS as KNOWN
from web.test_server import FORM, asked

QUERY = "application/sparql-query"
DEATHS = {
    "three patterns that share nothing": "SELECT (COUNT(*) AS ?n) "
    "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a path there and back": "SELECT (COUNT(*) AS ?n) { ?a (rdf:type|^rdf:type)* ?b }",
    "REPLACE in REPLACE": next(query for query in KNOWN if "REPLACE" in query),
}


@pytest.fixture(scope="module")
def quick() -> Iterator[Running]:
    """Return a server with a second for a query."""
    running = start("--timeout", "1")
    yield running
    stop(running)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return where somebody listens, who in the end has heard nothing but the last word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(5)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with socket.create_connection(listener.getsockname()) as last:
            heard, peer = listener.accept()
            heard.close()
            assert last.getsockname() == peer


def post(server: Running, query: str | bytes, **headers: str) -> Reply:
    body = query if isinstance(query, bytes) else query.encode()
    return server.fetch("/sparql", "POST", body, **{"Content_Type": QUERY, **headers})


def problem(reply: Reply) -> str:
    """Return what a problem says."""
    assert "application/problem+json" == reply.headers["content-type"]
    said = json.loads(reply.body)
    assert reply.status == said["status"]
    return " ".join((said["title"], said.get("detail", "")))


# ---- before the engine


@pytest.mark.parametrize(
    ("status", "query"),
    [
        (400, "ASK " + "{" * 3_000 + "}" * 3_000),
        (400, "ASK {" + "OPTIONAL {" * 3_000 + "}" * 3_001),
        (400, "ASK { {}" + "UNION {}" * 8_000 + "}"),
        (413, "ASK { {}" + "UNION {}" * 10_000 + "}"),
        (400, "ASK { FILTER(1" + "||1" * 10_000 + ") }"),
        (400, "ASK {" + "".join(f"?s ?p{i} ?o{i} ." for i in range(200)) + "}"),
        (400, "ASK {" + "".join(f"{{ ?s{i} ?p ?s{i + 1} }}" for i in range(200)) + "}"),
    ],
)
def test_what_would_end_an_engine_is_refused(quick: Running, status: int, query: str) -> None:
    """At once, and the limit that it is past is named."""
    began = time.monotonic()
    reply = post(quick, query)

    assert time.monotonic() - began < 2
    assert status == reply.status
    assert "at most" in problem(reply)


@pytest.mark.parametrize(
    ("status", "path", "kind", "body"),
    [
        (400, "/sparql?query=ASK%20%7B%20%23%00%0A%7D", "", b""),
        (400, "/sparql?query=ASK%20%7B%20%23%FF%0A%7D", "", b""),
        (400, "/sparql?query=ASK%20%7B%20%23%ED%A0%80%0A%7D", "", b""),
        (400, "/sparql", QUERY, b"ASK { #\xed\xa0\x80\n}"),
        (400, "/sparql", QUERY, b"ASK { ?s ?p '\\ud800' }"),
        (400, "/sparql", QUERY, b"ASK { ?s ?p '\\u0000' }"),
        (400, "/sparql", FORM, b"query=ASK+%7B+%23%00%0A%7D"),
        (400, "/sparql", FORM, b"query=ASK+%7B+%23%FF%0A%7D"),
        (400, "/sparql", FORM, b"query=ASK+%7B+%23\xff%0A%7D"),
        (413, "/sparql", FORM, b"query=ASK+%7B%7D%23" + b"x" * (1 << 20)),
        (400, "/sparql?" + "a=b&" * 100, "", b""),
    ],
)
def test_what_is_no_text_is_refused(
    quick: Running, status: int, path: str, kind: str, body: bytes
) -> None:
    """NUL, bytes that are not UTF-8, half a surrogate, too much of a comment, many parameters."""
    headers = {"Content_Type": kind} if kind else {}
    reply = quick.fetch(path, "POST" if kind else "GET", body, **headers)

    assert status == reply.status
    assert problem(reply)


@pytest.mark.parametrize("way", ["get", "form", "body"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {SeRvIcE<HOST>{?s ?p ?o}}",
        "SELECT * { ?s ?p ?o . # why\r SERVICE <HOST> {} }",
        "SELECT * { SERVICESILENT<HOST>{} }",
        "SELECT * { { SELECT * { SERVICE <HOST> {} } } }",
        "CONSTRUCT { ?s ?p ?o } { MINUS { SERVICE <HOST> { ?s ?p ?o } } }",
        "DESCRIBE ?s { OPTIONAL { SERVICE <HOST> { ?s ?p ?o } } }",
        "BASE <HOST> ASK { SERVICE <sparql> {} }",
        r"ASK { \U00000053\u0045RVICE <HOST> {} }",
        r"ASK { # \u000A SERVICE <HOST> {} }",
        r'ASK { ?s ?p "\u0022 SERVICE <HOST> {} #" }',
        "PREFIX SERVICE: <HOST> ASK {SERVICE:x{?s ?p ?o}}",
        "PREFIX services: <HOST> ASK {services:x{?s ?p ?o}}",
        "ASK {?s ?p trueSERVICE<HOST>{?s ?p ?o}}",
        "ASK {?s ?p 1SERVICE<HOST>{?s ?p ?o}}",
        "PREFIX ex: <HOST> ASK {?s ?p ex:a.b.SERVICE<HOST>{?s ?p ?o}}",
        "PREFIX port: <http://a:> ASK {?s ?p port:SERVICE<HOST>{?s ?p ?o}}",
        "PREFIX : <HOST> ASK {BIND(1 AS ?a) BIND(2 AS ?b) FILTER(?a<?b)SERVICE#>\n:x{?s ?p ?o}}",
        "ASK {BIND(1 AS ?a) FILTER(?a<<(#>)SERVICE<HOST>{}\n)>>}",
        'ASK {?s ?p """a"""". SERVICE <HOST> {} #"}',
        "LOAD <HOST>",
        "LOAD SILENT <HOST> INTO GRAPH <http://e.test/g>",
        "ASK FROM NAMED <HOST> { GRAPH ?g { ?s ?p ?o } }",
        "PREFIX x: <HOST> ASK FROM x: { ?s ?p ?o }",
    ],
)
def test_no_other_host_is_asked(quick: Running, address: str, query: str, way: str) -> None:
    """Whatever it looks like and by whatever way it comes; whoever listens hears nothing."""
    text = query.replace("HOST", address)
    if way == "get":
        reply = quick.fetch(asked(text))
    elif way == "form":
        body = urlencode({"query": text}).encode()
        reply = quick.fetch("/sparql", "POST", body, Content_Type=FORM)
    else:
        reply = post(quick, text)

    # One that can be read in two ways is refused as no query.
    assert reply.status in (400, 403)
    assert problem(reply)


@pytest.mark.parametrize(
    "query",
    [
        'ASK { ?s ?p "SERVICE <HOST> {}" }',
        "ASK { ?s <HOSTSERVICE> ?o }",
        "ASK { ?s ?p ?service , $SERVICE }",
        "PREFIX ex: <HOST> ASK { ?s ex:service ex:SERVICE }",
        'ASK { ?s ?p "a"@service }',
        "ASK { _:service ?p ?o } # SERVICE <HOST> {}",
    ],
)
def test_the_word_service_does_no_harm(quick: Running, address: str, query: str) -> None:
    """In a string, an IRI, a variable, a name, a tag, a comment."""
    assert 200 == post(quick, query.replace("HOST", address)).status


def test_no_file_is_read(quick: Running, tmp_path: Path) -> None:
    """By LOAD, FROM, GRAPH, a base or a parameter."""
    path = tmp_path / "secret.ttl"
    path.write_text('<http://e.test/s> <http://e.test/p> "hush" .', encoding="utf-8")
    file, every = path.as_uri(), "SELECT * { ?s ?p ?o FILTER(?o = 'hush') }"
    within = every.replace("{ ?s ?p ?o", "{ GRAPH ?g { ?s ?p ?o }")
    for query in (
        f"LOAD <{file}>",
        every.replace("*", f"* FROM <{file}>"),
        within.replace("*", f"* FROM NAMED <{file}>"),
        f"BASE <{tmp_path.as_uri()}/> " + every.replace("*", "* FROM <secret.ttl>"),
        f"SELECT * {{ SERVICE <{file}> {{ ?s ?p ?o }} }}",
    ):
        assert post(quick, query).status in (400, 403), query
    for name in ("default-graph-uri", "named-graph-uri"):
        for value in (file, str(path), "file:///etc/passwd"):
            assert 400 == quick.fetch(asked(within, **{name: value})).status
    assert 404 == quick.fetch("/graphs?" + urlencode({"graph": file})).status
    for query in (every, within, within.replace("?g", f"<{file}>")):
        assert [] == json.loads(post(quick, query).body)["results"]["bindings"]


def test_nothing_is_written(quick: Running) -> None:
    """By no method, at no address; the dataset has the same bytes afterwards."""
    before = quick.fetch("/graphs?default&format=nq").body
    paths = ("/", "/graphs?default", "/graphs?graph=x:y", "/graph/current", "/id/state/india.ttl")
    for path in (*paths, "/sparql", "/query/members", "/static/style.css", "/nowhere"):
        for method in ("PUT", "PATCH", "DELETE", "MKCOL", "TRACE"):
            assert 405 == quick.fetch(path, method, b"<x:s> <x:p> <x:o> .").status, (method, path)

    assert before == quick.fetch("/graphs?default&format=nq").body
    assert b"/id/state/india>" in before


# ---- queries of death


def processes() -> dict[int, tuple[int, float]]:
    """Return the parent of each process and the seconds of a processor that it has taken."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it ended in between
            continue
        if rest[0] != "Z":
            ticks = int(rest[11]) + int(rest[12])
            found[int(entry.parent.name)] = int(rest[1]), ticks / os.sysconf("SC_CLK_TCK")
    return found


def workers(server: Running) -> dict[int, float]:
    """Return the workers of a server by pid, and what they have taken; skip where none is told."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("this system has no /proc, so nobody saw the workers")
    known = processes()
    zygotes = {pid for pid, (parent, _) in known.items() if parent == server.process.pid}
    return {pid: taken for pid, (parent, taken) in known.items() if parent in zygotes}


def becomes(true: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("name", DEATHS)
def test_a_query_of_death_ends_with_its_worker(quick: Running, name: str) -> None:
    """In the second that it has and a half, plus what a busy machine takes; then all is idle."""
    before = workers(quick)
    began = time.monotonic()
    reply = post(quick, DEATHS[name])

    assert time.monotonic() - began < 1.5 + 3
    assert reply.status in (503, 504)
    assert problem(reply)
    assert becomes(lambda: len(before.keys() - workers(quick).keys()) == 1)
    assert becomes(lambda: len(workers(quick)) == len(before))
    taken = workers(quick)
    time.sleep(0.5)
    assert sum(workers(quick).values()) - sum(taken.values()) < 0.2


def test_fifty_queries_of_death_stop_nobody_else(quick: Running) -> None:
    """While they come and go, the server says that it is well and answers a saved question."""
    with ThreadPoolExecutor(50) as many:
        began = time.monotonic()
        every = list(DEATHS.values())
        deaths = [many.submit(post, quick, every[i % len(every)]) for i in range(50)]
        rounds, slowest = 0, 0.0
        while rounds == 0 or not all(death.done() for death in deaths):
            before = time.monotonic()
            assert 200 == quick.fetch("/healthz").status
            # Another day each time, so that it is asked and not remembered.
            saved = quick.fetch(f"/query/members?at=2019-07-{rounds % 28 + 1:02}&format=csv")
            assert (200, 9) == (saved.status, len(saved.body.splitlines()))
            slowest = max(slowest, time.monotonic() - before)
            rounds += 1
        replies = [death.result() for death in deaths]

    assert {reply.status for reply in replies} == {503, 504}
    assert all("retry-after" in reply.headers for reply in replies if reply.status == 503)
    assert time.monotonic() - began < 15
    assert rounds > 1
    assert slowest < 5
    assert becomes(lambda: post(quick, "ASK { ?s a scog:State }").status == 200)


def test_who_goes_away_takes_the_query_along() -> None:
    """Its worker ends soon, though it had half a minute, and the next is answered."""
    running = start("--timeout", "30")
    try:
        before = workers(running)
        path = asked(DEATHS["three patterns that share nothing"])
        with socket.create_connection(("127.0.0.1", running.port)) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert becomes(lambda: sum(workers(running).values()) > sum(before.values()) + 0.2)
            assert before.keys() == workers(running).keys()
        assert becomes(lambda: len(before.keys() - workers(running).keys()) == 1)
        assert 200 == post(running, "ASK {}").status
    finally:
        stop(running)
