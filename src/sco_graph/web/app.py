"""The server's routes: each request to a document, an answer or a problem."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from sco_graph import answers, queries
from sco_graph.errors import SCOGraphError
from sco_graph.formats import Format
from sco_graph.layout import Layout
from sco_graph.namespaces import BASE, GRAPH, ID
from sco_graph.queries import Answer, Asking
from sco_graph.web import clients, guard, negotiate, protocol, replies, workers
from sco_graph.web.documents import EXAMPLES, Documents
from sco_graph.web.kept import Kept
from sco_graph.web.pages import Refused, Site
from sco_graph.web.problems import Problem

DATA = negotiate.offered("ttl", "jsonld", "nt", "rdfxml")
SETS = negotiate.offered("ttl", "jsonld", "nt", "rdfxml", "nq", "trig")
PAGE = negotiate.HTML
READING = ("GET", "HEAD", "OPTIONS")
_STATIC = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}

Handler = Callable[[Request], Awaitable[Response]]


class App:
    """What answers requests: documents and pages from memory, strangers' queries from the pool."""

    def __init__(
        self, layout: Layout, documents: Documents, site: Site, pool: workers.Pool
    ) -> None:
        self.layout, self.documents, self.site, self.pool = layout, documents, site, pool
        self.graphs = {
            graph.value
            for graph in documents.graph.named_graphs()
            if isinstance(graph, ox.NamedNode)
        }
        self.saved = lru_cache(maxsize=5_000)(self._saved)

    def routes(self) -> list[Route]:
        """Return the routes, each for reading alone but the endpoint, which takes POST too."""
        reading: Sequence[tuple[str, Handler]] = (
            ("/", self.home),
            ("/healthz", self.health),
            ("/graphs", self.graph_store),
            ("/ontology", self.ontology),
            ("/ontology.{suffix}", self.ontology_as),
            ("/dataset", self.void),
            ("/.well-known/void", self.void),
            ("/.well-known/sparql-examples", self.examples),
            ("/sources", self.sources),
            ("/search", self.search),
            ("/query/", self.questions),
            ("/query/{name}", self.question),
            ("/shape/{name}", self.shape),
            ("/graph/{name}", self.named_graph),
            ("/id/{kind}/{name}", self.thing),
            ("/static/{name:path}", self.static),
        )
        found = [Route(path, handler, methods=list(READING)) for path, handler in reading]
        return [Route("/sparql", self.sparql, methods=[*READING, "POST"]), *found]

    # ---- pages

    async def home(self, request: Request) -> Response:
        """Show what this is; as data, the description of the dataset."""
        form = negotiate.choose(request.headers.get("accept"), (PAGE, *DATA))
        if form != PAGE:
            return await self.void(request)
        return self._page(request, self.site.home(self._language(request)))

    async def sources(self, request: Request) -> Response:
        """Show where it all comes from."""
        return self._page(request, self.site.sources(self._language(request)))

    async def search(self, request: Request) -> Response:
        """Find things by their names."""
        text = request.query_params.get("q", "")[:200]
        return self._page(request, self.site.search(text, self._language(request)))

    async def questions(self, request: Request) -> Response:
        """List the saved questions."""
        return self._page(request, self.site.questions(self._language(request)))

    async def static(self, request: Request) -> Response:
        """Give a file of the pages."""
        name = request.path_params["name"]
        kind, data = _STATIC.get(name.rpartition(".")[2]), self.site.static(name)
        if kind is None or data is None:
            raise Problem(404, "there is no such file")
        return replies.reply(request, data, f"{kind}; charset=utf-8")

    # ---- documents

    async def thing(self, request: Request) -> Response:
        """Lead to the page or the data of a thing, or give it, as the suffix says."""
        kind, name = request.path_params["kind"], request.path_params["name"]
        stem, dot, suffix = name.partition(".")
        iri = f"{ID}{kind}/{stem}"
        quads = self._thing(iri)
        if not quads:
            raise Problem(404, "there is no such thing", iri)
        if not dot:
            # Who reads a graph is not led to one with named graphs, of which it would see none.
            form = negotiate.choose(request.headers.get("accept"), (*DATA, PAGE))
            return replies.see(request, f"{request.url.path}.{form.extension}", iri)
        if suffix == PAGE.extension:
            page = self.site.thing(iri, self._language(request))
            return self._page(request, page or b"", iri)
        form = _by_suffix(suffix, SETS)
        return self._data(request, _in(quads, form), form, iri)

    @lru_cache(maxsize=2_000)  # noqa: B019  # one application a process, of one immutable graph
    def _thing(self, iri: str) -> tuple[ox.Quad, ...]:
        try:
            return tuple(self.documents.thing(iri))
        except ValueError:
            return ()

    async def ontology(self, request: Request) -> Response:
        """Lead to the page or the data of the ontology."""
        form = negotiate.choose(request.headers.get("accept"), (*DATA, PAGE))
        return replies.see(request, f"/ontology.{form.extension}", f"{BASE}ontology")

    async def ontology_as(self, request: Request) -> Response:
        """Give the ontology, as the suffix says."""
        suffix = request.path_params["suffix"]
        if suffix == PAGE.extension:
            return self._page(request, self.site.ontology(self._language(request)))
        form = _by_suffix(suffix, DATA)
        triples = tuple(quad.triple for quad in self.documents.ontology())
        return self._data(request, triples, form, f"{BASE}ontology")

    async def shape(self, request: Request) -> Response:
        """Lead to the shapes, which are one document."""
        return replies.see(request, "/graph/shapes.ttl", BASE + request.url.path.lstrip("/"))

    async def named_graph(self, request: Request) -> Response:
        """Lead to a graph's data, or give it, as the suffix says."""
        stem, dot, suffix = request.path_params["name"].partition(".")
        iri = GRAPH + stem
        quads = self.documents.named_graph(iri) if iri in self.graphs else None
        if quads is None:
            raise Problem(404, "there is no such graph", iri)
        if not dot:
            form = negotiate.choose(request.headers.get("accept"), (*SETS, PAGE))
            path = "/sources" if form == PAGE else f"{request.url.path}.{form.extension}"
            return replies.see(request, path, iri)
        form = _by_suffix(suffix, SETS)
        return self._data(request, _in(tuple(quads), form), form, iri)

    async def graph_store(self, request: Request) -> Response:
        """Give a graph by its IRI, or the union of all (the Graph Store Protocol, for reading)."""
        given = protocol.fields(request.url.query)
        named = [value for name, value in given if name == "graph"]
        default = any(name == "default" for name, _ in given)
        if len(named) + default != 1:
            raise Problem(400, "one graph is asked for", "take ?graph=IRI or ?default")
        form = self._form(request, SETS)
        if default:
            triples = tuple(sorted({q.triple for q in self.documents.whole()}, key=str))
            return self._data(request, triples, form)
        if named[0] not in self.graphs:
            raise Problem(404, "there is no such graph", named[0])
        found = tuple(quad.triple for quad in self.documents.named_graph(named[0]) or ())
        return self._data(request, found, form)

    async def void(self, request: Request) -> Response:
        """Give the description of the dataset."""
        found = tuple(self.documents.void(_endpoint(request)))
        return self._data(request, found, self._form(request, DATA))

    async def examples(self, request: Request) -> Response:
        """Give the saved questions as data."""
        found = tuple(quad.triple for quad in self.documents.named_graph(EXAMPLES) or ())
        return self._data(request, found, self._form(request, DATA))

    # ---- questions

    async def question(self, request: Request) -> Response:
        """Answer a saved question, as a page or in a format of results."""
        name = request.path_params["name"]
        fields = protocol.fields(request.url.query)
        given = dict(fields)
        if len(given) < len(fields):
            raise Problem(400, "a parameter is given twice", "each has one value")
        language = self._language(request)
        named = given.pop("format", None)
        given.pop("lang", None)
        form = negotiate.choose(
            request.headers.get("accept"), (*protocol.ROWS, *protocol.GRAPHS[:2], PAGE), named
        )
        try:
            if form == PAGE:
                page = await asyncio.to_thread(self.site.question, name, given, language)
                return self._page(request, page)
            body, kind = await asyncio.to_thread(
                self.saved, name, tuple(sorted(given.items())), language, form.name
            )
        except Refused as refused:
            headers = {"Content-Type": negotiate.media(PAGE), "Content-Language": language}
            return Response(refused.page, 400, headers)
        except SCOGraphError as error:
            missing = str(error).startswith("there is no question")
            raise Problem(404 if missing else 400, "it cannot be asked", str(error)) from None
        return replies.reply(request, body, kind)

    def _saved(
        self, name: str, given: tuple[tuple[str, str], ...], language: str, form: str
    ) -> tuple[bytes, str]:
        values = dict(given)
        asking = Asking(language, values.pop("source", None), values.pop("at", None), values)
        question = queries.find(self.layout.queries, name)
        found: Answer = queries.ask(self.documents.graph, question, asking)
        kinds = {f.name: negotiate.media(f) for f in (*protocol.ROWS, *protocol.GRAPHS)}
        return answers.write(found, form).encode(), kinds[form]

    async def sparql(self, request: Request) -> Response:
        """Answer a query; without one, describe the endpoint or show the editor."""
        accept = request.headers.get("accept")
        given = protocol.parameters(
            protocol.Request(
                request.method,
                request.scope["query_string"].decode(),
                request.headers.get("content-type", ""),
                await clients.body(request) if request.method == "POST" else b"",
            )
        )
        if request.method != "POST" and all(name != "query" for name, _ in given):
            form = negotiate.choose(accept, (*DATA, PAGE))
            if form == PAGE:
                saved = request.query_params.get("saved", "")
                page = self.site.editor(self._language(request), saved)
                return self._page(request, page, more=self._scripts())
            return self._data(request, tuple(self.documents.service(_endpoint(request))), form)
        answer = await self._answered(request, protocol.Asking(given, accept))
        form, body, scripts = protocol.FORMATS[answer.told.format], answer.body, {}
        if form == PAGE:
            language, scripts = self._language(request), self._scripts()
            body = await asyncio.to_thread(self._results, answer, language)
        return replies.reply(request, body, negotiate.media(form), scripts, cached=False)

    def _results(self, answer: workers.Answer, language: str) -> bytes:
        told = answer.told
        found, total = _read(answer.body, told.read), answer.rows or 0
        return self.site.results(told.text, found, language, total=total, view=told.view)

    async def _answered(self, request: Request, asking: protocol.Asking) -> workers.Answer:
        """Return the answer of the pool; the worker is ended where the client goes away."""
        try:
            return await clients.unless_gone(request, self.pool.ask(asking))
        except workers.Overloaded as error:
            headers = {"Retry-After": str(error.retry_after)}
            raise Problem(503, "too many queries wait", str(error), headers) from None
        except workers.Expired as error:
            raise Problem(504, "the query takes too long", str(error)) from None
        except (workers.TooLarge, workers.NotAnswered) as error:
            raise Problem(400, "the query is not answered", str(error)) from None
        except workers.Crashed as error:
            raise Problem(500, "the query ended its worker", str(error)) from None

    async def health(self, request: Request) -> Response:
        """Say that the server is there."""
        return replies.reply(request, b"ok\n", "text/plain; charset=utf-8", cached=False)

    # ---- replies

    def _language(self, request: Request) -> str:
        return negotiate.language(
            request.headers.get("accept-language"), request.query_params.get("lang")
        )

    def _form(self, request: Request, offers: Sequence[Format]) -> Format:
        named = request.query_params.get("format")
        return negotiate.choose(request.headers.get("accept"), offers, named)

    def _scripts(self) -> dict[str, str]:
        """Return what lets the page of the editor run it."""
        return {"Content-Security-Policy": guard.EDITOR_POLICY} if self.site.scripted else {}

    def _page(
        self, request: Request, body: bytes, iri: str = "", more: Mapping[str, str] | None = None
    ) -> Response:
        language = self._language(request)
        kind = negotiate.media(PAGE)
        headers = {"Content-Language": language, **(more or {})}
        if iri:
            stem = request.url.path.rpartition(".")[0]
            headers["Link"] = ", ".join(
                f'<{quote(stem)}.{form.extension}>; rel="alternate"; type="{form.media_type}"'
                for form in DATA
            )
        return replies.reply(request, body, kind, headers)

    def _data(
        self,
        request: Request,
        found: tuple[ox.Quad, ...] | tuple[ox.Triple, ...],
        form: Format,
        iri: str = "",
    ) -> Response:
        headers = {"Link": f'<{iri}>; rel="describes"'} if iri else {}
        return replies.reply(
            request, self.documents.written(found, form), negotiate.media(form), headers
        )


