"""What checks that look at each triple by itself could find fault with, found in one pass.

Five checks ask of each value whether it is what it should be. On disk the text of each is a
look-up, so that they would take most of the time of the gate. Here one pass leaves out what is
plainly sound; the checks then judge the few triples that are left, in memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date

import pyoxigraph as ox

from sco_graph.inside.derive import DERIVED
from sco_graph.inside.engine import Engine
from sco_graph.namespaces import LANGUAGES
from sco_graph.rdf import Term, named
from sco_graph.records import NamedTuple

ALL, LITERALS, TEXTS = "blank-node", "ill-typed-literal", "language-tag"
CHECKS = frozenset({ALL, LITERALS, TEXTS, "decomposed-text", "unknown-datatype"})
"""The checks that judge a triple by its subject and its object alone."""
_MANY = 100_000
"""How many values can be at fault before the checks are asked of the store itself."""
_LOOK, _SOURCE = ox.NamedNode("urn:x-sieve:look"), named("scog:SourceGraph")
_GRAPHS = f"GRAPH <{DERIVED}> {{ ?graph a {_SOURCE} }}"
_SAID = "GRAPH ?graph { ?focus ?path ?value }"
_LITERALS = f"""SELECT ?seen (COUNT(*) AS ?count) WHERE {{
  {{
    SELECT ?focus (MAX(?kind) AS ?seen) WHERE {{
      {{
        SELECT ?value ?kind WHERE {{
          {{ SELECT ?value WHERE {{ {_GRAPHS} {_SAID} }} GROUP BY ?value }}
          BIND ({_LOOK}(?value) AS ?kind)
          FILTER (?kind > 0)
        }}
      }}
      {{ SELECT ?focus ?value WHERE {{ {_GRAPHS} {_SAID} }} }}
    }} GROUP BY ?focus
  }}
}} GROUP BY ?seen"""
"""Each subject that has a literal, by the most that its values are; each value is looked at."""
_SUBJECTS = f"""SELECT (COUNT(*) AS ?count) (MAX(?blank) AS ?seen) WHERE {{
  {{ SELECT DISTINCT ?focus WHERE {{ {_GRAPHS} {_SAID} }} }}
  BIND (IF(ISBLANK(?focus), {_LOOK}(?focus), 0) AS ?blank)
}}"""
_OTHERS = f"""SELECT (MAX({_LOOK}(?value)) AS ?seen) WHERE {{
  {{
    SELECT DISTINCT ?value WHERE {{
      {{ SELECT DISTINCT ?path WHERE {{ GRAPH ?any {{ ?some ?path ?thing }} }} }}
      {_SAID}
      MINUS {{ {_GRAPHS} }}
    }}
  }}
}}"""
"""Property by property: so values come in the order in which a store on disk keeps their texts."""
_THING, _LITERAL, _TEXT = (ox.Literal(number) for number in range(3))


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False


def _has(form: str) -> Callable[[str], object]:
    return re.compile(form).fullmatch


_SOUND: Mapping[ox.NamedNode, Callable[[str], object]] = {
    named("xsd:string"): lambda _: True,
    named("xsd:anyURI"): lambda _: True,
    named("xsd:date"): _is_day,
    named("xsd:gYear"): _has("[0-9]{4}"),
    named("xsd:gYearMonth"): _has("[0-9]{4}-(0[1-9]|1[0-2])"),
    named("xsd:integer"): _has("[+-]?[0-9]+"),
    named("xsd:decimal"): _has(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    named("xsd:boolean"): _has("true|false|0|1"),
    named("xsd:hexBinary"): _has("([0-9a-fA-F]{2})*"),
}
"""What is plainly sound of a datatype; what is of none of these the checks look at."""


class Sieved(NamedTuple):
    """What can be at fault, in a store of its own, and at how many things each check looked."""

    engine: Engine
    looked_at: Mapping[str, int]


def sieve(engine: Engine) -> Sieved | None:
    """Return what `CHECKS` have to judge of an embedded store; None where it is too much."""
    found: set[Term] = set()

    def look(value: object) -> ox.Literal:
        if not isinstance(value, ox.Literal):
            if isinstance(value, ox.BlankNode):
                found.add(value)
            return _THING
        if len(found) <= _MANY and not _is_sound(value):
            found.add(value)
        return _TEXT if value.language else _LITERAL

    looked_at = dict.fromkeys(CHECKS, 0)
    for row in engine.ask_all(_LITERALS, {_LOOK: look}):
        for check in CHECKS - {ALL}:
            if check != TEXTS or row["seen"] == _TEXT:
                looked_at[check] += int(row["count"].value)
    for row in engine.ask_all(_SUBJECTS, {_LOOK: look}):
        looked_at[ALL] = int(row["count"].value)
    list(engine.ask_all(_OTHERS, {_LOOK: look}))
    if len(found) > _MANY:
        return None
    left = Engine(ox.Store())
    left.store.extend(_quads(engine, found))  # type: ignore[union-attr]  # no endpoint
    return Sieved(left, looked_at)


def _is_sound(value: ox.Literal) -> bool:
    text = value.value
    if not (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return False
    if value.language:
        return value.language in LANGUAGES
    test = _SOUND.get(value.datatype)
    return test is not None and bool(test(text))


def _quads(engine: Engine, found: set[Term]) -> Iterator[ox.Quad]:
    """Yield the quads that have a value, or a subject, and which graphs are sources."""
    yield from engine.quads(DERIVED, named("rdf:type"), _SOURCE)
    for term in found:
        yield from engine.store.quads_for_pattern(None, None, term, None)
        if isinstance(term, ox.BlankNode):
            yield from engine.store.quads_for_pattern(term, None, None, None)
