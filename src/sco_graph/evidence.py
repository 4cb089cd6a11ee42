"""Quotes held against the text that they come from: do they stand there and cover it.

A text is not part of the project: whoever holds the document can check every quote.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import pyoxigraph as ox

from sco_graph import store
from sco_graph.errors import InputError, UsageError
from sco_graph.explain import Words, read
from sco_graph.rdf import Node, named

_SENTENCE = re.compile(r"\S[^\n]*?(?:\.(?=\s)|。|(?=\n)|\Z)")
_TYPE, _EVIDENCE, _LANGUAGE, _SHA256 = map(
    named, ("rdf:type", "scog:Evidence", "dcterms:language", "scog:sha256")
)


@dataclass(frozen=True)
class Misquote:
    """A quote that does not stand where its evidence says, and where it does stand."""

    words: Words
    stands_at: tuple[int, ...]

    def __str__(self) -> str:
        there = ", ".join(f"{at}-{at + len(self.words.quote or '')}" for at in self.stands_at)
        return f'"{self.words.quote}" is not at {self.words.start}-{self.words.end}: ' + (
            f"it stands at {there}" if there else "it stands nowhere in this text"
        )


@dataclass(frozen=True)
class Check:
    """How many quotes were looked at, which of them fail, whether the text is the right one."""

    looked_at: int
    misquotes: tuple[Misquote, ...]
    sha256: str
    expected: str

    @property
    def passes(self) -> bool:
        """Whether this is the text quoted, and all quotes stand where they should."""
        return self.looked_at > 0 and not self.misquotes and self.sha256 == self.expected


@dataclass(frozen=True)
class Coverage:
    """The sentences of a text, and those that no quote touches."""

    sentences: tuple[str, ...]
    uncovered: tuple[str, ...]
    sha256: str
    expected: str

    @property
    def passes(self) -> bool:
        """Whether this is the text quoted, and a quote touches each of its sentences."""
        return bool(self.sentences) and not self.uncovered and self.sha256 == self.expected

    @property
    def share(self) -> float:
        """The share of sentences that a quote touches, from 0 to 1."""
        if not self.sentences:
            return 0.0
        return 1 - len(self.uncovered) / len(self.sentences)


def check(graph: store.Graph, data: bytes, language: str) -> Check:
    """Hold the quotes in a language against the bytes of a text.

    Raises UsageError where the graph has no quotes from a text in that language.
    """
    text = _decode(data)
    sha256 = hashlib.sha256(data).hexdigest()
    document, expected = _document(graph, language, sha256)
    quotes = _quotes(graph, document)
    wrong = tuple(
        Misquote(w, tuple(m.start() for m in re.finditer(re.escape(w.quote or ""), text)))
        for w in quotes
        if text[w.start : w.end] != w.quote
    )
    return Check(len(quotes), wrong, sha256, expected)


def coverage(graph: store.Graph, data: bytes, language: str) -> Coverage:
    """Say which sentences of a text no quote touches.

    A sentence ends with a full stop and white space, with `。`, or with its line.
    """
    text = _decode(data)
    sha256 = hashlib.sha256(data).hexdigest()
    document, expected = _document(graph, language, sha256)
    spans = [
        (w.start, w.end)
        for w in _quotes(graph, document)
        if w.start is not None and w.end is not None and text[w.start : w.end] == w.quote
    ]
    found = [(m.start(), m.end(), m[0]) for m in _SENTENCE.finditer(text)]
    bare = tuple(s for a, b, s in found if not any(x < b and a < y for x, y in spans))
    return Coverage(tuple(s for _, _, s in found), bare, sha256, expected)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the text is not UTF-8: byte {error.start} cannot be read") from None


def _document(graph: store.Graph, language: str, sha256: str) -> tuple[Node, str]:
    """Return the text with this checksum, or else the only one in the language."""
    texts = {}
    for text in store.match(graph, None, _SHA256):
        if any(True for _ in store.match(graph, text.subject, _LANGUAGE, ox.Literal(language))):
            texts[text.object.value] = text.subject
    if sha256 in texts:
        return texts[sha256], sha256
    if len(texts) == 1:
        expected, document = next(iter(texts.items()))
        return document, expected
    if not texts:
        raise UsageError(f'the graph quotes no text in "{language}"')
    raise UsageError(f"{sha256} is the checksum of none of the {len(texts)} texts in {language}")


def _quotes(graph: store.Graph, document: Node) -> list[Words]:
    nodes = {fact.subject for fact in store.match(graph, None, _TYPE, _EVIDENCE)}
    words = [read(graph, node) for node in nodes]
    mine = [w for w in words if w.document == document.value and w.quote is not None]
    return sorted(mine, key=lambda w: (w.start or 0, w.end or 0))
