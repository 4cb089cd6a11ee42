"""A shape as it is compiled: its targets and its constraints, with the shapes that these name."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Term
from sco_graph.shacl.paths import Path

SH = PREFIXES["sh"]
RDF = PREFIXES["rdf"]
RDFS = PREFIXES["rdfs"]
TYPE = ox.NamedNode(RDF + "type")


@dataclass(frozen=True)
class Sparql:
    """A constraint that is written as a SELECT: its text, and what it says of a solution."""

    node: Term
    text: str
    prefixes: tuple[tuple[str, str], ...] = ()
    messages: tuple[ox.Literal, ...] = ()


@dataclass(frozen=True)
class Part:
    """One constraint of a shape: its component, as `MinCount`, and the values of its parameters.

    `shapes` are those that it names; of a qualified value shape, that one and then its siblings.
    """

    component: str
    terms: tuple[Term, ...] = ()
    shapes: tuple[Shape, ...] = ()
    sparql: Sparql | None = None

    @property
    def number(self) -> int:
        """Return the parameter of a constraint that counts."""
        return int(self.terms[0].value)

    @property
    def iri(self) -> str:
        """Return the IRI of the component."""
        return f"{SH}{self.component}ConstraintComponent"


@dataclass(frozen=True)
class Target:
    """Where focus nodes are found: `kind` is the local name of a SHACL property."""

    kind: str
    term: Term


@dataclass(frozen=True, eq=False)
class Shape:
    """A node shape, or a property shape where it has a path; `label` is what people read."""

    node: Term
    label: str
    path: Path | None
    targets: tuple[Target, ...]
    parts: tuple[Part, ...]
    severity: str
    messages: tuple[ox.Literal, ...]
