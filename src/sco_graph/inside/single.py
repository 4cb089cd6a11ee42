"""What follows in a store from one premise each, in files until its graph is written.

The engine asks and writes it by itself, a file for each conclusion: meanwhile Python derives.
The files have no name, so that nothing is left of a stage that was killed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from os import fstat
from tempfile import TemporaryFile
from typing import IO, NamedTuple

import pyoxigraph as ox

from sco_graph import rules
from sco_graph.progress import Tell
from sco_graph.rdf import Fact
from sco_graph.rules.clauses import Part

_N_TRIPLES = ox.RdfFormat.N_TRIPLES
_FILES, _IN_FILE = 2, 25_000_000
"""How many files there are at least, and the bytes of one at most: some 150 MB in the engine."""


class Waiting(NamedTuple):
    """What was concluded of a class or a property, as N-Triples."""

    conclusion: ox.NamedNode
    file: IO[bytes]

    def facts(self) -> Iterator[Fact]:
        """Return it."""
        return (Fact(*triple) for triple in _triples(self.file))


class Sifted(NamedTuple):
    """What is new of it: files, and what speaks of blank nodes, which have to keep their names."""

    files: list[IO[bytes]]
    blank: list[ox.Triple]

    def paths(self) -> list[str]:
        """Return where the engine finds the files."""
        return [path(file) for file in self.files]

    def triples(self) -> Iterator[ox.Triple]:
        """Return what is in the files."""
        return chain.from_iterable(map(_triples, self.files))


def ask(
    store: ox.Store,
    over: Sequence[str],
    entails: Iterable[rules.Rule],
    files: ExitStack,
    tell: Tell,
) -> list[Waiting]:
    """Return what follows in some graphs, and is not said there; `files` closes its files."""
    found = []
    for one in rules.alone(entails):
        tell(f"reason: {one.conclusion.value}")
        file = _file(files)
        one.write(store, over, path(file))
        found.append(Waiting(one.conclusion, file))
    return found


def sift(
    found: Sequence[Waiting], said: Iterable[ox.Triple], swept: Collection[Part], files: ExitStack
) -> Sifted:
    """Return what of it is not said elsewhere, nor about what is swept, nor of a blank node."""
    known = set((ox.serialize(said, format=_N_TRIPLES) or b"").splitlines(keepends=True))
    gone = {str(term).encode() for term in swept}
    blank: list[ox.Triple] = []
    made: list[IO[bytes]] = []
    enough = sum(fstat(one.file.fileno()).st_size for one in found) // _FILES
    size = _IN_FILE
    for waiting in found:
        # A conclusion is in one file, if that can be: what a query reads then lies together.
        size = _IN_FILE if size > enough else size
        waiting.file.seek(0)
        for line in waiting.file:
            subject, _, value = line.split(b" ", 2)
            if subject in gone or value.startswith(b"_:") or line in known:
                continue
            if subject.startswith(b"_:"):
                blank += (quad.triple for quad in ox.parse(line, format=_N_TRIPLES))
                continue
            if size >= _IN_FILE:
                made.append(_file(files))
                size = 0
            made[-1].write(line)
            size += len(line)
    for file in made:
        file.flush()
    return Sifted(made, blank)


def _triples(file: IO[bytes]) -> Iterator[ox.Triple]:
    return (quad.triple for quad in ox.parse(path=path(file), format=_N_TRIPLES))


def _file(files: ExitStack) -> IO[bytes]:
    return files.enter_context(TemporaryFile(prefix="sco-graph-"))


def path(file: IO[bytes]) -> str:
    """Return the path by which the engine opens a file that has no name."""
    return f"/dev/fd/{file.fileno()}"
