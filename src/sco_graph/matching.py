"""What of another graph is one of our things: by shared identifiers first, then by names.

Nothing is known of the other vocabulary. A predicate is judged by its last word (`iso3`,
`sameAs`, `prefLabel`), a class likewise; what is typed as something else is never matched,
what fits twice is never guessed. Precision goes before recall.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph.namespaces import ID, PREFIXES, expand, slug
from sco_graph.rdf import Fact, named
from sco_graph.sssom import Link

KINDS = {
    "scog:State": "country countries state states nation nations territory geopolitical "
    "Q6256 Q3624078",
    "scog:Place": "place places city cities town municipality settlement capital region province "
    "location Q515 Q5119",
    "scog:Person": "person persons people human politician leader Q5",
    "scog:Organization": "organization organizations organisation organisations igo agency "
    "Q484652 Q245065 Q43229",
    "scog:Organ": "organization organisation unit organ body agency council committee secretariat",
    "scog:Role": "role roles status post",
}
"""Our class and the words by which a foreign class means the same."""

_NEUTRAL = set("thing resource individual concept entity item agent class feature object".split())
_CODE = re.compile(
    r"iso|alpha|cca[23]|notation|identifier|numeric|m49|country_?code|(?:^|_)codes?$|P29[789]"
    r"|P2082",
    re.IGNORECASE,
)
_NO_CODE = re.compile(
    r"lang|currency|phone|calling|dial|tld|subdivision|3166.?2\b|ioc|fifa", re.IGNORECASE
)
_SAME = re.compile(
    r"sameas|exactmatch|wikidata|geonames|identifier|authority|P1566|qid", re.IGNORECASE
)
_NAME = re.compile(r"label|name|title|denomination|P1448|P1813", re.IGNORECASE)
_NO_NAME = re.compile(
    r"capital|currency|language|parent|given|family|first|last|user|file|demonym|role|nickname",
    re.IGNORECASE,
)
_TYPES = {PREFIXES["rdf"] + "type", "http://www.wikidata.org/prop/direct/P31"}
_AUTHORITIES = (
    (
        re.compile(
            r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(?:Special:[A-Za-z]+/)?(Q\d+)"
        ),
        "wd",
    ),
    (re.compile(r"https?://(?:www\.|sws\.)?geonames\.org/(\d+)"), "gn"),
    (re.compile(r"https?://publications\.europa\.eu/resource/authority/country/(\w+)"), "eu"),
)
_CODES = {"scog:iso3166Alpha2": "a2", "scog:iso3166Alpha3": "a3", "scog:m49": "m49"}


def identity(text: str) -> tuple[str, str] | None:
    """Return the authority and the key of an IRI of one that we know, however it is written."""
    for pattern, name in _AUTHORITIES:
        if found := pattern.match(text):
            return name, found[1]
    return None


def normal(text: str) -> str:
    """Return a name as it is compared: case, accents, punctuation and articles aside."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"\w+", plain.replace("'", "").replace("’", ""))
    return " ".join(words[1:] if words[:1] == ["the"] else words)


@dataclass
class _Thing:
    """What is known of a thing that may be matched."""

    kinds: set[str] = field(default_factory=set)
    keys: set[tuple[str, str]] = field(default_factory=set)
    label: str = ""
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True, order=True)
class Doubt:
    """What was not matched: the foreign thing, what it might be, and why it is not said."""

    object: str
    subjects: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Proposal:
    """Links that are sure enough, and doubts that somebody has to decide."""

    links: list[Link]
    doubts: list[Doubt]


def propose(ours: Iterable[Fact], foreign: Iterable[ox.Quad]) -> Proposal:
    """Return what of a foreign graph is which of our things."""
    known = _ours(ours)
    by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_name: dict[str, set[str]] = defaultdict(set)
    for iri, thing in known.items():
        for key in thing.keys:
            by_key[key].add(iri)
        for name in thing.names:
            by_name[normal(name)].add(iri)
    authorities: dict[str, set[str]] = defaultdict(set)
    for iri, thing in known.items():
        authorities[iri] = {name for name, _ in thing.keys}
    found: dict[str, list[Link]] = defaultdict(list)
    doubts: list[Doubt] = []
    for node, thing in sorted(_foreign(foreign, by_key, by_name).items()):
        verdict = _match(node, thing, known, by_key, by_name)
        if isinstance(verdict, Link):
            found[verdict.subject].append(verdict)
        elif verdict:
            doubts.append(verdict)
    links = []
    for subject, rivals in found.items():
        best = max(link.confidence for link in rivals)
        first = [link for link in rivals if link.confidence == best]
        if len(first) == 1 and (len(rivals) == 1 or float(best) > 0.9):
            links += first
            rivals = [link for link in rivals if link not in first]
        doubts += [
            Doubt(link.object, (subject,), f"{len(rivals)} foreign things fit ({link.comment})")
            if len(first) > 1 or len(rivals) > 1
            else Doubt(link.object, (subject,), f"another one fits better ({link.comment})")
            for link in rivals
            if link not in links
        ]
    return Proposal(sorted(links), sorted(doubts))


