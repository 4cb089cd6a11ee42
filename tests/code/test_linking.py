"""Other graphs: what is ours in them is found, nothing else is, and a merge breaks nothing."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Run
from sco_graph import sssom, store
from sco_graph.clues import identity, normal
from sco_graph.namespaces import GRAPH, ID

FOREIGN = Path(__file__).parents[1] / "foreign"
GRAPHS = sorted(path.name for path in FOREIGN.iterdir() if ".expected" not in path.name)
SMALL = ("countries.ttl", "page.jsonld", "register.ttl", "wikidata.nt", "geonames.rdf")
"""Those that are merged too: a merge takes seconds."""
each_file = pytest.mark.parametrize("name", GRAPHS)


def expected(name: str) -> tuple[dict[str, str], set[str]]:
    """Return the links and the doubts of a foreign graph, as the file beside it has them."""
    path = FOREIGN / f"{name.partition('.')[0]}.expected.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    return found["links"], set(found["doubts"])


TABLE = (
    "#curie_map:\n#  scogid: https://w3id.org/sco-graph/id/\n#  ex: http://example.org/\n"
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
)


def write_links(path: Path, *rows: tuple[str, str]) -> Path:
    lines = (f"scogid:{a}\tschema:sameAs\tex:{b}\tsemapv:ManualMappingCuration\n" for a, b in rows)
    path.write_text(TABLE + "".join(lines), encoding="utf-8")
    return path


@each_file
def test_every_link_is_right_and_what_is_not_sure_is_told_apart(
    run: Run, tmp_path: Path, name: str
) -> None:
    """Links, doubts, and nothing of what is called alike and is something else."""
    links, doubts = tmp_path / "links.sssom.tsv", tmp_path / "doubts.tsv"
    code, out, err = run("link", FOREIGN / name, "-o", links, "--ambiguous", doubts)
    found = sssom.read(links.read_text(encoding="utf-8"), "links.sssom.tsv")
    told = list(csv.DictReader(io.StringIO(doubts.read_text(encoding="utf-8")), delimiter="\t"))

    assert (0, "") == (code, out)
    sure, unsure = expected(name)
    assert sure == {link.object: link.subject.removeprefix(ID) for link in found}
    assert unsure == {row["object_id"] for row in told}
    assert all(f"ambiguous: <{row['object_id']}>" in err and row["why"] for row in told)
    assert all(link.justification and link.confidence and link.comment for link in found)
    assert {link.object for link in found}.isdisjoint(row["object_id"] for row in told)


@each_file
def test_a_proposal_is_a_table_that_the_reference_reader_takes(
    run: Run, tmp_path: Path, name: str
) -> None:
    """The header declares our prefix, and the same input gives the same bytes."""
    for number in "12":
        run("link", FOREIGN / name, "-o", tmp_path / number)
    text = (tmp_path / "1").read_text(encoding="utf-8")

    assert text == (tmp_path / "2").read_text(encoding="utf-8")
    assert "#  scogid: https://w3id.org/sco-graph/id/\n" in text
    assert "\tscogid:" not in text.partition("subject_id")[0]


def test_a_folder_is_read_as_one_graph(run: Run) -> None:
    """Every RDF file below it is looked at."""
    code, out, err = run("link", FOREIGN)

    assert 0 == code
    assert "https://register.example/kz" in out
    assert "links" in err


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://www.wikidata.org/entity/Q668", ("wd", "Q668")),
        ("https://www.wikidata.org/wiki/Special:EntityData/Q668", ("wd", "Q668")),
        ("https://www.geonames.org/1269750/republic-of-india.html", ("gn", "1269750")),
        ("https://sws.geonames.org/1269750/", ("gn", "1269750")),
        ("http://publications.europa.eu/resource/authority/country/IND", ("eu", "IND")),
        ("http://www.wikidata.org/prop/P463", None),
        ("https://example.org/Q668", None),
    ],
)
def test_an_authority_is_known_however_its_iri_is_written(
    iri: str, expected: tuple[str, str] | None
) -> None:
    """Scheme, host and page do not matter; the identifier does."""
    assert expected == identity(iri)


@pytest.mark.parametrize(
    ("one", "other"),
    [("The Maldives", "maldives"), ("Côte d’Ivoire", "cote d'ivoire"), ("ШОС", "шос")],
)
def test_names_are_compared_without_case_accents_and_articles(one: str, other: str) -> None:
    """What people write in two ways is one name."""
    assert normal(one) == normal(other)


def test_the_foreign_graphs_have_both_sides() -> None:
    """There are things to match and traps, in every syntax; a graph of traps alone has no link."""
    links = {name: expected(name)[0] for name in GRAPHS}
    doubts = sum(len(expected(name)[1]) for name in GRAPHS)

    assert {"jsonld", "nt", "rdf", "trig", "ttl"} <= {name.rpartition(".")[2] for name in GRAPHS}
    assert (35, 120, 90) < (len(GRAPHS), sum(map(len, links.values())), doubts)
    assert 8 < sum(not found for found in links.values())


@pytest.mark.parametrize("name", SMALL)
def test_a_merge_keeps_ours_and_theirs_apart_and_whole(run: Run, tmp_path: Path, name: str) -> None:
    """Ours verifies, theirs is in a graph of its own, and a second run gives the same bytes."""
    links = tmp_path / "links.sssom.tsv"
    run("link", FOREIGN / name, "-o", links)
    for out in ("one.nq", "two.nq", "three.trig.gz"):
        code, _, err = run("merge", FOREIGN / name, "--links", links, "-o", tmp_path / out)
        assert (0, True) == (code, "the gate is passed" in err), err
    graph = store.load((tmp_path / "one.nq").read_bytes())
    theirs = GRAPH + name.partition(".")[0]
    count = len(list(ox.parse(path=str(FOREIGN / name))))

    assert (tmp_path / "one.nq").read_bytes() == (tmp_path / "two.nq").read_bytes()
    assert count == len(list(graph.quads_for_pattern(None, None, None, ox.NamedNode(theirs))))
    again = set(
        ox.parse(
            gzip.decompress((tmp_path / "three.trig.gz").read_bytes()), format=ox.RdfFormat.TRIG
        )
    )
    assert Counter(q.graph_name for q in graph) == Counter(q.graph_name for q in again)
    run("export", "-o", tmp_path / "ours.nq")
    ours = set(ox.parse(path=str(tmp_path / "ours.nq")))
    assert ours <= set(ox.parse(path=str(tmp_path / "one.nq")))
    rows = store.rows(
        graph, "SELECT ?ours ?theirs { GRAPH graph:merged-links { ?ours schema:sameAs ?theirs } }"
    )
    assert expected(name)[0] == {
        row["theirs"].value: row["ours"].value.removeprefix(ID) for row in rows
    }


PREFIX = """PREFIX ex: <http://example.org/> PREFIX org: <http://www.w3.org/ns/org#>
PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX scog: <https://w3id.org/sco-graph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX id: <https://w3id.org/sco-graph/id/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
IND, PAK, TUR = "state\\/india", "state\\/pakistan", "state\\/turkey"


