"""The gate inside a store: shapes and checks as queries, counts first, a few of each shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from unicodedata import category, normalize

import pyoxigraph as ox

from sco_graph import shacl
from sco_graph.endpoint import Endpoint
from sco_graph.inside import derive, infer, scratch
from sco_graph.inside.engine import Engine
from sco_graph.namespaces import slug
from sco_graph.progress import Tell
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Fact, Term
from sco_graph.validation import (
    CLOSURE,
    COMPOSED,
    VIOLATION,
    Finding,
    Report,
    contradiction,
    is_composed,
    of_row,
)

_CALL = "scog:isComposed"


def judge(
    engine: Engine,
    shapes: Iterable[ox.Triple],
    ontology: Sequence[Fact],
    checks: Iterable[QueryFile],
    most: int,
    tell: Tell,
) -> Report:
    """Return what shapes, checks and the ontology find; `most` findings of each are brought.

    Raises NotCompiled, before anything runs, at a shape that is not compiled.
    """
    compiled = shacl.read(shapes)
    report = Report()
    premises = [engine.vocabulary(), *infer.premises(engine)]
    shacl.compile(compiled, premises)  # what cannot be compiled is told before anything runs
    copied = scratch.copy(engine, premises, tell)
    # In a copy that has nothing else, the union of all graphs is what shapes judge.
    ask, graphs = (copied.ask_all, []) if copied else (engine.ask, premises)
    near = not isinstance(engine.store, Endpoint)
    _add_shapes(report, shacl.validate(ask, compiled, graphs, most, near=near, progress=tell))
    others = [graph for graph in engine.graphs() if graph not in premises]
    if copied and scratch.extend(copied, engine, others, tell):
        engine = copied
    tell("validate: contradictions")
    closure = [*premises[1:], derive.CURRENT, infer.INFERRED]
    found = list(infer.contradictions(engine, ontology, closure))
    sizes: dict[str, int] = {}  # several checks look at the same things
    for check in checks:
        tell(f"validate: {check.name}")
        over = check.fields["over"]
        if over not in sizes:
            sizes[over] = _size(engine, over)
        report.looked_at[check.name] = sizes[over]
        _add_check(report, engine, check, most)
    report.looked_at[CLOSURE] = engine.things([derive.DERIVED, derive.CURRENT, infer.INFERRED])
    _count(report, CLOSURE, VIOLATION, len(found))
    report.findings += [contradiction(thing, problem) for thing, problem in found[:most]]
    report.findings.sort()
    return report


def _count(report: Report, name: str, severity: str, number: int) -> None:
    if number:
        key = name, severity
        report.counts[key] = report.counts.get(key, 0) + number


def _add_shapes(report: Report, found: shacl.Report) -> None:
    for name, number in found.looked_at.items():
        report.looked_at[_named(name)] = number
    for (_, constraint), number in found.counts.items():
        severity = slug(constraint.severity).lower()
        _count(report, _named(constraint.label), severity, number)
    for result in found.results:
        path = result.path.shown if result.path is not None else ""
        report.findings.append(
            Finding(
                _named(result.label),
                result.focus.value,
                path,
                "" if result.value is None else result.value.value,
                slug(result.severity).lower(),
                tuple(sorted((m.language or "en", m.value) for m in result.messages)),
            )
        )


def _named(label: str) -> str:
    """Return a shape's name: what stands after its prefix."""
    return slug(label).rpartition(":")[2]


def _size(engine: Engine, over: str) -> int:
    """Return how many things a check looks at."""
    counting = f"SELECT (COUNT(DISTINCT ?focus) AS ?count) WHERE {{ {over} }}"
    return sum(int(row["count"].value) for row in engine.ask_all(counting))


def _add_check(report: Report, engine: Engine, check: QueryFile, most: int) -> None:
    number = 0
    for row in _rows(engine, check):
        number += 1
        if number <= most:
            report.findings.append(of_row(check, row))
    _count(report, check.name, check.fields.get("severity", VIOLATION), number)


def _rows(engine: Engine, check: QueryFile) -> Iterator[Mapping[str, Term]]:
    if _CALL not in check.text:
        yield from engine.ask_all(check.text)
        return
    if not isinstance(engine.store, Endpoint):
        yield from engine.ask_all(check.text, {COMPOSED: is_composed})
        return
    # No host has our function: it brings what may be at fault, and we look.
    text = check.text.replace(f"!{_CALL}(?value)", f'REGEX(SUBSTR(STR(?value), 1), "[{_marks()}]")')
    for row in engine.ask_all(text):
        if is_composed(row["value"]).value == "false":
            yield row


@lru_cache
def _marks() -> str:
    """Return the ranges of the characters without which a text is in composed form."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x10000):
        character = chr(code)
        surrogate = 0xD800 <= code <= 0xDFFF
        jamo = 0x1161 <= code <= 0x11C2
        if surrogate or not (
            jamo or category(character)[0] == "M" or normalize("NFC", character) != character
        ):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges) + "\U00010000-\U0010ffff"
