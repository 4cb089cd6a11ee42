"""A release says what it is, with numbers that are the real ones; one changed byte is found."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyld import jsonld
from pyshacl import validate
from rdflib import RDF, SH, SKOS, Graph, URIRef

from conftest import Run
from sco_graph import cache
from sco_graph.layout import Layout
from sco_graph.namespaces import BASE, PREFIXES
from sco_graph.release import Release

SHARED = Path(__file__).resolve().parents[3] / "shared" / "validators"
DATASET = URIRef(BASE + "dataset")
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def release() -> Release:
    """Return the shipped release."""
    return cache.release_of(Layout.shipped())


@pytest.fixture(scope="module")
def described(release: Release) -> Graph:
    """Return the description of the dataset."""
    return Graph().parse(release.files["dataset.ttl"], format="turtle")


@pytest.fixture
def folder(release: Release, tmp_path: Path) -> Path:
    """Return a folder with the release in it."""
    release.save(tmp_path / "release")
    return tmp_path / "release"


def shapes(name: str) -> Graph:
    if not SHARED.is_dir():
        pytest.skip("the published shapes are no part of the project")
    return Graph().parse(SHARED / name)


def looked_at(data: Graph, judged: Graph) -> Counter[str]:
    """Count the nodes of a graph that shapes target by class."""
    targets = set(judged.objects(None, SH.targetClass))
    return Counter(str(kind) for _, kind in data.subject_objects(RDF.type) if kind in targets)


def test_the_description_conforms_to_dcat_ap(described: Graph) -> None:
    """Dataset, distributions, checksums, agent: looked at, and none refused."""
    judged = shapes("dcat-ap-3.0.1.shacl.ttl")
    counts = looked_at(described, judged)
    conforms, _, text = validate(described, shacl_graph=judged)

    assert conforms, text
    dcat = PREFIXES["dcat"]
    assert (1, 4) == (counts[dcat + "Dataset"], counts[dcat + "Distribution"])
    assert 4 == counts[PREFIXES["spdx"] + "Checksum"]
    assert 1 == counts[PREFIXES["foaf"] + "Agent"]
    described_badly = Graph() + described
    described_badly.remove((DATASET, URIRef(PREFIXES["dcterms"] + "title"), None))
    assert not validate(described_badly, shacl_graph=judged)[0]


def test_its_numbers_are_those_of_the_release(described: Graph, release: Release) -> None:
    """Triples, classes, graphs, sizes and checksums are counted again and are the same."""
    quads = list(ox.parse(release.quads(), format=ox.RdfFormat.N_QUADS))
    triples = {quad.triple for quad in quads}
    kinds = Counter(t.object for t in triples if t.predicate.value == PREFIXES["rdf"] + "type")

    def ask(text: str) -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in described.query(HEAD + text)}  # type: ignore[index]  # rows

    assert str(len(triples)) == str(described.value(DATASET, URIRef(PREFIXES["void"] + "triples")))
    assert {kind.value: str(count) for kind, count in kinds.items()} == ask(
        "SELECT ?c ?n { ?d void:classPartition ?p . ?p void:class ?c ; void:entities ?n }"
    )
    assert {g.value: str(n) for g, n in Counter(q.graph_name for q in quads).items()} == ask(
        "SELECT ?g ?n { ?d void:subset ?g . ?g void:triples ?n }"
    )
    sizes = ask("SELECT ?f ?n { ?d dcat:distribution ?f . ?f dcat:byteSize ?n }")
    sums = ask("SELECT ?f ?n { ?f spdx:checksum ?c . ?c spdx:checksumValue ?n }")
    beside = ("context.jsonld", "ontology.ttl", "release.nq.gz", "shapes.ttl")
    files = {name: release.files[name] for name in beside}
    assert {iri.rpartition("/")[2]: int(size) for iri, size in sizes.items()} == {
        name: len(data) for name, data in files.items()
    }
    assert {iri.rpartition("/")[2]: text for iri, text in sums.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }


def test_each_source_leads_to_its_document(described: Graph) -> None:
    """The graphs of the two sources say what they were derived from."""
    derived = set(described.subject_objects(URIRef(PREFIXES["prov"] + "wasDerivedFrom")))

    for name in ("china-keywords-2019", "public-record"):
        assert (URIRef(f"{BASE}graph/{name}"), URIRef(f"{BASE}id/document/{name}")) in derived


@pytest.fixture(scope="module")
def schemes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Graph]:
    """Return a function that gives the concept schemes, with what follows, in a language."""
    from sco_graph.cli import main

    def read(language: str) -> Graph:
        path = tmp_path_factory.mktemp("schemes") / f"{language}.ttl"
        main(["export", "--graph", "schemes", "inferred", "--lang", language, "-o", str(path)])
        return Graph().parse(path)

    return read


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_schemes_conform_to_the_reference_shapes_of_skos(
    schemes: Callable[[str], Graph], language: str
) -> None:
    """Each concept and scheme is looked at."""
    judged = shapes("skos-reference.shacl.ttl")
    data = schemes(language)

    assert {str(SKOS.Concept): 47, str(SKOS.ConceptScheme): 10} == looked_at(data, judged)
    conforms, _, text = validate(data, shacl_graph=judged)
    assert conforms, text


def test_the_schemes_conform_to_vocpub(schemes: Callable[[str], Graph]) -> None:
    """That profile wants one scheme a file and one preferred label: one by one, in English."""
    judged = shapes("vocpub.shacl.ttl")
    whole = schemes("en")
    found = sorted(whole.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    concepts = 0
    for scheme in found:
        alone = Graph() + whole
        for other in found:
            if other != scheme:
                for concept in list(alone.subjects(SKOS.inScheme, other)):
                    alone.remove((concept, None, None))
                alone.remove((other, None, None))
        concepts += looked_at(alone, judged)[str(SKOS.Concept)]
        conforms, _, text = validate(alone, shacl_graph=judged, allow_warnings=True)
        assert conforms, text
        alone.remove((scheme, URIRef(PREFIXES["dcterms"] + "creator"), None))
        assert not validate(alone, shacl_graph=judged, allow_warnings=True)[0]

    assert (10, 47) == (len(found), concepts)


def test_the_sum_of_the_dataset_is_that_of_its_canonical_form(release: Release) -> None:
    """An independent implementation of RDFC-1.0 gives the same sum, for a graph and the whole."""
    sums = release.facts["rdfc10"]
    lines = release.quads().decode()

    assert {*release.facts["graphs"], ""} == set(sums)
    for name, wanted in (("", sums[""]), ("links", sums["links"])):
        part = "".join(
            line for line in lines.splitlines(keepends=True) if f"/graph/{name}" in line[-60:]
        )
        canonical = jsonld.normalize(
            part,
            {
                "algorithm": "URDNA2015",
                "inputFormat": "application/n-quads",
                "format": "application/n-quads",
            },
        )
        assert wanted == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_whole_release_verifies(run: Run, folder: Path) -> None:
    """The folder as it was written, and the release at hand, are as they should be."""
    assert (0, f"{folder} is what its manifest says\n", "") == run("verify", folder)
    assert 0 == run("verify")[0]


@pytest.mark.parametrize(
    "name",
    [
        "context.jsonld",
        "dataset.ttl",
        "manifest.json",
        "ontology.ttl",
        "release.nq.gz",
        "shapes.ttl",
    ],
)
def test_one_changed_byte_is_found_and_its_file_named(run: Run, folder: Path, name: str) -> None:
    """Whichever file it is in, wherever it stands."""
    whole = (folder / name).read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 2):
        data = bytearray(whole)
        data[place] ^= 1
        (folder / name).write_bytes(data)
        code, out, _ = run("verify", folder)
        assert (name, place, 1) == (name, place, code)
        assert name in out


@pytest.mark.parametrize("member", ["version", "sources", "quads", "looked_at", "manifest_sha256"])
def test_a_manifest_that_says_something_else_is_found(run: Run, folder: Path, member: str) -> None:
    """Whatever of it was changed, it no longer fits its own sum."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest[member] = {} if isinstance(manifest[member], dict) else "1"
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    code, out, _ = run("verify", folder)

    assert 1 == code
    assert "manifest.json: it does not say what it was summed with" in out


