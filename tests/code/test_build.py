"""Building and keeping releases: the same bytes, nothing half-written, nothing unjudged."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, URIRef

from sco_graph import build, cache, release, store
from sco_graph.errors import GraphError, InputError, StorageError, SyntaxFault
from sco_graph.folders import in_place
from sco_graph.layout import Layout
from sco_graph.namespaces import expand

ROOT = Path(__file__).parents[2]
SOURCES = {"china-keywords-2019", "public-record", "reference", "resolutions"}
SHIPPED = Layout.shipped()
BUILD = [sys.executable, "-m", "sco_graph", "build"]


@pytest.fixture(scope="session")
def built() -> release.Release:
    """Return the shipped release, as the cache or the wheel has it."""
    return cache.release_of(SHIPPED)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of the shipped data that a test may spoil."""
    return Path(shutil.copytree(SHIPPED.data, tmp_path / "data"))


def test_the_same_sources_give_the_same_bytes(built: release.Release, tmp_path: Path) -> None:
    """Another hash seed, time zone and locale change nothing."""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C"}
    environment["SCO_GRAPH_CACHE"] = str(tmp_path / "cache")
    subprocess.run([*BUILD, "-o", tmp_path / "out"], env=environment, check=True)

    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == built.files


def test_the_manifest_counts_and_sums_what_is_there(built: release.Release) -> None:
    """Counts by graph, checksums of each file, and what each shape and check looked at."""
    facts = built.facts
    plain = gzip.decompress(built.files["release.nq.gz"])
    graph = store.load(plain)

    assert facts["quads"] == len(graph) == sum(facts["graphs"].values())
    assert SOURCES | {"current", "derived", "inferred", "links", "schemes"} == set(facts["graphs"])
    assert facts["sha256"]["release.nq"] == hashlib.sha256(plain).hexdigest()
    for name, data in built.files.items():
        if name != "manifest.json":
            assert facts["sha256"][name] == hashlib.sha256(data).hexdigest()
    assert all(count > 0 for count in facts["looked_at"].values())


def test_one_changed_byte_is_noticed(built: release.Release, tmp_path: Path) -> None:
    """A release whose bytes are not those of its manifest is not read."""
    built.write(tmp_path)
    spoiled = bytearray((tmp_path / "ontology.ttl").read_bytes())
    spoiled[100] ^= 1
    (tmp_path / "ontology.ttl").write_bytes(spoiled)

    with pytest.raises(GraphError, match=r"ontology\.ttl"):
        release.read(tmp_path)


def test_what_fails_the_gate_is_neither_kept_nor_answered(data: Path) -> None:
    """A question over a graph that fails its gate gets the gate's findings, not an answer."""
    path = data / "china-keywords-2019" / "participations.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("org:role role:observer-state", "org:role scog:Normal", 1), encoding="utf-8"
    )
    layout = SHIPPED.with_data(data)

    with pytest.raises(build.GateError) as caught:
        cache.at_hand(layout)
    assert "participation-role" in {finding.shape for finding in caught.value.report.findings}
    folder = cache.cache_folder()
    assert folder is not None
    assert not (Path(folder) / layout.fingerprint()).exists()


def test_a_changed_source_is_another_graph(data: Path) -> None:
    """The fingerprint follows the content of each source file, and nothing else."""
    before = SHIPPED.with_data(data).fingerprint()
    path = data / "reference" / "states.ttl"
    os.utime(path, (0, 0))
    untouched = SHIPPED.with_data(data).fingerprint()
    path.write_bytes(path.read_bytes() + b"\n")

    assert before == untouched
    assert before != SHIPPED.with_data(data).fingerprint()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda text: text.replace("a scog:Participation ;", "a scog:Participation", 1),
            r"ttl:\d+: ",
        ),
        (
            lambda text: text.replace("role:member-state", "rol:member-state", 1),
            "Declared prefixes",
        ),
        (lambda text: "\ufeff" + text, "byte-order mark"),
    ],
    ids=["syntax", "prefix", "mark"],
)
def test_an_unreadable_source_names_file_and_line(data: Path, spoil: object, words: str) -> None:
    """Nothing is built from the other files either."""
    assert callable(spoil)
    path = data / "china-keywords-2019" / "participations.ttl"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")

    with pytest.raises(SyntaxFault, match=words) as caught:
        build.build(SHIPPED.with_data(data))
    assert caught.value.path.endswith("participations.ttl")
    assert caught.value.line >= 1


def test_an_empty_folder_of_data_gives_no_graph_to_ask(tmp_path: Path) -> None:
    """Without a source that says what it is about, a question has no subject."""
    with pytest.raises(InputError, match="no such folder"):
        SHIPPED.with_data(tmp_path / "missing")


