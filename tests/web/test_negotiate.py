"""Which format a request gets, as RFC 9110 has it, and which language."""

from __future__ import annotations

import pytest

from sco_graph.web import negotiate
from sco_graph.web.problems import Problem

OFFERS = negotiate.offered("json", "xml", "csv", "html")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("text/*", "csv"),
        ("text/html", "html"),
        ("application/xhtml+xml,text/html;q=0.9", "html"),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.9", "xml"),
        ("application/json", "json"),
        ("text/csv;q=0.9, */*;q=0.1", "csv"),
        ("application/sparql-results+json;q=0, */*", "xml"),
        ("TEXT/CSV", "csv"),
        ("text/csv ; charset=utf-8 ; q=0.5", "csv"),
        ("text/csv;q=bad, application/xml", "xml"),
        ("text/csv;q=7", "csv"),
        (", ,text/csv", "csv"),
    ],
)
def test_accept_chooses_by_quality_and_then_by_our_order(accept: str | None, expected: str) -> None:
    """Absent, any, families, q-values, q=0, malformed parts."""
    assert expected == negotiate.choose(accept, OFFERS).name


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", "application/*;q=0, text/*;q=0"])
def test_what_is_not_acceptable_is_406_with_what_there_is(accept: str) -> None:
    """The list names the media types."""
    with pytest.raises(Problem) as told:
        negotiate.choose(accept, OFFERS)

    assert 406 == told.value.status
    assert "text/csv" in told.value.detail


def test_a_named_format_goes_before_accept_and_has_to_be_there() -> None:
    """By name, extension or media type."""
    for named in ("csv", "text/csv"):
        assert "csv" == negotiate.choose("text/html", OFFERS, named).name
    with pytest.raises(Problem) as told:
        negotiate.choose(None, OFFERS, "pdf")
    assert (400, True) == (told.value.status, "json, xml, csv, html" in told.value.detail)


@pytest.mark.parametrize(
    ("accept", "named", "expected"),
    [
        (None, None, "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", None, "zh"),
        ("de, ru;q=0.5", None, "ru"),
        ("en;q=0.1, ru;q=0.2", None, "ru"),
        ("zh;q=0", None, "en"),
        ("zh", "ru", "ru"),
    ],
)
def test_the_language_is_the_one_asked_for(
    accept: str | None, named: str | None, expected: str
) -> None:
    """By name before the header; regions do not matter."""
    assert expected == negotiate.language(accept, named)


def test_a_language_that_is_none_is_refused() -> None:
    """Also where somebody tries to write a query with it."""
    with pytest.raises(Problem) as told:
        negotiate.language(None, 'en")) || true #')
    assert 400 == told.value.status
