"""The SPARQL 1.1 Protocol, its query part: a request to a job, or to the reason why not.

The server reads the parameters; what they ask is read by a worker, because that takes time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sco_graph.formats import Format
from sco_graph.records import NamedTuple
from sco_graph.web import gate, negotiate
from sco_graph.web.evaluating import Job
from sco_graph.web.problems import Problem

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
URL_BYTES, FORM_BYTES, FIELDS = 8 * 1024, 256 * 1024, 64
"""A form takes up to three bytes for one, and a little more."""

ROWS = negotiate.offered("json", "xml", "csv", "tsv")
GRAPHS = negotiate.offered("ttl", "nt", "nq", "trig", "jsonld", "rdfxml")
FORMATS = {form.name: form for form in (*ROWS, *GRAPHS, negotiate.HTML)}
"""What an answer comes in, by name."""
ROWS_SHOWN = 500
"""How many rows of an answer a page shows; it says how many there are."""


@dataclass(frozen=True)
class Request:
    """What of an HTTP request says the parameters."""

    method: str
    query_string: str
    content_type: str = ""
    body: bytes = b""


class Asking(NamedTuple):
    """The parameters of a request, the query among them, and what it accepts."""

    given: Sequence[tuple[str, str]]
    accept: str | None = None


class Told(NamedTuple):
    """What an answer says of itself: its format, the form of the query; for a page more.

    `format` is that of `sco_graph.formats` or `html`: then the body is in `read`, and `text` and
    `view` are the query and the view that it names.
    """

    format: str
    form: str
    read: str = ""
    text: str = ""
    view: str = ""


@dataclass(frozen=True)
class Asked:
    """A query that passed the gate, the format of its answer, its dataset, the view named.

    The dataset is the request's, or else that of its FROM.
    """

    checked: gate.Checked
    format: Format
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    view: str

    @property
    def job(self) -> Job:
        """What is to be done; for a page the first rows, and all are counted."""
        page = self.format == negotiate.HTML
        return Job(
            query=self.checked.text,
            form=self.checked.form,
            format=self._read if page else self.format.name,
            default_graphs=self.default_graphs,
            named_graphs=self.named_graphs,
            shown=ROWS_SHOWN if page else 0,
        )

    @property
    def told(self) -> Told:
        """What the answer says of itself."""
        told = Told(self.format.name, self.checked.form)
        if self.format != negotiate.HTML:
            return told
        return told._replace(read=self._read, text=self.checked.text, view=self.view)

    @property
    def _read(self) -> str:
        return {"SELECT": "tsv", "ASK": "json"}.get(self.checked.form, "nt")


def fields(text: str) -> list[tuple[str, str]]:
    """Return the fields of a query string or a form; Problem (400) where it is none."""
    try:
        found = parse_qsl(
            text,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELDS,
        )
    except ValueError as error:
        raise Problem(400, "the parameters cannot be read", str(error)) from None
    return found


def parameters(request: Request) -> list[tuple[str, str]]:
    """Return the parameters of a request to the endpoint, the query among them.

    Raises Problem: 403 where an update is asked for, 413 and 415 at a body that is none.
    """
    given = fields(request.query_string)
    if request.method == "POST":
        kind = request.content_type.partition(";")[0].strip().lower()
        if kind == FORM:
            if len(request.body) > FORM_BYTES:
                raise Problem(413, "the form is too large", f"at most {FORM_BYTES} bytes")
            given += fields(gate.decode(request.body, FORM_BYTES))
        elif kind == QUERY:
            given.append(("query", gate.decode(request.body)))
        elif kind == UPDATE:
            raise Problem(403, "this endpoint is read-only", "it takes queries and no updates")
        else:
            raise Problem(415, "the body is of no known type", f"take {FORM} or {QUERY}")
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in given):
        many = any(name == "query" for name, _ in given)
        raise Problem(
            400 if many else 403,
            "this endpoint is read-only",
            "it takes one query and no update",
        )
    return given


def ask(asking: Asking, graphs: Collection[str]) -> Asked:
    """Return what is asked of these graphs; Problem where it is refused."""
    given = asking.given
    texts = [value for name, value in given if name == "query"]
    if len(texts) != 1:
        raise Problem(400, "one query is asked at a time", f"there are {len(texts)}")
    checked = gate.check(texts[0], graphs)
    named = [value for name, value in given if name in ("format", "output")]
    offers: Sequence[Format] = GRAPHS if checked.form in ("CONSTRUCT", "DESCRIBE") else ROWS
    offers = (*offers, negotiate.HTML)
    default = _graphs(given, "default-graph-uri", graphs)
    others = _graphs(given, "named-graph-uri", graphs)
    if not default and not others:
        default, others = checked.datasets, checked.named
    return Asked(
        checked,
        negotiate.choose(asking.accept, offers, named[0] if named else None),
        default,
        others,
        next((value for name, value in given if name == "view"), checked.view or "").capitalize(),
    )


def _graphs(
    given: Sequence[tuple[str, str]], name: str, graphs: Collection[str]
) -> tuple[str, ...]:
    wanted = tuple(value for key, value in given if key == name)
    for iri in wanted:
        if iri not in graphs:
            known = ", ".join(f"<{graph}>" for graph in sorted(graphs))
            raise Problem(400, "there is no such graph", f"<{iri}>. Graphs: {known}")
    return wanted
