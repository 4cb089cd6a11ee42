"""Requests to the one host that a user named: credentials, time limits, faults in words.

Credentials come from SCO_GRAPH_USER and SCO_GRAPH_PASSWORD or from netrc, never from an
address; no error and no dry run shows them. A reply that leads to another host is refused.
"""

from __future__ import annotations

import gzip
import netrc
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

from sco_graph.errors import InputError, UsageError

USER, PASSWORD = "SCO_GRAPH_USER", "SCO_GRAPH_PASSWORD"
_CREDENTIALS = f"it wants credentials that fit: set {USER} and {PASSWORD}, or use netrc"
_SHOWN = 300


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
        if found := _credentials(parts.hostname):
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
        if urlsplit(address).netloc != self.host:
            raise UsageError(f"{_clean(address)} is on another host than {self.host}")
        request = urllib.request.Request(  # noqa: S310  # http and https alone, see above
            address, data=body, headers={"Accept-Encoding": "gzip", **(headers or {})}
        )
        if self.dry:
            self.dry(_written(request, body))
            return b"", {}
        try:
            with self._opener.open(request, timeout=self.timeout) as reply:
                said = {key.lower(): value for key, value in reply.headers.items()}
                return _plain(reply.read(), said), said
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(address, error) from None
        except TimeoutError:
            raise self._lost(address, f"no answer within {self.timeout:g} seconds") from None
        except urllib.error.URLError as error:
            raise self._lost(address, _reason(error.reason)) from None
        except ValueError:  # of the standard library, where credentials do not fit twice
            raise Refused(f"{_clean(address)}: {_CREDENTIALS}", 401) from None
        except (HTTPException, OSError, EOFError) as error:
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


def excerpt(body: bytes) -> str:
    """Return the beginning of a text that a host sent, on one line."""
    text = " ".join(body[: 4 * _SHOWN].decode("utf-8", "replace").split())
    text = "".join(c for c in text if c.isprintable())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def _plain(body: bytes, said: Mapping[str, str]) -> bytes:
    return gzip.decompress(body) if said.get("content-encoding") == "gzip" else body


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
