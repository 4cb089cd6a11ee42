"""The process that serves: the graph at hand, a pool of workers, uvicorn around both."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

import pyoxigraph as ox
import uvicorn

from sco_graph import cache, loading, store
from sco_graph.endpoint import Address, Endpoint
from sco_graph.errors import InputError, UsageError
from sco_graph.inside.engine import Engine
from sco_graph.layout import Layout, source_name
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import at_home
from sco_graph.reading import stream
from sco_graph.release import DESCRIPTION
from sco_graph.web import app, documents, guard, workers
from sco_graph.web.connection import HEAD_SECONDS, Connection
from sco_graph.web.pages import Site

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STOP_SECONDS = 1
_LONGEST = 3600
_LARGEST = 5_000_000
"""How many quads of a store are served, at some 500 bytes each, in the server and its child."""


@dataclass(frozen=True)
class Settings:
    """Where to listen, how long a query may take, and what is served beside the graph."""

    host: str = "127.0.0.1"
    port: int = 8000
    public: bool = False
    timeout: float = 10.0
    workers: int = 2
    data: tuple[Path, ...] = ()
    store: str = ""
    endpoint: str = ""

    def check(self) -> None:
        """Raise UsageError where the host is not loopback and nobody said `--public`."""
        if self.host not in LOOPBACK and not self.public:
            raise UsageError(
                f"{self.host} is reached from other machines: say --public if that is meant"
            )
        if not 0 < self.timeout <= _LONGEST or self.workers < 1:
            raise UsageError(
                f"the time limit is above 0 and at most {_LONGEST} seconds, and there is at "
                "least one worker"
            )
        if not 0 <= self.port < 1 << 16:
            raise UsageError(f"{self.port} is no port: 0 takes a free one, 65535 is the last")


def store_of(layout: Layout, settings: Settings, say: Callable[[str], None]) -> ox.Store:
    """Return the release with its vocabulary, the saved questions, and files added as graphs."""
    if settings.store or settings.endpoint:
        graph = _copied(settings.store) if settings.store else _fetched(settings.endpoint)
        loading.vocabulary(graph, layout.vocabulary())
    else:
        graph = cache.with_vocabulary(layout, say)
    graph.bulk_extend(documents.examples(graph, layout))
    for path in settings.data:
        home = ox.NamedNode(GRAPH + source_name(path.name.split(".")[0], str(path)))
        if graph.contains_named_graph(home):
            raise InputError(f"{path}: there is a graph {home} already; rename the file")
        graph.bulk_extend(at_home(stream(path), home))
    return graph


def _copied(folder: str) -> ox.Store:
    """Return a store on disk in memory, where nothing that anybody asks can reach the disk."""
    there, graph = store.open_read_only(folder), ox.Store()
    graph.bulk_extend(islice(there, _LARGEST + 1))
    if len(graph) > _LARGEST:
        raise _too_large(folder, "--store")
    return graph


def _fetched(address: str) -> ox.Store:
    """Return the named graphs of an endpoint in memory: it is asked now, and never again."""
    there, graph = Endpoint(Address(address)), ox.Store()
    engine = Engine(there)
    names = engine.graphs()
    if sum(map(engine.size, names)) > _LARGEST:
        raise _too_large(address, "--endpoint")
    for name in names:
        with TemporaryFile(prefix="sco-graph-") as file:
            out, before = cast("IO[bytes]", file), len(graph)
            counted = there.copy(name, out)
            file.seek(0)
            try:
                graph.bulk_load(out, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(name))
            except SyntaxError as error:
                raise InputError(f"{address}: {name} comes as no N-Triples: {error.msg}") from None
        if (came := len(graph) - before) < counted:
            raise InputError(f"{address} gave {came} of {counted} triples of {name}")
    return graph


def _too_large(name: str, option: str) -> InputError:
    return InputError(
        f"{name}: more than {_LARGEST:,} quads, and what is served is held in memory: "
        f"`sco-graph query {option}` asks it where it is"
    )


def application(
    layout: Layout, settings: Settings, say: Callable[[str], None], log: Callable[[str], None]
) -> tuple[guard.Guard, workers.Pool]:
    """Return the application that serves a layout, and the pool behind it."""
    graph = store_of(layout, settings, say)
    quads = ox.serialize(graph, format=ox.RdfFormat.N_QUADS) or b""
    own = settings.store or settings.endpoint or settings.data
    described = None if own else cache.release_of(layout, say).files.get(DESCRIPTION)
    known = documents.Documents(graph, layout, described or documents.description(quads))
    limits = workers.Limits(seconds=settings.timeout)
    pool = workers.Pool(quads, settings.workers, limits)
    site = Site(graph, layout, keep_language=True, results=True, scripted=True)
    inner = app.make(app.App(layout, known, site, pool), pool)
    hosts = None
    if not settings.public:
        names = ("127.0.0.1", "localhost", "[::1]")
        hosts = {f"{name}:{settings.port}" for name in names} | {*names}
    return guard.Guard(inner, hosts, site.error, log, Connection.drop), pool


def serve(
    layout: Layout,
    settings: Settings,
    say: Callable[[str], None],
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until somebody stops it; `ready` is told the address."""
    settings.check()
    listening = _listen(settings)
    port = listening.getsockname()[1]
    settings = replace(settings, port=port)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    served, pool = application(layout, settings, say, say)
    config = uvicorn.Config(
        served,
        http=Connection,
        ws="none",
        proxy_headers=False,  # anybody can write them
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_keep_alive=HEAD_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        limit_concurrency=1_000,
        backlog=256,
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready(f"http://{shown}:{port}/")

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await pool.close()  # who waits for an answer is told that there is none
            await super().shutdown(sockets)

    Server(config).run(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sets TCP_NODELAY where the protocol is named: else each reply waits for 40 ms.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
    except OSError as error:
        found.close()
        raise InputError(
            f"{settings.host}:{settings.port} cannot be listened at: {error.strerror}"
        ) from None
    return found
