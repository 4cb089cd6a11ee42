"""Pictures of a graph as SVG: each is a function of a store and a language, without a file."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from sco_graph.pictures import ontology, structure, timeline

PICTURES: dict[str, Callable[[ox.Store, str], str]] = {
    "ontology": ontology.draw,
    "structure": structure.draw,
    "timeline": timeline.draw,
}
"""Name to drawing: (graph, language) to the text of an SVG file."""
