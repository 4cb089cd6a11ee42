"""The links to other datasets: on what they rest, and what the gate says of bad ones."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Run
from sco_graph import sssom, store
from sco_graph.layout import Layout
from sco_graph.namespaces import PREFIXES

FILES = sorted((Path(Layout.shipped().data) / "links").glob("*.sssom.tsv"))
HEAD = (
    "#curie_map:\n#  scogid: https://w3id.org/sco-graph/id/\n"
    "#  wd: http://www.wikidata.org/entity/\n"
)
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"


def test_every_state_is_linked_to_three_datasets(graph: ox.Store) -> None:
    """Wikidata, GeoNames and the EU each name all 27 states; the organization is in Wikidata."""
    query = """SELECT DISTINCT ?state ?host { ?state a scog:State .
      GRAPH graph:links { ?state schema:sameAs ?other }
      BIND (REPLACE(STR(?other), "^\\\\w+://([^/]+)/.*$", "$1") AS ?host) }"""
    hosts = Counter(row["host"].value for row in store.rows(graph, query))

    assert {"www.wikidata.org": 27, "sws.geonames.org": 27, "publications.europa.eu": 27} == hosts
    same = "SELECT ?other { organization:sco schema:sameAs ?other }"
    assert ["http://www.wikidata.org/entity/Q485207"] == [
        row["other"].value for row in store.rows(graph, same)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_row_is_one_link_with_its_justification(graph: ox.Store, path: Path) -> None:
    """What the file says is in the graph, each link with a reason and a confidence."""
    rows = sssom.read(path.read_text(encoding="utf-8"), path.name)
    query = """SELECT ?mapping { GRAPH graph:links {
      ?s schema:sameAs ?o . ?mapping a sssom:Mapping ;
        owl:annotatedSource ?s ; owl:annotatedProperty schema:sameAs ; owl:annotatedTarget ?o ;
        sssom:mapping_justification ?why ; sssom:confidence ?sure ; rdfs:comment ?row } }"""

    assert rows
    for row in rows:
        ends = {"s": ox.NamedNode(row.subject), "o": ox.NamedNode(row.object)}
        found = list(store.rows(graph, query, ends))
        assert (row.object, 1) == (row.object, len(found))


def test_what_rests_on_one_weak_table_is_less_sure() -> None:
    """A link that the record marks as partial has a lower confidence, and says why."""
    rows = [row for f in FILES for row in sssom.read(f.read_text(encoding="utf-8"), f.name)]
    sure = Counter(row.confidence for row in rows)

    assert {"1.0", "0.8", "0.6"} == set(sure)
    assert all(re.search(r"\.csv: .*\. \w+", r.comment) for r in rows if r.confidence != "1.0")


@pytest.mark.filterwarnings("ignore")  # what sssom imports warns of itself
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_reference_reader_finds_no_fault(path: Path) -> None:
    """The sssom package reads as many rows as we do, and its validators are content."""
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    table = parse_sssom_table(str(path))
    reports = validate(table)

    assert len(sssom.read(path.read_text(encoding="utf-8"), path.name)) == len(table.df)
    assert reports
    assert [] == [result for report in reports.values() for result in report.results]


def test_what_is_written_reads_back() -> None:
    """Rows written and read again are the same rows, and ours are short."""
    rows = [row for f in FILES for row in sssom.read(f.read_text(encoding="utf-8"), f.name)]
    text = sssom.write(rows, "https://example.org/links", "links")

    assert sorted(rows) == sssom.read(text, "again.sssom.tsv")
    assert f"scogid: {PREFIXES['scogid']}" in text
    assert "scogid:state/india" in text


@pytest.mark.parametrize(
    ("rows", "rule", "said"),
    [
        ("scogid:state/india\tschema:sameAs\twd:Q1\t", "link-twice", "it cannot be"),
        ("scogid:place/goa\tschema:sameAs\twd:Q843\t", "link-shared", "would become one"),
        (
            "scogid:state/atlantis\tschema:sameAs\twd:Q1\t",
            "link-ends",
            "a thing of this",
        ),
        ("scogid:place/goa\tschema:sameAs\tscogid:place/xian\t", "link-ends", "another dataset"),
    ],
)
def test_a_bad_link_is_named_with_its_line(
    run: Run, tmp_path: Path, rows: str, rule: str, said: str
) -> None:
    """The gate names the rule and says what is wrong; the exit code is 1."""
    path = tmp_path / "mine.sssom.tsv"
    path.write_text(HEAD + COLUMNS + rows + "semapv:ManualMappingCuration\n", encoding="utf-8")
    code, out, _ = run("validate", path)
    code_zh, out_zh, _ = run("validate", path, "--lang", "zh")

    assert (1, 1) == (code, code_zh)
    assert rule in out
    assert said in out
    assert "链接" in out_zh
    assert {rule} == set(re.findall(r"shape ([\w-]+),", out))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (HEAD + "subject_id\tpredicate_id\tobject_id\n", 4, "mapping_justification is missing"),
        (HEAD, 1, "no row of names"),
        (
            HEAD + COLUMNS + "scogid:state/india\tschema:sameAs\t\tsemapv:X\n",
            5,
            "object_id is empty",
        ),
        (HEAD + COLUMNS + "scogid:a\tschema:sameAs\tgn:1\tsemapv:X\n", 5, 'prefix "gn" is not in'),
        (HEAD + COLUMNS + "scogid:a\tschema:sameAs\twd:1 2\tsemapv:X\n", 5, "wd:1 2"),
        (HEAD + COLUMNS + "a\tb\tc\td\te\n", 5, "5 cells, and 4 columns"),
        ("#curie_map: [\n" + COLUMNS, 1, "no YAML"),
        (
            HEAD + COLUMNS.strip() + "\tconfidence\nscogid:a\tschema:sameAs\twd:1\tsemapv:X\t7\n",
            5,
            "not between 0 and 1",
        ),
    ],
)
def test_a_file_that_is_no_table_of_links_is_refused_with_its_line(
    run: Run, tmp_path: Path, text: str, line: int, said: str
) -> None:
    """File, line and what is wrong; the exit code is 2."""
    path = tmp_path / "mine.sssom.tsv"
    path.write_text(text, encoding="utf-8")
    code, _, err = run("validate", path)

    assert 2 == code
    assert f"mine.sssom.tsv:{line}: " in err
    assert said in err
