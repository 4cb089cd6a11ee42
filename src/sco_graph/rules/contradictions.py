"""What cannot be: the queries that find the things of which an ontology is contradicted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sco_graph.namespaces import ONTOLOGY
from sco_graph.rdf import Term
from sco_graph.rules.clauses import TYPE, Atom, Clause, Closure, Part
from sco_graph.rules.rule import (
    CONTRADICTS,
    Rule,
    conditions,
    term,
    text,
    values,
)

_BOTH = ("it cannot be both ", "?one", " and ", "?other")


def of_all(stratum: int) -> Iterator[Rule]:
    """Yield what no graph can hold, whatever its ontology."""
    problem = ("nothing can be what it is said to be (owl:Nothing)",)
    yield _rule("nothing", "", stratum, "?focus a owl:Nothing .", problem)
    where = (
        "?x owl:sameAs ?y .\nFILTER (ISIRI(?x) && ISIRI(?y) && ?x != ?y)\n"
        "BIND (IF(STR(?x) < STR(?y), ?x, ?y) AS ?focus)\n"
        "BIND (IF(STR(?x) < STR(?y), ?y, ?x) AS ?other)"
    )
    yield _rule("one", "", stratum, where, ("it became one with ", "?other", " (owl:sameAs)"))


def of_clauses(
    stratum: int,
    clauses: Iterable[Clause],
    different: Iterable[tuple[Term, Term]],
    sets: bool,
) -> Iterator[Rule]:
    """Yield what cannot hold together: one query for all classes that exclude each other."""
    others: dict[Part, set[Part]] = defaultdict(set)
    said: set[str] = set()
    alone = []
    for clause in dict.fromkeys(clauses):
        if clause.name == "disjoint" and _is_of_one_thing(clause.body):
            first, second = sorted((atom.object for atom in clause.body), key=term)
            others[first].add(second)
            said.add(clause.axiom)
        else:
            alone.append(clause)
    if others:
        where = (_joined if sets else _each)(others)
        yield _rule("disjoint", "\n".join(sorted(said)), stratum, where, _BOTH)
    for clause in alone:
        if isinstance(clause.focus, str):
            told = clause.with_parts({clause.focus: "?focus"})
            where = conditions(told)
        else:
            where = f"{conditions(clause)}\nBIND ({term(clause.focus)} AS ?focus)"
        yield _rule(clause.name, clause.axiom, stratum, where, clause.problem)
    if rows := [pair for one, other in different for pair in ((one, other), (other, one))]:
        table = values(["?focus", "?other"], rows)
        problem = ("it cannot be one with ", "?other")
        yield _rule("different", "", stratum, f"{table}\n?focus owl:sameAs ?other .", problem)
    for end in ("?focus owl:differentFrom ?other", "?other owl:differentFrom ?focus"):
        where = f"?focus owl:sameAs ?other .\n{end} ."
        yield _rule("different", "", stratum, where, ("it cannot be one with ", "?other"))


def _each(others: Mapping[Part, Iterable[Part]]) -> str:
    """Return the pattern of what is of two classes, a class after the other.

    Engines that are given all pairs at once look up each.
    """
    parts = [
        f"{{ ?focus a {term(one)} . ?focus a ?other .\n"
        f"  FILTER ({_is_one_of(rest)})\n"
        f"  BIND ({term(one)} AS ?one) }}"
        for one, rest in sorted(others.items(), key=lambda item: term(item[0]))
    ]
    return "\nUNION\n".join(parts)


def _joined(others: Mapping[Part, Iterable[Part]]) -> str:
    """Return the pattern of what is of two classes as a join of sets, the pairs last."""
    pairs = [(one, other) for one, rest in others.items() for other in rest]
    sides = {"?one": set(others), "?other": {other for _, other in pairs}}
    both = " ".join(
        f"{{ SELECT ?focus {name} WHERE {{ {values([name], [[kind] for kind in kinds])} "
        f"?focus a {name} }} }}"
        for name, kinds in sides.items()
    )
    table = values(["?one", "?other"], pairs)
    return f"{{ SELECT ?focus ?one ?other WHERE {{ {both} }} }}\n{table}"


def _is_one_of(classes: Iterable[Part]) -> str:
    """Return the condition that a thing's other class is one of some."""
    listed = sorted(map(term, classes))
    # Virtuoso makes a join of a list of one, and fails.
    return f"?other IN ({', '.join(listed * 2 if len(listed) == 1 else listed)})"


def _is_of_one_thing(body: tuple[Atom, ...]) -> bool:
    """Whether premises are that any one thing is of two classes."""
    kinds = all(atom.predicate == TYPE for atom in body)
    subjects = {atom.subject for atom in body}
    return len(body) == 2 and kinds and len(subjects) == 1 and isinstance(subjects.pop(), str)


def of_texts(
    stratum: int,
    links: Iterable[Atom],
    closure: Closure,
    joins: Iterable[tuple[Clause, Iterable[Atom]]],
) -> Iterator[Rule]:
    """Yield where a text stands as what only a thing of this project's classes can be."""
    problem = ('the text "', "?o", '" stands where a thing has to stand: a ', "?c")
    rows = [
        (link.predicate, atom.object)
        for link in links
        for atom in closure.of(link)
        if _is_of_ours(atom) and atom.subject == "?o"
    ]
    if rows:
        where = f"{values(['?p', '?c'], rows)}\n?focus ?p ?o .\nFILTER (ISLITERAL(?o))"
        yield _rule("text", "", stratum, where, problem)
    for clause, heads in joins:
        subjects = {atom.subject for atom in clause.body}
        users = {a.object: a.subject for a in clause.body if isinstance(a.subject, str)}
        for head in sorted(heads, key=str):
            focus = users.get(head.subject)
            if focus is None or head.subject in subjects or not _is_of_ours(head):
                continue
            told = clause.with_parts({focus: "?focus", str(head.subject): "?o"})
            where = f"{conditions(told)}\nFILTER (ISLITERAL(?o))\nBIND ({term(head.object)} AS ?c)"
            yield _rule("text", clause.axiom, stratum, where, problem)


def _is_of_ours(atom: Atom) -> bool:
    kind = atom.object
    return atom.predicate == TYPE and not isinstance(kind, str) and kind.value.startswith(ONTOLOGY)


def _rule(name: str, axiom: str, stratum: int, where: str, problem: tuple[Part, ...]) -> Rule:
    told = f"{where}\nFILTER (ISIRI(?focus))\nBIND ({text(problem)} AS ?problem)"
    return Rule(name, axiom, stratum, CONTRADICTS, "", told)
