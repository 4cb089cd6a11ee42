"""A saved question as SPARQL that stands alone: prefixes declared, its values written in."""

from __future__ import annotations

from collections.abc import Mapping

from sco_graph import queries, sparql, store
from sco_graph.errors import UsageError
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Term


def write(question: QueryFile, values: Mapping[str, Term]) -> str:
    """Return the text of a question asked with values.

    Raises UsageError where the query itself binds one of them.
    """
    lines = question.text.splitlines()
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), 0)
    body = sparql.substitute("\n".join(lines[start:]), values, question.name)
    return f"# {question.summary}\n" + sparql.declared(body.rstrip()) + "\n"


def example(graph: store.Graph, question: QueryFile, lang: str) -> str:
    """Return a question asked with an example of what it needs, as far as the graph has one."""
    try:
        values = queries.bound(graph, question, queries.example(graph, question, lang))
    except UsageError:  # a graph that is about nothing, or covers no day
        values = {}
    return write(question, values)
