"""What is shipped: the wheel alone in an empty folder, the sdist that builds the same wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_carries_a_release_that_passed(dist: Path) -> None:
    """Release, manifest, ontology, shapes, data and questions are inside; tests are not."""
    (wheel,) = dist.glob("*.whl")
    names = set(members(wheel))

    assert {f"sco_graph/_release/{n}" for n in ("release.nq.gz", "manifest.json")} <= names
    assert "sco_graph/ontology/sco.ttl" in names
    assert "sco_graph/queries/questions/members.rq" in names
    assert "sco_graph/data/reference/states.ttl" in names
    assert "sco_graph/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]


def test_the_checkout_builds_the_wheel_that_the_sdist_builds(dist: Path, tmp_path: Path) -> None:
    """`python -m build` goes through the sdist; straight from the checkout it is the same."""
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (through,) = dist.glob("*.whl")
    (straight,) = tmp_path.glob("*.whl")

    assert members(through) == members(straight)


def test_the_wheel_answers_alone_in_an_empty_folder(dist: Path, tmp_path: Path) -> None:
    """Installed without the checkout, every console script runs and the question is answered."""
    (wheel,) = dist.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", str(wheel)], check=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["SCO_GRAPH_CACHE"] = str(tmp_path / "cache")
    scripts = [e.name for e in entry_points(group="console_scripts") if e.value.startswith("sco_g")]

    def run(*words: str) -> str:
        return subprocess.run(
            [home / "bin" / words[0], *words[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert ["sco-graph"] == scripts
    assert all(run(script, "--help") for script in scripts)
    answer = run("sco-graph", "query", "members", "--source", "china-keywords-2019")
    assert 6 == answer.count("2001-06-15")
    assert "passed" in run("sco-graph", "build") + run("sco-graph", "validate")
    assert 6 == run("sco-graph", "query", "members").count("2001-06-15")


def test_an_invalid_graph_makes_no_wheel(dist: Path, tmp_path: Path) -> None:
    """Building from sources that fail the gate fails, with the gate's word for it."""
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    spoiled = root / "data" / "china-keywords-2019" / "participations.ttl"
    text = spoiled.read_text(encoding="utf-8")
    spoiled.write_text(
        text.replace("org:role role:observer-state", "org:role scog:Normal"), encoding="utf-8"
    )
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path / "out")]
    done = subprocess.run([*command, str(root)], capture_output=True, text=True, check=False)

    assert 0 != done.returncode
    assert "the graph fails its gate" in done.stdout + done.stderr
    assert [] == list(tmp_path.glob("out/*.whl"))
