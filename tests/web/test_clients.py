"""Clients that people have: each reads the running server as it would any other endpoint.

Comunica comes from npm: `npm ci --ignore-scripts --prefix tests/web/node` installs it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.error import HTTPError

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, POSTDIRECTLY, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from sco_graph.namespaces import GRAPH, ID, PREFIXES
from web.conftest import Running

NODE = Path(__file__).parent / "node"
INDIA = f"{ID}state/india"
HEAD = f"PREFIX scog: <{PREFIXES['scog']}> "
# Clients parse a query before they send it, so that its prefixes have to be declared.
SELECT = HEAD + "SELECT DISTINCT ?code { ?s scog:iso3166Alpha3 ?code } ORDER BY ?code"
CONSTRUCT = HEAD + "CONSTRUCT { ?s scog:iso3166Alpha3 ?c } WHERE { ?s scog:iso3166Alpha3 ?c }"
ASK = HEAD + "ASK { ?s a scog:State }"
STATES = 27

Ask = Callable[..., str]


@pytest.fixture(scope="session")
def address(server: Running) -> str:
    """Return where the server is."""
    return f"http://127.0.0.1:{server.port}"


def codes(answer: dict[str, Any]) -> list[str]:
    return [row["code"]["value"] for row in answer["results"]["bindings"]]


# ---- SPARQLWrapper


@pytest.fixture(params=["GET", "POST", "body"])
def wrapper(request: pytest.FixtureRequest, address: str) -> SPARQLWrapper:
    """Return a SPARQLWrapper that asks by GET, by a form, or with the query as the body."""
    found = SPARQLWrapper(f"{address}/sparql")
    if request.param != "GET":
        found.setMethod(POST)
    if request.param == "body":
        found.setRequestMethod(POSTDIRECTLY)
    return found


def test_sparqlwrapper_reads_rows_and_a_yes(wrapper: SPARQLWrapper) -> None:
    """As JSON, in each way to ask."""
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(SELECT)
    rows = wrapper.queryAndConvert()
    wrapper.setQuery(ASK)
    truth = wrapper.queryAndConvert()

    assert isinstance(rows, dict)
    assert ("AFG", STATES) == (codes(rows)[0], len(codes(rows)))
    assert {"head": {}, "boolean": True} == truth


@pytest.mark.parametrize("form", ["", "xml", "turtle", "rdf+xml", "json-ld"])
def test_sparqlwrapper_reads_triples(wrapper: SPARQLWrapper, form: str) -> None:
    """In each format that it has a name for; without one it says xml."""
    if form:
        wrapper.setReturnFormat(form)
    wrapper.setQuery(CONSTRUCT)
    found = wrapper.query()
    shape = ox.RdfFormat.from_media_type(found.info()["content-type"])

    assert shape is not None
    assert STATES == len(list(ox.parse(found.response.read(), format=shape)))


def test_sparqlwrapper_is_told_what_is_wrong(address: str) -> None:
    """A query that is none, and an update."""
    wrapper = SPARQLWrapper(f"{address}/sparql")
    wrapper.setQuery("SELECT nonsense")
    with pytest.raises(QueryBadFormed, match="line 1, column 8"):
        wrapper.query()

    wrapper.setMethod(POST)
    wrapper.setQuery("INSERT DATA { <http://e.test/s> <http://e.test/p> 1 }")
    with pytest.raises(HTTPError) as told:
        wrapper.query()
    assert 403 == told.value.code
    told.value.close()


# ---- rdflib

Method = Literal["GET", "POST", "POST_FORM"]


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_asks_the_endpoint(address: str, method: Method, form: str) -> None:
    """Rows are the same by each way to ask and in each format."""
    store = SPARQLStore(f"{address}/sparql", method=method, returnFormat=form)
    found = [str(row[0]) for row in store.query(SELECT) if isinstance(row, tuple)]

    assert ("AFG", STATES) == (found[0], len(found))
    assert found == sorted(found)


def test_rdflib_reads_the_endpoint_as_a_graph(address: str) -> None:
    """The union of all graphs: its length, its patterns, a yes, triples, names of graphs."""
    store = SPARQLStore(f"{address}/sparql")
    graph = rdflib.Graph(store=store)
    india, code = rdflib.URIRef(INDIA), rdflib.URIRef(PREFIXES["scog"] + "iso3166Alpha3")
    whole = rdflib.Graph().parse(f"{address}/graphs?default&format=nt", format="nt")
    made = graph.query(CONSTRUCT).graph

    assert len(whole) == len(graph)
    assert set(whole.triples((india, None, None))) == set(graph.triples((india, None, None)))
    assert "IND" == str(graph.value(india, code))
    assert graph.query(ASK).askAnswer is True
    assert made is not None
    assert STATES == len(made)
    names = {str(name) for name in store.contexts()}
    assert {f"{GRAPH}china-keywords-2019", f"{GRAPH}public-record"} <= names


def test_rdflib_reads_one_graph_of_the_endpoint(address: str) -> None:
    """Named in the request: it has the triples of its document."""
    name = rdflib.URIRef(f"{GRAPH}current")
    graph = rdflib.Graph(store=SPARQLStore(f"{address}/sparql"), identifier=name)
    document = rdflib.Graph().parse(f"{address}/graph/current")

    assert set(document) == set(graph)
    assert len(document) == len(graph) > 0


# rdflib 7.6 reads JSON-LD with a class that it deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", [None, "turtle", "xml", "nt", "n3", "json-ld"])
def test_rdflib_reads_a_thing_in_the_format_that_it_asks_for(
    address: str, form: str | None
) -> None:
    """It is led from the thing to its document, and each says the same."""
    turtle = rdflib.Graph().parse(f"{address}/id/state/india.ttl", format="turtle")
    found = rdflib.Graph().parse(f"{address}/id/state/india", format=form)

    assert set(turtle) == set(found)
    assert (rdflib.URIRef(INDIA), None, None) in found


# ---- curl


@pytest.fixture(scope="session")
def curl(address: str) -> Ask:
    """Return a function that runs curl, with a path of the server as its last word."""
    program = shutil.which("curl")
    if not program:
        pytest.skip("curl is not installed, so nothing was asked with it")

    def ask(*words: str) -> str:
        command = [program, "-sS", "--max-time", "30", *words[:-1], address + words[-1]]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return ask


def test_curl_asks_by_get_and_by_post(curl: Ask) -> None:
    """As its users write it: `--data-urlencode`, `-G`, `-H Accept`, a file as the body."""
    ways = (
        ("-G", "--data-urlencode", f"query={SELECT}", "/sparql"),
        ("--data-urlencode", f"query={SELECT}", "/sparql"),
        ("-H", "Content-Type: application/sparql-query", "--data-binary", SELECT, "/sparql"),
    )
    for way in ways:
        assert STATES == len(codes(json.loads(curl(*way)))), way
        assert STATES + 1 == len(curl("-H", "Accept: text/csv", *way).splitlines()), way


def test_curl_sees_the_head_and_is_led_on(curl: Ask) -> None:
    """`-I` shows 303 with the place and no body; `-L` goes there."""
    accept = ("-H", "Accept: text/turtle")
    head = curl("-I", *accept, "/id/state/india")
    lines = dict(line.lower().split(": ", 1) for line in head.splitlines() if ": " in line)
    document = curl("-L", *accept, "/id/state/india")

    assert head.startswith("HTTP/1.1 303")
    assert ("/id/state/india.ttl", "accept") == (lines["location"], lines["vary"])
    assert document == curl("/id/state/india.ttl")
    assert "HTTP/1.1 200" in curl("-I", "-L", *accept, "/id/state/india")


# ---- Comunica


@pytest.fixture(scope="session")
def comunica() -> Ask:
    """Return a function that asks sources by Comunica's command line."""
    node, program = shutil.which("node"), NODE / "node_modules" / ".bin" / "comunica-sparql"
    if not node or not program.exists():
        pytest.skip(
            "Comunica is not installed: with Node.js, "
            "npm ci --ignore-scripts --prefix tests/web/node"
        )

    def ask(query: str, kind: str, *sources: str) -> str:
        command = [node, str(program), *sources, query, "-t", kind]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert (0, "") == (done.returncode, done.stderr)
        return done.stdout

    return ask


