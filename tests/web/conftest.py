"""A server that runs, for the tests that ask it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import NamedTuple

import pytest


class Reply(NamedTuple):
    """What came back: status, headers by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes


Fetch = Callable[..., Reply]


class Running(NamedTuple):
    """A server: where it listens, its process, the lines of its log."""

    port: int
    process: subprocess.Popen[str]
    log: list[str]
    reader: threading.Thread

    def fetch(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Reply:
        """Return the reply to one request, on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body, named)
            found = connection.getresponse()
            said = {key.lower(): value for key, value in found.getheaders()}
            return Reply(found.status, said, found.read())
        finally:
            connection.close()


def start(*arguments: str) -> Running:
    """Start `sco-graph serve` on a free port and wait until it listens."""
    command = [sys.executable, "-m", "sco_graph", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    log: list[str] = []
    port = 0
    for line in process.stderr:
        log.append(line.rstrip("\n"))
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
            port = int(found[1])
            break
    stderr = process.stderr
    reader = threading.Thread(target=lambda: log.extend(line.rstrip("\n") for line in stderr))
    reader.start()
    assert port, log
    return Running(port, process, log, reader)


def stop(server: Running) -> float:
    """Stop a server as Ctrl-C does and return how long it took."""
    import time

    began = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    server.process.wait(10)
    took = time.monotonic() - began
    server.reader.join(10)
    assert server.process.stderr is not None
    server.process.stderr.close()
    return took


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """Return a server of the shipped graph, with two seconds for a query."""
    running = start("--timeout", "2")
    yield running
    stop(running)


@pytest.fixture
def fetch(server: Running) -> Fetch:
    """Return a function that asks the server."""
    return server.fetch
