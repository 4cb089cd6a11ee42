"""SHACL as plain SPARQL: read shapes, compile them to queries, validate through any engine.

Each shape with targets becomes one SELECT whose rows are all its results, as sets and not node
by node: whatever answers SPARQL 1.1 can run it. What has no such query is refused by name
before anything runs; nothing is skipped in silence.
"""

from sco_graph.shacl.checks import Check, Constraint, compile  # noqa: A004 - read as shacl.compile
from sco_graph.shacl.classes import Below, below
from sco_graph.shacl.model import Part, Shape
from sco_graph.shacl.reading import read
from sco_graph.shacl.refusal import NotCompiled
from sco_graph.shacl.report import Report, Result, validate

__all__ = [
    "Below",
    "Check",
    "Constraint",
    "NotCompiled",
    "Part",
    "Report",
    "Result",
    "Shape",
    "below",
    "compile",
    "read",
    "validate",
]
