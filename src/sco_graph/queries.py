"""Questions: saved ones by name, anybody's SPARQL, and the values that they are asked with.

Every question can use `?lang` (the language of labels), `?graph` (the graph of the source
named, if one is), `?best` (whether ranks decide, because no source is named) and, where
its header says so, `?at` (the day asked, or the last one covered), `?timed` (whether a day
was named) and `?view` (what the answer is about). Values are bound as terms.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from os.path import join

import pyoxigraph as ox

from sco_graph import queryfile, store
from sco_graph.errors import InputError, UsageError
from sco_graph.namespaces import LANGUAGES, graph_name, slug
from sco_graph.queryfile import Parameter, QueryFile
from sco_graph.rdf import Rows, Term, literal, named
from sco_graph.records import NamedTuple

_TOPIC, _LAST_DAY = named("foaf:primaryTopic"), named("scog:lastDayCovered")
_PARTIAL = {named("xsd:gYear"), named("xsd:gYearMonth")}
_SPOKEN_DAYS = """SELECT DISTINCT ?day ?first ?after WHERE {
  ?role scog:currentProperty ?view .
  GRAPH ?graph { ?claim org:role ?role . OPTIONAL { ?claim scog:statedAsOf ?day } }
  GRAPH graph:derived { ?claim scog:firstDay ?first . OPTIONAL { ?claim scog:dayAfter ?after } }
} ORDER BY ?first"""


class Answer(NamedTuple):
    """Rows of a SELECT (terms, None where unbound), triples of a CONSTRUCT, or a yes or no.

    `notes` say what a reader has to know beside the rows.
    """

    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[Term | None, ...]] = ()
    triples: list[ox.Triple] | None = None
    truth: bool | None = None
    notes: tuple[str, ...] = ()


class Asking(NamedTuple):
    """What a question is asked with, apart from its own parameters."""

    lang: str | None = None
    source: str | None = None
    at: str | None = None
    parameters: Mapping[str, str] = {}


def saved(folder: str) -> list[QueryFile]:
    """Return the saved questions in a folder of queries, in order of their names."""
    return list(queryfile.read_folder(join(folder, "questions")))


def find(folder: str, name: str) -> QueryFile:
    """Return a saved question; UsageError names the ones that there are."""
    if name.replace("-", "").isalnum():
        try:
            return queryfile.read_file(join(folder, "questions"), name)
        except OSError:
            pass
    known = ", ".join(question.name for question in saved(folder))
    raise UsageError(f'there is no question "{name}". Questions: {known}')


def ask(graph: store.Graph, question: QueryFile, asking: Asking) -> Answer:
    """Ask a question of a graph; UsageError where a value does not fit it.

    A query without a header is bound to nothing but what it is explicitly asked with.
    """
    used = bound(graph, question, asking)
    solutions = store.select(graph, question.text, used)
    if isinstance(solutions, ox.QueryBoolean):
        return Answer(truth=bool(solutions))
    try:
        if not isinstance(solutions, ox.QuerySolutions | Rows):
            return Answer(triples=list(solutions))
        names = [
            v.value for v in solutions.variables if v.value not in used or _shows(question, v.value)
        ]
        rows = [tuple(solution[name] for name in names) for solution in solutions]
    except OSError as error:
        raise InputError(f"the question cannot be answered: {error}") from None
    notes = [*_fallbacks(question, names, rows, asking.lang or LANGUAGES[0])]
    notes += _other_days(graph, question, used)
    notes += _partial_dates(names, rows)
    return Answer(tuple(names), rows, notes=tuple(notes))


def bound(graph: store.Graph, question: QueryFile, asking: Asking) -> dict[str, Term]:
    """Return the values of the variables that a question mentions; UsageError as `ask`."""
    lang = asking.lang or LANGUAGES[0]
    if lang not in LANGUAGES:
        raise UsageError(f'there is no language "{lang}". Languages: {", ".join(LANGUAGES)}')
    home = {"graph": store.graph_iri(graph, asking.source)} if asking.source else {}
    values = _parameters(graph, question, asking.parameters, asking.source) | home
    values |= _at(graph, question, asking.at, asking.source)
    if question.declared or asking.lang:
        values["lang"] = ox.Literal(lang)
    if question.declared:
        values["best"] = literal("false" if asking.source else "true", "boolean")
    if "about" in question.fields:
        values["view"] = named(question.fields["about"])
    return {name: value for name, value in values.items() if _mentions(question.text, name)}


def example(graph: store.Graph, question: QueryFile, lang: str) -> Asking:
    """Return with what a question can be asked where nobody says: what it needs, made up."""
    last = last_day(graph, None)
    made: dict[str, str] = {}
    for parameter in question.parameters:
        if parameter.default is not None or parameter.name == "organization":
            continue
        if parameter.type == "language":
            made[parameter.name] = lang
        elif parameter.type == "day" and last is not None:
            first = f"{int(last.value[:4]) - 1}-01-01"
            made[parameter.name] = first if parameter.name == "from" else last.value
    return Asking(lang, parameters=made)


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"[?$]{name}\b", text) is not None


def _shows(question: QueryFile, name: str) -> bool:
    """Whether a bound variable is a column that the question itself selects."""
    head = re.split(r"WHERE|\{", question.text, maxsplit=1)[0].rpartition("SELECT")[2]
    return "*" in head or _mentions(head, name)


def _parameters(
    graph: store.Graph,
    question: QueryFile,
    given: Mapping[str, str],
    source: str | None,
) -> dict[str, Term]:
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in given:
        if name not in known and (question.declared or not _mentions(question.text, name)):
            names = ", ".join(known) or "none"
            raise UsageError(f'{question.name} has no parameter "{name}". Parameters: {names}')
    values = {name: _guessed(graph, text) for name, text in given.items() if name not in known}
    for parameter in question.parameters:
        text = given.get(parameter.name, parameter.default)
        if text == "*":
            continue
        if text is None and parameter.name == "organization":
            values[parameter.variable] = _topic(graph, source)
        elif text is None:
            raise UsageError(
                f'{question.name} needs the parameter "{parameter.name}": {parameter.text}'
            )
        else:
            values[parameter.variable] = _value(graph, parameter, text)
    return values


def _value(graph: store.Graph, parameter: Parameter, text: str) -> Term:
    if parameter.type == "thing":
        return _thing(graph, text)
    if parameter.type == "language" and text not in LANGUAGES:
        raise UsageError(
            f'{parameter.name}: "{text}" is no language. Languages: {", ".join(LANGUAGES)}'
        )
    if parameter.type == "day":
        return _day(text)
    if parameter.type == "integer":
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise UsageError(f'{parameter.name}: "{text}" is no whole number')
        return literal(text, "integer")
    return ox.Literal(text)


def _day(text: str) -> Term:
    from sco_graph.days import day

    return literal(day(text).isoformat(), "date")


def _guessed(graph: store.Graph, text: str) -> Term:
    """Return the value of an undeclared parameter: an IRI or CURIE as such, or else a text."""
    if re.match(r"<.*>\Z|[a-z][\w-]*:\S+\Z", text):
        return _thing(graph, text)
    return ox.Literal(text)


def _thing(graph: store.Graph, text: str) -> Term:
    from sco_graph.terms import resolve

    return ox.NamedNode(resolve(graph, text))


def _topic(graph: store.Graph, source: str | None) -> Term:
    """Return the one organization that a source, or the graph, is about."""
    for scope in (source, None):
        topics = {fact.object for fact in store.match(graph, None, _TOPIC, graph=scope)}
        if len(topics) == 1:
            return topics.pop()
        if topics:
            shown = ", ".join(sorted(slug(topic.value) for topic in topics))
            raise UsageError(f'the parameter "organization" says which: {shown}')
    raise UsageError('the graph names no foaf:primaryTopic: give the parameter "organization"')


def last_day(graph: store.Graph, source: str | None) -> Term | None:
    """Return the last day that a source covers, or any source where none is named."""
    days = (fact.object for fact in store.match(graph, None, _LAST_DAY, graph=source))
    return max(days, key=lambda day: day.value, default=None)


def _at(
    graph: store.Graph, question: QueryFile, at: str | None, source: str | None
) -> dict[str, Term]:
    """Return the day asked, bound as `?at`, and as `?timed` whether one was named."""
    kind = question.fields.get("at", "no")
    if at is not None:
        if kind == "no" and (question.declared or not _mentions(question.text, "at")):
            raise UsageError(f"{question.name} does not depend on a day: leave out --at")
        return {"at": _day(at), "timed": literal("true", "boolean")}
    if kind == "no":
        return {}
    timed: dict[str, Term] = {"timed": literal("false", "boolean")}
    found = last_day(graph, source) or last_day(graph, None)
    if found is None and kind == "optional":
        return timed
    if found is None:
        raise UsageError("no source says which day it covers (scog:lastDayCovered): name one, --at")
    return {"at": found, **timed}


def _fallbacks(
    question: QueryFile,
    names: list[str],
    rows: Iterable[tuple[Term | None, ...]],
    lang: str,
) -> list[str]:
    """Say which labels stand in another language than the one asked for."""
    columns = [names.index(name) for name in question.list("labels") if name in names]
    other = {
        cell.value
        for row in rows
        for cell in (row[i] for i in columns)
        if isinstance(cell, ox.Literal) and cell.language and cell.language != lang
    }
    note = fallback_note(other, lang)
    return [note] if note else []


def fallback_note(names: Collection[str], lang: str) -> str | None:
    """Return a line that says which names shown are in another language, if any are."""
    if not names:
        return None
    some = ", ".join(sorted(names)[:3]) + (", …" if len(names) > 3 else "")
    return f"no {lang} name for {len(names)} of the things shown, so in another language: {some}"


def _other_days(graph: store.Graph, question: QueryFile, values: Mapping[str, Term]) -> list[str]:
    """Say on which days only a source speaks of what was asked, if not on the day asked."""
    if not {"graph", "at"} <= values.keys() or "about" not in question.fields:
        return []
    asked = {name: values[name] for name in ("graph", "view")}
    claims = list(store.rows(graph, _SPOKEN_DAYS, asked))
    at = values["at"].value
    if not claims or any(
        "day" not in claim or claim["first"].value <= at < claim["after"].value for claim in claims
    ):
        return []
    days = dict.fromkeys(claim["day"].value for claim in claims)
    source = graph_name(values["graph"].value)
    return [f"{source} speaks of {question.name} on {', '.join(days)} only"]


def _partial_dates(names: list[str], rows: Iterable[tuple[Term | None, ...]]) -> list[str]:
    """Say which bounds of the periods shown are years or months, because no day is known."""
    columns = [names.index(name) for name in ("since", "until") if name in names]
    found = {
        cell.value
        for row in rows
        for cell in (row[i] for i in columns)
        if isinstance(cell, ox.Literal) and cell.datatype in _PARTIAL
    }
    if not found:
        return []
    return [f"these bounds are years or months, the days are not known: {', '.join(sorted(found))}"]
