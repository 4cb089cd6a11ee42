"""What strangers try with pages, addresses and connections, and what editors write into labels."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from sco_graph.namespaces import ID, expand
from web.conftest import Reply, Running, start, stop
from web.test_hostile import problem
from web.test_pages import HOSTILE, LABELS, Page
from web.test_server import asked

MALLORY = f"{ID}state/mallory"
IRIS = [*HOSTILE, "JAVASCRIPT://x/%0Aalert(1)", "javascript:%61lert(1)//https://a.test/", "blob:x"]
TEXTS = [*LABELS, "</script><script>alert(1)</script>", "<!--<script>", '"}]</script>']
SAID = f"{{ GRAPH ?g {{ <{MALLORY}> ?p ?o }} BIND(<{MALLORY}> AS ?s) }}"


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a server of a file in which each label, IRI and name of a graph means harm."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.nq"
    mallory, graph = ox.NamedNode(MALLORY), ox.NamedNode(IRIS[0])
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (expand("rdf:type"), ox.NamedNode(expand("scog:State"))),
        (expand("skos:prefLabel"), ox.Literal(TEXTS[0], language="en")),
        (IRIS[0], ox.Literal(TEXTS[1], datatype=ox.NamedNode(IRIS[1]))),
    ]
    for predicate in ("skos:altLabel", "skos:editorialNote", "skos:definition"):
        said += [(expand(predicate), ox.Literal(text, language="en")) for text in TEXTS]
    for predicate in ("schema:sameAs", "foaf:page", "scog:capital", "rdfs:seeAlso"):
        said += [(expand(predicate), ox.NamedNode(iri)) for iri in IRIS]
    quads = [ox.Quad(mallory, ox.NamedNode(one), other, graph) for one, other in said]
    ox.serialize(quads, str(path), format=ox.RdfFormat.N_QUADS)
    running = start("--timeout", "5", "--data", str(path))
    yield running
    stop(running)


def inert(reply: Reply) -> Page:
    """Return a page, which runs nothing but files of ours and leads only to the web."""
    text = reply.body.decode()
    page = Page(text)
    sources = [value for tag, name, value in page.attributes if (tag, name) == ("script", "src")]
    leads = [value for _, name, value in page.attributes if name in ("href", "src", "action")]

    assert "text/html; charset=utf-8" == reply.headers["content-type"]
    assert text.lower().count("<script") == len(sources)
    assert all(source.startswith("/static/") for source in sources)
    assert "<img" not in text
    assert [] == [name for _, name, _ in page.attributes if name.startswith("on")]
    for lead in leads:
        assert lead.startswith(("http://", "https://", "/", "#", "?", "data:image/")), lead
        assert not lead.startswith("//"), lead
    return page


# ---- pages


@pytest.mark.parametrize(
    "path",
    [
        "/id/state/mallory.html",
        "/search?q=script",
        "/sources",
        asked(f"SELECT ?s ?p ?o ?g {SAID}"),
        asked(f"CONSTRUCT {{ ?s ?p ?o }} {SAID}"),
        *(asked(f"SELECT ?s ?p ?o {SAID}", view=view) for view in ("Graph", "Timeline")),
        *(asked(f"SELECT ?s {SAID} # {text}") for text in TEXTS),
    ],
)
def test_what_editors_write_is_inert(evil: Running, path: str) -> None:
    """Labels, notes, addresses, types of data and names of graphs are shown as they are written."""
    reply = evil.fetch(path, Accept="text/html")
    page = inert(reply)

    assert 200 == reply.status
    if "mallory.html" in path or "CONSTRUCT" in path:
        assert [] == [text for text in TEXTS if text not in page.words]


@pytest.mark.parametrize("text", [*TEXTS, '") } ; DROP ALL #', "\x00\x1b[31m", "\U0001f600" * 90])
def test_what_is_searched_or_named_is_text(evil: Running, text: str) -> None:
    """In the search box, in parameters, in addresses that lead nowhere, in the editor."""
    name = quote(text, safe="")
    for status, path in (
        (200, f"/search?q={name}"),
        (200, f"/sparql?saved={name}"),
        (400, f"/search?lang={name}"),
        (400, f"/sparql?query={name}"),
        (400, f"/query/members?source={name}"),
        (400, f"/query/members?{name}={name}"),
        (400, f"/query/members?at={name}"),
        (200 if text in TEXTS else 400, f"/query/status?state={name}"),
        (404, f"/id/state/{name}"),
        (404, f"/query/{name}"),
        (404, f"/graph/{name}"),
    ):
        reply = evil.fetch(path, Accept="text/html")
        assert status == reply.status, path
        inert(reply)


# ---- addresses


@pytest.mark.parametrize(
    "path",
    [
        *(f"/{'../' * n}etc/passwd" for n in (1, 8)),
        "/static/../../../../../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static/..%2f..%2f..%2fapp.py",
        "/static/%252e%252e%252fapp.py",
        "/static/..%5c..%5capp.py",
        "/static/%c0%ae%c0%ae%c0%afapp.py",
        "/static/....//....//app.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/style.css%00.js",
        "/static/",
        "/query/..%2f..%2fpyproject.toml",
        "/graph/..%2f..%2fetc%2fpasswd",
        "/id/..%2f..%2f/etc%2fpasswd",
        "/id/state/x%3E%20.%20%3Fs%20%3Fp%20%3Fo%20%7D%20%23",
        "/id/state/india.ttl%0d%0aX-Evil:%20yes",
        "//etc/passwd",
        "/%00",
    ],
)
def test_no_address_leads_out(evil: Running, path: str) -> None:
    """Dots, slashes and line ends, encoded once, twice and wrongly: there is nothing there."""
    reply = evil.fetch(path)

    assert 404 == reply.status
    assert "x-evil" not in reply.headers
    assert not {b"root:", b"import"} & set(reply.body.split())
    problem(reply)


# ---- headers


def test_what_is_accepted_decides(evil: Running) -> None:
    """Nothing and anything get the default; what there is not, 406 with what there is."""
    rows, triples = "SELECT * { ?s ?p ?o } LIMIT 1", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1"
    for path, default in (
        (asked(rows), "application/sparql-results+json"),
        (asked(triples), "text/turtle"),
        ("/graphs?default", "text/turtle"),
        ("/.well-known/void", "text/turtle"),
        ("/query/members", "application/sparql-results+json"),
    ):
        for headers in ({}, {"Accept": "*/*"}, {"Accept": "audio/mp3, */*;q=0.1"}, {"Accept": ""}):
            reply = evil.fetch(path, "GET", None, **headers)
            assert (200, default) == (reply.status, reply.headers["content-type"].split(";")[0])
        for unknown in ("audio/mp3", "text/turtle;q=0", "x", "audio/*, */*;q=0"):
            reply = evil.fetch(path, Accept=unknown)
            assert 406 == reply.status, (path, unknown)
            assert default in problem(reply)


@pytest.mark.parametrize(
    ("statuses", "head"),
    [
        ({400, 414}, "GET /?" + "a" * 100_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ({400, 431}, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a" * 100_000 + "\r\n\r\n"),
        ({400, 431}, "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: a\r\n" * 20_000 + "\r\n"),
        ({400}, "GET / HTTP/1.1\r\n\r\n"),
        ({400}, "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"),
        ({400}, "GET /sparql HTTP/1.1\r\nAccept: text/turtle\r\nHost: a>b\r\n\r\n"),
        ({400}, "GET /sparql HTTP/1.1\r\nAccept: text/turtle\r\nHost: a:b:c\r\n\r\n"),
        ({400}, "GET / HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n"),
        ({400, 501}, "POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n"),
        ({400}, "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"),
        ({400}, "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"),
    ],
)
def test_a_head_that_is_none_is_refused(evil: Running, statuses: set[int], head: str) -> None:
    """Too large, without a host or with two, of another protocol; or the connection is closed."""
    with socket.create_connection(("127.0.0.1", evil.port), timeout=5) as client:
        try:
            client.sendall(head.encode("latin-1"))
            said = client.recv(64)
        except ConnectionError:
            said = b""

    assert said == b"" or int(said.split()[1]) in statuses
    assert 200 == evil.fetch("/healthz").status


def test_head_options_and_tags_are_kept_to(evil: Running) -> None:
    """HEAD is GET without a body; OPTIONS allows what a refusal allows; a tag spares a body."""
    for path in (asked("ASK {}"), "/id/state/india.html", "/search?q=india", "/graphs?default"):
        got, head, options = evil.fetch(path), evil.fetch(path, "HEAD"), evil.fetch(path, "OPTIONS")
        for name in ("content-type", "content-length", "vary", "cache-control", "etag"):
            assert got.headers.get(name) == head.headers.get(name), (path, name)
        assert (b"", 204, b"") == (head.body, options.status, options.body)
        assert options.headers["allow"] == evil.fetch(path, "DELETE").headers["allow"], path
    tag = evil.fetch("/id/state/india.html").headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        for method in ("GET", "HEAD"):
            reply = evil.fetch("/id/state/india.html", method, If_None_Match=known)
            assert (304, b"", tag) == (reply.status, reply.body, reply.headers["etag"]), known
    for other in ('"x"', tag.strip('"'), "", tag[:-2] + '"'):
        assert 200 == evil.fetch("/id/state/india.html", If_None_Match=other).status, other


def test_another_site_may_read_and_no_more(evil: Running) -> None:
    """For all and without credentials, whatever origin asks."""
    site = {"Origin": "https://evil.example"}
    asks = {**site, "Access_Control_Request_Method": "PUT"}
    for path in (asked("ASK {}"), "/id/state/india.ttl", "/nowhere", asked("DROP ALL")):
        for method, headers in (("GET", site), ("OPTIONS", asks)):
            reply = evil.fetch(path, method, None, **headers)
            assert "*" == reply.headers["access-control-allow-origin"], path
            assert "access-control-allow-credentials" not in reply.headers
            assert "set-cookie" not in reply.headers
            assert "PUT" not in reply.headers.get("access-control-allow-methods", "")


# ---- connections

WHOLE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
SLOW = {
    "nothing": (b"", b""),
    "a request line": (b"GET /", b"x"),
    "headers": (WHOLE[:-2], b"X: a\r\n"),
    "a second head": (WHOLE + b"GET /", b"x"),
    "a body": (BODY + b"Content-Length: 9000\r\n\r\n", b"#"),
    "a body in pieces": (BODY + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n#\r\n"),
}


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a != ?d && ?c != ?i) }"


def asking(query: str) -> bytes:
    head = f"GET {asked(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    return head.encode()


def told(evil: Running, sent: bytes, later: bytes = b"") -> bytes:
    """Return all that comes on a connection until it is closed, or nothing more comes."""
    said = b""
    with socket.create_connection(("127.0.0.1", evil.port), timeout=2) as client:
        try:
            client.sendall(sent)
            if later:
                time.sleep(0.1)
                client.sendall(later)
            while came := client.recv(1 << 16):
                said += came
        except (TimeoutError, ConnectionError):
            pass
    return said


def test_requests_that_come_together_are_answered_in_turn(evil: Running) -> None:
    """A few; whoever sends thousands and reads nothing meanwhile is closed on."""
    few = told(evil, WHOLE * 9 + WHOLE.replace(b"/healthz", b"/nowhere"))
    many = told(evil, WHOLE * 5_000)

    assert [b"200"] * 9 + [b"404"] == re.findall(rb"HTTP/1.1 (\d+)", few)
    assert many.count(b"HTTP/1.1 200") < 5_000
    assert 200 == evil.fetch("/healthz").status


def test_an_address_or_a_head_that_comes_in_pieces_is_told_what_it_is(evil: Running) -> None:
    """Too long is the one or the other, however it is cut."""
    address = b"GET /?" + b"a" * 20_000
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000

    assert b"HTTP/1.1 414 " in told(evil, address, b"a" * 20_000)
    assert b"HTTP/1.1 431 " in told(evil, head, b"a" * 20_000)


def test_a_body_that_nobody_reads_is_no_second_request(evil: Running) -> None:
    """One reply for it, lost where the client goes on sending past a bound."""
    head = BODY.replace(b"/sparql", b"/healthz") + b"Content-Length: %d\r\n\r\n"
    for size in (1_000, 100_000, 10_000_000):
        said = told(evil, head % size + (WHOLE * (size // len(WHOLE) + 1))[:size])
        replies = re.findall(rb"HTTP/1.1 (\d+)", said)
        assert replies == [b"405"] or (size > 5_000_000 and not replies), size


def test_who_offers_another_protocol_is_answered_in_this_one(evil: Running) -> None:
    """With its body, and with what comes behind it, in one piece or in two."""
    head = BODY.replace(b"Host", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHost")
    head += b"Content-Length: 6\r\n\r\n"
    got = WHOLE.replace(b"Host", b"Connection: upgrade\r\nUpgrade: websocket\r\nHost")
    for first, rest in ((head + b"ASK {}" + WHOLE, b""), (head, b"ASK {}" + WHOLE), (got, WHOLE)):
        said = told(evil, first, rest)
        assert [b"200", b"200"] == re.findall(rb"HTTP/1.1 (\d+)", said), first
    assert b"405" in told(evil, b"CONNECT /sparql HTTP/1.1\r\nHost: localhost\r\n\r\n")


def test_what_trails_a_body_is_no_header(evil: Running) -> None:
    """Also where all of it comes at once."""
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    trailer = b"Content-Type: application/sparql-query\r\n\r\n"

    assert b" 415 " in told(evil, head + b"6\r\nASK {}\r\n0\r\n" + trailer)


def test_what_is_no_http_waits_for_the_answer_before_it(evil: Running) -> None:
    """That is whole; then the connection is closed."""
    said = told(evil, asking("ASK {}") + b"JUNK JUNK\r\n\r\n")

    assert [b"200"] == re.findall(rb"HTTP/1.1 (\d+)", said)


def test_who_goes_away_takes_along_what_waits_behind(evil: Running) -> None:
    """The query in front is ended, nothing goes wrong, and who comes next is answered."""
    with socket.create_connection(("127.0.0.1", evil.port), timeout=2) as client:
        client.sendall(asking(ENDLESS) + WHOLE * 3)
        time.sleep(0.5)
    until = time.monotonic() + 5
    while not any(" 499 " in line for line in evil.log[-20:]) and time.monotonic() < until:
        time.sleep(0.05)

    assert any(" 499 " in line for line in evil.log[-20:])
    assert not any("Traceback" in line for line in evil.log)


def test_a_doubled_header_is_kept_for_nobody(evil: Running) -> None:
    """Who asks for Turtle alone gets that, whatever somebody else said twice."""
    twice = (
        b"GET /?x=1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept: text/turtle\r\n\r\n"
    )
    told(evil, twice)

    reply = evil.fetch("/?x=1", Accept="text/turtle", Host="localhost")
    assert reply.headers["content-type"].startswith("text/turtle")


def test_the_log_names_who_asks_and_not_who_is_said_to(evil: Running) -> None:
    """Anybody can write the header of a proxy."""
    evil.fetch("/healthz", X_Forwarded_For="203.0.113.9")

    assert not any("203.0.113.9" in line for line in evil.log)


def test_what_is_no_http_is_told_as_a_problem(evil: Running) -> None:
    """With the headers that every reply has."""
    said = told(evil, b"HELLO\r\n\r\n")

    assert said.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json\r\n" in said
    assert b"x-content-type-options: nosniff\r\n" in said


def test_a_client_who_takes_all_time_is_not_waited_for(evil: Running) -> None:
    """Whoever sends a byte now and then is closed on, in ten seconds or a few more."""

    def closed(first: bytes, piece: bytes) -> bool:
        with socket.create_connection(("127.0.0.1", evil.port), timeout=0.5) as client:
            client.sendall(first)
            until = time.monotonic() + 18
            while time.monotonic() < until:
                try:
                    if not client.recv(4096):
                        return True
                except TimeoutError:
                    pass
                except ConnectionError:
                    return True
                try:
                    client.sendall(piece)
                except OSError:
                    return True
        return False

    with ThreadPoolExecutor(len(SLOW)) as many:
        ends = {name: many.submit(closed, *sent) for name, sent in SLOW.items()}
        assert [] == [name for name, end in ends.items() if not end.result()]
