"""The export: each format says the same, each profile answers in its own vocabulary."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyld import jsonld
from pyshacl import validate
from rdflib import RDF, SH, Graph, URIRef

from conftest import Run
from sco_graph import cache, reading, store
from sco_graph.layout import Layout
from sco_graph.namespaces import GRAPH, PREFIXES, expand

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "validators"
WHOLE = ("nq", "trig", "jsonld", "nq.gz", "trig.gz", "jsonld.gz")
UNION = ("ttl", "nt", "rdf", "ttl.gz")
PROFILES = ("org", "rdf12", "schema", "skos", "wikidata")


@pytest.fixture(scope="module")
def released() -> set[ox.Quad]:
    """Return the quads of the shipped release."""
    quads = cache.release_of(Layout.shipped()).quads()
    return set(ox.parse(quads, format=ox.RdfFormat.N_QUADS))


def read(path: Path) -> list[ox.Quad]:
    data = path.read_bytes()
    return reading.parse(
        gzip.decompress(data) if path.suffix == ".gz" else data, str(path).removesuffix(".gz")
    ).quads


def canonical(quads: set[ox.Quad]) -> set[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@pytest.mark.parametrize("extension", WHOLE)
def test_a_format_of_datasets_reads_back_as_the_release(
    run: Run, released: set[ox.Quad], tmp_path: Path, extension: str
) -> None:
    """Whatever the format, the canonical dataset is that of the release, and nothing is said."""
    path = tmp_path / f"all.{extension}"

    assert (0, "", "") == run("export", "-o", path)
    assert canonical(released) == canonical(set(read(path)))


@pytest.mark.parametrize("extension", UNION)
def test_a_format_without_named_graphs_says_so_and_holds_the_union(
    run: Run, released: set[ox.Quad], tmp_path: Path, extension: str
) -> None:
    """Every triple is there; that the graphs are not is told on stderr."""
    path = tmp_path / f"all.{extension}"
    code, _, err = run("export", "-o", path)

    assert 0 == code
    assert "has no named graphs: which of 9 a triple is in is left out" in err
    assert {quad.triple for quad in released} == {quad.triple for quad in read(path)}


def test_the_same_graph_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    """Two exports are alike, packed ones too."""
    for extension in ("trig", "jsonld", "nq.gz"):
        for name in ("one", "two"):
            run("export", "-o", tmp_path / f"{name}.{extension}")
        assert (tmp_path / f"one.{extension}").read_bytes() == (
            tmp_path / f"two.{extension}"
        ).read_bytes()


def test_jsonld_carries_its_context_and_loses_nothing(run: Run, tmp_path: Path) -> None:
    """The context is inside, has no @vocab, maps languages; expand(compact(x)) is x."""
    path = tmp_path / "all.jsonld"
    run("export", "-o", path, "--graph", "china-keywords-2019")
    document = json.loads(path.read_bytes())
    published = json.loads((ROOT / "ontology" / "context.jsonld").read_bytes())["@context"]
    expanded = jsonld.expand(document)
    again = jsonld.compact(expanded, {"@context": published}, {"graph": True})
    qingdao = next(
        node
        for node in document["@graph"][0]["@graph"]
        if node["id"] == "scogid:meeting/heads-of-state-18"
    )

    assert published == document["@context"]
    assert "@vocab" not in published
    assert expanded == jsonld.expand(again)
    assert {"en", "zh"} == set(qingdao["prefLabel"])
    assert ("2018-06-09", "Meeting") == (qingdao["startDate"], qingdao["type"])


def test_the_context_names_every_term_of_the_ontology(graph: ox.Store) -> None:
    """A new class or property has a place in the context."""
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_bytes())["@context"]
    named = {v["@id"] if isinstance(v, dict) else v for v in context.values()}
    kinds = ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
    terms = {
        f"scog:{fact.subject.value.removeprefix(PREFIXES['scog'])}"
        for kind in kinds
        for fact in store.match(
            graph, None, ox.NamedNode(expand("rdf:type")), ox.NamedNode(expand(kind)), "ontology"
        )
        if isinstance(fact.subject, ox.NamedNode)
        and fact.subject.value.startswith(PREFIXES["scog"])
    }

    assert 100 < len(terms)
    assert set() == terms - named


def test_a_frame_gathers_each_participation_with_its_words(run: Run, tmp_path: Path) -> None:
    """Framed, a claim holds the state, the role and the quotes that it rests on."""
    path = tmp_path / "framed.jsonld"
    code, _, err = run("export", "-o", path, "--frame", "participations")
    claims = {claim["id"]: claim for claim in json.loads(path.read_bytes())["@graph"]}
    india = claims["scogid:participation/india-observer-state-china-keywords-2019"]
    quotes = [
        selector["exact"]
        for evidence in india["wasDerivedFrom"]
        for selector in evidence["hasSelector"]
        if "exact" in selector
    ]

    assert (0, 69) == (code, len(claims))
    assert "merges" in err
    assert "印度" == india["member"]["prefLabel"]["zh"]
    assert {"en": "observer status"} in quotes


@pytest.mark.parametrize(
    ("options", "graphs"),
    [
        (["--current"], {"current"}),
        (["--inferred"], {"inferred", "derived"}),
        (["--graph", "links", "schemes"], {"links", "schemes"}),
        (
            ["--asserted"],
            {
                "china-keywords-2019",
                "links",
                "public-record",
                "reference",
                "resolutions",
                "schemes",
            },
        ),
    ],
)
def test_a_part_holds_the_graphs_that_were_asked_for(
    run: Run, released: set[ox.Quad], tmp_path: Path, options: list[str], graphs: set[str]
) -> None:
    """Each graph is whole, and no other is there."""
    path = tmp_path / "part.nq"
    run("export", "-o", path, *options)
    wanted = {ox.NamedNode(GRAPH + name) for name in graphs}

    assert {quad for quad in released if quad.graph_name in wanted} == set(read(path))
    assert wanted == {quad.graph_name for quad in read(path)}


@pytest.mark.parametrize(
    ("day", "members", "participations"),
    [("2001-06-14", 0, 0), ("2017-06-08", 6, 0), ("2019-07-11", 8, 0), ("2025-11-18", 10, 0)],
)
def test_as_of_a_day_only_what_holds_is_left(
    run: Run, tmp_path: Path, day: str, members: int, participations: int
) -> None:
    """The current view is that of the day, and no claim of another day is left or mentioned."""
    path = tmp_path / "day.nq"
    run("export", "-o", path, "--at", day)
    graph = store.load(path.read_bytes())
    ended = """SELECT ?claim { ?claim scog:firstDay ?first .
      OPTIONAL { ?claim scog:dayAfter ?after }
      FILTER (?first > ?day || ?after <= ?day) }"""
    now = "SELECT DISTINCT ?state { GRAPH graph:current { ?state scog:memberStateOf ?of } }"
    idle = """SELECT ?words { ?words a scog:Evidence .
      FILTER NOT EXISTS { ?anything prov:wasDerivedFrom ?words } }"""

    assert members == len(list(store.rows(graph, now)))
    literal = ox.Literal(day, datatype=ox.NamedNode(expand("xsd:date")))
    assert participations == len(list(store.rows(graph, ended.replace("?day", str(literal)))))
    assert [] == list(store.rows(graph, idle))


def test_a_language_keeps_its_texts_and_every_quote(run: Run, tmp_path: Path) -> None:
    """Names in other languages go, with the statements that say them; the words of a text stay."""
    path = tmp_path / "ru.nq"
    run("export", "-o", path, "--lang", "ru")
    tags = Counter(
        quad.object.language
        for quad in read(path)
        if isinstance(quad.object, ox.Literal)
        and quad.object.language
        and quad.predicate.value != expand("oa:exact")
    )

    assert ["ru"] == list(tags)
    assert any(quad.predicate.value == expand("oa:exact") for quad in read(path))


def test_links_are_owl_same_as_only_on_request(run: Run, tmp_path: Path) -> None:
    """`--same-as owl` turns each schema:sameAs into owl:sameAs."""
    found = {}
    for word in ("schema", "owl"):
        run("export", "-o", tmp_path / "links.nt", "--graph", "links", "--same-as", word)
        uses = Counter(quad.predicate.value for quad in read(tmp_path / "links.nt"))
        found[word] = (uses[expand("schema:sameAs")], uses[expand("owl:sameAs")])

    assert 170 < found["schema"][0]
    assert {"schema": found["schema"], "owl": found["schema"][::-1]} == found


QUESTIONS = ROOT / "tests" / "profiles"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_answers_in_its_own_vocabulary(run: Run, tmp_path: Path, profile: str) -> None:
    """Who became a member after 2010? Asked in the words of each vocabulary, the answer is one."""
    path = tmp_path / f"{profile}.ttl"
    run("export", "--profile", profile, "-o", path)
    graph = ox.Store()
    graph.load(path=str(path), format=ox.RdfFormat.TURTLE)
    rows = store.rows(graph, (QUESTIONS / f"{profile}.rq").read_text(encoding="utf-8"))

    assert ["BLR", "IND", "IRN", "PAK"] == sorted(row["code"].value for row in rows)


def test_every_profile_is_tested() -> None:
    """A file in queries/profiles is a profile, and has its question beside the tests."""
    files = (ROOT / "queries" / "profiles").glob("*.rq")

    assert list(PROFILES) == sorted(path.stem for path in files)
    assert list(PROFILES) == sorted(path.stem for path in QUESTIONS.glob("*.rq"))


def test_an_observer_is_no_member_in_any_profile(run: Run, tmp_path: Path) -> None:
    """Mongolia, which only ever observed, has no statement of Wikidata's that it is a member."""
    run("export", "--profile", "wikidata", "-o", tmp_path / "w.nt")

    assert "Q711>" not in (tmp_path / "w.nt").read_text(encoding="utf-8")


