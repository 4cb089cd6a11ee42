"""What a stranger's SPARQL has to pass before any engine sees it.

One pass over the text: codepoint escapes are decoded, tokens are cut, brackets are matched,
what an engine would choke on is counted. What is not known is refused. Our engine reads
without tokens (`SERVICE:x`, `trueSERVICE<x>` and `FILTER(?a<?b)SERVICE#>` are calls to it),
so that a text which can be read in two ways is refused too. Hand the engine `Checked.text`,
never the text that came: only there are the escapes decoded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NoReturn, cast
from urllib.parse import urljoin

from sco_graph.namespaces import BASE, PREFIXES
from sco_graph.web.tokens import MAX_BYTES as MAX_BYTES
from sco_graph.web.tokens import Refusal as Refusal
from sco_graph.web.tokens import Token as Token
from sco_graph.web.tokens import decode as decode
from sco_graph.web.tokens import refuse as refuse
from sco_graph.web.tokens import tokens as tokens
from sco_graph.web.tokens import unescape as unescape

MAX_DEPTH = 64
"""Of `{ ( [`: the engine recurses into each, and 3,000 end the process; of EXISTS and IF, the
costliest, 128 do so with 1 MiB of stack and 1,024 with 8."""
MAX_TOKENS = 2_000
"""Of a query: it bounds every chain that has no limit of its own (10,000 `||` end the process)."""
MAX_GROUP = 60
"""Triple patterns of a group: planning takes 0.15 s for 60 that share a variable, 1 s for 100."""
MAX_JOINED = 100
"""What a query may join: 1 s of planning for 100 and 17 s for 200, however they are grouped."""
MAX_STEPS = 30
"""Steps of a property path: each `/` is a join more, and 300 take 1 s to plan."""
MAX_BRANCHES = 60
"""UNION of a query, and OPTIONAL: 60 OPTIONAL plan in 0.2 s, 100 in 1.3 s, 300 in over 30 s."""
MAX_OPERATORS = 300
"""`|| && ! + - * /` of a query: the engine recurses into each; in a thread with 1 MiB of stack
512 pass and 1,024 end the process."""
MAX_RETRIES = 10
"""REGEX, SUBSTR, REPLACE, GROUP_CONCAT and `!(` inside one another: the engine's parser reads
what is in each twice, so that 20 take 2 s and 30 half an hour."""

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True)
class Checked:
    """A query that passed: its form, its text for the engine, the graphs and the view it names."""

    form: Form
    text: str
    datasets: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    view: str | None = None


_VIEW = re.compile(r"^[ \t]*#[ \t]*defaultView:[ \t]*(Timeline|Table|Graph)\b", re.I | re.M)

_SERVICE = "SERVICE"
_UPDATES = frozenset("ADD CLEAR COPY CREATE DELETE DROP INSERT LOAD MOVE WITH".split())
_WORDS = frozenset(
    "A ABS ADJUST AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT CONTAINS "
    "COUNT DATATYPE DAY DESC DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM GRAPH "
    "GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL "
    "ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT MAX MD5 MIN MINUS "
    "MINUTES MONTH NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX "
    "REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SHA1 SHA256 SHA384 SHA512 STR "
    "STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR "
    "SUM TIMEZONE TRIPLE TRUE TZ UCASE UNDEF UNION URI UUID VALUES WHERE YEAR".split()
)
_LASTING = ("SELECT", "ORDER", "GROUP", "HAVING")
"""Words after which no triple begins until a `}`, whatever brackets come between."""
_RETRIED = ("REGEX", "SUBSTR", "REPLACE", "GROUP_CONCAT", "!")
_OPERATORS = ("||", "&&", "!", "+", "-", "*", "/")
_PAIRS = {"{": "}", "(": ")", "[": "]", "<<(": ")>>"}
_TRIPLES = ("group", "template", "property list")


@dataclass
class Frame:
    """An open bracket: what it is, and how far the triple in it has come.

    `slot` is 0 before a subject, 1 after it, 2 after the verb, more after objects, None where
    no triple can stand. `weight` is what an object of the verb at hand costs to join.
    """

    kind: str
    token: Token
    retries: int
    joined: int
    home: Frame | None
    owner: Frame | None = None
    slot: int | None = 0
    lasting: bool = False
    patterns: int = 0
    weight: int = 1
    steps: int = 1


_START = Token("start", 0, "")


@dataclass
class Scan:
    """The one pass over the tokens of a query, and what it has seen."""

    text: str
    graphs: Collection[str]
    prefixes: dict[str, str]
    base: str = BASE
    form: str = ""
    view: str | None = None
    datasets: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    stack: list[Frame] = field(default_factory=list)
    last: Token = _START
    before: Token = _START
    values: bool = False
    joined: int = 0
    operators: int = 0
    branches: dict[str, int] = field(default_factory=lambda: {"UNION": 0, "OPTIONAL": 0})

    def run(self) -> Checked:
        """Take every token; Refusal at the first that may not stand where it stands."""
        count = 0
        for token in tokens(self.text):
            if token.kind == "blank":
                found = _VIEW.search(token.text) if self.view is None else None
                self.view = found[1].capitalize() if found else self.view
                continue
            count += 1
            if count > MAX_TOKENS:
                self.limit(token, f"{MAX_TOKENS} words and signs in a query")
            self.take(token)
            self.before, self.last = self.last, token
        if self.stack:
            opened = self.stack[-1].token
            self.refuse(opened, "a bracket stays open", f"close it with {_PAIRS[opened.text]}")
        if not self.form:
            title = "there is no query in it" if count else "the query is empty"
            self.refuse(self.last, title, f"begin one with {', '.join(FORMS)}")
        form = cast("Form", self.form)
        return Checked(form, self.text, tuple(self.datasets), tuple(self.named), self.view)

    def refuse(self, token: Token, title: str, detail: str, status: int = 400) -> NoReturn:
        """Raise the Refusal of a token."""
        shown = token.text if len(token.text) <= 60 else token.text[:60] + "…"
        refuse(self.text, token.start, title, f"{shown}: {detail}" if shown else detail, status)

    def limit(self, token: Token, limit: str) -> NoReturn:
        """Raise the Refusal of a query that goes beyond a limit."""
        self.refuse(token, "the query is too large", f"at most {limit}; ask in smaller queries")

    def service(self, token: Token) -> NoReturn:
        """Raise the Refusal of what an engine may take for a call to another endpoint."""
        way = "no query leaves this server; ask the other endpoint itself, or rename a prefix"
        self.refuse(token, "SERVICE is not allowed here", way, 403)

    def take(self, token: Token) -> None:
        """Judge one token by what stands before it and around it."""
        kind = token.kind
        if kind == "word":
            self.word(token)
        elif kind == "open":
            self.open(token)
        elif kind == "close":
            self.close(token)
        elif kind == "mark":
            self.mark(token)
        elif kind != "language":
            if kind == "iri":
                self.iri(token)
            elif kind in ("prefixed", "label"):
                self.name(token)
            self.place(token)

    def word(self, token: Token) -> None:
        """Take a keyword or the name of a function."""
        word = token.text.upper()
        if _SERVICE in word:
            self.service(token)
        if word in _UPDATES:
            self.refuse(token, "this endpoint is read-only", f"ask with {', '.join(FORMS)}", 403)
        if word not in _WORDS:
            self.refuse(token, "a word is not known", "no word of SPARQL; put a space between two")
        if word in FORMS and not self.stack:
            if self.form:
                self.refuse(token, "a second query", "ask one query at a time")
            self.form = word
        if word in self.branches:
            self.branches[word] += 1
            if self.branches[word] > MAX_BRANCHES:
                self.limit(token, f"{MAX_BRANCHES} {word} in a query")
        self.values = word == "VALUES" or self.values
        if word in ("A", "TRUE", "FALSE"):
            self.place(token)
        elif self.stack:
            self.stack[-1].slot = None
            self.stack[-1].lasting |= word in _LASTING

    def iri(self, token: Token) -> None:
        """Take an IRI; Refusal where `<` may be less-than, as the engine has it there."""
        inside = token.text[1:-1]
        if self.compares() and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*+://|[\w:./%~@-]*+$", inside):
            way = "write a space after < that compares; write the IRI whole"
            self.refuse(token, "an IRI or a comparison", way)
        if not self.form and self.last.text.upper() == "BASE":
            self.base = self.resolved(inside)
        elif not self.form and self.before.text.upper() == "PREFIX":
            self.prefixes[self.last.text[:-1]] = self.resolved(inside)
        elif self.last.text.upper() in ("FROM", "NAMED"):
            self.graph(token, self.resolved(inside))

    def resolved(self, text: str) -> str:
        """Return an IRI as the engine reads it."""
        try:
            return urljoin(self.base, text)
        except ValueError:  # an authority that is none
            return text

    def compares(self) -> bool:
        """Whether a comparison may go on here: after an operand, in parentheses."""
        frame = self.stack[-1] if self.stack else None
        inside = frame is not None and frame.token.text == "(" and frame.kind != "data"
        return inside and self.last.kind not in ("open", "mark")

    def name(self, token: Token) -> None:
        """Take a prefixed name; Refusal where the engine may cut a keyword out of it."""
        prefix, _, local = token.text.partition(":")
        space = self.prefixes.get(prefix, "")
        # The engine takes `x:` and goes on behind it where x: and the local name make no IRI
        # (a port of letters), and ends a name at its second dot.
        loose = re.match(r"[^/?#]*+//[^/?#]*+$", space) is not None
        for word in (_SERVICE,) if self.stack or not self.form else (_SERVICE, "FROM"):
            if word in prefix.upper() or f".{word}" in local.upper():
                break
            if loose and local.upper().startswith(word):
                break
        else:
            if token.kind == "prefixed":
                self.graph(token, space + re.sub(r"\\(.)", r"\1", local))
            return
        if word == _SERVICE:
            self.service(token)
        self.refuse(token, "a name or FROM", "put a space after FROM, or rename the prefix")

    def graph(self, token: Token, iri: str) -> None:
        """Take the IRI of a graph that is asked; Refusal where there is none of that name."""
        words = self.before.text.upper(), self.last.text.upper()
        named = words == ("FROM", "NAMED")
        if not named and words[1] != "FROM":
            return
        if iri not in self.graphs:
            known = ", ".join(f"<{graph}>" for graph in sorted(self.graphs))
            self.refuse(token, "there is no such graph", f"the graphs are {known}")
        (self.named if named else self.datasets).append(iri)

    def place(self, token: Token) -> None:
        """Count what begins with a term, a bracket, `^` or `!` among triples."""
        frame = self.stack[-1] if self.stack else None
        if frame is None or frame.slot is None or self.last.text in ("/", "|", "^", "!", "^^"):
            return
        if frame.kind == "list":
            self.count(token, frame, 2, 1)
        elif frame.kind in _TRIPLES:
            frame.slot += 1
            if frame.slot == 2:
                frame.weight = frame.steps = 1
            elif frame.slot > 2:
                self.count(token, frame, 1, frame.weight)

    def count(self, token: Token, frame: Frame, patterns: int, weight: int) -> None:
        """Count triple patterns in the group that they belong to, and what they cost to join."""
        home = frame.home
        if home is None:
            return
        home.patterns += patterns
        if home.patterns > MAX_GROUP:
            self.limit(token, f"{MAX_GROUP} triple patterns in a group")
        if home.kind == "group":
            self.join(token, patterns * weight)

    def join(self, token: Token, weight: int) -> None:
        """Count what the query joins."""
        self.joined += weight
        if self.joined > MAX_JOINED:
            self.limit(token, f"{MAX_JOINED} triple patterns, steps of paths and VALUES in all")

    def open(self, token: Token) -> None:
        """Take an opening bracket."""
        outer = self.stack[-1] if self.stack else None
        kind = self.bracket(token, outer)
        retries = outer.retries if outer else 0
        if token.text == "(" and self.last.text.upper() in _RETRIED:
            retries += 1
            if retries > MAX_RETRIES:
                self.limit(token, f"{MAX_RETRIES} {', '.join(_RETRIED)} inside one another")
        frame = Frame(kind, token, retries, self.joined, outer.home if outer else None)
        if kind in ("group", "template"):
            frame.home = frame
        elif kind == "path" and outer:
            frame.owner = outer.owner or outer
        elif kind == "property list":
            frame.slot = 1
        self.stack.append(frame)
        if len(self.stack) > MAX_DEPTH:
            self.limit(token, f"{MAX_DEPTH} brackets inside one another")

    def bracket(self, token: Token, outer: Frame | None) -> str:
        """Return what an opening bracket opens."""
        if token.text == "{":
            values, self.values = self.values, False
            if not self.stack and self.last.text.upper() == "CONSTRUCT":
                return "template"
            return "data" if values else "group"
        if token.text == "(" and self.last.text.upper() == "VALUES":
            return "data"
        self.place(token)
        if token.text == "<<(":
            if self.compares():
                self.refuse(token, "a term or a comparison", "write a space after < that compares")
            return "data"
        if token.text == "[":
            return "property list"
        if outer is None or outer.slot is None or outer.kind == "expression":
            return "expression"
        if outer.kind in _TRIPLES:
            return "path" if outer.slot == 2 else "list"
        return outer.kind

    def close(self, token: Token) -> None:
        """Take a closing bracket; Refusal where it closes nothing."""
        if not self.stack or _PAIRS[self.stack[-1].token.text] != token.text:
            wanted = f"{_PAIRS[self.stack[-1].token.text]} is due" if self.stack else "none is open"
            self.refuse(token, "a bracket closes nothing", wanted)
        frame = self.stack.pop()
        if frame.kind in ("group", "data") and token.text == "}" and frame.joined == self.joined:
            self.join(token, 1)
        outer = self.stack[-1] if self.stack else None
        if outer and token.text == "}":
            outer.slot, outer.lasting = 0, False
        elif outer and outer.slot is None and not outer.lasting:
            outer.slot = 0

    def mark(self, token: Token) -> None:
        """Take an operator or a separator."""
        mark, frame = token.text, self.stack[-1] if self.stack else None
        if mark in ("<", "<=") and not self.compares():
            way = "close the IRI with >, and write spaces and quotes in it with %; << is no token"
            self.refuse(token, "an IRI cannot be read", way)
        if mark in _OPERATORS and not (frame and frame.kind == "data"):
            self.operators += 1
            if self.operators > MAX_OPERATORS:
                self.limit(token, f"{MAX_OPERATORS} operators in a query")
        if frame is None:
            return
        if mark in ("^", "!"):
            self.place(token)
        elif mark in ("/", "|"):
            owner = frame.owner or frame
            owner.steps += 1
            owner.weight += mark == "/"
            if owner.kind in _TRIPLES and owner.steps > MAX_STEPS:
                self.limit(token, f"{MAX_STEPS} steps in a property path")
        elif frame.kind in _TRIPLES and mark in (".", ";", ",") and frame.slot is not None:
            frame.slot = (".", ";", ",").index(mark)
        elif frame.kind in _TRIPLES and mark == ".":
            frame.slot = 0


def check(text: str, graphs: Collection[str], prefixes: Mapping[str, str] = PREFIXES) -> Checked:
    """Return a query's form, its text for the engine, the graphs and the view that it names.

    A query that is not SPARQL may pass: the engine says so. Refusal: 403 for SERVICE and for
    updates, 413 for a text that is too long, 400 for everything else.
    """
    text = unescape(decode(text.encode("utf-8", "surrogatepass")))
    return Scan(text, graphs, dict(prefixes)).run()
