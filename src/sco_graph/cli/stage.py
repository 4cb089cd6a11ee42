"""`load`, `reason`, `rules` and `shapes`: what is done inside a store."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from os.path import join
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from sco_graph import loading, queryfile, shacl, store
from sco_graph import rules as compiling
from sco_graph.cli import options, progress
from sco_graph.cli.apart import apart
from sco_graph.endpoint import Endpoint
from sco_graph.errors import UsageError
from sco_graph.inside import infer, sound, sums
from sco_graph.inside import judge as judging
from sco_graph.inside.engine import Engine
from sco_graph.layout import ONTOLOGY, SHAPES, Layout
from sco_graph.namespaces import GRAPH
from sco_graph.rdf import Fact
from sco_graph.sources import read_file
from sco_graph.validation import Report

T = TypeVar("T")


def load_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph load` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph load sco.nq.gz world.nq --store world\n"
        "  sco-graph load sco.ttl --graph sco --endpoint http://127.0.0.1:7878/query \\\n"
        "    --graph-store http://127.0.0.1:7878/store\n\n"
        "Each file is looked through before any of it is loaded. A load that was stopped goes on\n"
        "with the next file when it is run again."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="RDF, also gzipped")
    parser.add_argument(
        "--graph", metavar="NAME", help="for triples of no graph (default: the file's name)"
    )
    parser.add_argument(
        "--bare", action="store_true", help="without ontology, schemes and shapes beside it"
    )
    options.elsewhere(parser)


def load(arguments: Namespace) -> int:
    """Load files and say which graph got how many quads."""
    _apart(arguments, lambda where: _load(arguments, where))
    return 0


def _load(arguments: Namespace, where: ox.Store | Endpoint) -> None:
    for found in loading.load(arguments.files, where, arguments.graph, progress):
        progress("")
        count = sum(found.graphs.values())
        if found.before:
            print(f"{found.path}: loaded before, {count} quads")
            continue
        print(f"{found.path}: {count} quads")
        for graph, part in sorted(found.graphs.items()):
            print(f"  {part:>10}  {graph}")
    if not arguments.bare:
        files = Layout.shipped().vocabulary()
        for graph, part in loading.vocabulary(where, files).items():
            print(f"  {part:>10}  {graph} (the vocabulary)")


def reason_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph reason` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph reason --store world\n"
        "  sco-graph reason --endpoint http://127.0.0.1:7878/query \\\n"
        "    --update http://127.0.0.1:7878/update\n\n"
        "Writes the graphs derived, current and inferred. What the store held before is untouched\n"
        "until all of it is there; to remove it is to drop the three graphs."
    )
    options.graphs(parser)
    options.elsewhere(parser)


def reason(arguments: Namespace) -> int:
    """Write what follows by the ontology, and say how much it is."""
    ontology = ontology_of(Layout.shipped())

    def work(where: ox.Store | Endpoint) -> list[infer.Made]:
        return infer.reason(Engine(where, arguments.beside), ontology, progress)

    try:
        made = _apart(arguments, work, _sound(partial(store.open_to_write, make=False)))
    except KeyboardInterrupt:
        _apart(arguments, lambda where: infer.abandon(Engine(where)))
        raise
    for graph, count in made:
        print(f"{count:>10}  {graph}")
    return 0


def judge(arguments: Namespace) -> Report:
    """Return what the gate finds in the store or at the endpoint that is named."""
    if arguments.files or arguments.data:
        raise UsageError("a store is judged as it is: load the files into it first")
    layout = Layout.shipped()
    ontology, shapes = ontology_of(layout), shapes_of(layout)
    checks = list(queryfile.read_folder(join(layout.queries, "checks")))

    def work(where: ox.Store | Endpoint) -> Report:
        engine = Engine(where, arguments.beside)
        most, only = arguments.most, arguments.only
        return judging.judge(engine, shapes, ontology, checks, most, progress, only)

    opened = _sound(store.open_read_only, texts=True)
    return _apart(arguments, work, opened, writes=False)


def rules_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph rules` takes."""
    parser.epilog = "example:\n  sco-graph rules --over https://example.org/graph > rules.ru"
    parser.add_argument(
        "--over", nargs="+", metavar="IRI", default=[GRAPH + "mine"], help="graphs with the data"
    )
    parser.add_argument(
        "--into", metavar="IRI", default=infer.INFERRED, help="where what follows is written"
    )
    parser.add_argument(
        "--contradictions", action="store_true", help="the queries of which no row is right"
    )


def rules(arguments: Namespace) -> int:
    """Print the ontology's entailments as SPARQL updates, with the axiom of each."""
    wanted = [
        rule
        for rule in compiling.compile(ontology_of(Layout.shipped()))
        if (rule.kind == compiling.CONTRADICTS) == arguments.contradictions
    ]
    shown = compiling.written if arguments.contradictions else compiling.request
    print(shown(wanted, arguments.into, arguments.over), end="")
    return 0


def shapes_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph shapes` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph shapes\n"
        "  sco-graph shapes --sparql --over https://example.org/graph"
    )
    parser.add_argument("--sparql", action="store_true", help="the queries that they become")
    parser.add_argument(
        "--over", nargs="+", metavar="IRI", default=[], help="graphs with data and ontology"
    )


def shapes(arguments: Namespace) -> int:
    """List the shapes, or print the query of each, with what it comes from."""
    found = shacl.read(shapes_of(Layout.shipped()))
    for check in shacl.compile(found, arguments.over):
        if arguments.sparql:
            comment = "".join(f"# {line}\n" for line in check.comment.splitlines())
            print(f"{comment}{check.query}\n")
        else:
            print(check.shape)
    return 0


def ontology_of(layout: Layout) -> list[Fact]:
    """Return the facts of the ontology."""
    return _read(layout, ONTOLOGY)


def shapes_of(layout: Layout) -> list[ox.Triple]:
    """Return the triples of the shapes."""
    return [fact.triple() for fact in _read(layout, SHAPES)]


def _read(layout: Layout, wanted: str) -> list[Fact]:
    files = [read_file(Path(path), name) for name, path in layout.vocabulary() if name == wanted]
    return [fact for file in files for fact in file.facts]


def _apart(
    arguments: Namespace,
    work: Callable[[ox.Store | Endpoint], T],
    opened: Callable[[str], ox.Store] = store.open_to_write,
    *,
    writes: bool = True,
) -> T:
    """Do a stage's work on the store or the endpoint that is named, so that Ctrl-C ends it.

    What it wrote is added up when the engine has ended, which may put files together until then.
    """
    if not options.named(arguments):
        raise UsageError("say where: --store DIR or --endpoint URL")
    if arguments.endpoint:
        return work(options.endpoint(arguments))
    folder: str = arguments.store
    before = sums.files(folder)
    try:
        result = apart(lambda: work(opened(folder)), folder)
        if writes:
            # Apart too: a process that has had threads cannot do the next work apart.
            apart(lambda: sums.note(folder, before), folder)
        return result
    finally:
        progress("")


def _sound(opened: Callable[[str], ox.Store], *, texts: bool = False) -> Callable[[str], ox.Store]:
    """Return a way to open a store that tells a damaged one: `texts` says what will be read."""

    def way(folder: str) -> ox.Store:
        progress("adding up the files of the store")
        whole = sums.agree(folder)
        where = opened(folder)
        if not whole:
            sound.read_through(where, progress, texts=texts)
        return where

    return way
