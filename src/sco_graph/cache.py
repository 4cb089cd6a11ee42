"""Releases that are at hand: the wheel's own, or the ones kept in the user's cache.

A release is kept under the fingerprint of its sources, with a read-only store made from
it, so that it is built once; where nothing can be kept it is read anew each time. What is
slow to import is imported only where a release has to be built or unpacked.
"""

from __future__ import annotations

import os
from os.path import dirname, expanduser, isdir, join

import pyoxigraph as ox

from sco_graph import store
from sco_graph.errors import GraphError, StorageError
from sco_graph.layout import ONTOLOGY, PACKED, SHAPES, Layout
from sco_graph.namespaces import GRAPH
from sco_graph.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sco_graph.release import Release

_KEPT = 6
"""How many releases the cache keeps: a checkout makes a new one at each change."""


def at_hand(layout: Layout, say: Callable[[str], None] = lambda _: None) -> ox.Store:
    """Return the store of the release of a layout, building what is not there yet."""
    cache = cache_folder()
    kept = join(cache, layout.fingerprint(), store.STORE) if cache else ""
    graph = _open(kept)
    if graph is None:
        found = release_of(layout, say)
        graph = _open(kept) or store.load(found.quads())
    return graph


def _open(folder: str) -> ox.Store | None:
    """Return the store in a folder, or None where there is none; a damaged one is removed."""
    if not isdir(folder):
        return None
    try:
        return ox.Store.read_only(folder)
    except (OSError, RuntimeError):
        _forget(dirname(folder))
        return None


def with_vocabulary(layout: Layout, say: Callable[[str], None] = lambda _: None) -> ox.Store:
    """Return the release in memory, with its ontology and shapes as graphs of their own."""
    found = release_of(layout, say)
    graph = store.load(found.quads())
    for name in (ONTOLOGY, SHAPES):
        graph.load(
            found.files[f"{name}.ttl"],
            format=ox.RdfFormat.TURTLE,
            to_graph=ox.NamedNode(GRAPH + name),
        )
    return graph


def release_of(layout: Layout, say: Callable[[str], None] = lambda _: None) -> Release:
    """Return the release of a layout, the wheel's, the cache's or a new one, and keep it."""
    from sco_graph import build

    found = _ready(layout.fingerprint())
    if found is None:
        say("building the graph once; answers are quick from then on")
        found = build.build(layout)
    keep(found, say)
    return found


def _ready(fingerprint: str) -> Release | None:
    """Return the release of these sources that the wheel or the cache has, if one has it."""
    from sco_graph import release

    packed = release.read(PACKED)
    if packed and packed.facts["sources"] == fingerprint:
        return packed
    cache = cache_folder()
    if not cache:
        return None
    try:
        return release.read(join(cache, fingerprint))
    except GraphError:  # damaged: made again
        _forget(join(cache, fingerprint))
        return None


def keep(release: Release, say: Callable[[str], None]) -> None:
    """Write a release and its store into the cache; where none can be written, say so."""
    from pathlib import Path

    from sco_graph.folders import in_place, sweep

    named = cache_folder()
    if not named:
        return
    cache = Path(named)
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
        _forget(str(old))


def _forget(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def cache_folder() -> str | None:
    """Return the folder of the cache, or None where the user has no home."""
    named = os.environ.get("SCO_GRAPH_CACHE")
    if named:
        return named
    base = os.environ.get("XDG_CACHE_HOME") or expanduser(join("~", ".cache"))
    return None if base.startswith("~") else join(base, "sco-graph")
