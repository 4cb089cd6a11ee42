"""Each file of tests/bad has one fault, and the check that it was made for rejects it.

All twins are judged together, each as a user's file: that takes as long as two or three of
them would take alone. It finds the same, because no twin speaks of what another invented.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, SH, Graph

from sco_graph import build, queryfile, turtle
from sco_graph.layout import Layout
from sco_graph.namespaces import ID, slug
from sco_graph.rdf import Fact, named
from sco_graph.reading import parse
from sco_graph.sources import Sources
from sco_graph.validation import VIOLATION, WARNING, Finding, judge

LAYOUT = Layout.shipped()
CHECKS = Path(LAYOUT.queries) / "checks"
BAD = Path(__file__).resolve().parents[1] / "bad"
TWINS = sorted(BAD.glob("*.ttl"))
BESIDE = sorted((BAD / "beside").glob("*.ttl"))

WARNINGS = {"stated-number"}
"""The checks that warn and refuse nothing."""

BY_HAND = {"current-view", "link-ends", "link-shared", "link-twice"}
"""The check of what only the build writes, and those of links: test_links.py has their twins."""

each_twin = pytest.mark.parametrize("twin", TWINS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def shipped() -> build.Judged:
    """Return the shipped graph and what the gate says of it."""
    return build.judge(LAYOUT)


@pytest.fixture(scope="module")
def found() -> dict[str, list[Finding]]:
    """Return what the gate says of the twins, by the name of the file that it names."""
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in build.judge(LAYOUT, [*TWINS, *BESIDE]).report.findings:
        findings[Path(finding.file).name].append(finding)
    return dict(findings)


def rule(twin: Path) -> str:
    """Return the name of the shape or check that a twin was made for."""
    return twin.stem.partition("--")[0]


def header(path: Path, key: str) -> set[str]:
    """Return the names in the comment lines `# key: name, name` of a file."""
    start = f"# {key}: "
    lines = path.read_text(encoding="utf-8").splitlines()
    return {
        name.strip()
        for line in lines
        if line.startswith(start)
        for name in line.removeprefix(start).split(",")
    }


def beside(twin: Path) -> set[str]:
    """Return the names of the faultless files that a twin needs beside it to be at fault."""
    return header(twin, "beside")


def rules_of_shapes() -> set[str]:
    """Return the names of the shapes that can be the source of a result."""
    shapes = Graph()
    for path in (Path(LAYOUT.ontology) / "shapes").glob("*.ttl"):
        shapes.parse(path)
    targets = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
    targeted = {shape for target in targets for shape in shapes.subjects(target)}
    described = {RDF.type, RDFS.label, RDFS.isDefinedBy, SH.message, SH.property, SH.severity}
    constrained = {s for s in targeted if set(shapes.predicates(s)) - described - set(targets)}
    properties = {linked for s in targeted for linked in shapes.objects(s, SH.property)}
    return {slug(str(shape)) for shape in constrained | properties}


def rules_of_checks() -> set[str]:
    """Return the names of the checks."""
    return {path.stem for path in CHECKS.glob("*.rq")}


def mentioned(path: Path) -> set[str]:
    """Return the IRIs of things that a file mentions."""
    triples = [quad.triple for quad in parse(path.read_bytes(), str(path)).quads]
    terms = [term for t in triples for term in (t.subject, t.object)]
    return {t.value for t in terms if isinstance(t, ox.NamedNode) and t.value.startswith(ID)}


@each_twin
def test_a_twin_is_rejected_by_its_own_check_and_by_no_other(
    twin: Path, found: dict[str, list[Finding]]
) -> None:
    """The findings have the name of the file, and of the others that its header owns to."""
    expected = {rule(twin)} | header(twin, "also")
    actual = {finding.shape for finding in found.get(twin.name, [])}

    assert expected == actual


@each_twin
def test_a_finding_says_how_grave_it_is_and_where(
    twin: Path, found: dict[str, list[Finding]]
) -> None:
    """A check that warns only warns, any other refuses; each finding has a line of the file."""
    findings = found[twin.name]
    expected = {WARNING if rule(twin) in WARNINGS else VIOLATION}

    assert expected == {finding.severity for finding in findings}
    assert all(0 < f.line <= twin.read_text("utf-8").count("\n") for f in findings)


@each_twin
def test_a_finding_is_told_in_english_and_in_chinese(
    twin: Path, found: dict[str, list[Finding]]
) -> None:
    """Each finding has a message in both languages, and they are not the same."""
    for finding in found[twin.name]:
        messages = dict(finding.messages)

        assert {"en", "zh"} == {language for language, text in messages.items() if text.strip()}
        assert messages["en"] != messages["zh"]


def test_no_finding_lies_outside_the_twins(found: dict[str, list[Finding]]) -> None:
    """The gate blames no other file for what is wrong in the twins."""
    blamed = set(found) - {path.name for path in TWINS}

    assert not blamed


def test_no_twin_speaks_of_what_another_invented() -> None:
    """Judged together, no twin can be the cause or the cure of another one's fault."""
    real = {
        iri for _, path in LAYOUT.files() if path.endswith(".ttl") for iri in mentioned(Path(path))
    }
    uses = Counter(
        iri
        for twin in TWINS
        for iri in mentioned(twin).union(*(mentioned(BAD / "beside" / n) for n in beside(twin)))
        if iri not in real
    )

    assert uses
    assert not {iri for iri, count in uses.items() if count > 1}


