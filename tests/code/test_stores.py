"""The same pipeline inside a store on disk and inside servers: load, reason, validate, ask."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from engines import (
    MADE,
    ROOT,
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
    virtuoso,
    written,
)
from rdflib.plugins.sparql.parser import parseQuery, parseUpdate

from sco_graph import queries
from sco_graph.layout import Layout
from sco_graph.namespaces import GRAPH
from servers import Missing

NOWHERE = ("--endpoint", "http://127.0.0.1:9/query", "--update", "http://127.0.0.1:9/update")
SMALL = '<a:a> <a:b> "x"@en .\n<a:a> <a:b> _:x .\n_:x <a:b> <a:c> .\n'


# ---- the shipped graph


@pytest.fixture(scope="module")
def asserted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the shipped graph without what the pipeline makes, as a user gets it."""
    folder = tmp_path_factory.mktemp("shipped")
    good(run("export", "-o", folder / "whole.nq"))
    ends = tuple(f"<{GRAPH}{name}> .\n" for name in MADE)
    with (folder / "whole.nq").open() as whole, (folder / "sco.nq").open("w") as out:
        out.writelines(line for line in whole if not line.endswith(ends))
    return folder / "sco.nq"


@pytest.fixture(scope="module")
def gate() -> dict[str, Any]:
    """Return what the gate of the shipped release says."""
    return report(good(run("validate", "--format", "json")))


