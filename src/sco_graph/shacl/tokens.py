"""The tokens of a SPARQL text, as far as moving a query into another one takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sco_graph.namespaces import PREFIXES, shorten

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<iri><[^<>"{}|^`\\\s]*>)
    | (?P<text>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<blank>_:[\w.\-]*\w)
    | (?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:
              (?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])
                (?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*
                   (?:[\w:\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))?)?)
    | (?P<word>[^\W\d_]\w*)
    | (?P<number>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+(?:[eE][+-]?[0-9]+)?)
    | (?P<space>\s+)
    | (?P<sign>\^\^|&&|\|\||[!<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A token: its kind (the name of a group above), its text, and whether space stands before."""

    kind: str
    text: str
    spaced: bool = True

    def says(self, *words: str) -> bool:
        """Say whether it is one of some keywords or signs."""
        return self.kind in ("word", "sign") and self.text.upper() in words

    @property
    def variable(self) -> str:
        """The name of a variable, or ""."""
        return self.text[1:] if self.kind == "variable" else ""


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text; comments count as space."""
    spaced = False
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "sign"
        if kind in ("comment", "space"):
            spaced = True
        else:
            yield Token(kind, found[0], spaced)
            spaced = False


def written(found: Iterable[Token]) -> str:
    """Return tokens as a text again."""
    return "".join(f" {token.text}" if token.spaced else token.text for token in found).strip()


def tidy(text: str) -> str:
    """Return a query as people read it: with prefixes, one line a clause, indented by braces."""
    used: dict[str, str] = {}
    body = _lines(_compacted(text, used))
    heads = [f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in sorted(used.items())]
    return "\n".join([*heads, *body]) + "\n"


def _compacted(text: str, used: dict[str, str]) -> Iterator[Token]:
    """Yield tokens with prefixed names in place of IRIs; `used` gets the prefixes."""
    before = ""
    for token in tokens(text):
        found = shorten(token.text[1:-1]) if token.kind == "iri" else None
        if found is None or before == "FROM":
            yield token
        else:
            used[found[0]] = PREFIXES[found[0]]
            yield Token("name", ":".join(found), token.spaced)
        before = token.text


def _lines(found: Iterable[Token]) -> list[str]:
    lines: list[str] = []
    line: list[Token] = []
    depth = parentheses = 0

    def end() -> None:
        if line:
            lines.append("  " * depth + written(line))
        line.clear()

    for token in found:
        closes = token.says("}")
        if closes and not parentheses:
            end()
            depth -= 1
        line.append(token)
        parentheses += token.says("(") - token.says(")")
        if parentheses:
            continue
        if token.says("{"):
            end()
            depth += 1
        elif closes or token.says("."):
            end()
    end()
    return lines
