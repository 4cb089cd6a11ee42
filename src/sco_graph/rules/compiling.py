"""An ontology compiled to rules: sets of clauses that share a shape become one update each.

Strata: what the ontology states of individuals; broader properties, inverses, domains and
ranges, each in one pass, for what follows from one premise is closed beforehand; broader
classes; rules with several premises, those that feed others first; what holds of two things
that are one; what cannot be; and last, away with what was only needed on the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from sco_graph.rdf import Fact, Term, named
from sco_graph.rules import axioms, contradictions
from sco_graph.rules.clauses import (
    SAME_AS,
    TYPE,
    Atom,
    Clause,
    Closure,
    NotCompiled,
    Part,
    is_noise,
    order,
    settle,
    unfold,
)
from sco_graph.rules.rule import (
    ENTAILS,
    INTO,
    OVER,
    STATES,
    SWEEPS,
    Rule,
    conditions,
    pattern,
    term,
    values,
)

_TEXTS = named("rdfs:Literal")

_EQUALITY = {
    "the same, the other way round": (
        "?y owl:sameAs ?x",
        "?x owl:sameAs ?y . FILTER (!ISLITERAL(?y))",
    ),
    "the same as the same": (
        "?x owl:sameAs ?z",
        "?x owl:sameAs ?y . ?y owl:sameAs ?z . FILTER (?x != ?z && !ISLITERAL(?z))",
    ),
    "what one says, the same says": (
        "?y ?p ?o",
        """?x owl:sameAs ?y . ?x ?p ?o .
FILTER (?p != owl:sameAs && !ISLITERAL(?y))
FILTER (?o NOT IN (owl:Thing, owl:NamedIndividual, rdfs:Resource))""",
    ),
    "what is said of one, is said of the same": (
        "?s ?p ?y",
        "?x owl:sameAs ?y . ?s ?p ?x . FILTER (?p != owl:sameAs && !ISLITERAL(?y))",
    ),
    "what one links, the same links": (
        "?s ?q ?o",
        "?p owl:sameAs ?q . ?s ?p ?o . FILTER (ISIRI(?q))",
    ),
}
"""The rules eq-sym, eq-trans and eq-rep-s, -o and -p of OWL 2 RL."""


def compile(  # noqa: A001 - as asked
    ontology: Iterable[Fact], same: bool = False, *, sets: bool = False
) -> list[Rule]:
    """Return the rules of an ontology, strata in order.

    What holds of things that are one is compiled where an axiom can make two things one, or
    where `same` says that the data does. NotCompiled names an axiom that has no rule. `sets` is
    for an engine that joins sets faster than it looks up a thing, as the embedded one on disk.
    """
    read = axioms.read(ontology)
    clauses = unfold(read.clauses)
    clauses = [c for c in clauses if not _is_about_texts(c, read.datatypes)]
    closure, rest = settle([clause for clause in clauses if clause.head])
    wrong = [closure.trimmed(clause) for clause in clauses if not clause.head]
    return _Compiler(read, closure, rest).rules(wrong, same, sets)


def _is_about_texts(clause: Clause, datatypes: set[Term]) -> bool:
    """Whether a clause only says of texts what they are; NotCompiled where it says more."""
    for atom in clause.body:
        kind = atom.object
        texts = kind == _TEXTS or kind in datatypes or term(kind).startswith("xsd:")
        if atom.predicate == TYPE and texts:
            head = clause.head
            if head is None or (head.predicate == TYPE and is_noise(head.object, datatypes)):
                return True
            raise NotCompiled(clause.axiom, term(kind), "the members of a datatype are texts")
    return False


class _Compiler:
    """Makes rules of what follows from one premise, and of the clauses that have more."""

    def __init__(self, read: axioms.Axioms, closure: Closure, clauses: list[Clause]) -> None:
        self.read = read
        self.closure = closure
        self.clauses = clauses
        self.plain = [clause for found in closure.clauses.values() for clause in found]
        links = {c.body[0].predicate for c in self.plain if c.body[0].predicate != TYPE}
        self.links = [Atom("?s", link, "?o") for link in sorted(links, key=term)]
        kinds = {c.body[0].object for c in self.plain if c.body[0].predicate == TYPE}
        self.kinds = [Atom("?s", TYPE, kind) for kind in sorted(kinds, key=term)]

    def rules(self, wrong: list[Clause], same: bool, sets: bool) -> list[Rule]:
        """Return all rules."""
        found = [*self.sets(), *self.joins(3)]
        last = max([2, *(rule.stratum for rule in found)])
        same |= any("owl:sameAs" in f"{rule.head} {rule.where}" for rule in found)
        same |= any(fact.predicate == SAME_AS for fact in self.read.individuals)
        if same:
            found += [
                Rule(name, "", last + 1, ENTAILS, head, where, True, feeds_all=True, terms=None)
                for name, (head, where) in _EQUALITY.items()
            ]
        joined = [(clause, self.heads(clause)) for clause in self.clauses]
        said = self.individuals([*self.clauses, *wrong], same)
        if said:
            axiom = "What the ontology states of individuals; taken away at the end."
            lines = "\n".join(sorted(f"  {pattern(atom)} ." for atom in said))
            found.insert(0, Rule("individuals", axiom, 0, STATES, lines, ""))
        return [
            *found,
            *contradictions.of_all(last + 2),
            *contradictions.of_texts(last + 2, self.links, self.closure, joined),
            *contradictions.of_clauses(last + 2, wrong, self.read.different, sets),
            *self.sweeps(last + 3, said),
        ]

    def individuals(self, clauses: Iterable[Clause], same: bool) -> list[Atom]:
        """Return what the ontology states of individuals and a clause could need."""

        def use(atom: Atom) -> tuple[Part, Part]:
            return atom.predicate, atom.object if atom.predicate == TYPE else ""

        needed = {use(atom) for atom in (*self.kinds, *self.links)}
        needed |= {use(atom) for clause in clauses for atom in clause.body}
        said = [Atom(*fact[:3]) for fact in self.read.individuals]
        return [atom for atom in said if same or use(atom) in needed]

    def sweeps(self, stratum: int, said: Iterable[Atom]) -> Iterator[Rule]:
        """Yield the rules that take away what says nothing new about a thing of the data."""
        there = f"GRAPH {INTO} {{ ?s ?p ?o }}"
        strangers = f"""{there}
FILTER NOT EXISTS {{
  {OVER}
}}"""
        heads = [clause.head for clause in (*self.plain, *self.clauses) if clause.head]
        ends = {
            end
            for atom in (*heads, *said)
            for end in (atom.subject, *([atom.object] if atom.predicate != TYPE else []))
            if isinstance(end, ox.NamedNode)
        }
        terms = set(self.read.terms)
        for name, axiom, subjects, where, swept in (
            (
                "terms",
                "What follows of the terms of the ontology is not kept.",
                terms,
                there,
                frozenset(terms),
            ),
            (
                "strangers",
                "Nor what follows of things that only it names.",
                ends - terms,
                strangers,
                None,
            ),
        ):
            if subjects:
                table = values(["?s"], [[subject] for subject in subjects])
                body = f"{table}\n{where}"
                yield Rule(name, axiom, stratum, SWEEPS, "?s ?p ?o", body, terms=swept)
        nameless = f"{there}\nFILTER (ISBLANK(?o) && ?p != owl:sameAs)"
        axiom = "Nor what leads to a thing without a name."
        yield Rule("nameless", axiom, stratum, SWEEPS, "?s ?p ?o", nameless)

    # From one premise

    def sets(self) -> Iterator[Rule]:
        """Yield one rule for each shape that a premise and what follows from it can have."""
        rows: dict[str, list[tuple[Part, Part]]] = defaultdict(list)
        types: dict[str, list[tuple[Part, Part]]] = defaultdict(list)
        for atom in self.links:
            for found in sorted(self.closure.of(atom), key=str):
                if (found.subject, found.object) == ("?s", "?o") and found != atom:
                    rows["properties"].append((atom.predicate, found.predicate))
                elif (found.subject, found.object) == ("?o", "?s"):
                    rows["inverses"].append((atom.predicate, found.predicate))
            for name, end in (("domains", "?s"), ("ranges", "?o")):
                found_kinds = self.kinds_of(end, self.closure.of(atom))
                kinds = self.narrowest(found_kinds)
                rows[name] += [(atom.predicate, kind) for kind in kinds]
                types[name] += [(atom.predicate, kind) for kind in self.telling(found_kinds)]
        for atom in self.kinds:
            above = {found.object for found in self.closure.of(atom)} - {atom.object}
            rows["classes"] += [(atom.object, kind) for kind in self.telling(above)]
        thing = "FILTER (!ISLITERAL(?o))"
        # Types go first: whether a thing that many lead to has one is dear to ask when much
        # is said of it, and asked once of each.
        for name, head, (one, other), where in (
            ("domains", "?s a ?c", ("?p", "?c"), "?s ?p ?o ."),
            ("ranges", "?o a ?c", ("?p", "?c"), f"?s ?p ?o .\n{thing}"),
            ("properties", "?s ?q ?o", ("?p", "?q"), "?s ?p ?o ."),
            ("inverses", "?o ?q ?s", ("?p", "?q"), f"?s ?p ?o .\n{thing}"),
            ("classes", "?s a ?d", ("?c", "?d"), "?s a ?c ."),
        ):
            if rows[name]:
                table = values([one, other], rows[name])
                if name == "ranges":
                    table = f"{{ SELECT DISTINCT ?o ?c WHERE {{\n{table}"
                    where += "\n} }"
                said = sorted({c.axiom for c in self.plain if _shape(c) == name})
                number = 2 if name == "classes" else 1
                body, pairs = f"{table}\n{where}", tuple(types[name] or rows[name])
                yield Rule(name, "\n".join(said), number, ENTAILS, head, body, rows=pairs)

    def kinds_of(self, end: str, found: set[Atom]) -> set[Part]:
        """Return the classes that one end of a premise is said to be of."""
        return {atom.object for atom in found if (atom.subject, atom.predicate) == (end, TYPE)}

    def telling(self, kinds: Iterable[Part]) -> list[Part]:
        """Return the classes that say something of a thing, in order."""
        return sorted((k for k in kinds if not is_noise(k, self.read.datatypes)), key=term)

    def narrowest(self, kinds: set[Part]) -> list[Part]:
        """Return the classes of a set without those that follow from others of it."""
        kept: list[Part] = []
        for kind in sorted(kinds, key=term):
            if not is_noise(kind, self.read.datatypes):
                below = [other for other in kinds - {kind} if self.is_below(other, kind)]
                same = [other for other in below if self.is_below(kind, other)]
                below = [other for other in below if not is_noise(other, self.read.datatypes)]
                if set(below) <= set(same) and not set(same) & set(kept):
                    kept.append(kind)
        return kept

    def is_below(self, narrow: Part, broad: Part) -> bool:
        """Whether all things of a class are of another."""
        return Atom("?s", TYPE, broad) in self.closure.of(Atom("?s", TYPE, narrow))

    # From several

    def heads(self, clause: Clause) -> set[Atom]:
        """Return all that a clause concludes beyond what its premises say by themselves."""
        if clause.head is None:
            return set()
        known = {found for atom in clause.body for found in self.closure.of(atom)}
        datatypes = self.read.datatypes
        return {
            atom
            for atom in self.closure.of(clause.head) - known
            if not (atom.predicate == TYPE and is_noise(atom.object, datatypes))
        }

    def joins(self, stratum: int) -> Iterator[Rule]:
        """Yield the rules of clauses with several premises, or with one about a certain thing."""
        concluded = [self.heads(clause) for clause in self.clauses]
        for number, group in enumerate(order(self.clauses, concluded), stratum):
            members = [self.clauses[place] for place in group]
            premises = [atom for clause in members for atom in clause.body]
            heads = [atom for place in group for atom in concluded[place]]
            recursive = any(head.fits(atom) for head in heads for atom in premises)
            for clause in members:
                yield from self.join(clause, number, recursive)

    def join(self, clause: Clause, stratum: int, recursive: bool) -> Iterator[Rule]:
        """Yield a rule for each shape of what one clause concludes."""
        if not clause.head:
            return
        shapes: dict[tuple[Part, Part | None], list[Atom]] = defaultdict(list)
        for atom in sorted(self.heads(clause), key=str):
            shapes[atom.subject, None if atom.predicate == TYPE else atom.object].append(atom)
        of = clause.head.object if clause.head.predicate == TYPE else clause.head.predicate
        for (_, value), atoms in shapes.items():
            head, table = pattern(atoms[0]), ""
            if len(atoms) > 1:
                place, name = (2, "?c") if value is None else (1, "?q")
                parts = (name if n == place else part for n, part in enumerate(atoms[0]))
                head = pattern(Atom(*parts))
                table = "\n" + values([name], [[atom[place]] for atom in atoms])
            where = conditions(clause, things(clause, atoms[0])) + table
            title = f"{clause.name} {term(of)}"
            spoken = frozenset(
                atom.object if atom.predicate == TYPE else atom.predicate
                for atom in (*clause.body, *atoms)
            )
            yield Rule(title, clause.axiom, stratum, ENTAILS, head, where, recursive, terms=spoken)


def things(clause: Clause, head: Atom) -> list[str]:
    """Return the variables that a conclusion needs to be things, and premises let be texts."""
    wanted = [head.subject, *([head.object] if head.predicate == SAME_AS else [])]
    subjects = {atom.subject for atom in clause.body}
    return [part for part in wanted if isinstance(part, str) and part not in subjects]


def _shape(clause: Clause) -> str:
    """Return the name of the set that a clause with one premise belongs to."""
    [premise], head = clause.body, clause.head
    if head is None or premise.predicate == TYPE:
        return "classes"
    if head.predicate == TYPE:
        return "domains" if head.subject == premise.subject else "ranges"
    return "properties" if head.subject == premise.subject else "inverses"
