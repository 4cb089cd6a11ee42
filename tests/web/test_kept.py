"""Replies that are kept whole: the same as those that were made, and not too many."""

from __future__ import annotations

import asyncio
from typing import Any

from sco_graph.web import kept
from web.conftest import Fetch


def test_a_kept_reply_is_the_reply_that_was_made(fetch: Fetch) -> None:
    """Status, headers and bytes, whatever came in between; each language and format its own."""
    asked = [
        ("/id/state/mongolia.html", {"Accept_Language": tag}) for tag in ("en", "zh", "ru")
    ] + [("/query/organs", {"Accept": kind}) for kind in ("text/csv", "text/html")]
    first = [fetch(path, **headers) for path, headers in asked]
    again = [fetch(path, **headers) for path, headers in asked]

    for one, other in zip(first, again, strict=True):
        assert (one.status, one.body) == (other.status, other.body)
        assert one.headers | {"date": ""} == other.headers | {"date": ""}
    assert len(asked) == len({reply.body for reply in first})
    tag = first[0].headers["etag"]
    assert 304 == fetch(asked[0][0], If_None_Match=tag, Accept_Language="en").status


def test_what_names_the_host_is_kept_for_that_host(fetch: Fetch) -> None:
    """Who calls the server by another of its names is told that name."""
    for path in ("/sparql", "/.well-known/void"):
        for host in ("localhost", "127.0.0.1", "localhost"):
            said = fetch(path, Host=host, Accept="text/turtle").body.decode()
            assert f"http://{host}/sparql" in said, path


def test_what_is_kept_has_a_bound(monkeypatch: Any) -> None:
    """The replies asked for last stay; one without a tag, or a large one, is not kept."""
    made: list[str] = []

    async def inner(scope: Any, _: Any, send: Any) -> None:
        made.append(scope["path"])
        tagged = [(b"etag", b'"x"')] if scope["path"] != "/untagged" else []
        size = 1_000 if scope["path"] == "/large" else 100
        await send({"type": "http.response.start", "status": 200, "headers": tagged})
        await send({"type": "http.response.body", "body": b"x" * size})

    async def nothing(_: Any) -> None:
        return None

    monkeypatch.setattr(kept, "_LARGEST", 500)
    monkeypatch.setattr(kept, "_OVERHEAD", 0)
    monkeypatch.setattr(kept, "_MOST", 250)
    app = kept.Kept(inner)

    def ask(path: str) -> None:
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        asyncio.run(app(scope, None, nothing))

    for path in ("/a", "/b", "/a", "/c", "/a", "/b", "/untagged", "/untagged", "/large", "/large"):
        ask(path)

    assert ["/a", "/b", "/c", "/b", *["/untagged"] * 2, *["/large"] * 2] == made
