"""Read shapes from the triples of a shapes graph, and refuse by name what has no query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Term
from sco_graph.shacl import written
from sco_graph.shacl.graph import ShapesGraph, shown
from sco_graph.shacl.model import RDFS, SH, TYPE, Part, Shape, Sparql, Target
from sco_graph.shacl.paths import Path, read_path
from sco_graph.shacl.refusal import NotCompiled

_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_TRUE = ox.Literal("true", datatype=ox.NamedNode(PREFIXES["xsd"] + "boolean"))
_CLASS = ox.NamedNode(RDFS + "Class")

_SAID = {
    *("name", "description", "order", "group", "defaultValue", "message", "severity"),
    *("deactivated", "path", "flags", "ignoredProperties", "qualifiedValueShape"),
    *("qualifiedValueShapesDisjoint", "declare", "prefixes", "shapesGraph", *_TARGETS),
}
"""What is said of a shape and makes no constraint by itself."""

_REFUSED = {
    "js": "write it as sh:sparql",
    "jsFunction": "write it as sh:sparql",
    "target": "name the focus nodes by sh:targetClass, sh:targetNode or a property",
    "rule": "run rules before validating, and leave sh:rule out of the shapes",
    "expression": "write it as sh:sparql",
    "values": "write the values into the data",
    "entailment": "reason first, and validate what was inferred with the data",
}

_TERM_EACH = {  # each value is a constraint of its own
    "class": "Class",
    "hasValue": "HasValue",
    "equals": "Equals",
    "disjoint": "Disjoint",
    "lessThan": "LessThan",
    "lessThanOrEquals": "LessThanOrEquals",
}
_TERM_ONE = {
    "datatype": "Datatype",
    "nodeKind": "NodeKind",
    **{f"{m}{n}": f"{m.title()}{n}" for m in ("min", "max") for n in ("Inclusive", "Exclusive")},
}
_NUMBER = {f"{m}{n}": f"{m.title()}{n}" for m in ("min", "max") for n in ("Count", "Length")}
_SHAPE_EACH = {"node": "Node", "property": "Property", "not": "Not"}
_SHAPE_LIST = {"and": "And", "or": "Or", "xone": "Xone"}
_IRI_ONLY = {"class", "datatype", "equals", "disjoint", "lessThan", "lessThanOrEquals", "nodeKind"}
_OF_PATHS = {
    *("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"),
}
"""What only a property shape can have."""


def read(triples: Iterable[ox.Triple]) -> list[Shape]:
    """Return the shapes that have targets, with all that they name; the deactivated are left out.

    Raises NotCompiled, which says what to do, where a shape cannot become a query.
    """
    return list(_Reader(ShapesGraph(triples)).roots())


class _Reader:
    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self.known: dict[Term, Shape] = {}
        self.open: list[Term] = []
        self.custom = {
            path.value: shown(component)
            for component, parameter in graph.uses(SH + "parameter")
            for path in graph.objects(parameter, SH + "path")
        }

    def roots(self) -> Iterator[Shape]:
        for wanting, _ in self.graph.uses(SH + "entailment"):
            raise NotCompiled(shown(wanting), "sh:entailment", _REFUSED["entailment"])
        found: dict[Term, str] = {}
        for kind in (*_TARGETS, "target"):
            for node, term in self.graph.uses(SH + kind):
                found.setdefault(node, f"[ sh:{kind} {shown(term)} ]")
        for node, type_ in self.graph.uses(TYPE.value):
            declared = type_ in (ox.NamedNode(SH + "NodeShape"), ox.NamedNode(SH + "PropertyShape"))
            if declared and self._is_class(node):
                found.setdefault(node, shown(node))
        used: Counter[str] = Counter()
        for node in sorted(found, key=str):
            if self._is(node, "deactivated"):
                continue
            label = shown(node) if isinstance(node, ox.NamedNode) else found[node]
            used[label] += 1  # shapes without a name can have the same target
            yield self.shape(node, label if used[label] == 1 else f"{label} {used[label]}")

    def _is_class(self, node: Term) -> bool:
        kinds = self.graph.objects(node, TYPE.value)
        return any(_CLASS in self.graph.above(kind) for kind in kinds)

    def _is(self, node: Term, name: str) -> bool:
        return self.graph.has(node, SH + name, _TRUE)

    def shape(self, node: Term, label: str) -> Shape:
        """Read a shape; a blank one is called after the shape that names it."""
        if node in self.known:
            return self.known[node]
        label = shown(node) if isinstance(node, ox.NamedNode) else label
        if node in self.open:
            raise NotCompiled(label, "a shape that needs itself", "unroll it, or use a path")
        if isinstance(node, ox.Literal):
            raise NotCompiled(label, f"the shape {node}", "name a shape by its IRI")
        self.open.append(node)
        found = self._shape(node, label)
        self.open.pop()
        self.known[node] = found
        return found

    def _shape(self, node: Term, label: str) -> Shape:
        path = self._path(node, label)
        if path is not None and isinstance(node, ox.BlankNode):
            label = f"{label} / {path.shown}"
        parts: list[Part] = []
        targets: tuple[Target, ...] = ()
        if not self._is(node, "deactivated"):
            for predicate in self.graph.predicates(node):
                parts += self._parts(node, label, predicate, path)
            targets = tuple(self._targets(node, label))
        severity = self._one(node, "severity", label)
        return Shape(
            node,
            label,
            path,
            targets,
            tuple(parts),
            severity.value if isinstance(severity, ox.NamedNode) else SH + "Violation",
            self._messages(node),
        )

    def _path(self, node: Term, label: str) -> Path | None:
        value = self._one(node, "path", label)
        if value is None and self.graph.has(node, TYPE.value, ox.NamedNode(SH + "PropertyShape")):
            raise NotCompiled(label, "a property shape without sh:path", "give it one")
        return None if value is None else read_path(self.graph, value, label)

    def _one(self, node: Term, name: str, label: str) -> Term | None:
        values = self.graph.objects(node, SH + name)
        if len(values) > 1:
            raise NotCompiled(label, f"more than one sh:{name}", "leave one")
        return values[0] if values else None

    def _messages(self, node: Term) -> tuple[ox.Literal, ...]:
        values = self.graph.objects(node, SH + "message")
        return tuple(value for value in values if isinstance(value, ox.Literal))

    def _targets(self, node: Term, label: str) -> Iterator[Target]:
        for kind in _TARGETS:
            for term in self.graph.objects(node, SH + kind):
                if isinstance(term, ox.BlankNode):
                    advice = "give the node an IRI: no query can name a blank node"
                    raise NotCompiled(label, f"a blank node as sh:{kind}", advice)
                if isinstance(term, ox.Literal) and kind != "targetNode":
                    raise NotCompiled(label, f"the literal {term} as sh:{kind}", "name an IRI")
                yield Target(kind, term)
        if self._is_class(node) and isinstance(node, ox.NamedNode):
            yield Target("targetClass", node)

    def _parts(self, node: Term, label: str, predicate: str, path: Path | None) -> Iterator[Part]:
        """Yield the constraints that come of one property of a shape."""
        if predicate in self.custom:
            advice = "write what it asks for as sh:sparql"
            construct = f"the constraint component {self.custom[predicate]}"
            raise NotCompiled(label, construct, advice)
        name = predicate.removeprefix(SH)
        if name == predicate or name in _SAID:
            return
        if name in _OF_PATHS and path is None:
            raise NotCompiled(label, f"sh:{name} on a node shape", "put it on a property shape")
        values = self.graph.objects(node, predicate)
        if name in _IRI_ONLY and not all(isinstance(v, ox.NamedNode) for v in values):
            raise NotCompiled(label, f"sh:{name} with no IRI", "name an IRI")
        if name in _TERM_EACH:
            yield from (Part(_TERM_EACH[name], (self._nameable(v, label, name),)) for v in values)
        elif name in _SHAPE_EACH:
            for value in values:
                yield Part(_SHAPE_EACH[name], shapes=(self._named(value, label, name),))
        elif name in _SHAPE_LIST:
            for value in values:
                members = self.graph.list(value, label, f"sh:{name}")
                shapes = tuple(self._named(m, label, f"{name} {n}") for n, m in _counted(members))
                yield Part(_SHAPE_LIST[name], shapes=shapes)
        elif name == "sparql":
            for value in values:
                if not self._is(value, "deactivated"):
                    sparql = self._sparql(value, label)
                    written.check(sparql, label, path)
                    yield Part("SPARQL", sparql=sparql)
        elif name in _SINGLE:
            if (single := self._one(node, name, label)) is not None:
                yield from _SINGLE[name](self, node, label, name, single)
        else:
            advice = _REFUSED.get(name, "it is not in SHACL Core; leave it out")
            raise NotCompiled(label, f"sh:{name}", advice)

    def _named(self, node: Term, label: str, name: str) -> Shape:
        found = self.shape(node, f"{label} / sh:{name}")
        if name == "property" and found.path is None:
            raise NotCompiled(found.label, "a property shape without sh:path", "give it one")
        return found

    def _nameable(self, term: Term, label: str, name: str) -> Term:
        if isinstance(term, ox.BlankNode):
            advice = "give the node an IRI: no query can name a blank node"
            raise NotCompiled(label, f"a blank node as sh:{name}", advice)
        return term

    def _term(self, _: Term, label: str, name: str, value: Term) -> Iterator[Part]:
        yield Part(_TERM_ONE[name], (self._nameable(value, label, name),))

    def _number(self, node: Term, label: str, name: str, value: Term) -> Iterator[Part]:
        if not isinstance(value, ox.Literal) or not value.value.lstrip("+").isdigit():
            raise NotCompiled(label, f"sh:{name} '{value.value}'", "give a number of 0 or more")
        if not name.startswith("qualified"):
            yield Part(_NUMBER[name], (value,))
            return
        inner = self._one(node, "qualifiedValueShape", label)
        if inner is None:
            return  # a component that lacks a parameter demands nothing
        shapes = [self._named(inner, label, "qualifiedValueShape")]
        if self._is(node, "qualifiedValueShapesDisjoint"):
            siblings = {
                sibling
                for parent, child in self.graph.uses(SH + "property")
                if child == node
                for other in self.graph.objects(parent, SH + "property")
                for sibling in self.graph.objects(other, SH + "qualifiedValueShape")
            }
            others = sorted(siblings - {inner}, key=str)
            shapes += [self._named(other, label, "qualifiedValueShape") for other in others]
        yield Part(f"{name[0].upper()}{name[1:]}", (value,), tuple(shapes))

    def _members(self, _: Term, label: str, name: str, value: Term) -> Iterator[Part]:
        members = self.graph.list(value, label, f"sh:{name}")
        component = "In" if name == "in" else "LanguageIn"
        yield Part(component, tuple(self._nameable(m, label, name) for m in members))

    def _pattern(self, node: Term, label: str, _: str, value: Term) -> Iterator[Part]:
        flags = self._one(node, "flags", label)
        yield Part("Pattern", (value,) if flags is None else (value, flags))

    def _truth(self, node: Term, label: str, name: str, value: Term) -> Iterator[Part]:
        if value != _TRUE:
            return
        if name == "uniqueLang":
            yield Part("UniqueLang")
            return
        allowed = set()
        ignored = self._one(node, "ignoredProperties", label)
        if ignored is not None:
            allowed = set(self.graph.list(ignored, label, "sh:ignoredProperties"))
        for shape in self.graph.objects(node, SH + "property"):
            allowed |= set(self.graph.objects(shape, SH + "path"))
        yield Part(
            "Closed", tuple(sorted((a for a in allowed if isinstance(a, ox.NamedNode)), key=str))
        )

    def _sparql(self, node: Term, label: str) -> Sparql:
        text = self._one(node, "select", label)
        if not isinstance(text, ox.Literal):
            raise NotCompiled(label, "sh:sparql without sh:select", "write a SELECT")
        declared: dict[str, str] = {}
        waiting, seen = list(self.graph.objects(node, SH + "prefixes")), set()
        while waiting:
            source = waiting.pop()
            if source in seen:
                continue
            seen.add(source)
            waiting += self.graph.objects(source, PREFIXES["owl"] + "imports")
            for line in self.graph.objects(source, SH + "declare"):
                for prefix in self.graph.objects(line, SH + "prefix"):
                    for namespace in self.graph.objects(line, SH + "namespace"):
                        declared[prefix.value] = namespace.value
        return Sparql(node, text.value, tuple(sorted(declared.items())), self._messages(node))


def _counted(members: list[Term]) -> Iterator[tuple[int, Term]]:
    return enumerate(members, 1)


_SINGLE: dict[str, Callable[[_Reader, Term, str, str, Term], Iterator[Part]]] = {
    **dict.fromkeys(_TERM_ONE, _Reader._term),
    **dict.fromkeys(("qualifiedMinCount", "qualifiedMaxCount", *_NUMBER), _Reader._number),
    **dict.fromkeys(("in", "languageIn"), _Reader._members),
    **dict.fromkeys(("uniqueLang", "closed"), _Reader._truth),
    "pattern": _Reader._pattern,
}
"""The constraints that a shape has once, and how each is read."""
