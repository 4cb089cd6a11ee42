"""What a client does while it is served: it sends its body, or goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from sco_graph.web.problems import Problem

T = TypeVar("T")
_SECONDS = 10
"""How long a body may take to come."""


async def body(request: Request) -> bytes:
    """Return the body of a request; Problem where it does not come."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await request.body()
    except ClientDisconnect:
        raise Problem(499, "the client went away") from None
    except TimeoutError:
        raise Problem(408, "the body does not come", f"within {_SECONDS} seconds") from None


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what work returns; where the client goes away it is cancelled, and Problem raised."""
    here, watching, left = asyncio.current_task(), set[asyncio.Task[None]](), []

    async def leave() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left.append(True)
        if here:
            here.cancel()

    # Most work is done before anybody can leave.
    later = asyncio.get_running_loop().call_later(
        0.1, lambda: watching.add(asyncio.ensure_future(leave()))
    )
    try:
        return await work
    except asyncio.CancelledError:
        if not left:
            raise
        if here:
            here.uncancel()
        raise Problem(499, "the client went away") from None
    finally:
        later.cancel()
        for task in watching:
            task.cancel()
