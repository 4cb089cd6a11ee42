"""The text of a query: what it declares, where its variables stand, which graphs it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph.errors import UsageError
from sco_graph.namespaces import PREFIXES, compact
from sco_graph.rdf import Term, named

_PIECE = re.compile(
    r"""(?P<other>\#[^\n]*|<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |[?$](?P<variable>\w+)
    |\b(?P<word>SELECT|WHERE|ORDER|GROUP|LIMIT|OFFSET|AS|VALUES)\b
    |(?P<brace>[{}])
    |(?P<bracket>[()])""",
    re.VERBOSE | re.IGNORECASE,
)
_PREFIXED = re.compile(r"(?<![\w:?$-])([a-z][\w-]*):")
_DECLARED = re.compile(r"\bPREFIX\s+([\w.-]*):", re.IGNORECASE)
_BARE = {named("xsd:boolean"), named("xsd:integer")}

Ask = Callable[[str], Iterable[Mapping[str, Term]]]
"""What answers a SELECT: its text in, its rows out."""


def outside(text: str) -> str:
    """Return a query without its comments, IRIs and strings."""
    return _PIECE.sub(lambda found: " " if found["other"] else found[0], text)


def declared(text: str) -> str:
    """Return a query with a declaration for each prefix of the project that it uses."""
    bare = outside(text)
    used = set(_PREFIXED.findall(bare)) & PREFIXES.keys()
    lines = [f"PREFIX {p}: <{PREFIXES[p]}>" for p in sorted(used - {*_DECLARED.findall(bare)})]
    return "\n".join([*lines, text])


def from_clauses(graphs: Iterable[str]) -> str:
    """Return the FROM clauses that make graphs the default graph, each after a space."""
    return "".join(f" FROM <{graph}>" for graph in graphs)


def substitute(text: str, values: Mapping[str, Term], name: str = "the query") -> str:
    """Return a query with terms in the places of variables; a column keeps its name.

    A value goes where its variable stands, not into a VALUES at the top: a FILTER in a
    nested group does not see what is bound outside of it. Raises UsageError where the query
    binds one of them itself.
    """
    part, last, depth = "", "", 0  # where we are, the word before, brackets open
    pieces, at = [], 0
    for found in _PIECE.finditer(text):
        pieces.append(text[at : found.start()])
        at, piece = found.end(), found[0]
        if found["word"]:
            last = found["word"].upper()
            if last != "AS":
                part = last if last in ("SELECT", "ORDER", "GROUP") else ""
        elif found["brace"]:
            part, depth = "", 0
        elif found["bracket"]:
            depth += 1 if piece == "(" else -1
        elif found["variable"] in values:
            if last in ("AS", "VALUES"):
                raise UsageError(f"{name} binds ?{found['variable']} itself")
            if part == "SELECT" and not depth:
                piece = f"({short(values[found['variable']])} AS {piece})"
            elif not part or depth:  # what all rows share orders and groups nothing
                piece = short(values[found["variable"]])
        if not found["word"]:
            last = ""
        pieces.append(piece)
    return "".join([*pieces, text[at:]])


def short(term: Term) -> str:
    """Return a term as a query has it, with prefixes of the project."""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    if isinstance(term, ox.Literal) and term.datatype in _BARE:
        return term.value
    if isinstance(term, ox.Literal) and not term.language:
        return re.sub(r"\^\^<(.*)>$", lambda found: f"^^{compact(found[1])}", str(term))
    return str(term)


class Head(NamedTuple):
    """A query in parts: its form, and for SELECT what stands before, in and after its head."""

    form: str
    prologue: str
    select: str
    graphs: str
    rest: str


_FORM = re.compile(r"(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_GRAPHS = re.compile(r"\bFROM\s+(?:NAMED\s+)?(?:<[^<>\s]*>|[\w.-]*:[\w./-]*)\s*", re.IGNORECASE)
_LIMIT = re.compile(r"\}[^{}]*\bLIMIT\b[^{}]*$", re.IGNORECASE)


def head(text: str) -> Head:
    """Return the parts of a query; UsageError where it is of no form."""
    words = _words(text)
    start = next((n for n, word in words if _FORM.fullmatch(word)), None)
    if start is None:
        raise UsageError("the query is not SPARQL: it has no SELECT, ASK, CONSTRUCT or DESCRIBE")
    form = _FORM.match(text, start)
    brace = next((n for n, word in words if word == "{" and n > start), len(text))
    between = text[start:brace]
    graphs = "".join(_GRAPHS.findall(between))
    select = re.sub(r"\bWHERE\s*$", "", _GRAPHS.sub("", between), flags=re.IGNORECASE)
    word = form[1].upper() if form else ""
    return Head(word, text[:start], select, graphs, text[brace:])


def counting(text: str) -> str | None:
    """Return a query for the number of rows of a SELECT, None where it sets a limit itself."""
    parts = head(text)
    if parts.form != "SELECT" or _LIMIT.search(outside(text)):
        return None
    inner = re.sub(r"\bORDER\s+BY\b[^{}]*$", "", parts.rest, flags=re.IGNORECASE)
    return (
        f"{parts.prologue}SELECT (COUNT(*) AS ?rows) {parts.graphs}"
        f"WHERE {{ {{ {parts.select} WHERE {inner} }} }}"
    )


def _words(text: str) -> list[tuple[int, str]]:
    """Return the words and braces of a query that stand in no comment, IRI or string."""
    blank = _PIECE.sub(lambda m: " " * len(m[0]) if m["other"] else m[0], text)
    return [(m.start(), m[0]) for m in re.finditer(r"\w+|\{", blank)]
