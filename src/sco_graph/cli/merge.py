"""`merge` and `compare`."""

from __future__ import annotations

import csv
import gzip
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import astuple
from os.path import join
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from sco_graph import accepting, cache, comparing, merging, queryfile, sssom, store, terms
from sco_graph.cli import options, progress, say
from sco_graph.errors import InputError, UsageError
from sco_graph.folders import writing
from sco_graph.formats import by_extension
from sco_graph.namespaces import compact
from sco_graph.rdf import Fact, facts, named
from sco_graph.reading import RDF_FORMATS, decode, stream
from sco_graph.sources import Sources


def merge_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph merge` takes."""
    parser.epilog = (
        "example:\n"
        "  sco-graph merge countries.ttl --links links.sssom.tsv -o merged.nq.gz\n\n"
        "Foreign statements go into graphs named after their files, the links into\n"
        "`merged-links`, what follows from both into `merged`. Nothing is written where our\n"
        "shapes would fail, where the foreign graph changes what ours says, or where two of\n"
        "our things become one."
    )
    parser.add_argument(
        "foreign", nargs="+", type=Path, metavar="FOREIGN", help="RDF files or folders"
    )
    _links(parser)
    parser.add_argument(
        "-o", "--output", required=True, type=Path, metavar="OUT", help="nq or trig, .gz packed"
    )
    options.data(parser)


def merge(arguments: Namespace) -> int:
    """Write one dataset of both graphs, or say what would break."""
    form = by_extension(str(arguments.output))
    if not form.quads or form.name == "jsonld":
        raise UsageError(f"{arguments.output}: a merged dataset is nq or trig")
    layout = options.layout(arguments)
    links = read_links(arguments.links)
    ours = _released(arguments)
    foreign: dict[str, Path] = {}
    for path in arguments.foreign:
        taken = {fact.graph for fact in ours} | {merging.MERGED, merging.ACCEPTED, *foreign}
        foreign[accepting.graph_of(path, taken)] = path
    checks = list(queryfile.read_folder(join(layout.queries, "checks")))
    if arguments.output.resolve() in {p.resolve() for p in (*arguments.foreign, arguments.links)}:
        raise UsageError(f"{arguments.output} is read too: name another file to write")
    merged = merging.merge(
        Sources.read(layout), ours, links, foreign, checks, str(arguments.links), progress
    )
    progress("writing")
    with writing(arguments.output) as file:
        quads = merging.quads(ours, links, merged, foreign)
        if arguments.output.suffix == ".gz":
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                _write(quads, cast("IO[bytes]", packed), form.name)
        else:
            _write(quads, file, form.name)
    progress("")
    say(
        f"{len(ours)} quads of ours, {merged.count} of theirs ({merged.looked_at} touch ours), "
        f"{len(merged.entailed)} follow; the gate is passed"
    )
    return 0


def _write(quads: Iterator[ox.Quad], file: IO[bytes], form: str) -> None:
    ox.serialize(quads, file, format=RDF_FORMATS[form])


def _links(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--links", required=True, type=Path, metavar="FILE", help="accepted links, SSSOM"
    )


def read_links(path: Path) -> list[sssom.Link]:
    """Return the links of a table; InputError where it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return sssom.read(decode(data, str(path)), str(path))


def _released(arguments: Namespace) -> list[Fact]:
    release = cache.release_of(options.layout(arguments), say)
    return list(facts(ox.parse(release.quads(), format=ox.RdfFormat.N_QUADS)))


def compare_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph compare` takes."""
    parser.epilog = (
        "example:\n"
        "  sco-graph compare register.ttl --links links.sssom.tsv\n\n"
        "Verdicts: same, differs, only-ours, only-theirs. Our `until` is the first day on which\n"
        "it no longer held; an end that names the day before is the same end."
    )
    parser.add_argument("foreign", type=Path, metavar="FOREIGN", help="an RDF file, or a folder")
    _links(parser)
    parser.add_argument("--organization", metavar="TERM", help="default: the graph's own")
    options.data(parser)


def compare(arguments: Namespace) -> int:
    """Write what both say of each membership, as CSV."""
    ours = _released(arguments)
    links = read_links(arguments.links)
    alias = accepting.aliases(links, ours, str(arguments.links))
    graph = cache.at_hand(options.layout(arguments), say)
    organization = _organization(arguments, graph)
    found = comparing.compare(ours, alias, lambda: stream(arguments.foreign), organization)
    if not found.spoken_of:
        shown = compact(organization)
        say(f"note: nothing in {arguments.foreign} is linked to {shown}: all rows are ours")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(comparing.HEAD)
    out.writerows(astuple(row) for row in found.rows)
    return 0


def _organization(arguments: Namespace, graph: ox.Store) -> str:
    """Return the IRI of the organization that is named, or that the graph is about."""
    if arguments.organization:
        return terms.resolve(graph, arguments.organization)
    found = {
        fact.object.value
        for fact in store.match(graph, None, named("foaf:primaryTopic"))
        if isinstance(fact.object, ox.NamedNode)
    }
    if len(found) != 1:
        raise UsageError("the graph is about several organizations: name one, --organization")
    return found.pop()
