"""How replies go out: in pieces, each in time, and not more at once than there is room for.

A client that asks for much and reads nothing would have the server hold it all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sco_graph.web.problems import Problem

PIECE = 1 << 16
_SECONDS = 20.0
"""How long a client may take to make room for a piece."""
_ROOM = 256 << 20
"""Bytes of bodies that are on their way at once."""

Message = dict[str, Any]


class Late(Exception):
    """A client that does not read what it asked for."""


class Delivery:
    """What is on its way; `held` is how many bytes of it."""

    def __init__(self) -> None:
        self.held = 0

    async def send(self, send: Callable[[Message], Any], head: Message, body: bytes) -> None:
        """Send a reply; Problem where there is no room for it, Late where nobody takes it."""
        if self.held + len(body) > _ROOM:
            reason = "too much is on its way to others"
            raise Problem(503, "the answer has to wait", reason, {"Retry-After": "10"})
        self.held += len(body)
        try:
            async with asyncio.timeout(_SECONDS):
                await send(head)
            for start in range(0, max(len(body), 1), PIECE):
                more = start + PIECE < len(body)
                piece = body[start : start + PIECE]
                message = {"type": "http.response.body", "body": piece, "more_body": more}
                async with asyncio.timeout(_SECONDS):
                    await send(message)
        except TimeoutError:
            raise Late from None
        finally:
            self.held -= len(body)
