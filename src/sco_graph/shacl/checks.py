"""One query for each shape: its rows are all the results that the shape has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph.rdf import Term
from sco_graph.shacl.classes import Below
from sco_graph.shacl.conditions import Names, negated
from sco_graph.shacl.faults import Fault, Look, faults, look, tested
from sco_graph.shacl.graph import shown
from sco_graph.shacl.model import Part, Shape, Target
from sco_graph.shacl.paths import Path
from sco_graph.shacl.tokens import tidy
from sco_graph.shacl.written import THIS, texts
from sco_graph.sparql import from_clauses

_FOCUS = f"?{THIS}"


@dataclass(frozen=True)
class Constraint:
    """What a row of a check breaks: whose constraint it is, and what a result says of it."""

    component: str
    shape: Term
    label: str
    path: Path | None
    severity: str
    messages: tuple[ox.Literal, ...] = ()
    sparql: Term | None = None
    """The node of a constraint that is written in SPARQL."""
    bound: tuple[str, ...] = ()
    """The names that its messages speak of: the column of a name is `said_` and the name."""

    def __str__(self) -> str:
        component = self.component.rpartition("#")[2].removesuffix("ConstraintComponent")
        return f"{component} of {self.label}" + (f" on {self.path.shown}" if self.path else "")


class Branch(NamedTuple):
    """A group that finds the rows of some constraints, most often of one."""

    keys: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Check:
    """A shape as queries. Columns of `query`: ?focus, ?value, ?path, ?constraint, ?said_….

    `?constraint` is a key of `constraints`; `targets` counts the focus nodes as ?count.
    """

    shape: str
    node: Term
    targets: str
    query: str
    constraints: tuple[Constraint, ...]
    comment: str
    graphs: tuple[str, ...] = field(default=(), repr=False)
    head: str = field(default="", repr=False)
    branches: tuple[Branch, ...] = field(default=(), repr=False)
    """The SELECT of `query`, and what its group unites."""

    @property
    def count(self) -> str:
        """Return the SELECT that counts the rows of each constraint as ?count."""
        return tidy(
            f"SELECT ?constraint (COUNT(*) AS ?count){from_clauses(self.graphs)}"
            f" WHERE {{ {_united(self.branches)} }} GROUP BY ?constraint"
        )

    def examples(self, constraint: int, limit: int) -> str:
        """Return the query for the first rows of a constraint, in an order that does not change."""
        own = [branch for branch in self.branches if constraint in branch.keys]
        several = any(len(branch.keys) > 1 for branch in own)
        alone = f"FILTER(?constraint = {constraint})" if several else ""
        chosen = tidy(f"{self.head} WHERE {{ {_united(own)} {alone} }}")
        return f"{chosen}ORDER BY ?focus ?value\nLIMIT {limit}\n"


def _united(branches: Iterable[Branch]) -> str:
    return " UNION ".join(branch.text for branch in branches) or "FILTER(false)"


def compile(  # noqa: A001 - it is read as shacl.compile
    shapes: Iterable[Shape],
    graphs: Sequence[str] = (),
    below: Below | None = None,
    *,
    sets: bool = False,
) -> list[Check]:
    """Return a check for each shape that has targets, over graphs or the default graph.

    `below` holds the classes below others where they are known (`classes.below` asks for them);
    without it the queries look for them along rdfs:subClassOf. `sets` says that the engine is
    one that joins sets faster than it looks up nodes (`sets` the module tells why).
    """
    targeted = (shape for shape in shapes if shape.targets)
    return [_check(shape, tuple(graphs), Names(below, sets=sets)) for shape in targeted]


def _check(shape: Shape, graphs: tuple[str, ...], names: Names) -> Check:
    scope = _targets(shape.targets, names)
    branches = _Branches()
    branches.add(look(shape, scope, _FOCUS, names))
    said = sorted({name for one in branches.constraints for name in one.bound})
    columns = " ".join(["?focus ?value ?path ?constraint", *(f"?said_{name}" for name in said)])
    clause = from_clauses(graphs)
    head = f"SELECT {columns}{clause}"
    lines = [f"{shape.label}: {', '.join(_target(target) for target in shape.targets)}"]
    lines += [f"{key} {constraint}" for key, constraint in enumerate(branches.constraints)]
    return Check(
        shape.label,
        shape.node,
        tidy(f"SELECT (COUNT(DISTINCT {_FOCUS}) AS ?count){clause} WHERE {{ {scope} }}"),
        tidy(f"{head} WHERE {{ {_united(branches.texts)} }}"),
        tuple(branches.constraints),
        "\n".join(lines),
        graphs,
        head,
        tuple(branches.texts),
    )


def _target(target: Target) -> str:
    return f"sh:{target.kind} {shown(target.term)}"


def _targets(targets: tuple[Target, ...], names: Names) -> str:
    """Return the pattern that binds the focus nodes."""
    groups = []
    for kind, same in groupby(targets, key=lambda target: target.kind):
        terms = [target.term for target in same]
        if kind == "targetNode":
            # Apart: Virtuoso loses rows where a FILTER follows a UNION that has VALUES in it.
            named = " ".join(map(str, terms))
            groups.append(f"{{ SELECT {_FOCUS} WHERE {{ VALUES {_FOCUS} {{ {named} }} }} }}")
        elif kind == "targetClass":
            groups.append(names.instances(_FOCUS, terms))
        elif kind == "targetSubjectsOf":
            groups += [f"{_FOCUS} {term} {names.new()} ." for term in terms]
        else:
            groups += [f"{names.new()} {term} {_FOCUS} ." for term in terms]
    if len(groups) == 1:
        return groups[0]
    return " UNION ".join(f"{{ {group} }}" for group in groups)


class _Branches:
    """The branches of a query, one for each constraint of a shape and of those below it."""

    def __init__(self) -> None:
        self.constraints: list[Constraint] = []
        self.texts: list[Branch] = []

    def add(self, view: Look) -> None:
        """Add what a shape demands, and what its property shapes demand of its values."""
        alike = {part: test for part in view.shape.parts if (test := tested(view, part))}
        if view.outer or len(alike) < 2:
            alike = {}
        tests: dict[int, str] = {}
        for part in view.shape.parts:
            if part.component == "Property":
                self.add(view.into(part.shapes[0]))
                continue
            if part in alike:
                tests[len(self.constraints)] = alike[part]
            self._add_part(view, part, [] if part in alike else faults(view, part))
        if tests:
            self._add_tests(view, tests)

    def _add_tests(self, view: Look, tests: Mapping[int, str]) -> None:
        """Add tests of the same values: each is read once, and what fails is told apart after."""
        bad = view.kept(negated(f"({' && '.join(tests.values())})"))
        found = f"{{ SELECT DISTINCT {view.node} {view.value} WHERE {{ {bad} }} }}"
        each = (f"(?constraint = {key} && {negated(test)})" for key, test in tests.items())
        keys = f"VALUES ?constraint {{ {' '.join(map(str, tests))} }}"
        pattern = f"{found} {keys} FILTER({' || '.join(each)})"
        head = f"SELECT ({view.node} AS ?focus) ({view.value} AS ?value) ?constraint"
        self.texts.append(Branch((*tests,), f"{{ {head} WHERE {{ {pattern} }} }}"))

    def _add_part(self, view: Look, part: Part, found: Iterable[Fault]) -> None:
        shape = view.shape
        key = len(self.constraints)
        messages = texts(part.sparql, shape) if part.sparql else shape.messages
        said: set[str] = set()
        for fault in found:
            told = {"focus": view.node, "value": fault.value, "path": fault.path}
            told |= {f"said_{name}": variable for name, variable in fault.bound}
            told = {name: variable for name, variable in told.items() if variable}
            said |= {name for name, _ in fault.bound}
            columns = [f"({variable} AS ?{name})" for name, variable in told.items()]
            every = {*told.values(), *view.outer, *filter(None, [fault.each])}
            pattern, distinct = fault.pattern, " DISTINCT"
            if len(every) > len(set(told.values())):  # what tells results apart is not all told
                inner = " ".join(sorted(every))
                pattern, distinct = f"{{ SELECT DISTINCT {inner} WHERE {{ {pattern} }} }}", ""
            head = f"SELECT{distinct} {' '.join(columns)} ({key} AS ?constraint)"
            self.texts.append(Branch((key,), f"{{ {head} WHERE {{ {pattern} }} }}"))
        self.constraints.append(
            Constraint(
                part.iri,
                shape.node,
                shape.label,
                shape.path,
                shape.severity,
                messages,
                part.sparql.node if part.sparql else None,
                tuple(sorted(said)),
            )
        )
