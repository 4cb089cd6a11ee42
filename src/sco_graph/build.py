"""From sources to a release that passed its gate, and the release that is at hand.

    read -> close -> derive -> judge -> pack

A release is kept in the user's cache under the fingerprint of its sources, so that it is
built once; a wheel carries its own. Nothing is handed out that did not pass.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sco_graph import __version__, store
from sco_graph import release as releases
from sco_graph.errors import GraphError, InputError, StorageError
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import Fact, named
from sco_graph.sources import ONTOLOGY, SCHEMES, SHAPES, Layout, Sources

if TYPE_CHECKING:
    from sco_graph.validation import Report


_KEPT = 6


class GateError(GraphError):
    """The graph fails its gate; `report` says where."""

    def __init__(self, report: Report) -> None:
        wrong = sum(f.severity == "violation" for f in report.findings)
        super().__init__(f"the graph fails its gate: {wrong} findings, nothing was released")
        self.report = report


@dataclass
class Timings:
    """How long each stage took, in seconds, in the order in which they ran."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside, under a name."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


@dataclass(frozen=True)
class Judged:
    """Sources, what was derived from them, and what the gate says of both."""

    sources: Sources
    derived: list[Fact]
    report: Report


def judge(layout: Layout, added: Iterable[Path] = (), timings: Timings | None = None) -> Judged:
    """Read a layout and a user's files, derive what follows, and judge the whole."""
    timings = timings or Timings()
    with timings.stage("import"):
        # rdflib, owlrl and pyshacl take longer to import than a question takes to answer.
        from sco_graph import current, days, queryfile, reasoning, validation

    with timings.stage("read"):
        sources = Sources.read(layout).adding(added)
        checks = list(queryfile.read_folder(layout.queries / "checks"))
    ontology = list(sources.facts(ONTOLOGY))
    claimed = list(sources.facts(*sources.names))
    asserted = [*claimed, *sources.facts(SCHEMES)]
    with timings.stage("derive"):
        claims = days.claims(claimed)
        now = current.view(claims, asserted, ontology)
        derived = days.derive(claims)
        kind, source = named("rdf:type"), named("scog:SourceGraph")
        derived |= {Fact(ox.NamedNode(GRAPH + name), kind, source) for name in sources.names}
    with timings.stage("reason"):
        closure = reasoning.close([*asserted, *now], ontology)
    products = {"current": now, "derived": derived, "inferred": closure.entailed - now}
    facts = [f._replace(graph=graph) for graph, found in products.items() for f in found]
    with timings.stage("judge"):
        report = validation.judge(sources, facts, closure.contradictions, checks)
    return Judged(sources, facts, report)


def build(layout: Layout, timings: Timings | None = None) -> releases.Release:
    """Return the release of a layout; GateError where it fails its gate.

    The shipped graph also fails where a shape or check has nothing to look at.
    """
    timings = timings or Timings()
    judged = judge(layout, timings=timings)
    if layout == Layout.shipped():
        judged.report.refuse_idle()
    if not judged.report.conforms:
        raise GateError(judged.report)
    with timings.stage("pack"):
        sources = judged.sources
        data = [*sources.facts(SCHEMES, *sources.names), *judged.derived]
        beside = {f"{name}.ttl": list(sources.facts(name)) for name in (ONTOLOGY, SHAPES)}
        return releases.pack(
            data, beside, layout.fingerprint(), __version__, judged.report.looked_at
        )


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
                shutil.rmtree(kept.parent, ignore_errors=True)
        if not made:
            found = release_of(layout, say)
            keep_quietly(found, say)
    return store.load(releases.unpack(found))


def release_of(layout: Layout, say: Callable[[str], None] = lambda _: None) -> releases.Release:
    """Return the release of a layout: the wheel's, the cache's, or a new one that is kept."""
    fingerprint = layout.fingerprint()
    cache = cache_folder()
    for folder in (Path(__file__).parent / "_release", *([cache / fingerprint] if cache else [])):
        found = releases.read(folder)
        if found and found.facts["sources"] == fingerprint:
            return found
    say("building the graph once; answers are quick from then on")
    found = build(layout)
    keep_quietly(found, say)
    return found


def keep(release: releases.Release, folder: Path) -> None:
    """Write a release and its store into a folder of the cache, all or nothing."""
    with _in_place(folder) as made:
        releases.write(release, made)
        store.make(releases.unpack(release), made / store.STORE)
    by_age = sorted(
        (p for p in folder.parent.iterdir() if p.is_dir() and ".tmp-" not in p.name),
        key=lambda p: p.stat().st_mtime,
        reverse=True,
    )
    for old in by_age[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def keep_quietly(release: releases.Release, say: Callable[[str], None]) -> None:
    """Write a release into the cache; where none can be written, say so and go on."""
    cache = cache_folder()
    folder = cache / release.facts["sources"] if cache else None
    try:
        if folder and not (folder / store.STORE).is_dir():
            keep(release, folder)
    except StorageError as error:
        say(f"note: {error}; the release is not kept")


def save(release: releases.Release, folder: Path) -> None:
    """Write a release into a folder that a user named, all or nothing."""
    if folder.exists() and not (folder / releases.MANIFEST).is_file() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty and holds no release; name another folder")
    with _in_place(folder) as made:
        releases.write(release, made)


@contextmanager
def _in_place(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder`, and put it in its place when all is written."""
    parent = folder.absolute().parent
    made = parent / f"{folder.name}.tmp-{os.getpid()}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent, folder.name)
        made.mkdir()
        yield made
        if folder.exists():
            old = parent / f"{folder.name}.tmp-{os.getpid()}-old"
            folder.rename(old)
            made.rename(folder)
            shutil.rmtree(old)
        else:
            made.rename(folder)
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sweep(parent: Path, name: str) -> None:
    """Remove what builds that were killed left behind, and mend a half-made exchange."""
    for left in parent.glob(f"{name}.tmp-*"):
        pid = left.name.split(".tmp-")[1].split("-")[0]
        if pid.isdigit() and _alive(int(pid)):
            continue
        if left.name.endswith("-old") and not (parent / name).exists():
            left.rename(parent / name)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return pid != os.getpid()


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
    graph = store.load(releases.unpack(found))
    for name in (ONTOLOGY, SHAPES):
        graph.load(
            found.files[f"{name}.ttl"],
            format=ox.RdfFormat.TURTLE,
            to_graph=ox.NamedNode(GRAPH + name),
        )
    return graph
