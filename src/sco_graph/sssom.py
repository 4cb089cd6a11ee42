"""Links to other datasets: SSSOM tables, and the triples that they stand for.

A table says of each link on what it rests (`semapv:`) and how sure that is. In the graph
`links` each row is one `schema:sameAs` triple and one `sssom:Mapping` that annotates it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from sco_graph.errors import SyntaxFault
from sco_graph.namespaces import ID, PREFIXES, compact, slug
from sco_graph.rdf import Fact, literal, named

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
    "author_label",
    "match_string",
    "comment",
)
"""What this project reads and writes of the standard's columns, in the standard's order."""

_SCHEMES = ("urn", "tag", "info", "did", "ark", "doi", "mailto", "tel", "geo")
"""Schemes of IRIs that have no authority, and look like a CURIE."""
_CURIE = re.compile(r"([A-Za-z][\w.-]*):([^\s/][^\s]*|)\Z")


@dataclass(frozen=True, order=True)
class Link:
    """A row: what is the same as what, and why. IRIs are whole; `line` is its line or 0.

    A `negated` one says that they are not (`predicate_modifier` is `Not`), and makes no triple.
    """

    subject: str
    object: str
    predicate: str = PREFIXES["schema"] + "sameAs"
    justification: str = PREFIXES["semapv"] + "ManualMappingCuration"
    confidence: str = ""
    author: str = ""
    comment: str = ""
    subject_label: str = ""
    object_label: str = ""
    match: str = ""
    negated: bool = False
    line: int = field(default=0, compare=False)

    def facts(self, graph: str) -> Iterator[Fact]:
        """Yield the link and the mapping that says on what it rests."""
        if self.negated:
            return
        ends = [ox.NamedNode(iri) for iri in (self.subject, self.predicate, self.object)]
        yield Fact(ends[0], ends[1], ends[2], graph)
        name = re.sub(r"[^a-z0-9]+", "-", self.object.partition("://")[2].lower()).strip("-")
        # Two IRIs may have the same words: the sum keeps their nodes apart.
        said = f"{self.subject} {self.predicate} {self.object}".encode()
        name = f"{slug(self.subject)}-{name}-{hashlib.sha256(said).hexdigest()[:6]}"
        node = ox.NamedNode(f"{ID}statement/link-{name}")
        values = {
            "rdf:type": named("sssom:Mapping"),
            "owl:annotatedSource": ends[0],
            "owl:annotatedProperty": ends[1],
            "owl:annotatedTarget": ends[2],
            "sssom:mapping_justification": ox.NamedNode(self.justification),
            "sssom:confidence": self.confidence and literal(self.confidence, "decimal"),
            "sssom:author_label": self.author and ox.Literal(self.author),
            "rdfs:comment": self.comment and ox.Literal(self.comment, language="en"),
        }
        for predicate, value in values.items():
            if value:
                yield Fact(node, named(predicate), value, graph)


def read(text: str, path: str) -> list[Link]:
    """Read an SSSOM table; SyntaxFault names the line where it is none."""
    # YAML is the header's own language; nothing else here needs it.
    import yaml

    lines = text.removeprefix("\ufeff").splitlines()
    head = [line for line in lines if line.startswith("#")]
    try:
        about = yaml.safe_load("\n".join(line[1:] for line in head)) or {}
        prefixes = {**PREFIXES, **(about.get("curie_map") or {})}
    except (yaml.YAMLError, AttributeError, TypeError):
        raise SyntaxFault(path, 1, "the header is no YAML of an SSSOM table") from None
    start = next((n for n, line in enumerate(lines) if line and not line.startswith("#")), None)
    if start is None:
        raise SyntaxFault(path, 1, f"no row of names: {', '.join(REQUIRED)}")
    names: list[str] = []
    found = []
    for number, cells in _rows(text.removeprefix("\ufeff"), start, path):
        if not names:
            names = cells
            _check_names(names, path, number)
            continue
        if len(cells) > len(names):
            raise SyntaxFault(path, number, f"{len(cells)} cells, and {len(names)} columns")
        row = dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=True))
        if link := _link(row, prefixes, path, number):
            found.append(link)
    return found


def _rows(text: str, start: int, path: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row from a line on, with its line; a quoted cell may go over several lines."""
    lines = text.splitlines(keepends=True)[start:]
    rows = csv.reader(lines, delimiter="\t", strict=True)
    number = 0
    try:
        while True:
            number = start + rows.line_num + 1
            cells = next(rows)
            if cells and cells != [""]:
                yield number, cells
    except StopIteration:
        return
    except csv.Error as error:
        problem = "a quotation mark is not closed" if "end of data" in str(error) else str(error)
        raise SyntaxFault(path, number, problem) from None