def test_an_unwritable_cache_only_costs_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The answer comes from memory, and a note says why it will not be quicker next time."""
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    found = cache.release_of(SHIPPED)
    monkeypatch.setenv("SCO_GRAPH_CACHE", str(blocked / "cache"))
    monkeypatch.setattr(cache, "_ready", lambda _: found)
    notes: list[str] = []
    graph = cache.at_hand(SHIPPED, notes.append)

    assert found.facts["quads"] == len(graph)
    assert 1 == len(notes)
    assert "cannot be written" in notes[0]


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written where nobody lives."""
    for name in ("SCO_GRAPH_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cache, "expanduser", lambda path: path)

    assert cache.cache_folder() is None


def test_a_broken_store_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache that was damaged heals itself at the next question."""
    found = cache.release_of(SHIPPED)
    monkeypatch.setenv("SCO_GRAPH_CACHE", str(tmp_path))
    cache.keep(found, lambda _: None)
    kept = tmp_path / SHIPPED.fingerprint() / store.STORE
    (kept / "CURRENT").unlink()
    monkeypatch.setattr(cache, "_ready", lambda _: found)

    assert found.facts["quads"] == len(cache.at_hand(SHIPPED))
    assert (kept / "CURRENT").is_file()


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """What fails midway leaves the old folder as it was, and nothing beside it."""
    target = tmp_path / "release"
    target.mkdir()
    (target / "old").write_text("old", encoding="utf-8")

    def fail() -> None:
        with in_place(target) as made:
            (made / "new").write_text("new", encoding="utf-8")
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left on device"):
        fail()
    assert ["release"] == [path.name for path in tmp_path.iterdir()]
    assert ["old"] == [path.name for path in target.iterdir()]


def test_a_folder_that_is_no_release_is_not_overwritten(
    built: release.Release, tmp_path: Path
) -> None:
    """`build -o ~` must not empty a home."""
    (tmp_path / "letter").write_text("dear", encoding="utf-8")

    with pytest.raises(InputError, match="holds no release"):
        built.save(tmp_path)
    assert ["letter"] == [path.name for path in tmp_path.iterdir()]


def test_a_killed_build_leaves_the_old_release_and_the_next_one_clears_up(
    built: release.Release, tmp_path: Path
) -> None:
    """Kill -9 at any moment: the old release is whole, no temporary folder stays for long."""
    out = tmp_path / "out"
    built.save(out)
    environment = {**os.environ, "SCO_GRAPH_CACHE": str(tmp_path / "cache")}
    for wait in (0.3, 1.5, 3.0):
        child = subprocess.Popen([*BUILD, "-o", out], env=environment, stdout=subprocess.DEVNULL)
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        child.wait()
        whole = release.read(out)
        assert whole is not None
        assert built.files == whole.files
    (tmp_path / "out.tmp-999999999").mkdir()
    subprocess.run([*BUILD, "-o", out], env=environment, check=True, capture_output=True)

    assert {path.name for path in tmp_path.iterdir()} == {"out", "cache"}
    assert [] == [path.name for path in (tmp_path / "cache").iterdir() if ".tmp-" in path.name]


def test_timings_go_to_stderr(tmp_path: Path) -> None:
    """Each stage has a line; the result alone is on stdout."""
    environment = {**os.environ, "SCO_GRAPH_CACHE": str(tmp_path)}
    done = subprocess.run(
        [*BUILD, "--timings"], env=environment, capture_output=True, text=True, check=True
    )
    stages = [line.split()[0] for line in done.stderr.splitlines()]

    assert ["import", "read", "derive", "reason", "judge", "pack"] == stages
    assert 1 == done.stdout.count("\n")


def test_python_gives_rows_evidence_and_an_rdflib_dataset() -> None:
    """The interface from Python, as the README shows it."""
    import sco_graph

    graph = sco_graph.open_graph()
    rows = graph.ask("members", source="china-keywords-2019", lang="zh")
    dataset = graph.dataset()
    states = set(dataset.subjects(RDF.type, URIRef(expand("scog:State"))))

    assert {
        "iso3": "CHN",
        "state": "中国",
        "since": "2001-06-15",
        "source": "china-keywords-2019",
    } in (rows)
    assert [{"n": "27"}] == graph.ask("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a scog:State }")
    assert "青岛" in {w.quote for claim in graph.explain("Qingdao") for w in claim.evidence}
    assert "state:china" == graph.describe("CHN").curie
    assert 27 == len(states)
    assert graph.answer("ASK { state:india a scog:State }").truth
    with pytest.raises(sco_graph.UsageError, match="no rows"):
        graph.ask("ASK { state:india a scog:State }")
    assert len(graph.store) == len(list(dataset.quads()))
    assert all(getattr(sco_graph, name) for name in sco_graph.__all__)


def test_a_folder_of_ones_own_is_built_and_saved(tmp_path: Path, data: Path) -> None:
    """`build_graph` takes another folder of data and writes its release."""
    import sco_graph

    made = sco_graph.build_graph(data, tmp_path / "out")

    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes()) == made.facts
    assert ox.Store is type(sco_graph.open_graph(data).store)
