"""A release: the N-Quads that passed the gate and the manifest that counts and sums them.

The same quads give the same bytes: lines are sorted, the gzip header holds no time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph as ox

from sco_graph import catalogue, turtle
from sco_graph.errors import GraphError, InputError
from sco_graph.folders import in_place
from sco_graph.namespaces import graph_name
from sco_graph.rdf import Fact
from sco_graph.rdf import facts as facts_of

QUADS, DESCRIPTION, MANIFEST = "release.nq.gz", "dataset.ttl", "manifest.json"
SUM = "manifest_sha256"
"""The member of the manifest that sums the others."""


@dataclass(frozen=True)
class Release:
    """A release in memory: the bytes of each file by its name."""

    files: dict[str, bytes]

    @property
    def facts(self) -> dict[str, Any]:
        """The manifest, read."""
        found: dict[str, Any] = json.loads(self.files[MANIFEST])
        return found

    def quads(self) -> bytes:
        """Return the N-Quads, unpacked."""
        return gzip.decompress(self.files[QUADS])

    def write(self, folder: Path) -> None:
        """Write the files into a folder, the manifest last."""
        for name, data in self.files.items():
            with (folder / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

    def differences(self) -> list[str]:
        """Return what is not as the manifest says."""
        with TemporaryDirectory(prefix="sco-graph-") as folder:
            self.write(Path(folder))
            return list(differences(Path(folder)))

    def save(self, folder: Path) -> None:
        """Put the files into a folder that a user named, all or nothing.

        Raises InputError where something else is in it, StorageError where it cannot be.
        """
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is a file; name a folder")
        if folder.exists() and not (folder / MANIFEST).is_file() and any(folder.iterdir()):
            raise InputError(f"{folder} is not empty and holds no release; name another folder")
        with in_place(folder) as made:
            self.write(made)


def pack(
    facts: Sequence[Fact],
    beside: Mapping[str, Iterable[Fact]],
    fingerprint: str,
    version: str,
    looked_at: Mapping[str, int],
    about: Sequence[Fact] = (),
    copied: Mapping[str, bytes] | None = None,
) -> Release:
    """Return the release of a set of facts, with the Turtle files that travel beside it.

    `about` is what an editor says of the dataset as a whole, `copied` are files that travel as
    they are.
    """
    lines = sorted({ox.serialize([f.quad()], format=ox.RdfFormat.N_QUADS) or b"" for f in facts})
    plain = b"".join(lines)
    graphs = Counter(line.rsplit(b" <", 1)[1].removesuffix(b"> .\n").decode() for line in lines)
    files = {QUADS: gzip.compress(plain, compresslevel=9, mtime=0)}
    files |= {
        name: turtle.write(f.triple() for f in found).encode()
        for name, found in sorted(beside.items())
    }
    files |= copied or {}
    described = turtle.write(catalogue.describe(about, facts, files, version))
    if described:
        files[DESCRIPTION] = described.encode()
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    sums[QUADS.removesuffix(".gz")] = hashlib.sha256(plain).hexdigest()
    manifest = {
        "version": version,
        "sources": fingerprint,
        "quads": len(lines),
        "graphs": {graph_name(iri): count for iri, count in sorted(graphs.items())},
        "rdfc10": canonical_sums(facts),
        "looked_at": dict(sorted(looked_at.items())),
        "sha256": sums,
    }
    return Release({**files, MANIFEST: _summed(manifest)})


def _summed(manifest: Mapping[str, Any]) -> bytes:
    """Return a manifest with the SHA-256 of all that it says, as it is written."""
    said = {name: value for name, value in manifest.items() if name != SUM}
    text = json.dumps(said, indent=2, ensure_ascii=False)
    said[SUM] = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps(said, indent=2, ensure_ascii=False).encode() + b"\n"


def canonical_sums(facts: Iterable[Fact]) -> dict[str, str]:
    """Return the SHA-256 of the canonical N-Quads (RDFC-1.0) of each graph and of the dataset.

    A graph is summed as a dataset of its own: its triples in its name. "" is the dataset.
    """
    grouped: dict[str, list[ox.Quad]] = defaultdict(list)
    for fact in facts:
        grouped[fact.graph].append(fact.quad())
    whole = [quad for quads in grouped.values() for quad in quads]
    return {name: _canonical_sum(quads) for name, quads in sorted({**grouped, "": whole}.items())}


def _canonical_sum(quads: Iterable[ox.Quad]) -> str:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"" for quad in dataset)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def differences(folder: Path) -> Iterator[str]:
    """Yield what in a folder is not as its manifest says: one line a file or a graph.

    Raises InputError where there is no manifest.
    """
    try:
        written = (folder / MANIFEST).read_bytes()
        manifest = json.loads(written)
        sums, expected = dict(manifest["sha256"]), dict(manifest["rdfc10"])
    except OSError:
        raise InputError(f"{folder} holds no release: it has no {MANIFEST}") from None
    except (ValueError, KeyError, TypeError):
        yield f"{folder / MANIFEST}: it is damaged"
        return
    if written != _summed(manifest):
        yield f"{folder / MANIFEST}: it does not say what it was summed with"
    plain = sums.pop(QUADS.removesuffix(".gz"), None)
    for name, wanted in sums.items():
        path = folder / name
        if not path.is_file():
            yield f"{path}: it is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            yield f"{path}: its bytes are not those that {MANIFEST} sums"
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() and path.relative_to(folder).as_posix() not in (*sums, MANIFEST):
            yield f"{path}: {MANIFEST} does not name it"
    try:
        data = gzip.decompress((folder / QUADS).read_bytes())
        found = list(facts_of(ox.parse(data, format=ox.RdfFormat.N_QUADS)))
    except (OSError, EOFError, zlib.error, SyntaxError, ValueError) as error:
        yield f"{folder / QUADS}: it cannot be read: {error}"
        return
    if hashlib.sha256(data).hexdigest() != plain:
        yield f"{folder / QUADS}: unpacked, it is not what {MANIFEST} sums"
    actual = canonical_sums(found)
    for name in sorted({*expected, *actual} - {""}):
        if expected.get(name) != actual.get(name):
            yield f"graph {name}: its statements are not those that {MANIFEST} sums (RDFC-1.0)"
    if expected.get("") != actual[""]:
        yield f"the dataset is not the one that {MANIFEST} sums (RDFC-1.0)"


def compare(released: Iterable[Fact], found: Iterable[Fact]) -> Iterator[str]:
    """Yield where what was received is not what was released, a line a graph that it has.

    Facts without a graph are compared with the union of all. Graphs that the release does
    not have are somebody else's, and are not looked at.
    """
    ours: dict[str, set[Fact]] = defaultdict(set)
    theirs: dict[str, set[Fact]] = defaultdict(set)
    for fact in released:
        ours[fact.graph].add(fact.alone())
        ours[""].add(fact.alone())
    for fact in found:
        theirs[fact.graph].add(fact.alone())
    for name in sorted(theirs):
        if name not in ours:
            continue
        for what, facts in (
            ("is missing", ours[name] - theirs[name]),
            ("was not released", theirs[name] - ours[name]),
        ):
            if facts:
                one = min(str(fact.triple()) for fact in facts)
                more = f", and {len(facts) - 1} more" if len(facts) > 1 else ""
                where = f"graph {name}" if name else "the union of all graphs"
                yield f"{where}: {one} {what}{more}"


def read(folder: str | PathLike[str]) -> Release | None:
    """Return the whole release in a folder, or None where there is none.

    Raises GraphError where a file is missing or has not the bytes that the manifest sums.
    """
    folder = Path(folder)
    try:
        manifest = (folder / MANIFEST).read_bytes()
    except OSError:
        return None
    try:
        sums = dict(json.loads(manifest)["sha256"])
    except (ValueError, KeyError, TypeError):
        raise GraphError(f"{folder / MANIFEST}: it is damaged") from None
    files = {}
    for name, expected in sums.items():
        if name == QUADS.removesuffix(".gz"):
            continue
        path = folder / name
        if not path.is_file():
            raise GraphError(f"{path} is missing, and {MANIFEST} names it")
        files[name] = path.read_bytes()
        if hashlib.sha256(files[name]).hexdigest() != expected:
            raise GraphError(f"{path}: its bytes are not those that {MANIFEST} sums")
    return Release({**files, MANIFEST: manifest})
