"""What others say of the same memberships: in any of four shapes, with a verdict for each."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from conftest import Run

FOREIGN = Path(__file__).parents[1] / "foreign"
NO_LINKS = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"


def compared(run: Run, foreign: Path, links: Path) -> list[dict[str, str]]:
    code, out, _ = run("compare", foreign, "--links", links)
    assert 0 == code
    return list(csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "wikidata.nt",
            [
                "IND,member-state,2017-06-09,,2017-06-09,,same",
                "PAK,member-state,2017-06-09,,2016-06-24,,differs",
            ],
        ),
        (
            "page.jsonld",
            [
                "IND,member-state,2017-06-09,,2017-06-09,,same",
                "MNG,observer-state,2004-06-17,2025-09-01,2004,2025-08-31,same",
                "TUR,member-state,,,2025-09-01,,only-theirs",
            ],
        ),
        (
            "register.ttl",
            [
                "IRN,observer-state,2005-07-05,2023-07-04,2005-07-05,2022-09-15,differs",
                "KAZ,member-state,2001-06-15,,2001-06-15,,same",
            ],
        ),
    ],
)
def test_a_foreign_graph_is_compared_whatever_its_vocabulary(
    run: Run, tmp_path: Path, name: str, expected: list[str]
) -> None:
    """Blank nodes, periods, years, last days and roles by name are understood; the rest is ours."""
    links = tmp_path / "links.sssom.tsv"
    run("link", FOREIGN / name, "-o", links)
    rows = compared(run, FOREIGN / name, links)
    theirs = [",".join(row.values()) for row in rows if row["verdict"] != "only-ours"]

    assert expected == theirs
    assert 48 == sum(1 for row in rows if row["verdict"] != "only-theirs")
    assert rows == sorted(rows, key=lambda row: list(row.values()))


@pytest.mark.parametrize(
    ("options", "same"),
    [
        (("--profile", "org"), 48),
        (("--profile", "schema"), 48),
        (("--profile", "wikidata"), 10),
        (("--graph", "public-record"), 48),
    ],
)
def test_what_we_export_says_the_same_as_we_do(
    run: Run, tmp_path: Path, options: tuple[str, str], same: int
) -> None:
    """Each shape that is read is also written: nothing differs, nothing is new."""
    theirs, links = tmp_path / "theirs.ttl", tmp_path / "links.sssom.tsv"
    links.write_text(NO_LINKS, encoding="utf-8")
    run("export", *options, "-o", theirs)
    if "wikidata" in options:
        run("link", theirs, "-o", links)
    verdicts = Counter(row["verdict"] for row in compared(run, theirs, links))

    assert (same, 48 - same) == (verdicts["same"], verdicts["only-ours"])
    assert {"same", "only-ours"} >= set(verdicts)


def test_a_membership_without_a_node_of_its_own_is_found(run: Run, tmp_path: Path) -> None:
    """A plain triple says a role and no dates: it does not disagree with one who has dates."""
    theirs, links = tmp_path / "theirs.nt", tmp_path / "links.sssom.tsv"
    links.write_text(NO_LINKS, encoding="utf-8")
    ours = "https://w3id.org/sco-graph/id/"
    theirs.write_text(
        f"<{ours}state/india> <http://schema.org/memberOf> <{ours}organization/sco> .\n"
        f"<{ours}state/turkey> <http://www.w3.org/ns/org#memberOf> <{ours}organization/sco> .\n",
        encoding="utf-8",
    )
    found = {(r["iso3"], r["role"]): r["verdict"] for r in compared(run, theirs, links)}

    assert "same" == found["IND", "member-state"]
    assert "only-theirs" == found["TUR", "member-state"]
    assert "only-ours" == found["CHN", "member-state"]


HEAD = """PREFIX ex: <http://example.org/> PREFIX org: <http://www.w3.org/ns/org#>
PREFIX p: <http://www.wikidata.org/prop/> PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/> PREFIX s: <https://schema.org/>
PREFIX pqv: <http://www.wikidata.org/prop/qualifier/value/> PREFIX time: <http://www.w3.org/2006/time#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX wd: <http://www.wikidata.org/entity/> PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
LINKS = """#curie_map:
#  ex: http://example.org/
#  scogid: https://w3id.org/sco-graph/id/
subject_id\tpredicate_id\tobject_id\tmapping_justification
scogid:organization/sco\tschema:sameAs\tex:sco\tsemapv:ManualMappingCuration
scogid:state/india\tschema:sameAs\tex:india\tsemapv:ManualMappingCuration
scogid:state/mongolia\tschema:sameAs\tex:mongolia\tsemapv:ManualMappingCuration
scogid:state/belarus\tschema:sameAs\tex:belarus\tsemapv:ManualMappingCuration
scogid:role/observer-state\tskos:exactMatch\tex:r99\tsemapv:ManualMappingCuration
"""
MEMBER = "ex:m a org:Membership ; org:member ex:india ; org:organization ex:sco ; "
INDIA = "IND,member-state,2017-06-09,,"
AS_OURS = [f"{INDIA}2017-06-09,,same"]


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        pytest.param("ex:photo ex:depicts ex:india , ex:sco .", [], id="a photo"),
        pytest.param(
            "ex:t ex:signatory ex:india ; ex:depositary ex:sco ; ex:startDate '2010-01-01' .",
            [],
            id="a treaty",
        ),
        pytest.param(
            "ex:india p:P530 ex:q . ex:q ps:P530 ex:sco ; pq:P580 '2010-06-09T00:00:00Z' .",
            [],
            id="diplomatic relations",
        ),
        pytest.param(
            """ex:mongolia p:P463 ex:q ; wdt:P463 ex:sco . ex:q ps:P463 ex:sco ; pq:P2868 wd:Q1 ;
            pq:P580 '2004-06-17T00:00:00Z' ; pq:P582 '2025-08-31T00:00:00Z' .
            wd:Q1 rdfs:label 'observer'@en .""",
            ["MNG,observer-state,2004-06-17,2025-09-01,2004-06-17,2025-08-31,same"],
            id="an observer that the plain triple calls a member",
        ),
        pytest.param(
            MEMBER.replace("india", "mongolia") + "org:role ex:r99 ; ex:since '2004-06-17' .",
            ["MNG,observer-state,2004-06-17,2025-09-01,2004-06-17,,differs"],
            id="a role by its link",
        ),
        pytest.param(
            MEMBER + "org:role wd:Q77 ; ex:since '2017-06-09' .",
            ["IND,Q77,,,2017-06-09,,only-theirs"],
            id="a role that is none of ours",
        ),
        pytest.param(
            MEMBER
            + """org:memberDuring [ a time:Interval ;
            time:hasBeginning [ time:inXSDDate '2017-06-09'^^xsd:date ] ] .""",
            AS_OURS,
            id="OWL-Time",
        ),
        pytest.param(
            MEMBER
            + """org:memberDuring ex:i . ex:i time:hasBeginning ex:b .
            ex:b time:inXSDDateTimeStamp '2017-06-09T10:00:00+05:30' .""",
            AS_OURS,
            id="OWL-Time with names",
        ),
        pytest.param(
            MEMBER
            + "ex:since '2001-01-01' ; ex:until '2003-01-01' ."
            + MEMBER.replace("ex:m", "ex:n")
            + "ex:since '2017-06-09' .",
            ["IND,member-state,,,2001-01-01,2003-01-01,only-theirs", *AS_OURS],
            id="a period before",
        ),
        pytest.param(
            MEMBER + "ex:since '2017-06-09' ." + MEMBER.replace("ex:m", "ex:n") + "ex:note 1 .",
            AS_OURS,
            id="one of two without dates",
        ),
        pytest.param(
            """ex:india p:P463 ex:q . ex:q ps:P463 ex:sco ; pqv:P580 ex:v .
            ex:v wikibase:timeValue '2017-01-01T00:00:00Z' ; wikibase:timePrecision 9 .""",
            [f"{INDIA}2017,,same"],
            id="a year as Wikidata has it",
        ),
        pytest.param(
            MEMBER + "ex:since '2017-00-00T00:00:00Z' .", [f"{INDIA}2017,,same"], id="zeros"
        ),
        pytest.param(MEMBER + "ex:since '9 June 2017' .", AS_OURS, id="a day in words"),
        pytest.param(
            MEMBER + "ex:since '2017-06-09' ; ex:until [] .",
            [f"{INDIA}2017-06-09,unknown,differs"],
            id="an end that nobody knows",
        ),
        pytest.param(
            MEMBER + "ex:since '2017-06-09' , '2015-07-10' .",
            [f"{INDIA}2015-07-10,,differs"],
            id="two beginnings",
        ),
        pytest.param(
            "ex:sco s:member ( ex:india ex:belarus ) .",
            ["BLR,member-state,2024-07-04,,,,same", f"{INDIA},,same"],
            id="a list of states",
        ),
        pytest.param(
            """ex:sco s:member ( [ a s:OrganizationRole ; s:member ex:india ;
            s:startDate '2017-06-09' ] [ a s:OrganizationRole ; s:member ex:belarus ;
            s:startDate '2024' ] ) .""",
            ["BLR,member-state,2024-07-04,,2024,,same", *AS_OURS],
            id="a list of roles",
        ),
        pytest.param(
            """ex:india p:P463 ex:q . ex:q ps:P463 ex:sco ; pq:P1366 ex:mongolia ;
            pq:P580 '2017-06-09' .""",
            AS_OURS,
            id="another state beside",
        ),
        pytest.param(
            MEMBER
            + "ex:joinedAt ex:ev . ex:ev ex:startDate '2017-06-08' ; ex:endDate '2017-06-09' .",
            [f"{INDIA},,same"],
            id="dates of an event",
        ),
        pytest.param(
            MEMBER + "ex:since '2017-06-09' ; wikibase:rank wikibase:DeprecatedRank .",
            [],
            id="deprecated",
        ),
    ],
)
def test_what_is_a_membership_and_since_when_is_understood(
    run: Run, tmp_path: Path, turtle: str, expected: list[str]
) -> None:
    """Each shape as it is met, and what only looks like one."""
    theirs, links = tmp_path / "theirs.ttl", tmp_path / "links.sssom.tsv"
    links.write_text(LINKS, encoding="utf-8")
    theirs.write_text(HEAD + turtle, encoding="utf-8")
    rows = compared(run, theirs, links)

    assert expected == [",".join(r.values()) for r in rows if r["verdict"] != "only-ours"]


def test_an_organization_that_is_not_spoken_of_is_told(run: Run, tmp_path: Path) -> None:
    """All rows are ours, and a note says why."""
    theirs, links = tmp_path / "theirs.nt", tmp_path / "links.sssom.tsv"
    links.write_text(NO_LINKS, encoding="utf-8")
    theirs.write_text("<a:a> <a:b> <a:c> .\n", encoding="utf-8")
    code, out, err = run("compare", theirs, "--links", links)

    assert (0, 49) == (code, len(out.splitlines()))
    assert f"note: nothing in {theirs} is linked to organization:sco" in err


def test_what_cannot_be_compared_is_refused(run: Run, tmp_path: Path) -> None:
    """A missing file, an organization that is none."""
    links = tmp_path / "links.sssom.tsv"
    links.write_text(NO_LINKS, encoding="utf-8")
    for arguments in (
        ("no.ttl", "--links", links),
        (FOREIGN / "register.ttl", "--links", tmp_path / "no.tsv"),
        (FOREIGN / "register.ttl", "--links", links, "--organization", "nato-x"),
    ):
        code, out, err = run("compare", *arguments)
        assert (2, "") == (code, out)
        assert err
