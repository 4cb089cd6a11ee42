"""Fetches the query editor of the page /sparql into the package: `python editor/fetch.py`.

Needs npm and a registry; nothing else does. What it copies is not in git and, where it is there,
packed into the wheel. Without it the page has its plain editor.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
INTO = HERE.parent / "src" / "sco_graph" / "web" / "static" / "yasgui"
BUILT = "node_modules/@zazuko/yasgui/build"
SCRIPT, SHEET, NOTICE = "yasgui.min.js", "yasgui.min.css", "NOTICE.txt"
GIVEN = ("package.json", "package-lock.json", ".npmrc")

_MAP = re.compile(r"^//# sourceMappingURL=.*\n?", re.MULTILINE)
_TEXTS = ("licen", "copying", "notice")


class Failed(Exception):
    """The editor was not fetched; the message says why and what to do."""


def locked(path: Path) -> dict[str, Any]:
    """Return the packages of a lock by their folders; each has a sum, and none an address."""
    text = path.read_text(encoding="utf-8")
    if "://" in text:
        line = text[: text.index("://")].count("\n") + 1
        raise Failed(f"{path}:{line}: the lock names a host; take the line out")
    packages: dict[str, Any] = json.loads(text)["packages"]
    packages.pop("", None)  # the folder itself
    bare = [name for name, said in packages.items() if not said.get("integrity")]
    if bare or not packages:
        raise Failed(f"{path}: no integrity: {', '.join(bare) or 'no packages at all'}")
    return packages


def install(folder: Path) -> None:
    """Have npm put into a folder exactly what the lock names, and run nothing of it."""
    npm = shutil.which("npm")
    if npm is None:
        raise Failed("npm is not here; install it, or leave the page with its plain editor")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"npm ci failed ({done.returncode}):\n{done.stdout}{done.stderr}".rstrip())


def notice(folder: Path, packages: dict[str, Any]) -> str:
    """Return name, version, author, licence and licence text of each package."""
    parts = ["The query editor is made from these packages.\n"]
    for place in sorted(packages):
        home = folder / place
        if not home.is_dir():
            raise Failed(f"npm did not install {place}")
        said = json.loads((home / "package.json").read_text(encoding="utf-8"))
        author = said.get("author", "")
        if isinstance(author, dict):
            author = author.get("name", "")
        files = [path for path in home.iterdir() if path.name.lower().startswith(_TEXTS)]
        texts = [path.read_text(encoding="utf-8").strip() for path in sorted(files)]
        licence = said.get("license") or "its text is below"
        head = f"{said['name']} {said['version']}\nLicence: {licence}"
        parts.append("\n\n".join([head + (f"\nAuthor: {author}" if author else ""), *texts]))
    return f"\n\n{'-' * 72}\n".join(parts) + "\n"


def copy(folder: Path, packages: dict[str, Any], into: Path) -> None:
    """Put script, style sheet and licences into place, all of them or none."""
    fresh, old = into.with_name(into.name + ".new"), into.with_name(into.name + ".old")
    for left in (fresh, old):  # by a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        script = (folder / BUILT / SCRIPT).read_text(encoding="utf-8")
        (fresh / SCRIPT).write_text(_MAP.sub("", script), encoding="utf-8")
        shutil.copyfile(folder / BUILT / SHEET, fresh / SHEET)
        (fresh / NOTICE).write_text(notice(folder, packages), encoding="utf-8")
        if into.exists():
            into.rename(old)
        fresh.rename(into)
    finally:
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)


def main() -> int:
    """Fetch, and say what was fetched; 2 where it cannot be."""
    try:
        packages = locked(HERE / "package-lock.json")
        with tempfile.TemporaryDirectory(prefix="sco-graph-editor-") as made:
            folder = Path(made)
            for name in GIVEN:
                shutil.copyfile(HERE / name, folder / name)
            install(folder)
            copy(folder, packages, INTO)
    except (Failed, OSError, ValueError, KeyError) as error:
        print(f"error: the editor is not fetched: {error}", file=sys.stderr)
        return 2
    version = packages["node_modules/@zazuko/yasgui"]["version"]
    print(f"Yasgui {version} and {len(packages) - 1} packages in {INTO.relative_to(HERE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
