"""`export`."""

from __future__ import annotations

import gzip
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from sco_graph import __version__, cache, days, jsonld, tables
from sco_graph import export as exporting
from sco_graph.cli import options, say
from sco_graph.errors import UsageError
from sco_graph.folders import in_place, writing
from sco_graph.formats import FORMATS, Format, by_extension
from sco_graph.layout import ONTOLOGY
from sco_graph.namespaces import LANGUAGES
from sco_graph.rdf import Statements, facts
from sco_graph.reading import parse

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


def export(arguments: Namespace) -> int:
    """Write the graph, or a part of it, whole or not at all."""
    layout = options.layout(arguments)
    profiles = exporting.profiles(layout.queries)
    profile = profiles.get(arguments.profile)
    if arguments.profile and not profile:
        raise UsageError(
            f'there is no profile "{arguments.profile}". Profiles: {", ".join(profiles)}'
        )
    form = _format(arguments, profile.fields["format"] if profile else "nq")
    if arguments.frame and (form is None or form.name != "jsonld"):
        raise UsageError("--frame is for jsonld")
    release = cache.release_of(layout, say)
    whole = list(facts(ox.parse(release.quads(), format=ox.RdfFormat.N_QUADS)))
    ontology = list(facts(parse(release.files["ontology.ttl"], "ontology.ttl").quads, ONTOLOGY))
    names = sorted({fact.graph for fact in whole})
    grouped = exporting.groups(names, arguments.asserted, arguments.inferred, arguments.current)
    if any((arguments.asserted, arguments.inferred, arguments.current)) and arguments.graph:
        raise UsageError("--graph names graphs: give it, or --asserted, --inferred, --current")
    part = exporting.Part(
        graphs=tuple(arguments.graph) or grouped,
        at=days.day(arguments.at) if arguments.at else None,
        languages=tuple(arguments.lang),
        same_as=arguments.same_as,
    )
    found = exporting.select(whole, ontology, part)
    if form is None:
        if profile:
            raise UsageError("csv has tables of its own and takes no --profile")
        if arguments.output == "-":
            raise UsageError("csv is a folder of tables: name it with -o")
        graph = ox.Store()
        graph.bulk_extend(fact.quad() for fact in found)
        files = tables.write(graph, tables.tables(layout.queries), __version__)
        _folder(Path(arguments.output), files)
        return 0
    written: Statements = [fact.quad() for fact in found]
    context = jsonld.context(layout.ontology)
    if profile:
        written = exporting.profile(found, ontology, profile)
        context = {**exporting.prefixes(profile.text, written)}
    elif not form.quads and (count := exporting.counted(written)) > 1:
        say(f"note: {form.name} has no named graphs: which of {count} a triple is in is left out")
    frame = jsonld.frame(layout.queries, arguments.frame) if arguments.frame else None
    if frame is not None:
        say("note: a frame merges the named graphs")
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


def _format(arguments: Namespace, default: str) -> Format | None:
    """Return the format asked for; None is a folder of tables."""
    name = arguments.format
    if name is None and arguments.output != "-":
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
