"""A rule: a set of axioms as one SPARQL update, or as one query for what contradicts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from sco_graph import sparql
from sco_graph.namespaces import compact
from sco_graph.rules.clauses import Atom, Clause, Part

ENTAILS, STATES, CONTRADICTS, SWEEPS = "entails", "states", "contradicts", "sweeps"

INTO, OVER = "<into>", "<over>"
"""What stands in a sweep for the graph of what follows, and for that another speaks of ?s."""


_TERMS = r'<[^>]*>|"(?:[^"\\]|\\.)*"'
"""IRIs and texts: a question mark in one of them opens no variable."""


@dataclass(frozen=True)
class Rule:
    """What follows, or what is wrong, by the axioms that it was made of.

    `stratum` says in which order rules run; a `recursive` one may feed itself or others of
    its stratum; after one that feeds `all`, everything before it has to run again. `head` is
    what is concluded, `where` of what; `kind` is one of the four names above: a rule that
    states adds what the ontology says of individuals, and one that sweeps takes away what
    was concluded only on the way. `rows` are, for a rule with one premise, all pairs of a
    premise and a conclusion, each a property or a class. `terms` are, for one with several,
    the properties and classes that it speaks of, for one that sweeps the subjects of which
    nothing stays; None where a rule speaks of whatever there is.
    """

    name: str
    axiom: str
    stratum: int
    kind: str
    head: str
    where: str
    recursive: bool = False
    feeds_all: bool = False
    rows: tuple[tuple[Part, Part], ...] = ()
    terms: frozenset[Part] | None = frozenset()

    def insert(
        self, into: str, over: Sequence[str], limit: int | None = None, minus: bool = False
    ) -> str:
        """Return the update that adds to a graph what follows from graphs and itself.

        With a `limit` it adds that many triples at most, and more when it runs again. What
        is there already is not added, so that running it again comes to an end: each is looked
        up, or with `minus` types are taken away as a set, which is faster for a store on disk
        and slower in memory.
        """
        home = _iri(into)
        if self.kind == SWEEPS:
            graphs = [_iri(graph) for graph in dict.fromkeys(over)]
            ends = [f"{{ GRAPH {g} {{ {t} }} }}" for g in graphs for t in ("?s ?a ?b", "?c ?d ?s")]
            where = self.where.replace(INTO, home).replace(OVER, "\n  UNION ".join(ends))
            where = _indented(where)
            return sparql.declared(
                f"DELETE {{ GRAPH {home} {{ {self.head} }} }}\nWHERE {{\n{where}\n}}"
            )
        if self.kind == STATES:
            return sparql.declared(f"INSERT {{ GRAPH {home} {{\n{self.head}\n}} }}\nWHERE {{}}")
        using = "".join(f"USING {_iri(graph)}\n" for graph in dict.fromkeys((*over, into)))
        names = re.findall(r"\?\w+", re.sub(_TERMS, "", self.head))
        chosen = " ".join(sorted(set(names))) or "(1 AS ?found)"
        known = "MINUS" if minus and re.search(r" a \?\w+$", self.head) else "FILTER NOT EXISTS"
        inner = f"{self.where}\n{known} {{ {self.head} }}"
        select = f"SELECT DISTINCT {chosen} WHERE {{\n{_indented(inner)}\n}}"
        select += "" if limit is None else f" LIMIT {limit}"
        return sparql.declared(
            f"INSERT {{ GRAPH {home} {{ {self.head} }} }}\n{using}WHERE {{\n"
            f"{_indented('{ ' + select + ' }')}\n}}"
        )

    def contradiction(self, over: Sequence[str]) -> str:
        """Return the query for each ?focus of which something is wrong, and the ?problem."""
        graphs = "".join(f"FROM {_iri(graph)}\n" for graph in dict.fromkeys(over))
        return sparql.declared(
            f"SELECT DISTINCT ?focus ?problem\n{graphs}WHERE {{\n{_indented(self.where)}\n}}"
        )


def written(rules: Iterable[Rule], into: str, over: Sequence[str]) -> str:
    """Return rules for people, in the order in which they run."""
    blocks = []
    for rule in sorted(rules, key=lambda rule: rule.stratum):
        if rule.kind == CONTRADICTS:
            title, text = f"{rule.name}: no row is right", rule.contradiction([*over, into])
        else:
            title = f"{rule.name}{', until nothing is added' if rule.recursive else ''}"
            text = f"{rule.insert(into, over)} ;"
        lines = (f"{rule.stratum}. {title}", *rule.axiom.splitlines())
        blocks.append("".join(f"# {line}\n" for line in lines) + text + "\n")
    return "\n".join(blocks)


def request(rules: Iterable[Rule], into: str, over: Sequence[str]) -> str:
    """Return updates for people as one request: an engine takes prefixes at its beginning alone."""
    lines = written(rules, into, over).splitlines(keepends=True)
    prefixes = sorted({line for line in lines if line.startswith("PREFIX ")})
    rest = (line for line in lines if not line.startswith("PREFIX "))
    return "".join(["# What follows by the ontology\n", *prefixes, *rest])


def terms(rules: Iterable[Rule]) -> set[Part] | None:
    """Return the properties and classes of which rules with several premises speak.

    None where a rule speaks of whatever there is.
    """
    found: set[Part] = set()
    for rule in rules:
        if rule.terms is None:
            return None
        if rule.kind == ENTAILS:
            found |= rule.terms
    return found


def term(part: Part) -> str:
    """Return a variable or a term as SPARQL has it, with a prefix of the project."""
    if isinstance(part, str):
        return part
    return compact(part.value) if isinstance(part, ox.NamedNode) else str(part)


def pattern(atom: Atom) -> str:
    """Return an atom as a triple pattern."""
    subject, predicate, value = map(term, atom)
    return f"{subject} {'a' if predicate == 'rdf:type' else predicate} {value}"


def conditions(clause: Clause, things: Iterable[str] = ()) -> str:
    """Return the premises of a clause as patterns and filters."""
    lines = [f"{pattern(atom)} ." for atom in clause.body]
    if clause.differ:
        lines.append(f"FILTER ({' != '.join(map(term, clause.differ))})")
    lines += [f"FILTER (!ISLITERAL({name}))" for name in dict.fromkeys(things)]
    return "\n".join(lines)


def values(names: Sequence[str], rows: Iterable[Sequence[Part]]) -> str:
    """Return a table of terms for variables, a line for each row, in order."""
    if len(names) == 1:
        listed = " ".join(sorted(term(part) for [part] in rows))
        return f"VALUES {names[0]} {{ {listed} }}"
    lines = sorted("  (" + " ".join(map(term, row)) + ")" for row in rows)
    return f"VALUES ({' '.join(names)}) {{\n" + "\n".join(lines) + "\n}"


def text(words: Sequence[Part]) -> str:
    """Return the expression of a text: words, variables and terms, these in full."""
    parts = [
        f'COALESCE(STR({word}), "a thing without a name")'
        if isinstance(word, str) and re.fullmatch(r"\?\w+", word)
        else str(ox.Literal(word if isinstance(word, str) else word.value))
        for word in words
    ]
    return parts[0] if len(parts) == 1 else f"CONCAT({', '.join(parts)})"


def _indented(body: str) -> str:
    return "\n".join(f"  {line}" for line in body.splitlines())


def _iri(graph: str) -> str:
    """Return the IRI of a graph in angle brackets; ValueError where it is none."""
    return str(ox.NamedNode(graph))
