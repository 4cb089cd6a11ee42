"""What the benchmarks give the others to validate by: our checks, over one plain graph."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph.layout import Layout
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import named

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import rivals  # noqa: E402
import world  # noqa: E402

MESSAGE, SELECT, RULE = map(named, ("sh:message", "sh:select", "sh:sparql"))
PREFIX, NAMESPACE = map(named, ("sh:prefix", "sh:namespace"))


def value(graph: ox.Store, subject: ox.NamedNode | ox.BlankNode, of: ox.NamedNode) -> str:
    """Return the one text that is said of something."""
    (quad,) = graph.quads_for_pattern(subject, of, None)
    assert isinstance(quad.object, ox.Literal)
    return quad.object.value


@pytest.fixture(scope="module")
def checks() -> ox.Store:
    found = ox.Store()
    found.load(path=rivals.CHECKS)
    return found


@pytest.mark.parametrize("clean", [True, False])
def test_the_checks_of_the_others_find_what_is_planted_for_them_and_nothing_else(
    checks: ox.Store, clean: bool, tmp_path: Path
) -> None:
    """Asked as queries, over what the others read with the rules beside it."""
    with world.opened(str(tmp_path / "world.nq")) as out:
        _, planted = world.write(out, world.LEAST, 1, clean)
    rivals.data(tmp_path)
    data = ox.Store()
    data.bulk_load(path=tmp_path / "data.nt")
    data.bulk_load(path=tmp_path / rivals.SHARED)
    found: Counter[str] = Counter()
    for rule in {quad.object for quad in checks.quads_for_pattern(None, RULE, None)}:
        assert isinstance(rule, ox.NamedNode)
        rows = data.query(value(checks, rule, SELECT), prefixes=PREFIXES)
        assert isinstance(rows, ox.QuerySolutions)
        found[value(checks, rule, MESSAGE)] += len(list(rows))

    assert +found == rivals.by_checks(planted)
    assert {*found} == rivals.said()


def test_the_planted_errors_are_those_of_shapes_checks_and_contradictions(tmp_path: Path) -> None:
    """What the others are not given is the rest, and there is some."""
    with world.opened(str(tmp_path / "world.nq")) as out:
        _, planted = world.write(out, world.LEAST, 1, clean=False)
    rest = planted - rivals.by_shapes(planted) - rivals.by_checks(planted)

    assert {*rivals.by_checks(planted)} == rivals.said()
    assert {*rest} == left_out() - {"current-view"} | {"closure"}  # nothing is planted in a view


def left_out() -> set[str]:
    """Return the checks that the head of the file says are left out."""
    head = rivals.CHECKS.read_text("utf-8").partition("# Left out:")[2].partition("# Weaker")[0]
    names = {path.stem for path in Path(Layout.shipped().queries, "checks").glob("*.rq")}
    return {word for word in head.replace(",", " ").split() if word in names}


def test_every_check_is_given_to_the_others_or_said_to_be_left_out() -> None:
    """One that is new has to be put to one of them."""
    names = {path.stem for path in Path(Layout.shipped().queries, "checks").glob("*.rq")}

    assert left_out() | rivals.said() == names
    assert not left_out() & rivals.said()


def test_every_rule_is_in_a_shape_and_its_prefixes_are_those_of_the_project(
    checks: ox.Store,
) -> None:
    """A rule that no shape has is never asked."""
    rules = {quad.subject for quad in checks.quads_for_pattern(None, SELECT, None)}
    declared = {
        value(checks, quad.subject, PREFIX): value(checks, quad.subject, NAMESPACE)
        for quad in checks.quads_for_pattern(None, PREFIX, None)
        if not isinstance(quad.subject, ox.Triple)
    }

    assert rules == {quad.object for quad in checks.quads_for_pattern(None, RULE, None)}
    assert declared.items() <= PREFIXES.items()
    for rule in rules:
        assert isinstance(rule, ox.NamedNode)
        used = {prefix for prefix in PREFIXES if f"{prefix}:" in value(checks, rule, SELECT)}
        assert used <= declared.keys()


def test_no_rule_uses_what_shacl_forbids_or_a_plain_graph_has_not(checks: ox.Store) -> None:
    """SHACL has no MINUS, no VALUES and no SERVICE in a constraint."""
    for quad in checks.quads_for_pattern(None, SELECT, None):
        assert isinstance(quad.object, ox.Literal)
        words = {*re.findall(r"[A-Z]+", quad.object.value)}
        assert {"SELECT", "FILTER"} <= words
        assert not words & {"MINUS", "VALUES", "SERVICE", "GRAPH", "FROM"}


def test_the_shapes_that_are_asked_alone_have_targets() -> None:
    """A property shape has none: it is looked at with the shape that it is in."""
    names = rivals.shape_names()

    assert "participation" in names
    assert "participation-role" not in names
