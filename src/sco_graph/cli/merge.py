"""`merge` and `compare`."""

from __future__ import annotations

import csv
import gzip
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import astuple
from os.path import join
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

import pyoxigraph as ox

from sco_graph import (
    accepting,
    cache,
    comparing,
    holding,
    merging,
    queryfile,
    sssom,
    store,
    terms,
)
from sco_graph.cli import options, progress, say
from sco_graph.errors import InputError, UsageError
from sco_graph.folders import writing
from sco_graph.formats import by_extension
from sco_graph.inside.engine import Engine
from sco_graph.layout import Layout
from sco_graph.memberships import Read
from sco_graph.namespaces import compact
from sco_graph.rdf import Fact, facts, named
from sco_graph.reading import RDF_FORMATS, decode, stream
from sco_graph.sources import Sources


def merge_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph merge` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph merge countries.ttl --links links.sssom.tsv -o merged.nq.gz\n"
        "  sco-graph merge countries --links links.sssom.tsv --store world\n\n"
        "Foreign statements go into graphs named after their files, the links into\n"
        "`merged-links`, what follows from both into `merged`. Nothing is written where our\n"
        "shapes would fail, where the foreign graph changes what ours says, or where two of\n"
        "our things become one. In a store FOREIGN is a graph that was loaded, which stays\n"
        "where it is; ours is what `reason` read, and to undo it is to drop the two graphs."
    )
    parser.add_argument(
        "foreign", nargs="+", metavar="FOREIGN", help="RDF files or folders, or graphs of a store"
    )
    _links(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="nq or trig, .gz packed")
    options.data(parser)
    options.elsewhere(parser)


def merge(arguments: Namespace) -> int:
    """Write one dataset of both graphs, or what follows into a store, or say what would break."""
    if options.named(arguments):
        return _merge_there(arguments)
    if arguments.output is None:
        raise UsageError("say where: -o OUT, --store DIR or --endpoint URL")
    form = by_extension(str(arguments.output))
    if not form.quads or form.name == "jsonld":
        raise UsageError(f"{arguments.output}: a merged dataset is nq or trig")
    layout = options.layout(arguments)
    links = read_links(arguments.links)
    ours = _released(arguments)
    foreign: dict[str, Path] = {}
    for path in map(Path, arguments.foreign):
        taken = {fact.graph for fact in ours} | {merging.MERGED, merging.ACCEPTED, *foreign}
        foreign[accepting.graph_of(path, taken)] = path
    if arguments.output.resolve() in {p.resolve() for p in (*foreign.values(), arguments.links)}:
        raise UsageError(f"{arguments.output} is read too: name another file to write")
    merged = merging.merge(
        Sources.read(layout), ours, links, foreign, _checks(layout), str(arguments.links), progress
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
    _told(len(ours), merged)
    return 0


def _merge_there(arguments: Namespace) -> int:
    """Merge graphs of a store where they are, and say which graph got how many triples."""
    if arguments.output is not None:
        raise UsageError(
            "a merge in a store is written there: leave out -o, `sco-graph export` writes files"
        )
    if arguments.data:
        raise UsageError("--data is for the shipped graph: leave it out with --store or --endpoint")
    _no_dry_run(arguments)
    links = read_links(arguments.links)
    layout = options.layout(arguments)
    if arguments.endpoint:
        engine = Engine(options.endpoint(arguments))
    else:
        engine = Engine(store.open_to_write(arguments.store, make=False))
    where = str(arguments.links)
    try:
        made = holding.merge(
            engine, layout, arguments.foreign, links, _checks(layout), where, progress
        )
    except KeyboardInterrupt:
        holding.abandon(engine)
        raise
    finally:
        progress("")
    for graph, count in made.graphs.items():
        print(f"{count:>10}  {graph}")
    _told(made.ours, made.merged)
    return 0


def _told(ours: int, merged: merging.Merged) -> None:
    say(
        f"{ours} quads of ours, {merged.count} of theirs ({merged.looked_at} touch ours), "
        f"{len(merged.entailed)} follow; the gate is passed"
    )


def _checks(layout: Layout) -> list[queryfile.QueryFile]:
    return list(queryfile.read_folder(join(layout.queries, "checks")))


def _no_dry_run(arguments: Namespace) -> None:
    if arguments.dry_run:
        raise UsageError("each request depends on the answers to others: there is no dry run of it")


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
        "examples:\n"
        "  sco-graph compare register.ttl --links links.sssom.tsv\n"
        "  sco-graph compare register --links links.sssom.tsv --store world\n\n"
        "Verdicts: same, differs, only-ours, only-theirs. Our `until` is the first day on which\n"
        "it no longer held; an end that names the day before is the same end."
    )
    parser.add_argument(
        "foreign", metavar="FOREIGN", help="an RDF file or a folder, or a graph of a store"
    )
    _links(parser)
    parser.add_argument("--organization", metavar="TERM", help="default: the graph's own")
    options.data(parser)
    options.elsewhere(parser)


def compare(arguments: Namespace) -> int:
    """Write what both say of each membership, as CSV."""
    with ExitStack() as open_:
        ours, read = _sides(arguments, open_)
        links = read_links(arguments.links)
        alias = accepting.aliases(links, ours, str(arguments.links))
        organization = _organization(arguments, ours)
        found = comparing.compare(ours, alias, read, organization)
    progress("")
    if not found.spoken_of:
        shown = compact(organization)
        say(f"note: nothing in {arguments.foreign} is linked to {shown}: all rows are ours")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(comparing.HEAD)
    out.writerows(astuple(row) for row in found.rows)
    return 0


def _sides(arguments: Namespace, open_: ExitStack) -> tuple[list[Fact], Read]:
    """Return our facts, and how the foreign graph is read: a graph of the store, or a file."""
    path = Path(arguments.foreign)
    if not options.named(arguments):
        return _released(arguments), lambda: stream(path)
    _no_dry_run(arguments)
    engine, layout = Engine(options.graph(arguments)), options.layout(arguments)
    if path.exists() and not holding.find(engine, arguments.foreign):
        return holding.ours(engine, layout, (), progress).released, lambda: stream(path)
    graph = holding.named(engine, arguments.foreign)
    foreign = {graph} - holding.shipped(layout)
    ours = holding.ours(engine, layout, foreign, progress).released
    folder = Path(open_.enter_context(TemporaryDirectory(prefix="sco-graph-")))
    [there] = holding.copies(engine, [graph], folder, progress).values()
    return ours, lambda: there


def _organization(arguments: Namespace, ours: list[Fact]) -> str:
    """Return the IRI of the organization that is named, or that our graph is about."""
    if arguments.organization:
        graph = ox.Store()
        graph.bulk_extend(fact.quad() for fact in ours)
        return terms.resolve(graph, arguments.organization)
    found = {
        fact.object.value
        for fact in ours
        if fact.predicate == named("foaf:primaryTopic") and isinstance(fact.object, ox.NamedNode)
    }
    if len(found) != 1:
        raise UsageError("the graph is about several organizations: name one, --organization")
    return found.pop()
