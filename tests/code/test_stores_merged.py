"""Another graph merged and compared where both are: in a store on disk, in a server."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pyoxigraph as ox
import pytest
from engines import (
    Done,
    Place,
    good,
    graphs,
    held,
    made,
    on_disk,
    oxigraph,
    refused,
    run,
    stopped,
)
from test_endpoint import JSON, say, serving
from test_merging import BREAKING, HARMLESS, LINKS, TABLE, row

from sco_graph import holding
from sco_graph.endpoint import Address, Endpoint
from sco_graph.errors import InputError
from sco_graph.inside.engine import Engine
from sco_graph.layout import Layout
from sco_graph.namespaces import GRAPH
from servers import Missing

FOREIGN = Path(__file__).parents[1] / "foreign"
ELSEWHERE = "https://example.org/graphs/theirs"
MERGED = ("merged", "merged-links")
CLAIM = """PREFIX ex: <http://example.org/> PREFIX org: <http://www.w3.org/ns/org#>
PREFIX scog: <https://w3id.org/sco-graph/ontology#> PREFIX prov: <http://www.w3.org/ns/prov#>
ex:c a scog:Participation ; org:member ex:mongolia ; org:organization ex:sco .
"""
"""A claim in our words that says neither its role nor a day."""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the shipped graph, of links, and of foreign files to load."""
    folder = tmp_path_factory.mktemp("shipped")
    good(run("export", "-o", folder / "sco.nq"))
    (folder / "links.tsv").write_text(TABLE + LINKS)
    (folder / "a-claim.ttl").write_text(CLAIM)
    return folder


