"""What follows by the ontology, written into a store by the store itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from tempfile import TemporaryFile
from typing import IO, NamedTuple, cast

import pyoxigraph as ox

from sco_graph import rules
from sco_graph.endpoint import Endpoint
from sco_graph.errors import StorageError
from sco_graph.inside import derive, scratch
from sco_graph.inside.engine import Engine, placed, staging
from sco_graph.layout import SCHEMES
from sco_graph.namespaces import GRAPH
from sco_graph.progress import Tell
from sco_graph.rdf import Fact

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
        copied = scratch.copy(engine, known, tell, {*derive.READS, *terms})
        if copied is not None:
            return _beside(engine, known, copied, ontology, entails, tell)
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
    copied: Engine,
    ontology: Sequence[Fact],
    entails: Sequence[rules.Rule],
    tell: Tell,
) -> list[Made]:
    """Reason over a store and a copy of the little that rules with several premises read.

    What follows from one premise is asked of the store, and waits in a file.
    """
    store = cast("ox.Store", engine.store)  # no endpoint is copied
    abandon(engine)
    derive.derive(copied, ontology, engine.sources(), tell)
    into, current = staging(INFERRED), staging(derive.CURRENT)

    def run(chosen: list[rules.Rule], *over: str) -> None:
        rules.run(copied.update, copied.ask, chosen, into, over, tell)

    run([rule for rule in entails if rule.rows or rule.kind == rules.STATES], current)
    try:
        with TemporaryFile(prefix="sco-graph-") as raw:
            file = cast("IO[bytes]", raw)
            found = _alone(store, known, copied, entails, tell)
            ox.serialize(found, file, format=ox.RdfFormat.N_TRIPLES)
            several = [r for r in entails if r.kind == rules.ENTAILS and not r.rows]
            run(several, *known, current, _ALONE)
            run([rule for rule in entails if rule.kind == rules.SWEEPS])
            homes = [ox.NamedNode(graph) for graph in known]

            def inferred() -> Iterator[ox.Triple | ox.Quad]:
                file.seek(0)
                yield from ox.parse(file, format=ox.RdfFormat.N_TRIPLES)
                for quad in copied.quads(into):
                    if not any(placed(quad, home) in store for home in homes):
                        yield quad

            told: dict[str, Callable[[], Iterator[ox.Triple | ox.Quad]]] = {
                derive.DERIVED: partial(copied.quads, staging(derive.DERIVED)),
                derive.CURRENT: partial(copied.quads, current),
                INFERRED: inferred,
            }
            made = []
            for graph, statements in told.items():
                tell(f"reason: {graph} takes its place")
                made.append(Made(graph, engine.change(graph, statements)))
    except OSError as error:
        raise StorageError(f"what follows cannot be kept: {error.strerror or error}") from None
    return made


def _alone(
    store: ox.Store,
    known: Sequence[str],
    copied: Engine,
    entails: Sequence[rules.Rule],
    tell: Tell,
) -> Iterator[ox.Triple]:
    """Yield what follows from one premise each in a store, and nothing else says or sweeps.

    What rules with several premises could need of it is put into the copy.
    """
    needed = rules.terms(entails) or ()
    swept = {term for rule in entails if rule.kind == rules.SWEEPS for term in rule.terms or ()}
    beside = (staging(derive.CURRENT), staging(INFERRED))
    for one in rules.alone(entails):
        tell(f"reason: {one.conclusion.value}")
        said = {quad.triple for graph in beside for quad in copied.quads(graph, *one.pattern())}
        kept = []
        for triple in one.triples(store, known):
            if one.conclusion in needed:
                kept.append(triple)
            if not (
                triple.subject in swept
                or isinstance(triple.object, ox.BlankNode)
                or (said and triple in said)
            ):
                yield triple
        copied.add(_ALONE, (Fact(*triple) for triple in kept))


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
    for rule in rules.compile(ontology):
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
