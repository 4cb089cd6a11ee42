"""`verify`."""

from __future__ import annotations

import gzip
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pyoxigraph as ox

from sco_graph import cache, release
from sco_graph.cli import options, say
from sco_graph.errors import InputError
from sco_graph.rdf import facts
from sco_graph.reading import parse


def verify_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph verify` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph verify release\n"
        "  sco-graph export -o sco.trig && sco-graph verify sco.trig\n\n"
        "A folder is held against its manifest; a file of RDF, graph by graph, against the\n"
        "release at hand (one without named graphs against the union). Without a path: that\n"
        "release itself."
    )
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a folder or a file")
    options.data(parser)


def verify(arguments: Namespace) -> int:
    """Say what differs, a line each; 1 where something does."""
    path = arguments.path
    if path is not None and path.is_dir():
        found = list(release.differences(path))
        what = f"{path} is what its manifest says"
    else:
        ours = cache.release_of(options.layout(arguments), say)
        if path is None:
            found, what = ours.differences(), "the release at hand is what its manifest says"
        else:
            received = list(facts(_quads(path)))
            released = list(facts(ox.parse(ours.quads(), format=ox.RdfFormat.N_QUADS)))
            found = list(release.compare(released, received))
            there = {fact.graph for fact in released}
            graphs = {fact.graph for fact in received} & {*there, ""}
            if not graphs:
                raise InputError(f"{path} has no graph of the release in it")
            count = (
                f"{len(graphs)} of {len(there)} graphs" if "" not in graphs else "all statements"
            )
            what = f"{path} has {count} as released"
    for line in found:
        print(line)
    if not found:
        print(what)
    return 1 if found else 0


def _quads(path: Path) -> list[ox.Quad]:
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}") from None
    return parse(data, str(path).removesuffix(".gz")).quads
