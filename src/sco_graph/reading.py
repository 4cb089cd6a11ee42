"""Bytes of an RDF file to triples, with errors that name file, line and value.

pyoxigraph parses: it keeps the lexical form of every literal, resolves nothing over
the network and knows the line of a fault. What it lets through and this project does
not (a byte-order mark, a document type, a remote context, an import) is refused here.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar, cast

import pyoxigraph as ox

from sco_graph.errors import InputError, SyntaxFault
from sco_graph.formats import FORMATS, by_extension
from sco_graph.namespaces import BASE, PREFIXES

RDF_FORMATS: dict[str, ox.RdfFormat] = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}

_T = TypeVar("_T")

HEAD = 1 << 16
"""How much of a stream is looked at before it is parsed."""

_IMPORTS = ox.NamedNode(PREFIXES["owl"] + "imports")
_AT = re.compile(r"^Parser error (?:at|between) line (\d+)[^:]*: ")
_UNDECLARED = re.compile(r"The prefix (.*): has not been declared")


@dataclass(frozen=True)
class Parsed:
    """What a file holds: its quads in file order and the prefixes that it declares."""

    quads: list[ox.Quad]
    prefixes: dict[str, str] = field(default_factory=dict)


def parse(data: bytes, path: str, format_name: str | None = None) -> Parsed:
    """Parse the bytes of the file at `path`, in the format that its extension says.

    Raises SyntaxFault (file, line, what is wrong); nothing is guessed or repaired.
    """
    name = format_name or by_extension(path).name
    if lie := _lie(data[:HEAD], name):
        raise SyntaxFault(path, 1, lie)
    text = decode(data, path)
    if name == "rdfxml":
        _check_xml(text, path)
    if name == "jsonld":
        _check_jsonld(text, path)
    parser = ox.parse(text, format=RDF_FORMATS[name])
    try:
        quads = list(parser)
        prefixes = dict(parser.prefixes)
    except SyntaxError as error:
        raise _fault(error, path, text) from None
    for quad in quads:
        if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
            problem = f"a quoted triple of RDF 1.2 is not read: {quad.object}"
            raise SyntaxFault(path, _line_with(text, "<<"), problem)
        if isinstance(quad.object, ox.Literal) and "\0" in quad.object.value:
            raise SyntaxFault(path, _line_with(text, "u0000"), "a text holds a NUL character")
        if quad.predicate == _IMPORTS and not quad.object.value.startswith(BASE):
            raise SyntaxFault(
                path,
                _line_with(text, quad.object.value),
                f"owl:imports {quad.object} is not followed: give that file beside this one",
            )
    return Parsed(quads, prefixes)


def stream(path: Path, prefix: str = "b") -> Iterator[ox.Quad]:
    """Yield the quads of a file, however large, or of every RDF file in a folder.

    Line formats and Turtle are read as they come; what has to be looked at whole first (XML,
    JSON) is read whole. A blank node has the same name, which starts with `prefix`, each time
    that the file is read. SyntaxFault or InputError names the file at fault, when it is reached.
    """
    if path.is_dir():
        files = [p for p in sorted(path.rglob("*")) if p.is_file() and _is_rdf(p.name)]
        if not files:
            raise InputError(f"{path}: there is no RDF file in it")
        for number, inner in enumerate(files):
            yield from stream(inner, f"{prefix}x{number}")
        return
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: it is no file, and it would be read several times")
    form = by_extension(str(path).removesuffix(".gz")).name
    try:
        with opened(path) as file:
            if form in ("rdfxml", "jsonld"):
                quads = iter(parse(file.read(), str(path), form).quads)
            else:
                quads = _streamed(file, path, form)
            yield from all_renamed(quads, prefix, form in ("nt", "nq"))
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}") from None


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, packed or not."""
    with path.open("rb") as raw:
        yield cast("IO[bytes]", gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw)


def _streamed(file: IO[bytes], path: Path, form: str) -> Iterator[ox.Quad]:
    head = file.read(HEAD)
    check_head(head, path, form)
    rest = _Joined(head, file)
    try:
        quads = ox.parse(cast("IO[bytes]", rest), format=RDF_FORMATS[form])
        yield from checked(quads, path, head)
    except SyntaxError as error:
        message = str(error.msg)
        found = _AT.match(message)
        line = error.lineno or (int(found[1]) if found else 1)
        problem = message[found.end() :] if found else message
        if len(head) < HEAD:
            raise _fault(error, str(path), head.decode("utf-8", "replace")) from None
        raise SyntaxFault(str(path), line, problem) from None


