"""HTTP as a client speaks it, with bounds on how long and how large a head may be."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sco_graph.web import guard, protocol
from sco_graph.web.problems import Problem

HEAD_SECONDS = 10
"""How long a client may take to send the head of a request, the first or the next."""
_REQUEST_BYTES = guard.HEAD_BYTES + 8 * protocol.FORM_BYTES
"""Of a request as it comes: a body in pieces of a byte takes six for each."""
_WAITING = 64
"""Requests that may wait on a connection for the one before."""


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
        """Wait no more."""
        self._due = False
        self._unset_keepalive_if_required()
        self.open.pop(self.client, None)
        super().connection_lost(exc)

    def _unset_keepalive_if_required(self) -> None:
        if not self._due:
            super()._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Take what comes, within the bounds."""
        self._taken += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._heading and self._taken > guard.HEAD_BYTES:
            self._refuse(431, "the head is too large", f"at most {guard.HEAD_BYTES} bytes")
        elif self._taken > _REQUEST_BYTES or len(self.pipeline) > _WAITING:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self._heading = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._due = self._heading = False
        self._unset_keepalive_if_required()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Count anew."""
        super().on_message_complete()
        self._taken = 0

    def on_response_complete(self) -> None:
        """Wait for the next head, if it is not here."""
        super().on_response_complete()
        self._due = self.timeout_keep_alive_task is not None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn calls it so
        """Say that what comes is no HTTP, in the form of all problems here."""
        self._refuse(400, "the request is not HTTP", "it cannot be read")

    def _refuse(self, status: int, title: str, detail: str) -> None:
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
