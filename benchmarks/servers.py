"""The servers that benchmarks/serve.py compares, each of the same N-Quads and on loopback alone.

Each is a context manager that gives a server which answers, and ends it whatever happens.
`Missing` says what to install for one that is not there.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

JSON = "application/sparql-results+json"
_STARTING = 60
"""Seconds that a server may take until it answers."""
_VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {folder}
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 16
MaxClientConnections = 16
MaxKeepAlives = 16
[SPARQL]
ResultSetMaxRows = 1000000
"""
"""Memory and threads in plenty for this graph and this load."""
_VIRTUOSO_PACKAGE = "Debian's virtuoso-opensource-7"


class Missing(Exception):
    """A server that is not installed; the text says what to install."""


class Server(NamedTuple):
    """A server that answers: its port and the path of its endpoint."""

    port: int
    path: str

    @property
    def origin(self) -> str:
        """What stands before the path in its addresses."""
        return f"http://127.0.0.1:{self.port}"

    def asking(self, query: str) -> str:
        """Return the path by which its endpoint is asked a query."""
        return f"{self.path}?{urlencode({'query': query})}"

    def fetch(self, path: str, accept: str, patience: float = 30) -> tuple[int, bytes]:
        """Return status and body of one request, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()


@contextmanager
def ours(_: Path, folder: Path, *arguments: str) -> Iterator[Server]:
    """Serve the shipped release with `sco-graph serve`."""
    port = free_port()
    command = [sys.executable, "-m", "sco_graph", "serve", "--port", str(port), *arguments]
    with running(command, folder, Server(port, "/sparql")) as server:
        yield server


@contextmanager
def oxigraph(quads: Path, folder: Path) -> Iterator[Server]:
    """Serve with oxigraph's own server; its default graph is made the union, as ours is."""
    command, port = tool("oxigraph", "pip install '.[benchmark]'"), free_port()
    store = ["--location", str(folder / "store")]
    subprocess.run([command, "load", *store, "--file", str(quads)], check=True, capture_output=True)
    subprocess.run([command, "optimize", *store], check=True, capture_output=True)
    bound = ["--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    serve = [command, "serve-read-only", *store, *bound]
    with running(serve, folder, Server(port, "/query")) as server:
        yield server


@contextmanager
def rdflib_endpoint(quads: Path, folder: Path) -> Iterator[Server]:
    """Serve with rdflib-endpoint over rdflib's own store."""
    port = free_port()
    command = [tool("rdflib-endpoint", "pip install '.[benchmark]'"), "serve"]
    command += ["--host", "127.0.0.1", "--port", str(port), str(quads)]
    with running(command, folder, Server(port, "/")) as server:
        yield server


@contextmanager
def virtuoso(quads: Path, folder: Path) -> Iterator[Server]:
    """Serve with Virtuoso, its database filled by its bulk loader."""
    isql = shutil.which("isql-vt") or tool("isql", _VIRTUOSO_PACKAGE)
    sql = free_port()
    with empty_virtuoso(folder, sql, quads.parent) as server:
        files = f"'{quads.parent}', '{quads.name}', 'urn:x-none'"
        load = f"ld_dir({files}); rdf_loader_run(); checkpoint;"
        # The names are those of every new database; nothing but loopback reaches it.
        login = [f"127.0.0.1:{sql}", "dba", "dba"]
        subprocess.run([isql, *login, f"exec={load}"], check=True, capture_output=True)
        yield server


@contextmanager
def empty_virtuoso(folder: Path, sql: int, allowed: Path) -> Iterator[Server]:
    """Serve with Virtuoso a new database in a folder; it takes SQL at a port of its own."""
    command, port = tool("virtuoso-t", _VIRTUOSO_PACKAGE), free_port()
    said = _VIRTUOSO.format(sql=sql, port=port, folder=allowed)
    (folder / "virtuoso.ini").write_text(said, encoding="utf-8")
    with running([command, "-f", "-c", "virtuoso.ini"], folder, Server(port, "/sparql")) as server:
        yield server


def tool(name: str, package: str) -> str:
    """Return where a command is, first beside this Python; Missing says where it comes from."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise Missing(f"there is no {name} ({package})")
    return found


def free_port() -> int:
    """Return a port of loopback that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], folder: Path, server: Server) -> Iterator[Server]:
    """Run a server in its folder from its first answer on, and end it whatever happens."""
    told = folder / "log.txt"
    with told.open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        if not _answers(process, server):
            sys.exit(f"{command[0]} does not answer:\n{told.read_text(errors='replace')[-2000:]}")
        yield server
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(process: subprocess.Popen[bytes], server: Server) -> bool:
    until = time.monotonic() + _STARTING
    while time.monotonic() < until and process.poll() is None:
        try:
            if server.fetch(server.asking("ASK {}"), JSON)[0] == http.client.OK:
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    return False
