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
    fingerprint = layout.fingerprint()
    cache = cache_folder()
    kept = join(cache, fingerprint, store.STORE) if cache else ""
    for made in (False, True):
        if isdir(kept):
            try:
                return ox.Store.read_only(kept)
            except (OSError, RuntimeError):  # damaged: made again from the release
                _forget(dirname(kept))
        if not made:
            found = release_of(layout, say)
            keep(found, say)
    return store.load(found.quads())


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


def release_of(layout: Layout, say: Callable[[str], None] = lambda _: None) -> Release:
    """Return the release of a layout: the wheel's, the cache's, or a new one."""
    from sco_graph import build, release

    fingerprint = layout.fingerprint()
    cache = cache_folder()
    found = release.read(PACKED)
    if found and found.facts["sources"] == fingerprint:
        return found
    if cache:
        try:
            found = release.read(join(cache, fingerprint))
        except GraphError:
            _forget(join(cache, fingerprint))
            found = None
        if found:
            return found
    say("building the graph once; answers are quick from then on")
    return build.build(layout)


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