def test_tables_that_arrived_are_held_against_their_description(run: Run, tmp_path: Path) -> None:
    """A changed table, a missing one and a strange one are named."""
    folder = tmp_path / "tables"
    run("export", "--format", "csv", "-o", folder)
    assert (0, f"{folder} is what its datapackage.json says\n", "") == run("verify", folder)
    (folder / "states.csv").write_bytes((folder / "states.csv").read_bytes() + b"x")
    (folder / "roles.csv").unlink()
    (folder / "more.csv").write_text("?", encoding="utf-8")
    code, out, _ = run("verify", folder)

    assert 1 == code
    assert ["roles.csv", "states.csv", "more.csv"] == [
        line.split(":")[0] for line in out.splitlines()
    ]


def test_what_differs_in_the_dataset_is_named_by_graph(run: Run, folder: Path) -> None:
    """A changed statement is told of its graph, a missing file and a strange one by name."""
    lines = gzip.decompress((folder / "release.nq.gz").read_bytes()).splitlines(keepends=True)
    kept = [
        line for line in lines if b"/graph/current> ." not in line or b"state/india" not in line
    ]
    (folder / "release.nq.gz").write_bytes(gzip.compress(b"".join(kept), mtime=0))
    (folder / "shapes.ttl").unlink()
    (folder / "notes.txt").write_text("?", encoding="utf-8")
    code, out, _ = run("verify", folder)

    assert 1 == code
    assert "graph current: its statements are not those" in out
    assert "graph public-record" not in out
    assert "shapes.ttl: it is missing" in out
    assert "notes.txt: manifest.json does not name it" in out


