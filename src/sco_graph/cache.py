"""Releases that are at hand: the wheel's own, or the ones kept in the user's cache.

A release is kept under the fingerprint of its sources, with a read-only store made from
it, so that it is built once; where nothing can be kept it is read anew each time. What is
slow to import is imported only where a release has to be built or unpacked.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sco_graph import store
from sco_graph.errors import StorageError
from sco_graph.layout import ONTOLOGY, PACKED, SHAPES, Layout
from sco_graph.namespaces import GRAPH

if TYPE_CHECKING:
    from collections.abc import Callable

    from sco_graph.release import Release

_KEPT = 6
"""How many releases the cache keeps: a checkout makes a new one at each change."""


def at_hand(layout: Layout, say: Callable[[str], None] = lambda _: None) -> ox.Store:
    """Return the store of the release of a layout, building what is not there yet."""
    fingerprint = layout.fingerprint()
    cache = cache_folder()
    kept = cache / fingerprint / store.STORE if cache else None
    for made in (False, True):
        if kept and kept.is_dir():
            try:
                return ox.Store.read_only(str(kept))
            except OSError:
                _forget(kept.parent)
        if not made:
            found = release_of(layout, say)
            keep(found, say)
    return store.load(found.quads())


def release_of(layout: Layout, say: Callable[[str], None] = lambda _: None) -> Release:
    """Return the release of a layout: the wheel's, the cache's, or a new one."""
    from sco_graph import build, release

    fingerprint = layout.fingerprint()
    cache = cache_folder()
    for folder in (PACKED, *([cache / fingerprint] if cache else [])):
        found = release.read(folder)
        if found and found.facts["sources"] == fingerprint:
            return found
    say("building the graph once; answers are quick from then on")
    return build.build(layout)


def keep(release: Release, say: Callable[[str], None]) -> None:
    """Write a release and its store into the cache; where none can be written, say so."""
    from sco_graph.folders import in_place, sweep

    cache = cache_folder()
    if cache is None:
        return
    folder = cache / release.facts["sources"]
    if (folder / store.STORE).is_dir():
        return
    try:
        sweep(cache)
        with in_place(folder) as made:
            release.write(made)
            store.make(release.quads(), made / store.STORE)
    except StorageError as error:
        say(f"note: {error}; the next question takes as long")
        return
    kept = sorted((p for p in cache.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for old in kept[:-_KEPT]:
        _forget(old)


def _forget(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def cache_folder() -> Path | None:
    """Return the folder of the cache, or None where the user has no home."""
    named = os.environ.get("SCO_GRAPH_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "sco-graph"
    try:
        return Path.home() / ".cache" / "sco-graph"
    except RuntimeError:
        return None


def with_vocabulary(layout: Layout, say: Callable[[str], None] = lambda _: None) -> ox.Store:
    """Return the release in memory, with its ontology and shapes as graphs of their own."""
    found = release_of(layout, say)
    keep(found, say)
    graph = store.load(found.quads())
    for name in (ONTOLOGY, SHAPES):
        graph.load(
            found.files[f"{name}.ttl"],
            format=ox.RdfFormat.TURTLE,
            to_graph=ox.NamedNode(GRAPH + name),
        )
    return graph
