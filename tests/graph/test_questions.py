"""Saved questions and their golden answers: `UPDATE_GOLDEN=1 pytest` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph import answers, queries
from sco_graph.errors import UsageError
from sco_graph.layout import Layout
from sco_graph.queryfile import QueryFile

QUESTIONS = queries.saved(Layout.shipped().queries)
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
HEADERS = {
    "members": "iso3,state,since,source",
    "observers": "iso3,state,since,source",
    "dialogue-partners": "iso3,state,since,source",
    "status": "iso3,state,role,since,until,stated_as_of,rank,source",
    "founding": "date,place,iso3,founder",
    "organs": "organ,kind,seat,meets",
    "meetings": "council,ordinal,start,end,city,chair",
    "principles": "scheme,principle",
    "objectives": "objective",
    "cooperation-areas": "area,meeting",
    "names": "iri,kind,en,zh,ru",
    "only-in": "subject,statement,quote",
}


def ask(graph: ox.Store, question: QueryFile, lang: str, source: str | None) -> str:
    parameters = {"language": lang} if question.name == "only-in" else {}
    asking = queries.Asking(lang, source, None, parameters)
    return answers.write(queries.ask(graph, question, asking), "csv")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_a_question_gives_its_golden_answer(
    graph: ox.Store, question: QueryFile, lang: str
) -> None:
    """Each question, asked of the document in each of its languages, answers as reviewed."""
    answer = ask(graph, question, lang, "china-keywords-2019")
    path = GOLDEN / f"{question.name}.{lang}.csv"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(answer.encode())

    assert path.read_bytes().decode() == answer
    assert answer.count("\r\n") > 1


def test_every_contracted_question_exists_with_its_header() -> None:
    """The columns that others rely on are the ones in the golden answers."""
    assert set(HEADERS) <= {question.name for question in QUESTIONS}
    for name, header in HEADERS.items():
        assert header == (GOLDEN / f"{name}.en.csv").read_text(encoding="utf-8").split("\n")[0]


def test_no_golden_answer_is_an_orphan() -> None:
    """A golden answer belongs to a question; one left behind would test nothing."""
    expected = {f"{question.name}.{lang}.csv" for question in QUESTIONS for lang in ("en", "zh")}

    assert {path.name for path in GOLDEN.glob("*.csv")} == expected


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_a_question_describes_itself(question: QueryFile) -> None:
    """A header has a summary that ends a sentence, tags, and a text for each parameter."""
    assert question.summary[-1] in "?."
    assert question.list("tags")
    assert all(parameter.text for parameter in question.parameters)


def test_without_a_source_there_is_one_row_a_state(graph: ox.Store) -> None:
    """The best-ranked claims answer where no source is named."""
    question = queries.find(Layout.shipped().queries, "members")
    states = [row[0] for row in queries.ask(graph, question, queries.Asking()).rows]

    assert 6 == len(states) == len(set(states))


def test_the_day_asked_decides(graph: ox.Store) -> None:
    """Before the founding there are no members; after it there are, and no observers are known."""

    def count(name: str, at: str) -> int:
        question = queries.find(Layout.shipped().queries, name)
        asking = queries.Asking(None, "china-keywords-2019", at)
        return len(queries.ask(graph, question, asking).rows)

    assert 0 == count("members", "2001-06-14")
    assert 6 == count("members", "2001-06-15")
    assert 6 == count("members", "2018-01-01")
    assert 0 == count("observers", "2018-01-01")
    assert 6 == count("observers", "2019-07-11")
    assert 0 == count("observers", "2019-07-12")


def test_a_source_says_on_which_days_it_speaks(graph: ox.Store) -> None:
    """No observers on a day is no statement that there were none; a note says so."""
    question = queries.find(Layout.shipped().queries, "observers")
    asking = queries.Asking(None, "china-keywords-2019", "2018-01-01")

    assert (queries.ask(graph, question, asking).notes) == (
        "china-keywords-2019 speaks of observers on 2019-07-11 only",
    )


def test_status_takes_a_state_by_any_of_its_names(graph: ox.Store) -> None:
    """A parameter that names a thing takes code, slug, label or CURIE."""
    question = queries.find(Layout.shipped().queries, "status")
    found = {
        tuple(str(cell) for cell in row)
        for term in ("IND", "india", "India", "印度", "state:india", "356")
        for row in queries.ask(graph, question, queries.Asking(parameters={"state": term})).rows
    }

    assert 1 == len(found)


@pytest.mark.parametrize(
    ("name", "asking", "words"),
    [
        ("members", queries.Asking(at="2019-02-30"), "2019-02-30"),
        ("members", queries.Asking(at="yesterday"), "yesterday"),
        ("founding", queries.Asking(at="2019-07-11"), "--at"),
        ("members", queries.Asking(source="wikipedia"), "china-keywords-2019"),
        ("members", queries.Asking(lang="fr"), "en, zh, ru"),
        ("members", queries.Asking(parameters={"colour": "red"}), "organization"),
        ("members", queries.Asking(parameters={"organization": "NATO"}), "NATO"),
        ("only-in", queries.Asking(), "language"),
        ("only-in", queries.Asking(parameters={"language": "fr"}), "en, zh, ru"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(
    graph: ox.Store, name: str, asking: queries.Asking, words: str
) -> None:
    """A wrong day, source, language or parameter is wrong usage, and the way out is named."""
    question = queries.find(Layout.shipped().queries, name)

    with pytest.raises(UsageError, match=words):
        queries.ask(graph, question, asking)


@pytest.mark.parametrize(
    "term", ['") } ; DROP ALL #', "x> } UNION { ?s ?p ?o", 'en")) || true #', "\\u0022"]
)
def test_a_parameter_is_a_term_and_never_text_of_the_query(graph: ox.Store, term: str) -> None:
    """What looks like SPARQL in a parameter names nothing, and runs nothing."""
    question = queries.find(Layout.shipped().queries, "status")

    with pytest.raises(UsageError, match="nothing in the graph is called"):
        queries.ask(graph, question, queries.Asking(parameters={"state": term}))
