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
DOCUMENT = "china-keywords-2019"
AT = {"observers": "2019-07-11", "dialogue-partners": "2019-07-11"}
"""Days on which every source has an answer."""

HEADERS = {
    "members": "iso3,state,since,source",
    "observers": "iso3,state,since,source",
    "dialogue-partners": "iso3,state,since,source",
    "status": "iso3,state,role,since,until,stated_as_of,rank,source",
    "founding": "date,place,iso3,founder",
    "organs": "organ,kind,seat,meets",
    "meetings": "council,ordinal,start,end,city,chair,format",
    "principles": "scheme,principle",
    "objectives": "objective",
    "cooperation-areas": "area,meeting",
    "partners": "iso3,state,since,source",
    "timeline": "iso3,state,role,since,until,source",
    "changes": "iso3,state,from_role,to_role,day,source",
    "office-holders": "office,holder,since,until,source",
    "documents": "document,kind,signed,place,meeting",
    "conflicts": "iso3,state,role_a,source_a,role_b,source_b,preferred,reason",
    "differences": "subject,property,value_a,source_a,value_b,source_b,preferred,reason",
    "names": "iri,kind,en,zh,ru",
    "only-in": "subject,statement,quote",
}


SILENT = {"documents", "office-holders", "partners"}
"""Questions on which the document of 2019 says nothing."""

ASKED = [
    (question, lang, source)
    for question in QUESTIONS
    for source, langs in ((DOCUMENT, ("en", "zh")), (None, ("en", "zh", "ru")))
    for lang in langs
    if not (source and question.name in SILENT)
]


def golden(question: QueryFile, lang: str, source: str | None) -> Path:
    return GOLDEN / (source or "all-sources") / f"{question.name}.{lang}.csv"


def ask(graph: ox.Store, question: QueryFile, lang: str, source: str | None) -> str:
    parameters = {
        "only-in": {"language": "zh" if lang == "zh" else "en"},
        "changes": {"from": "2001-01-01", "until": "2017-06-09"},
    }
    asking = queries.Asking(lang, source, AT.get(question.name), parameters.get(question.name, {}))
    return answers.write(queries.ask(graph, question, asking), "csv")


@pytest.mark.parametrize(
    ("question", "lang", "source"), ASKED, ids=[f"{q.name}-{la}-{s}" for q, la, s in ASKED]
)
def test_a_question_gives_its_golden_answer(
    graph: ox.Store, question: QueryFile, lang: str, source: str | None
) -> None:
    """Each question, asked of the document and of all sources in each language, as reviewed."""
    answer = ask(graph, question, lang, source)
    path = golden(question, lang, source)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(answer.encode())

    assert path.read_bytes().decode() == answer
    assert answer.count("\r\n") > 1


def test_every_contracted_question_exists_with_its_header() -> None:
    """The columns that others rely on are the ones in the golden answers."""
    found = {
        q.name: golden(q, "en", None).read_text(encoding="utf-8").split("\n")[0] for q in QUESTIONS
    }

    assert HEADERS == found


def test_no_golden_answer_is_an_orphan() -> None:
    """A golden answer belongs to a question; one left behind would test nothing."""
    assert {golden(*asked) for asked in ASKED} == set(GOLDEN.rglob("*.csv"))


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

    assert 10 == len(states) == len(set(states))


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
    """A parameter that names a thing takes code, slug, label or CURIE: three claims, all told."""
    question = queries.find(Layout.shipped().queries, "status")
    found = {
        tuple(str(cell) for cell in row)
        for term in ("IND", "india", "India", "印度", "state:india", "356")
        for row in queries.ask(graph, question, queries.Asking(parameters={"state": term})).rows
    }

    assert 3 == len(found)


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
