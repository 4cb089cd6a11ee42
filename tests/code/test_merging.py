"""What a foreign graph says of ours goes through one gate: what breaks it is named and refused."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Run
from sco_graph import cache, merging, queryfile, sssom, touching
from sco_graph.errors import GraphError, SyntaxFault
from sco_graph.layout import Layout
from sco_graph.merging import Merged, MergeError
from sco_graph.rdf import Fact, facts
from sco_graph.sources import Sources
from sco_graph.touching import SAME

HEAD = """PREFIX ex: <http://example.org/> PREFIX e2: <http://two.example/>
PREFIX org: <http://www.w3.org/ns/org#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX scog: <https://w3id.org/sco-graph/ontology#> PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX state: <https://w3id.org/sco-graph/id/state/> PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX organization: <https://w3id.org/sco-graph/id/organization/>
PREFIX role: <https://w3id.org/sco-graph/id/role/> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX organ: <https://w3id.org/sco-graph/id/organ/> PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX participation: <https://w3id.org/sco-graph/id/participation/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX schema: <https://schema.org/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
TABLE = """#curie_map:
#  scogid: https://w3id.org/sco-graph/id/
#  ex: http://example.org/
subject_id\tpredicate_modifier\tpredicate_id\tobject_id\tmapping_justification
"""


def row(subject: str, theirs: str, predicate: str = "skos:exactMatch", modifier: str = "") -> str:
    return f"scogid:{subject}\t{modifier}\t{predicate}\t{theirs}\tsemapv:ManualMappingCuration\n"


LINKS = "".join(
    row(ours, f"ex:{theirs}")
    for ours, theirs in (
        ("state/india", "india"),
        ("state/pakistan", "pakistan"),
        ("state/mongolia", "mongolia"),
        ("organization/sco", "sco"),
    )
)
Merge = Callable[..., Merged]


@pytest.fixture(scope="module")
def ours() -> tuple[Sources, list[Fact], list[queryfile.QueryFile]]:
    """Return our sources, our release and our checks, read once."""
    layout = Layout.shipped()
    quads = ox.parse(cache.release_of(layout).quads(), format=ox.RdfFormat.N_QUADS)
    checks = list(queryfile.read_folder(f"{layout.queries}/checks"))
    return Sources.read(layout), list(facts(quads)), checks


@pytest.fixture
def merge(ours: tuple[Sources, list[Fact], list[queryfile.QueryFile]], tmp_path: Path) -> Merge:
    """Return a function that merges Turtle texts, a file each, with ours."""

    def run(*texts: str, links: str = LINKS) -> Merged:
        foreign = {}
        for number, text in enumerate(texts):
            foreign[f"theirs-{number}"] = tmp_path / f"theirs-{number}.ttl"
            foreign[f"theirs-{number}"].write_text(HEAD + text, encoding="utf-8")
        rows = sssom.read(TABLE + links, "l.tsv")
        sources, released, checks = ours
        return merging.merge(sources, released, rows, foreign, checks, "l.tsv")

    return run


CLAIM = """ex:c a scog:Participation ; org:organization ex:sco ; prov:wasDerivedFrom ex:ev .
ex:ev a scog:Evidence ; oa:hasSource ex:doc ; dcterms:identifier "r1" .
ex:doc a scog:Document ; skos:prefLabel "A register"@en . ex:c org:member ex:mongolia ; """


BREAKING = sorted((Path(__file__).parents[1] / "breaking").glob("*.ttl"))
HARMLESS = sorted((Path(__file__).parents[1] / "harmless").glob("*.ttl"))


@pytest.mark.parametrize("path", BREAKING, ids=lambda path: path.stem)
def test_what_would_break_is_refused_with_what_does_it(merge: Merge, path: Path) -> None:
    """Identity, contradiction, change: each is told with the foreign statements behind it."""
    text = path.read_text(encoding="utf-8")
    with pytest.raises(MergeError) as told:
        merge(text)

    assert text.partition("# said: ")[2].splitlines()[0] in str(told.value)
    assert " in graph theirs-" in str(told.value)


