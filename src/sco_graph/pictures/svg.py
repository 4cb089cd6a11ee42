"""What every picture is drawn with: an SVG whose text stays text and whose bytes never vary."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

INK, SOFT, PAPER, PALE = "#222222", "#767676", "#ffffff", "#f2f2f2"
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Colours that colour-blind readers tell apart (Okabe and Ito), in the order of their use."""

WORDS: dict[str, dict[str, str]] = {
    "roles": {"en": "States by role", "zh": "各国参与身份", "ru": "Государства и их статус"},
    "day": {"en": "day of the record", "zh": "记录截止日", "ru": "день данных"},
    "structure": {"en": "Organs and seats", "zh": "机构与驻地", "ru": "Органы и их места"},
    "seat": {"en": "seat", "zh": "驻地", "ru": "место"},
    "associated": {"en": "associated", "zh": "关联组织", "ru": "связанная организация"},
    "classes": {
        "en": "Classes and their relations",
        "zh": "类及其关系",
        "ru": "Классы и их связи",
    },
}
"""The fixed words of the pictures; all others are labels of the graph."""


def word(key: str, lang: str) -> str:
    """Return a fixed word in a language."""
    return WORDS[key][lang]


def width(text: str, size: float) -> float:
    """Return about how wide a text is in pixels: Chinese characters are square."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return size * (wide + 0.62 * (len(text) - wide))


class Drawing:
    """One SVG picture; coordinates are pixels from its upper left corner."""

    def __init__(self, wide: float, high: float, title: str, lang: str) -> None:
        self.root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "width": f"{wide:g}",
                "height": f"{high:g}",
                "viewBox": f"0 0 {wide:g} {high:g}",
                "role": "img",
                "xml:lang": lang,
                "font-family": "Noto Sans, Noto Sans CJK SC, DejaVu Sans, sans-serif",
                "font-size": "12",
            },
        )
        self._add("title", {}).text = title
        self._add("rect", {"width": f"{wide:g}", "height": f"{high:g}", "fill": PAPER})

    def _add(self, tag: str, attributes: dict[str, str]) -> ElementTree.Element:
        return ElementTree.SubElement(self.root, tag, attributes)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 12,
        anchor: str = "start",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words with their base line at y."""
        found = {"x": f"{x:.1f}", "y": f"{y:.1f}", "fill": fill, "text-anchor": anchor}
        if size != 12:
            found["font-size"] = f"{size:g}"
        if bold:
            found["font-weight"] = "bold"
        self._add("text", found).text = words

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        *,
        fill: str = PAPER,
        stroke: str = "none",
        tip: str = "",
    ) -> None:
        """Draw a rectangle; `tip` is shown when a reader points at it."""
        found = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{wide:.1f}", "height": f"{high:.1f}"}
        element = self._add("rect", {**found, "fill": fill, "stroke": stroke})
        if tip:
            ElementTree.SubElement(element, "title").text = tip

    def line(
        self,
        *points: tuple[float, float],
        stroke: str = SOFT,
        dashed: bool = False,
    ) -> None:
        """Draw a line through points."""
        found = {
            "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
            "fill": "none",
            "stroke": stroke,
        }
        if dashed:
            found["stroke-dasharray"] = "4 3"
        self._add("polyline", found)

    def diamond(self, x: float, y: float, size: float, *, fill: str, tip: str = "") -> None:
        """Draw a diamond around a point."""
        corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
        element = self._add("polygon", {"points": points, "fill": fill})
        if tip:
            ElementTree.SubElement(element, "title").text = tip

    def __str__(self) -> str:
        ElementTree.indent(self.root)
        body = ElementTree.tostring(self.root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
