"""Replies that are the same whenever they are asked for, kept whole in front of the routes.

What has an exact tag (ETag) is made from the immutable graph and the address that was asked:
that and the two headers that a reply varies by say everything about it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
_MOST = 64 << 20
"""Bytes of bodies that are kept; the ones asked for last."""
_LARGEST = 4 << 20
_OVERHEAD = 8 << 10
"""What a reply takes beside its body: an address has at most so many bytes."""

_VARYING = (b"accept", b"accept-language", b"host")
_LONG = 500
"""Bytes of one of them above which nothing is kept."""


class Kept:
    """An ASGI application around another."""

    def __init__(self, inner: Callable[..., Awaitable[None]]) -> None:
        self.inner = inner
        self._kept: OrderedDict[tuple[Any, ...], tuple[Message, Message]] = OrderedDict()
        self._size = 0

    async def __call__(
        self, scope: Message, receive: Any, send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answer from what is kept, or ask inside and keep what comes."""
        key = _key(scope)
        if key is None:
            await self.inner(scope, receive, send)
            return
        if (found := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            for message in found:
                await send(dict(message))  # who carries it on adds headers of its own
            return
        messages: list[Message] = []

        async def watch(message: Message) -> None:
            messages.append(dict(message))
            await send(message)

        await self.inner(scope, receive, watch)
        if len(messages) == 2 and _is_exact(messages[0]):
            self._keep(key, (messages[0], messages[1]))

    def _keep(self, key: tuple[Any, ...], found: tuple[Message, Message]) -> None:
        size = len(found[1]["body"])
        if size > _LARGEST or key in self._kept:
            return
        self._kept[key] = found
        self._size += size + _OVERHEAD
        while self._size > _MOST:
            _, (_, last) = self._kept.popitem(last=False)
            self._size -= len(last["body"]) + _OVERHEAD


def _key(scope: Message) -> tuple[Any, ...] | None:
    """Return what a reply depends on; None where it cannot be kept."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    said: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _VARYING:
            if name in said or len(value) > _LONG:
                return None  # readers of two headers differ in which they take
            said[name] = value
        elif name == b"if-none-match":
            return None
    values = tuple(map(said.get, _VARYING))  # the host: the endpoint's description names it
    return scope.get("scheme"), scope["path"], scope["query_string"], values


def _is_exact(head: Message) -> bool:
    return head["status"] == 200 and any(name == b"etag" for name, _ in head["headers"])
