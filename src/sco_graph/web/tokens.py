"""A query as text and as tokens, as SPARQL 1.1 cuts them; what cannot be cut is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from sco_graph.errors import UsageError
from sco_graph.web.problems import Problem

MAX_BYTES = 64 * 1024
"""Of a query: the longest of ours has 4 KiB, and a longer one costs nothing but time."""


class Refusal(Problem, UsageError):
    """A query that goes to no engine: `status`, `title`, and in `detail` why, where, what to do."""

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"


class Token(NamedTuple):
    """A piece of a query: what it is, where it stands, its text."""

    kind: str
    start: int
    text: str


def decode(body: bytes, limit: int = MAX_BYTES) -> str:
    """Return the text of a body; Refusal 413 where it is too large, 400 where it is no text."""
    if len(body) > limit:
        raise Refusal(413, "the query is too large", f"at most {limit} bytes; this has {len(body)}")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(
            400, "the query is not UTF-8", f"byte {error.start} fits nothing; send it as UTF-8"
        ) from None
    if "\0" in text:
        refuse(text, text.index("\0"), "the query holds a NUL", "leave the character out")
    return text


def refuse(text: str, at: int, title: str, detail: str, status: int = 400) -> NoReturn:
    """Raise the Refusal of what stands at an offset; its detail begins with line and column."""
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    raise Refusal(status, title, f"line {line}, column {column}: {detail}")


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)


def unescape(text: str) -> str:
    r"""Return a query with its `\u` and `\U` decoded, as SPARQL has it before it cuts tokens.

    A backslash that is escaped itself begins none. Refusal where one names no character.
    """

    def character(found: re.Match[str]) -> str:
        if found[3]:
            return found[0]
        code = int(found[1] or found[2], 16)
        if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            refuse(text, found.start(), "an escape of no character", f"{found[0]}: write another")
        return chr(code)

    return _ESCAPE.sub(character, text)


# Every repetition is possessive: nothing is read twice but what a lookahead saw.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = rf"[{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040]"
_PART = rf"[{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040-]"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-]"
_DOTTED = rf"(?:{_PART}|\.++(?={_PART}))*+"
_LOCAL = rf"(?:[{_BASE}_:0-9]|{_PLX})(?:{_PART}|:|{_PLX}|\.++(?={_PART}|:|{_PLX}))*+"
_KINDS = {
    "blank": r"(?:[ \t\r\n]++|#[^\r\n]*+)++",
    "iri": r'<[^<>"{}|^`\\\x00-\x20]*+>',
    "label": rf"_:[{_BASE}_0-9]{_DOTTED}",
    "prefixed": rf"(?:[{_BASE}]{_DOTTED})?+:(?:{_LOCAL})?+",
    "variable": rf"[?$][{_BASE}_0-9]{_NAME}*+",
    "long": r"'''(?:'{0,2}+(?:[^'\\]|\\[tbnrf\\\"']))*+'''(?!')"
    r'|"""(?:"{0,2}+(?:[^"\\]|\\[tbnrf\\"\']))*+"""(?!")',
    "string": r"(?!''')'(?:[^'\\\r\n]|\\[tbnrf\\\"'])*+'"
    r'|(?!""")"(?:[^"\\\r\n]|\\[tbnrf\\\"\'])*+"',
    "language": r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--(?:ltr|rtl)(?![A-Za-z0-9-]))?+(?!--)",
    "number": r"(?:[0-9]++(?:\.[0-9]*+(?=[eE][+-]?[0-9])|\.[0-9]++)?+|\.[0-9]++)"
    r"(?:[eE][+-]?[0-9]++)?+",
    "word": r"[A-Za-z_][A-Za-z0-9_]*+",
    "open": r"<<\(|[{(\[](?!\|)",
    "close": r"\)>>|[})\]]",
    "mark": r"\^\^|&&|\|\||!=|<=|>=|[.;,=<>!|/^*+?-]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))


def tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a query one after another, comments too; Refusal at what is none."""
    at, end, match = 0, len(text), _TOKEN.match
    while at < end:
        found = match(text, at)
        if found is None:
            _refuse_character(text, at)
        kind, piece = found.lastgroup or "", found[0]
        if kind != "blank" or "#" in piece:
            yield Token(kind, at, piece)
        at = found.end()


def _refuse_character(text: str, at: int) -> NoReturn:
    if text[at] in "\"'":
        way = r"""close it with its quotes; escapes are \t \b \n \r \f \\ \" \' and \u"""
        refuse(text, at, "a string cannot be read", way)
    refuse(text, at, "a character fits no token", f"{text[at]!a}: it stands only in a string")
