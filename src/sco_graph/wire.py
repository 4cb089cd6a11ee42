"""Requests to the one host that a user named: credentials, time limits, faults in words.

Credentials come from SCO_GRAPH_USER and SCO_GRAPH_PASSWORD, from SCO_GRAPH_TOKEN, or from netrc,
never from an address; no error and no dry run shows them. A reply that leads to another host is
refused.
"""

from __future__ import annotations

import gzip
import netrc
import os
import re
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from typing import IO, Any, cast
from urllib.parse import urlsplit

from sco_graph.errors import InputError, StorageError, UsageError

USER, PASSWORD, TOKEN = "SCO_GRAPH_USER", "SCO_GRAPH_PASSWORD", "SCO_GRAPH_TOKEN"
_CREDENTIALS = f"it wants credentials that fit: set {USER} and {PASSWORD}, or {TOKEN}, or use netrc"
_SHOWN = 300
_CHUNK = 1 << 16


class Unreachable(InputError):
    """A host that does not answer, or answers what cannot be used."""


class Refused(InputError):
    """A host that says no: `status` is why, as HTTP has it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Wire:
    """The way to a host: every request goes through `send`.

    With `dry` no request is sent: each is told to it, without credentials.
    """

    def __init__(
        self, address: str, timeout: float = 600, dry: Callable[[str], None] | None = None
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f'"{_clean(address)}" is no address: write http://HOST:PORT/PATH')
        if parts.username or parts.password:
            raise UsageError(
                f"{_clean(address)}: credentials are not taken from an address: "
                f"set {USER} and {PASSWORD}, or write them into netrc"
            )
        self.host, self.timeout, self.dry = parts.netloc, timeout, dry
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        handlers: list[urllib.request.BaseHandler] = [_SameHost(self.host)]
        if token := _token():
            handlers.append(_Token(_origin(address), token))
        elif found := _credentials(parts.hostname):
            passwords.add_password(None, f"{parts.scheme}://{parts.netloc}/", *found)
            handlers.append(urllib.request.HTTPDigestAuthHandler(passwords))
            handlers.append(urllib.request.HTTPBasicAuthHandler(passwords))
        self._opener = urllib.request.build_opener(*handlers)

    def send(
        self,
        address: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[bytes, Mapping[str, str]]:
        """Return the body and the headers (lower-case names) of the reply to a request.

        Raises Unreachable where none comes or it is cut, Refused where it says no.
        """
        found = BytesIO()
        said = self.fetch(address, found, body, headers)
        return found.getvalue(), said

    def fetch(
        self,
        address: str,
        into: IO[bytes],
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, str]:
        """Write the body of the reply to a request as it comes; return its headers, as `send`."""
        if urlsplit(address).netloc != self.host:
            raise UsageError(f"{_clean(address)} is on another host than {self.host}")
        request = urllib.request.Request(  # noqa: S310  # http and https alone, see above
            address, data=body, headers={"Accept-Encoding": "gzip", **(headers or {})}
        )
        if self.dry:
            self.dry(_written(request, body))
            return {}
        try:
            with self._opener.open(request, timeout=self.timeout) as reply:
                said = {key.lower(): value for key, value in reply.headers.items()}
                _copy(reply, said.get("content-encoding") == "gzip", into)
                return said
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(address, error) from None
        except TimeoutError:
            raise self._lost(address, f"no answer within {self.timeout:g} seconds") from None
        except urllib.error.URLError as error:
            raise self._lost(address, _reason(error.reason)) from None
        except ValueError:  # of the standard library, where credentials do not fit twice
            raise Refused(f"{_clean(address)}: {_CREDENTIALS}", 401) from None
        except (HTTPException, OSError, EOFError, zlib.error) as error:
            raise self._lost(address, f"the answer was cut ({_reason(error)})") from None

    def _refused(self, address: str, error: urllib.error.HTTPError) -> InputError:
        told = _CREDENTIALS if error.code == 401 else excerpt(error.read())
        return Refused(f"{_clean(address)} answers {error.code}: {told}", error.code)

    def _lost(self, address: str, reason: str) -> InputError:
        return Unreachable(f"{_clean(address)}: {reason}")


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows where the host leads on itself, and nowhere else."""

    def __init__(self, host: str) -> None:
        self._host = host

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        if urlsplit(newurl).netloc != self._host:
            raise urllib.error.URLError(f"it leads to another host, {urlsplit(newurl).netloc}")
        if req.data is not None:
            raise urllib.error.URLError(f"it leads to {newurl}: give that address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Token(urllib.request.BaseHandler):
    """Sends a token with each request to one origin, redirected ones too, and to no other."""

    def __init__(self, origin: tuple[str, str], token: str) -> None:
        self._origin, self._token = origin, token

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        if _origin(request.full_url) == self._origin:
            # Not among the headers that a redirected request takes over.
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        return request

    https_request = http_request


def excerpt(body: bytes) -> str:
    """Return the beginning of a text that a host sent, on one line, without our secrets."""
    text = body[: 4 * _SHOWN].decode("utf-8", "replace")
    for secret in filter(None, map(os.environ.get, (TOKEN, PASSWORD))):
        text = text.replace(secret, "…")  # a host may show what it was asked with
    text = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def _copy(reply: HTTPResponse, packed: bool, into: IO[bytes]) -> None:
    """Copy the body of a reply; HTTPException where it ends before its end."""
    source = cast("IO[bytes]", gzip.GzipFile(fileobj=reply) if packed else reply)
    while chunk := source.read(_CHUNK):
        try:
            into.write(chunk)
        except OSError as error:
            raise StorageError(f"the answer cannot be kept: {error.strerror or error}") from None
    if reply.length:  # the standard library tells it only to who reads all at once
        raise HTTPException(f"{reply.length} bytes are missing")


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _token() -> str:
    """Return the token of the environment, or ""; UsageError where it cannot be meant."""
    token = os.environ.get(TOKEN, "")
    if token and os.environ.get(USER):
        raise UsageError(f"{TOKEN} and {USER} are both set: a host takes one, unset the other")
    if token and not re.fullmatch(r"[!-~]+", token):
        raise UsageError(f"{TOKEN} holds spaces or other characters that no token has")
    return token


def _credentials(host: str) -> tuple[str, str] | None:
    if os.environ.get(USER):
        return os.environ[USER], os.environ.get(PASSWORD, "")
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return None
    return (found[0], found[2] or "") if found else None


def _clean(address: str) -> str:
    """Return an address without credentials and without a query."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _reason(error: object) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def _written(request: urllib.request.Request, body: bytes | None) -> str:
    """Return a request as a dry run shows it."""
    lines = [f"{request.get_method()} {request.full_url}"]
    lines += [f"{key}: {value}" for key, value in sorted(request.headers.items())]
    return "\n".join([*lines, "", (body or b"").decode("utf-8", "replace"), ""])
