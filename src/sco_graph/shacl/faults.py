"""Sets of nodes that do not conform: patterns that bind what breaks each constraint.

A *scope* is a pattern that binds a variable to the nodes that are looked at. Where a node can
be judged by an expression, a FILTER does it; where values are counted, a sub-SELECT counts them
by node.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sco_graph.shacl import sets, written
from sco_graph.shacl.conditions import (
    COMPARED,
    OF_VALUES,
    Names,
    condition,
    conforms,
    keep,
    negated,
    not_among,
    qualified,
    same,
    some,
    value_condition,
    within,
)
from sco_graph.shacl.model import Part, Shape
from sco_graph.shacl.paths import Path


class Look(NamedTuple):
    """A shape as it looks at nodes: `scope` binds `node` to them; `value` holds their values."""

    shape: Shape
    scope: str
    node: str
    value: str
    names: Names
    outer: tuple[str, ...] = ()
    """The nodes that led here: a result of a nested shape is told once for each of them."""

    @property
    def pairs(self) -> str:
        """The pattern that binds each node with each of its values."""
        return walk(self.scope, self.node, self.shape.path, self.value, self.names)

    def kept(self, test: str) -> str:
        """Return the pattern that binds each node with those of its values that pass a test."""
        path, names = self.shape.path, self.names
        if path is not None and self.in_step(test):
            return f"{self.scope} {sets.steps(self.node, path, self.value, names, keep(test))}"
        return f"{self.pairs} {keep(test)}"

    def in_step(self, test: str) -> bool:
        """Return whether the step that leads to a value can ask a test of it."""
        path = self.shape.path
        if not self.names.sets or path is None or path.endless:
            return False
        return not re.search(rf"\{self.node}\b", test) and "EXISTS" not in test

    @property
    def values(self) -> str:
        """The pattern that binds the values, each once."""
        if self.shape.path is None:
            return self.scope
        return f"{{ SELECT DISTINCT {self.value} WHERE {{ {self.pairs} }} }}"

    def led(self, pattern: str) -> str:
        """Return a pattern that binds the nodes, with those that led to them."""
        return f"{self.scope} {{ {pattern} }}" if self.outer else pattern

    def into(self, shape: Shape) -> Look:
        """Let a property shape look at the values."""
        value = self.names.new()
        outer = (*self.outer, self.node) if self.shape.path else self.outer
        return Look(shape, self.pairs, self.value, value, self.names, outer)


class Fault(NamedTuple):
    """A pattern for what breaks a constraint, and the variables that it tells of."""

    pattern: str
    value: str = ""
    path: str = ""
    each: str = ""
    """What else tells one result from another."""
    bound: tuple[tuple[str, str], ...] = ()
    """What a message speaks of: a name, and the variable that holds it."""


def look(shape: Shape, scope: str, node: str, names: Names) -> Look:
    """Let a shape look at the nodes of a scope."""
    return Look(shape, scope, node, node if shape.path is None else names.new(), names)


def walk(scope: str, node: str, path: Path | None, value: str, names: Names) -> str:
    """Return the pattern that leads from the nodes of a scope to their values."""
    if path is None:
        return scope
    if names.sets and not path.endless:
        return f"{scope} {sets.steps(node, path, value, names)}"
    steps = f"{scope} {node} {path.sparql} {value} ."
    if not path.nullable:
        return steps
    return f"{{ {steps} }} UNION {{ {scope} BIND({node} AS {value}) }}"


def failing(shape: Shape, scope: str, node: str, names: Names) -> str:
    """Return a pattern that binds `node` to what in a scope does not conform to a shape."""
    test = conforms(shape, node, names)
    if test is not None and _fits(test, names):
        return f"{scope} {keep(negated(test))}"
    view = look(shape, scope, node, names)
    branches = [
        f"{{ SELECT DISTINCT {node} WHERE {{ {fault.pattern} }} }}"
        for part in shape.parts
        for fault in faults(view, part)
    ]
    return " UNION ".join(branches)


def _fits(test: str, names: Names) -> bool:
    """Say whether a test is asked of each node: not where sets do, and it would look things up."""
    return not (names.sets and "EXISTS" in test)


def without(scope: str, node: str, bad: str, names: Names) -> str:
    """Return a pattern that binds the nodes of a scope that a pattern does not bind.

    They are counted: MINUS says the same, and some engines get it wrong around a GROUP BY.
    """
    tag = names.new()
    tagged = f"{{ SELECT DISTINCT {node} (1 AS {tag}) WHERE {{ {bad} }} }}"
    return (
        f"{{ SELECT {node} WHERE {{ {{ {scope} }} UNION {tagged} }}"
        f" GROUP BY {node} HAVING (COUNT({tag}) = 0) }}"
    )


def faults(view: Look, part: Part) -> list[Fault]:
    """Return the patterns that bind the nodes, and the values, which break a constraint."""
    if part.component == "Closed":
        return [_closed(view, part)]
    if part.component in OF_VALUES:
        return [Fault(_bad_values(view, part), view.value)]
    if part.component in COMPARED:
        return [_compared(view, part)]
    if part.component == "Equals":
        return _equals(view, part)
    if part.component == "SPARQL":
        return [_written(view, part)]
    if part.component == "UniqueLang":
        return [_unique(view)]
    pattern = _counted(view, part)
    return [Fault(pattern)] if pattern else []


def tested(view: Look, part: Part) -> str | None:
    """Return what a constraint asks of each value, where the step that leads there can ask it."""
    if part.component not in OF_VALUES or part.component in ("Class", "Closed"):
        return None
    test = value_condition(part, view.node, view.value, view.names)
    return test if test is not None and view.in_step(test) else None


def _bad_values(view: Look, part: Part) -> str:
    names = view.names
    if names.sets and (kinds := sets.classes(part, names)):
        return sets.no_instances(view.pairs, kinds, view.value, names)
    test = value_condition(part, view.node, view.value, names)
    if test is not None and (_fits(test, names) or not part.shapes):
        return view.kept(negated(test))
    bad = _failing_any(view, part)
    if view.shape.path is None and not view.outer:
        return bad
    return f"{view.pairs} {{ SELECT DISTINCT {view.value} WHERE {{ {bad} }} }}"


def _failing_any(view: Look, part: Part) -> str:
    """Bind the values that break a constraint which names shapes."""
    scope, value, names = view.values, view.value, view.names
    if part.component == "Xone" and len(part.shapes) == 1:
        return failing(part.shapes[0], scope, value, names)
    bad = [failing(shape, scope, value, names) for shape in part.shapes]
    if part.component == "Not":
        return without(scope, value, bad[0], names)
    if part.component == "Or":
        return " ".join(f"{{ SELECT DISTINCT {value} WHERE {{ {one} }} }}" for one in bad)
    if part.component != "Xone":
        return " UNION ".join(f"{{ {one} }}" for one in bad)
    fails = names.new()
    tagged = " UNION ".join(
        f"{{ SELECT DISTINCT {value} ({number} AS {fails}) WHERE {{ {one} }} }}"
        for number, one in enumerate(["", *bad])
        if one
    )
    return (
        f"{{ SELECT {value} WHERE {{ {{ {scope} }} UNION {tagged} }} GROUP BY {value}"
        f" HAVING (COUNT({fails}) != {len(bad) - 1}) }}"
    )


def _closed(view: Look, part: Part) -> Fault:
    predicate, value = view.names.new(), view.names.new()
    triple = f"{view.value} {predicate} {value} ."
    pattern = f"{view.pairs} {triple} {not_among(part, predicate)}"
    return Fault(pattern, value, predicate)


def _compared(view: Look, part: Part) -> Fault:
    other = view.names.new()
    less = within(view.value, COMPARED[part.component], other)
    against = f"{view.node} {part.terms[0]} {other} ."
    if view.names.sets:
        against = f"{{ SELECT {view.node} {other} WHERE {{ {against} }} }}"
    scope = walk(f"{view.scope} {against}", view.node, view.shape.path, view.value, view.names)
    return Fault(f"{scope} {keep(negated(less))}", view.value, each=other)


def _equals(view: Look, part: Part) -> list[Fault]:
    node, property_, other = view.node, part.terms[0], view.names.new()
    missing = f"{view.pairs} FILTER NOT EXISTS {{ {node} {property_} {view.value} }}"
    among = some(view.shape.path, node, lambda v: f"sameTerm({v}, {other})", view.names)
    added = f"{view.scope} {node} {property_} {other} . {keep(negated(among))}"
    return [Fault(missing, view.value), Fault(added, other)]


def _written(view: Look, part: Part) -> Fault:
    assert part.sparql is not None  # noqa: S101 - for the types
    found = written.embed(part.sparql, view.shape, view.scope, view.node, view.names)
    told = dict(found.columns)
    value = told.pop("value", "" if view.shape.path else view.node)
    path = told.pop("path", "")
    return Fault(view.led(found.pattern), value, path, bound=tuple(told.items()))


def _unique(view: Look) -> Fault:
    names, v, path = view.names, view.value, view.shape.path
    tag = names.new()
    tagging = f'FILTER(isLiteral({v}) && LANG({v}) != "") BIND(LCASE(LANG({v})) AS {tag})'
    tagged = f"{view.pairs} {tagging}"
    if names.sets and path is not None and not path.endless:
        once = f'BIND(LCASE(LANG({v})) AS {tag}) FILTER({tag} != "")'
        step = f"{view.node} {path.sparql} {v} {once}"
        tagged = f"{view.scope} {{ SELECT {view.node} {v} {tag} WHERE {{ {step} }} }}"
    counted = (
        f"{{ SELECT {view.node} {tag} WHERE {{ {tagged} }}"
        f" GROUP BY {view.node} {tag} HAVING (COUNT(DISTINCT {v}) > 1) }}"
    )
    return Fault(view.led(counted), each=tag)


def _counted(view: Look, part: Part) -> str:
    """Bind the nodes that have too few values, or too many."""
    node, value, path, names = view.node, view.value, view.shape.path, view.names
    joined = path if names.sets and path is not None and not path.endless else None
    if joined and part.component == "HasValue":
        return sets.lacking(view.scope, node, joined, part, names)
    if joined and part.component == "MinCount" and part.number == 1:
        return sets.none(view.scope, node, joined, names)
    if part.component == "HasValue":
        there = some(view.shape.path, node, lambda v: same(v, part.terms[0]), view.names)
        return f"{view.scope} {keep(negated(there))}"
    least, number = part.component.endswith("MinCount"), part.number
    test = condition(view.shape, part, node, view.names)
    if test is not None and (not joined or _fits(test, names)):
        return f"{view.scope} {keep(negated(test))}" if test != "true" else ""
    pairs = _counting(view, part) if part.shapes else view.pairs
    if value == node:
        value = view.names.new()
        pairs = f"{pairs} BIND({node} AS {value})"
    having = f"HAVING (COUNT(DISTINCT {value}) {'<' if least else '>'} {number})"
    if joined and not least and not part.shapes and not view.outer:
        # Whoever has too many, and then which of them is looked at: they are few.
        many = f"{{ {sets.steps(node, joined, value, names)} }} GROUP BY {node} {having}"
        return f"{{ SELECT {node} WHERE {many} }} {view.scope}"
    found = f"{{ {pairs} }}"
    if least:  # a node without a value counts too
        found = f"{{ {view.scope} }} UNION {found}"
    return view.led(f"{{ SELECT {node} WHERE {{ {found} }} GROUP BY {node} {having} }}")


def _counting(view: Look, part: Part) -> str:
    """Return the pairs of nodes with the values that count for a qualified shape."""
    test = qualified(part, view.value, view.names)
    if test is not None and _fits(test, view.names):
        return view.kept(test)
    shape, *siblings = part.shapes
    bad = failing(shape, view.values, view.value, view.names)
    pattern = f"{view.pairs} {without(view.values, view.value, bad, view.names)}"
    for other in siblings:
        outside = failing(other, view.values, view.value, view.names)
        pattern += f" {{ SELECT DISTINCT {view.value} WHERE {{ {outside} }} }}"
    return pattern