def test_every_file_beside_the_twins_is_needed_by_one() -> None:
    """The faultless files are those that the headers of twins name."""
    named = {name for twin in TWINS for name in beside(twin)}

    assert named == {path.name for path in BESIDE}


def test_every_shape_and_check_has_a_twin() -> None:
    """What can reject a graph is tried on one; what is tried can reject one."""
    shapes, checks = rules_of_shapes(), rules_of_checks()

    assert shapes
    assert checks > BY_HAND
    assert (shapes | checks | {"closure"}) - BY_HAND == {rule(twin) for twin in TWINS}


@pytest.mark.parametrize("path", [*TWINS, *BESIDE], ids=lambda path: path.stem)
def test_a_twin_is_in_the_canonical_form_and_says_what_is_wrong(path: Path) -> None:
    """A file opens with a sentence, and `sco-graph format` would leave it as it is."""
    text = path.read_text(encoding="utf-8")

    assert turtle.format_text(text.encode(), path.name) == text
    assert text.startswith("# ")
    assert text.partition("\n")[0].endswith(".")


def test_the_shipped_graph_has_no_fault(shipped: build.Judged) -> None:
    """The gate finds nothing in what is shipped, not even a reason to warn."""
    assert not shipped.report.findings


def test_every_shape_and_check_has_something_to_look_at(shipped: build.Judged) -> None:
    """No shape and no check passes the shipped graph for want of things to judge."""
    assert shipped.report.looked_at
    assert not shipped.report.idle


def judged_again(sources: Sources, derived: list[Fact]) -> set[str]:
    """Return the names of the findings about sources with other derived facts."""
    report = judge(sources, derived, [], queryfile.read_folder(str(CHECKS)))
    return {finding.shape for finding in report.findings}


def test_a_current_view_that_lacks_a_triple_is_rejected(shipped: build.Judged) -> None:
    """A member state that the current view leaves out is missed."""
    member = named("scog:memberStateOf")
    left_out = next(f for f in shipped.derived if f.graph == "current" and f.predicate == member)
    derived = [fact for fact in shipped.derived if fact != left_out]

    assert {"current-view"} == judged_again(shipped.sources, derived)


def test_a_current_view_with_a_triple_too_many_is_rejected(shipped: build.Judged) -> None:
    """A member state that no claim makes one is noticed in the current view."""
    sco, ruritania = named("organization:sco"), named("state:ruritania")
    added = Fact(ruritania, named("scog:memberStateOf"), sco, "current")

    assert {"current-view"} == judged_again(shipped.sources, [*shipped.derived, added])
