"""What follows by the ontology, written into a store by the store itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import chain
from tempfile import gettempdir
from typing import NamedTuple, cast

import pyoxigraph as ox

from sco_graph import rules
from sco_graph.endpoint import Endpoint
from sco_graph.errors import StorageError
from sco_graph.inside import derive, scratch, single
from sco_graph.inside.engine import Engine, Told, staging
from sco_graph.layout import SCHEMES
from sco_graph.namespaces import GRAPH
from sco_graph.progress import Tell
from sco_graph.rdf import Fact, placed

INFERRED = GRAPH + "inferred"
_ALONE = staging(INFERRED) + "-alone"
"""The graph, of a copy, with what follows from one premise each and others need."""
_BATCH = 500_000
"""How many triples one update adds at most."""


class Made(NamedTuple):
    """A graph that a stage wrote, and how many triples it has."""

    graph: str
    triples: int


def reason(engine: Engine, ontology: Sequence[Fact], tell: Tell) -> list[Made]:
    """Write `derived`, `current` and `inferred`; each takes its place when all are there.

    Until then the store is as it was: run again after an end before the time, the stage
    begins anew.
    """
    entails = [rule for rule in rules.compile(ontology) if rule.kind != rules.CONTRADICTS]
    known = premises(engine)
    terms = rules.terms(entails)
    if terms is not None and isinstance(engine.store, ox.Store):
        parts = scratch.parts(engine.store, known, {*derive.READS, *terms})
        if parts is not None:
            try:
                return _beside(engine, known, parts, ontology, entails, tell)
            except OSError as error:
                why = error.strerror or error
                raise StorageError(f"what follows cannot be kept: {why}") from None
    made = derive.derive(engine, ontology, engine.sources(), tell)
    into = staging(INFERRED)
    engine.drop(into)
    minus = not isinstance(engine.store, Endpoint)  # the faster way on disk
    over = [*known, staging(derive.CURRENT)]
    rules.run(engine.update, engine.ask, entails, into, over, tell, _BATCH, minus)
    made[INFERRED] = engine.size(into)
    for graph in made:
        tell(f"reason: {graph} takes its place")
        engine.replace(graph)
    return [Made(graph, count) for graph, count in made.items()]


def _beside(
    engine: Engine,
    known: Sequence[str],
    parts: Sequence[scratch.Part],
    ontology: Sequence[Fact],
    entails: Sequence[rules.Rule],
    tell: Tell,
) -> list[Made]:
    """Reason over a store and a copy of the little that rules with several premises read.

    What follows from one premise is asked of the store, in a thread of its own.
    """
    store = cast("ox.Store", engine.store)  # no endpoint is copied
    into, current = staging(INFERRED), staging(derive.CURRENT)
    abandon(engine)
    gettempdir()  # finds a place by writing there, which is done before anybody is told
    with ExitStack() as files, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(single.ask, store, known, entails, files, tell)
        copy = scratch.copy(store, parts, tell)
        copied = Engine(copy, engine.beside)
        derive.derive(copied, ontology, engine.sources(), tell)

        def run(chosen: list[rules.Rule], *over: str) -> None:
            rules.run(copied.update, copied.ask, chosen, into, over, tell)

        run([rule for rule in entails if rule.rows or rule.kind == rules.STATES], current)
        said = (quad.triple for graph in (current, into) for quad in copied.quads(graph))
        swept = {term for rule in entails if rule.kind == rules.SWEEPS for term in rule.terms or ()}
        needed = rules.terms(entails) or set()
        alone = single.sift(asked.result(), said, swept, files)
        for one in asked.result():
            if one.conclusion in needed:
                copied.add(_ALONE, one.facts())
        run([r for r in entails if r.kind == rules.ENTAILS and not r.rows], *known, current, _ALONE)
        run([rule for rule in entails if rule.kind == rules.SWEEPS])
        homes = [ox.NamedNode(graph) for graph in known]

        def inferred() -> Iterator[ox.Quad | ox.Triple]:
            yield from alone.blank
            for quad in copied.quads(into):
                about = quad.object if quad.predicate == scratch.TYPE else quad.predicate
                held = copy if about in needed else store  # what was copied is there, and faster
                if not any(placed(quad, home) in held for home in homes):
                    yield quad

        told: dict[str, Told] = {
            derive.DERIVED: partial(copied.quads, staging(derive.DERIVED)),
            derive.CURRENT: partial(copied.quads, current),
            INFERRED: inferred,
        }
        tell(f"reason: {', '.join(told)} take their place")
        if not any(map(engine.size, told)):
            engine.fill(told, {INFERRED: alone.paths()})
            return [Made(graph, engine.size(graph)) for graph in told]
        told[INFERRED] = lambda: chain(alone.triples(), inferred())
        return [Made(graph, engine.change(graph, all_of_it)) for graph, all_of_it in told.items()]


def abandon(engine: Engine) -> None:
    """Remove what a stage that was stopped left behind."""
    for graph in (derive.DERIVED, derive.CURRENT, INFERRED):
        engine.drop(staging(graph))


def contradictions(
    engine: Engine, ontology: Sequence[Fact], over: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield (focus, what is wrong) for what contradicts the ontology; one of each focus.

    `over` are the graphs with the premises and what follows of them.
    """
    seen: set[str] = set()
    near = not isinstance(engine.store, Endpoint)
    for rule in rules.compile(ontology, sets=near):
        if rule.kind != rules.CONTRADICTS:
            continue
        for row in engine.ask(rule.contradiction(over)):
            if row["focus"].value not in seen:
                seen.add(row["focus"].value)
                yield row["focus"].value, row["problem"].value


def premises(engine: Engine) -> list[str]:
    """Return the graphs from which something follows: the sources and the schemes."""
    schemes = GRAPH + SCHEMES
    return [*engine.sources(), *([schemes] if schemes in engine.graphs() else [])]
