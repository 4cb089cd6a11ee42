"""Where the files of a graph are, which graph each belongs to, and what they hash to.

A file belongs to the named graph that its place says: `data/reference/codes.ttl` and
`data/reference.ttl` to `reference`, `ontology/schemes/*` to `schemes`, `ontology/sco.ttl`
to `ontology`, `ontology/shapes/*` to `shapes`; concepts of one organization alone are in
`data/schemes/*`, and belong to `schemes` too; `data/links/*.sssom.tsv` to `links`,
`data/dataset.ttl` to `dataset`, which describes the whole and travels beside it.

Each question from the shell comes through here, so paths are plain texts: `pathlib` takes
longer to import than a question takes to answer.
"""

from __future__ import annotations

import os
from os.path import basename, dirname, isdir, join, realpath, relpath

from sco_graph.errors import InputError
from sco_graph.records import NamedTuple

ONTOLOGY, SHAPES, SCHEMES, LINKS = "ontology", "shapes", "schemes", "links"
DATASET = "dataset"
MADE = ("inferred", "derived", "current", "merged", "merged-links", "loads")
"""Graphs that the pipeline writes."""
NOT_SOURCES = (ONTOLOGY, SHAPES, SCHEMES, LINKS, DATASET, *MADE)
"""Graphs that a source may not be called."""
CONTEXT = "context.jsonld"
"""The JSON-LD context, in the folder of the ontology and in a release."""
SSSOM = ".sssom.tsv"
"""How the name of a table of links ends."""

CODE = dirname(realpath(__file__))
PACKED = join(CODE, "_release")
"""The release that a wheel carries."""


class Layout(NamedTuple):
    """The folders that a graph is made from."""

    ontology: str
    data: str
    queries: str

    @classmethod
    def shipped(cls) -> Layout:
        """Return the project's own: beside the code in a wheel, at the root in a checkout."""
        root = CODE if isdir(join(CODE, "ontology")) else dirname(dirname(CODE))
        return cls(join(root, "ontology"), join(root, "data"), join(root, "queries"))

    def with_data(self, data: str | os.PathLike[str]) -> Layout:
        """Return the same ontology and queries over another folder of data."""
        if not isdir(data):
            raise InputError(f"{data}: there is no such folder of data")
        return self._replace(data=os.fspath(data))

    def files(self) -> list[tuple[str, str]]:
        """Return (name of the graph, path) of every Turtle file and every table of links."""
        pairs = [(ONTOLOGY, path) for path in _files(self.ontology, ".ttl")]
        for name in (SHAPES, SCHEMES):
            pairs += [(name, path) for path in _files(join(self.ontology, name), ".ttl")]
        for path in _files(self.data, ".ttl", deep=True):
            top = relpath(path, self.data).split(os.sep)[0].removesuffix(".ttl")
            known = top in (SCHEMES, DATASET)
            pairs.append((top if known else source_name(top, path), path))
        pairs += [(LINKS, path) for path in _files(join(self.data, LINKS), SSSOM)]
        return pairs

    def vocabulary(self) -> list[tuple[str, str]]:
        """Return (name of the graph, path) of what is said of no organization in particular."""
        return [pair for pair in self.files() if pair[1].startswith(self.ontology + os.sep)]

    def fingerprint(self) -> str:
        """Return the SHA-256 over what the release depends on: data, checks and code.

        A wheel's files do not change: its release says what they hash to.
        """
        if self.data == join(CODE, "data"):
            return _packed_fingerprint()
        import hashlib

        digest = hashlib.sha256()
        checks = _files(join(self.queries, "checks"), ".rq")
        context = [join(self.ontology, CONTEXT)]
        for path in [path for _, path in self.files()] + context + checks + _files(CODE, ".py"):
            with open(path, "rb") as file:
                data = file.read()
            name = f"{basename(dirname(path))}/{basename(path)}"
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
        return digest.hexdigest()


def _packed_fingerprint() -> str:
    """Return what the manifest of the wheel's release names as its sources."""
    try:
        with open(join(PACKED, "manifest.json"), encoding="utf-8") as file:
            return file.read().split('"sources": "')[1].split('"')[0]
    except (OSError, IndexError):
        raise InputError(f"{PACKED} holds no release: install sco-graph again") from None


def _files(folder: str, extension: str, deep: bool = False) -> list[str]:
    """Return the files of a folder that end so, in order; `deep` looks into folders too."""
    found = []
    for path, folders, names in os.walk(folder):
        found += [join(path, name) for name in names if name.endswith(extension)]
        if not deep:
            break
        folders[:] = [name for name in folders if not name.startswith(".")]
    return sorted(found)


def source_name(name: str, path: str) -> str:
    """Return the name of the graph of a source; InputError where it cannot be one."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()
    wanted = "-".join(words)
    if not wanted or wanted in NOT_SOURCES:
        raise InputError(
            f"{path}: a source is called after its file, in Latin letters and digits, and not "
            f'{", ".join(NOT_SOURCES)}: rename "{name}"'
        )
    return wanted
