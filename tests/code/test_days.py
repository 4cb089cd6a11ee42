from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sco_graph.days import Claim, best, bounds, claims, day, derive
from sco_graph.errors import UsageError
from sco_graph.rdf import Fact, named

DAY = timedelta(days=1)
EPOCH = date(2020, 1, 1)
YEARS = st.integers(1, 9998)
MONTHS = st.integers(1, 12)
DAYS = st.dates(date.min, date(9998, 12, 31))

CLAIMS = st.lists(
    st.builds(
        lambda number, about, graph, rank, first, length: Claim(
            named(f"participation:{number}-{graph}"),
            (about, "sco"),
            "member-state",
            graph,
            rank,
            EPOCH + first * DAY,
            EPOCH + (first + length) * DAY,
        ),
        st.integers(0, 9),
        st.sampled_from(["india", "china"]),
        st.sampled_from(["china-keywords-2019", "public-record", "reference"]),
        st.integers(0, 2),
        st.integers(0, 9),
        st.integers(1, 9),
    ),
    max_size=8,
    unique_by=lambda claim: claim.node.value,
)
"""Claims about two states by three sources, with all ranks, within a few days."""

Read = Callable[[str], list[Fact]]


def interval(read: Read, text: str) -> list[tuple[str, str]]:
    """Return the first day, and the day after the last, of the claim that Turtle describes."""
    about = "participation:x org:member state:x ; org:organization organization:x"
    return [
        (claim.first.isoformat(), claim.after.isoformat())
        for claim in claims(read(f"{about} ; {text} ."))
    ]


@given(DAYS)
def test_a_day_is_itself_and_ends_with_the_next(on: date) -> None:
    """The interval is half-open, across the ends of months and years."""
    assert (on, on + DAY) == bounds(on.isoformat())


@given(YEARS, MONTHS)
def test_a_month_goes_from_its_first_day_to_the_next_month(year: int, month: int) -> None:
    """Every month has as many days as the calendar gives it, February too."""
    first = date(year, month, 1)

    assert (first, first + monthrange(year, month)[1] * DAY) == bounds(f"{year:04}-{month:02}")


@given(YEARS)
def test_a_year_goes_from_its_first_day_to_the_next_year(year: int) -> None:
    """Leap years have a day more."""
    assert (date(year, 1, 1), date(year + 1, 1, 1)) == bounds(f"{year:04}")


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2001-06-15", "2001-06-15", "2001-06-16"),
        ("2020-02-29", "2020-02-29", "2020-03-01"),
        ("2020-02", "2020-02-01", "2020-03-01"),
        ("2019-02", "2019-02-01", "2019-03-01"),
        ("2000-02", "2000-02-01", "2000-03-01"),
        ("2019-12", "2019-12-01", "2020-01-01"),
        ("2019-12-31", "2019-12-31", "2020-01-01"),
        ("2019", "2019-01-01", "2020-01-01"),
        ("0001", "0001-01-01", "0002-01-01"),
    ],
)
def test_a_date_bounds_days(text: str, first: str, after: str) -> None:
    """Days, months and years by example."""
    assert (date.fromisoformat(first), date.fromisoformat(after)) == bounds(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "19", "201", "20190", "2019-", "2019-1", "2019-13", "2019-06-31", "2019-06-1"),
        *("2019-02-29", "1900-02-29", "2019-02-30", "20190615", "2019/06/15", "15.06.2019"),
        *("2019-00", "2019-00-01", "2019-06-00", "0000", "0000-01-01", "-2019", "+2019"),
        *("2019-06-15Z", "2019-06-15T00:00:00", " 2019", "2019 ", "2019\n", "2019-06-15\n"),
        *("２０１９", "٢٠١٩", "2019-0６"),
    ],
)
def test_what_is_no_date_bounds_nothing(text: str) -> None:
    """Nothing is repaired: no zeroth month or day, no other digits, nothing past the calendar."""
    assert bounds(text) is None