@pytest.mark.parametrize(
    ("turtle", "said", "triple"),
    [
        (f"id:{IND} owl:sameAs id:{PAK} .", "would become one", "owl#sameAs"),
        (f"ex:x owl:sameAs id:{IND} , ex:y . ex:y owl:sameAs id:{PAK} .", "would become one", "ex"),
        (f"ex:in owl:sameAs id:{PAK} .", "would become one", "example.org/in>"),
        (f"ex:m org:member id:{IND} , id:{PAK} .", "became one with", "example.org/m>"),
        (
            f"id:{TUR} scog:memberStateOf id:organization\\/sco .",
            "not what our graph says",
            "turkey",
        ),
        (f"id:{TUR} org:memberOf ex:sco .", "not what our graph says", "example.org/sco>"),
        (
            f"ex:joined rdfs:subPropertyOf scog:memberStateOf . id:{TUR} ex:joined ex:sco .",
            "not what our graph says",
            "example.org/joined>",
        ),
        (
            (
                "ex:Country rdfs:subClassOf ex:Body . ex:Body rdfs:subClassOf org:Organization ."
                " ex:in a ex:Country ."
            ),
            "cannot be both",
            "example.org/Country>",
        ),
        (f'id:{IND} scog:iso3166Alpha3 "INX" .', "not what our graph says", "INX"),
        (f'id:{IND} skos:prefLabel "Bharat"@en .', "one for each language", "Bharat"),
        ("ex:new a scog:Participation .", "shape", "example.org/new>"),
    ],
)
def test_what_would_break_is_listed_with_its_triples_and_nothing_is_written(
    run: Run, tmp_path: Path, turtle: str, said: str, triple: str
) -> None:
    """The gate names the thing, what is wrong and the foreign statement; the exit code is 1."""
    (tmp_path / "theirs.ttl").write_text(PREFIX + turtle, encoding="utf-8")
    links = write_links(tmp_path / "l.tsv", ("state/india", "in"), ("organization/sco", "sco"))
    code, out, err = run(
        "merge", tmp_path / "theirs.ttl", "--links", links, "-o", tmp_path / "merged.nq"
    )

    assert (1, "") == (code, out)
    assert said in err
    assert triple in err
    assert {"theirs.ttl", "l.tsv"} == {path.name for path in tmp_path.iterdir()}