def _ours(facts: Iterable[Fact]) -> dict[str, _Thing]:
    classes = {named(name): name for name in KINDS}
    predicates = {named(name): kind for name, kind in _CODES.items()}
    preferred = named("skos:prefLabel")
    labels = {preferred, named("skos:altLabel")}
    same, kind = named("schema:sameAs"), named("rdf:type")
    things: dict[str, _Thing] = defaultdict(_Thing)
    for fact in facts:
        if not isinstance(fact.subject, ox.NamedNode) or not fact.subject.value.startswith(ID):
            continue
        iri, value = fact.subject.value, getattr(fact.object, "value", "")
        if fact.predicate == kind and fact.object in classes:
            things[iri].kinds.add(classes[fact.object])  # type: ignore[index]  # a named node
        elif fact.predicate in labels:
            things[iri].names[value].add(getattr(fact.object, "language", None) or "")
            if fact.predicate == preferred and "en" in things[iri].names[value]:
                things[iri].label = value
        elif fact.predicate in predicates:
            things[iri].keys.add((predicates[fact.predicate], value))
        elif fact.predicate == same and (key := identity(value)):
            things[iri].keys.add(key)
    return {iri: thing for iri, thing in things.items() if thing.kinds}


def _foreign(
    quads: Iterable[ox.Quad],
    by_key: dict[tuple[str, str], set[str]],
    by_name: dict[str, set[str]],
) -> dict[str, _Thing]:
    """Return the foreign things that share a key or a name with one of ours."""
    things: dict[str, _Thing] = {}
    kinds: dict[str, set[str]] = defaultdict(set)
    same_authority: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode) or quad.subject.value.startswith(ID):
            continue
        iri, word = quad.subject.value, slug(quad.predicate.value)
        if (own := identity(iri)) and own in by_key:
            things.setdefault(iri, _Thing()).keys.add(own)
        if quad.predicate.value in _TYPES:
            if isinstance(quad.object, ox.NamedNode):
                kinds[iri].add(slug(quad.object.value))
            continue
        value = getattr(quad.object, "value", "")
        if isinstance(quad.object, ox.NamedNode):
            if _SAME.search(word) and (key := identity(value)):
                same_authority[iri].add(key)
                if key in by_key:
                    things.setdefault(iri, _Thing()).keys.add(key)
            continue
        if not isinstance(quad.object, ox.Literal) or len(value) > 200:
            continue
        for key in _keys(word, value):
            same_authority[iri].add(key)
            if key in by_key:
                things.setdefault(iri, _Thing()).keys.add(key)
        if _NAME.search(word) and not _NO_NAME.search(word) and normal(value) in by_name:
            things.setdefault(iri, _Thing()).names[value].add(quad.object.language or "")
    for iri, thing in things.items():
        thing.kinds = kinds.get(iri, set())
        thing.keys |= same_authority.get(iri, set())
        if own := identity(iri):
            thing.keys.add(own)
    return things


def _keys(word: str, value: str) -> Iterable[tuple[str, str]]:
    """Yield the codes and identifiers that a literal may be, judged by its predicate."""
    if _CODE.search(word) and not _NO_CODE.search(word):
        text = value.strip()
        said = re.search(r"iso|alpha|cca|P29[78]", word, re.IGNORECASE)
        text = text.upper() if said else text
        if re.fullmatch(r"[A-Z]{3}", text):
            yield "a3", text
        elif re.fullmatch(r"[A-Z]{2}", text) and said:
            yield "a2", text
        elif re.fullmatch(r"\d{1,3}", text) and re.search(
            r"numeric|m49|P299|P2082", word, re.IGNORECASE
        ):
            yield "m49", text.zfill(3)
    if _SAME.search(word):
        if key := identity(value):
            yield key
        elif re.search(r"wikidata|qid", word, re.IGNORECASE) and re.fullmatch(r"Q\d+", value):
            yield "wd", value
        elif re.search(r"geonames|P1566", word, re.IGNORECASE) and re.fullmatch(r"\d+", value):
            yield "gn", value