@pytest.mark.parametrize("path", HARMLESS, ids=lambda path: path.stem)
def test_what_others_say_in_words_that_are_not_ours_is_let_in(merge: Merge, path: Path) -> None:
    """Relations, links, concepts, members that are, staff and units: an ordinary graph passes."""
    assert 0 < merge(path.read_text(encoding="utf-8")).looked_at


def test_the_statement_at_fault_is_told_before_all_else_that_is_said(merge: Merge) -> None:
    """However much there is of either thing."""
    noise = " ".join(f"ex:sco ex:p{n:02} {n} . ex:doc{n} ex:about ex:mongolia ." for n in range(20))
    with pytest.raises(MergeError) as told:
        merge(f"{noise} ex:mongolia org:memberOf ex:sco .")

    assert "mongolia> <http://www.w3.org/ns/org#memberOf>" in str(told.value).splitlines()[2]


def test_what_is_said_to_a_thing_of_ours_follows_of_ours(
    ours: tuple[Sources, list[Fact], list[queryfile.QueryFile]], tmp_path: Path
) -> None:
    """An observation of their India is one of ours, in the graph of what follows."""
    path = tmp_path / "gdp.ttl"
    path.write_text(HEAD + "ex:obs ex:refArea ex:india ; ex:gdp 5 .", encoding="utf-8")
    links = sssom.read(TABLE + LINKS, "l.tsv")
    sources, released, checks = ours
    merged = merging.merge(sources, released, links, {"gdp": path}, checks)
    found = [
        str(quad.object)
        for quad in merging.quads(released, links, merged, {"gdp": path})
        if quad.predicate.value == "http://example.org/refArea"
    ]

    assert ["<http://example.org/india>", "<https://w3id.org/sco-graph/id/state/india>"] == found


def test_a_chain_of_identities_over_two_files_is_told_as_a_chain(merge: Merge) -> None:
    """No file alone makes two of our things one."""
    with pytest.raises(MergeError) as told:
        merge(
            "ex:india owl:sameAs e2:u1 . e2:u2 owl:sameAs ex:pakistan .",
            "e2:u1 owl:sameAs e2:u2 .",
        )

    assert [
        "state:india and state:pakistan would become one:",
        "    <http://two.example/u1> is linked to state:india",
        f"    <http://two.example/u1> {SAME} <http://two.example/u2> in graph theirs-1",
        "    <http://two.example/u2> is linked to state:pakistan",
    ] == str(told.value).splitlines()[1:]


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (
            """org:role role:member-state ; scog:rank scog:Preferred ;
            scog:validFrom "2020-01-01"^^xsd:date .""",
            "shape two-roles",
        ),
        ('scog:statedAsOf "2019-07-11"^^xsd:date .', "org:role"),
        ("org:role role:observer-state .", "either a period"),
    ],
)
def test_a_foreign_claim_in_our_shape_is_judged_as_ours_are(
    merge: Merge, rest: str, said: str
) -> None:
    """Linked ends count as our things; days and ranks are compared with ours."""
    with pytest.raises(MergeError, match=said):
        merge(CLAIM + rest)


