from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph import evidence, store
from sco_graph.errors import InputError, UsageError
from sco_graph.rdf import literal, named

SENTENCES = {"en": 14, "zh": 9}
HEADINGS = 3
"""How many lines of the English text, the first ones, are headings; the Chinese has none."""

Read = Callable[[str], bytes]


@pytest.fixture
def text(shared: Callable[[str], Path]) -> Read:
    """Return a function that reads the text in a language, or skips."""
    return lambda language: shared(f"source/china-keywords-2019.{language}.txt").read_bytes()


@pytest.fixture
def moved(graph: ox.Store) -> ox.Store:
    """Return the shipped graph with the quote of 第十八次会议 one character further on."""
    place = named("evidence:china-keywords-2019-zh-462-468-position")
    changed = ox.Store()
    changed.extend(graph)
    for name, before, after in (("oa:start", 462, 463), ("oa:end", 468, 469)):
        (fact,) = store.match(changed, place, named(name), literal(str(before), "integer"))
        changed.remove(fact.quad())
        changed.add(fact._replace(object=literal(str(after), "integer")).quad())
    return changed


def quotes(found: evidence.Check) -> list[str | None]:
    return [misquote.words.quote for misquote in found.misquotes]


@pytest.mark.parametrize("language", SENTENCES)
def test_every_quote_stands_where_it_says(graph: ox.Store, text: Read, language: str) -> None:
    """The text is the one that was read, and each quote is in it at its position."""
    found = evidence.check(graph, text(language), language)

    assert found.looked_at > 50
    assert not found.misquotes
    assert found.expected == found.sha256
    assert found.passes


@pytest.mark.parametrize(("language", "count"), SENTENCES.items())
def test_every_sentence_is_quoted(graph: ox.Store, text: Read, language: str, count: int) -> None:
    """A hundred per cent of the sentences carry a fact."""
    found = evidence.coverage(graph, text(language), language)
    expected = (count, (), 1.0)
    actual = (len(found.sentences), found.uncovered, found.share)

    assert expected == actual


@pytest.mark.parametrize("language", SENTENCES)
def test_no_sentence_is_quoted_whole(graph: ox.Store, text: Read, language: str) -> None:
    """The project carries phrases; only a name that fills a heading is quoted whole."""
    data = text(language)
    sentences = evidence.coverage(graph, data, language).sentences
    headings = HEADINGS if language == "en" else 0
    quoted = [
        fact.object.value
        for fact in store.match(graph, predicate=named("oa:exact"))
        if isinstance(fact.object, ox.Literal) and fact.object.language == language
    ]

    assert not [
        quote
        for quote in quoted
        for sentence in sentences[headings:]
        if sentence.rstrip(".。") in quote
    ]


@pytest.mark.parametrize(
    ("language", "old", "new", "wrong"),
    [
        ("en", "Kazakhstan", "Kazakstan,", ["Kazakhstan"]),
        ("zh", "哈萨克斯坦", "哈萨克斯但", ["哈萨克斯坦"]),
        ("zh", "10日", "11日", ["10日"]),
    ],
)
def test_a_changed_character_is_told(
    graph: ox.Store, text: Read, language: str, old: str, new: str, wrong: list[str]
) -> None:
    """The quote that no longer stands there is named, and the text is not the right one."""
    found = evidence.check(graph, text(language).decode().replace(old, new, 1).encode(), language)

    assert set(wrong) <= set(quotes(found))
    assert found.expected != found.sha256
    assert not found.passes


@pytest.mark.parametrize("language", SENTENCES)
def test_a_changed_character_that_nobody_quotes_is_told(
    graph: ox.Store, text: Read, language: str
) -> None:
    """Every quote stands, and still the text is not the one that was read."""
    found = evidence.check(graph, text(language).rstrip(b"\n") + b" ", language)

    assert not found.misquotes
    assert not found.passes


def test_a_moved_quote_is_told_with_where_it_stands(moved: ox.Store, text: Read) -> None:
    """A wrong position names the right one."""
    found = evidence.check(moved, text("zh"), "zh")
    expected = [("第十八次会议", (462,))]
    actual = [(m.words.quote, m.stands_at) for m in found.misquotes]

    assert expected == actual
    assert "it stands at 462-468" in str(found.misquotes[0])
    assert not found.passes


def test_a_quote_that_stands_nowhere_is_told_so(graph: ox.Store, text: Read) -> None:
    """The message does not send a reader to a place that is none."""
    found = evidence.check(graph, text("zh").decode().replace("习近平", "某某某").encode(), "zh")

    assert "习近平" in quotes(found)
    assert "stands nowhere" in str(next(m for m in found.misquotes if m.words.quote == "习近平"))


@pytest.mark.parametrize(("language", "added"), [("en", "It grew."), ("zh", "该组织扩大了。")])
def test_an_added_sentence_is_told(graph: ox.Store, text: Read, language: str, added: str) -> None:
    """A sentence that nobody quotes is uncovered, and the checksum differs."""
    data = text(language) + f"{added}\n".encode()
    covered = evidence.coverage(graph, data, language)
    expected = (SENTENCES[language] + 1, (added,))
    actual = (len(covered.sentences), covered.uncovered)

    assert expected == actual
    assert covered.share < 1
    assert not evidence.check(graph, data, language).passes


def test_a_misquote_covers_no_sentence(graph: ox.Store) -> None:
    """Words that do not stand where they should are no evidence for what stands there."""
    other = "x" * 2000
    expected = (other,)
    actual = evidence.coverage(graph, other.encode(), "en").uncovered

    assert expected == actual


def test_a_language_without_a_text_is_refused(graph: ox.Store) -> None:
    """Nothing to look at is no pass."""
    with pytest.raises(UsageError, match='no text in "ru"'):
        evidence.check(graph, b"", "ru")


def test_a_text_that_is_not_utf_8_is_refused(graph: ox.Store) -> None:
    """Bytes are not guessed at."""
    with pytest.raises(InputError, match="byte 3 "):
        evidence.check(graph, "caf\xe9".encode("latin-1"), "en")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ()),
        (" \n\n  \n", ()),
        ("One.", ("One.",)),
        ("One. Two.", ("One.", "Two.")),
        ("One.\tTwo.\n", ("One.", "Two.")),
        ("A heading\n\nA text.\n", ("A heading", "A text.")),
        ("No end", ("No end",)),
        ("Version 1.2 is out. Yes", ("Version 1.2 is out.", "Yes")),
        ("Wait... What?", ("Wait...", "What?")),
        ("One line\nand another.", ("One line", "and another.")),
        ("甲。乙。", ("甲。", "乙。")),
        ("甲, 乙。丙", ("甲, 乙。", "丙")),
        ("甲 1.5 乙。丙。\n", ("甲 1.5 乙。", "丙。")),
        ("  indented. text", ("indented.", "text")),
        ("Question? Answer! End.", ("Question? Answer! End.",)),
    ],
)
def test_a_text_falls_into_sentences(
    graph: ox.Store, words: str, expected: tuple[str, ...]
) -> None:
    """A sentence ends with a full stop and white space, with 。 or with its line."""
    assert expected == evidence.coverage(graph, words.encode(), "en").sentences


def test_an_empty_text_is_covered_by_nothing() -> None:
    """No sentences are no hundred per cent."""
    expected = 0.0
    actual = evidence.Coverage((), (), "", "").share

    assert expected == actual
