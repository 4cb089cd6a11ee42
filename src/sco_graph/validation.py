"""The gate: shapes judge what was asserted, checks judge the whole, reasoning must agree.

Each finding names the shape, the thing, the path, the value and the file it came from.
A shape or check that looked at nothing is told apart from one that found nothing wrong.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox
from pyshacl import validate as shacl_validate
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

from sco_graph import turtle
from sco_graph.bridge import to_graph, to_rdflib
from sco_graph.layout import ONTOLOGY, SCHEMES, SHAPES
from sco_graph.namespaces import PREFIXES, compact, slug
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Fact, Term, named
from sco_graph.sources import Sources
from sco_graph.store import rows

VIOLATION, WARNING = "violation", "warning"
CLOSURE = "closure"
"""The name under which contradictions are told."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: where, and in words for each language."""

    shape: str
    focus: str
    path: str = ""
    value: str = ""
    severity: str = VIOLATION
    messages: tuple[tuple[str, str], ...] = ()
    file: str = ""
    line: int = 0
    solution: str = ""

    def message(self, language: str = "en") -> str:
        """Return what is wrong in a language, or in English."""
        texts = dict(self.messages)
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), self.shape)


@dataclass
class Report:
    """What the gate found, and at how many things each shape and check looked."""

    findings: list[Finding] = field(default_factory=list)
    looked_at: dict[str, int] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many findings of a shape and a severity there are, where not all are here."""

    def count(self, name: str, severity: str, number: int) -> None:
        """Note how many findings of a shape there are, if there are any."""
        if number:
            self.counts[name, severity] = self.counts.get((name, severity), 0) + number

    def add(self, other: Report) -> None:
        """Take over what another found, and where it looked."""
        self.findings += other.findings
        self.looked_at.update(other.looked_at)
        for (name, severity), number in other.counts.items():
            self.count(name, severity, number)

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong that has to be mended (warnings may stay)."""
        return not self.number(VIOLATION)

    def number(self, severity: str) -> int:
        """Return how many findings there are of a severity, those not here too."""
        return sum(number for (_, kind), number in self._numbers() if kind == severity)

    def by_shape(self) -> dict[str, int]:
        """Return how many findings each shape and check has, in order of their names."""
        found: Counter[str] = Counter()
        for (name, _), number in self._numbers():
            found[name] += number
        return dict(sorted(found.items()))

    def _numbers(self) -> ItemsView[tuple[str, str], int]:
        """Return the numbers of findings by shape and severity: those told, or of what is here."""
        return (self.counts or Counter((f.shape, f.severity) for f in self.findings)).items()

    @property
    def idle(self) -> list[str]:
        """The shapes and checks that had nothing to look at."""
        return sorted(name for name, count in self.looked_at.items() if count == 0)

    def refuse_idle(self) -> None:
        """Make each shape or check that had nothing to look at a finding."""
        for name in self.idle:
            texts = (
                ("en", "this shape or check had nothing to look at"),
                ("zh", "该形状或检查没有可检查的对象"),
            )
            self.findings.append(Finding(name, "", messages=texts))

    def as_turtle(self) -> str:
        """Return the findings as a SHACL validation report."""
        return turtle.write(self._triples())

    def _triples(self) -> Iterator[ox.Triple]:
        def sh(name: str) -> ox.NamedNode:
            return ox.NamedNode(PREFIXES["sh"] + name)

        kind = ox.NamedNode(PREFIXES["rdf"] + "type")
        whole = ox.BlankNode("report")
        boolean = ox.NamedNode(PREFIXES["xsd"] + "boolean")
        yield ox.Triple(whole, kind, sh("ValidationReport"))
        truth = ox.Literal("true" if self.conforms else "false", datatype=boolean)
        yield ox.Triple(whole, sh("conforms"), truth)
        for number, f in enumerate(self.findings):
            result = ox.BlankNode(f"r{number}")
            yield ox.Triple(whole, sh("result"), result)
            yield ox.Triple(result, kind, sh("ValidationResult"))
            yield ox.Triple(result, sh("resultSeverity"), sh(f.severity.capitalize()))
            yield ox.Triple(result, sh("sourceShape"), ox.NamedNode(PREFIXES["shape"] + f.shape))
            for name, text in (("focusNode", f.focus), ("resultPath", f.path), ("value", f.value)):
                if text:
                    yield ox.Triple(result, sh(name), _term(text))
            for language, text in f.messages:
                yield ox.Triple(result, sh("resultMessage"), ox.Literal(text, language=language))


def judge(
    sources: Sources,
    derived: Iterable[Fact],
    contradictions: Iterable[tuple[str, str]],
    checks: Iterable[QueryFile],
    focus: Collection[Term] | None = None,
) -> Report:
    """Run shapes and checks over sources and what was derived from them.

    `focus` holds the nodes that shapes have to look at, where the others are known to conform.
    """
    report = Report()
    derived = list(derived)
    if focus is None or focus:
        shapes = to_graph(sources.facts(SHAPES))
        asserted = to_graph(sources.facts(ONTOLOGY, SCHEMES, *sources.names))
        _run_shapes(asserted, shapes, report, focus)
    store = ox.Store()
    store.bulk_extend(fact.quad() for file in sources.files for fact in file.facts)
    store.bulk_extend(fact.quad() for fact in derived)
    for check in checks:
        _run_check(store, check, report)
    report.looked_at[CLOSURE] = len({fact.subject for fact in derived})
    report.findings += [contradiction(thing, problem) for thing, problem in contradictions]
    report.findings = sorted({_located(f, sources) for f in report.findings})
    return report


