"""What an endpoint holds is served from a copy: no question of anybody reaches the endpoint."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from engines import refused, run
from test_endpoint import SECRET, Answer, real, say, serving

from sco_graph.errors import InputError
from sco_graph.layout import Layout
from sco_graph.web import server
from sco_graph.web.documents import EXAMPLES
from web.conftest import start, stop

COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


def telling(answer: Answer, asked: list[str]) -> Answer:
    """Answer so, and note what was asked."""

    def noted(handler: BaseHTTPRequestHandler, given: dict[str, list[str]]) -> None:
        asked.append(given["query"][0])
        answer(handler, given)

    return noted


def test_what_an_endpoint_holds_is_served_when_it_is_gone(
    graph: ox.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages and answers come from memory; the endpoint was asked before, and never after."""
    monkeypatch.setenv("SCO_GRAPH_TOKEN", SECRET)
    asked: list[str] = []
    with serving(telling(real(graph), asked)) as address:
        running = start("--endpoint", address)
        before = len(asked)
        try:
            counted = running.fetch(f"/sparql?query={quote(COUNT)}", Accept="application/json")
            page = running.fetch("/id/state/india.html")
        finally:
            stop(running)

    found = json.loads(counted.body)["results"]["bindings"][0]["n"]["value"]
    assert 0 < before == len(asked)
    assert len(graph) <= int(found)
    assert page.status == 200
    assert b"India" in page.body
    assert SECRET not in "".join(running.log)
    assert not any(word in text for text in asked for word in ("INSERT", "DROP", "india"))


def kept(quad: ox.Quad) -> str:
    return re.sub(r"_:\w+", "_:", str(quad))


def test_each_graph_of_an_endpoint_is_copied(graph: ox.Store) -> None:
    """Quad for quad, whatever blank nodes are called, and the questions beside them."""
    with serving(real(graph)) as address:
        settings = server.Settings(endpoint=address)
        copied = server.store_of(Layout.shipped(), settings, lambda _: None)

    there, here = (sorted(map(kept, quads)) for quads in (graph, copied))
    queries = f"<{EXAMPLES}>"
    assert there == [quad for quad in here if queries not in quad]
    assert len(there) < len(here)


def test_an_endpoint_that_cannot_be_copied_is_told(
    graph: ox.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is too large, and nothing is fetched; or a graph comes in part, or as something else."""
    asked: list[str] = []
    whole = real(graph)

    def told(answer: Answer) -> str:
        with serving(telling(answer, asked)) as address, pytest.raises(InputError) as raised:
            server.store_of(Layout.shipped(), server.Settings(endpoint=address), lambda _: None)
        return str(raised.value)

    def instead(body: bytes) -> Answer:
        def answer(handler: BaseHTTPRequestHandler, given: dict[str, list[str]]) -> None:
            if given["query"][0].startswith("CONSTRUCT"):
                say(handler, 200, "application/n-triples", body)
            else:
                whole(handler, given)

        return answer

    assert "gave 1 of " in told(instead(b"<a:a> <a:b> <a:c> .\n"))
    assert "comes as no N-Triples" in told(instead(b"<a:a> <a:b\n"))
    monkeypatch.setattr(server, "_LARGEST", 10)
    del asked[:]
    assert "more than 10 quads" in told(whole)
    assert not any(text.startswith("CONSTRUCT") for text in asked)


@pytest.mark.parametrize("other", [("--store", "world"), ("--data", ".")])
def test_two_graphs_are_not_served_as_one(other: tuple[str, str], tmp_path: Path) -> None:
    """A store, an endpoint, a folder of data: one of them."""
    given = (*other[:1], str(tmp_path)) if other[1] == "." else other

    assert "are two graphs: name one" in refused(
        run("serve", "--endpoint", "http://127.0.0.1:9/query", *given)
    )