def test_what_others_say_in_their_own_words_is_let_in(run: Run, tmp_path: Path) -> None:
    """Names, numbers, memberships and identities among themselves change nothing of ours."""
    (tmp_path / "theirs.ttl").write_text(
        PREFIX
        + f"""ex:in skos:prefLabel "Inde"@fr , "India"@en , "Bharat"@en ; ex:people 1400000000 ;
          owl:sameAs ex:bharat ; org:memberOf ex:club . ex:a owl:sameAs ex:b .
          id:{IND} ex:note "ours, and their word" . ex:in a ex:Country .
          [] a org:Membership ; org:member ex:in ; org:organization ex:sco .""",
        encoding="utf-8",
    )
    links = write_links(tmp_path / "l.tsv", ("state/india", "in"), ("organization/sco", "sco"))
    out = tmp_path / "merged.nq"
    code, _, err = run("merge", tmp_path / "theirs.ttl", "--links", links, "-o", out)
    follows = "SELECT ?club { GRAPH graph:merged { state:india ?p ?club } }"
    rows = store.rows(store.load(out.read_bytes()), follows)

    assert (0, "") == (code, "" if "passed" in err else err)
    assert rows is not None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("state/india", "a"), ("state/pakistan", "a")], "the two would become one"),
        ([("state/india", "a"), ("state/india", "b")], "of the same dataset"),
        ([("state/atlantis", "a")], "is none of our things"),
    ],
)
def test_links_that_cannot_all_hold_are_refused_with_their_line(
    run: Run, tmp_path: Path, rows: list[tuple[str, str]], said: str
) -> None:
    """Before anything is read, and nothing is written."""
    links = write_links(tmp_path / "l.tsv", *rows)
    out = tmp_path / "m.nq"
    code, _, err = run("merge", FOREIGN / "page.jsonld", "--links", links, "-o", out)

    assert 1 == code
    assert said in err
    assert f"{links}:{4 + len(rows)}: " in err
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("remote.jsonld", b'{"@context": "https://schema.org", "@id": "a:b"}', "is not fetched"),
        ("doc.rdf", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "remove it"),
        ("lies.ttl", b"<?xml version='1.0'?><rdf/>", "its extension says ttl"),
        ("lies.rdf", b"@prefix a: <b:> .", "its extension says rdfxml"),
        ("lies.nt", b'{"@id": "a:b"}', "its extension says nt"),
        ("cut.ttl", b'<a:a> <a:b> "c" ;\n <a:d', ":2: "),
        ("cut.nq.gz", gzip.compress(b"<a:a> <a:b> <a:c> .\n" * 99)[:-20], "cannot be read"),
        ("bom.nt", b"\xef\xbb\xbf<a:a> <a:b> <a:c> .\n", "byte-order mark"),
        ("what.doc", b"", "no RDF format"),
    ],
)
@pytest.mark.parametrize("command", ["link", "merge"])
def test_a_foreign_file_that_cannot_be_read_is_named_and_nothing_is_written(
    run: Run, tmp_path: Path, command: str, name: str, data: bytes, said: str
) -> None:
    """A clear message, exit 2, no output."""
    (tmp_path / name).write_bytes(data)
    links = write_links(tmp_path / "l.tsv")
    rest = ("--links", links) if command == "merge" else ()
    code, out, err = run(command, tmp_path / name, *rest, "-o", tmp_path / "out.nq")

    assert (2, "") == (code, out)
    assert name in err
    assert said in err
    assert {name, "l.tsv"} == {path.name for path in tmp_path.iterdir()}


def test_a_foreign_graph_cannot_take_a_name_of_ours(run: Run, tmp_path: Path) -> None:
    """Neither by its file's name nor by the names inside."""
    links = write_links(tmp_path / "l.tsv")
    (tmp_path / "reference.nt").write_text("<a:a> <a:b> <a:c> .\n", encoding="utf-8")
    (tmp_path / "inside.nq").write_text(
        f"<a:a> <a:b> <a:c> <{GRAPH}public-record> .\n", encoding="utf-8"
    )
    for name, wanted, said in (("reference.nt", 2, "rename it"), ("inside.nq", 1, "name of ours")):
        out = tmp_path / "m.nq"
        code, _, err = run("merge", tmp_path / name, "--links", links, "-o", out)
        assert (wanted, False) == (code, out.exists())
        assert said in err