@pytest.fixture(scope="module", params=["disk", "oxigraph"])
def place(
    request: pytest.FixtureRequest, shipped: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Yield a place that holds the shipped graph, and foreign ones under the names of files."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        there = on_disk(folder / "store")
        if request.param == "oxigraph":
            try:
                there = stack.enter_context(oxigraph(folder))
            except Missing as missing:
                pytest.skip(f"{missing}, so nothing was merged there")
        good(there.run("load", shipped / "sco.nq", *HARMLESS, *BREAKING, shipped / "a-claim.ttl"))
        for path in compared():
            good(there.run("load", path, "--graph", f"compared-{path.stem}"))
        yield there


def compared() -> list[Path]:
    return [FOREIGN / name for name in ("wikidata.nt", "page.jsonld", "register.ttl")]


def follows(path: Path) -> dict[str, set[tuple[str, str, str]]]:
    """Return what a merged dataset holds beside ours and theirs."""
    dataset = ox.Store()
    dataset.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    return {name: held(dataset, name) for name in MERGED}


def told(done: Done) -> list[str]:
    """Return the lines in which what would break was told, without names of blank nodes."""
    assert done.returncode == 1, (done.stdout, done.stderr)
    return [" ".join(w for w in line.split() if "_:" not in w) for line in done.stderr.splitlines()]


@cache
def of_files(name: str, shipped: Path) -> list[str]:
    """Return what is told of a file that would break ours."""
    [path] = [path for path in BREAKING if path.stem == name]
    links = ("--links", shipped / "links.tsv")
    return told(run("merge", path, *links, "-o", shipped / "never.nq"))


def test_a_merge_in_a_store_makes_what_one_of_files_makes(
    place: Place, shipped: Path, tmp_path: Path
) -> None:
    """Two graphs, triple for triple; the others stay as they were."""
    before = graphs(place)
    links = ("--links", shipped / "links.tsv")
    words = good(place.run("merge", *(path.stem for path in HARMLESS), *links))
    good(run("merge", *HARMLESS, *links, "-o", tmp_path / "out.nq"))
    expected = follows(tmp_path / "out.nq")
    graph = place.graph()

    assert all(expected.values())
    assert expected == {name: held(graph, name) for name in MERGED}
    assert before | {name: len(expected[name]) for name in MERGED} == graphs(place)
    assert {str(len(expected[name])) for name in MERGED} <= set(words.split())


def test_to_merge_again_replaces_what_was_merged(place: Place, shipped: Path) -> None:
    """The same changes nothing; another merge leaves nothing of the one before."""
    links = ("--links", shipped / "links.tsv")
    found = []
    for name in ("an-ontology", "what-we-say-too", "an-ontology"):
        good(place.run("merge", name, *links))
        graph = place.graph()
        found.append({into: held(graph, into) for into in MERGED})

    assert found[0] == found[2]
    assert found[1]["merged"] != found[0]["merged"]
    assert not [name for name in graphs(place) if "staging" in name]


@pytest.mark.parametrize(
    "name",
    ["two-things-that-our-own-links-know", "a-state-that-is-an-organization", "a-new-member"],
)
def test_what_would_break_is_refused_in_a_store_too(name: str, place: Place, shipped: Path) -> None:
    """Identity, contradiction, change: in the same words, and nothing is written."""
    before = graphs(place)

    assert of_files(name, shipped) == told(
        place.run("merge", name, "--links", shipped / "links.tsv")
    )
    assert before == graphs(place)


def test_a_claim_that_shapes_refuse_is_told_with_its_graph(place: Place, shipped: Path) -> None:
    """Where a file is named, the graph is."""
    before = graphs(place)
    lines = told(place.run("merge", "a-claim", "--links", shipped / "links.tsv"))

    assert [line for line in lines if line.startswith(f"{GRAPH}a-claim: <http://example.org/c>")]
    assert before == graphs(place)


def test_a_link_that_cannot_hold_is_told_and_nothing_is_written(
    place: Place, tmp_path: Path
) -> None:
    """With file and line."""
    before = graphs(place)
    (tmp_path / "bad.tsv").write_text(TABLE + row("state/india", "scogid:organization/sco"))
    done = place.run("merge", "an-ontology", "--links", tmp_path / "bad.tsv")

    assert done.returncode == 1
    assert f"{tmp_path / 'bad.tsv'}:5: " in done.stderr
    assert before == graphs(place)


@pytest.mark.parametrize("path", compared(), ids=lambda path: path.name)
def test_a_graph_of_a_store_compares_as_its_file_does(
    path: Path, place: Place, tmp_path: Path
) -> None:
    """Row for row; and so does the file, with what the store holds."""
    links = ("--links", tmp_path / "links.tsv")
    good(run("link", path, "-o", links[1]))
    expected = good(run("compare", path, *links))

    assert "same" in expected
    assert expected == good(place.run("compare", f"compared-{path.stem}", *links))
    assert expected == good(place.run("compare", path, *links))


def test_a_source_of_ours_says_the_same_as_we_do(place: Place, shipped: Path) -> None:
    """It stays ours when it is what is compared."""
    rows = good(place.run("compare", "public-record", "--links", shipped / "links.tsv"))

    assert 48 == sum(line.endswith(",same") for line in rows.splitlines())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("merge", "nobody"), 'no graph "nobody": `sco-graph load FILE --graph NAME` makes one'),
        (("merge", "countries.ttl"), 'no graph "countries.ttl"'),
        (("merge", "reference"), "reference is a graph of ours"),
        (("merge", "inferred"), "inferred is a graph of ours"),
        (("merge", "an-ontology", "-o", "out.nq"), "leave out -o"),
        (("merge", "an-ontology", "--data", "."), "--data is for the shipped graph"),
        (("compare", "nobody.ttl"), 'no graph "nobody.ttl"'),
        (("compare", "nobody", "--data", "."), "--data is for the shipped graph"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_meant_is_told(
    arguments: tuple[str, ...], words: str, place: Place, shipped: Path
) -> None:
    """In one line, and nothing is written."""
    before = graphs(place)

    assert words in refused(place.run(*arguments, "--links", shipped / "links.tsv"))
    assert before == graphs(place)


def test_a_merge_says_where(shipped: Path) -> None:
    """A file to write or a store, one of them; and none of it runs dry."""
    given = ("merge", "theirs", "--links", shipped / "links.tsv")
    nowhere = ("--endpoint", "http://127.0.0.1:9/query")

    assert "say where: -o OUT, --store DIR or --endpoint" in refused(run(*given))
    assert "two graphs" in refused(run(*given, *nowhere, "--store", "world"))
    assert "no dry run" in refused(run(*given, *nowhere, "--dry-run"))
    assert "no dry run" in refused(run("compare", *given[1:], *nowhere, "--dry-run"))
    assert "there is no such store" in refused(run(*given, "--store", "nowhere"))


def test_an_endpoint_that_takes_no_updates_is_told_first(shipped: Path, tmp_path: Path) -> None:
    """Before anything of either graph is read."""
    try:
        with oxigraph(tmp_path) as there:
            good(there.run("load", *HARMLESS[:1]))
            asked = run(
                "merge", HARMLESS[0].stem, "--links", shipped / "links.tsv", *there.options[:2]
            )
            assert "takes no updates: say --update URL" in refused(asked)
    except Missing as missing:
        pytest.skip(f"{missing}, so no endpoint was asked")


def test_what_was_merged_is_nothing_to_reason_about(shipped: Path, tmp_path: Path) -> None:
    """Under an IRI of its own a graph is nobody's source: the gate passes, before and after."""
    there = on_disk(tmp_path / "store")
    merging = ("merge", ELSEWHERE, "--links", shipped / "links.tsv")
    good(there.run("load", shipped / "sco.nq"))
    good(there.run("load", HARMLESS[0], "--graph", ELSEWHERE))
    before = made(there)
    good(there.run(*merging))
    merged = graphs(there)
    good(there.run("reason"))

    assert before == made(there)
    assert good(there.run("validate")).startswith("passed: 0 violations")
    good(there.run(*merging))
    assert merged == graphs(there)


def test_ours_is_told_from_theirs_where_reason_took_both_for_ours(
    shipped: Path, tmp_path: Path
) -> None:
    """What follows of both is left out of ours, so that a merge finds it again."""
    there = on_disk(tmp_path / "store")
    given = ("--links", shipped / "links.tsv")
    good(there.run("load", shipped / "sco.nq", *HARMLESS[:1]))
    good(there.run("reason"))
    good(there.run("merge", HARMLESS[0].stem, *given))
    good(run("merge", HARMLESS[0], *given, "-o", tmp_path / "out.nq"))
    graph = there.graph()

    assert follows(tmp_path / "out.nq") == {name: held(graph, name) for name in MERGED}


def test_ctrl_c_leaves_a_store_as_it_was(place: Place, shipped: Path) -> None:
    """While it reasons over both."""
    before = graphs(place)
    given = ("merge", "an-ontology", "--links", str(shipped / "links.tsv"))

    assert stopped(signal.SIGINT, "reasoning", place, *given) == 130
    assert before == graphs(place)


def test_a_store_without_ours_or_with_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be held has a bound; nothing is no graph."""
    store = ox.Store()
    engine = Engine(store)
    with pytest.raises(InputError, match="no graph of ours"):
        holding.ours(engine, Layout.shipped(), (), lambda _: None)

    monkeypatch.setattr(holding, "MOST", 1)
    store.load(
        io.BytesIO(b"<a:a> <a:b> <a:c> . <a:a> <a:b> <a:d> ."),
        format=ox.RdfFormat.TURTLE,
        to_graph=ox.NamedNode(GRAPH + "mine"),
    )
    with pytest.raises(InputError, match="2 triples of ours: at most 1 can be held"):
        holding.ours(engine, Layout.shipped(), (), lambda _: None)


def test_an_endpoint_that_gives_a_part_of_a_graph_is_told(tmp_path: Path) -> None:
    """Its own count is held against what came."""
    count = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"3"}}]}}'

    def part(handler: BaseHTTPRequestHandler, given: dict[str, list[str]]) -> None:
        if given["query"][0].startswith("CONSTRUCT"):
            say(handler, 200, "application/n-triples", b"<a:a> <a:b> <a:c> .\n")
        else:
            say(handler, 200, JSON, count)

    with serving(part) as address:
        engine = Engine(Endpoint(Address(address)))
        with pytest.raises(InputError, match="gave 1 of 3 triples of a:g"):
            holding.copies(engine, ["a:g"], tmp_path, lambda _: None)


def test_blank_nodes_that_got_iris_are_blank_nodes_again(tmp_path: Path) -> None:
    """What a load over HTTP named is held to be no name; the same one each time."""
    store = ox.Store()
    home = ox.NamedNode("a:g")
    genid = ox.NamedNode("https://w3id.org/sco-graph/.well-known/genid/a/b")
    store.add(ox.Quad(genid, ox.NamedNode("a:p"), ox.BlankNode("x"), home))
    [copy] = holding.copies(Engine(store), ["a:g"], tmp_path, lambda _: None).values()
    [[one], [other]] = [list(copy), list(copy)]

    assert one == other
    assert {ox.BlankNode} == {type(one.subject), type(one.object)}
    assert one.subject != one.object