@pytest.mark.parametrize("name", ["all.trig", "all.jsonld.gz", "all.ttl", "part.nq"])
def test_an_export_that_arrived_is_held_against_the_release(
    run: Run, tmp_path: Path, name: str
) -> None:
    """Whatever the format; a part is as good as the graphs that it has."""
    options = ("--graph", "links", "current") if name == "part.nq" else ()
    run("export", "-o", tmp_path / name, *options)
    code, out, _ = run("verify", tmp_path / name)
    said = {"part.nq": "2 of 9 graphs", "all.ttl": "all statements"}.get(name, "9 of 9 graphs")

    assert 0 == code
    assert out.startswith(f"{tmp_path / name} has {said} as released")
    assert ("; not in it: china-keywords-2019, derived" in out) == (name == "part.nq")


def test_a_changed_export_is_told_with_the_statement(run: Run, tmp_path: Path) -> None:
    """What is missing and what is new, each with an example."""
    run("export", "-o", tmp_path / "part.nq", "--graph", "current")
    text = (tmp_path / "part.nq").read_text(encoding="utf-8")
    changed = text.replace("state/india>", "state/turkey>")
    (tmp_path / "part.nq").write_text(changed, encoding="utf-8")
    code, out, _ = run("verify", tmp_path / "part.nq")

    assert 1 == code
    assert "graph current: " in out
    assert "state/india> " in out
    assert "is missing" in out
    assert "was not released" in out


def test_what_cannot_be_verified_is_refused(run: Run, tmp_path: Path) -> None:
    """A folder without a manifest, a file that is not there, a file of other things."""
    (tmp_path / "other.nq").write_text("<a:a> <a:b> <a:c> <a:d> .\n", encoding="utf-8")
    for path, said in (
        (tmp_path, "holds no release"),
        (tmp_path / "no.trig", "cannot be read"),
        (tmp_path / "other.nq", "no graph of the release"),
    ):
        code, out, err = run("verify", path)
        assert (2, "") == (code, out)
        assert said in err


def test_the_manifest_names_every_file(release: Release) -> None:
    """Nothing travels that is not summed."""
    manifest = json.loads(release.files["manifest.json"])

    assert {*release.files} - {"manifest.json"} == {*manifest["sha256"]} - {"release.nq"}
