"""Replies as HTTP has them: with a tag and 304, or with the way to a document."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response


def reply(
    request: Request,
    body: bytes,
    kind: str,
    headers: Mapping[str, str] | None = None,
    cached: bool = True,
) -> Response:
    """Return a body with its tag, 304 where the client has it; what is immutable is exact."""
    said = {"Content-Type": kind, "Vary": "Accept, Accept-Language", **(headers or {})}
    if cached:
        tag = f'"{hashlib.sha256(body + kind.encode()).hexdigest()[:32]}"'
        said |= {"ETag": tag, "Cache-Control": "no-cache"}
        known = request.headers.get("if-none-match", "")
        if known.strip() == "*" or tag in [
            part.strip().removeprefix("W/") for part in known.split(",")
        ]:
            return Response(status_code=304, headers=said)
    else:
        said["Cache-Control"] = "no-store"
    return Response(body, headers=said)


def see(request: Request, path: str, iri: str) -> Response:
    """Return 303: the thing is not the document about it."""
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {
        "Location": quote(path) + query,
        "Vary": "Accept",
        "Link": f'<{iri}>; rel="canonical"',
    }
    return Response(status_code=303, headers=headers)
