"""Rules run in any engine, stratum by stratum, until nothing more follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import pyoxigraph as ox

from sco_graph.rules.rule import CONTRADICTS, ENTAILS, Rule
from sco_graph.sparql import Ask

Update = Callable[[str], None]


@dataclass
class Reasoned:
    """What came of it: triples added by each rule, and how often each stratum ran.

    What a rule adds on the way and a sweep takes away is counted for both: the sum of
    `added` is how many triples more the graph holds. `contradictions` are what is wrong with
    a thing, by its IRI: the first that was found of each.
    """

    added: Counter[str] = field(default_factory=Counter)
    rounds: Counter[int] = field(default_factory=Counter)
    contradictions: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many triples more the graph holds."""
        return sum(self.added.values())


def run(
    update: Update,
    ask: Ask,
    rules: Iterable[Rule],
    into: str,
    over: Sequence[str],
    progress: Callable[[str], None] = lambda _: None,
    limit: int | None = None,
    minus: bool = False,
) -> Reasoned:
    """Add to the graph `into` what follows from the graphs `over` and from itself.

    `limit` bounds how many triples one update adds, `minus` suits a store on disk (see
    `Rule.insert`). Each rule is announced to `progress`. Run again, it changes nothing; dropping
    the graph takes all away. Contradictions are looked for before the sweeps: also a term that
    the data uses as a thing can be one.
    """
    ordered = sorted(rules, key=lambda rule: rule.stratum)
    strata = [list(group) for _, group in groupby(ordered, key=lambda rule: rule.stratum)]
    done = Reasoned()
    size = _size(ask, into)

    def apply(rule: Rule) -> int:
        """Run one rule, in batches, and return how many triples more there are."""
        nonlocal size
        progress(rule.name)
        if rule.kind == CONTRADICTS:
            for row in ask(rule.contradiction([*over, into])):
                done.contradictions.setdefault(row["focus"].value, row["problem"].value)
            return 0
        start = size
        while True:
            update(rule.insert(into, over, limit, minus))
            before, size = size, _size(ask, into)
            if limit is None or rule.kind != ENTAILS or size - before < limit:
                break
        done.added[rule.name] += size - start
        return size - start

    position = 0
    while position < len(strata):
        stratum = strata[position]
        number = stratum[0].stratum
        grown = True
        more = 0
        while grown:
            done.rounds[number] += 1
            found = sum(map(apply, stratum))
            more += found
            grown = found > 0 and any(rule.recursive for rule in stratum)
        again = more > 0 and any(rule.feeds_all for rule in stratum)
        position = 0 if again else position + 1
    return done


def _size(ask: Ask, graph: str) -> int:
    """Return how many triples a graph holds."""
    home = ox.NamedNode(graph)
    rows = ask(f"SELECT (COUNT(*) AS ?size) WHERE {{ GRAPH {home} {{ ?s ?p ?o }} }}")
    return sum(int(row["size"].value) for row in rows)