def check_head(head: bytes, path: Path, form: str) -> None:
    """Refuse a file whose begin says that it is not what its extension says."""
    if head.startswith(b"\xef\xbb\xbf"):
        decode(head, str(path))
    if lie := _lie(head, form):
        raise SyntaxFault(str(path), 1, lie)


def checked(quads: Iterator[ox.Quad], path: Path, head: bytes) -> Iterator[ox.Quad]:
    """Yield the quads of a file; SyntaxFault where the parser lets through what we do not."""
    for quad in quads:
        if isinstance(quad.object, ox.Triple):
            raise SyntaxFault(str(path), 1, f"a quoted triple of RDF 1.2 is not read: {quad}")
        if quad.predicate == _IMPORTS and not quad.object.value.startswith(BASE):
            line = _line_with(head.decode("utf-8", "replace"), quad.object.value)
            raise SyntaxFault(str(path), line, f"owl:imports {quad.object} is not followed")
        if isinstance(quad.object, ox.Literal) and "\0" in quad.object.value:
            raise SyntaxFault(str(path), 1, f"a text of {quad.subject} holds a NUL character")
        yield quad


def _lie(head: bytes, form: str) -> str:
    """Return what a file is whose extension says something else, or nothing."""
    looks = head.lstrip()[:9].lower()
    found = ""
    if head.startswith(b"\x1f\x8b"):
        found = "packed with gzip"
    elif looks.startswith((b"<?xml", b"<rdf:rdf", b"<!doctype", b"<html")):
        found = "" if form == "rdfxml" else "XML"
    elif form == "rdfxml" and looks and looks[:1] != b"<":
        found = "no XML"
    elif re.match(rb'\s*(\[\s*)?\{\s*["}]|\s*\[\s*\]', head):
        found = "" if form == "jsonld" else "JSON"
    elif form == "jsonld" and looks and looks[:1] not in b"[{":
        found = "no JSON"
    return f"it is {found}, and its extension says {form}" if found else ""


_ANONYMOUS = re.compile(r"[0-9a-f]{24,32}")
_OPEN_NODES = 500_000
"""How many nodes without a label may be spoken of at once; their names are kept so long."""


def all_renamed(quads: Iterator[ox.Quad], prefix: str, labelled: bool = True) -> Iterator[ox.Quad]:
    """Give blank nodes names by their labels, or by the order in which they come.

    Where not all are `labelled`, the parser makes a new name for each `[ ]` whenever it reads,
    and speaks of it in one place.
    """
    known: OrderedDict[str, ox.BlankNode] = OrderedDict()
    count = 0

    def of(term: _T) -> _T:
        nonlocal count
        if not isinstance(term, ox.BlankNode):
            return term
        if labelled or not _ANONYMOUS.fullmatch(term.value):
            return cast("_T", renamed(term, prefix))
        node = known.get(term.value)
        if node is None:
            node = known[term.value] = ox.BlankNode(f"{prefix}a{count}")
            count += 1
            if len(known) > _OPEN_NODES:
                known.popitem(last=False)
        else:
            known.move_to_end(term.value)
        return cast("_T", node)

    blank = ox.BlankNode
    for quad in quads:
        if blank in (type(quad.subject), type(quad.object), type(quad.graph_name)):
            yield ox.Quad(of(quad.subject), quad.predicate, of(quad.object), of(quad.graph_name))
        else:
            yield quad


def renamed(node: ox.BlankNode, prefix: str) -> ox.BlankNode:
    """Return a blank node that has a label, under the name that starts with `prefix`."""
    return ox.BlankNode(f"{prefix}b{node.value}")


class _Joined:
    """A stream with its head, which was looked at, put back."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self.head, self.rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes: of the head, then of the rest."""
        if not self.head:
            return self.rest.read(size)
        end = len(self.head) if size < 0 else size
        given, self.head = self.head[:end], self.head[end:]
        return given + self.rest.read() if size < 0 else given


