"""The classes of the ontology: who is a kind of what, and which property leads where."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox

from sco_graph import store
from sco_graph.namespaces import PREFIXES
from sco_graph.pictures.svg import COLOURS, PALE, SOFT, Drawing, width, word
from sco_graph.terms import Names

_CLASSES = """SELECT DISTINCT ?class ?above WHERE {
  GRAPH graph:ontology { ?class a owl:Class . OPTIONAL { ?class rdfs:subClassOf ?above } }
  FILTER (STRSTARTS(STR(?class), STR(scog:)))
} ORDER BY ?class ?above"""
_RELATIONS = """SELECT DISTINCT ?property ?from ?to WHERE {
  GRAPH graph:ontology { ?property a owl:ObjectProperty ; rdfs:domain ?from ; rdfs:range ?to }
  FILTER (STRSTARTS(STR(?property), STR(scog:)))
} ORDER BY ?from ?property"""
_LINE, _COLUMNS, _GAP = 18.0, 3, 24.0


def draw(graph: ox.Store, lang: str) -> str:
    """Return the classes as boxes in columns; a row in a box is a property and where it leads."""
    names = Names(graph, lang)
    own = PREFIXES["scog"]
    above: dict[str, set[str]] = defaultdict(set)
    for row in store.rows(graph, _CLASSES):
        broader = row.get("above")
        above[row["class"].value] |= {broader.value} if broader else set()
    rows: dict[str, list[str]] = defaultdict(list)
    for row in store.rows(graph, _RELATIONS):
        target = names.label(row["to"].value)
        rows[row["from"].value].append(f"{names.label(row['property'].value)} → {target}")
    below: dict[str, list[str]] = defaultdict(list)
    for name, broader_ones in above.items():
        mine = sorted(b for b in broader_ones if b.startswith(own))
        below[mine[0] if mine else ""].append(name)
    order: list[tuple[int, str]] = []

    def walk(name: str, depth: int) -> None:
        order.append((depth, name))
        for narrower in sorted(below[name], key=names.label):
            walk(narrower, depth + 1)

    # A family of classes stays together: one column takes it whole.
    families: list[list[tuple[int, str]]] = []
    for name in sorted(below[""], key=names.label):
        order.clear()
        walk(name, 0)
        families.append(list(order))

    def heading(name: str) -> str:
        foreign = sorted(b for b in above[name] if not b.startswith(own))
        kinds = ", ".join(names.label(b) for b in foreign)
        return f"{names.label(name)}  ⊂ {kinds}" if kinds else names.label(name)

    def tall(family: list[tuple[int, str]]) -> float:
        return sum(30 + _LINE * len(rows[name]) + 8 for _, name in family) + 10

    columns: list[list[list[tuple[int, str]]]] = [[] for _ in range(_COLUMNS)]
    heights = [0.0] * _COLUMNS
    for family in sorted(families, key=tall, reverse=True):
        shortest = heights.index(min(heights))
        columns[shortest].append(family)
        heights[shortest] += tall(family)
    texts = [
        24 * depth + max([width(heading(name), 13), *(width(t, 12) for t in rows[name])])
        for family in families
        for depth, name in family
    ]
    wide = max(texts, default=200) + 36
    title = word("classes", lang)
    whole = _GAP + (wide + _GAP) * _COLUMNS
    picture = Drawing(whole, 60 + max(heights) + 10, title, lang)
    picture.text(_GAP, 32, title, size=18, bold=True)
    for number, column in enumerate(columns):
        left, y = _GAP + (wide + _GAP) * number, 54.0
        for family in column:
            marks: dict[int, float] = {}
            for depth, name in family:
                x, high = left + 24 * depth, 30 + _LINE * len(rows[name])
                if depth:
                    start = left + 24 * (depth - 1) + 10
                    picture.line((start, marks[depth - 1]), (start, y + 14), (x, y + 14))
                colour = COLOURS[min(depth, len(COLOURS) - 1)]
                picture.box(x, y, wide - 24 * depth, high, fill=PALE, stroke=colour)
                picture.text(x + 12, y + 20, heading(name), size=13, bold=True)
                for line, text in enumerate(rows[name]):
                    picture.text(x + 12, y + 38 + _LINE * line, text, fill=SOFT)
                marks[depth] = y + high
                y += high + 8
            y += 10
    return str(picture)
