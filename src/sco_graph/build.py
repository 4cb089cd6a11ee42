"""From sources to a release that passed its gate; nothing is handed out that did not pass.

read -> derive -> reason -> judge -> pack
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os.path import join
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sco_graph import __version__
from sco_graph import release as releases
from sco_graph.errors import GraphError
from sco_graph.layout import CONTEXT, DATASET, LINKS, ONTOLOGY, SCHEMES, SHAPES, Layout
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import Fact, named
from sco_graph.sources import Sources

if TYPE_CHECKING:
    from sco_graph.validation import Report


class GateError(GraphError):
    """The graph fails its gate; `report` says where."""

    def __init__(self, report: Report) -> None:
        wrong = sum(f.severity == "violation" for f in report.findings)
        super().__init__(
            f"the graph fails its gate ({wrong} to mend); nothing was released: "
            "sco-graph validate says where"
        )
        self.report = report


@dataclass
class Timings:
    """How long each stage took, in seconds, in the order in which they ran."""

    seconds: dict[str, float] = field(default_factory=dict)
    announce: Callable[[str], None] = lambda _: None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside, under a name."""
        self.announce(name)
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
        checks = list(queryfile.read_folder(join(layout.queries, "checks")))
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
        data = [*sources.facts(SCHEMES, LINKS, *sources.names), *judged.derived]
        beside = {f"{name}.ttl": list(sources.facts(name)) for name in (ONTOLOGY, SHAPES)}
        return releases.pack(
            data,
            beside,
            layout.fingerprint(),
            __version__,
            judged.report.looked_at,
            list(sources.facts(DATASET)),
            {CONTEXT: Path(layout.ontology, CONTEXT).read_bytes()},
        )
