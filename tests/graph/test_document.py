from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

SOURCE = "china-keywords-2019"
MEMBERS = ["china", "kazakhstan", "kyrgyzstan", "russia", "tajikistan", "uzbekistan"]
OBSERVERS = ["afghanistan", "belarus", "india", "iran", "mongolia", "pakistan"]
PARTNERS = ["armenia", "azerbaijan", "cambodia", "nepal", "sri-lanka", "turkey"]
OUTDATED = {("india", "observer-state"), ("pakistan", "observer-state")}
LONGEST = {"en": 100, "zh": 40}

ONLY_IN = [
    ("permanent", "organization:sco", "scog:permanent", "true", "zh"),
    (
        "sixth principle",
        "organization:sco",
        "scog:internalPrinciple",
        "concept:common-prosperity",
        "en",
    ),
    (
        "sixth principle",
        "organization:sco",
        "scog:internalPrinciple",
        "concept:common-development",
        "zh",
    ),
    (
        "not directed against",
        "organization:sco",
        "scog:externalPrinciple",
        "concept:not-directed-against-third-parties",
        "en",
    ),
    (
        "not directed against",
        "organization:sco",
        "scog:externalPrinciple",
        "concept:not-directed-against-other-countries",
        "zh",
    ),
    ("heads of state", "organ:heads-of-state", "scog:task", "concept:major-issues", "en"),
    ("heads of state", "organ:heads-of-state", "scog:task", "concept:all-important-issues", "zh"),
    (
        "heads of government",
        "organ:heads-of-government",
        "scog:task",
        "concept:cooperation-priorities-and-issues",
        "en",
    ),
    (
        "heads of government",
        "organ:heads-of-government",
        "scog:task",
        "concept:cooperation-strategy",
        "zh",
    ),
    *(("founder", "event:sco-founding", "scog:founder", f"state:{name}", "zh") for name in MEMBERS),
    ("number of members", "organization:sco", "scog:memberStateCount", "6", "zh"),
    ("body in Tashkent", "organ:rats", "scog:seat", "place:tashkent", "en"),
    ("body in Tashkent", "organ:rats-executive-committee", "scog:seat", "place:tashkent", "zh"),
    ("country of Beijing", "place:beijing", "scog:locatedIn", "state:china", "en"),
    ("country of Tashkent", "place:tashkent", "scog:locatedIn", "state:uzbekistan", "en"),
    ("Qingdao lies in", "place:qingdao", "scog:locatedIn", "state:china", "en"),
    ("Qingdao lies in", "place:qingdao", "scog:locatedIn", "place:shandong", "zh"),
    (
        "agreed on",
        "meeting:heads-of-state-18",
        "scog:agreedOn",
        "concept:global-community-of-shared-future",
        "en",
    ),
    (
        "agreed on",
        "meeting:heads-of-state-18",
        "scog:agreedOn",
        "concept:community-of-shared-future",
        "zh",
    ),
    (
        "agreed on",
        "meeting:heads-of-state-18",
        "scog:agreedOn",
        "concept:cooperation-in-all-respects",
        "zh",
    ),
    (
        "agreed on",
        "meeting:heads-of-state-18",
        "scog:agreedOn",
        "concept:reinforced-cooperation",
        "en",
    ),
    ("title of Xi", "meeting:heads-of-state-18", "scog:chairTitle", "President", "en"),
    ("title of Xi", "meeting:heads-of-state-18", "scog:chairTitle", "中国国家主席", "zh"),
    ("date", "document:china-keywords-2019", "dcterms:issued", "2019-07-11", "en"),
    ("series", "document:china-keywords-2019", "scog:series", "China Keywords", "en"),
    *(
        ("fields", "concept:effective-cooperation", "scog:cooperationField", field, language)
        for field, language in (
            ("concept:economic-field", "en"),
            ("concept:trade-field", "en"),
            ("concept:economy-and-trade-field", "zh"),
        )
    ),
    (
        "body in Tashkent",
        "organ:rats-executive-committee",
        "scog:organOf",
        "organ:rats",
        "zh",
    ),
]
"""What only one language says: row of the model's table (or more), triple, language."""

