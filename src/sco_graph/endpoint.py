"""A store somewhere else that speaks the SPARQL protocols, asked as the embedded one is.

It has of pyoxigraph's `Store` what this project asks of a store, so that each question
runs on both. What a host gets wrong in silence is told: an answer cut at a number of rows
is held against a COUNT, an answer that is no answer is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, NamedTuple
from urllib.parse import urlencode

import pyoxigraph as ox

from sco_graph import sparql
from sco_graph.errors import InputError, UsageError
from sco_graph.rdf import Rows, Term
from sco_graph.wire import Wire, excerpt

_ROWS, _TRIPLES = "application/sparql-results+json", "application/n-triples"
_FORM = "application/x-www-form-urlencoded"
_CAP = 1_000
"""From so many rows on an answer may have been cut; no host is known that cuts sooner."""
_GRAPHS = 200
"""How many graphs are named in a request; with more, the host's own default graph is asked."""


class Address(NamedTuple):
    """Where a store takes queries, updates and graphs; "" where it takes none."""

    query: str
    update: str = ""
    graph_store: str = ""


class Endpoint:
    """A SPARQL endpoint. Its default graph is made the union of its graphs, where they are few."""

    def __init__(
        self,
        address: Address,
        timeout: float = 600,
        dry: Callable[[str], None] | None = None,
    ) -> None:
        self.address = address
        self._wire = Wire(address.query, timeout, dry)
        self._graphs: list[str] | None = None

    @property
    def is_dry(self) -> bool:
        """Whether requests are shown and not sent, so that no answer says anything."""
        return self._wire.dry is not None

    def __str__(self) -> str:
        return self.address.query

    def query(
        self, text: str, values: Mapping[str, Term] | None = None, *, union: bool = True
    ) -> Rows | ox.QueryBoolean | list[ox.Triple]:
        """Return a whole answer; InputError where the host gives none that can be used."""
        text = sparql.declared(sparql.substitute(text, values or {}))
        parts = sparql.head(text)
        if parts.form in ("CONSTRUCT", "DESCRIBE"):
            return self._triples(text, parts)
        found = self._rows(text, parts, union)
        if isinstance(found, Rows) and parts.form == "ASK":
            # Virtuoso answers ASK with a row.
            value = found.solutions[0][0] if found.solutions else None
            truth = "true" if getattr(value, "value", "") in ("1", "true") else "false"
            body = f'{{"head": {{}}, "boolean": {truth}}}'.encode()
            made = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            return made if isinstance(made, ox.QueryBoolean) else found
        if isinstance(found, Rows) and len(found.solutions) >= _CAP:
            self._count(text, len(found.solutions), union)
        return found

    def update(self, text: str) -> None:
        """Run an update; InputError where the host takes none."""
        if not self.address.update:
            raise UsageError(f"{self} takes no updates: say --update URL")
        body = sparql.declared(text).encode()
        self._wire.send(self.address.update, body, {"Content-Type": "application/sparql-update"})
        self._graphs = None

    def add(self, graph: str, triples: bytes) -> None:
        """Add N-Triples to a graph, by the Graph Store Protocol or else by an update."""
        if self.address.graph_store:
            address = f"{self.address.graph_store}?{urlencode({'graph': graph})}"
            self._wire.send(address, triples, {"Content-Type": _TRIPLES})
        else:
            body = triples.decode()
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{body}}} }}")
        if self._graphs is not None and graph not in self._graphs:
            self._graphs = sorted([*self._graphs, graph])

    def copy(self, graph: str, into: IO[bytes]) -> int:
        """Write a graph as N-Triples, as it comes; return how many triples the host counts in it.

        Nothing of it is held, so that a graph may have millions of triples.
        """
        inside = f"WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        body = urlencode([("query", f"CONSTRUCT {{ ?s ?p ?o }} {inside}")]).encode()
        headers = {"Accept": _TRIPLES, "Content-Type": _FORM}
        said = self._wire.fetch(self.address.query, into, body, headers)
        if "html" in said.get("content-type", ""):
            raise InputError(f"{self} answers text/html, no triples")
        asked = f"SELECT (COUNT(*) AS ?size) {inside}"
        found = self._rows(asked, sparql.head(asked), union=False)
        return int(found.solutions[0][0].value) if isinstance(found, Rows) else 0

    def named_graphs(self) -> list[ox.NamedNode]:
        """Return the names of its graphs, in order."""
        return [ox.NamedNode(name) for name in self._names()]

    def contains_named_graph(self, graph: ox.NamedNode) -> bool:
        """Whether it has a graph of that name."""
        return graph.value in self._names()

    def quads_for_pattern(
        self,
        subject: Term | ox.Triple | None,
        predicate: ox.NamedNode | None,
        value: Term | ox.Triple | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """Yield the quads that fit a pattern; a blank node fits none, it has no name here."""
        given = {"s": subject, "p": predicate, "o": value, "g": graph}
        if any(isinstance(term, ox.BlankNode | ox.Triple) for term in given.values()):
            return
        known: dict[str, Term] = {
            name: term
            for name, term in given.items()
            if isinstance(term, ox.NamedNode | ox.Literal)
        }
        shown = {name: sparql.short(known[name]) if name in known else f"?{name}" for name in given}
        free = [f"?{name}" for name in given if name not in known]
        head = " ".join(free) or "(1 AS ?one)"
        body = f"GRAPH {shown['g']} {{ {shown['s']} {shown['p']} {shown['o']} }}"
        found = self.query(f"SELECT {head} WHERE {{ {body} }}", union=False)
        for row in found if isinstance(found, Rows) else ():
            terms = {n: known[n] if n in known else row[n] for n in given}
            yield ox.Quad(terms["s"], terms["p"], terms["o"], terms["g"])  # type: ignore[arg-type]  # as they stood

    def _names(self) -> list[str]:
        if self._graphs is None:
            text = "SELECT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
            found = self._rows(text, sparql.head(text), union=False)
            rows = found.solutions if isinstance(found, Rows) else []
            self._graphs = sorted(row[0].value for row in rows if isinstance(row[0], ox.NamedNode))
        return self._graphs

    def _send(self, text: str, parts: sparql.Head, accept: str, union: bool) -> bytes:
        fields = [("query", text)]
        if union and not parts.graphs and len(names := self._names()) <= _GRAPHS:
            fields += [("default-graph-uri", name) for name in names]
            fields += [("named-graph-uri", name) for name in names]
        headers = {"Accept": accept, "Content-Type": _FORM}
        body, said = self._wire.send(self.address.query, urlencode(fields).encode(), headers)
        if self._wire.dry:
            return (
                b'{"head": {"vars": []}, "results": {"bindings": []}}' if accept == _ROWS else b""
            )
        kind = said.get("content-type", "").partition(";")[0]
        if "html" in kind or (accept == _ROWS and not body.strip()):
            raise InputError(
                f"{self} answers {kind or 'nothing'}, no SPARQL results: {excerpt(body)}"
            )
        return body

    def _rows(self, text: str, parts: sparql.Head, union: bool) -> Rows | ox.QueryBoolean:
        body = self._send(text, parts, _ROWS, union)
        # Virtuoso names blank nodes as no syntax allows; inside a text the quotes are escaped.
        body = body.replace(b'"type": "bnode", "value": "nodeID://', b'"type": "bnode", "value": "')
        try:
            found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            if isinstance(found, ox.QueryBoolean):
                return found
            return Rows(found.variables, list(found))
        except (SyntaxError, ValueError, OSError):
            end = excerpt(body[-300:])
            raise InputError(
                f"{self}: the answer is cut or no SPARQL results; it ends: {end}"
            ) from None

    def _triples(self, text: str, parts: sparql.Head) -> list[ox.Triple]:
        body = self._send(text, parts, _TRIPLES, True)
        try:
            return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
        except SyntaxError:
            end = excerpt(body[-300:])
            raise InputError(f"{self}: the answer is cut or no N-Triples; it ends: {end}") from None

    def _count(self, text: str, rows: int, union: bool) -> None:
        """Raise InputError where a host gave fewer rows than there are."""
        asked = sparql.counting(text)
        if asked is None:
            return
        found = self._rows(asked, sparql.head(asked), union)
        value = found.solutions[0][0] if isinstance(found, Rows) and found.solutions else None
        if isinstance(value, ox.Literal) and int(value.value) != rows:
            raise InputError(
                f"{self} gave {rows} of {value.value} rows and did not say so: "
                "raise its limit of rows, or ask with LIMIT and OFFSET"
            )
