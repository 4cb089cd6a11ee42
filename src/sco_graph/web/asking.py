"""The form of a saved question, its answer as a table, and its text for the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from sco_graph import queries, store
from sco_graph.errors import UsageError
from sco_graph.namespaces import GRAPH, PREFIXES, compact
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Term, literal, named
from sco_graph.web import asked, words
from sco_graph.web.naming import Names, Shown, Text

_SOURCES = re.compile(r"source(_[ab])?|preferred")
_ROLES = re.compile(r"(.*_)?role(_[ab])?")


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
    """An answer as a page shows it."""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Shown | None, ...], ...] = ()
    notes: tuple[str, ...] = ()
    truth: bool | None = None
    text: str = ""


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
    values = {key: text for key, text in given.items() if text}
    at, source = values.pop("at", None), values.pop("source", None)
    asking = queries.Asking(names.lang, source, at, values)
    answer = queries.ask(names.graph, question, asking)
    return table(names, answer, question.list("labels"))


def table(names: Names, answer: queries.Answer, labels: Sequence[str] = ()) -> Table:
    """Return an answer as a page shows it; in columns of labels, names lead to their things."""
    if answer.triples is not None:
        from sco_graph import answers

        return Table(text=answers.write(answer, "ttl"), notes=answer.notes)
    columns = tuple(Column(name, asked.column(name, names.lang)) for name in answer.columns)
    return Table(columns, _rows(names, answer, labels), answer.notes, answer.truth)


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
        if _ROLES.fullmatch(name) and (role := ox.NamedNode(PREFIXES["role"] + term.value)):
            return names.shown(role) if names.labelled(role) else shown
        return names.linked(shown) if name in labels else shown

    return tuple(
        tuple(cell(name, term) for name, term in zip(answer.columns, row, strict=True))
        for row in answer.rows
    )


def in_sparql(names: Names, question: QueryFile, topic: str) -> str:
    """Return a question as plain SPARQL that any endpoint can be asked: prefixes and values."""
    body = _without_header(question.text)
    values = {
        name: term
        for name, term in _values(names, question, topic).items()
        if re.search(rf"[?$]{name}\b", body)
    }
    if values:
        head = " ".join(f"?{name}" for name in values)
        row = " ".join(map(_short, values.values()))
        bound = f"{{\n  VALUES ({head}) {{ ({row}) }}"
        before, _, after = body.partition("{")
        body = before + bound + after
    used = [p for p in PREFIXES if re.search(rf"(?<![\w:-]){re.escape(p)}:", body)]
    lines = [f"PREFIX {p}: <{PREFIXES[p]}>" for p in sorted(used)]
    return f"# {question.summary}\n" + "\n".join([*lines, "", body.strip()]) + "\n"


def _values(names: Names, question: QueryFile, topic: str) -> dict[str, Term]:
    found: dict[str, Term] = {"lang": ox.Literal(names.lang), "best": literal("true", "boolean")}
    last = queries.last_day(names.graph, None)
    if question.fields.get("at") == "yes" and last is not None:
        found["at"] = last
    if "about" in question.fields:
        found["view"] = named(question.fields["about"])
    for parameter in question.parameters:
        if parameter.name == "organization":
            found[parameter.variable] = ox.NamedNode(topic)
        elif parameter.type == "language":
            found[parameter.variable] = ox.Literal(names.lang)
        elif parameter.type == "day" and last is not None:
            first = f"{int(last.value[:4]) - 1}{last.value[4:8]}01"
            is_first = parameter.name == "from"
            found[parameter.variable] = literal(first, "date") if is_first else last
        elif parameter.default not in (None, "*"):
            found[parameter.variable] = ox.Literal(parameter.default or "")
    return found


def _short(term: Term) -> str:
    if isinstance(term, ox.Literal) and term.datatype == named("xsd:boolean"):
        return term.value
    if isinstance(term, ox.Literal) and term.datatype == named("xsd:date"):
        return f'"{term.value}"^^xsd:date'
    return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)


def _without_header(text: str) -> str:
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), 0)
    return "\n".join(lines[start:])


def unknown(name: str, known: Sequence[QueryFile]) -> UsageError:
    """Return the error for a question that there is none of."""
    listed = ", ".join(question.name for question in known)
    return UsageError(f'there is no question "{name}". Questions: {listed}')