@given(st.from_regex(r"\d{4}(-\d{2}(-\d{2})?)?", fullmatch=True) | st.text(max_size=12))
def test_any_text_bounds_days_or_nothing(text: str) -> None:
    """What bounds days reads in one way only, and at least one day lies between."""
    found = bounds(text)

    if found:
        first, after = found
        assert first < after
        assert text == first.isoformat()[: len(text)]
        assert text.isascii()


@given(st.dates())
def test_a_day_of_the_calendar_is_read(on: date) -> None:
    """A day is what its text says."""
    assert on == day(on.isoformat())


@given(st.text("0123456789-", min_size=8, max_size=11) | st.text(max_size=12))
def test_any_text_is_a_day_or_a_wrong_usage(text: str) -> None:
    """What is no day is refused with the value."""
    try:
        found = day(text).isoformat()
    except UsageError as error:
        found = str(error)

    assert found.startswith((text, f'"{text}" is no day'))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('scog:validFrom "2010"^^xsd:gYear ; scog:validUntil "2012"^^xsd:gYear', "2010 2013"),
        (
            'scog:validFrom "2010-03"^^xsd:gYearMonth ; scog:validUntil "2012-12"^^xsd:gYearMonth',
            "2010-03 2013",
        ),
        (
            'scog:validFrom "2001-06-15"^^xsd:date ; scog:validUntil "2017-06-09"^^xsd:date',
            "2001-06-15 2017-06-09",
        ),
        (
            'scog:validFrom "2001"^^xsd:gYear ; scog:validUntil "2017-06-09"^^xsd:date',
            "2001 2017-06-09",
        ),
        ('scog:validFrom "2001-06-15"^^xsd:date', "2001-06-15 9999-12-31"),
        ('scog:validUntil "2012"^^xsd:gYear', "0001 2013"),
        ('scog:statedAsOf "2019-07-11"^^xsd:date', "2019-07-11 2019-07-12"),
        ('scog:statedAsOf "2019-07"^^xsd:gYearMonth', "2019-07 2019-08"),
        ('scog:statedAsOf "2019"^^xsd:gYear', "2019 2020"),
    ],
)
def test_a_claim_holds_on_a_half_open_interval(facts: Read, text: str, expected: str) -> None:
    """A partial start counts from its first day, a partial end to its last."""
    first, after = (part + "0000-01-01"[len(part) :] for part in expected.split())

    assert [(first, after)] == interval(facts, text)


@pytest.mark.parametrize(
    "text",
    [
        'scog:validFrom "2019-02-30"^^xsd:date',
        'scog:validFrom "2019"^^xsd:gYear ; scog:validUntil "soon"',
        'scog:statedAsOf "2019-00"^^xsd:gYearMonth',
    ],
)
def test_a_claim_with_a_date_that_is_none_answers_nothing(facts: Read, text: str) -> None:
    """What cannot be read is left out here, for the gate to tell."""
    assert not interval(facts, text)


def test_ranks_stand_in_order(facts: Read) -> None:
    """Preferred goes before Normal, Normal before Deprecated; no rank is Normal."""
    ranks = {
        claim.node.value.rsplit("/", 1)[1]: claim.rank
        for name in ("Preferred", "Normal", "Deprecated", "none")
        for claim in claims(
            facts(
                f"""participation:{name} org:member state:x ; org:organization organization:x ;
                    scog:validFrom "2001"^^xsd:gYear .
                """
                + (f"participation:{name} scog:rank scog:{name} ." if name != "none" else "")
            )
        )
    }

    assert ranks["Preferred"] < ranks["Normal"] < ranks["Deprecated"]
    assert ranks["Normal"] == ranks["none"]


def test_an_office_holding_is_a_claim_about_a_person_and_an_office(facts: Read) -> None:
    """Ranks decide between holders' claims as they do between states'."""
    expected = [(named("person:x").value, named("office:y").value)]
    actual = [
        claim.about
        for claim in claims(
            facts("""office-holding:x org:member person:x ; scog:office office:y ;
                scog:validFrom "2001"^^xsd:gYear .""")
        )
    ]

    assert expected == actual


