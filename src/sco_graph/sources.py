"""Finding, reading and naming what a graph is made from: ontology, data and queries.

A file belongs to the named graph that its place says: `data/reference/codes.ttl` and
`data/reference.ttl` to `reference`, `ontology/schemes/*` to `schemes`, `ontology/sco.ttl`
to `ontology`, `ontology/shapes/*` to `shapes`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sco_graph.errors import InputError
from sco_graph.namespaces import shorten
from sco_graph.rdf import Fact, facts
from sco_graph.reading import parse

ONTOLOGY, SHAPES, SCHEMES = "ontology", "shapes", "schemes"
NOT_SOURCES = (ONTOLOGY, SHAPES, SCHEMES, "inferred", "derived", "current", "links")
"""Graphs that a source may not be called."""


@dataclass(frozen=True)
class Layout:
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
        return replace(self, data=data)

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
        """Return the SHA-256 over what the release depends on: data, checks and code."""
        digest = hashlib.sha256()
        code = Path(__file__).parent
        checks = sorted((self.queries / "checks").glob("*.rq"))
        for path in [p for _, p in self.files()] + checks + sorted(code.glob("*.py")):
            data = path.read_bytes()
            name = path.relative_to(path.parents[1]).as_posix()
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
        return digest.hexdigest()


@dataclass(frozen=True)
class SourceFile:
    """One file: its path as shown to people, its graph, its text and its facts."""

    path: str
    graph: str
    text: str
    facts: list[Fact]

    def line_of(self, iri: str) -> int:
        """Return the line (from 1) on which the block about `iri` starts, or 1."""
        names = [re.escape(f"<{iri}>")]
        found = shorten(iri)
        if found:
            names.append(rf"[\w-]*:{re.escape(found[1])}")
        match = re.search(rf"(?m)^\s*(?:{'|'.join(names)})(?=[\s;,.]|$)", self.text)
        return self.text.count("\n", 0, match.end()) + 1 if match else 1


@dataclass(frozen=True)
class Sources:
    """All files of a graph, read and named."""

    files: tuple[SourceFile, ...]

    @classmethod
    def read(cls, layout: Layout) -> Sources:
        """Read the files of a layout; SyntaxFault or InputError names the one at fault."""
        return cls(tuple(read_file(path, graph) for graph, path in layout.files()))

    def adding(self, paths: Iterable[Path]) -> Sources:
        """Return these sources with a user's files, each a source graph named after it.

        A file that is one of these sources already is not read twice.
        """
        known = {file.graph for file in self.files}
        present = {Path(file.path).resolve() for file in self.files}
        added: list[SourceFile] = []
        for path in paths:
            if path.resolve() in present:
                continue
            name = source_name(path.name.split(".")[0], path)
            if name in known:
                raise InputError(
                    f'{path}: the graph has a source called "{name}" already; rename the file'
                )
            known.add(name)
            added.append(read_file(path, name))
        return Sources((*self.files, *added))

    def facts(self, *graphs: str) -> Iterator[Fact]:
        """Yield the facts of the graphs named."""
        for file in self.files:
            if file.graph in graphs:
                yield from file.facts

    @property
    def names(self) -> list[str]:
        """The names of the source graphs, in order."""
        return sorted({file.graph for file in self.files} - set(NOT_SOURCES))

    def locate(self, triple: tuple[str, str | None, str | None]) -> tuple[str, int] | None:
        """Return the file and line that state a triple, or else that speak of its subject.

        `triple` is (subject, predicate, object as text); the last two may be None.
        """
        subject, predicate, value = triple
        fallback = None
        for file in reversed(self.files):
            for fact in file.facts:
                if fact.subject.value != subject:
                    continue
                if predicate is None or (
                    fact.predicate.value == predicate and value in (None, fact.object.value)
                ):
                    return file.path, file.line_of(subject)
                fallback = fallback or file
        return (fallback.path, fallback.line_of(subject)) if fallback else None


def source_name(name: str, path: Path) -> str:
    """Return the name of the graph of a source; InputError where it cannot be one."""
    wanted = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not wanted or wanted in NOT_SOURCES:
        raise InputError(f'{path}: a source cannot be called "{name}"; rename it')
    return wanted


def read_file(path: Path, graph: str) -> SourceFile:
    """Read one file into a named graph, whatever graph names it may hold itself."""
    shown = _shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {error.strerror}") from None
    parsed = parse(data, shown)
    return SourceFile(shown, graph, data.decode("utf-8"), list(facts(parsed.quads, graph)))


def _shown(path: Path) -> str:
    """Return a path as a person would write it from where they stand."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)