ROWS = "application/sparql-results+json"


def test_comunica_asks_the_endpoint(comunica: Ask, address: str) -> None:
    """Rows, a yes, and triples, of the address as an endpoint of SPARQL."""
    source = f"sparql@{address}/sparql"
    rows = codes(json.loads(comunica(SELECT, ROWS, source)))
    triples = comunica(CONSTRUCT, "application/n-triples", source).encode()

    assert ("AFG", STATES) == (rows[0], len(rows))
    assert json.loads(comunica(ASK, ROWS, source))["boolean"] is True
    assert STATES == len(list(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES)))


def test_comunica_finds_out_that_it_is_an_endpoint(comunica: Ask, address: str) -> None:
    """By the description that the address gives of itself."""
    assert STATES == len(codes(json.loads(comunica(SELECT, ROWS, f"{address}/sparql"))))


@pytest.mark.parametrize("suffix", ["", ".ttl", ".nt", ".rdf", ".jsonld"])
def test_comunica_reads_a_thing(comunica: Ask, address: str, suffix: str) -> None:
    """As a file, in the format that it likes best or in one that is named."""
    source = f"file@{address}/id/state/india{suffix}"

    assert ["IND"] == codes(json.loads(comunica(SELECT, ROWS, source)))


def test_comunica_joins_a_document_with_the_endpoint(comunica: Ask, address: str) -> None:
    """Two sources, one question."""
    query = HEAD + f"SELECT DISTINCT ?code {{ <{INDIA}> scog:iso3166Alpha3 ?code }}"
    sources = f"file@{address}/id/state/india.ttl", f"sparql@{address}/sparql"

    assert ["IND"] == codes(json.loads(comunica(query, ROWS, *sources)))
