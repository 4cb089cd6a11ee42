"""An organization, its organs and what belongs to them, with kind and seat."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox

from sco_graph import store
from sco_graph.namespaces import expand
from sco_graph.pictures.svg import COLOURS, PALE, SOFT, Drawing, width, word
from sco_graph.terms import Names

_PARTS = """SELECT DISTINCT ?part ?whole ?near WHERE {
  GRAPH ?graph {
    { ?part scog:organOf ?whole . BIND (false AS ?near) }
    UNION { ?part scog:associatedWith ?whole . BIND (true AS ?near) }
  }
  FILTER (?graph != graph:inferred)
} ORDER BY ?near ?part"""
_ABOUT = """SELECT DISTINCT ?thing ?kind ?seat WHERE {
  GRAPH ?graph { ?thing a ?kind . OPTIONAL { ?thing scog:seat ?seat } }
  VALUES ?kind { scog:DecisionMakingBody scog:PermanentBody scog:Organ scog:Organization }
  FILTER (?graph != graph:inferred)
} ORDER BY ?thing ?kind"""
_KINDS = [expand(f"scog:{n}") for n in ("DecisionMakingBody", "PermanentBody", "Organ")]
_STEP, _INDENT, _BOX = 44.0, 44.0, 32.0


def draw(graph: ox.Store, lang: str) -> str:
    """Return the structure of every organization of a graph, as a tree from the top down."""
    names = Names(graph, lang)
    parts: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    inside: set[str] = set()
    for row in store.rows(graph, _PARTS):
        part, whole = row["part"].value, row["whole"].value
        parts[whole].append((part, row["near"].value == "true"))
        inside.add(part)
    kinds: dict[str, str] = {}
    seats: dict[str, str] = {}
    for row in store.rows(graph, _ABOUT):
        thing, kind = row["thing"].value, row["kind"].value
        if kind in _KINDS[:2] or thing not in kinds:
            kinds[thing] = kind
        if seat := row.get("seat"):
            seats[thing] = seat.value
    lines: list[tuple[int, int | None, str, bool]] = []

    def walk(thing: str, depth: int, above: int | None, near: bool) -> None:
        lines.append((depth, above, thing, near))
        here = len(lines) - 1
        order = sorted(parts[thing], key=lambda p: (p[1], kinds.get(p[0], ""), names.label(p[0])))
        for part, beside in order:
            walk(part, depth + 1, here, beside)

    for whole in sorted(set(parts) - inside):
        walk(whole, 0, None, False)

    def words(thing: str, near: bool) -> tuple[str, str]:
        seat = f"{word('seat', lang)}: {names.label(seats[thing])}" if thing in seats else ""
        beside = word("associated", lang) if near else ""
        return names.label(thing), " · ".join(filter(None, [seat, beside]))

    boxes = [(16 + _INDENT * depth, *words(thing, near)) for depth, _, thing, near in lines]
    wide = max((x + 24 + width(t, 13) + 16 + width(s, 12) for x, t, s in boxes), default=0) + 24
    colours = dict(zip(_KINDS, COLOURS, strict=False))
    legend = 16 + sum(40 + width(names.label(kind), 12) for kind in _KINDS)
    title = word("structure", lang)
    picture = Drawing(max(wide, legend, 320), 64 + _STEP * len(lines) + 36, title, lang)
    picture.text(16, 30, title, size=18, bold=True)
    for number, (depth, above, thing, near) in enumerate(lines):
        x, y = 16 + _INDENT * depth, 52 + _STEP * number
        if above is not None:
            start = 16 + _INDENT * (depth - 1) + 14
            top = 52 + _STEP * above + _BOX
            picture.line((start, top), (start, y + _BOX / 2), (x, y + _BOX / 2), dashed=near)
        text, aside = words(thing, near)
        colour = colours.get(kinds.get(thing, ""), SOFT)
        picture.box(x, y, width(text, 13) + 32, _BOX, fill=PALE, stroke=colour)
        picture.box(x, y, 8, _BOX, fill=colour)
        picture.text(x + 18, y + 21, text, size=13, bold=depth == 0)
        picture.text(x + width(text, 13) + 42, y + 21, aside, fill=SOFT)
    x, y = 16.0, 52 + _STEP * len(lines) + 16
    for kind in _KINDS:
        picture.box(x, y, 14, 14, fill=colours[kind])
        picture.text(x + 20, y + 12, names.label(kind))
        x += 40 + width(names.label(kind), 12)
    return str(picture)
