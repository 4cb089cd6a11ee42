"""The small chart of a page: who had which role, from when until when, one row a claim."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sco_graph.web.naming import Shown, Text

_ROW, _TOP, _BAR = 46, 26, 12


class Span(NamedTuple):
    """A claim with its days: `after` is the first day on which it no longer holds, if known."""

    label: Shown
    note: tuple[Text, ...]
    first: str
    after: str
    colour: int
    believed: bool
    moment: bool
    here: bool = False


class Bar(NamedTuple):
    """A row of a chart; places and widths are per cent of the chart's width, `y` is pixels."""

    span: Span
    y: int
    x: float
    wide: float


class Chart(NamedTuple):
    """What the template draws."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[int, float], ...]
    high: int
    bar: int = _BAR


def chart(spans: Sequence[Span], end: str) -> Chart | None:
    """Return the chart of claims up to a day, the last that the sources cover."""
    if not spans:
        return None
    last = max([_day(end), *(_day(span.first) for span in spans)])
    first = min(_day(span.first) for span in spans)
    begin, until = date(first.year, 1, 1), date(last.year + 1, 1, 1)

    def across(day: date) -> float:
        return round(100 * (day - begin).days / (until - begin).days, 2)

    bars = []
    for number, span in enumerate(spans):
        start = across(_day(span.first))
        stop = across(min(_day(span.after) if span.after else last, until))
        bars.append(Bar(span, _TOP + _ROW * number, start, round(max(stop - start, 0.4), 2)))
    years = until.year - begin.year
    step = next(n for n in (1, 2, 5, 10, 20, 50, 1000) if years / n <= 6)
    marks = [y for y in range(begin.year, until.year) if y % step == 0 or years == 1]
    return Chart(
        tuple(bars),
        tuple((year, across(date(year, 1, 1))) for year in marks if across(date(year, 1, 1)) < 93),
        _TOP + _ROW * len(bars),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
