"""Blocks of a store on disk that do not say what was written, and memory that has a bound.

The engine gives the error of such a block again and again: what counts would take all memory.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from engines import ROOT, good, on_disk

from sco_graph.cli import memory
from sco_graph.errors import InputError
from sco_graph.inside import sound, sums
from sco_graph.namespaces import GRAPH

_MEMORY = 1 << 30
"""Bytes that a command may take here: what runs away is told in a second or two."""


def zeroed(store: Path, number: int, into: Path) -> Path | None:
    """Return a copy of a store with zeros in one of its large files; None where they end."""
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(store, into)
    files = sorted(path for path in into.glob("*.sst") if path.stat().st_size > 20_000)
    if number >= len(files):
        return None
    data = bytearray(files[number].read_bytes())
    for middle in (len(data) // 3, len(data) * 3 // 5):
        data[middle : middle + 2_000] = bytes(2_000)
    files[number].write_bytes(data)
    return into


def damaged(store: Path, into: Path) -> Iterator[Path]:
    number = 0
    while there := zeroed(store, number, into):
        yield there
        number += 1


def bound(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python with little memory."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))

    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=limit,  # no threads run yet
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store of a made-up world that was reasoned over."""
    folder = tmp_path_factory.mktemp("world")
    command = [sys.executable, str(ROOT / "benchmarks" / "world.py"), "20000", "-o", "world.nq"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    there = on_disk(folder / "store")
    good(there.run("load", folder / "world.nq"))
    good(there.run("reason"))
    return folder / "store"


# ---- damage


@pytest.mark.parametrize(("texts", "read"), [(False, 2), (True, 4)])
def test_what_a_stage_counts_and_joins_is_read_through(
    texts: bool, read: int, tmp_path: Path
) -> None:
    """Of the six orders in which quads are kept two, and a third with the texts."""
    terms = [ox.NamedNode(f"http://example.org/{number}") for number in range(20_000)]
    whole = ox.Store(str(tmp_path / "whole"))
    # One load writes a file for each order, and one for the texts.
    whole.bulk_extend(
        ox.Quad(term, terms[number % 7], terms[-number], terms[number % 3])
        for number, term in enumerate(terms)
    )
    whole.flush()
    del whole
    found = []
    for there in damaged(tmp_path / "whole", tmp_path / "damaged"):
        try:
            sound.read_through(ox.Store.read_only(str(there)), lambda _: None, texts=texts)
            found.append("")
        except RuntimeError as error:
            found.append(str(error))

    assert len(found) == 7
    assert sum("Corruption" in said for said in found) == read


@pytest.mark.parametrize("stage", ["validate", "reason"])
def test_a_stage_tells_damage_in_any_file_that_was_written_by_one(
    stage: str, world: Path, tmp_path: Path
) -> None:
    """The files are added up; the whole store has nothing that is told."""
    assert sums.agree(str(world))
    told = 0
    for there in damaged(world, tmp_path / "damaged"):
        found = bound("-m", "sco_graph", stage, "--store", there)
        assert found.returncode == 2
        [line] = found.stderr.splitlines()
        assert f"{there}: the store is a damaged one (" in line
        assert "is not what was written" in line
        told += 1

    assert told > 10


def test_what_a_store_had_before_a_stage_is_not_taken_for_whole(tmp_path: Path) -> None:
    """Nor is what cannot be read as sums; what a stage wrote stays noted after another."""
    folder = str(tmp_path)
    (tmp_path / "old.sst").write_bytes(b"who knows")
    before = sums.files(folder)
    (tmp_path / "new.sst").write_bytes(b"written")
    sums.note(folder, before)

    assert not sums.agree(folder)
    (tmp_path / "old.sst").unlink()
    assert sums.agree(folder)
    (tmp_path / "newer.sst").write_bytes(b"written too")
    sums.note(folder, {"new.sst"})
    assert sums.agree(folder)
    (tmp_path / "new.sst").write_bytes(b"writteN")
    with pytest.raises(InputError, match=r"new\.sst is not what was written"):
        sums.agree(folder)
    for text in ("", "no sums at all", "é"):
        (tmp_path / sums.SUMS).write_text(text)
        assert not sums.agree(folder)


def test_a_gate_tells_damage_or_finds_what_it_finds_in_the_whole(
    world: Path, tmp_path: Path
) -> None:
    """Where nothing was noted: what is not told is in what the gate has no need of."""
    ask = ("-m", "sco_graph", "validate", "--format", "json", "--store")
    whole = json.loads(bound(*ask, world).stdout)
    told = 0
    for there in damaged(world, tmp_path / "damaged"):
        (there / sums.SUMS).unlink()
        found = bound(*ask, there)
        if found.returncode == 2:
            [line] = found.stderr.splitlines()
            assert f"{there}: " in line
            assert "a damaged one" in line
            told += 1
        else:
            assert json.loads(found.stdout) == whole

    assert told > 3


def test_a_question_about_a_damaged_store_does_not_take_all_memory(
    world: Path, tmp_path: Path
) -> None:
    """It ends, with a line; or with the answer, where what it reads is whole."""
    (tmp_path / "count.rq").write_text(
        f"SELECT (COUNT(*) AS ?size) WHERE {{ GRAPH <{GRAPH}inferred> {{ ?s ?p ?o }} }}"
    )
    ask = ("-m", "sco_graph", "query", tmp_path / "count.rq", "--store")
    whole = bound(*ask, world)
    told = 0
    for there in damaged(world, tmp_path / "damaged"):
        found = bound(*ask, there)
        if found.returncode == 2:
            [line] = found.stderr.splitlines()
            assert "a damaged one" in line
            assert not found.stdout
            told += 1
        else:
            assert found.stdout == whole.stdout

    assert told


# ---- memory


def test_an_engine_without_memory_is_told_in_a_line(tmp_path: Path) -> None:
    """The engine ends its process; the one that started it says which store, and what to do."""
    (tmp_path / "work.py").write_text(f"""
import pyoxigraph as ox
from itertools import count
from sco_graph.cli import apart
from sco_graph.errors import InputError

def work():
    a = ox.NamedNode("a:a")
    ox.Store().bulk_extend(ox.Quad(a, a, ox.Literal(str(n) * 100)) for n in count())

try:
    apart.apart(work, {str(tmp_path / "there")!r})
except InputError as error:
    print(error)
""")
    done = bound(tmp_path / "work.py")

    assert (done.returncode, done.stderr) == (0, "")
    [line] = done.stdout.splitlines()
    assert f"{tmp_path / 'there'}: there is not enough memory" in line
    assert "load its files into another folder" in line


MACHINE = {"proc/meminfo": "MemTotal: 9000 kB\nMemAvailable:    5000 kB\n"}
NEW = {
    "proc/self/cgroup": "0::/a/b\n",
    "sys/a/memory.max": "3000000\n",
    "sys/a/memory.current": "1500000\n",
    "sys/a/memory.stat": "anon 1000000\ninactive_file 500000\n",
    "sys/a/b/memory.max": "max\n",
    "sys/a/b/memory.current": "1000000\n",
}
OLD = {
    "proc/self/cgroup": "5:cpu:/x\n4:memory:/elsewhere\n1:name=systemd:/\n",
    "sys/memory/memory.limit_in_bytes": "2000000\n",
    "sys/memory/memory.usage_in_bytes": "1900000\n",
    "sys/memory/memory.stat": "inactive_file 1\ntotal_inactive_file 400000\n",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (MACHINE | {"proc/self/cgroup": "0::/\n"}, 5_120_000),
        (MACHINE | NEW, 2_000_000),
        (MACHINE | OLD, 500_000),
        ({"proc/meminfo": "MemTotal: 9000 kB\n"}, None),
        ({}, None),
    ],
    ids=["a machine", "a group", "a group of old", "an old system", "no /proc"],
)
def test_what_is_free_is_what_the_machine_and_its_groups_leave(
    files: dict[str, str], expected: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The least of it; what only keeps files at hand is free."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(memory, "PROC", str(tmp_path / "proc"))
    monkeypatch.setattr(memory, "GROUPS", str(tmp_path / "sys"))

    assert memory.free() == expected
    if expected is None:
        memory.bind()  # says nothing, and bounds nothing
        assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY
