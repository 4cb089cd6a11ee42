"""What can be said of one node without counting: expressions that are true where it conforms.

An expression here never raises an error: it is true or false of every term, so that it can be
negated. What takes counting (two values or more) has none; `faults` makes sets of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pyoxigraph as ox

from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Term
from sco_graph.shacl import glance
from sco_graph.shacl.classes import Below
from sco_graph.shacl.datatypes import has_datatype, of_datatype
from sco_graph.shacl.model import RDF, RDFS, Part, Shape
from sco_graph.shacl.paths import Path

OF_VALUES = {
    *("Class", "Datatype", "NodeKind", "MinExclusive", "MinInclusive", "MaxExclusive"),
    *("MaxInclusive", "MinLength", "MaxLength", "Pattern", "LanguageIn", "In", "Disjoint"),
    *("Not", "And", "Or", "Xone", "Node", "Property", "Closed"),
}
"""The components that judge each value node by itself."""

_BOUNDS = {"MinExclusive": ">", "MinInclusive": ">=", "MaxExclusive": "<", "MaxInclusive": "<="}
_FEW = 3
"""How many values are told apart one by one; more are counted."""
COMPARED = {"LessThan": "<", "LessThanOrEquals": "<="}
_KINDS = {
    "IRI": "isIRI({0})",
    "BlankNode": "isBlank({0})",
    "Literal": "isLiteral({0})",
    "BlankNodeOrIRI": "(isIRI({0}) || isBlank({0}))",
    "BlankNodeOrLiteral": "(isBlank({0}) || isLiteral({0}))",
    "IRIOrLiteral": "(isIRI({0}) || isLiteral({0}))",
}


class Names:
    """Variables that no other part of a query uses, and the classes that are known by name.

    With `sets`, what can be is written as joins of sets, not as a look-up for each node.
    """

    def __init__(self, below: Below | None = None, *, sets: bool = False) -> None:
        self.below, self.sets = below or {}, sets
        self._count = 0

    def new(self) -> str:
        """Return a new variable."""
        self._count += 1
        return f"?v{self._count}"

    def instances(self, node: str, kinds: Sequence[Term]) -> str:
        """Return the pattern that binds a node to the instances of classes."""
        if all(kind in self.below for kind in kinds):
            step, kinds = f"<{RDF}type>", [*kinds, *(n for k in kinds for n in self.below[k])]
        else:
            step = f"<{RDF}type>/<{RDFS}subClassOf>*"
        if len(kinds) == 1:
            return f"{node} {step} {kinds[0]} ."
        kind = self.new()
        named = " ".join(str(one) for one in dict.fromkeys(kinds))
        return f"VALUES {kind} {{ {named} }} {node} {step} {kind} ."

    def is_instance(self, node: str, of: Term) -> str:
        """Return an expression that says whether a node is an instance of a class."""
        kind = self.new()
        itself = f"EXISTS {{ {node} <{RDF}type> {of} }}"
        if of not in self.below:  # no zero-length path: some engines lose it inside EXISTS
            above = f"FILTER EXISTS {{ {kind} <{RDFS}subClassOf>+ {of} }}"
        elif known := self.below[of]:
            above = f"FILTER({kind} IN ({', '.join(map(str, known))}))"
        else:
            return itself
        return f"({itself} || EXISTS {{ {node} <{RDF}type> {kind} {above} }})"


def conforms(shape: Shape, node: str, names: Names) -> str | None:
    """Return an expression that says whether a node conforms, or None where that takes counting."""
    return _all(condition(shape, part, node, names) for part in shape.parts)


def condition(shape: Shape, part: Part, node: str, names: Names) -> str | None:
    """Return what a constraint of a shape demands of a focus node, or None."""
    if part.component not in OF_VALUES:
        return _of_focus(shape, part, node, names)
    if shape.path is None:
        return value_condition(part, node, node, names)
    if value_condition(part, node, "?value", Names()) is None:
        return None
    return _every(shape.path, node, lambda v: value_condition(part, node, v, names) or "", names)


def value_condition(part: Part, focus: str, value: str, names: Names) -> str | None:
    """Return what a constraint demands of one value node, or None where that takes counting."""
    component, v = part.component, value
    term = part.terms[0] if part.terms else None
    if names.sets and (once := glance.test(part, v)):
        return once
    if component == "Class":
        return names.is_instance(v, part.terms[0])
    if component == "Datatype":
        return _datatype(str(part.terms[0].value), v)
    if component == "NodeKind":
        return _KINDS[part.terms[0].value.rpartition("#")[2]].format(v)
    if component in _BOUNDS:
        return within(v, _BOUNDS[component], str(term))
    if component == "MinLength":
        return f"(!isBlank({v}) && STRLEN(STR({v})) >= {part.number})"
    if component == "MaxLength":
        return f"(!isBlank({v}) && STRLEN(STR({v})) <= {part.number})"
    if component == "Pattern":
        return f"(!isBlank({v}) && {_matches(part, v)})"
    if component == "LanguageIn":
        return _languages(part, v)
    if component == "In":
        return _in(part.terms, v)
    if component == "Disjoint":
        return f"NOT EXISTS {{ {focus} {term} {v} }}"
    if component == "Closed":
        predicate = names.new()
        return f"NOT EXISTS {{ {v} {predicate} {names.new()} {not_among(part, predicate)} }}"
    inner = [conforms(shape, v, names) for shape in part.shapes]
    return _logic(component, inner)


def _logic(component: str, inner: list[str | None]) -> str | None:
    known = [text for text in inner if text is not None]
    if len(known) < len(inner):
        return None
    if component == "Not":
        return negated(known[0])
    if component == "Or":
        return f"({' || '.join(known)})" if known else "false"
    if component == "Xone":
        # Not a sum of IFs: Virtuoso takes no condition of more than one part in an IF.
        alone = [
            _all([text, *(negated(other) for m, other in enumerate(known) if m != n)]) or ""
            for n, text in enumerate(known)
        ]
        return f"({' || '.join(alone)})" if alone else "false"
    return _all(known)


def _of_focus(shape: Shape, part: Part, node: str, names: Names) -> str | None:
    """Return what a constraint demands that judges the value nodes together, or None."""
    component, path = part.component, shape.path
    if component == "HasValue":
        return some(path, node, lambda v: same(v, part.terms[0]), names)
    if component == "Equals":
        return _equals(path, part, node, names)
    if component in COMPARED and path is not None:
        greater = names.new()

        def _all_less(v: str) -> str:
            against = f"{node} {part.terms[0]} {greater}"
            less = within(v, COMPARED[component], greater)
            return f"NOT EXISTS {{ {against} {keep(negated(less))} }}"

        return _every(path, node, _all_less, names)
    if component == "MinCount" and part.number < 2:
        return some(path, node, lambda _: "true", names) if part.number else "true"
    if component == "MaxCount" and part.number == 0:
        return negated(some(path, node, lambda _: "true", names))
    if component in ("MinCount", "MaxCount") and path and _is_of_steps(path):
        least = part.number + (component == "MaxCount")
        if least <= _FEW:
            enough = _at_least(path, node, least, (), names)
            return enough if component == "MinCount" else f"NOT {enough}"
    if component == "QualifiedMinCount" and part.number == 0:
        return "true"
    if (component, part.number if part.terms else 0) in (
        ("QualifiedMinCount", 1),
        ("QualifiedMaxCount", 0),
    ):
        if qualified(part, "?value", Names()) is None:
            return None
        found = some(path, node, lambda v: qualified(part, v, names) or "", names)
        return found if component == "QualifiedMinCount" else negated(found)
    return None


def _is_of_steps(path: Path) -> bool:
    """Say whether a path is a predicate, or some one after the other."""
    return path.kind == "predicate" or (
        path.kind == "sequence" and all(part.kind == "predicate" for part in path.parts)
    )


def _at_least(path: Path, node: str, number: int, known: tuple[str, ...], names: Names) -> str:
    """Say that a path leads to as many values as told, and those that are known."""

    def _another(value: str) -> str:
        tests = [f"!sameTerm({one}, {value})" for one in known]
        if number > 1:
            tests.append(_at_least(path, node, number - 1, (*known, value), names))
        return _all(tests) or "true"

    return exists(path, node, _another, names)


def _equals(path: Path | None, part: Part, node: str, names: Names) -> str:
    other, term = names.new(), part.terms[0]
    there = _every(path, node, lambda v: f"EXISTS {{ {node} {term} {v} }}", names)
    among = some(path, node, lambda v: f"sameTerm({v}, {other})", names)
    return f"({there} && NOT EXISTS {{ {node} {term} {other} {keep(negated(among))} }})"


def qualified(part: Part, value: str, names: Names) -> str | None:
    """Return whether a value counts: it conforms to the shape asked for, to no sibling of it."""
    first, *siblings = (conforms(shape, value, names) for shape in part.shapes)
    return _all([first, *(None if text is None else negated(text) for text in siblings)])


def negated(test: str) -> str:
    """Return the contrary of an expression."""
    if test.startswith("NOT EXISTS ") and test.endswith("}"):
        return test.removeprefix("NOT ")
    if test.startswith("EXISTS ") and test.endswith("}"):
        return f"NOT {test}"
    bare = test.startswith(("isIRI(", "isBlank(", "isLiteral(", "sameTerm(", "COALESCE(", "("))
    return f"!{test}" if bare else f"!({test})"


def keep(test: str) -> str:
    """Return the FILTER that keeps what passes a test."""
    if test == "true":
        return ""
    return f"FILTER {test}" if test.startswith(("EXISTS ", "NOT EXISTS ")) else f"FILTER({test})"


def exists(path: Path, node: str, test: Callable[[str], str], names: Names) -> str:
    """Say that a path of one step or more leads from a node to something that passes a test.

    Step by step, one EXISTS in another: of two patterns in one, engines may join all that there
    is before they look at the node, again for each node.
    """
    value = names.new()
    if path.kind != "sequence":
        return f"EXISTS {{ {node} {path.sparql} {value} {keep(test(value))} }}"
    first, *others = path.parts
    rest = Path("sequence", parts=tuple(others)) if len(others) > 1 else others[0]
    inner = exists(rest, value, test, names)
    return f"EXISTS {{ {node} {first.step} {value} {keep(inner)} }}"


def _every(path: Path | None, node: str, test: Callable[[str], str], names: Names) -> str:
    """Say that a test holds of all values; a path of no step leads to the node itself."""
    if path is None:
        return test(node)
    steps = f"NOT {exists(path, node, lambda v: negated(test(v)), names)}"
    return f"({steps} && {test(node)})" if path.nullable else steps


def some(path: Path | None, node: str, test: Callable[[str], str], names: Names) -> str:
    """Say that a test holds of a value; a path of no step leads to the node itself."""
    if path is None:
        return test(node)
    steps = exists(path, node, test, names)
    return f"({steps} || {test(node)})" if path.nullable else steps


def _all(texts: Iterable[str | None]) -> str | None:
    found = []
    for text in texts:
        if text is None:
            return None
        if text != "true":
            found.append(text)
    # The short ones first: what is asked of a node ends with the first that fails.
    found.sort(key=len)
    return f"({' && '.join(found)})" if len(found) > 1 else (found or ["true"])[0]


def within(value: str, sign: str, other: str) -> str:
    """Say that a value stands in an order with another; some engines order all there is."""
    kinds = (f'REPLACE(STR(DATATYPE({one})), "Stamp$", "")' for one in (value, other))
    comparable = f"IF(isNumeric({value}), isNumeric({other}), {' = '.join(kinds)})"
    return f"COALESCE({comparable} && {value} {sign} {other}, false)"


def _datatype(datatype: str, v: str) -> str:
    if datatype == RDF + "langString":
        return f'(isLiteral({v}) && LANG({v}) != "")'
    return of_datatype(datatype, v)


def _languages(part: Part, v: str) -> str:
    ranges = (f"LANGMATCHES(LANG({v}), {_quoted(term)})" for term in part.terms)
    return f'(isLiteral({v}) && LANG({v}) != "" && ({" || ".join(ranges) or "false"}))'


def _in(terms: tuple[Term, ...], v: str) -> str:
    """`IN` compares values: that is right of IRIs only."""
    iris = [str(term) for term in terms if isinstance(term, ox.NamedNode)]
    tests = [same(v, term) for term in terms if not isinstance(term, ox.NamedNode)]
    if iris:
        tests.insert(0, f"(isIRI({v}) && {v} IN ({', '.join(iris)}))")
    return f"({' || '.join(tests)})" if tests else "false"


def same(value: str, term: Term) -> str:
    """Say that a variable holds a term; engines keep a language tag in the case of their own."""
    if isinstance(term, ox.Literal) and term.language:
        text, tag = _text(term), term.language.lower()
        parts = f'STR({value}) = {text} && LCASE(LANG({value})) = "{tag}"'
        return f"(isLiteral({value}) && {parts})"
    if isinstance(term, ox.Literal):
        plain = term.datatype.value == PREFIXES["xsd"] + "string"
        # An engine may write a number its own way.
        text = _text(term) if plain else f"STR({term})"
        return f"({has_datatype(term.datatype.value, value)} && STR({value}) = {text})"
    return f"sameTerm({value}, {term})"


def not_among(part: Part, predicate: str) -> str:
    """Return the FILTER that leaves the predicates which a closed shape does not allow."""
    if not part.terms:
        return ""
    return f"FILTER({predicate} NOT IN ({', '.join(map(str, part.terms))}))"


def _matches(part: Part, v: str) -> str:
    """Say that a node's text has a pattern in it.

    Virtuoso compares bytes in what `STR` gives, characters in what `SUBSTR` gives; without a
    sign that it knows for one, it takes a pattern for plain text: an empty group is such a sign.
    """
    pattern, flags = glance.pattern(part)
    if "x" not in flags and not set(pattern) & set(".[(*+?\\"):
        pattern += "()"
    texts = (str(ox.Literal(text)) for text in (pattern, flags) if text)
    return f"REGEX(SUBSTR(STR({v}), 1), {', '.join(texts)})"


def _text(term: ox.Literal) -> str:
    """Return the text of a literal for what STR gives to be compared with.

    Beyond ASCII, Virtuoso finds it equal to what comes of STR alone, from a tagged literal.
    """
    return _quoted(term) if term.value.isascii() else f"STR({_quoted(term)}@en)"


def _quoted(term: Term) -> str:
    """Return the text of a literal as a plain string of SPARQL."""
    return str(ox.Literal(str(term.value)))