def _match(
    node: str,
    thing: _Thing,
    known: dict[str, _Thing],
    by_key: dict[tuple[str, str], set[str]],
    by_name: dict[str, set[str]],
) -> Link | Doubt | None:
    """Return the link of a foreign thing, or why there is none."""
    strong = {iri for k in thing.keys if k[0] in ("wd", "gn", "eu") for iri in by_key.get(k, ())}
    codes = {iri for k in thing.keys if k[0] in _CODES.values() for iri in by_key.get(k, ())}
    called = {name: by_name[normal(name)] for name in thing.names if normal(name) in by_name}
    if not strong:
        codes = {iri for iri in codes if _agrees(thing, known[iri])}
    candidates = strong or codes
    if len(candidates) > 1:
        return Doubt(node, tuple(sorted(candidates)), "its identifiers are those of several")
    if strong and codes - strong:
        return Doubt(node, tuple(sorted(strong | codes)), "its identifiers do not agree")
    if not candidates:
        if thing.kinds and not any(_agrees(thing, known[i]) for s in called.values() for i in s):
            return None  # it is typed as something else
        return _by_name(node, thing, known, called)
    (iri,) = candidates
    clash = _clash(thing, known[iri])
    if clash:
        return Doubt(node, (iri,), f"it has another {clash}")
    shared = sorted(k for k in thing.keys & known[iri].keys)
    named_so = sorted(name for name, fits in called.items() if iri in fits)
    others = {i for fits in called.values() for i in fits if _agrees(thing, known[i])} - {iri}
    if called and not named_so and others and not strong:
        return Doubt(node, (iri, *sorted(others)), "its code and its name do not agree")
    rule = "CompositeMatching" if named_so else "MappingChaining"
    sure = "1.0" if strong else "0.98" if named_so or thing.kinds else "0.95"
    said = ", ".join(f"{_WORDS[name]} {key}" for name, key in shared)
    comment = f"shared: {said}" + (f"; name: {named_so[0]}" if named_so else "")
    return _link(iri, node, rule, sure, comment, known[iri], thing, said)


_WORDS = {
    "a2": "ISO 3166-1 alpha-2",
    "a3": "ISO 3166-1 alpha-3",
    "m49": "M49",
    "wd": "Wikidata",
    "gn": "GeoNames",
    "eu": "EU country",
}


def _by_name(
    node: str, thing: _Thing, known: dict[str, _Thing], called: dict[str, set[str]]
) -> Link | Doubt | None:
    fits = {iri for found in called.values() for iri in found}
    if thing.kinds:
        fits = {iri for iri in fits if _agrees(thing, known[iri], strictly=True)}
    fits = {iri for iri in fits if not _clash(thing, known[iri])}
    if not fits:
        return None
    if len(fits) > 1:
        return Doubt(node, tuple(sorted(fits)), "its name is that of several")
    (iri,) = fits
    names = sorted(name for name, found in called.items() if iri in found)
    scripts = {_script(name) for name in names}
    typed = _agrees(thing, known[iri], strictly=True) and bool(thing.kinds)
    if not typed and len(scripts) < 2:
        return Doubt(
            node, (iri,), f'only its name agrees, "{names[0]}", and it has no fitting type'
        )
    sure = "0.9" if len(scripts) > 1 else "0.8"
    comment = f"name: {', '.join(names)}"
    return _link(iri, node, "LexicalMatching", sure, comment, known[iri], thing, names[0])


def _link(
    iri: str, node: str, rule: str, sure: str, comment: str, ours: _Thing, theirs: _Thing, on: str
) -> Link:
    return Link(
        subject=iri,
        object=node,
        justification=expand(f"semapv:{rule}"),
        confidence=sure,
        comment=comment,
        subject_label=ours.label,
        object_label=min(theirs.names, default=""),
        match=on,
    )


def _agrees(theirs: _Thing, ours: _Thing, strictly: bool = False) -> bool:
    """Whether the foreign classes may mean ours; `strictly`: one of them has to."""
    heads = {_head(word) for word in theirs.kinds}
    heads -= set() if strictly else _NEUTRAL
    if not heads:
        return not strictly
    return any(heads & set(KINDS[kind].split()) for kind in ours.kinds)


def _head(word: str) -> str:
    """Return the noun that a class is about: `place` of `PopulatedPlace`."""
    if re.fullmatch(r"Q\d+", word):
        return word
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", word)
    found = [part.lower() for part in parts]
    for stop in ("of", "or", "in", "and"):
        found = found[: found.index(stop)] if stop in found[1:] else found
    return found[-1] if found else ""


def _clash(theirs: _Thing, ours: _Thing) -> str:
    """Return the kind of identifier that both have and that is not the same, or nothing."""
    for name in ("wd", "gn", "eu", "a3", "a2"):
        mine = {key for kind, key in ours.keys if kind == name}
        other = {key for kind, key in theirs.keys if kind == name}
        if mine and other and not mine & other:
            return f"{_WORDS[name]} identifier"
    return ""


def _script(name: str) -> str:
    letter = next((c for c in name if c.isalpha()), "a")
    return unicodedata.name(letter, "LATIN").split()[0]
