"""What goes wrong with a store: it is in use, damaged, read only, or the command is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from engines import (
    ROOT,
    Place,
    good,
    graphs,
    made,
    on_disk,
    oxigraph,
    refused,
    stopped,
)

from servers import Missing

SMALL = "<a:a> <a:b> <a:c> .\n"
_HOLD = """import sys, pyoxigraph
store = pyoxigraph.Store(sys.argv[1])
print("open", flush=True)
sys.stdin.read()"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a made-up world and of its store."""
    folder = tmp_path_factory.mktemp("world")
    command = [sys.executable, str(ROOT / "benchmarks" / "world.py"), "60000", "-o", "world.nq"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    good(on_disk(folder / "store").run("load", folder / "world.nq"))
    return folder


@pytest.fixture(scope="module")
def reasoned(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a store of the world in which `reason` ran undisturbed."""
    there = copied(world, tmp_path_factory.mktemp("reasoned"))
    good(there.run("reason"))
    return there


def copied(world: Path, folder: Path) -> Place:
    shutil.copytree(world / "store", folder / "store")
    return on_disk(folder / "store")


def again(place: Place, folder: Path) -> Place:
    """Return a copy of a store on disk."""
    return copied(Path(place.options[1]).parent, folder)


def given(command: str, folder: Path) -> list[Path]:
    (folder / "small.nt").write_text(SMALL)
    return [folder / "small.nt"] if command == "load" else []


# ---- in use, damaged, read only


@pytest.mark.parametrize("command", ["load", "reason"])
def test_a_store_that_another_process_writes_is_told(
    command: str, world: Path, tmp_path: Path
) -> None:
    """It is not written; when that process has ended, it is."""
    there = copied(world, tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, tmp_path / "store"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"open\n"
        said = refused(there.run(command, *given(command, tmp_path)))
        other.communicate()

    assert "another process has this store open for writing" in said
    good(there.run(command, *given(command, tmp_path)))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def scribbled(path: Path) -> None:
    """Change bytes all over a file but where it says what it is."""
    data = bytearray(path.read_bytes())
    for at in range(100, len(data) - 100, 500):
        data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("command", ["load", "reason", "validate", "query"])
@pytest.mark.parametrize("how", [cut, emptied, scribbled])
def test_a_damaged_store_is_told_in_a_line(
    how: Callable[[Path], None], command: str, reasoned: Place, tmp_path: Path
) -> None:
    """Not taken for one that is in use, and without a trace of our code."""
    there = again(reasoned, tmp_path)
    for path in [*(tmp_path / "store").glob("CURRENT" if how is emptied else "*.sst")]:
        how(path)
    arguments = ["names"] if command == "query" else given(command, tmp_path)

    assert "a damaged one" in refused(there.run(command, *arguments))


@pytest.mark.parametrize("command", ["reason", "validate"])
def test_damage_that_shows_when_a_store_is_read_is_told(
    command: str, reasoned: Place, tmp_path: Path
) -> None:
    """The store opens; in each of its files is a block that does not say what was written."""
    there = again(reasoned, tmp_path)
    for path in (tmp_path / "store").glob("*.sst"):
        data = bytearray(path.read_bytes())
        if len(data) > 50_000:
            middle = len(data) // 3
            data[middle : middle + 2_000] = bytes(2_000)
            path.write_bytes(data)

    assert "a damaged one" in refused(there.run(command))


def test_an_endpoint_that_takes_no_updates_is_told(world: Path, tmp_path: Path) -> None:
    """By what it says itself; where no address for updates is given, by its option."""
    copied(world, tmp_path)
    try:
        with oxigraph(tmp_path, "serve-read-only") as there:
            before = graphs(there)
            said = refused(there.run("reason"))
            alone = Place(there.options[:2], there.graph)
            assert "say --update URL" in refused(alone.run("reason"))
            assert before == graphs(there)
    except Missing as missing:
        pytest.skip(f"{missing}, so no server was asked")

    assert there.options[3] in said
    assert "answers 4" in said


# ---- killed


def temporary(folder: Path) -> Path:
    (folder / "temporary").mkdir()
    return folder / "temporary"


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8])
def test_a_load_that_was_killed_is_run_again(seconds: float, world: Path, tmp_path: Path) -> None:
    """Whenever it was killed, everything is there once afterwards."""
    there = on_disk(tmp_path / "store")
    process = subprocess.Popen(
        [sys.executable, "-m", "sco_graph", "load", world / "world.nq", *there.options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not (tmp_path / "store" / "CURRENT").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    kill(process)
    good(there.run("load", world / "world.nq"))

    assert graphs(on_disk(world / "store")) == graphs(there)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and what it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("words", ["copy: ", "derive: ", "domains", "take their place"])
def test_a_reasoner_that_was_killed_is_run_again(
    words: str, world: Path, reasoned: Place, tmp_path: Path
) -> None:
    """The same graphs as of one that was not; nothing is left in the store or beside it."""
    there, beside = copied(world, tmp_path), temporary(tmp_path)
    assert stopped(signal.SIGKILL, words, there, "reason", TMPDIR=str(beside)) == -signal.SIGKILL
    good(there.run("reason", TMPDIR=str(beside)))

    assert made(reasoned) == made(there)
    assert graphs(reasoned) == graphs(there)
    assert not list(beside.iterdir())


def test_a_reasoner_whose_first_process_alone_was_killed_ends_too(
    world: Path, tmp_path: Path
) -> None:
    """The process that does the work does not go on unseen, with the store in its hands."""
    there = copied(world, tmp_path)
    before = graphs(there)
    assert stopped(signal.SIGKILL, "copy: ", there, "reason", alone=True) == -signal.SIGKILL

    assert before == graphs(there)


@pytest.mark.parametrize("words", ["shape:", "validate: "])
def test_a_gate_that_was_killed_is_run_again(words: str, reasoned: Place, tmp_path: Path) -> None:
    """With the same findings, and nothing is left beside the store."""
    there, beside = again(reasoned, tmp_path), temporary(tmp_path)
    assert stopped(signal.SIGKILL, words, there, "validate", TMPDIR=str(beside)) == -signal.SIGKILL
    found = there.run("validate", "--format", "json", TMPDIR=str(beside))

    expected = reasoned.run("validate", "--format", "json")
    for part in ("counts", "looked_at"):
        assert json.loads(expected.stdout)[part] == json.loads(found.stdout)[part]
    assert not list(beside.iterdir())


@pytest.mark.parametrize("words", ["copy: ", "derive: ", "domains"])
def test_ctrl_c_leaves_the_graphs_of_the_last_time(
    words: str, reasoned: Place, tmp_path: Path
) -> None:
    """Before they are replaced nothing has changed, and no copy is left."""
    there, beside = again(reasoned, tmp_path), temporary(tmp_path)
    assert stopped(signal.SIGINT, words, there, "reason", TMPDIR=str(beside)) == 130

    assert graphs(reasoned) == graphs(there)
    assert made(reasoned) == made(there)
    assert not list(beside.iterdir())
