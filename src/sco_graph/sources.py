"""The files that a graph is made from, read and named: who says what, in which file and line."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sco_graph import sssom
from sco_graph.errors import InputError
from sco_graph.layout import LINKS, NOT_SOURCES, SSSOM, Layout, source_name
from sco_graph.namespaces import ID, shorten
from sco_graph.rdf import Fact, facts
from sco_graph.reading import decode, parse


@dataclass(frozen=True)
class SourceFile:
    """One file: its path as shown to people, its graph, its text and its facts."""

    path: str
    graph: str
    text: str
    facts: list[Fact]

    def line_of(self, iri: str) -> int:
        """Return the line (from 1) on which the block about `iri` starts, or 1."""
        names = [re.escape(f"<{iri}>"), re.escape(f"scogid:{iri.removeprefix(ID)}")]
        found = shorten(iri)
        if found:
            names.append(rf"[\w-]*:{re.escape(found[1])}")
        match = re.search(rf"(?m)^\s*(?:{'|'.join(names)})(?=[\s;,.]|$)", self.text)
        return self.text.count("\n", 0, match.end()) + 1 if match else 1


@dataclass(frozen=True)
class Sources:
    """All files of a graph, read and named."""

    files: tuple[SourceFile, ...]
    added: frozenset[str] = frozenset()

    @classmethod
    def read(cls, layout: Layout) -> Sources:
        """Read the files of a layout; SyntaxFault or InputError names the one at fault."""
        return cls(tuple(read_file(Path(path), graph) for graph, path in layout.files()))

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
            present.add(path.resolve())
            if path.name.endswith(SSSOM):
                added.append(read_file(path, LINKS))
                continue
            name = source_name(path.name.split(".")[0], str(path))
            if name in known:
                raise InputError(
                    f'{path}: the graph has a source called "{name}" already; rename the file'
                )
            known.add(name)
            added.append(read_file(path, name))
        return Sources((*self.files, *added), frozenset(file.path for file in added))

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

    def is_added(self, path: str) -> bool:
        """Whether a file is a user's own."""
        return path in self.added

    def mention(self, iri: str) -> tuple[str, int] | None:
        """Return the file and line that speak of a thing, a user's file before the shipped ones."""
        for file in reversed(self.files):
            for fact in file.facts:
                if iri in (fact.subject.value, fact.object.value):
                    return file.path, file.line_of(fact.subject.value)
        return None


def read_file(path: Path, graph: str) -> SourceFile:
    """Read one file into a named graph, whatever graph names it may hold itself."""
    shown = _shown(path)
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise InputError(
            f"{shown}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    if path.name.endswith(SSSOM):
        text = decode(data, shown)
        rows = sssom.read(text, shown)
        return SourceFile(shown, graph, text, [fact for row in rows for fact in row.facts(graph)])
    parsed = parse(data, shown)
    return SourceFile(shown, graph, data.decode("utf-8"), list(facts(parsed.quads, graph)))


def _shown(path: Path) -> str:
    """Return a path as a person would write it from where they stand."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)
