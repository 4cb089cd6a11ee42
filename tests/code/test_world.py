"""The made-up world of the benchmarks: its bytes, its size, and that its faults are all found."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from sco_graph import current, days, queryfile, rdf, reasoning
from sco_graph.layout import ONTOLOGY, SCHEMES, Layout
from sco_graph.namespaces import GRAPH, ID
from sco_graph.rdf import Fact, named
from sco_graph.sources import SourceFile, Sources
from sco_graph.validation import Report, judge

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "benchmarks" / "world.py"
TRIPLES = 10_000

LINKS = {"link-ends", "link-shared", "link-twice"}
"""The checks of links, which have no file in tests/bad."""


def world(*arguments: str | Path, seed: str = "0") -> bytes:
    """Return what the script writes to its standard output."""
    command = [sys.executable, SCRIPT, *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, check=True, capture_output=True, env=environment).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a world, one without faults, and what is told of both."""
    found = tmp_path_factory.mktemp("world")
    for name, more in (("faulty", ()), ("clean", ("--clean",))):
        files = ("-o", found / f"{name}.nq", "--planted", found / f"{name}.json")
        world(str(TRIPLES), *files, *more)
    return found


def told(folder: Path, name: str) -> dict[str, Any]:
    found = json.loads((folder / f"{name}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def facts_of(folder: Path, name: str) -> list[Fact]:
    return list(rdf.facts(ox.parse(path=folder / f"{name}.nq", format=ox.RdfFormat.N_QUADS)))


def judged(folder: Path, name: str, empty: Path) -> Report:
    """Return what the gate says of a world over the shipped ontology, shapes and schemes."""
    shipped = Sources.read(Layout.shipped().with_data(empty))
    graphs: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts_of(folder, name):
        graphs[fact.graph].append(fact)
    files = (SourceFile(graph, graph, "", facts) for graph, facts in graphs.items())
    sources = Sources((*shipped.files, *files))
    ontology = list(sources.facts(ONTOLOGY))
    claimed = list(sources.facts(*sources.names))
    asserted = [*claimed, *sources.facts(SCHEMES)]
    claims = days.claims(claimed)
    now = current.view(claims, asserted, ontology)
    kind, source = named("rdf:type"), named("scog:SourceGraph")
    derived = days.derive(claims)
    derived |= {Fact(ox.NamedNode(GRAPH + graph), kind, source) for graph in sources.names}
    closure = reasoning.close([*asserted, *now], ontology)
    products = {"current": now, "derived": derived, "inferred": closure.entailed - now}
    facts = [f._replace(graph=graph) for graph, found in products.items() for f in found]
    checks = queryfile.read_folder(f"{Layout.shipped().queries}/checks")
    return judge(sources, facts, closure.contradictions, checks)


def test_the_same_numbers_give_the_same_bytes() -> None:
    """Neither the order of sets nor a clock has a part in it."""
    first = world(str(TRIPLES), "-o", "-", seed="1")

    assert first == world(str(TRIPLES), "-o", "-", seed="2")
    assert first != world(str(TRIPLES), "-o", "-", "--seed", "2", seed="1")


def test_a_compressed_world_is_the_same_bytes_twice_and_holds_the_same(tmp_path: Path) -> None:
    """The header of the file has no name and no time in it."""
    paths = [tmp_path / "one.nq.gz", tmp_path / "other.nq.gz"]
    for path in paths:
        world(str(TRIPLES), "-o", path)
    one, other = (path.read_bytes() for path in paths)

    assert one == other
    assert gzip.decompress(one) == world(str(TRIPLES), "-o", "-")


@pytest.mark.parametrize("triples", [TRIPLES, 60_000])
@pytest.mark.parametrize("more", [(), ("--clean",)])
def test_a_world_is_as_large_as_was_asked(
    triples: int, more: tuple[str, ...], tmp_path: Path
) -> None:
    """It has the number of triples within a hundredth, none twice, and says how many."""
    world(str(triples), "-o", tmp_path / "it.nq", "--planted", tmp_path / "it.json", *more)
    found = facts_of(tmp_path, "it")

    assert len(found) == len(set(found)) == told(tmp_path, "it")["triples"]
    assert abs(len(found) - triples) < triples / 100


def test_a_world_that_the_faults_would_fill_is_refused() -> None:
    """Below ten thousand triples there is no room for one fault of each kind."""
    with pytest.raises(subprocess.CalledProcessError) as refused:
        world("9999", "-o", "-")

    assert b"at least 10000" in refused.value.stderr


def test_each_source_has_a_graph_and_a_document(folder: Path) -> None:
    """What is told names the graphs that are sources; links are in the graph of links."""
    found = facts_of(folder, "faulty")
    graphs = {GRAPH + fact.graph for fact in found}
    sources = set(told(folder, "faulty")["sources"])
    said = {fact.object.value for fact in found if fact.predicate == named("scog:sourceGraph")}

    assert graphs == sources | {f"{GRAPH}links"}
    assert said == sources - {f"{GRAPH}world-resolutions"}


def test_what_is_told_of_the_classes_is_so(folder: Path) -> None:
    """The things of each class are counted as they are written."""
    kinds = Counter(f.object for f in facts_of(folder, "clean") if f.predicate == named("rdf:type"))

    expected = told(folder, "clean")["classes"]
    assert expected == {kind: kinds[named(kind)] for kind in expected}
    assert sum(expected.values()) == kinds.total()


def test_a_larger_world_has_no_larger_organizations(tmp_path: Path) -> None:
    """No state, place, document or organ has more to it in a larger world."""
    most: dict[int, dict[str, int]] = {}
    for triples in (20_000, 80_000):
        world(str(triples), "-o", tmp_path / f"{triples}.nq", "--clean")
        degrees: dict[str, Counter[str]] = defaultdict(Counter)
        for fact in facts_of(tmp_path, str(triples)):
            value = fact.object.value
            kind = value.removeprefix(ID).partition("/")[0]
            if value.startswith(ID) and kind not in ("role", "concept", "scheme"):
                degrees[kind][value] += 1
        most[triples] = {kind: max(found.values()) for kind, found in degrees.items()}

    small, large = most.values()
    assert small.keys() == large.keys()
    assert all(large[kind] <= 1.3 * small[kind] for kind in small)


def test_a_world_without_faults_passes_every_shape_and_check(folder: Path, tmp_path: Path) -> None:
    """The gate finds nothing, not even a reason to warn, and nothing is passed unlooked at."""
    report = judged(folder, "clean", tmp_path)

    assert not report.findings
    assert not report.idle
    assert not told(folder, "clean")["planted"]


def test_the_gate_finds_what_was_planted_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    """Each shape and each check gives as many results as are told of it."""
    findings = judged(folder, "faulty", tmp_path).findings

    assert Counter(f.shape for f in findings) == Counter(told(folder, "faulty")["planted"])


def test_every_shape_and_check_has_something_to_find(folder: Path) -> None:
    """There is a fault for all that tests/bad has a file for, and for the checks of links."""
    twins = {path.stem.partition("--")[0] for path in (ROOT / "tests" / "bad").glob("*.ttl")}

    assert twins
    assert set(told(folder, "faulty")["planted"]) == twins | LINKS
