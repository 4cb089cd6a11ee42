"""What the made-up world is written with: terms, names in three scripts, things with evidence."""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from sco_graph.namespaces import GRAPH, ID, expand

SOURCES = {"world-1": "en", "world-2": "en", "world-3": "zh", "world-4": "ru"}
"""The sources and their languages; the first says what states, places and people there are."""
RESOLUTIONS, LINKS = "world-resolutions", "links"
SYLLABLES = """ba ба 巴 be бе 贝 bo бо 博 da да 达 de де 德 du ду 杜 ga га 加 ge ге 格 ha ха 哈
    ka ка 卡 ke ке 克 ku ку 库 la ла 拉 le ле 莱 li ли 利 lo ло 洛 ma ма 马 me ме 梅 mi ми 米
    mu му 穆 na на 纳 ne не 内 no но 诺 pa па 帕 ra ра 腊 re ре 雷 ri ри 里 sa са 萨 ta та 塔
    te те 特 to то 托 va ва 瓦""".split()
LATIN, CYRILLIC, HAN = SYLLABLES[::3], SYLLABLES[1::3], SYLLABLES[2::3]
QUOTES = {"en": "the status of {} was decided", "zh": "决定{}的地位", "ru": "статус {} утверждён"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Pair = tuple[str, str]
"""A predicate and an object, as N-Quads have them."""


@functools.cache
def iri(curie: str) -> str:
    """Return a CURIE of the project's prefixes as N-Quads have it."""
    return f"<{expand(curie)}>"


TYPE, LABEL, DERIVED = iri("rdf:type"), iri("skos:prefLabel"), iri("prov:wasDerivedFrom")
STATEMENT, SUBJECT = iri("scog:Statement"), iri("rdf:subject")
PREDICATE, OBJECT = iri("rdf:predicate"), iri("rdf:object")
INTEGER, DATE = iri("xsd:integer"), iri("xsd:date")


class Sink(Protocol):
    """What quads are written to."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""


class Name(NamedTuple):
    """A name in three scripts."""

    en: str
    zh: str
    ru: str


def name(number: int) -> Name:
    """Return a name of three syllables; neighbouring numbers have names that differ."""
    mixed = number * 7919 % 32**3
    parts = (mixed % 32, mixed // 32 % 32, mixed // 1024)
    en, zh, ru = ("".join(table[part] for part in parts) for table in (LATIN, HAN, CYRILLIC))
    return Name(en.capitalize(), zh, ru.capitalize())


def labels(of: Name, en: str = "{}", zh: str = "{}", ru: str = "{}") -> list[Pair]:
    """Return preferred labels that put a name into a pattern of each language."""
    texts = (f'"{en.format(of.en)}"@en', f'"{zh.format(of.zh)}"@zh', f'"{ru.format(of.ru)}"@ru')
    return [(LABEL, text) for text in texts]


def whole(number: int) -> str:
    """Return a number as a literal."""
    return f'"{number}"^^{INTEGER}'


def day(year: int, month: int, dom: int) -> str:
    """Return a day as a literal."""
    return f'"{year}-{month:02d}-{dom:02d}"^^{DATE}'


class Writer:
    """A stream of quads, and how much went into it."""

    def __init__(self, out: Sink, seed: int) -> None:
        self._out, self._parts = out, [""]
        self.random = random.Random(seed)  # noqa: S311  # the same world again, no secret
        self.triples = 0
        self.classes: Counter[str] = Counter()
        self.numbers: Counter[str] = Counter()
        """How many things of each kind have an IRI, and how many codes were given."""
        self.documents: dict[str, str] = {}
        """The text or table of each source that it now goes by."""

    def new(self, kind: str) -> str:
        """Return the IRI of another thing of a kind."""
        self.numbers[kind] += 1
        return f"<{ID}{kind}/w{self.numbers[kind]}>"

    def code(self, length: int) -> str:
        """Return another code of capital letters; they come round when all were given."""
        number = self.numbers[f"code {length}"]
        self.numbers[f"code {length}"] += 1
        letters = (LETTERS[number // 26**place % 26] for place in reversed(range(length)))
        return f'"{"".join(letters)}"'

    def shared_codes(self) -> int:
        """Return how many pairs of states have one code."""
        found = 0
        for length in (2, 3):
            rounds, more = divmod(self.numbers[f"code {length}"], 26**length)
            found += more * rounds + 26**length * rounds * (rounds - 1) // 2
        return found

    def say(self, source: str, subject: str, pairs: Iterable[Pair]) -> None:
        """Write what a source says of a subject."""
        tail = f" <{GRAPH}{source}> .\n"
        lines = [f"{subject} {predicate} {value}{tail}" for predicate, value in pairs]
        self._parts.append("".join(lines))
        self.triples += len(lines)

    def thing(self, source: str, subject: str, kind: str, pairs: Iterable[Pair]) -> None:
        """Write a thing with its class."""
        self.classes[kind] += 1
        self.say(source, subject, [(TYPE, iri(kind)), *pairs])

    def told(self, source: str, subject: str, pairs: Iterable[Pair], words: str = "") -> None:
        """Write plain triples, each with a statement that says on what it rests."""
        pairs = list(pairs)
        words = words or self.row(source)
        self.say(source, subject, pairs)
        tail = f" <{GRAPH}{source}> .\n"
        for predicate, value in pairs:
            it = self.new("statement")
            self._parts.append(
                f"{it} {TYPE} {STATEMENT}{tail}{it} {SUBJECT} {subject}{tail}"
                f"{it} {PREDICATE} {predicate}{tail}{it} {OBJECT} {value}{tail}"
                f"{it} {DERIVED} {words}{tail}"
            )
        self.triples += 5 * len(pairs)
        self.classes["scog:Statement"] += len(pairs)

    def plain(self, source: str, subject: str, kind: str, pairs: Iterable[Pair]) -> None:
        """Write a thing whose triples rest on statements."""
        self.thing(source, subject, kind, ())
        self.told(source, subject, pairs)

    def claim(self, source: str, subject: str, kind: str, of: Name, pairs: Iterable[Pair]) -> None:
        """Write a thing that rests on evidence itself: words about a name, or a row."""
        words = self.quote(source, of) if self.random.random() < 0.6 else self.row(source)
        self.thing(source, subject, kind, [*pairs, (DERIVED, words)])

    def row(self, source: str) -> str:
        """Write the row of a table and return it."""
        it = self.new("evidence")
        number = self.numbers["evidence"]
        about = [(iri("dcterms:identifier"), f'"row {number}"')]
        about += [(iri("oa:hasSource"), self.documents[source])]
        self.thing(source, it, "scog:Evidence", about)
        return it

    def quote(self, source: str, of: Name) -> str:
        """Write words of a text and return them."""
        it, language = self.new("evidence"), SOURCES[source]
        text = QUOTES[language].format(getattr(of, language))
        start = self.random.randrange(4000)
        words, place = f"{it[:-1]}-quote>", f"{it[:-1]}-position>"
        about = [(iri("oa:hasSelector"), selector) for selector in (words, place)]
        about += [(iri("oa:hasSource"), self.documents[source])]
        self.thing(source, it, "scog:Evidence", about)
        exact = [(iri("oa:exact"), f'"{text}"@{language}')]
        self.thing(source, words, "oa:TextQuoteSelector", exact)
        span = [(iri("oa:start"), whole(start)), (iri("oa:end"), whole(start + len(text)))]
        self.thing(source, place, "oa:TextPositionSelector", span)
        return it

    def flush(self) -> None:
        """Hand on what was written."""
        self._out.write("".join(self._parts).encode())
        self._parts.clear()