Rows = Callable[[str], list[tuple[str, ...]]]
Said = Callable[[str, str], list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def said(rows: Rows) -> Said:
    """Return a function that selects from the document's graph alone."""
    return lambda columns, pattern: rows(
        f"SELECT DISTINCT {columns} WHERE {{ GRAPH graph:{SOURCE} {{ {pattern} }} }}"
    )


@pytest.fixture(scope="module")
def languages(said: Said) -> dict[tuple[str, str, str], set[str]]:
    """Return the languages of the quotes that each statement of the document rests on."""
    found = defaultdict(set)
    for subject, predicate, value, language in said(
        "?s ?p ?o ?language",
        """?statement a scog:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ;
             prov:wasDerivedFrom/oa:hasSelector/oa:exact ?quote
           BIND (LANG(?quote) AS ?language)""",
    ):
        found[subject, predicate, value].add(language)
    return found


@pytest.mark.parametrize(
    ("role", "states", "dated", "day"),
    [
        ("member-state", MEMBERS, "scog:validFrom", "2001-06-15"),
        ("observer-state", OBSERVERS, "scog:statedAsOf", "2019-07-11"),
        ("dialogue-partner", PARTNERS, "scog:statedAsOf", "2019-07-11"),
    ],
    ids=["members", "observers", "partners"],
)
def test_the_document_lists_six_states_in_each_role(
    said: Said, role: str, states: list[str], dated: str, day: str
) -> None:
    """Six members since the founding; six observers, two of them no longer; six partners."""
    expected = [
        (f"participation:{state}-{role}-{SOURCE}", f"state:{state}", dated, day, rank)
        for state in states
        for rank in ["scog:Deprecated" if (state, role) in OUTDATED else "scog:Normal"]
    ]
    actual = said(
        "?claim ?state ?dated ?day ?rank",
        f"""?claim a scog:Participation ; org:role role:{role} ; org:member ?state ;
              org:organization organization:sco ; scog:rank ?rank ; ?dated ?day .
            VALUES ?dated {{ scog:validFrom scog:validUntil scog:statedAsOf }}""",
    )

    assert expected == actual


def test_the_document_says_nothing_of_other_roles(said: Said) -> None:
    """The three lists are all that it has: eighteen claims."""
    expected = 18
    actual = said("?claim", "?claim a scog:Participation")

    assert expected == len(actual)


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "language"),
    [pytest.param(*row[1:], id=f"{row[0]}: {row[3]}") for row in ONLY_IN],
)
def test_what_only_one_language_says_rests_on_that_language_alone(
    languages: dict[tuple[str, str, str], set[str]],
    subject: str,
    predicate: str,
    value: str,
    language: str,
) -> None:
    """Where the two texts differ, each has a statement of its own."""
    assert {language} == languages.get((subject, predicate, value))


def test_what_both_languages_say_rests_on_both(
    languages: dict[tuple[str, str, str], set[str]],
) -> None:
    """The table of differences is whole: names apart, all else is said in both languages."""
    labels = {"skos:prefLabel", "skos:altLabel", "rdf:type", "dcterms:title", "scog:section"}
    apart = {(subject, predicate, value) for _, subject, predicate, value, _ in ONLY_IN}
    one = {triple for triple, found in languages.items() if len(found) == 1}

    assert not {triple for triple in one - apart if triple[1] not in labels}


def test_a_name_rests_on_its_own_language(said: Said) -> None:
    """A Chinese name is quoted from the Chinese text, an English one from the English."""
    assert not said(
        "?thing ?name ?quote",
        """?statement rdf:subject ?thing ; rdf:predicate ?p ; rdf:object ?name ;
             prov:wasDerivedFrom/oa:hasSelector/oa:exact ?quote
           FILTER (ISLITERAL(?name) && LANG(?name) != "" && LANG(?name) != LANG(?quote))""",
    )


