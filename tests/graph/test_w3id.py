"""The redirects that would be proposed: each IRI of ours fits one rule and goes to its place."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph import __version__, cache
from sco_graph.layout import Layout
from sco_graph.namespaces import BASE
from sco_graph.release import Release

ROOT = Path(__file__).resolve().parents[2]
RULES = [
    (re.compile(rule[1]), rule[2])
    for line in (ROOT / "w3id" / ".htaccess").read_text(encoding="utf-8").splitlines()
    if (rule := re.match(r"RewriteRule (\S+) (\S+) \[R=30[23],L\]$", line))
]
HOST = "https://sco-graph.example.org/"


def targets(iri: str) -> list[str]:
    """Return where each rule that fits sends an IRI."""
    path = iri.removeprefix(BASE).partition("#")[0]
    return [
        re.sub(r"\$(\d)", lambda m: found[int(m[1])], target)
        for pattern, target in RULES
        if (found := pattern.match(path))
    ]


@pytest.fixture(scope="module")
def iris() -> set[str]:
    """Return every IRI of ours in the release and in what travels beside it."""
    release: Release = cache.release_of(Layout.shipped())
    texts = [release.quads(), *(data for name, data in release.files.items() if ".nq" not in name)]
    quads = list(ox.parse(texts[0], format=ox.RdfFormat.N_QUADS))
    for name in ("ontology.ttl", "shapes.ttl", "dataset.ttl"):
        quads += ox.parse(release.files[name], format=ox.RdfFormat.TURTLE)
    terms = {
        term.value
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, ox.NamedNode)
    }
    return {iri for iri in terms if iri.startswith(BASE)}


def test_every_iri_fits_one_rule(iris: set[str]) -> None:
    """No IRI is left over, and none goes to two places."""
    counts = Counter(len(targets(iri)) for iri in iris)

    assert 3000 < len(iris)
    assert {1: len(iris)} == counts, [iri for iri in iris if len(targets(iri)) != 1][:5]


@pytest.mark.parametrize(
    ("path", "goes_to"),
    [
        ("id/state/india", "id/state/india"),
        ("ontology#State", "ontology"),
        ("graph/public-record", "graph/public-record"),
        (f"ontology/{__version__}", f"releases/{__version__}/ontology.ttl"),
        (f"context/{__version__}", f"releases/{__version__}/context.jsonld"),
        (f"dataset/{__version__}", f"releases/{__version__}/dataset.ttl"),
        (f"dataset/{__version__}/release.nq.gz", f"releases/{__version__}/release.nq.gz"),
        ("links/states", "links/states"),
        ("", ""),
    ],
)
def test_an_iri_goes_where_its_document_would_be(path: str, goes_to: str) -> None:
    """Terms go to their ontology, versions to the file of the release."""
    assert [HOST + goes_to] == targets(BASE + path)


@pytest.mark.parametrize(
    "path", ["id/state/../../etc/passwd", "id/State/India", "ontology/latest", "dataset/1.0", "x"]
)
def test_what_is_no_iri_of_ours_is_redirected_nowhere(path: str) -> None:
    """A rule lets nothing through that could not be one."""
    assert [] == targets(BASE + path)


def test_the_version_iris_are_those_of_this_version(iris: set[str]) -> None:
    """Ontology and dataset name the version that the package has."""
    assert f"{BASE}ontology/{__version__}" in iris
    assert f"{BASE}dataset/{__version__}" in iris


def test_a_version_leads_to_a_file_that_the_release_has(iris: set[str]) -> None:
    """Ontology, context, dataset and each distribution: none of them would be missing."""
    release = cache.release_of(Layout.shipped())
    context = json.loads(release.files["context.jsonld"])["$id"]
    wanted = {iri.partition("#")[0] for iri in iris | {context} if f"/{__version__}" in iri}
    found = {target.rpartition("/")[2] for iri in wanted for target in targets(iri)}

    assert f"{BASE}context/{__version__}" == context
    assert {*release.files} - {"manifest.json"} == found
