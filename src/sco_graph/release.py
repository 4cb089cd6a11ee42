"""A release: the N-Quads that passed the gate and the manifest that counts and sums them.

The same quads give the same bytes: lines are sorted, the gzip header holds no time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sco_graph import turtle
from sco_graph.errors import GraphError, InputError
from sco_graph.folders import in_place
from sco_graph.namespaces import graph_name
from sco_graph.rdf import Fact

QUADS, MANIFEST = "release.nq.gz", "manifest.json"


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
    facts: Iterable[Fact],
    beside: Mapping[str, Iterable[Fact]],
    fingerprint: str,
    version: str,
    looked_at: Mapping[str, int],
) -> Release:
    """Return the release of a set of facts, with the Turtle files that travel beside it."""
    lines = sorted({ox.serialize([f.quad()], format=ox.RdfFormat.N_QUADS) or b"" for f in facts})
    plain = b"".join(lines)
    graphs = Counter(line.rsplit(b" <", 1)[1].removesuffix(b"> .\n").decode() for line in lines)
    files = {QUADS: gzip.compress(plain, compresslevel=9, mtime=0)}
    files |= {
        name: turtle.write(f.triple() for f in found).encode()
        for name, found in sorted(beside.items())
    }
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    sums[QUADS.removesuffix(".gz")] = hashlib.sha256(plain).hexdigest()
    manifest = {
        "version": version,
        "sources": fingerprint,
        "quads": len(lines),
        "graphs": {graph_name(iri): count for iri, count in sorted(graphs.items())},
        "looked_at": dict(sorted(looked_at.items())),
        "sha256": sums,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    return Release({**files, MANIFEST: text.encode()})


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
