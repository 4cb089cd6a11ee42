"""The public record, where it disagrees with the document, and what holds on any day."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph import answers, queries, store
from sco_graph.explain import explain
from sco_graph.layout import Layout
from sco_graph.namespaces import LANGUAGES, expand

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT.parent / "shared" / "facts"
"""The tables themselves: beside a developer's checkout, in no package."""

ACCOUNTS = {
    table: (int(rows), int(here), int(left))
    for table, rows, here, left in re.findall(
        r"\| `(\w+)\.csv` \| (\d+) \| (\d+) \| (\d+) \|",
        (ROOT / "data" / "README.md").read_text(encoding="utf-8"),
    )
}
ROWS_IN_GRAPH = """SELECT DISTINCT ?row WHERE {
  ?evidence dcterms:identifier ?row . FILTER (CONTAINS(?row, ".csv: "))
}"""


def ask(graph: ox.Store, name: str, at: str | None = None, **rest: str) -> list[dict[str, str]]:
    """Return the rows of a saved question as texts."""
    lang, source = rest.pop("lang", None), rest.pop("source", None)
    question = queries.find(Layout.shipped().queries, name)
    parameters = {key.rstrip("_"): value for key, value in rest.items()}
    answer = queries.ask(graph, question, queries.Asking(lang, source, at, parameters))
    return list(csv.DictReader(io.StringIO(answers.write(answer, "csv"))))


def codes(rows: list[dict[str, str]]) -> list[str]:
    return sorted(row["iso3"] for row in rows)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("day", "members", "observers", "dialogue_partners", "partners"),
    [
        ("2001-06-14", 0, 0, 0, 0),
        ("2001-06-15", 6, 0, 0, 0),
        ("2017-06-08", 6, 6, 6, 0),
        ("2017-06-09", 8, 4, 6, 0),
        ("2019-07-11", 8, 4, 6, 0),
        ("2025-08-31", 10, 2, 14, 0),
        ("2025-09-01", 10, 0, 0, 17),
        (None, 10, 0, 0, 17),
    ],
)
def test_the_roles_on_a_day_are_counted_in_every_language(
    graph: ox.Store,
    lang: str,
    day: str | None,
    members: int,
    observers: int,
    dialogue_partners: int,
    partners: int,
) -> None:
    """Periods are half-open: on 9 June 2017 India is a member and no observer; a row a state."""
    names = ("members", "observers", "dialogue-partners", "partners")
    found = {name: ask(graph, name, day, lang=lang) for name in names}

    assert [members, observers, dialogue_partners, partners] == [len(r) for r in found.values()]
    for rows in found.values():
        assert len(rows) == len(set(codes(rows)))
        assert all(row["state"] for row in rows)


def test_the_document_still_says_what_it_says(graph: ox.Store) -> None:
    """Six, six and six on its own day, which is the day asked where no other is named."""
    for day in (None, "2019-07-11"):
        for name in ("members", "observers", "dialogue-partners"):
            assert 6 == len(ask(graph, name, day, source="china-keywords-2019"))


def test_two_states_became_members_on_one_day(graph: ox.Store) -> None:
    """The changes after the first day, up to and on the second, are exactly those."""
    rows = ask(graph, "changes", from_="2017-06-08", until="2017-06-09")

    assert [
        ("IND", "observer-state", "member-state", "2017-06-09"),
        ("PAK", "observer-state", "member-state", "2017-06-09"),
    ] == [(r["iso3"], r["from_role"], r["to_role"], r["day"]) for r in rows]
    assert [] == ask(graph, "changes", from_="2017-06-09", until="2017-06-10")


def test_conflicts_are_the_three_states_whose_roles_differ(graph: ox.Store) -> None:
    """Each has both claims, the one believed and why."""
    rows = ask(graph, "conflicts")

    assert ["IND", "LAO", "PAK"] == codes(rows)
    assert all(row["role_a"] != row["role_b"] and row["reason"] for row in rows)
    assert {"public-record"} == {row["preferred"] for row in rows}
    assert ["IND", "PAK"] == codes(ask(graph, "conflicts", source="china-keywords-2019"))


def test_differences_name_every_other_thing_on_which_sources_differ(graph: ox.Store) -> None:
    """The Tashkent body, the numbers, and each date that another source gives, with reasons."""
    rows = ask(graph, "differences")
    found = Counter((row["subject"], row["property"]) for row in rows)
    sco = "Shanghai Cooperation Organization"

    assert {
        ("Regional Anti-Terrorist Structure", "type"): 1,
        (sco, "organCount"): 1,
        (sco, "memberStateCount"): 2,
        (sco, "observerStateCount"): 2,
        ("Egypt", "validFrom"): 1,
        ("Qatar", "validFrom"): 1,
        ("Saudi Arabia", "date"): 2,
        ("Sri Lanka", "date"): 1,
        ("Sri Lanka", "capital"): 1,
        ("Regulations on observer status", "signedOn"): 1,
    } == found
    assert all(row["reason"] and row["value_a"] != row["value_b"] for row in rows)