def _is_rdf(name: str) -> bool:
    suffix = name.removesuffix(".gz").rpartition(".")[2].lower()
    return any(f.rdf and suffix in (f.extension, *f.also) for f in FORMATS)


def decode(data: bytes, path: str) -> str:
    """Return the text of a file; SyntaxFault where it is not UTF-8 as this project reads it."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise SyntaxFault(path, 1, "the file starts with a byte-order mark: save it without one")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SyntaxFault(
            path, line, f"byte 0x{data[error.start]:02X} is not UTF-8: save the file as UTF-8"
        ) from None
    if "\0" in text:
        raise SyntaxFault(path, _line_of(text, text.index("\0")), "the file holds a NUL character")
    return text


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _check_xml(text: str, path: str) -> None:
    """Refuse a document type, and XML that is not well-formed: the parser reads on past its end."""
    if "<!DOCTYPE" in text:
        line = _line_of(text, text.index("<!DOCTYPE"))
        raise SyntaxFault(path, line, "a document type (<!DOCTYPE …>) is not read: remove it")
    from xml.parsers import expat

    try:
        expat.ParserCreate().Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise SyntaxFault(path, error.lineno, str(error)) from None


def _check_jsonld(text: str, path: str) -> None:
    """Refuse what would be fetched, and what the parser would drop without a word.

    A context that is named and not given is not fetched or opened; a thing whose IRI is
    no IRI would vanish with all that is said of it.
    """
    try:
        todo = [json.loads(text)]
    except json.JSONDecodeError as error:
        raise SyntaxFault(path, error.lineno, error.msg) from None
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        if not isinstance(node, dict):
            continue
        todo += node.values()
        contexts = node.get("@context", [])
        for named in (
            *(contexts if isinstance(contexts, list) else [contexts]),
            node.get("@import"),
        ):
            if isinstance(named, str):
                problem = (
                    f"the context {named} is not fetched: put the context itself into the file"
                )
                raise SyntaxFault(path, _line_with(text, named), problem)
        iri = node.get("@id")
        if isinstance(iri, str) and iri and not _may_be_iri(iri, text):
            raise SyntaxFault(path, _line_with(text, iri), f"<{iri}> is no whole IRI")


def _may_be_iri(iri: str, text: str) -> bool:
    if re.search(r'[\s<>"{}|\\^`]', iri):
        return False
    return ":" in iri or iri.startswith("@") or '"@base"' in text or f'"{iri}":' in text


def _line_with(text: str, value: str) -> int:
    """Return the line on which a value stands for the first time, or 1."""
    return _line_of(text, max(text.find(value), 0))


def _fault(error: SyntaxError, path: str, text: str) -> SyntaxFault:
    message = str(error.msg)
    at = _AT.match(message)
    problem = message[at.end() :] if at else message
    named = re.search(r"'([^']+)'", problem)
    line = error.lineno or (int(at[1]) if at else _line_with(text, named[1] if named else "\0"))
    undeclared = _UNDECLARED.search(problem)
    if undeclared:
        declared = sorted(set(re.findall(r"(?im)^\s*@?prefix\s+([^\s:]*):", text)))
        known = ", ".join(f"{prefix}:" for prefix in declared) or "none"
        problem = f'prefix "{undeclared[1]}" is not declared. Declared prefixes: {known}'
        home = PREFIXES.get(undeclared[1])
        if home:
            problem += f". Add: PREFIX {undeclared[1]}: <{home}>"
    elif problem.startswith("No scheme found"):
        value = _excerpt(error, text)
        problem = f"{value} is a relative IRI and there is no base: write the whole IRI"
    elif "Invalid IRI" in problem:
        problem = f"{problem} in {_excerpt(error, text)}"
    return SyntaxFault(path, line, problem)


def _excerpt(error: SyntaxError, text: str) -> str:
    """Return the part of the line that the parser points to."""
    lines = text.splitlines()
    if not error.lineno or error.lineno > len(lines):
        return "it"
    line = lines[error.lineno - 1]
    start = (error.offset or 1) - 1
    found = re.match(r"<[^>]*>?|\S+", line[start:])
    return found[0] if found else line.strip()
