"""The gate inside a store: shapes and checks as queries, counts first, a few of each shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import lru_cache, partial
from heapq import nsmallest
from unicodedata import category, normalize

import pyoxigraph as ox

from sco_graph import shacl
from sco_graph.endpoint import Endpoint
from sco_graph.errors import UsageError
from sco_graph.inside import derive, infer
from sco_graph.inside.engine import Engine
from sco_graph.inside.sieve import CHECKS, sieve
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
_AT_ONCE = 2
"""How many queries an embedded engine runs at once: each takes memory for what it joins."""


def judge(
    engine: Engine,
    shapes: Iterable[ox.Triple],
    ontology: Sequence[Fact],
    checks: Iterable[QueryFile],
    most: int,
    tell: Tell,
    only: Collection[str] = (),
) -> Report:
    """Return what shapes, checks and the ontology find; `most` findings of each are brought.

    With `only`, those of these names alone are asked: of shapes with targets, checks, `closure`.
    Raises NotCompiled, before anything runs, at a shape that is not compiled; UsageError at a
    name that is none.
    """
    compiled = [shape for shape in shacl.read(shapes) if shape.targets]
    checks = list(checks)
    if only:
        known = {*(_named(shape.label) for shape in compiled), *(c.name for c in checks), CLOSURE}
        if unknown := sorted({*only} - known):
            told = f"{', '.join(unknown)}: no shape or check; there are {', '.join(sorted(known))}"
            raise UsageError(told)
        compiled = [shape for shape in compiled if _named(shape.label) in only]
        checks = [check for check in checks if check.name in only]
    premises = [engine.vocabulary(), *infer.premises(engine)]
    shacl.compile(compiled, premises)  # what cannot be compiled is told before anything runs
    judging = _Judging(engine, most, tell)
    jobs: list[_Job] = []
    by_things: dict[str, list[QueryFile]] = {}
    of_values = []
    for check in checks:
        if judging.near and check.name in CHECKS:
            of_values.append(check)
        else:
            by_things.setdefault(check.fields["over"], []).append(check)
    if of_values:  # the longest first
        jobs.append(partial(judging.values, of_values))
    jobs += (partial(judging.checks, over, same) for over, same in by_things.items())
    if not only or CLOSURE in only:
        jobs.append(partial(judging.closure, ontology, premises[1:]))
    classes = shacl.below(engine.ask, compiled, premises)
    jobs += (partial(judging.shape, one, premises, classes) for one in compiled)
    with ExitStack() as stack:
        each = stack.enter_context(ThreadPoolExecutor(_AT_ONCE)).map if judging.near else map
        report = Report()
        for part in each(_run, jobs):
            report.add(part)
    report.findings.sort()
    return report


_Job = Callable[[], Report]


def _run(job: _Job) -> Report:
    return job()


class _Judging:
    """The parts of the gate, each a report of its own; several can be asked at once."""

    def __init__(self, engine: Engine, most: int, tell: Tell) -> None:
        self._engine, self._most, self._tell = engine, most, tell
        self.near = not isinstance(engine.store, Endpoint)

    def shape(self, shape: shacl.Shape, graphs: Sequence[str], classes: shacl.Below) -> Report:
        """Return what a shape finds, and the property shapes in it."""
        found = shacl.validate(
            self._engine.ask,
            [shape],
            graphs,
            self._most,
            near=self.near,
            classes=classes,
            progress=self._tell,
        )
        report = Report(looked_at={_named(name): n for name, n in found.looked_at.items()})
        for (_, constraint), number in found.counts.items():
            severity = slug(constraint.severity).lower()
            report.count(_named(constraint.label), severity, number)
        report.findings += map(_finding, found.results)
        return report

    def closure(self, ontology: Sequence[Fact], premises: Sequence[str]) -> Report:
        """Return what contradicts the ontology, in what is said and in what follows."""
        self._tell("validate: contradictions")
        made = [derive.DERIVED, derive.CURRENT, infer.INFERRED]
        report = Report(looked_at={CLOSURE: self._engine.things(made)})
        wrong = list(infer.contradictions(self._engine, ontology, [*premises, *made[1:]]))
        report.count(CLOSURE, VIOLATION, len(wrong))
        report.findings += [contradiction(thing, problem) for thing, problem in wrong[: self._most]]
        return report

    def values(self, checks: Sequence[QueryFile]) -> Report:
        """Return what the checks find that judge each value by itself."""
        self._tell("validate: each value")
        report = Report()
        if (sieved := sieve(self._engine)) is None:
            for check in checks:
                report.add(self.checks(check.fields["over"], [check]))
            return report
        for check in checks:
            report.looked_at[check.name] = sieved.looked_at[check.name]
            self._check(report, sieved.engine, check)
        return report

    def checks(self, over: str, checks: Sequence[QueryFile]) -> Report:
        """Return what checks find that look at the same things."""
        counting = f"SELECT (COUNT(DISTINCT ?focus) AS ?count) WHERE {{ {over} }}"
        size = sum(int(row["count"].value) for row in self._engine.ask_all(counting))
        report = Report()
        for check in checks:
            self._tell(f"validate: {check.name}")
            report.looked_at[check.name] = size
            self._check(report, self._engine, check)
        return report

    def _check(self, report: Report, engine: Engine, check: QueryFile) -> None:
        number = 0

        def counted() -> Iterator[Finding]:
            nonlocal number
            for row in _rows(engine, check):
                number += 1
                yield of_row(check, row)

        # The first of all, whatever the order in which an engine finds them.
        report.findings += nsmallest(self._most, counted())
        report.count(check.name, check.fields.get("severity", VIOLATION), number)


def _finding(result: shacl.Result) -> Finding:
    path = result.path.shown if result.path is not None else ""
    return Finding(
        _named(result.label),
        result.focus.value,
        path,
        "" if result.value is None else result.value.value,
        slug(result.severity).lower(),
        tuple(sorted((m.language or "en", m.value) for m in result.messages)),
    )


def _named(label: str) -> str:
    """Return a shape's name: what stands after its prefix."""
    return slug(label).rpartition(":")[2]


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
