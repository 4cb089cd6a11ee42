"""`verify`."""

from __future__ import annotations

import gzip
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pyoxigraph as ox

from sco_graph import cache, release, tables
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
        "A folder is held against its manifest, one of tables against its data package; a file\n"
        "of RDF, graph by graph, against the release at hand (one without named graphs against\n"
        "the union). Without a path: that release itself."
    )
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a folder or a file")
    options.data(parser)


def verify(arguments: Namespace) -> int:
    """Say what differs, a line each; 1 where something does."""
    path = arguments.path
    if path is not None and (path / tables.PACKAGE).is_file():
        files = {p.name: p.read_bytes() for p in path.iterdir() if p.is_file()}
        found, what = tables.differences(files), f"{path} is what its {tables.PACKAGE} says"
    elif path is not None and path.is_dir():
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
            missing = sorted(there - graphs) if "" not in graphs else []
            count = f"{len(there) - len(missing)} of {len(there)} graphs"
            what = f"{path} has {'all statements' if '' in graphs else count} as released"
            what += f"; not in it: {', '.join(missing)}" if missing else ""
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
