"""Property paths: from RDF, to SPARQL, and back to RDF for a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from sco_graph.namespaces import PREFIXES, compact
from sco_graph.rdf import Node, Term
from sco_graph.shacl.graph import ShapesGraph
from sco_graph.shacl.refusal import NotCompiled

_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
_SUFFIXES = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_Naming = Callable[[str], str]


@dataclass(frozen=True)
class Path:
    """A path: `kind` is `predicate`, `sequence` or the local name of a SHACL property."""

    kind: str
    iri: str = ""
    parts: tuple[Path, ...] = ()

    @property
    def nullable(self) -> bool:
        """Whether the path leads from a node to itself by no step."""
        if self.kind == "sequence":
            return all(part.nullable for part in self.parts)
        if self.kind in ("zeroOrMorePath", "zeroOrOnePath"):
            return True
        return any(part.nullable for part in self.parts)

    @property
    def endless(self) -> bool:
        """Whether a step of the path may be taken any number of times, or not at all."""
        return self.kind in _SUFFIXES or any(part.endless for part in self.parts)

    @property
    def sparql(self) -> str:
        """The path in SPARQL."""
        return self._text(lambda iri: f"<{iri}>")

    @property
    def step(self) -> str:
        """The path in SPARQL as one step of a longer one."""
        return self._step(lambda iri: f"<{iri}>")

    @property
    def shown(self) -> str:
        """The path as people read it."""
        return self._text(compact)

    def _text(self, name: _Naming) -> str:
        if self.kind == "predicate":
            return name(self.iri)
        inner = [part._step(name) for part in self.parts]
        if self.kind == "sequence":
            return "/".join(inner)
        if self.kind == "alternativePath":
            return "|".join(inner)
        if self.kind == "inversePath":
            return "^" + inner[0]
        return inner[0] + _SUFFIXES[self.kind]

    def _step(self, name: _Naming) -> str:
        text = self._text(name)
        return text if self.kind == "predicate" else f"({text})"

    def described(self, prefix: str) -> tuple[Term, list[ox.Triple]]:
        """Return the node of the path and the triples that describe it, blank nodes by prefix."""
        triples: list[ox.Triple] = []
        labels = (ox.BlankNode(f"{prefix}n{number}") for number in range(10_000))
        return self._describe(labels, triples), triples

    def _describe(self, labels: Iterator[ox.BlankNode], triples: list[ox.Triple]) -> Node:
        if self.kind == "predicate":
            return ox.NamedNode(self.iri)
        if self.kind == "sequence":
            return _list([p._describe(labels, triples) for p in self.parts], labels, triples)
        node = next(labels)
        inner = [part._describe(labels, triples) for part in self.parts]
        alternative = self.kind == "alternativePath"
        value = _list(inner, labels, triples) if alternative else inner[0]
        triples.append(ox.Triple(node, ox.NamedNode(_SH + self.kind), value))
        return node


def _list(items: list[Node], labels: Iterator[ox.BlankNode], triples: list[ox.Triple]) -> Node:
    rest: Node = ox.NamedNode(_RDF + "nil")
    for item in reversed(items):
        node = next(labels)
        triples.append(ox.Triple(node, ox.NamedNode(_RDF + "first"), item))
        triples.append(ox.Triple(node, ox.NamedNode(_RDF + "rest"), rest))
        rest = node
    return rest


def read_path(graph: ShapesGraph, node: Term, shape: str) -> Path:
    """Read the path that a node of a shapes graph describes."""
    return _read(graph, node, shape, frozenset())


def _read(graph: ShapesGraph, node: Term, shape: str, above: frozenset[Term]) -> Path:
    if isinstance(node, ox.NamedNode) and node.value != _RDF + "nil":
        return Path("predicate", node.value)
    if node in above:
        raise NotCompiled(shape, "a path that contains itself", "write a path that ends")
    inner = above | {node}
    if graph.is_list(node):  # a list that says more besides is still read as a list
        members = graph.list(node, shape, "sh:path")
        if len(members) < 2:
            raise NotCompiled(shape, "a sequence of fewer than two paths", "name two or more")
        return Path("sequence", parts=tuple(_read(graph, m, shape, inner) for m in members))
    for kind in ("inversePath", "alternativePath", *_SUFFIXES):
        values = graph.objects(node, _SH + kind)
        if len(values) == 1:
            if kind != "alternativePath":
                return Path(kind, parts=(_read(graph, values[0], shape, inner),))
            members = graph.list(values[0], shape, "sh:alternativePath")
            if len(members) > 1:
                parts = tuple(_read(graph, m, shape, inner) for m in members)
                return Path(kind, parts=parts)
    raise NotCompiled(shape, "this value of sh:path", "write one path of SHACL Core")
