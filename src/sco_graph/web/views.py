"""An answer as a picture: rows with dates on a time line, rows with things as a network."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import days
from sco_graph.queries import Answer
from sco_graph.rdf import Term, named
from sco_graph.web import asked
from sco_graph.web.charts import Chart, Span, chart
from sco_graph.web.naming import Names, Shown, Text
from sco_graph.web.networks import Spot, place

VIEWS = ("Table", "Timeline", "Graph")
"""What `#defaultView:` in a query can name, as on Wikidata's query page."""
MOST = 300
"""How many rows a picture shows: more would show nobody anything."""

_DATES = {named(f"xsd:{name}") for name in ("date", "dateTime", "gYearMonth", "gYear")}
_COLOURS = 6
_LABEL, _PIXELS = 28, (7.5, 13.0)
"""How many letters of a name a network shows, and the pixels of a letter, narrow or wide."""


class Node(NamedTuple):
    """A thing of a network, where it stands, and its name as far as there is room for it."""

    self: Shown
    spot: Spot
    label: tuple[Text, ...]

    @property
    def anchor(self) -> str:
        """Return which end of the label stands at its place."""
        return {-1: "end", 0: "middle", 1: "start"}[self.spot.side]


class Edge(NamedTuple):
    """A line of a network and what it says."""

    start: Spot
    end: Spot
    label: str


class Network(NamedTuple):
    """What the template draws."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    wide: float
    high: float


def timeline(names: Names, answer: Answer, end: str) -> Chart | None:
    """Return the rows of an answer that have a date, from the first one to the second if any.

    A bar is called after the first thing of its row; the column with the fewest values, but
    more than one, gives the colours.
    """
    dated = [
        number
        for number, _ in enumerate(answer.columns)
        if any(_is_date(row[number]) for row in answer.rows)
    ]
    values = {
        number: len({row[number] for row in answer.rows})
        for number, _ in enumerate(answer.columns)
        if number not in dated
    }
    kinds = min((n for n in values if values[n] > 1), key=values.__getitem__, default=None)
    spans: list[Span] = []
    colours: dict[object, int] = {}
    for row in answer.rows[:MOST]:
        dates = [_bounds(row[number]) for number in dated[:2]]
        found = [names.shown(term) for n, term in enumerate(row) if term and n not in dated]
        words = list({shown.plain: names.linked(shown) for shown in found}.values())
        words.sort(key=lambda shown: not shown.href)
        if not dates or dates[0] is None:
            continue
        first, after = dates[0]
        closed = dates[1][1] if len(dates) == 2 and dates[1] else None
        kind = None if kinds is None else row[kinds]
        spans.append(
            Span(
                words[0] if words else Shown((Text(first),)),
                _joined(words[1:]),
                first,
                closed or (after if len(dated) == 1 else ""),
                colours.setdefault(kind, len(colours)) % _COLOURS,
                believed=True,
                moment=len(dated) == 1,
            )
        )
    return chart(spans, end)


def network(names: Names, answer: Answer) -> Network | None:
    """Return the things of an answer and the lines between them.

    Triples are lines; in a row the first thing leads to each other one, by its column.
    """
    lines = list(dict.fromkeys(_lines(names, answer)))
    if not lines:
        return None
    shown = {key: _named(names, key) for start, end, _ in lines for key in (start, end)}
    labels = {key: _short(found.parts) for key, found in shown.items()}
    widths = {key: _wide(label) for key, label in labels.items()}
    spots, wide, high = place(((start, end) for start, end, _ in lines), widths)
    nodes = tuple(Node(shown[key], spot, labels[key]) for key, spot in spots.items())
    edges = tuple(Edge(spots[start], spots[end], label) for start, end, label in lines)
    return Network(nodes, edges, wide, high)


def _lines(names: Names, answer: Answer) -> Iterator[tuple[str, str, str]]:
    for triple in (answer.triples or [])[:MOST]:
        if _is_thing(triple.subject) and _is_thing(triple.object):
            label = names.shown(triple.predicate).plain
            yield _key(triple.subject), _key(triple.object), label
    for row in answer.rows[:MOST]:
        things = [(name, term) for name, term in zip(answer.columns, row, strict=True)
                  if _is_thing(term)]  # fmt: skip
        for name, term in things[1:]:
            yield _key(things[0][1]), _key(term), asked.column(name, names.lang)


def _is_thing(term: object) -> bool:
    return isinstance(term, ox.NamedNode | ox.BlankNode)


def _key(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _named(names: Names, key: str) -> Shown:
    return Shown((Text("…"),)) if key.startswith("_:") else names.shown(ox.NamedNode(key))


def _short(parts: tuple[Text, ...]) -> tuple[Text, ...]:
    """Return the first words of a name, with a sign where others follow."""
    found, left = [], _LABEL
    for part in parts:
        text = part.text if len(part.text) <= left else part.text[: left - 1].rstrip() + "…"
        found.append(part._replace(text=text))
        left -= len(part.text)
        if left <= 0:
            break
    return tuple(found)


def _wide(label: tuple[Text, ...]) -> float:
    """Return how many pixels a label takes at most, whatever the font: some letters are wide."""
    letters = "".join(part.text for part in label)
    return sum(_PIXELS[unicodedata.east_asian_width(letter) in "FW"] for letter in letters)


def _is_date(term: Term | None) -> bool:
    return isinstance(term, ox.Literal) and term.datatype in _DATES


def _bounds(term: Term | None) -> tuple[str, str] | None:
    """Return the first day of a date and the day after its last; a bound of a period ends it."""
    if not isinstance(term, ox.Literal) or not _is_date(term):
        return None
    found = days.bounds(term.value.partition("T")[0].rstrip("Z"))
    if found is None:
        return None
    first, after = found
    whole = after - first == timedelta(days=1)
    return first.isoformat(), (first if whole else after).isoformat()


def _joined(words: list[Shown]) -> tuple[Text, ...]:
    parts: list[Text] = []
    for shown in words:
        parts += [Text(" · "), *shown.parts] if parts else shown.parts
    return tuple(parts)
