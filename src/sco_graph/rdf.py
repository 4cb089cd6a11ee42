"""Terms and facts: RDF 1.1 as the pipeline passes it from hand to hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from sco_graph.namespaces import GRAPH, expand
from sco_graph.records import NamedTuple

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal
Statements = Sequence[ox.Quad] | Sequence[ox.Triple]
"""What is written: quads of a dataset, or the triples of one graph."""


class Rows(NamedTuple):
    """The rows of a SELECT, all of them in hand."""

    variables: list[ox.Variable]
    solutions: list[ox.QuerySolution]

    def __iter__(self) -> Iterator[ox.QuerySolution]:  # type: ignore[override]  # of rows
        """Yield the rows, as the engine's own answer does."""
        return iter(self.solutions)


class Fact(NamedTuple):
    """A triple and the name of the graph that holds it ("" where that does not matter)."""

    subject: Node
    predicate: ox.NamedNode
    object: Term
    graph: str = ""

    def alone(self) -> Fact:
        """Return the triple, whatever graph holds it."""
        return self._replace(graph="")

    def triple(self) -> ox.Triple:
        """Return it as the engine's triple."""
        return ox.Triple(self.subject, self.predicate, self.object)

    def quad(self) -> ox.Quad:
        """Return it as the engine's quad, in its named graph."""
        return ox.Quad(self.subject, self.predicate, self.object, ox.NamedNode(GRAPH + self.graph))


def facts(quads: Iterable[ox.Quad], graph: str | None = None) -> Iterator[Fact]:
    """Yield quads as facts, all in one graph where it is named.

    Raises ValueError at a quoted triple of RDF 1.2, which rdflib cannot hold.
    """
    for quad in quads:
        subject, value, home = quad.subject, quad.object, quad.graph_name
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            raise ValueError(f"a quoted triple is not read: {quad}")
        name = "" if isinstance(home, ox.DefaultGraph) else home.value.removeprefix(GRAPH)
        yield Fact(subject, quad.predicate, value, name if graph is None else graph)


def named(curie: str) -> ox.NamedNode:
    """Return the node that a CURIE of the project's prefixes names."""
    return ox.NamedNode(expand(curie))


def literal(text: str, datatype: str) -> ox.Literal:
    """Return a literal of a datatype of XML Schema: `literal("2019-07-11", "date")`."""
    return ox.Literal(text, datatype=named(f"xsd:{datatype}"))


def placed(statement: ox.Quad | ox.Triple, home: ox.NamedNode) -> ox.Quad:
    """Return a statement as one of a graph."""
    return ox.Quad(statement.subject, statement.predicate, statement.object, home)


def at_home(quads: Iterable[ox.Quad], home: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield quads, those of no graph as of `home`."""
    for quad in quads:
        yield placed(quad, home) if isinstance(quad.graph_name, ox.DefaultGraph) else quad