@pytest.mark.parametrize(
    ("texts", "follows"),
    [
        (
            (CLAIM + 'org:role role:observer-state ; scog:statedAsOf "2019-07-11"^^xsd:date .',),
            "<http://www.w3.org/ns/org#Membership>",
        ),
        (
            (
                "[] a org:Membership ; org:member ex:india ; org:organization ex:sco .",
                "[] a org:Membership ; org:member ex:pakistan ; org:organization ex:sco .",
            ),
            "",
        ),
        (("ex:india ex:people 14 ; owl:sameAs ex:bharat .",), 'people> "14"'),
        (
            ("ex:Country rdfs:subClassOf ex:Region . ex:india a ex:Country .",),
            "example.org/Region>",
        ),
        (
            ("ex:india org:memberOf ex:club .",),
            "hasMember> <https://w3id.org/sco-graph/id/state/in",
        ),
        (
            (
                """ex:M owl:equivalentClass [ a owl:Restriction ;
                owl:onProperty scog:memberStateOf ; owl:hasValue organization:sco ] .""",
            ),
            "state/india> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/M>",
        ),
        (("ex:Country owl:equivalentClass scog:State . ex:india a ex:Country .",), "org/Country>"),
        (('ex:name rdfs:subPropertyOf skos:prefLabel . ex:india ex:name "B"@en .',), "name>"),
        (('ex:india owl:sameAs [ ex:p 1 ] . ex:x ex:p "2" .',), ""),
    ],
)
def test_what_follows_from_both_is_said_and_nothing_else(
    merge: Merge, texts: tuple[str, ...], follows: str
) -> None:
    """What is said of their IRI holds of ours, and what axioms make of it; names stay theirs."""
    found = [str(fact.triple()) for fact in merge(*texts).entailed]

    assert follows == "" or any(follows in line for line in found), found
    assert not [line for line in found if "_:" in line or "sameAs> <http" in line]
    assert not [line for line in found if "id/state" in line.split()[0] and "abel>" in line]


@pytest.mark.parametrize(
    ("links", "said"),
    [
        (row("state/india", "scogid:organization/sco"), "is of this graph"),
        (row("state/india", "ex:a", "rdf:type"), "rdf:type is no predicate of a mapping"),
        (row("state/pakistan", "<http://www.wikidata.org/entity/Q668>"), "would become one"),
        (row("state/india", "<http://www.wikidata.org/entity/Q843>"), "would become one"),
        (row("state/india", "urn:x:1") + row("state/india", "urn:x:2"), "of the same dataset"),
        (
            row("state/india", "https://e.example/1") + row("state/india", "http://e.example/2"),
            "of the same dataset",
        ),
        (row("state/india", "ex:a", modifier="Not") + row("state/india", "ex:a"), "says that"),
    ],
)
def test_a_link_that_cannot_hold_is_named_with_file_and_line(
    merge: Merge, links: str, said: str
) -> None:
    """Before anything of theirs is read."""
    with pytest.raises(GraphError, match=said) as told:
        merge("ex:a ex:b ex:c .", links=links)

    assert str(told.value).startswith("l.tsv:")


def test_what_is_said_not_to_be_the_same_is_no_link(merge: Merge) -> None:
    """Neither a row with `Not` nor one without a term makes a triple or an identity."""
    links = (
        row("state/india", "ex:pakistan", modifier="Not")
        + row("state/pakistan", "ex:pakistan")
        + row("state/iran", "sssom:NoTermFound")
    )
    found = merge("ex:pakistan ex:people 2 .", links=links)
    rows = [f for link in sssom.read(TABLE + links, "l.tsv") for f in link.facts("links")]

    assert ["pakistan"] == [f.subject.value.rpartition("/")[2] for f in found.entailed]
    assert {"https://w3id.org/sco-graph/id/state/pakistan"} == {
        f.object.value for f in rows if f.predicate.value.endswith("annotatedSource")
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (row("state/india", "ex:a").replace("semapv", '"semapv'), "l.tsv:5: a quotation mark"),
        (row("state/india", "nsx:a"), 'l.tsv:5: "nsx:a": prefix "nsx" is not in the curie_map'),
        (row("state/india", "http://example.org/a b"), "l.tsv:5: <http://example.org/a b> is no"),
        (row("state/india", "ex:a", modifier="Maybe"), 'l.tsv:5: predicate_modifier "Maybe"'),
        ("scogid:state/india\n", "l.tsv:5: predicate_id is empty"),
    ],
)
def test_a_table_that_cannot_be_read_is_named_with_its_line(text: str, said: str) -> None:
    """A cell that is not closed does not swallow the rows after it."""
    with pytest.raises(SyntaxFault) as told:
        sssom.read(TABLE + text + row("state/iran", "ex:b"), "l.tsv")

    assert str(told.value).startswith(said)


