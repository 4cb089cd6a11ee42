"""Another organization, invented, is asked the same questions: only the data differs."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph import answers, build, queries, store
from sco_graph.layout import Layout
from sco_graph.validation import Finding

SHIPPED = Layout.shipped()
LEAGUE = Path(__file__).resolve().parents[1] / "own" / "league"
OF_THE_SCO = re.compile(r"organization:sco\b|role:sco-partner|id/organization/sco|Shanghai|China")
NAMED_ALL_THE_SAME = {
    "src/sco_graph/__init__.py": "the package says what it ships",
    "src/sco_graph/cli/__init__.py": "and so does its help",
}


@pytest.fixture(scope="module")
def league() -> ox.Store:
    """Return the graph of the League of Isles, which passed its gate."""
    return store.load(build.build(SHIPPED.with_data(LEAGUE)).quads())


def ask(graph: ox.Store, name: str, at: str | None = None, **values: str) -> list[list[str]]:
    parameters = {key.rstrip("_"): value for key, value in values.items()}
    question = queries.find(SHIPPED.queries, name)
    answer = queries.ask(graph, question, queries.Asking(None, None, at, parameters))
    return list(csv.reader(io.StringIO(answers.write(answer, "csv"))))[1:]


def test_every_saved_question_can_be_asked_of_it(league: ox.Store) -> None:
    """No question breaks, and those on what the League has answer."""
    needed = {
        "only-in": {"language": "en"},
        "changes": {"from_": "2000-01-01", "until": "2020-01-01"},
    }
    silent = set()
    for question in queries.saved(SHIPPED.queries):
        if not ask(league, question.name, **needed.get(question.name, {})):
            silent.add(question.name)

    assert {
        "cooperation-areas",
        "differences",
        "objectives",
        "observers",
        "office-holders",
        "only-in",
        "principles",
    } == silent


def test_its_roles_are_asked_as_of_a_day(league: ox.Store) -> None:
    """Bora is an observer until it is a member; Cora has a role that only the League gives."""
    bora = ["XBB", "Bora", "2000-05-02", "harbour-log"]

    assert [bora] == ask(league, "observers", "2010-04-30")
    assert [] == ask(league, "observers", "2010-05-01")
    assert ["Alba", "Bora"] == [row[1] for row in ask(league, "members", "2010-05-01")]
    assert ["Cora"] == [row[1] for row in ask(league, "partners")]
    assert [["XBB", "Bora", "observer-state", "member-state", "2010-05-01", "harbour-log"]] == (
        ask(league, "changes", from_="2010-04-30", until="2010-05-01")
    )
    assert ["XBB"] == [row[0] for row in ask(league, "conflicts")]
    assert [["Speaker", "Ada of Alba", "2010", "2012", "harbour-log"]] == (
        ask(league, "office-holders", "2011-01-01")
    )


def test_nothing_but_data_knows_the_sco() -> None:
    """Code, ontology, shapes, shared schemes and queries name nothing that belongs to it."""
    root = Path(SHIPPED.queries).parent
    files = [
        *(root / "src").rglob("*.py"),
        *(root / "ontology").rglob("*.ttl"),
        *(root / "queries").rglob("*.rq"),
    ]
    found = {
        path.relative_to(root).as_posix()
        for path in files
        if OF_THE_SCO.search(path.read_text(encoding="utf-8"))
    }

    assert 80 < len(files)
    assert set(NAMED_ALL_THE_SAME) == found


ERRORS = [
    (
        "overlap",
        "participation:bora-member-harbour-log",
        ('scog:validUntil "2010-05-01"^^xsd:date', 'scog:validUntil "2011-01-01"^^xsd:date'),
        "two-roles",
    ),
    (
        "ends before it begins",
        "participation:bora-observer-harbour-log",
        ('scog:validUntil "2010-05-01"^^xsd:date', 'scog:validUntil "1999-01-01"^^xsd:date'),
        "ends-before-it-begins",
    ),
    (
        "no evidence",
        "participation:cora-friend-harbour-log",
        (
            "friend-of-the-league ;\n    prov:wasDerivedFrom evidence:harbour-log-page-1 ;",
            "friend-of-the-league ;",
        ),
        "claim-evidence",
    ),
    (
        "two members",
        "participation:cora-friend-harbour-log",
        ("org:member state:isle-cora ;", "org:member state:isle-cora , state:isle-dora ;"),
        "participation-member",
    ),
    (
        "unknown role",
        "participation:cora-friend-harbour-log",
        ("role:friend-of-the-league ;", "role:friend-of-nobody ;"),
        "participation-role",
    ),
    ("no code", "state:isle-dora", ('    scog:iso3166Alpha3 "XDD" ;\n', ""), "state-alpha3"),
    (
        "number twice",
        "meeting:league-council-2",
        ("scog:ordinal 2 ;", "scog:ordinal 1 ;"),
        "meeting-number",
    ),
    (
        "out of order",
        "meeting:league-council-2",
        ('scog:startDate "2010-05-01"', 'scog:startDate "1990-05-01"'),
        "meeting-number",
    ),
]


@pytest.mark.parametrize(
    ("focus", "change", "rule"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS]
)
def test_an_editors_error_is_told_once_by_file_subject_and_value(
    tmp_path: Path, focus: str, change: tuple[str, str], rule: str
) -> None:
    """One message in each language, with the file and the line of the block to mend."""
    folder = tmp_path / "league"
    shutil.copytree(LEAGUE, folder)
    path = folder / "harbour-log" / "log.ttl"
    text = path.read_text(encoding="utf-8")
    assert 1 == text.count(change[0])
    path.write_text(text.replace(*change), encoding="utf-8")
    findings = build.judge(SHIPPED.with_data(folder)).report.findings
    mine: list[Finding] = [f for f in findings if f.shape == rule]

    assert 1 == len(mine)
    (finding,) = mine
    lines = path.read_text(encoding="utf-8").splitlines()
    assert str(path) == finding.file
    assert lines[finding.line - 1].startswith(("participation:", "meeting:", "state:"))
    assert focus.split(":")[1] in (finding.focus + finding.value)
    assert finding.message("en") != finding.message("zh")
    assert re.search("[\u4e00-\u9fff]", finding.message("zh"))