# The published shapes ask that a date or a text be a node, which no literal is: without that
# they judge what a property may lead to, which is what they are for.
DATATYPES = ("Boolean", "Date", "DateTime", "Float", "Integer", "Number", "Text", "Time", "URL")


@pytest.mark.filterwarnings("ignore")  # pyshacl warns of the recursion of the shapes
def test_the_schema_profile_conforms_to_the_published_shapes(run: Run, tmp_path: Path) -> None:
    """Each organization, country, event and role is looked at, and none is refused."""
    if not SHARED.is_dir():
        pytest.skip("the published shapes are no part of the project")
    shapes = Graph().parse(SHARED / "schemaorg-30.0.shacl.ttl")
    for name in DATATYPES:
        node = URIRef(f"http://schema.org/validation#ValidSchema{name}")
        assert (node, SH.nodeKind, SH.BlankNodeOrIRI) in shapes
        shapes.remove((node, SH.nodeKind, None))
    run("export", "--profile", "schema", "-o", tmp_path / "schema.ttl")
    data = Graph().parse(tmp_path / "schema.ttl")
    targets = set(shapes.objects(None, SH.targetClass))
    looked_at = Counter(
        str(kind).removeprefix("http://schema.org/")
        for _, kind in data.subject_objects(RDF.type)
        if kind in targets
    )
    conforms, _, text = validate(data, shacl_graph=shapes)

    assert conforms, text
    assert {"Organization": 13, "Country": 27, "Event": 49, "OrganizationRole": 64} == {
        name: looked_at[name] for name in ("Organization", "Country", "Event", "OrganizationRole")
    }
    data.add((URIRef("http://example.org/x"), RDF.type, URIRef("http://schema.org/Organization")))
    data.add(
        (
            URIRef("http://example.org/x"),
            URIRef("http://schema.org/parentOrganization"),
            next(data.objects(None, URIRef("http://schema.org/name"))),
        )
    )
    assert not validate(data, shacl_graph=shapes)[0]


