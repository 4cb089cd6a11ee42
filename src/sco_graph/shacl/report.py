"""Validate through any engine, and the report of SHACL that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph.rdf import Term, literal
from sco_graph.shacl.checks import Check, Constraint, compile  # noqa: A004
from sco_graph.shacl.classes import Below, below
from sco_graph.shacl.model import SH, TYPE, Shape
from sco_graph.shacl.paths import Path
from sco_graph.shacl.written import fill
from sco_graph.sparql import Ask


@dataclass(frozen=True)
class Result:
    """One thing that is wrong. `path` is None where a node is judged by itself."""

    focus: Term
    path: Path | None
    value: Term | None
    severity: str
    component: str
    shape: Term
    label: str
    messages: tuple[ox.Literal, ...] = ()
    sparql: Term | None = None


@dataclass
class Report:
    """What was found, and at how much each shape looked."""

    results: list[Result] = field(default_factory=list)
    counts: dict[tuple[str, Constraint], int] = field(default_factory=dict)
    """How many results there are for each shape and constraint, those not shown too."""
    looked_at: dict[str, int] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """Whether there is no result, of whatever severity."""
        return not any(self.counts.values())

    def as_triples(self) -> Iterator[ox.Triple]:
        """Yield the report as SHACL has it."""
        whole = ox.BlankNode("report")
        yield ox.Triple(whole, TYPE, _sh("ValidationReport"))
        truth = literal("true" if self.conforms else "false", "boolean")
        yield ox.Triple(whole, _sh("conforms"), truth)
        for number, result in enumerate(self.results):
            node = ox.BlankNode(f"r{number}")
            yield ox.Triple(whole, _sh("result"), node)
            yield from _described(result, node)


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SH + name)


def _described(result: Result, node: ox.BlankNode) -> Iterator[ox.Triple]:
    yield ox.Triple(node, TYPE, _sh("ValidationResult"))
    yield ox.Triple(node, _sh("focusNode"), result.focus)
    if result.path is not None:
        path, triples = result.path.described(node.value)
        yield ox.Triple(node, _sh("resultPath"), path)
        yield from triples
    if result.value is not None:
        yield ox.Triple(node, _sh("value"), result.value)
    yield ox.Triple(node, _sh("resultSeverity"), ox.NamedNode(result.severity))
    yield ox.Triple(node, _sh("sourceConstraintComponent"), ox.NamedNode(result.component))
    yield ox.Triple(node, _sh("sourceShape"), result.shape)
    if result.sparql is not None:
        yield ox.Triple(node, _sh("sourceConstraint"), result.sparql)
    for message in result.messages:
        yield ox.Triple(node, _sh("resultMessage"), message)


def validate(
    ask: Ask,
    shapes: Iterable[Shape],
    graphs: Sequence[str] = (),
    most: int | None = None,
    *,
    near: bool = False,
    classes: Below | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Validate what an engine holds; `most` is how many results of a constraint are brought.

    Counts come first where `most` is given: a million results are one number, and examples.
    Where the engine is `near`, in this process, all results stream by and are counted, and
    it joins sets. `classes`, which `below` gives, are asked for where they are not told.
    """
    report = Report()
    shapes = list(shapes)
    classes = below(ask, shapes, graphs) if classes is None else classes
    for check in compile(shapes, graphs, classes, sets=near):
        progress(check.shape)
        report.looked_at[check.shape] = sum(_number(row) for row in ask(check.targets))
        if most is None or near:
            _add(report, check, ask(check.query), most)
            continue
        for row in list(ask(check.count)):
            if "constraint" not in row:
                continue
            key = int(row["constraint"].value)
            constraint = check.constraints[key]
            report.counts[check.shape, constraint] = _number(row)
            if most:
                examples = ask(check.examples(key, most))
                report.results += (_result(constraint, found) for found in examples)
    return report


def _number(row: Mapping[str, Term]) -> int:
    return int(row["count"].value) if "count" in row else 0


def _add(
    report: Report, check: Check, rows: Iterable[Mapping[str, Term]], most: int | None = None
) -> None:
    """Count results, and keep them all or the first ones of each constraint."""
    for row in rows:
        constraint = check.constraints[int(row["constraint"].value)]
        key = check.shape, constraint
        report.counts[key] = number = report.counts.get(key, 0) + 1
        if most is None or number <= most:
            report.results.append(_result(constraint, row))


def _result(constraint: Constraint, row: Mapping[str, Term]) -> Result:
    path = constraint.path
    if isinstance(found := row.get("path"), ox.NamedNode):
        path = Path("predicate", found.value)
    return Result(
        row["focus"],
        path,
        row.get("value"),
        constraint.severity,
        constraint.component,
        constraint.shape,
        constraint.label,
        _messages(constraint, row, path),
        constraint.sparql,
    )


def _messages(
    constraint: Constraint, row: Mapping[str, Term], path: Path | None
) -> tuple[ox.Literal, ...]:
    if constraint.sparql is None:
        return constraint.messages
    said = {name: row[f"said_{name}"] for name in constraint.bound if f"said_{name}" in row}
    own = said.get("message")
    if not constraint.messages and isinstance(own, ox.Literal):
        return (own,)
    values = {name: term.value for name, term in said.items()}
    values["this"] = row["focus"].value
    if "value" in row:
        values["value"] = row["value"].value
    if path is not None:
        values["path"] = values["PATH"] = path.shown
    return tuple(_filled(message, values) for message in constraint.messages)


def _filled(message: ox.Literal, values: dict[str, str]) -> ox.Literal:
    text = fill(message.value, values)
    if message.language:
        return ox.Literal(text, language=message.language)
    return ox.Literal(text, datatype=message.datatype)