def _endpoint(request: Request) -> str:
    """Return the address of the endpoint, as the client calls this server."""
    return f"{request.url.scheme}://{request.url.netloc}/sparql"


def _read(body: bytes, form: str) -> Answer:
    """Return an answer of the pool as terms, to show them."""
    if form == "nt":
        quads = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        return Answer(triples=[quad.triple for quad in quads])
    kinds = {"json": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV}
    found = ox.parse_query_results(body, format=kinds[form])
    if isinstance(found, ox.QueryBoolean):
        return Answer(truth=bool(found))
    names = tuple(variable.value for variable in found.variables)
    return Answer(names, [tuple(row[name] for name in names) for row in found])


def _in(quads: tuple[ox.Quad, ...], form: Format) -> tuple[ox.Quad, ...] | tuple[ox.Triple, ...]:
    """Return what a document in a format holds; in JSON-LD a graph, as its readers expect one."""
    if form.quads and form.name != "jsonld":
        return quads
    return tuple(quad.triple for quad in quads)


def _by_suffix(suffix: str, offers: Sequence[Format]) -> Format:
    for form in offers:
        if suffix == form.extension:
            return form
    raise Problem(404, "there is no such document")


def make(app: App, pool: workers.Pool) -> Kept:
    """Return the routes as an application, with its pool started and ended."""

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with pool:
            yield

    async def nothing(*_: object) -> None:
        raise Problem(404, "there is no such page")

    return Kept(Router(app.routes(), lifespan=lifespan, default=nothing))