def contradiction(thing: str, problem: str) -> Finding:
    """Return the finding of what contradicts the ontology."""
    problem = re.sub(r"https?://\S+", lambda m: shown(m[0]), problem)
    messages = (
        ("en", f"this contradicts the ontology: {problem}"),
        ("zh", f"与本体相矛盾：{problem}"),
    )
    return Finding(CLOSURE, thing, messages=messages)


def _located(finding: Finding, sources: Sources) -> Finding:
    if finding.shape == CLOSURE:
        place = sources.mention(finding.focus)
    else:
        place = sources.locate((finding.focus, finding.path or None, finding.value or None))
        other = sources.locate((finding.value, None, None))
        if other and place and sources.is_added(other[0]) and not sources.is_added(place[0]):
            place = other  # of two things that do not agree, the user's is the one to mend
    if place is None:
        return finding
    return replace(finding, file=place[0], line=place[1])


def _run_shapes(data: Graph, shapes: Graph, report: Report, focus: Collection[Term] | None) -> None:
    targets: dict[str, int] = {}
    for shape in sorted(set(_targeted(shapes)), key=str):
        targets[slug(str(shape))] = len(_focus_nodes(data, shapes, shape))
    report.looked_at.update(targets)
    logging.getLogger("pyshacl").setLevel(logging.CRITICAL)
    nodes: list[Any] | None = None if focus is None else [to_rdflib(term) for term in focus]
    _, results, _ = shacl_validate(
        data,
        shacl_graph=shapes,
        inference="none",
        advanced=False,
        allow_warnings=True,
        focus_nodes=nodes,
    )
    for result in results.subjects(RDF.type, SH.ValidationResult):
        shape = results.value(result, SH.sourceShape)
        path = results.value(result, SH.resultPath)
        severity = results.value(result, SH.resultSeverity)
        report.findings.append(
            Finding(
                slug(str(shape)),
                _text(results.value(result, SH.focusNode)),
                str(path) if isinstance(path, URIRef) else "",
                _text(results.value(result, SH.value)),
                slug(str(severity)).lower(),
                _messages(shapes, shape) or (("en", str(results.value(result, SH.resultMessage))),),
            )
        )


def _messages(shapes: Graph, shape: Node | None) -> tuple[tuple[str, str], ...]:
    found = (m for m in shapes.objects(shape, SH.message) if isinstance(m, Literal))
    return tuple(sorted((m.language or "en", str(m)) for m in found))


def _targeted(shapes: Graph) -> Iterator[Node]:
    for predicate in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode):
        yield from shapes.subjects(predicate)


def _focus_nodes(data: Graph, shapes: Graph, shape: Node) -> set[Node]:
    found: set[Node] = set(shapes.objects(shape, SH.targetNode))
    for target in shapes.objects(shape, SH.targetClass):
        for narrower in data.transitive_subjects(RDFS.subClassOf, target):
            found |= set(data.subjects(RDF.type, narrower))
    for predicate in shapes.objects(shape, SH.targetSubjectsOf):
        found |= set(data.subjects(predicate))
    for predicate in shapes.objects(shape, SH.targetObjectsOf):
        found |= set(data.objects(None, predicate))
    return found


def _run_check(store: ox.Store, check: QueryFile, report: Report) -> None:
    over = check.fields["over"]
    counting = f"SELECT DISTINCT ?focus WHERE {{ {over} }}"
    report.looked_at[check.name] = sum(1 for _ in rows(store, counting))
    for row in rows(store, check.text, functions={COMPOSED: is_composed}):
        report.findings.append(of_row(check, row))


def of_row(check: QueryFile, row: Mapping[str, Term]) -> Finding:
    """Return the finding that a row of a check is."""
    texts = {name: _text(term) for name, term in row.items()}
    return Finding(
        check.name,
        texts.get("focus", ""),
        texts.get("path", ""),
        texts.get("value", ""),
        check.fields.get("severity", VIOLATION),
        tuple(
            (language, _filled(check.fields[f"message {language}"], texts))
            for language in ("en", "zh")
        ),
        solution=check.fields.get("solution", ""),
    )


COMPOSED = named("scog:isComposed")
"""The function that a check asks: no regular expression can."""


def is_composed(text: object) -> ox.Literal:
    """Say whether a text is in composed form (NFC)."""
    return ox.Literal(unicodedata.is_normalized("NFC", str(getattr(text, "value", ""))))


def _filled(message: str, texts: dict[str, str]) -> str:
    """Put the values of a row into a message: `{value}`, shortened where they are IRIs."""
    return re.sub(r"\{(\w+)\}", lambda m: shown(texts.get(m[1], "")), message)


def shown(text: str) -> str:
    """Return an IRI as a CURIE, and any other text as it is."""
    return compact(text) if re.match(r"https?://\S+\Z", text) else text


def _term(text: str) -> ox.NamedNode | ox.Literal:
    return ox.NamedNode(text) if re.match(r"https?://\S+\Z", text) else ox.Literal(text)


def _text(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, Literal | URIRef):
        return str(term)
    value = getattr(term, "value", None)
    return str(value) if value is not None else str(term)
