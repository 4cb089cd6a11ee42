"""Days, partial dates, and which claim answers on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sco_graph.days import Claim, best, bounds, claims, day, derive
from sco_graph.errors import UsageError
from sco_graph.rdf import Fact, literal, named

A_DAY = st.dates(min_value=date(1, 1, 1), max_value=date(9998, 12, 31))


@given(A_DAY)
def test_a_day_bounds_itself(found: date) -> None:
    """A day is half-open: it holds from itself to the next."""
    assert found == day(found.isoformat())
    assert (found, found + timedelta(days=1)) == bounds(found.isoformat())


@given(A_DAY)
def test_a_month_and_a_year_hold_their_days_and_no_others(found: date) -> None:
    """The first day of the month or year is in, the day after its last is not."""
    for text, length in (
        (found.isoformat()[:7], {28, 29, 30, 31}),
        (found.isoformat()[:4], {365, 366}),
    ):
        interval = bounds(text)
        assert interval is not None
        first, after = interval
        assert first <= found < after
        assert (after - first).days in length


@given(st.text())
def test_any_text_is_a_day_or_is_refused(text: str) -> None:
    """Nothing but a day of the calendar passes, and nothing else is raised."""

    def outcome() -> str | None:
        try:
            return day(text).isoformat()
        except UsageError:
            return None

    assert outcome() in (text, None)
    assert bounds(text) is None or len(text) in (4, 7, 10)


@pytest.mark.parametrize(
    "text",
    ["2019-02-30", "2019-2-3", "20190230", "2019-13", "0000", "", "٢٠١٩-٠١-٠١", "2019-06-09\n"],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    """The calendar decides, not the look of it."""
    with pytest.raises(UsageError):
        day(text)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"validFrom": "2010", "validUntil": "2012"}, ("2010-01-01", "2013-01-01")),
        ({"validFrom": "2010-05", "validUntil": "2012-02"}, ("2010-05-01", "2012-03-01")),
        ({"validFrom": "2005-07-05", "validUntil": "2017-06-09"}, ("2005-07-05", "2017-06-09")),
        ({"statedAsOf": "2019-07-11"}, ("2019-07-11", "2019-07-12")),
        ({"validFrom": "2001-06-15"}, ("2001-06-15", None)),
    ],
)
def test_claims_have_the_bounds_that_their_source_gives(
    dates: dict[str, str], expected: tuple[str, str | None]
) -> None:
    """A partial start counts from its first day, a partial end to its last."""
    node = named("participation:x")
    types = {4: "gYear", 7: "gYearMonth", 10: "date"}
    facts = [
        Fact(node, named("org:member"), named("state:india"), "s"),
        Fact(node, named("org:organization"), named("organization:sco"), "s"),
        *(
            Fact(node, named(f"scog:{name}"), literal(text, types[len(text)]), "s")
            for name, text in dates.items()
        ),
    ]
    derived = {fact.predicate: fact.object.value for fact in derive(claims(facts))}

    assert expected[0] == derived[named("scog:firstDay")]
    assert expected[1] == derived.get(named("scog:dayAfter"))


def claim(number: int, graph: str, rank: int, first: int, length: int, state: int = 0) -> Claim:
    start = date(2001, 1, 1) + timedelta(days=first)
    node = ox.NamedNode(f"http://example.org/{number}")
    about = (f"state {state}", "organization")
    return Claim(node, about, "role", graph, rank, start, start + timedelta(days=length))


CLAIMS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 2),
        st.integers(0, 9),
        st.integers(1, 9),
        st.integers(0, 1),
    ),
    max_size=8,
).map(lambda rows: [claim(number, *row) for number, row in enumerate(rows)])


@given(CLAIMS, st.integers(0, 20))
def test_one_claim_answers_for_each_state_and_day(found: list[Claim], offset: int) -> None:
    """The best rank answers, at one rank the first source by name, a deprecated one never."""
    on = date(2001, 1, 1) + timedelta(days=offset)
    answering = best(found, on)
    able = [c for c in found if c.rank < 2 and c.first <= on < c.after]

    assert len({c.about for c in able}) == len(answering)
    for one in answering:
        rivals = [c for c in able if c.about == one.about]
        assert (one.rank, one.graph) == min((c.rank, c.graph) for c in rivals)


@given(CLAIMS, st.integers(0, 20))
def test_what_is_derived_agrees_with_what_answers(found: list[Claim], offset: int) -> None:
    """A query that follows `yieldsTo` finds the claims that answer."""
    on = date(2001, 1, 1) + timedelta(days=offset)
    holding = {c.node for c in found if c.rank < 2 and c.first <= on < c.after}
    yields = [(f.subject, f.object) for f in derive(found) if f.predicate == named("scog:yieldsTo")]
    left = {node for node in holding if not any(a == node and b in holding for a, b in yields)}

    assert left == {c.node for c in best(found, on)}
