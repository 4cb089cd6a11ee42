"""The README is run: its console sessions against their output, its Python as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from sco_graph.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SESSIONS = [
    session
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for session in re.findall(r"\$ (.*)\n((?:(?!\$ ).*\n)*)", block)
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all sessions: a later one reads what an earlier one wrote."""
    folder = tmp_path_factory.mktemp("sessions")
    (line,) = re.findall(r"^printf .*$", README, re.MULTILINE)
    subprocess.run(line, shell=True, check=True, cwd=folder)  # noqa: S602  # the README's own line
    return folder


@pytest.mark.parametrize(("command", "expected"), SESSIONS, ids=[c for c, _ in SESSIONS])
def test_a_session_prints_what_the_readme_shows(
    command: str,
    expected: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command of a console block gives the lines under it, notes last."""
    monkeypatch.chdir(place)
    words = shlex.split(command)
    assert "sco-graph" == words[0]
    assert 0 == main(words[1:])
    captured = capsys.readouterr()

    assert expected == captured.out.replace("\r\n", "\n") + captured.err


def test_there_are_sessions_to_run() -> None:
    """A README without sessions would pass the test above."""
    assert len(SESSIONS) >= 4


def test_the_python_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ten lines work as they stand, beside a file of one's own."""
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert 1 == len(code)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-facts.ttl").write_text("", encoding="utf-8")
    exec(compile(code[0], "README.md", "exec"), {})  # noqa: S102  # the README's own lines
    out = capsys.readouterr().out

    assert "CHN 中国 2001-06-15" in out
    assert "山东省青岛市" in out
    assert out.endswith("True []\n")
