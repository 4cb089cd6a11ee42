"""The one table of formats: name, extension and media type of what is read and written."""

from __future__ import annotations

from os.path import splitext

from sco_graph.errors import UsageError
from sco_graph.records import NamedTuple


class Format(NamedTuple):
    """A serialisation: its name on the command line, its extension, its media type.

    `rdf` says that it holds triples, `rows` that it holds an answer of rows,
    `quads` that it keeps named graphs apart, `also` what else its files end in.
    """

    name: str
    extension: str
    media_type: str
    rdf: bool = False
    rows: bool = False
    quads: bool = False
    also: tuple[str, ...] = ()


FORMATS = (
    Format("table", "txt", "text/plain", rows=True),
    Format("csv", "csv", "text/csv", rows=True),
    Format("tsv", "tsv", "text/tab-separated-values", rows=True),
    Format("json", "json", "application/sparql-results+json", rows=True),
    Format("xml", "xml", "application/sparql-results+xml", rows=True),
    Format("ttl", "ttl", "text/turtle", rdf=True),
    Format("nt", "nt", "application/n-triples", rdf=True),
    Format("nq", "nq", "application/n-quads", rdf=True, quads=True),
    Format("trig", "trig", "application/trig", rdf=True, quads=True),
    Format("jsonld", "jsonld", "application/ld+json", rdf=True, quads=True, also=("json",)),
    Format("rdfxml", "rdf", "application/rdf+xml", rdf=True, also=("owl", "rdfxml")),
)

ROWS = tuple(f.name for f in FORMATS if f.rows)
ASKABLE = (*ROWS, "ttl", "nt")
"""What an answer can be written as: rows of a SELECT, triples of a CONSTRUCT."""


def by_extension(path: str) -> Format:
    """Return the RDF format that a file's extension (`.gz` aside) stands for."""
    suffix = splitext(path.removesuffix(".gz"))[1].removeprefix(".").lower()
    known = [f for f in FORMATS if f.rdf]
    for candidate in known:
        if suffix in (candidate.extension, *candidate.also):
            return candidate
    extensions = ", ".join("." + f.extension for f in known)
    raise UsageError(f"{path}: the extension says no RDF format. Known: {extensions}")
