"""What another graph says of the things in it that may be ours.

It is read as often as needed and never held: first for what carries a key or a name of ours,
then for all that is said of those, then for the nodes in between (an identifier, a label with
a node of its own) and for what their classes are called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph import clues
from sco_graph.clues import Clue, Key
from sco_graph.namespaces import ID, PREFIXES

Read = Callable[[], Iterable[ox.Quad]]
"""Reads the graph from its start, with the same names for blank nodes each time."""

_RDF_TYPE = PREFIXES["rdf"] + "type"
_STRICT = {_RDF_TYPE, "http://www.wikidata.org/prop/direct/P31"}
_ABOVE = {
    PREFIXES["rdfs"] + "subClassOf",
    PREFIXES["skos"] + "broader",
    "http://www.wikidata.org/prop/direct/P279",
}
_META = {
    PREFIXES[prefix] + name
    for prefix, names in (
        ("rdf", "Property List Statement"),
        ("rdfs", "Class Datatype"),
        ("owl", "Class ObjectProperty DatatypeProperty AnnotationProperty Ontology"),
        ("skos", "ConceptScheme Collection OrderedCollection"),
        ("sh", "NodeShape PropertyShape"),
    )
    for name in names.split()
}
"""Classes of what a vocabulary is made of: none of it is a thing in the world."""
_STEPS = 4
"""How many steps above a class are looked at."""
_LONGEST = 200
"""A longer text is no name."""
_CROWD = 8
"""A code that so many things carry identifies none of them."""


@dataclass(frozen=True, order=True)
class Name:
    """A name: its own or that of what it belongs to (`sure`), an alias or a main one, its tag."""

    text: str
    sure: str = clues.OWN
    alias: bool = False
    tag: str = ""

    @property
    def language(self) -> str:
        """The language that it is in, as far as tag or script tell: en, ru, zh or nothing."""
        tag = self.tag.split("-")[0]
        writing = clues.script(self.text)
        told = {"CYRILLIC": "ru", "CJK": "zh"}.get(writing, "en" if tag == "en" else "")
        return told if tag in ("", told) else ""


@dataclass
class Thing:
    """What is said of a thing that may be matched.

    `keys` are country codes and how sure each is of the thing itself; `same` the identifiers
    that authorities gave it; `kinds` the words of its classes, strict or not; `where` and
    `whole` what it lies in and is part of; `twins` what it is said to be the same as; `trades`
    what a person is said to
    be or do, `years` when they were born or died.
    """

    keys: dict[Key, str] = field(default_factory=dict)
    same: set[Key] = field(default_factory=set)
    names: set[Name] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    kinds: set[tuple[str, bool]] = field(default_factory=set)
    where: set[tuple[tuple[str, ...], bool]] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    twins: set[str] = field(default_factory=set)
    trades: set[str] = field(default_factory=set)
    years: set[str] = field(default_factory=set)
    meta: bool = False
    gone: bool = False
    blank: bool = False

    @property
    def label(self) -> str:
        """A name to show: a main one before another."""
        order = {"en": 0, "": 1}
        return min(
            self.names,
            key=lambda name: (name.alias, order.get(name.tag.split("-")[0], 2), name),
            default=Name(""),
        ).text


def gather(read: Read, keys: Container[Key], names: Container[str]) -> dict[str, Thing]:
    """Return the things that share a key or a name, blank nodes as `_:name`.

    `keys` and `names` are ours, names as `clues.normal` writes them.
    """
    hits = _hits(read, keys, names)
    said: dict[str, list[tuple[str, str, object]]] = defaultdict(list)
    done: set[str] = set()
    labels: dict[str, set[str]] = defaultdict(set)
    above: dict[str, set[str]] = defaultdict(set)
    classes: set[str] = set()
    wanted = set(hits)
    for _ in range(_STEPS + 2):
        more, met = _describe(read, (wanted, classes), said, labels, above)
        done |= wanted
        wanted = more - done
        if not wanted and met <= classes:
            break
        classes |= met
    things = {node: _thing(node, said) for node in done if node in said or node in hits}
    for thing in things.values():
        _classify(thing, labels, above)
    inside = {
        _name(value)
        for node in things
        for _, words, value in said.get(node, ())
        if isinstance(value, ox.BlankNode) and _holds(words)
    }
    return {n: t for n, t in things.items() if n not in inside and (t.keys or t.same or t.names)}


def _holds(words: str) -> bool:
    """Whether a predicate leads to a name or a code that has a node of its own."""
    told = clues.clue(words)
    return bool(told.name or told.code)


def _hits(read: Read, keys: Container[Key], names: Container[str]) -> set[str]:
    """Return the nodes that carry a key or a name of ours."""
    found: set[str] = set()
    crowds: dict[tuple[str, Key], set[str]] = defaultdict(set)
    crowded: set[str] = set()
    for quad in read():
        node = _name(quad.subject)
        if node.startswith(ID):
            continue
        if node[:4] == "http" and (own := clues.itself(node)) and own in keys:
            found.add(node)
        predicate = quad.predicate.value
        words = clues.text_of(predicate)
        told = clues.clue(words)
        value = quad.object
        if isinstance(value, ox.NamedNode):
            if told.same and (key := clues.identity(value.value)) and key in keys:
                found.add(node)
            continue
        if not isinstance(value, ox.Literal) or len(value.value) > _LONGEST:
            continue
        text = value.value
        blank = node.startswith("_:")
        if (told.name or blank) and clues.normal(text) in names:
            found.add(node)
        if key := clues.identifier(told, words, text):
            if key in keys:
                found.add(node)
            continue
        key = clues.code(*_read_code(words, value), text)
        if key is None and blank:
            key = clues.code(_ANY_CODE, "", text)
        if key is None or key not in keys or predicate in crowded or node in found:
            continue
        crowd = crowds[predicate, key]
        crowd.add(node)
        if len(crowd) > _CROWD:
            crowded.add(predicate)
            for other in [pair for pair in crowds if pair[0] == predicate]:
                del crowds[other]
    return found.union(*crowds.values())


_ANY_CODE = clues.clue("code")


def _read_code(words: str, value: ox.Literal) -> tuple[Clue, str]:
    """Return the clue of a predicate, or that of the datatype, which says more where it is own."""
    datatype = value.datatype.value
    if value.language or datatype.startswith((PREFIXES["xsd"], PREFIXES["rdf"])):
        return clues.clue(words), words
    words = f"{words} {clues.text_of(datatype)}"
    return clues.clue(words), words


def _describe(
    read: Read,
    asked: tuple[set[str], set[str]],
    said: dict[str, list[tuple[str, str, object]]],
    labels: dict[str, set[str]],
    above: dict[str, set[str]],
) -> tuple[set[str], set[str]]:
    """Read once more for what is said of nodes and classes; return nodes and classes met.

    `asked` are the nodes to describe and the classes. A node met is a part of one of them, or
    one of them is its name or its identifier.
    """
    wanted, classes = asked
    more: set[str] = set()
    met: set[str] = set()
    for quad in read():
        node, value = _name(quad.subject), quad.object
        predicate = quad.predicate.value
        end = _name(value) if not isinstance(value, ox.Literal) else ""
        if node in classes:
            if predicate in _ABOVE and end:
                above[node].add(end)
                met.add(end)
            elif isinstance(value, ox.Literal) and clues.clue(clues.text_of(predicate)).name:
                labels[node].add(value.value)
        if node in wanted:
            words = clues.text_of(predicate)
            if predicate in _STRICT and end:
                met.add(end)
            told = clues.clue(words)
            if predicate in _STRICT or told.any or "_:" in (end[:2], node[:2]):
                said[node].append((predicate, words, value))
            if end.startswith("_:") and (_holds(words) or told.where):
                more.add(end)
        if end in wanted and node not in wanted and _holds(clues.text_of(predicate)):
            more.add(node)
    return more, met


def _thing(node: str, said: dict[str, list[tuple[str, str, object]]]) -> Thing:
    thing = Thing(blank=node.startswith("_:"))
    if own := clues.itself(node):
        thing.same.add(own)
    for predicate, words, value in said.get(node, ()):
        _take(thing, predicate, words, value)
        end = "" if isinstance(value, ox.Literal) else _name(value)
        if end not in said or end == node:
            continue
        if _holds(words):
            for path, text in _inside(words, said[end]):
                _take(thing, "", path, text)
        elif clues.clue(words).where and end.startswith("_:"):
            # A place or an address with a node of its own: what it is called, where it is.
            texts = {v.value for _, w, v in said[end] if isinstance(v, ox.Literal)}
            nation = any(clues.clue(w).nation for w in [words, *(w for _, w, _ in said[end])])
            thing.where.discard(((end,), clues.clue(words).nation))
            thing.where.add((tuple(sorted(texts)), nation))
    return thing


def _inside(
    words: str, said: Iterable[tuple[str, str, object]]
) -> Iterator[tuple[str, ox.Literal]]:
    """Yield the words and the text of what stands inside a name or an identifier with a node."""
    qualified = [
        clues.text_of(getattr(value, "value", "").replace("/", " "))
        if isinstance(value, ox.Literal)
        else clues.text_of(_name(value))
        for _, inner, value in said
        if inner in _QUALIFIERS
    ]
    for _, inner, value in said:
        if inner not in _QUALIFIERS and isinstance(value, ox.Literal):
            yield " ".join([words, *qualified, *([] if inner in _PLAIN else [inner])]), value


_QUALIFIERS = {"property id", "type", "scheme", "scheme agency", "codification", "xl codification"}
_PLAIN = {"value", "literal form", "notation", "content", "id", "identifier", "common"}


def _take(thing: Thing, predicate: str, words: str, value: object) -> None:
    """Add to a thing what one statement tells of it."""
    told = clues.clue(words)
    if predicate in _STRICT:
        if isinstance(value, ox.NamedNode):
            thing.classes.add(value.value)
            thing.meta |= value.value in _META
        return
    if told.gone and getattr(value, "value", "") not in ("false", "0"):
        thing.gone = True
    if told.life and isinstance(value, ox.Literal):
        thing.years.add(value.value)
    if told.trade:
        thing.trades.add(
            value.value if isinstance(value, ox.Literal) else clues.text_of(_name(value))
        )
    if not isinstance(value, ox.Literal):
        end = _name(value)
        if told.same:
            thing.twins.add(end)
            if key := clues.identity(end):
                thing.same.add(key)
        if told.kind:
            thing.kinds.add((clues.text_of(end), False))
        if told.where:
            thing.where.add(((end,), told.nation))
        if told.whole:
            thing.whole.add(end)
        return
    text = value.value.strip()
    if len(text) > _LONGEST:
        return
    if key := clues.identifier(told, words, text):
        thing.same.add(key)
        return
    coded, path = _read_code(words, value)
    if key := clues.code(coded, path, text):
        thing.keys[key] = min(coded.code, thing.keys.get(key, clues.VAGUE), key=_SURE.index)
        return
    if told.kind:
        thing.kinds.add((clues.text_of(text), False))
    elif told.name:
        thing.names.add(Name(text, told.name, told.alias, value.language or ""))
    elif told.where:
        thing.where.add(((text,), told.nation))


_SURE = (clues.OWN, clues.OF, clues.VAGUE)


def _classify(thing: Thing, labels: dict[str, set[str]], above: dict[str, set[str]]) -> None:
    """Add the words of a thing's classes, and of those above them, labels included."""
    todo, seen = sorted(thing.classes), set(thing.classes)
    for depth in range(_STEPS):
        following = []
        for iri in todo:
            texts = {clues.text_of(iri), *(clues.text_of(t) for t in labels.get(iri, ()))}
            thing.kinds |= {(text, depth == 0) for text in texts if text}
            following += [end for end in sorted(above.get(iri, ())) if end not in seen]
            seen |= above.get(iri, set())
        todo = following


def _name(term: object) -> str:
    """Return the IRI of a node, or `_:` and the name of a blank one."""
    return str(term) if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))
