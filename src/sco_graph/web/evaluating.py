"""What a worker does with a query: the whole answer within its bounds, or why there is none."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox

from sco_graph.namespaces import BASE, PREFIXES
from sco_graph.reading import RDF_FORMATS
from sco_graph.records import NamedTuple

ANSWERED, REFUSED, ROWS, SIZE, MEMORY, PROBLEM = range(6)
"""What becomes of a query: an answer, a message of the engine, a bound that it is past, or the
problem for which no engine sees it."""

ROW_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}

_PAGE, _CELL = 1 << 20, 100
"""Bytes of an answer that a page takes, and what each cell adds to them."""

_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_DECLARED = {
    "ttl": re.compile(rb"@prefix ([\w-]+): <[^>]*> \.\n"),
    "trig": re.compile(rb"@prefix ([\w-]+): <[^>]*> \.\n"),
    "rdfxml": re.compile(rb' xmlns:([\w-]+)="[^"]*"'),
}


class Limits(NamedTuple):
    """What a query may take, and how many may wait.

    `seconds` by the clock, `rows` and `size` (bytes) of an answer, `memory` (bytes) besides the
    graph; of it the answer itself takes three times its size. `queue` is how many may wait.
    """

    seconds: float = 10.0
    rows: int = 1_000_000
    size: int = 32 << 20
    memory: int = 512 << 20
    queue: int = 64


class Job(NamedTuple):
    """A query that passed the gate, what form the gate read, and the format of its answer.

    `format` is a name of `sco_graph.formats`. Where graphs are named they are the dataset, as
    the SPARQL Protocol says, whatever FROM says; else FROM is, or the union of all graphs.
    With `shown` (tsv and nt) the answer is cut after so many rows, and all are counted.
    """

    query: str
    form: str
    format: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    shown: int = 0


class Past(Exception):
    """An answer past a bound, ROWS or SIZE."""


class _Body(io.BytesIO):
    """What an answer is written into; it takes no more than `size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self._size:
            raise Past(SIZE)
        return super().write(data)


def load(quads: bytes) -> ox.Store:
    """Return N-Quads as a store whose default graph is the union of all its graphs.

    The engine has a union of its own, in which a triple of two graphs is there twice, so that
    it counts twice, and which hides the FROM of a query. Copied, a triple is there once.
    """
    store = ox.Store()
    store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    return store


def answer(store: ox.Store, job: Job, limits: Limits) -> tuple[int, int, bytes]:
    """Return what became of a query, the number of rows or triples, and the answer or a message."""
    try:
        asked, graphs = _dataset(store, job)
        # The engine takes a third of a microsecond for each: for short queries that counts.
        prefixes = {name: iri for name, iri in PREFIXES.items() if name + ":" in job.query}
        found = asked.query(job.query, base_iri=BASE, prefixes=prefixes, **graphs)
        if isinstance(found, ox.QueryTriples):
            rows, body = _graph(found, job, limits)
        else:
            rows, body = _table(found, job, limits)
        body = _proper(body, job.format)
        if len(body) > limits.size:
            raise Past(SIZE)
    except Past as past:
        return past.args[0], 0, b""
    except MemoryError:
        return MEMORY, 0, b""
    except OSError:  # SERVICE, which should not have come this far
        return REFUSED, 0, b"it asks for something that is not in this graph"
    except (SyntaxError, RuntimeError, ValueError) as error:
        return REFUSED, 0, _readable(str(error)).encode(errors="replace")
    return ANSWERED, rows, body


def _dataset(store: ox.Store, job: Job) -> tuple[ox.Store, dict[str, Any]]:
    """Return the dataset that a request names: it takes the place of FROM and of the union."""
    if not job.default_graphs and not job.named_graphs:
        return store, {}
    default = [ox.NamedNode(iri) for iri in job.default_graphs]
    named = [ox.NamedNode(iri) for iri in job.named_graphs]
    if len(default) < 2:
        return store, {"default_graph": default, "named_graphs": named}
    # The engine gives a triple of two default graphs twice; SPARQL merges them.
    merged = ox.Store()
    for home in default:
        quads = store.quads_for_pattern(None, None, None, home)
        merged.extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    for home in named:
        merged.extend(store.quads_for_pattern(None, None, None, home))
    return merged, {"default_graph": ox.DefaultGraph(), "named_graphs": named}


def _graph(found: ox.QueryTriples, job: Job, limits: Limits) -> tuple[int, bytes]:
    """Return the number of triples of an answer and its bytes."""
    if job.form not in ("CONSTRUCT", "DESCRIBE"):
        raise ValueError(f"it was read as {job.form}, and the engine answers with a graph")
    if job.format not in RDF_FORMATS:
        raise ValueError(f"{job.format} holds rows, and this query answers with triples")
    body, count = _Body(limits.size), [0]
    triples = _counted(found, count, limits.rows)
    first = islice(triples, job.shown) if job.shown else triples
    ox.serialize(first, body, format=RDF_FORMATS[job.format], prefixes=PREFIXES)
    deque(triples, 0)  # the rest is counted
    return count[0], body.getvalue()


def _table(
    found: ox.QuerySolutions | ox.QueryBoolean, job: Job, limits: Limits
) -> tuple[int, bytes]:
    """Return the number of rows of an answer and its bytes."""
    if job.form != ("SELECT" if isinstance(found, ox.QuerySolutions) else "ASK"):
        raise ValueError(f"it was read as {job.form}, and the engine answers in another form")
    if job.format not in ROW_FORMATS:
        raise ValueError(f"{job.format} holds triples, and this query answers with rows")
    if job.shown and isinstance(found, ox.QuerySolutions):
        return _first(found, job.shown, limits.rows)
    body = _Body(limits.size)
    found.serialize(body, format=ROW_FORMATS[job.format])
    data = body.getvalue()
    rows = count_rows(data, job.format) if job.form == "SELECT" else 0
    if rows > limits.rows:
        raise Past(ROWS)
    return rows, data


def _first(found: ox.QuerySolutions, shown: int, most: int) -> tuple[int, bytes]:
    """Return the number of rows of an answer, and the first of them as TSV, for a page."""
    lines = ["\t".join(map(str, found.variables))]
    rows, room = 0, _PAGE
    for rows, solution in enumerate(found, 1):
        if rows > most:
            raise Past(ROWS)
        if rows <= shown and room > 0:
            lines.append("\t".join("" if term is None else str(term) for term in solution))
            room -= len(lines[-1]) + _CELL * len(found.variables)
    return rows, "\n".join([*lines, ""]).encode()


def _counted(triples: ox.QueryTriples, count: list[int], most: int) -> Iterator[ox.Triple]:
    for triple in triples:
        count[0] += 1
        if count[0] > most:
            raise Past(ROWS)
        yield triple


def count_rows(body: bytes, name: str) -> int:
    """Return how many rows a serialised answer has, by what cannot stand inside a value."""
    if name == "xml":
        return body.count(b"<result>")
    if name == "tsv":
        return body.count(b"\n") - 1
    if name == "csv":
        return sum(part.count(b"\r\n") for part in body.split(b'"')[::2]) - 1
    if b"{}" in body:  # perhaps a row without a value, perhaps text
        parsed = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        return 0 if isinstance(parsed, ox.QueryBoolean) else sum(1 for _ in parsed)
    # A row that follows another begins with },{" and a name; a text may end with },{ and its
    # quote, and then comes a comma or a brace.
    more = body.count(b'},{"') - body.count(b'},{"}') - body.count(b'},{",')
    return more + (0 if body.endswith(b'"bindings":[]}}') else 1)


def _proper(body: bytes, name: str) -> bytes:
    """Return an answer as its format demands it; ValueError where that cannot hold it.

    The engine writes into XML what XML forbids, lets its readers lose a carriage return, makes
    an element without a name of a predicate that ends with a digit or a slash, and declares
    all prefixes in an order that is another in each process.
    """
    if name in ("xml", "rdfxml"):
        if _NOT_XML.search(body):
            other = "JSON" if name == "xml" else "Turtle"
            raise ValueError(f"XML cannot hold a control character of the answer; ask for {other}")
        body = body.replace(b"\r", b"&#13;")
    if name == "rdfxml" and b"<oxprefix: " in body:
        raise ValueError("RDF/XML cannot name a predicate of the answer; ask for Turtle")
    if name in _DECLARED:
        pattern = _DECLARED[name]
        start = body.find(b"<rdf:RDF") + len(b"<rdf:RDF") if name == "rdfxml" else 0
        end, lines = start, []
        always = (b"rdf",) if name == "rdfxml" else ()  # the element of the document is in it
        while found := pattern.match(body, end):
            lines.append((found[1], found[0]))
            end = found.end()
        rest = body[end:]
        kept = (line for prefix, line in sorted(lines) if prefix in always or prefix + b":" in rest)
        body = body[:start] + b"".join(kept) + rest
    return body


def _readable(message: str) -> str:
    """Return the first line of an error of the engine in words, with line and column."""
    text = message.partition("\n")[0].replace(", [_]", "").replace("[_]", "something else")
    if ", " not in text:
        text = text.replace("expected one of ", "expected ")
    text = text.replace("expected The ", "the ")
    text = re.sub(r"^error at (\d+):(\d+): ", r"line \1, column \2: ", text)
    return text if len(text) <= 300 else text[:300] + " …"
