"""An answer as text: a table for people, CSV, TSV, JSON and XML as SPARQL defines them, RDF."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from sco_graph.errors import UsageError
from sco_graph.records import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from sco_graph.queries import Answer

_STRING = "http://www.w3.org/2001/XMLSchema#string"


def write(answer: Answer, format_name: str) -> str:
    """Return an answer in a format; UsageError where it cannot hold that kind of answer."""
    if answer.triples is not None:
        return _write_triples(answer.triples, "ttl" if format_name == "table" else format_name)
    if format_name in ("ttl", "nt"):
        raise UsageError(f"{format_name} holds triples, and this query answers with rows")
    if answer.truth is not None:
        return _write_truth(answer.truth, format_name)
    writers = {"table": _table, "csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}
    return writers[format_name](answer)


def value(term: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> str:
    """Return a term as plain text: an IRI, or the words or digits of a literal."""
    return "" if term is None else str(getattr(term, "value", term))


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns; a Chinese character is two columns wide."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        "  ".join(c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _plain(answer: Answer) -> list[list[str]]:
    return [[value(term) for term in row] for row in answer.rows]


def _table(answer: Answer) -> str:
    rows = [[" ".join(cell.split()) for cell in row] for row in _plain(answer)]
    return columns(answer.columns, rows)


def _csv(answer: Answer) -> str:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(answer.columns)
    writer.writerows(_plain(answer))
    return out.getvalue()


def _tsv(answer: Answer) -> str:
    rows = ["\t".join("" if term is None else str(term) for term in row) for row in answer.rows]
    return "\n".join(["\t".join(f"?{name}" for name in answer.columns), *rows, ""])


def _json(answer: Answer) -> str:
    import json

    bindings = [
        {
            name: _json_term(term)
            for name, term in zip(answer.columns, row, strict=True)
            if term is not None
        }
        for row in answer.rows
    ]
    document = {"head": {"vars": list(answer.columns)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _json_term(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def _xml(answer: Answer) -> str:
    from xml.etree import ElementTree as ET

    root = ET.Element("sparql", xmlns="http://www.w3.org/2005/sparql-results#")
    head = ET.SubElement(root, "head")
    for name in answer.columns:
        ET.SubElement(head, "variable", name=name)
    results = ET.SubElement(root, "results")
    for row in answer.rows:
        result = ET.SubElement(results, "result")
        for name, term in zip(answer.columns, row, strict=True):
            if term is None:
                continue
            binding = ET.SubElement(result, "binding", name=name)
            found = _json_term(term)
            attributes = {k: v for k, v in found.items() if k in ("xml:lang", "datatype")}
            ET.SubElement(binding, found["type"], attributes).text = found["value"]
    return _xml_text(root)


def _xml_text(root: Element) -> str:
    from xml.etree import ElementTree as ET

    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _write_truth(truth: bool, format_name: str) -> str:
    word = "true" if truth else "false"
    if format_name == "json":
        import json

        return json.dumps({"head": {}, "boolean": truth}) + "\n"
    if format_name == "xml":
        from xml.etree import ElementTree as ET

        root = ET.Element("sparql", xmlns="http://www.w3.org/2005/sparql-results#")
        ET.SubElement(root, "head")
        ET.SubElement(root, "boolean").text = word
        return _xml_text(root)
    return word + "\n"


def _write_triples(triples: list[ox.Triple], format_name: str) -> str:
    if format_name == "ttl":
        from sco_graph import turtle

        return turtle.write(triples)
    if format_name == "nt":
        lines = {ox.serialize([t], format=ox.RdfFormat.N_TRIPLES) or b"" for t in triples}
        return b"".join(sorted(lines)).decode()
    raise UsageError(
        f"{format_name} holds rows, and this query answers with triples: use ttl or nt"
    )