def test_a_quoted_cell_may_go_over_lines_and_two_columns_may_not_share_a_name() -> None:
    """Lines are counted as an editor counts them."""
    text = TABLE.replace("\n", "\tcomment\n").replace("id/\tcomment", "id/")
    text = text.replace("org/\tcomment", "org/").replace("map:\tcomment", "map:")
    rows = sssom.read(
        text
        + row("state/iran", "ex:a").replace("\n", '\t"one\ntwo"\n')
        + row("state/india", "ex:b"),
        "l.tsv",
    )

    assert [5, 7] == [link.line for link in rows]
    assert ["one\ntwo", ""] == [link.comment for link in rows]
    with pytest.raises(SyntaxFault, match="the column subject_id stands there twice"):
        sssom.read(TABLE.replace("predicate_modifier", "subject_id"), "l.tsv")


def test_blank_nodes_have_the_same_names_each_time_and_differ_by_file(tmp_path: Path) -> None:
    """With a label or without; in lines and in Turtle."""
    files = {}
    for name, text in (("a.ttl", "_:b0 <a:p> [ <a:q> ( 1 ) ] ."), ("b.nt", "_:b0 <a:p> _:a0 .")):
        files[name[0]] = tmp_path / name
        files[name[0]].write_text(text + "\n", encoding="utf-8")

    def nodes() -> list[tuple[str, str]]:
        return [(graph, str(quad.subject)) for graph, quad in touching.quads(files)]

    assert nodes() == nodes()
    assert {node for graph, node in nodes() if graph == "a"}.isdisjoint(
        node for graph, node in nodes() if graph == "b"
    )
    assert 4 == len({node for graph, node in nodes() if graph == "a"} | {"_:f2bb0"})


def test_output_may_not_be_input_and_a_pipe_is_not_read_twice(run: Run, tmp_path: Path) -> None:
    """Neither file is touched."""
    theirs, links, pipe = tmp_path / "t.nq", tmp_path / "l.tsv", tmp_path / "p.nt"
    theirs.write_text("<a:a> <a:b> <a:c> .\n", encoding="utf-8")
    links.write_text(TABLE, encoding="utf-8")
    os.mkfifo(pipe)
    for foreign, out, said in (
        (theirs, theirs, "is read too"),
        (pipe, tmp_path / "o.nq", "no file"),
    ):
        code, _, err = run("merge", foreign, "--links", links, "-o", out)
        assert 2 == code
        assert said in err
    assert "<a:a> <a:b> <a:c> .\n" == theirs.read_text(encoding="utf-8")
    assert {"t.nq", "l.tsv", "p.nt"} == {path.name for path in tmp_path.iterdir()}


def test_a_large_foreign_file_streams_by(tmp_path: Path) -> None:
    """All of 200,000 statements lead to one of our things, and a merge takes no more memory."""
    theirs, links = tmp_path / "theirs.nt", tmp_path / "links.tsv"
    links.write_text(TABLE + LINKS, encoding="utf-8")
    peaks = []
    for count in (10, 200_000):
        with theirs.open("w", encoding="utf-8") as file:
            file.writelines(
                f"<http://example.org/t/{n}> <http://example.org/country> "
                "<http://example.org/india> .\n"
                for n in range(count)
            )
        command = [sys.executable, "-m", "sco_graph", "merge", str(theirs)]
        command += ["--links", str(links), "-o", str(tmp_path / "out.nq")]
        pid = os.posix_spawn(command[0], command, os.environ)
        _, status, usage = os.wait4(pid, 0)
        assert 0 == status
        peaks.append(usage.ru_maxrss)

    assert peaks[1] < 1.3 * peaks[0]
