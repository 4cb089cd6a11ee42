"""Day bounds, which claim yields to which, and the current view, written into a store.

The claims come organization by organization, so that memory does not grow with the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from sco_graph import current, days
from sco_graph.inside.engine import Engine, staging
from sco_graph.namespaces import GRAPH, graph_name
from sco_graph.progress import Tell
from sco_graph.rdf import Fact, named
from sco_graph.sparql import from_clauses

DERIVED, CURRENT = GRAPH + "derived", GRAPH + "current"
READS = frozenset(map(named, (*days.SAID, "scog:lastDayCovered", "scog:currentProperty")))
"""The properties from which it is derived."""
_TOPICS = 200
"""How many organizations or offices are asked for at once."""
_ABOUT = """SELECT DISTINCT ?topic{graphs} WHERE {{
  {{ ?claim org:organization ?topic }} UNION {{ ?claim scog:office ?topic }}
  FILTER (ISIRI(?topic))
}} ORDER BY ?topic"""
_CLAIMS = """SELECT ?graph ?claim ?p ?o WHERE {{
  GRAPH ?graph {{
    VALUES ?topic {{ {topics} }}
    {{ ?claim org:organization ?topic }} UNION {{ ?claim scog:office ?topic }}
    ?claim ?p ?o
  }}
  FILTER (?p IN ({predicates}))
}}"""
_SMALL = """SELECT ?s ?p ?o WHERE {
  GRAPH ?graph { ?s ?p ?o }
  VALUES ?p { scog:lastDayCovered scog:currentProperty }
}"""


def derive(
    engine: Engine, ontology: Sequence[Fact], sources: Sequence[str], tell: Tell
) -> dict[str, int]:
    """Write the staging graphs of `derived` and `current`; return how many triples each has."""
    for graph in (DERIVED, CURRENT):
        engine.drop(staging(graph))
    kind, source = named("rdf:type"), named("scog:SourceGraph")
    engine.add(staging(DERIVED), [Fact(ox.NamedNode(g), kind, source) for g in sources])
    small = [Fact(row["s"], row["p"], row["o"]) for row in engine.ask_all(_SMALL)]  # type: ignore[arg-type]  # subjects
    on = current.last_day(small)
    topics = list(_topics(engine, sources))
    for start in range(0, len(topics), _TOPICS):
        asked = topics[start : start + _TOPICS]
        found = days.claims(_claims(engine, asked, set(sources)))
        claims = [claim for claim in found if claim.about[1] in asked]
        engine.add(staging(DERIVED), sorted(days.derive(claims), key=str))
        engine.add(staging(CURRENT), sorted(current.view(claims, small, ontology, on), key=str))
        done = min(start + _TOPICS, len(topics))
        tell(f"derive: {done:,} of {len(topics):,} organizations and offices")
    return {graph: engine.size(staging(graph)) for graph in (DERIVED, CURRENT)}


def _topics(engine: Engine, sources: Sequence[str]) -> Iterator[str]:
    for row in engine.ask(_ABOUT.format(graphs=from_clauses(sources))):
        yield row["topic"].value


def _claims(engine: Engine, topics: Sequence[str], sources: set[str]) -> Iterator[Fact]:
    listed = " ".join(f"<{topic}>" for topic in topics)
    for row in engine.ask_all(_CLAIMS.format(topics=listed, predicates=", ".join(days.SAID))):
        if row["graph"].value in sources:
            claim, predicate = row["claim"], row["p"]
            if isinstance(claim, ox.NamedNode) and isinstance(predicate, ox.NamedNode):
                yield Fact(claim, predicate, row["o"], graph_name(row["graph"].value))
