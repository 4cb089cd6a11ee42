"""What every request passes and every reply carries: limits, hosts, headers, the log."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sco_graph.web import negotiate, protocol
from sco_graph.web.delivery import Delivery, Late
from sco_graph.web.problems import Problem

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Any]
Receive = Callable[[], Any]
ErrorPage = Callable[[int, str, str, str], bytes]
"""Status, title, detail and language to a page."""

_MAY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_GRIPS = (
    "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='",
    "'sha256-c0O6TmFAkgpNbHxKAa1BrveWHHopjEtC47i0PzMudxg='",
)
"""Two style sheets that Yasgui writes into its page: edges of columns, and the hand on one."""


def _policy(may: Mapping[str, str]) -> str:
    return "; ".join(f"{what} {whence}" for what, whence in may.items())


POLICY = _policy(_MAY)
"""What a page may load: its own style sheet and pictures, and nothing that runs."""
EDITOR_POLICY = _policy(
    {
        **_MAY,
        "style-src": " ".join(("'self'", *_GRIPS)),
        "script-src": "'self'",
        "connect-src": "'self'",
    }
)
"""What the page of the editor may do beside: run files of ours, and ask this server."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Location, Content-Language"),
)
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
ALLOW = "GET, HEAD, OPTIONS"
HEAD_BYTES = 32 * 1024


class Guard:
    """An ASGI application around another: it lets nothing odd in and nothing bare out."""

    def __init__(
        self,
        inner: Callable[..., Any],
        hosts: Collection[str] | None,
        page: ErrorPage,
        log: Callable[[str], None],
        drop: Callable[[Any], None] = lambda _: None,
    ) -> None:
        self.inner, self.hosts, self.page, self.log = inner, hosts, page, log
        self.delivery, self.drop = Delivery(), drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of HTTP; the lifespan passes through."""
        if scope["type"] == "lifespan":
            await self.inner(scope, receive, send)
            return
        started = time.perf_counter()
        told = {"status": 500, "size": 0, "taken": 0}

        heads: list[dict[str, Any]] = []

        async def carry(message: dict[str, Any]) -> None:
            """Send a head with its body: all replies here are whole."""
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                usual = [header for header in HEADERS if header[0] not in own]
                heads[:] = [{**message, "headers": [*message["headers"], *usual]}]
            elif heads:
                told["status"], told["size"] = heads[0]["status"], len(message["body"])
                await self.delivery.send(send, heads.pop(), message["body"])

        async def take() -> dict[str, Any]:
            message: dict[str, Any] = await receive()
            told["taken"] += len(message.get("body", b""))
            if told["taken"] > protocol.FORM_BYTES:
                raise Problem(413, "the body is too large", f"at most {protocol.FORM_BYTES} bytes")
            return message

        try:
            self._admit(scope)
            if scope["method"] == "OPTIONS":
                await _plain(carry, 204, b"", _options(scope["path"]))
            else:
                await self.inner(scope, take, carry)
        except Problem as problem:
            await self._tell(scope, carry, problem)
        except Late:
            self.drop(scope.get("client"))
        except Exception as error:  # noqa: BLE001  # whatever it is, the server goes on
            self.log(f"error: {type(error).__name__}: {error}")
            await self._tell(scope, carry, Problem(500, "something went wrong here"))
        finally:
            self.log(_line(scope, told, time.perf_counter() - started))

    def _admit(self, scope: Scope) -> None:
        """Raise Problem at an address that is too long, a host that is not ours, a method."""
        raw = scope.get("raw_path", b"") + b"?" + scope["query_string"]
        if sum(len(key) + len(value) + 4 for key, value in scope["headers"]) > HEAD_BYTES:
            raise Problem(431, "the head is too large", f"at most {HEAD_BYTES} bytes")
        if len(raw) > protocol.URL_BYTES:
            raise Problem(414, "the address is too long", f"at most {protocol.URL_BYTES} bytes")
        try:
            scope["query_string"].decode("ascii")
        except UnicodeDecodeError:
            raise Problem(400, "the address is not ASCII", "write it percent-encoded") from None
        named = [value for key, value in scope["headers"] if key == b"host"]
        if len(named) > 1 or (not named and scope["http_version"] != "1.0"):
            raise Problem(400, "one host is asked", f"there are {len(named)}")
        host = named[0].decode("latin-1").strip().lower() if named else ""
        if host and not _HOST.fullmatch(host):  # documents name it
            raise Problem(400, "the host is none", f'"{host[:100]}"')
        if self.hosts is not None and named and host not in self.hosts:
            raise Problem(421, "this host is not served here", f'"{host[:100]}"')
        reading = scope["method"] in ("GET", "HEAD", "OPTIONS")
        if not reading and not (scope["method"] == "POST" and scope["path"] == "/sparql"):
            raise Problem(
                405,
                "nothing is written here",
                f"{scope['path'][:100]} takes {_options(scope['path'])['Allow']}",
                {"Allow": _options(scope["path"])["Allow"]},
            )

    async def _tell(self, scope: Scope, send: Send, problem: Problem) -> None:
        """Send a problem, as a page where one is asked for."""
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        form = _wanted(headers.get("accept"))
        # Who goes on sending is not listened to.
        said = {"Connection": "close"} if problem.status in (408, 413) else {}
        said |= {"Vary": "Accept, Accept-Language", "Cache-Control": "no-store", **problem.headers}
        if form:
            language = _language(scope, headers.get("accept-language"))
            body = self.page(problem.status, problem.title, problem.detail, language)
            said |= {"Content-Type": "text/html; charset=utf-8", "Content-Language": language}
        else:
            body = problem.body()
            said["Content-Type"] = "application/problem+json"
        await _plain(send, problem.status, body, said)


def _wanted(accept: str | None) -> bool:
    """Whether somebody with a browser asks."""
    return accept is not None and "text/html" in accept


def _language(scope: Scope, accept: str | None) -> str:
    """Return the language of an error's page; a name that is wrong is no error of its own."""
    try:
        named = dict(protocol.fields(scope["query_string"].decode("latin-1"))).get("lang")
        return negotiate.language(accept, named)
    except Problem:
        return negotiate.language(accept)


def _options(path: str) -> dict[str, str]:
    allow = f"{ALLOW}, POST" if path == "/sparql" else ALLOW
    return {
        "Allow": allow,
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }


async def _plain(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    fields = [
        (k.lower().encode("latin-1"), v.encode("latin-1", "replace")) for k, v in headers.items()
    ]
    if status != 204:
        fields.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def _line(scope: Scope, told: dict[str, int], seconds: float) -> str:
    """Return a line of the log: a query's hash stands for its text."""
    query = scope["query_string"]
    shown = f"?sha256:{hashlib.sha256(query).hexdigest()[:12]}" if query else ""
    client = (scope.get("client") or ("-",))[0]
    path = scope["path"].encode("ascii", "backslashreplace").decode()[:200]
    path = "".join(c if c.isprintable() else "?" for c in path)
    return (
        f"{client} {scope['method']} {path}{shown} {told['status']} {told['size']} "
        f"{seconds * 1000:.0f}ms"
    )
