"""Constraints that are written in SPARQL: a SELECT for one `$this`, moved into one for many.

SHACL asks such a query once for each focus node, with `$this` bound beforehand. Here the set of
focus nodes joins the outer group, and each group in whose expressions `$this` stands: what is
bound there is what one run after another would have bound. Where that is not so (a LIMIT, a
MINUS, a sub-SELECT that forgets `$this`), the query is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pyoxigraph as ox

from sco_graph.shacl.conditions import Names
from sco_graph.shacl.model import Shape, Sparql
from sco_graph.shacl.paths import Path
from sco_graph.shacl.refusal import NotCompiled
from sco_graph.shacl.tokens import Token, tokens
from sco_graph.shacl.tokens import written as as_text

THIS = "this"
_HOLE = re.compile(r"\{[?$](\w+)\}")
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_NEVER = {
    "LIMIT": "ask for all of them",
    "OFFSET": "ask for all of them",
    "MINUS": "write FILTER NOT EXISTS",
    "VALUES": "write FILTER (… IN (…))",
    "GRAPH": "the graphs are named by who validates",
    "SERVICE": "bring what it asks for into the data",
    "FROM": "the graphs are named by who validates",
    "BASE": "write whole IRIs",
}
_OWN = {
    "shapesGraph": "the engine holds the data only",
    "currentShape": "write the shape's IRI",
    "failure": "tell of violations only",
}


@dataclass(frozen=True)
class Embedded:
    """A pattern that binds focus nodes at fault, and which variable holds what it tells."""

    pattern: str
    columns: dict[str, str]


def texts(sparql: Sparql, shape: Shape) -> tuple[ox.Literal, ...]:
    """Return the messages of a constraint, or those of its shape."""
    return sparql.messages or shape.messages


def fill(message: str, values: dict[str, str]) -> str:
    """Put values where a message has `{?name}` or `{$name}`."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), message)


def check(sparql: Sparql, label: str, path: Path | None) -> None:
    """Raise NotCompiled where a query cannot be moved."""
    _Query(sparql, label, path)


def embed(sparql: Sparql, shape: Shape, scope: str, node: str, names: Names) -> Embedded:
    """Return the pattern that finds all nodes of a scope which a query finds at fault."""
    query = _Query(sparql, shape.label, shape.path)
    focus = f"{{ SELECT DISTINCT {node} WHERE {{ {scope} }} }}"
    if node != f"?{THIS}":  # the scope may have a $this of its own
        focus = f"{{ SELECT ({node} AS ?{THIS}) WHERE {{ {focus} }} }}"
    inner = query.over(focus)
    wanted: set[str] = {"value", "path"} & query.projected
    holes = {name for text in texts(sparql, shape) for name in _HOLE.findall(text.value)}
    wanted |= (holes & query.projected) - {THIS}
    if "message" in query.projected and not texts(sparql, shape):
        wanted.add("message")
    columns = {name: names.new() for name in sorted(wanted)}
    this = f"?{THIS}" if node == f"?{THIS}" else f"(?{THIS} AS {node})"
    told = {name: f"?{name}" for name in columns}
    if "value" in told and shape.path is None:
        told["value"] = f"COALESCE(?value, ?{THIS})"
    shown = "".join(f" ({told[name]} AS {column})" for name, column in columns.items())
    pattern = f"{{ SELECT DISTINCT {this}{shown} WHERE {{ {{ {inner} }} }} }}"
    return Embedded(pattern, columns)


