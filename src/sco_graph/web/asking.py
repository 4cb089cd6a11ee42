"""The form of a saved question, its answer as a table, and its text for the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import portable, queries, store
from sco_graph.errors import UsageError
from sco_graph.namespaces import GRAPH, PREFIXES, compact
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Term
from sco_graph.web import asked, words
from sco_graph.web.naming import Names, Shown, Text

_SOURCES = re.compile(r"source(_[ab])?|preferred")
_ROLES = re.compile(r"(.*_)?role(_[ab])?")
_SAID, _VALUES = ("property", "statement"), ("value_a", "value_b")
_PROPERTY, _CLASS = re.compile(r"[a-z]\w*"), re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)+")


class Field(NamedTuple):
    """An input of a form; `options` are (value, words), none for a plain text."""

    name: str
    label: str
    value: str
    hint: Text
    options: tuple[tuple[str, str], ...] = ()
    pattern: str = ""


class Column(NamedTuple):
    """The head of a column: its name in the query and in words."""

    name: str
    label: str


class Table(NamedTuple):
    """An answer as a page shows it: `here` rows or triples of `total`, 0 if these are all."""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Shown | None, ...], ...] = ()
    notes: tuple[str, ...] = ()
    truth: bool | None = None
    text: str = ""
    here: int = 0
    total: int = 0

    @property
    def cut(self) -> bool:
        """Whether only the first rows or triples are here."""
        return self.here < self.total


class Card(NamedTuple):
    """A question on a list."""

    name: str
    title: str
    summary: Text
    href: str
    load: str


def card(names: Names, question: QueryFile) -> Card:
    """Return a question as a list shows it."""
    lang = names.lang
    return Card(
        question.name,
        asked.title(question.name, lang),
        Text(*asked.summary(question.name, question.summary, lang)),
        names.links.to(f"/query/{question.name}"),
        names.links.to("/sparql", saved=question.name),
    )


def fields(names: Names, question: QueryFile, given: Mapping[str, str]) -> list[Field]:
    """Return the inputs of a question's form, filled with what was given."""
    found = []
    lang, at = names.lang, question.fields.get("at", "no")
    if at != "no":
        found.append(_field("at", "day", lang, given, "YYYY-MM-DD"))
    for parameter in question.parameters:
        if parameter.name == "organization" and "organization" not in given:
            continue  # the graph is about one: whoever wants another names it in the address
        found.append(_field(parameter.name, parameter.type, lang, given, parameter.text))
    if question.declared and "?graph" in question.text:
        every = ("", words.texts(lang)["all_sources"])
        known = [
            (name, names.title(GRAPH + name))
            for name in store.sources(names.graph)
            if name != "resolutions"
        ]
        found.append(
            Field("source", asked.column("source", lang), given.get("source", ""), Text(""),
                  (every, *known))
        )  # fmt: skip
    return found


def _field(name: str, kind: str, lang: str, given: Mapping[str, str], hint: str) -> Field:
    options: tuple[tuple[str, str], ...] = ()
    if kind == "language":
        options = (("", "—"), *words.LANGUAGE_NAMES.items())
    day = kind == "day"
    return Field(
        name,
        asked.column(name, lang),
        given.get(name, ""),
        Text("YYYY-MM-DD") if day else Text(*asked.hint(name, hint, lang)),
        options,
        "[0-9]{4}-[0-9]{2}-[0-9]{2}" if day else "",
    )


def complete(question: QueryFile, given: Mapping[str, str]) -> bool:
    """Whether every parameter that needs a value has one."""
    return all(
        given.get(p.name) or p.default is not None or p.name == "organization"
        for p in question.parameters
    )


def ask(names: Names, question: QueryFile, given: Mapping[str, str]) -> Table:
    """Ask a question; UsageError where a value does not fit."""
    answer = queries.ask(names.graph, question, _asking(names, given))
    return table(names, answer, question.list("labels"))


def _asking(names: Names, given: Mapping[str, str]) -> queries.Asking:
    values = {key: text for key, text in given.items() if text}
    at, source = values.pop("at", None), values.pop("source", None)
    return queries.Asking(names.lang, source, at, values)


def table(names: Names, answer: queries.Answer, labels: Sequence[str] = ()) -> Table:
    """Return an answer as a page shows it; in columns of labels, names lead to their things."""
    if answer.triples is not None:
        from sco_graph import answers

        text = answers.write(answer, "ttl")
        return Table(text=text, notes=answer.notes, here=len(answer.triples))
    columns = tuple(Column(name, asked.column(name, names.lang)) for name in answer.columns)
    rows = _rows(names, answer, labels)
    return Table(columns, rows, answer.notes, answer.truth, here=len(rows))


def _rows(
    names: Names, answer: queries.Answer, labels: Sequence[str]
) -> tuple[tuple[Shown | None, ...], ...]:
    known = set(store.sources(names.graph))

    def cell(name: str, term: Term | None) -> Shown | None:
        if term is None:
            return None
        if _SOURCES.fullmatch(name) and term.value in known:
            return Shown((Text(term.value),), names.links.here(GRAPH + term.value))
        if name == "iri" and isinstance(term, ox.NamedNode):
            return Shown((Text(compact(term.value)),), names.links.here(term.value))
        shown = names.shown(term)
        if name == "rank" and isinstance(term, ox.Literal):
            return Shown((Text(words.rank(term.value, names.lang)),))
        if name in (*_SAID, *_VALUES) and isinstance(term, ox.Literal) and not term.language:
            return _spoken(names, name, term.value)
        if _ROLES.fullmatch(name) and (role := ox.NamedNode(PREFIXES["role"] + term.value)):
            return names.shown(role) if names.labelled(role) else shown
        return names.linked(shown) if name in labels else shown

    return tuple(
        tuple(cell(name, term) for name, term in zip(answer.columns, row, strict=True))
        for row in answer.rows
    )


def _spoken(names: Names, column: str, text: str) -> Shown:
    """Return what a question puts together: "PROPERTY: VALUE", "THING: VALUE", or one of them.

    Terms of the ontology stand in it by the ends of their IRIs; a page calls them by their names.
    """
    said = column in _SAID
    first, colon, rest = text.partition(": ")
    if colon and not said and not names.linked(Shown((Text(first),))).href:
        return _term(names, text, _CLASS)  # a colon of the value's own
    before = _term(names, first, _PROPERTY if said else _CLASS)
    if not colon:
        return before
    mark = Text(words.marks(names.lang)["colon"])
    return Shown((*before.parts, mark, *_term(names, rest, _CLASS).parts))


def _term(names: Names, text: str, pattern: re.Pattern[str]) -> Shown:
    if text == "type":
        return Shown((Text(asked.column("kind", names.lang).lower()),))
    term = names.term(text) if pattern.fullmatch(text) else None
    return term or Shown((Text(text),))


def in_sparql(names: Names, question: QueryFile, given: Mapping[str, str]) -> str:
    """Return a question, asked with what was given, as any endpoint can be asked it."""
    return portable.write(question, queries.bound(names.graph, question, _asking(names, given)))


def unknown(name: str, known: Sequence[QueryFile]) -> UsageError:
    """Return the error for a question that there is none of."""
    listed = ", ".join(question.name for question in known)
    return UsageError(f'there is no question "{name}". Questions: {listed}')