def test_every_participation_rests_on_both_languages(said: Said) -> None:
    """Each state stands in the list of each text."""
    claims = said("?claim", "?claim a scog:Participation")
    expected = sorted((claim, language) for (claim,) in claims for language in ("en", "zh"))
    actual = said(
        "?claim ?language",
        """?claim a scog:Participation ; prov:wasDerivedFrom/oa:hasSelector/oa:exact ?quote
           BIND (LANG(?quote) AS ?language)""",
    )

    assert expected == actual


def test_a_participation_quotes_the_name_of_its_state(said: Said) -> None:
    """The words that a claim rests on name the state, in each language."""
    missing = said(
        "?claim ?name",
        """?claim a scog:Participation ; org:member ?state .
           ?state skos:prefLabel ?name .
           FILTER NOT EXISTS {
             ?claim prov:wasDerivedFrom/oa:hasSelector/oa:exact ?quote
             FILTER (LANG(?quote) = LANG(?name) && CONTAINS(STR(?quote), STR(?name)))
           }""",
    )

    assert not missing


def test_no_quote_is_longer_than_allowed(said: Said) -> None:
    """A quote is the shortest phrase that bears the fact: 100 characters, in Chinese 40."""
    quotes = said("?quote ?language", "?x oa:exact ?quote BIND (LANG(?quote) AS ?language)")

    assert len(quotes) > 100
    assert not [quote for quote, language in quotes if len(quote) > LONGEST[language]]


@pytest.mark.parametrize("thing", ["meeting:heads-of-state-18", "event:sco-founding"])
def test_every_triple_of_a_meeting_and_a_founding_has_a_statement_of_its_own(
    said: Said, languages: dict[tuple[str, str, str], set[str]], thing: str
) -> None:
    """The evidence of the node as a whole is not enough: each fact says what it rests on."""
    facts = said("?p ?o", f"{thing} ?p ?o FILTER (?p NOT IN (rdf:type, prov:wasDerivedFrom))")

    assert len(facts) > 5
    assert not [fact for fact in facts if (thing, *fact) not in languages]


def test_the_name_of_a_piece_of_evidence_is_its_position(said: Said) -> None:
    """Language, start and end stand in the IRI, and the length is that of the quote."""
    found = said(
        "?evidence ?position ?words ?text ?start ?end ?quote ?language",
        """?evidence a scog:Evidence ; oa:hasSource ?text ; oa:hasSelector ?position , ?words .
           ?position oa:start ?start ; oa:end ?end .
           ?words oa:exact ?quote
           BIND (LANG(?quote) AS ?language)""",
    )
    expected = [
        (
            name := f"evidence:{SOURCE}-{language}-{start}-{end}",
            f"{name}-position",
            f"{name}-quote",
            f"document:{SOURCE}-{language}",
            len(quote),
        )
        for *_, start, end, quote, language in found
    ]
    actual = [(*row[:4], int(row[5]) - int(row[4])) for row in found]

    assert len(found) == len(said("?evidence", "?evidence a scog:Evidence"))
    assert expected == actual


def test_the_texts_are_named_by_checksum_and_not_carried(said: Said) -> None:
    """Whoever holds the document can tell that it is the one that was read."""
    expected = [
        (
            f"document:{SOURCE}-en",
            "8c7b9d232a18c428ae6442481d4b71b72153811dee90a6f8d40eab2b0db86625",
            "1997",
        ),
        (
            f"document:{SOURCE}-zh",
            "8ce349db0bb298986118981be7eafd0e0cdcf38cbd6d133adbe8ce22fc87f1e8",
            "565",
        ),
    ]
    actual = said(
        "?text ?checksum ?length",
        "?text scog:sha256 ?checksum ; scog:characters ?length",
    )

    assert expected == actual


def test_the_document_covers_the_day_of_its_publication(said: Said) -> None:
    """What it says holds on 2019-07-11, and it is about one organization."""
    expected = [(f"document:{SOURCE}", "2019-07-11", "organization:sco")]
    actual = said(
        "?document ?day ?topic",
        "?document scog:lastDayCovered ?day ; foaf:primaryTopic ?topic",
    )

    assert expected == actual
