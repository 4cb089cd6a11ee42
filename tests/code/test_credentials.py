"""A token goes to the one host that it is for and shows nowhere; a cut answer is told."""

from __future__ import annotations

import gzip
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest
from engines import refused, run
from test_endpoint import EMPTY, JSON, SECRET, locked, say, serving

from sco_graph.endpoint import Address, Endpoint
from sco_graph.errors import InputError, UsageError
from sco_graph.wire import Wire

ASK = "SELECT ?s { ?s a ?o }"
NOWHERE = "http://127.0.0.1:9/sparql"


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """Set a token, and nothing else, and return it."""
    for name in ("SCO_GRAPH_USER", "SCO_GRAPH_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SCO_GRAPH_TOKEN", SECRET)
    return SECRET


def test_a_token_is_sent_with_each_request(token: str) -> None:
    """Queries, updates and graphs; nobody has to ask for it."""
    heard: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler, _: object) -> None:
        heard.append(handler.headers.get("Authorization"))
        say(handler, 200, JSON, EMPTY)

    with serving(answer) as address:
        there = Endpoint(Address(address, address, address))
        there.query(ASK, union=False)
        there.update("DROP GRAPH <a:g>")
        there.add("a:g", b"<a:a> <a:b> <a:c> .\n")

    assert [f"Bearer {token}"] * 3 == heard


def test_a_token_follows_on_its_own_host_and_to_no_other(token: str) -> None:
    """Neither where the host leads elsewhere, nor where its name is said without TLS."""
    heard: list[tuple[str, str | None]] = []

    def answer(handler: BaseHTTPRequestHandler, _: object) -> None:
        heard.append((handler.path, handler.headers.get("Authorization")))
        if handler.path == "/end":
            say(handler, 200, JSON, EMPTY)
        else:
            handler.send_response(302)
            handler.send_header("Location", leads[handler.path])
            handler.send_header("Content-Length", "0")
            handler.end_headers()

    with serving(answer) as other, serving(answer) as address:
        leads = {"/sparql": "/end", "/away": other}
        host = urlsplit(address).netloc
        Wire(address).send(address)
        with pytest.raises(InputError, match="leads to another host"):
            Wire(address).send(f"http://{host}/away")
        Wire(f"https://{host}/sparql").send(f"http://{host}/end")

    bearer = f"Bearer {token}"
    assert [("/sparql", bearer), ("/end", bearer), ("/away", bearer), ("/end", None)] == heard


@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_a_token_shows_in_no_error(status: int, token: str) -> None:
    """A host may say what it was asked with."""

    def echo(handler: BaseHTTPRequestHandler, given: dict[str, list[str]]) -> None:
        if status == 401:
            locked(handler, given)
        else:
            body = f"<h1>You sent {handler.headers.get('Authorization')}</h1>"
            say(handler, status, "text/html", body.encode())

    with serving(echo) as address, pytest.raises(InputError) as raised:
        Endpoint(Address(address)).query(ASK, union=False)

    said = str(raised.value)
    assert token not in said
    assert ("SCO_GRAPH_TOKEN" if status == 401 else "Bearer …") in said


def test_a_token_shows_in_no_dry_run(token: str) -> None:
    """Nor on the command line."""
    shown: list[str] = []
    Endpoint(Address(NOWHERE), dry=shown.append).query(ASK, union=False)
    done = run("query", "members", "--endpoint", NOWHERE, "--dry-run", SCO_GRAPH_TOKEN=token)

    assert "POST" in shown[0]
    assert "POST" in done.stdout
    assert token not in "".join((*shown, done.stdout, done.stderr))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"SCO_GRAPH_USER": "someone"}, "SCO_GRAPH_TOKEN and SCO_GRAPH_USER are both set"),
        ({"SCO_GRAPH_TOKEN": f"{SECRET}\r\nX-Other: 1"}, "SCO_GRAPH_TOKEN holds spaces"),
        ({"SCO_GRAPH_TOKEN": f"Bearer {SECRET}"}, "SCO_GRAPH_TOKEN holds spaces"),
    ],
)
def test_a_token_that_cannot_be_meant_is_refused(
    more: dict[str, str], words: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a user beside it, with what no token has; before any request, and without showing it."""
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=words) as raised:
        Wire(NOWHERE)

    assert token not in str(raised.value)
    line = refused(run("query", "members", "--endpoint", NOWHERE))
    assert words in line
    assert token not in line


@pytest.mark.parametrize("length", [20, 40])
def test_an_answer_that_is_packed_and_cut_is_told(length: int) -> None:
    """As one that is not packed is; a whole one is unpacked."""
    body = gzip.compress(EMPTY * 1000)

    def answer(handler: BaseHTTPRequestHandler, given: dict[str, list[str]]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        part = body[:length] if "part" in given else body
        handler.send_header("Content-Length", str(len(part)))
        handler.end_headers()
        handler.wfile.write(part)

    with serving(answer) as address:
        assert EMPTY * 1000 == Wire(address).send(address, b"whole=1")[0]
        with pytest.raises(InputError, match="the answer was cut"):
            Wire(address).send(address, b"part=1")
