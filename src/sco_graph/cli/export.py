"""`export`."""

from __future__ import annotations

import gzip
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from sco_graph import cache, catalogue, days, jsonld, store, tables
from sco_graph import export as exporting
from sco_graph.cli import options, say
from sco_graph.errors import UsageError
from sco_graph.folders import in_place, writing
from sco_graph.formats import FORMATS, Format, by_extension
from sco_graph.layout import ONTOLOGY, SHAPES
from sco_graph.namespaces import GRAPH, LANGUAGES, graph_name
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Fact, Statements, facts
from sco_graph.reading import parse
from sco_graph.release import DESCRIPTION

NAMES = (*(f.name for f in FORMATS if f.rdf), "csv")


def export_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph export` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph export -o sco.trig\n"
        "  sco-graph export -o sco.nq.gz --asserted --at 2019-07-11\n"
        "  sco-graph export --profile wikidata -o members.ttl\n"
        "  sco-graph export --format csv -o tables\n\n"
        "profiles: org, rdf12, schema, skos, wikidata; csv is a folder of tables"
    )
    parser.add_argument(
        "-o", "--output", default="-", metavar="FILE", help="where to; - is stdout; .gz is packed"
    )
    parser.add_argument(
        "--format", choices=NAMES, help="default: what the extension says, or nq on stdout"
    )
    parser.add_argument("--profile", metavar="NAME", help="in another vocabulary")
    parser.add_argument("--frame", metavar="NAME|FILE", help="JSON-LD framed: participations")
    parser.add_argument(
        "--graph", nargs="+", default=[], metavar="NAME", help="only these named graphs"
    )
    parser.add_argument("--asserted", action="store_true", help="sources, schemes and links")
    parser.add_argument("--inferred", action="store_true", help="what follows from them")
    parser.add_argument("--current", action="store_true", help="who takes part on the last day")
    parser.add_argument("--at", metavar="DAY", help="only claims that hold on a day, YYYY-MM-DD")
    parser.add_argument(
        "--lang", nargs="+", default=[], choices=LANGUAGES, help="texts in these languages only"
    )
    parser.add_argument(
        "--same-as",
        choices=("schema", "owl"),
        default="schema",
        help="the predicate of links (default: schema; owl merges things in a reasoner)",
    )
    options.data(parser)
    options.elsewhere(parser)


def export(arguments: Namespace) -> int:
    """Write the graph, or a part of it, whole or not at all."""
    layout = options.layout(arguments)
    profile = _profile(arguments, layout.queries)
    form = _format(arguments, profile.fields["format"] if profile else "nq")
    frame = None
    if arguments.frame is not None:
        if form is None or form.name != "jsonld" or profile:
            raise UsageError("--frame is for jsonld without a profile")
        frame = jsonld.frame(layout.queries, arguments.frame)
        say("note: a frame merges the named graphs")
    part = _part(arguments)
    release = cache.release_of(layout, say)
    if options.named(arguments):
        if form is None:
            raise UsageError("tables are made of the release: take another format for a store")
        whole = _held(options.graph(arguments))
    else:
        whole = list(facts(ox.parse(release.quads(), format=ox.RdfFormat.N_QUADS)))
    ontology = list(facts(parse(release.files["ontology.ttl"], "ontology.ttl").quads, ONTOLOGY))
    found = exporting.select(whole, ontology, part)
    if form is None:
        graph = ox.Store()
        graph.bulk_extend(fact.quad() for fact in found)
        description = release.files.get(DESCRIPTION, b"")
        about = catalogue.package(facts(parse(description, DESCRIPTION).quads))
        _folder(Path(arguments.output), tables.write(graph, tables.tables(layout.queries), about))
        return 0
    written: Statements = [fact.quad() for fact in found]
    context = jsonld.context(layout.ontology)
    if profile:
        written = exporting.profile(found, ontology, profile)
        context = {**exporting.prefixes(profile.text, written)}
    elif not form.quads and (count := exporting.counted(written)) > 1:
        say(f"note: {form.name} has no named graphs: which of {count} a triple is in is left out")
    if arguments.same_as == "owl":
        written = exporting.as_owl(written)
    if arguments.output == "-":
        exporting.write(written, form, sys.stdout.buffer, context, frame)
        return 0
    with writing(Path(arguments.output)) as file:
        if arguments.output.endswith(".gz"):
            with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
                exporting.write(written, form, cast("IO[bytes]", packed), context, frame)
        else:
            exporting.write(written, form, file, context, frame)
    return 0


def _held(graph: store.Graph) -> list[Fact]:
    """Return what a store holds in graphs of ours, without vocabulary and notes of loads."""
    names = [node.value for node in graph.named_graphs() if isinstance(node, ox.NamedNode)]
    ours = [graph_name(name) for name in names if name.startswith(GRAPH)]
    if len(names) > len(ours):
        say(f"note: {len(names) - len(ours)} graphs of other names are left out")
    wanted = [name for name in ours if name not in (ONTOLOGY, SHAPES, "loads")]
    found = (fact for name in wanted for fact in store.match(graph, graph=name))
    return sorted(found, key=lambda fact: str(fact.quad()))


def _profile(arguments: Namespace, queries: str) -> QueryFile | None:
    """Return the profile asked for; UsageError where there is none, or it is of a part."""
    if arguments.profile is None:
        return None
    profiles = exporting.profiles(queries)
    if arguments.profile not in profiles:
        raise UsageError(
            f'there is no profile "{arguments.profile}". Profiles: {", ".join(profiles)}'
        )
    if _groups(arguments) or arguments.graph:
        raise UsageError(
            "a profile says what is believed of all that sources say: it takes --at and --lang, "
            "and no --graph, --asserted, --inferred or --current"
        )
    return profiles[arguments.profile]


def _groups(arguments: Namespace) -> tuple[str, ...]:
    wanted = ("asserted", "inferred", "current")
    return tuple(name for name in wanted if getattr(arguments, name))


def _part(arguments: Namespace) -> exporting.Part:
    """Return what of the graph is asked for; UsageError where that cannot be had."""
    if _groups(arguments) and arguments.graph:
        raise UsageError("--graph names graphs: give it, or --asserted, --inferred, --current")
    if arguments.format == "csv":
        if arguments.profile is not None:
            raise UsageError("csv has tables of its own and takes no --profile")
        if arguments.output == "-":
            raise UsageError("csv is a folder of tables: name it with -o")
        if _groups(arguments) or arguments.graph or arguments.lang or arguments.same_as != "schema":
            raise UsageError(
                "csv holds the whole: its columns tell sources and languages apart; it takes --at"
            )
    return exporting.Part(
        graphs=tuple(arguments.graph),
        groups=_groups(arguments),
        at=days.day(arguments.at) if arguments.at is not None else None,
        languages=tuple(arguments.lang),
    )


def _format(arguments: Namespace, default: str) -> Format | None:
    """Return the format asked for; None is a folder of tables."""
    name = arguments.format
    if name is None and arguments.output != "-":
        if Path(arguments.output).is_dir():
            raise UsageError(f"{arguments.output} is a folder; name a file, or take --format csv")
        return by_extension(arguments.output)
    name = name or ("jsonld" if arguments.frame else default)
    return next((f for f in FORMATS if f.rdf and f.name == name), None)


def _folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write tables into a folder; another folder's content is not overwritten."""
    if folder.is_file() or (
        folder.is_dir() and any(folder.iterdir()) and not (folder / tables.PACKAGE).is_file()
    ):
        raise UsageError(f"{folder} holds something else; name another folder")
    with in_place(folder) as made:
        for name, data in files.items():
            (made / name).write_bytes(data)
