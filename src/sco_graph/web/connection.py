"""HTTP as a client speaks it, with bounds on how long and how large a head may be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from sco_graph.web import guard, protocol
from sco_graph.web.problems import Problem

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

HEAD_SECONDS = 10
"""How long a client may take to send the head of a request, the first or the next."""
_REQUEST_BYTES = guard.HEAD_BYTES + 8 * protocol.FORM_BYTES
"""Of a request as it comes: a body in pieces of a byte takes six for each."""
_WAITING = 64
"""Requests that may wait on a connection for the one before; with more it is closed then."""


class Connection(HttpToolsProtocol):
    """A connection that is closed where a head is too slow or too large.

    The timer that uvicorn runs between requests runs until a head is whole, not until the first
    byte of it.
    """

    open: ClassVar[dict[Any, asyncio.Transport]] = {}
    """The connections that there are, by their client."""
    _due = True
    """Whether the head of a request is waited for."""
    _heading = False
    """Whether some of it is here."""
    _taken = 0
    _running: RequestResponseCycle | None = None
    """What is answered now; uvicorn knows the last that came."""

    @classmethod
    def drop(cls, client: Any) -> None:
        """Close a connection at once, whatever is still to be sent."""
        if client in cls.open:
            cls.open[client].abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Start to wait for a head."""
        super().connection_made(transport)
        self.open[self.client] = transport
        self.timeout_keep_alive_task = self.loop.call_later(
            HEAD_SECONDS, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more, and tell what is answered that nobody is there."""
        self._due = False
        self._unset_keepalive_if_required()
        self.open.pop(self.client, None)
        self.pipeline.clear()
        if self._running and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def _unset_keepalive_if_required(self) -> None:
        if not self._due:
            super()._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Take what comes, within the bounds."""
        self._taken += len(data)
        self._unset_keepalive_if_required()
        self._feed(data)
        if self.transport.is_closing():
            return
        if self._heading and self._taken > guard.HEAD_BYTES:
            if len(self.url) > protocol.URL_BYTES:
                self._refuse(414, "the address is too long", f"at most {protocol.URL_BYTES} bytes")
            else:
                self._refuse(431, "the head is too large", f"at most {guard.HEAD_BYTES} bytes")
        elif self._taken > _REQUEST_BYTES:
            self.transport.abort()
        elif len(self.pipeline) > _WAITING:
            while len(self.pipeline) > _WAITING:
                self.pipeline.popleft()
            self.pipeline[0][0].keep_alive = False

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self.parser.get_method() == b"CONNECT":
                self._refuse(405, "nothing is connected here", "this is no proxy")
            else:
                self._feed(self._without_upgrade() + data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(400, "the request is not HTTP", "it cannot be read")

    def _without_upgrade(self) -> bytes:
        """Return the head that came, asking for no other protocol, and read it anew.

        There is none here, and who offers one goes on in HTTP/1.1 (RFC 9110, 7.8); the parser
        takes what follows for the other.
        """
        head = b"%s %s HTTP/%s\r\n" % (
            self.parser.get_method(),
            self.url,
            self.parser.get_http_version().encode(),
        )
        for name, value in self.headers:
            if name == b"connection":
                kept = [part for part in value.split(b",") if part.strip().lower() != b"upgrade"]
                head += b"%s: %s\r\n" % (name, b",".join(kept))
            elif name != b"upgrade":
                head += b"%s: %s\r\n" % (name, value)
        self.parser = httptools.HttpRequestParser(self)
        return head + b"\r\n"

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self._heading = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what trails a body is none."""
        if self._heading:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        if self.parser.should_upgrade():
            return  # it comes again
        self._due = self._heading = False
        self._unset_keepalive_if_required()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Count anew."""
        if not self._heading:
            super().on_message_complete()
            self._taken = 0

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Wait for the next head, if it is not here."""
        super().on_response_complete()
        self._due = self.timeout_keep_alive_task is not None

    def _refuse(self, status: int, title: str, detail: str) -> None:
        """Say what is wrong and close; where an answer is on its way, close behind it."""
        running = self._running
        if running and not running.response_complete:
            own = running is self.cycle and running.more_body  # its body is what is wrong
            if running.response_started or not own:
                running.keep_alive = False
                self.pipeline.clear()
                return
        body = Problem(status, title, detail).body()
        head = (
            *guard.HEADERS,
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        )
        lines = b"".join(b"%s: %s\r\n" % header for header in head)
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
        self.transport.close()