@pytest.fixture(scope="module", params=["disk", "oxigraph", "virtuoso"])
def place(
    request: pytest.FixtureRequest, asserted: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Yield a place in which the shipped graph was loaded and reasoned about."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        try:
            if request.param == "disk":
                there = on_disk(folder / "store")
            else:
                server = {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param]
                there = stack.enter_context(server(folder))
        except Missing as missing:
            pytest.skip(f"{missing}, so the pipeline did not run there")
        good(there.run("load", asserted))
        good(there.run("reason"))
        yield there


def report(text: str) -> dict[str, Any]:
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def test_what_follows_in_a_store_is_what_the_release_holds(place: Place, graph: ox.Store) -> None:
    """Triple for triple: day bounds, the current view, and the entailments."""
    expected = {name: held(graph, name) for name in MADE}

    assert all(expected.values())
    assert expected == made(place)


def test_to_reason_again_changes_nothing(place: Place) -> None:
    """The same triples in the same graphs, and none left over."""
    before = graphs(place)
    good(place.run("reason"))

    assert before == graphs(place)
    assert not [name for name in before if "staging" in name]


def test_the_gate_in_a_store_passes_and_looks_at_the_same(
    place: Place, gate: dict[str, Any]
) -> None:
    """As many things for each shape and check."""
    found = report(good(place.run("validate", "--format", "json")))

    assert found["conforms"]
    assert not found["findings"]
    assert gate["looked_at"] == found["looked_at"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_saved_question_has_the_same_rows_in_a_store(
    lang: str, place: Place, graph: ox.Store
) -> None:
    """And the same notes, in the same order."""
    there = place.graph()
    saved = queries.saved(Layout.shipped().queries)
    for question in saved:
        asking = queries.example(graph, question, lang)
        here, found = (queries.ask(where, question, asking) for where in (graph, there))
        assert here.columns == found.columns, question.name
        assert rows(here) == rows(found), question.name
        assert here.notes == found.notes, question.name

    assert len(saved) > 15


def test_a_store_is_exported_as_the_release_is(
    place: Place, asserted: Path, tmp_path: Path
) -> None:
    """The same quads, as far as the engine keeps how a number was written and a tag's case."""
    good(place.run("export", "-o", tmp_path / "there.nq"))
    here, there = (
        {str(quad).lower() for quad in loaded(path)}
        for path in (asserted.with_name("whole.nq"), tmp_path / "there.nq")
    )

    assert here == there


def loaded(path: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    return store


def rows(answer: queries.Answer) -> list[list[str]]:
    return [[written(term) for term in row] for row in answer.rows]


def test_ctrl_c_while_it_reasons_leaves_a_store_as_it_was(place: Place) -> None:
    """No staging graph, the old graphs in place, and in one line that it was stopped."""
    before = graphs(place)

    assert stopped(signal.SIGINT, "domains", place, "reason") == 130
    assert before == graphs(place)


# ---- a world that is at fault


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a made-up world, what was planted in it, and its store."""
    folder = tmp_path_factory.mktemp("world")
    command = [sys.executable, str(ROOT / "benchmarks" / "world.py"), "20000", "-o", "world.nq"]
    command += ["--planted", "planted.json"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    good(on_disk(folder / "store").run("load", folder / "world.nq"))
    return folder


@pytest.fixture(scope="module")
def reasoned(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a store of the world in which all stages ran undisturbed."""
    folder = tmp_path_factory.mktemp("reasoned")
    there = copied(world, folder)
    good(there.run("reason"))
    return there


def copied(world: Path, folder: Path) -> Place:
    shutil.copytree(world / "store", folder / "store")
    return on_disk(folder / "store")


def test_the_gate_in_a_store_counts_what_was_planted(world: Path, reasoned: Place) -> None:
    """Each shape and check, exactly, and it fails."""
    done = reasoned.run("validate", "--format", "json", "--most", "2")
    planted = report((world / "planted.json").read_text("utf-8"))["planted"]

    assert done.returncode == 1
    assert planted == report(done.stdout)["counts"]


def test_a_few_findings_of_each_shape_are_shown(reasoned: Place) -> None:
    """As many as were asked for at most, and the last line counts all."""
    found = report(reasoned.run("validate", "--format", "json", "--most", "1").stdout)
    shown = [finding["shape"] for finding in found["findings"]]
    last = reasoned.run("validate", "--most", "1").stdout.splitlines()[-1]
    told = re.findall(r"(\d+) (?:violation|warning)", last)

    assert set(found["counts"]) == set(shown)
    assert sum(found["counts"].values()) == sum(map(int, told)) > len(shown)


def test_a_gate_can_be_asked_for_some_of_its_shapes_and_checks(reasoned: Place) -> None:
    """They find what they find among all; a name that is none is told, with those there are."""
    ask = ("validate", "--format", "json", "--most", "1")
    everything = report(reasoned.run(*ask).stdout)
    some = report(reasoned.run(*ask, "--only", "named", "two-roles", "closure").stdout)
    wrong = reasoned.run("validate", "--only", "naned")

    assert some["looked_at"].keys() == {"named", "two-roles", "closure"}
    assert some["looked_at"].items() < everything["looked_at"].items()
    assert {"named-label", "two-roles", "closure"} < some["counts"].keys()
    assert some["counts"].items() < everything["counts"].items()
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "naned: no shape or check; there are blank-node, body, claim" in wrong.stderr


# ---- files into a store


def test_each_kind_of_file_goes_where_it_belongs(tmp_path: Path) -> None:
    """Quads into their graphs, triples into the one that is named or called after the file."""
    quads = f"<a:a> <a:b> <a:c> <{GRAPH}one> .\n<a:a> <a:b> <a:c> <{GRAPH}other> .\n"
    (tmp_path / "it.nq.gz").write_bytes(gzip.compress(quads.encode()))
    (tmp_path / "it.ttl").write_text('@prefix a: <a:> .\na:a a:b "x"@en , [ a:b a:c ] .\n')
    (tmp_path / "small.nt").write_text(SMALL)
    there = on_disk(tmp_path / "store")
    packed = good(there.run("load", "--bare", tmp_path / "it.nq.gz"))
    good(there.run("load", "--bare", tmp_path / "it.ttl", "--graph", "mine"))
    called = good(there.run("load", "--bare", tmp_path / "small.nt"))

    assert printed(packed) == {GRAPH + "one": 1, GRAPH + "other": 1}
    assert printed(called) == {GRAPH + "small": 3}
    loads = graphs(there).pop("loads")
    assert graphs(there) == {"one": 1, "other": 1, "mine": 3, "small": 3, "loads": loads}


def printed(text: str) -> dict[str, int]:
    """Return which graph got how many quads, as `load` tells it."""
    lines = (line.split() for line in text.splitlines() if line.startswith(" "))
    return {graph: int(count) for count, graph, *_ in lines}


def test_a_file_is_never_loaded_twice(tmp_path: Path) -> None:
    """Under another name too; one that differs in a byte is another file."""
    there = on_disk(tmp_path / "store")
    for name, more in (("one", ""), ("same", ""), ("other", "# so\n")):
        (tmp_path / f"{name}.nt").write_text(SMALL + more)
    told = [
        good(there.run("load", "--bare", "--graph", "mine", tmp_path / f"{name}.nt"))
        for name in ("one", "same", "one", "other")
    ]
    assert [("loaded before" in text) for text in told] == [False, True, True, False]
    # The blank node of another file is another thing; what has a name is there once.
    assert graphs(there)["mine"] == 5


def test_the_vocabulary_is_put_beside_data_once(world: Path, tmp_path: Path) -> None:
    """Ontology, shapes and schemes; a second file brings none."""
    there = copied(world, tmp_path)
    before = graphs(there)
    (tmp_path / "small.nt").write_text(SMALL)
    good(there.run("load", tmp_path / "small.nt"))

    assert {"ontology", "shapes", "schemes"} <= before.keys()
    assert before | {"small": 3, "loads": before["loads"] + 3} == graphs(there)


def broken(folder: Path, name: str) -> tuple[Path, str]:
    """Return a file that cannot be read to its end, and what is told of it."""
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress((SMALL * 5_000).encode())[:-20])
        return path, f"{path}: cannot be read"
    path.write_text(SMALL + "<a:a> <a:b .\n")
    return path, f"{path}:4: "


@pytest.mark.parametrize("name", ["broken.nt", "broken.ttl", "cut.nt.gz"])
def test_a_file_that_cannot_be_read_to_its_end_adds_nothing(name: str, tmp_path: Path) -> None:
    """The store is as it was; file and line are told; what came before it is in."""
    there = on_disk(tmp_path / "store")
    (tmp_path / "good.nt").write_text(SMALL)
    path, words = broken(tmp_path, name)

    assert words in refused(there.run("load", "--bare", tmp_path / "good.nt", path))
    before = graphs(there)
    assert words in refused(there.run("load", "--bare", path))
    assert before == graphs(there)
    assert before["good"] == 3


@pytest.mark.parametrize("command", ["load", "reason", "validate", "query"])
def test_a_folder_of_other_files_is_no_store(command: str, tmp_path: Path) -> None:
    """It is refused, and nothing is written into it."""
    (tmp_path / "small.nt").write_text(SMALL)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    given = {"load": [str(tmp_path / "small.nt")], "query": ["members"]}.get(command, [])

    assert "no store" in refused(on_disk(tmp_path / "mine").run(command, *given))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("command", ["reason", "validate", "query"])
def test_a_store_that_is_not_there_is_told_and_not_made(command: str, tmp_path: Path) -> None:
    """With what makes one."""
    given = ["members"] if command == "query" else []
    said = refused(on_disk(tmp_path / "none").run(command, *given))

    assert "there is no such store: `sco-graph load" in said
    assert not (tmp_path / "none").exists()


# ---- what people read


def pieces(text: str) -> list[str]:
    """Return the queries and updates that a command prints, each with its comment."""
    return re.split(r"\n\n(?=#)", text.strip())


@pytest.mark.parametrize(
    ("command", "least"),
    [(("rules",), 8), (("rules", "--contradictions"), 4), (("shapes", "--sparql"), 20)],
)
def test_what_is_compiled_is_printed_as_sparql(command: tuple[str, ...], least: int) -> None:
    """A second parser takes each, and each says what it comes from."""
    found = pieces(good(run(*command, "--over", "https://example.org/graph")))
    for text in found:
        assert text.startswith("# ")
        bare = re.sub(r"(?m)^(#|PREFIX ).*\n", "", text)
        (parseQuery if bare.startswith("SELECT") else parseUpdate)(text)
        assert "example.org/graph" in text or "WHERE {}" in text or "DELETE" in text

    assert len(found) >= least


def test_printed_rules_are_one_request() -> None:
    """The engine takes them as they are printed, and reasons with them."""
    store = ox.Store()
    store.update(good(run("rules", "--over", "https://example.org/graph")))

    assert [] == list(store)


@pytest.mark.parametrize("command", ["load", "reason", "validate", "query"])
def test_a_dry_run_prints_its_requests_and_sends_none(command: str, tmp_path: Path) -> None:
    """Nothing listens there; updates are shown where there would be some."""
    (tmp_path / "small.nt").write_text(SMALL)
    (tmp_path / "it.rq").write_text("SELECT ?s { ?s a scog:State }")
    files = {"load": ["small.nt", "--bare"], "query": ["it.rq"]}.get(command, [])
    given = [str(tmp_path / name) if "." in name else name for name in files]
    told = good(run(command, *given, *NOWHERE, "--dry-run"))

    assert f"POST {NOWHERE[1]}" in told
    assert (f"POST {NOWHERE[3]}" in told) == (command in ("load", "reason"))
