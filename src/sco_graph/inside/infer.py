"""What follows by the ontology, written into a store by the store itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sco_graph import rules
from sco_graph.endpoint import Endpoint
from sco_graph.inside import derive, scratch
from sco_graph.inside.engine import Engine, staging
from sco_graph.layout import SCHEMES
from sco_graph.namespaces import GRAPH
from sco_graph.progress import Tell
from sco_graph.rdf import Fact

INFERRED = GRAPH + "inferred"
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
    copied = scratch.copy(engine, known, tell)
    there = copied or engine
    made = derive.derive(there, ontology, engine.sources(), tell)
    into = staging(INFERRED)
    there.drop(into)
    # In memory NOT EXISTS is the faster way, on disk MINUS.
    minus = copied is None and not isinstance(engine.store, Endpoint)
    over = [*known, staging(derive.CURRENT)]
    rules.run(there.update, there.ask, entails, into, over, tell, _BATCH, minus)
    made[INFERRED] = there.size(into)
    for graph in made:
        tell(f"reason: {graph} takes its place")
        if copied:
            engine.change(graph, copied.facts(staging(graph)))
        else:
            engine.replace(graph)
    return [Made(graph, count) for graph, count in made.items()]


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