@given(CLAIMS)
def test_one_claim_answers_for_a_state_and_an_organization(found: list[Claim]) -> None:
    """On every day at most one row a state, and one wherever a claim not Deprecated holds."""
    for number in range(20):
        on = EPOCH + number * DAY
        holding = [c for c in found if c.rank < 2 and c.first <= on < c.after]
        answering = best(found, on)

        assert Counter({claim.about for claim in holding}) == Counter(c.about for c in answering)
        assert all(
            not other.precedes(c) for c in answering for other in holding if c.about == other.about
        )


@given(CLAIMS)
def test_who_yields_is_who_does_not_answer(found: list[Claim]) -> None:
    """The graph says by scog:yieldsTo what `best` decides: queries and the view agree."""
    derived = derive(found)
    yields = {
        (fact.subject, fact.object) for fact in derived if fact.predicate == named("scog:yieldsTo")
    }
    for number in range(20):
        on = EPOCH + number * DAY
        holding = [c for c in found if c.rank < 2 and c.first <= on < c.after]
        expected = {c.node for c in best(found, on)}
        actual = {
            c.node for c in holding if not any((c.node, other.node) in yields for other in holding)
        }

        assert expected == actual


@given(CLAIMS)
def test_the_days_of_a_claim_are_derived(found: list[Claim]) -> None:
    """Each claim gets its first day and the day after its last as xsd:date."""
    expected = {
        (claim.node, name, when.isoformat())
        for claim in found
        for name, when in (("firstDay", claim.first), ("dayAfter", claim.after))
    }
    actual = {
        (fact.subject, name, fact.object.value)
        for fact in derive(found)
        for name in ("firstDay", "dayAfter")
        if fact.predicate == named(f"scog:{name}")
    }

    assert expected == actual


def test_an_end_that_nobody_knows_is_not_derived(facts: Read) -> None:
    """An absent end is not known to have ended: no day stands for it."""
    open_ended = claims(
        facts("""participation:x org:member state:x ; org:organization organization:x ;
            scog:validFrom "2001-06-15"^^xsd:date .""")
    )

    assert not [fact for fact in derive(open_ended) if fact.predicate == named("scog:dayAfter")]
    assert open_ended == best(open_ended, date(9999, 12, 30))
    assert not best(open_ended, date(2001, 6, 14))


def test_the_first_source_by_name_answers_where_ranks_are_equal() -> None:
    """Several Normal claims that agree give one row."""
    found = [
        Claim(named(f"participation:{graph}"), ("x", "y"), "z", graph, 1, EPOCH, EPOCH + DAY)
        for graph in ("public-record", "china-keywords-2019")
    ]
    expected = ["china-keywords-2019"]
    actual = [claim.graph for claim in best(found, EPOCH)]

    assert expected == actual


def test_a_normal_claim_answers_on_days_on_which_no_preferred_one_holds() -> None:
    """Before a Preferred claim begins and after it has ended, a Normal one answers."""
    normal = Claim(named("participation:a"), ("x", "y"), "z", "a", 1, EPOCH, EPOCH + 9 * DAY)
    preferred = Claim(
        named("participation:b"), ("x", "y"), "z", "b", 0, EPOCH + 3 * DAY, EPOCH + 5 * DAY
    )
    expected = [normal] * 3 + [preferred] * 2 + [normal] * 4
    actual = [claim for n in range(9) for claim in best([normal, preferred], EPOCH + n * DAY)]

    assert expected == actual


def test_no_claim_yields_to_itself() -> None:
    """One node in two sources, which the model does not want, does not silence itself."""
    found = [
        Claim(named("participation:a"), ("x", "y"), "z", graph, 1, EPOCH, EPOCH + DAY)
        for graph in ("public-record", "reference")
    ]

    assert not [fact for fact in derive(found) if fact.subject == fact.object]
