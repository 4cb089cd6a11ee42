"""What breaks a constraint as joins of sets, for an engine that goes through them fast.

On disk an embedded store finds a triple a hundred times slower than it reads the next one: a
look-up for each node, which `EXISTS` and a plain join are there, takes longer than to read all
that a property says and to join it. A sub-SELECT is such a set; of `MINUS`, each side is one.
"""

from __future__ import annotations

from collections.abc import Sequence

from sco_graph.rdf import Term
from sco_graph.shacl.conditions import Names, keep, same
from sco_graph.shacl.model import Part
from sco_graph.shacl.paths import Path


def steps(node: str, path: Path, value: str, names: Names, kept: str = "") -> str:
    """Return the pattern that leads along a path: each step of it is a set.

    `kept` says which values are kept. It stands in the last step: there they come in the order in
    which the store keeps their texts, and after a join in none.
    """
    if path.kind != "sequence":
        return f"{{ SELECT {node} {value} WHERE {{ {node} {path.sparql} {value} {kept} }} }}"
    ends = [node, *(names.new() for _ in path.parts[1:]), value]
    pairs = [*zip(ends[:-1], path.parts, ends[1:], strict=True)]
    wanted = [""] * (len(pairs) - 1) + [kept]
    return " ".join(
        steps(start, part, end, names, keeping)
        for (start, part, end), keeping in zip(pairs, wanted, strict=True)
    )


def classes(part: Part, names: Names) -> Sequence[Term]:
    """Return the classes of which a value has to be an instance, where that is all it has to be."""
    kinds = [part.terms[0]] if part.component == "Class" else []
    if part.component == "Or" and all(shape.path is None for shape in part.shapes):
        inner = [one for shape in part.shapes for one in shape.parts]
        if len(inner) == len(part.shapes) and all(one.component == "Class" for one in inner):
            kinds = [one.terms[0] for one in inner if len(one.terms) == 1]
    return kinds if all(kind in names.below for kind in kinds) else []


def no_instances(pairs: str, kinds: Sequence[Term], value: str, names: Names) -> str:
    """Return the pattern that binds the values which are instances of none of some classes."""
    return f"{pairs} MINUS {{ {names.instances(value, kinds)} }}"


def none(scope: str, node: str, path: Path, names: Names) -> str:
    """Return the pattern that binds the nodes from which a path leads nowhere."""
    return f"{scope} MINUS {{ {steps(node, path, names.new(), names)} }}"


def lacking(scope: str, node: str, path: Path, part: Part, names: Names) -> str:
    """Return the pattern that binds the nodes which lack a value."""
    value = names.new()
    wanted = f"{steps(node, path, value, names)} {keep(same(value, part.terms[0]))}"
    return f"{scope} MINUS {{ {wanted} }}"