class _Query:
    """A SELECT in tokens: `head` (what it projects), `body` (its group) and `tail`."""

    def __init__(self, sparql: Sparql, label: str, path: Path | None) -> None:
        self.label = label
        self.path = path
        found = list(self._expanded(sparql))
        for token in found:
            if token.kind == "word" and token.text.upper() in _NEVER:
                self._refuse(f"{token.text.upper()} in sh:sparql", _NEVER[token.text.upper()])
            if token.variable in _OWN:
                self._refuse(f"{token.text} in sh:sparql", _OWN[token.variable])
        if not found or not found[0].says("SELECT"):
            self._refuse("a sh:select that is no SELECT", "write SELECT $this … WHERE { … }")
        self.head, self.body, self.tail = self._parts(found)
        self.projected = self._check(self.head, self.tail, self.body)
        self.over("")  # what a group inside has is refused too

    def _refuse(self, construct: str, advice: str) -> None:
        raise NotCompiled(self.label, construct, advice)

    def _expanded(self, sparql: Sparql) -> Iterator[Token]:
        """Yield the tokens with whole IRIs in place of prefixed names, and the path for `$PATH`."""
        prefixes = dict(sparql.prefixes)
        found = list(tokens(sparql.text))
        while found and found[0].says("PREFIX"):
            prefixes[found[1].text.removesuffix(":")] = found[2].text[1:-1]
            found = found[3:]
        for token in found:
            if token.kind == "name":
                prefix, _, local = token.text.partition(":")
                if prefix not in prefixes:
                    self._refuse(f"the prefix {prefix}: in sh:sparql", "declare it (sh:prefixes)")
                local = re.sub(r"\\(.)", r"\1", local)
                yield Token("iri", f"<{prefixes[prefix]}{local}>", token.spaced)
            elif token.variable == "PATH":
                if self.path is None:
                    self._refuse("$PATH in a node shape", "write the path")
                else:
                    yield Token("path", f"({self.path.sparql})", token.spaced)
            else:
                yield token

    def _parts(self, found: list[Token]) -> tuple[list[Token], list[Token], list[Token]]:
        start = next((n for n, token in enumerate(found) if token.says("{")), len(found))
        end = _closing(found, start)
        if end == len(found):
            self._refuse("a sh:select without a group", "write SELECT $this … WHERE { … }")
        head = [token for token in found[:start] if not token.says("WHERE")]
        return head, found[start + 1 : end], found[end + 1 :]

    def _check(self, head: list[Token], tail: list[Token], body: list[Token]) -> set[str]:
        """Refuse a SELECT that would lose or share its focus nodes; return what it projects."""
        if any(a.says("AS") and b.variable == THIS for a, b in pairwise(head)):
            self._refuse("AS $this in sh:sparql", "name the new variable otherwise")
        projected = _projected(head)
        if any(token.says("*") for token in head[:3]):
            projected = {token.variable for token in body if token.variable}
        grouped = next((n for n, token in enumerate(tail) if token.says("GROUP")), None)
        counts = any(token.says(*_AGGREGATES) for token in (*head, *tail))
        if counts or grouped is not None:
            until = next(
                (n for n, token in enumerate(tail) if token.says("HAVING", "ORDER")), len(tail)
            )
            by = {token.variable for token in tail[grouped or 0 : until]}
            if grouped is None or THIS not in by:
                self._refuse("an aggregate without GROUP BY $this in sh:sparql", "add it")
        return projected

    def over(self, focus: str) -> str:
        """Return the query with a set of focus nodes where there was one."""
        head = list(self.head)
        if THIS not in self.projected:
            after = 2 if len(head) > 1 and head[1].says("DISTINCT", "REDUCED") else 1
            head.insert(after, Token("variable", f"?{THIS}"))
        tail = self.tail
        ordered = next((n for n, token in enumerate(tail) if token.says("ORDER")), None)
        if ordered is not None:
            tail = tail[:ordered]
        body = f"{{ {focus} {self._group(self.body, focus)} }}"
        return f"{as_text(head)} WHERE {body} {as_text(tail)}"

    def _group(self, body: list[Token], focus: str) -> str:
        """Return a group's inside, with the focus nodes joined into the groups that need them."""
        written: list[str] = []
        n = depth = 0
        while n < len(body):
            token = body[n]
            depth += token.says("(") - token.says(")")
            if token.says("AS") and n + 1 < len(body) and body[n + 1].variable == THIS:
                self._refuse("AS $this in sh:sparql", "name the new variable otherwise")
            if not token.says("{"):
                written.append(f" {token.text}" if token.spaced else token.text)
                n += 1
                continue
            end = _closing(body, n)
            inside = body[n + 1 : end]
            before = body[n - 1] if n else token
            if before.says("EXISTS") or depth:
                if any(one.says("SELECT") for one in inside):
                    self._refuse("a sub-SELECT inside EXISTS in sh:sparql", "join it outside")
                written.append(f" {{ {as_text(inside)} }}")
            elif inside and inside[0].says("SELECT"):
                written.append(f" {{ {self._sub_select(inside, focus)} }}")
            else:
                joined = f"{focus} " if _needs_this(inside, before) else ""
                written.append(f" {{ {joined}{self._group(inside, focus)} }}")
            n = end + 1
        return "".join(written)

    def _sub_select(self, inside: list[Token], focus: str) -> str:
        head, body, tail = self._parts(inside)
        if THIS not in self._check(head, tail, body):
            self._refuse("a sub-SELECT without $this in sh:sparql", "select $this in it too")
        return f"{as_text(head)} WHERE {{ {focus} {self._group(body, focus)} }} {as_text(tail)}"


def _needs_this(inside: list[Token], before: Token) -> bool:
    """Say whether a group has to bind `$this` itself: an OPTIONAL's FILTER sees what is outside."""
    if before.says("OPTIONAL") and not any(token.says("BIND") for token in inside):
        return False
    return _speaks_of_this(inside)


def _speaks_of_this(inside: list[Token]) -> bool:
    """Say whether an expression of a group, or what it asks to exist, has `$this`."""
    depth, spoken = 0, False
    groups: list[str] = []
    before = Token("sign", "")
    for token in inside:
        depth += token.says("(") - token.says(")")
        if token.says("{"):
            asked = depth > 0 or before.says("EXISTS")
            groups.append("asked" if asked else before.text.upper())
        elif token.says("}"):
            groups.pop()
        elif token.variable == THIS and set(groups) <= {"asked", "OPTIONAL"}:
            spoken = spoken or depth > 0 or "asked" in groups
        before = token
    return spoken


def _projected(head: list[Token]) -> set[str]:
    """Return the variables that a SELECT clause projects: those in parentheses after AS only."""
    found, depth = set(), 0
    for before, token in zip([None, *head], head, strict=False):
        depth += token.says("(") - token.says(")")
        if token.variable and (not depth or (before is not None and before.says("AS"))):
            found.add(token.variable)
    return found


def _closing(found: list[Token], start: int) -> int:
    depth = 0
    for n in range(start, len(found)):
        depth += found[n].says("{") - found[n].says("}")
        if depth == 0:
            return n
    return len(found)
