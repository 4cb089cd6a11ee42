"""The memberships of an organization in a graph whose vocabulary nobody knows.

A membership is a node between the organization and a state: Wikidata's statement, W3C ORG's
membership, schema.org's role, our claim. It is known by words (`member`, `P463`, `Membership`); its
role, its start and its end by the words that lead to them, also through a period with a node.
A plain triple from one to the other is a membership without dates.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph import days
from sco_graph.clues import normal, text_of
from sco_graph.namespaces import PREFIXES, slug

_START = re.compile(r"start|from|since|begin|\bp 580\b|joined|accession")
_END = re.compile(r"\bend|until|\bthru\b|through|\bp 582\b|finish|left\b|\bto\b")
_ROLE = re.compile(r"role|status|position|\bp (2868|3831|39|1552|794)\b|membership type|kind")
_MEMBER = re.compile(r"member|\bp 463\b|partner|observer|participa(tion|tes)|adhesion")
_PERIOD = re.compile(
    r"during|period|interval|\btime|tempor|begin|start|\bend|valid|duration|\bp 58[02]\b|"
    r"since|until"
)
_AWAY = re.compile(r"rank|derived|conflicts|reference|source|label|name|reason|note")
_PRECISION = "time precision"
_FIRST, _REST = PREFIXES["rdf"] + "first", PREFIXES["rdf"] + "rest"
_TYPE = PREFIXES["rdf"] + "type"
_BAD = {"Deprecated", "DeprecatedRank"}
_DEPTH = 4
UNKNOWN = "unknown"
"""An end that is said to be, and not when."""


@dataclass(frozen=True, order=True)
class Period:
    """Since when and until when; an empty text is not said."""

    since: str = ""
    until: str = ""

    @property
    def dated(self) -> bool:
        """Whether anything is said."""
        return bool(self.since or self.until)


Edge = tuple[str, object]
Read = Callable[[], Iterable[ox.Quad]]


@dataclass
class _Around:
    """What leads from nodes and to them, as far as memberships need it."""

    out: dict[object, set[Edge]] = field(default_factory=lambda: defaultdict(set))
    into: dict[object, set[Edge]] = field(default_factory=lambda: defaultdict(set))
    plain: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Found:
    """Periods by state and role, and whether the organization was spoken of at all."""

    periods: dict[tuple[str, str], list[Period]]
    spoken_of: bool


def find(
    read: Read,
    ours: Callable[[str], str],
    states: set[str],
    organization: str,
    roles: Mapping[str, str],
) -> Found:
    """Return the memberships of an organization; a role that is none of ours stays as it is.

    `ours` gives our thing for an IRI or "", `roles` our role for a name that `normal` made.
    """

    def our(term: object) -> str:
        return ours(term.value) if isinstance(term, ox.NamedNode) else ""

    around, spoken_of = _read(read, our, states, organization)
    found: dict[tuple[str, str], set[Period]] = defaultdict(set)
    for node in sorted(around.out.keys() | around.into.keys(), key=str):
        edges = around.out.get(node, set()) | around.into.get(node, set())
        state = _state(edges, our, states)
        if not state or not any(our(end) == organization for _, end in edges):
            continue
        if not _is_membership(edges) or _is_deprecated(edges):
            continue
        role = _role(around, node, our, roles)
        found[state, role].add(_period(around, node))
    with_nodes = {state for state, _ in found}
    for state, word in sorted(around.plain):
        role = _named(re.sub(r"\bp 463\b", "member", word), roles)
        if role and state not in with_nodes:
            found[state, role].add(Period())
    return Found({key: sorted(periods) for key, periods in found.items()}, spoken_of)


def _read(
    read: Read, our: Callable[[object], str], states: set[str], organization: str
) -> tuple[_Around, bool]:
    """Read as often as needed: what touches the organization, then what that leads to."""
    around = _Around()
    wanted: set[object] = set()
    spoken_of = False
    for depth in range(_DEPTH + 1):
        before = len(wanted)
        following = set()
        for quad in read():
            one, other = our(quad.subject), our(quad.object)
            if depth == 0:
                if organization in (one, other):
                    spoken_of = True
                    wanted |= {quad.subject, quad.object}
                elif quad.subject in wanted and quad.predicate.value in (_FIRST, _REST):
                    wanted.add(quad.object)
                continue
            words = text_of(quad.predicate.value)
            if depth == 1 and organization in (one, other):
                state = other if one == organization else one
                if state in states and _MEMBER.search(words):
                    around.plain.add((state, words))
            if quad.subject in wanted and not one:
                around.out[quad.subject].add((words, quad.object))
                if not isinstance(quad.object, ox.Literal) and not other:
                    following.add(quad.object)
            if quad.object in wanted and not other and (one in states or one == organization):
                around.into[quad.object].add((words, quad.subject))
        if depth == 0:
            wanted = {n for n in wanted if not our(n) and not isinstance(n, ox.Literal)}
        wanted |= following
        if depth and len(wanted) == before:
            break
    _unfold(around, our, states, organization)
    return around, spoken_of


def _unfold(
    around: _Around, our: Callable[[object], str], states: set[str], organization: str
) -> None:
    """Take what stands in a list that the organization leads to for its own."""
    for head in [node for node, edges in around.into.items() if ("first", None) not in edges]:
        words = {w for w, end in around.into[head] if our(end) == organization}
        for item in _items(around, head):
            for word in words:
                if our(item) in states:
                    around.plain.add((our(item), word))
                else:
                    around.into[item] |= {(word, end) for _, end in around.into[head]}


def _items(around: _Around, head: object) -> Iterator[object]:
    seen: set[object] = set()
    while head not in seen:
        seen.add(head)
        edges = around.out.get(head, set())
        yield from (end for word, end in edges if word == "first")
        head = next((end for word, end in sorted(edges, key=str) if word == "rest"), head)


def _state(edges: Iterable[Edge], our: Callable[[object], str], states: set[str]) -> str:
    """Return the one state of a membership, that which a word of membership leads to if several."""
    found = {our(end) for _, end in edges} & states
    sure = {our(end) for word, end in edges if _MEMBER.search(word)} & states
    return next(iter(found)) if len(found) == 1 else next(iter(sure)) if len(sure) == 1 else ""


def _is_membership(edges: Iterable[Edge]) -> bool:
    return any(
        _MEMBER.search(word)
        or (
            word == "type"
            and isinstance(end, ox.NamedNode)
            and re.search(r"member|\brole\b|participation", text_of(end.value))
        )
        for word, end in edges
    )


def _is_deprecated(edges: Iterable[Edge]) -> bool:
    return any(word == "rank" and slug(getattr(end, "value", "")) in _BAD for word, end in edges)


def _role(
    around: _Around, node: object, our: Callable[[object], str], roles: Mapping[str, str]
) -> str:
    """Return the role that a membership names, as they name it where it is none of ours.

    It is that of a member where it names none.
    """
    given = []
    for word, end in sorted(around.out.get(node, ()), key=str):
        if not _ROLE.search(word) or word == "type":
            continue
        if our(end) in roles.values():
            return our(end)
        texts = [end.value] if isinstance(end, ox.Literal) else []
        for step, text in sorted(around.out.get(end, ()), key=str):
            if isinstance(text, ox.Literal) and re.search(r"label|name|title", step):
                texts.append(text.value)
        if isinstance(end, ox.NamedNode):
            texts.append(slug(end.value))
        for text in texts:
            if role := _named(text, roles):
                return role
        given += texts[:1]
    return given[0] if given else _named("member", roles)


_EMPTY = {"of", "has", "is", "state", "states", "full", "regular", "the", "country", "p"}


def _named(text: str, roles: Mapping[str, str]) -> str:
    """Return the role that a text names: `Observer`, `hasObserver` fit `observer state`."""
    if role := roles.get(normal(text)):
        return role
    words = set(normal(text_of(text) if text.isascii() else text).split()) - _EMPTY
    fits = {role for known, role in roles.items() if words and words == set(known.split()) - _EMPTY}
    return fits.pop() if len(fits) == 1 else ""


def _period(around: _Around, node: object) -> Period:
    """Return since and until of a membership: the most precise of what is said."""
    since: set[str] = set()
    until: set[str] = set()
    todo: list[tuple[object, str, int]] = [(node, "", 0)]
    seen: set[object] = set()
    while todo:
        at, path, depth = todo.pop()
        seen.add(at)
        edges = sorted(around.out.get(at, ()), key=str)
        precision = next((getattr(e, "value", "") for w, e in edges if w == _PRECISION), "")
        for word, end in edges:
            if _AWAY.search(word) or word == "type":
                continue
            words = f"{path} {word}"
            if isinstance(end, ox.Literal):
                if text := _date(end.value, precision):
                    if _END.search(words):
                        until.add(text)
                    elif _START.search(words):
                        since.add(text)
            elif _PERIOD.search(word) and depth < _DEPTH and end not in seen:
                if isinstance(end, ox.BlankNode) and end not in around.out and _END.search(word):
                    until.add(UNKNOWN)
                todo.append((end, words, depth + 1))
    return Period(_precise(since), _precise(until))


def _precise(dates: set[str]) -> str:
    """Return the most precise of some dates, the first of those."""
    known = dates - {UNKNOWN} or dates
    return min(known, key=lambda text: (-len(text), text), default="")


_MONTHS = (
    "january february march april may june july august september october november december".split()
)


def _date(text: str, precision: str = "") -> str:
    """Return a date, month or year as we write it, a moment as its day; "" where it is none.

    `precision` is Wikidata's: 9 a year, 10 a month.
    """
    words = re.sub(r"[,.]", " ", text.lower()).split()
    if len(words) == 3 and (month := next((w for w in words if w in _MONTHS), "")):
        day, year = (w for w in words if w != month)
        if day.isdigit() and year.isdigit() and len(year) == 4:
            text = f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}"
    found = re.match(r"\+?(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:T.*|Z|[+-]\d{2}:\d{2})?\Z", text)
    if not found:
        return ""
    date = found[1].removesuffix("-00").removesuffix("-00")
    date = date[: {"9": 4, "10": 7}.get(precision, 10)]
    return date if days.bounds(date) else ""
