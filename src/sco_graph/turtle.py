"""The canonical form of a Turtle file: one line a fact, so that a new fact is one line of a diff.

The writers of the libraries round numbers, drop comments and fold objects into lists;
the data of this project is read by people in Turtle, so its form is the project's own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from sco_graph.errors import SyntaxFault
from sco_graph.namespaces import LANGUAGES, PREFIXES, by_length, shorten
from sco_graph.reading import parse

_RDF = PREFIXES["rdf"]
_XSD = PREFIXES["xsd"]
_FIRST, _REST, _NIL = (ox.NamedNode(_RDF + name) for name in ("first", "rest", "nil"))
_TYPE = ox.NamedNode(_RDF + "type")
_LEADING = [
    PREFIXES["rdfs"] + "label",
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["skos"] + "altLabel",
    _RDF + "subject",
    _RDF + "predicate",
    _RDF + "object",
]
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+\Z"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+\Z"),
    _XSD + "boolean": re.compile(r"(?:true|false)\Z"),
}
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\s]*>|\\.|(#[^\n]*)",
    re.DOTALL,
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def format_text(data: bytes, path: str) -> str:
    """Return the canonical form of a Turtle file.

    Raises SyntaxFault where the file cannot be parsed, where a comment would be lost
    (only the lines at the head stay), or where the form would not mean the same.
    """
    parsed = parse(data, path, "ttl")
    text = data.decode("utf-8").replace("\r\n", "\n")
    head = _head(text, path)
    result = head + write((quad.triple for quad in parsed.quads), parsed.prefixes)
    again = parse(result.encode("utf-8"), path, "ttl")
    if _canonical(parsed.quads) != _canonical(again.quads):
        raise SyntaxFault(path, 1, "the canonical form would change what the file says")
    return result


def write(triples: Iterable[ox.Triple], prefixes: dict[str, str] | None = None) -> str:
    """Return triples as canonical Turtle: prefixes used, then a block for each subject."""
    return _Writer(triples, PREFIXES if prefixes is None else prefixes).text()


def _canonical(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def _head(text: str, path: str) -> str:
    """Return the comment lines that a file opens with; refuse comments further down."""
    lines = text.split("\n")
    count = 0
    while count < len(lines) and (lines[count].startswith("#") or not lines[count].strip()):
        count += 1
    head = [line.rstrip() for line in lines[:count] if line.strip()]
    body_start = sum(len(line) + 1 for line in lines[:count])
    for match in _TOKEN.finditer(text, body_start):
        if match[1]:
            line = text.count("\n", 0, match.start()) + 1
            raise SyntaxFault(
                path,
                line,
                f"the comment {match[1]!r} would be lost: move it to the head of the file "
                "or into a skos:editorialNote",
            )
    return "\n".join([*head, "", ""]) if head else ""


class _Writer:
    """Writes one set of triples; blank nodes used once are written where they are used."""

    def __init__(self, triples: Iterable[ox.Triple], prefixes: dict[str, str]) -> None:
        dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        self.statements: dict[Node, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        uses: Counter[Node] = Counter()
        for quad in dataset:
            self.statements[quad.subject][quad.predicate.value].append(quad.object)
            if isinstance(quad.object, ox.BlankNode):
                uses[quad.object] += 1
        self.inline = {node for node, count in uses.items() if count == 1}
        self.inline -= self._cyclic()
        # A prefix of the project means the same in every file, whatever a file calls it.
        home = set(PREFIXES.values())
        others = {p: iri for p, iri in prefixes.items() if p and iri not in home}
        known = {**others, **PREFIXES}
        self.namespaces = by_length(known)
        self.used: dict[str, str] = {}

    def _cyclic(self) -> set[Node]:
        """Return blank nodes that lead back to themselves: they need a name."""
        found: set[Node] = set()
        for start in self.inline:
            seen: set[Node] = set()
            todo = [start]
            while todo:
                node = todo.pop()
                for objects in self.statements[node].values() if node in self.statements else ():
                    for target in objects:
                        if target == start:
                            found.add(start)
                        elif isinstance(target, ox.BlankNode) and target not in seen:
                            seen.add(target)
                            todo.append(target)
        return found

    def text(self) -> str:
        roots = [node for node in self.statements if node not in self.inline]
        named = sorted((n for n in roots if isinstance(n, ox.NamedNode)), key=lambda n: n.value)
        blank = [node for node in roots if not isinstance(node, ox.NamedNode)]
        unnamed = [
            n
            for n in blank
            if not any(n in o for s in self.statements.values() for o in s.values())
        ]
        blocks = [f"{self.term(node)}\n{self.body(node, 1)}.\n" for node in named]
        blocks += sorted(
            f"{'[]' if node in unnamed else self.term(node)}\n{self.body(node, 1)}.\n"
            for node in blank
        )
        head = [f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in sorted(self.used.items())]
        return "\n".join(["".join(head), *blocks] if head else blocks)

    def body(self, node: Node, depth: int) -> str:
        indent = "    " * depth
        lines = []
        for predicate in sorted(self.statements[node], key=self._rank):
            name = "a" if predicate == _TYPE.value else self.iri(predicate)
            for _, written in sorted(
                (self._object_key(o, written), written)
                for o in self.statements[node][predicate]
                for written in [self.term(o, depth)]
            ):
                lines.append(f"{indent}{name} {written} ;\n")
        return "".join(lines)

    def _rank(self, predicate: str) -> tuple[int, str]:
        if predicate == _TYPE.value:
            return (0, "")
        if predicate in _LEADING:
            return (1 + _LEADING.index(predicate), "")
        return (len(_LEADING) + 1, predicate)

    def _object_key(self, node: Node, written: str) -> tuple[int, int, str]:
        if isinstance(node, ox.NamedNode):
            return (0, 0, node.value)
        if isinstance(node, ox.Literal):
            tag = node.language
            order = LANGUAGES.index(tag) if tag in LANGUAGES else len(LANGUAGES)
            return (1, order, f"{tag or ''} {node.value}")
        return (2, 0, written)

    def term(self, node: Node, depth: int = 1) -> str:
        if isinstance(node, ox.NamedNode):
            return "()" if node == _NIL else self.iri(node.value)
        if isinstance(node, ox.Literal):
            return self.literal(node)
        if node not in self.inline:
            return str(node)
        items = self._items(node)
        if items is not None:
            return f"( {' '.join(self.term(item, depth) for item in items)} )"
        return f"[\n{self.body(node, depth + 1)}{'    ' * depth}]"

    def _items(self, node: Node) -> list[Node] | None:
        """Return the members of a list that starts at `node`, or None if it is no list."""
        items: list[Node] = []
        while node != _NIL:
            about = self.statements.get(node)
            if about is None or set(about) != {_FIRST.value, _REST.value}:
                return None
            if len(about[_FIRST.value]) != 1 or len(about[_REST.value]) != 1:
                return None
            if items and node not in self.inline:
                return None
            items += about[_FIRST.value]
            node = about[_REST.value][0]
        return items

    def iri(self, iri: str) -> str:
        found = shorten(iri, self.namespaces)
        if not found:
            return f"<{iri}>"
        prefix, local = found
        self.used[prefix] = iri.removesuffix(local)
        return f"{prefix}:{local}"

    def literal(self, node: ox.Literal) -> str:
        quoted = '"' + "".join(_escape(c) for c in node.value) + '"'
        if node.language:
            return f"{quoted}@{node.language}"
        datatype = node.datatype.value
        if datatype == _XSD + "string":
            return quoted
        bare = _BARE.get(datatype)
        if bare and bare.match(node.value):
            return node.value
        return f"{quoted}^^{self.iri(datatype)}"


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if ord(character) < 0x20 or ord(character) == 0x7F:
        return f"\\u{ord(character):04X}"
    return character
