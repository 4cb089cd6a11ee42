"""Where the files of a graph are, which graph each belongs to, and what they hash to.

A file belongs to the named graph that its place says: `data/reference/codes.ttl` and
`data/reference.ttl` to `reference`, `ontology/schemes/*` to `schemes`, `ontology/sco.ttl`
to `ontology`, `ontology/shapes/*` to `shapes`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from sco_graph.errors import InputError

ONTOLOGY, SHAPES, SCHEMES = "ontology", "shapes", "schemes"
NOT_SOURCES = (ONTOLOGY, SHAPES, SCHEMES, "inferred", "derived", "current", "links")
"""Graphs that a source may not be called."""

PACKED = Path(__file__).parent / "_release"
"""The release that a wheel carries."""


class Layout(NamedTuple):
    """The folders that a graph is made from."""

    ontology: Path
    data: Path
    queries: Path

    @classmethod
    def shipped(cls) -> Layout:
        """Return the project's own: beside the code in a wheel, at the root in a checkout."""
        package = Path(__file__).resolve().parent
        root = package if (package / "ontology").is_dir() else package.parents[1]
        return cls(root / "ontology", root / "data", root / "queries")

    def with_data(self, data: Path) -> Layout:
        """Return the same ontology and queries over another folder of data."""
        if not data.is_dir():
            raise InputError(f"{data}: there is no such folder of data")
        return self._replace(data=data)

    def files(self) -> list[tuple[str, Path]]:
        """Return (name of the graph, path) of every Turtle file, in order of the names."""
        pairs = [(ONTOLOGY, path) for path in sorted(self.ontology.glob("*.ttl"))]
        for name in (SHAPES, SCHEMES):
            pairs += [(name, path) for path in sorted((self.ontology / name).glob("*.ttl"))]
        for path in sorted(self.data.rglob("*.ttl")):
            top = path.relative_to(self.data).parts[0].removesuffix(".ttl")
            pairs.append((source_name(top, path), path))
        return pairs

    def fingerprint(self) -> str:
        """Return the SHA-256 over what the release depends on: data, checks and code.

        A wheel's files do not change: its release says what they hash to.
        """
        code = Path(__file__).parent
        if self.data == code / "data":
            found = re.search(r'"sources": "(\w+)"', (PACKED / "manifest.json").read_text("utf-8"))
            if found:
                return found[1]
        import hashlib

        digest = hashlib.sha256()
        checks = sorted((self.queries / "checks").glob("*.rq"))
        for path in [p for _, p in self.files()] + checks + sorted(code.glob("*.py")):
            data = path.read_bytes()
            name = path.relative_to(path.parents[1]).as_posix()
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
        return digest.hexdigest()


def source_name(name: str, path: Path) -> str:
    """Return the name of the graph of a source; InputError where it cannot be one."""
    wanted = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not wanted or wanted in NOT_SOURCES:
        raise InputError(f'{path}: a source cannot be called "{name}"; rename it')
    return wanted