def test_a_term_known_by_its_years_answers_for_a_day_inside(graph: ox.Store) -> None:
    """From "2010" until "2012" holds on the first day of one and the last of the other."""
    question = queries.find(Layout.shipped().queries, "office-holders")
    for day in ("2010-01-01", "2011-05-05", "2012-12-31"):
        answer = queries.ask(graph, question, queries.Asking(at=day))
        row = next(r for r in ask(graph, "office-holders", day) if r["office"][0] == "S")

        assert ("Muratbek Imanaliyev", "2010", "2012") == (
            row["holder"],
            row["since"],
            row["until"],
        )
        assert any("years" in note and "2010" in note for note in answer.notes)
    assert "Mezentsev" in ask(graph, "office-holders", "2013-01-01")[1]["holder"]


def test_the_two_councils_met_forty_nine_times(graph: ox.Store) -> None:
    """25 and 24 meetings, each with a format; those by video have no city."""
    for council, count, by_video in (("heads-of-state", 25, 2), ("heads-of-government", 24, 3)):
        rows = ask(graph, "meetings", council=council)

        assert [str(n) for n in range(1, count + 1)] == [row["ordinal"] for row in rows]
        assert by_video == sum(row["format"] == "by video" for row in rows)
        assert all((row["format"] == "by video") == (not row["city"]) for row in rows)


def test_the_statuses_of_a_state_follow_each_other_in_the_timeline(graph: ox.Store) -> None:
    """Belarus was dialogue partner, observer and member; each ends where the next begins."""
    rows = [row for row in ask(graph, "timeline") if row["iso3"] == "BLR"]

    assert [
        ("dialogue-partner", "2009-06-16", "2015-07-10"),
        ("observer-state", "2015-07-10", "2024-07-04"),
        ("member-state", "2024-07-04", ""),
    ] == [(row["role"], row["since"], row["until"]) for row in rows]


def test_documents_are_joined_to_the_meeting_that_adopted_them(graph: ox.Store) -> None:
    """By day and place; of two days for one text the one believed is shown."""
    rows = {row["document"]: row for row in ask(graph, "documents")}

    assert 40 == len(ask(graph, "documents"))
    assert (
        "2nd meeting of the Council of Heads of State"
        == (rows["Charter of the Shanghai Cooperation Organization"]["meeting"])
    )
    assert "2004-06-17" == rows["Regulations on observer status"]["signed"]


def test_partial_knowledge_is_told_in_words(graph: ox.Store) -> None:
    """A name seen in the genitive only, and a meeting that one source knows, say so."""
    claims = explain(graph, expand("person:dmitry-mezentsev"))
    name = next(c for c in claims if c.object == "Дмитрий Мезенцев")
    meeting = explain(graph, expand("meeting:heads-of-government-8"))

    assert ("en", "Rests on one weak or incomplete source.") in name.notes
    assert any("genitive" in (words.note or "") for words in name.evidence)
    assert "Wikipedia only." in {claim.object for claim in meeting}


def test_every_row_of_the_tables_is_here_or_listed_as_left_out(graph: ox.Store) -> None:
    """The account in the data folder's README adds up, and the graph holds what it says."""
    found = Counter(row["row"].value.split(".csv: ")[0] for row in store.rows(graph, ROWS_IN_GRAPH))
    notes = "SELECT ?note { GRAPH graph:links { ?mapping rdfs:comment ?note } }"
    found["identifiers"] = sum(
        row["note"].value.count("identifiers.csv: ") for row in store.rows(graph, notes)
    )

    assert 8 == len(ACCOUNTS)
    for table, (rows, here, left) in ACCOUNTS.items():
        assert (table, rows) == (table, here + left)
        assert (table, here) == (table, found[table])


def test_the_account_counts_the_tables_themselves() -> None:
    """Where the tables are at hand, each has as many rows as the account says."""
    if not TABLES.is_dir():
        pytest.skip("the tables are no part of the project, so their rows were not counted")
    for table, (rows, _, _) in ACCOUNTS.items():
        with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            assert (table, rows) == (table, sum(1 for _ in csv.DictReader(file)))


def test_every_claim_names_the_row_and_the_source_it_was_read_in(graph: ox.Store) -> None:
    """Each participation, office-holding and meeting of the record leads to a row and a page."""
    count = 0
    for kind in ("Participation", "OfficeHolding", "Meeting"):
        nodes = store.match(graph, None, _TYPE, ox.NamedNode(expand(f"scog:{kind}")), RECORD)
        for fact in nodes:
            claims = [c for c in explain(graph, fact.subject.value) if c.source == RECORD]
            assert all(c.evidence and all(w.row for w in c.evidence) for c in claims)
            count += 1

    assert 51 + 16 + 49 == count


RECORD = "public-record"
_TYPE = ox.NamedNode(expand("rdf:type"))