def _check_names(names: list[str], path: str, line: int) -> None:
    for column in REQUIRED:
        if column not in names:
            raise SyntaxFault(path, line, f"the column {column} is missing")
    for column in names:
        if names.count(column) > 1:
            raise SyntaxFault(path, line, f"the column {column} stands there twice")


def _link(row: dict[str, str], prefixes: dict[str, str], path: str, line: int) -> Link | None:
    """Return the link of a row; None where it says that there is none (`sssom:NoTermFound`)."""
    for column in REQUIRED:
        if not row[column].strip():
            raise SyntaxFault(path, line, f"{column} is empty")
    confidence = row.get("confidence", "").strip()
    if confidence and not (re.fullmatch(r"\d*\.?\d+|\d+\.", confidence) and float(confidence) <= 1):
        raise SyntaxFault(path, line, f'confidence "{confidence}" is not between 0 and 1')
    modifier = row.get("predicate_modifier", "").strip()
    if modifier not in ("", "Not"):
        raise SyntaxFault(path, line, f'predicate_modifier "{modifier}" is not "Not"')
    link = Link(
        subject=_whole(row["subject_id"], prefixes, path, line),
        object=_whole(row["object_id"], prefixes, path, line),
        predicate=_whole(row["predicate_id"], prefixes, path, line),
        justification=_whole(row["mapping_justification"], prefixes, path, line),
        confidence=confidence,
        author=row.get("author_label", ""),
        comment=row.get("comment", ""),
        subject_label=row.get("subject_label", ""),
        object_label=row.get("object_label", ""),
        match=row.get("match_string", ""),
        negated=modifier == "Not",
        line=line,
    )
    nothing = PREFIXES["sssom"] + "NoTermFound"
    return None if nothing in (link.subject, link.object) else link


def _whole(text: str, prefixes: dict[str, str], path: str, line: int) -> str:
    """Return the IRI that a CURIE or an IRI of a table stands for."""
    text = text.strip().removeprefix("<").removesuffix(">")
    found = _CURIE.match(text)
    scheme = text.partition(":")[0]
    if found and found[1] in prefixes:
        text = prefixes[found[1]] + found[2]
    elif "://" not in text and scheme not in _SCHEMES:
        raise SyntaxFault(path, line, f'"{text}": prefix "{scheme}" is not in the curie_map')
    try:
        return ox.NamedNode(text).value
    except ValueError:
        raise SyntaxFault(path, line, f"<{text}> is no IRI") from None


def write(links: Iterable[Link], identifier: str, title: str) -> str:
    """Return links as an SSSOM table, in order; a foreign IRI stands whole."""
    ours = {"schema": PREFIXES["schema"], "scogid": PREFIXES["scogid"]}
    out = io.StringIO()
    out.write(f"#mapping_set_id: {identifier}\n#mapping_set_title: {title}\n")
    out.write("#license: https://creativecommons.org/licenses/by/4.0/\n#curie_map:\n")
    out.writelines(f"#  {prefix}: {namespace}\n" for prefix, namespace in ours.items())
    rows = csv.writer(out, delimiter="\t", lineterminator="\n")
    rows.writerow(COLUMNS)
    for link in sorted(links):
        cells = (
            _short(link.subject, ours),
            link.subject_label,
            _short(link.predicate, ours),
            link.object,
            link.object_label,
            compact(link.justification),
            link.confidence,
            link.author,
            link.match,
            link.comment,
        )
        rows.writerow(map(_plain, cells))
    return out.getvalue()


def dataset(iri: str) -> str:
    """Return what names the dataset that an IRI belongs to: its host, or its namespace."""
    scheme, _, rest = iri.partition(":")
    if scheme in ("http", "https"):
        return rest.removeprefix("//").partition("/")[0].removeprefix("www.")
    return f"{scheme}:{rest.rpartition(':')[0]}"


def _plain(text: str) -> str:
    """Return a text that keeps to its cell."""
    return " ".join(text.split())


def _short(iri: str, prefixes: dict[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