@pytest.mark.filterwarnings("ignore")  # what frictionless imports warns of itself
def test_the_tables_are_a_data_package_that_validates(run: Run, tmp_path: Path) -> None:
    """Each class has its CSV, each column its description, and frictionless finds no fault."""
    from frictionless import validate as judge

    folder = tmp_path / "tables"
    assert (0, "", "") == run("export", "--format", "csv", "-o", folder)
    package = json.loads((folder / "datapackage.json").read_bytes())
    report = judge(str(folder / "datapackage.json"))
    with (folder / "participations.csv").open(encoding="utf-8", newline="") as file:
        claims = list(csv.DictReader(file))

    assert report.valid, report.flatten(["message"])
    assert sorted(path.name for path in folder.glob("*.csv")) == sorted(
        resource["path"] for resource in package["resources"]
    )
    assert all(f["description"] for r in package["resources"] for f in r["schema"]["fields"])
    assert 69 == len(claims)
    assert {"IND"} == {
        c["iso3"] for c in claims if c["since"] == "2017-06-09" and "india" in c["state"]
    }
    (folder / "states.csv").write_bytes((folder / "states.csv").read_bytes() + b"again\r\n")
    assert not judge(str(folder / "datapackage.json")).valid


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--profile", "marc"], "Profiles: org, rdf12, schema, skos, wikidata"),
        (["--graph", "gossip"], "Graphs: china-keywords-2019"),
        (["--format", "csv"], "name it with -o"),
        (["--format", "csv", "-o", "x", "--profile", "org"], "takes no --profile"),
        (["--frame", "participations", "--format", "ttl"], "--frame is for jsonld"),
        (["--frame", "no-such", "--format", "jsonld"], "Frames: participations"),
        (["--profile", "rdf12", "--format", "jsonld"], "cannot hold triples of RDF 1.2"),
        (["--at", "2019-02-30"], "is no day"),
        (["--current", "--graph", "links"], "--graph names graphs"),
        (["-o", "graph.doc"], "the extension says no RDF format"),
        (["-o", "no/such/folder/all.nq"], "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_nothing_is_written(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    """The message names the way out, the exit code is 2, and no file is left."""
    monkeypatch.chdir(tmp_path)
    code, out, err = run("export", *arguments)

    assert (2, "") == (code, out)
    assert said in err
    assert [] == list(tmp_path.iterdir())
