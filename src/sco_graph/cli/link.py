"""`link`."""

from __future__ import annotations

import csv
import io
import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pyoxigraph as ox

from sco_graph import cache, matching, sssom
from sco_graph.cli import options, say
from sco_graph.folders import replace_file
from sco_graph.namespaces import compact
from sco_graph.rdf import facts
from sco_graph.reading import stream


def link_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph link` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph link countries.ttl -o links.sssom.tsv\n"
        "  sco-graph link dump/ -o links.sssom.tsv --ambiguous to-decide.tsv\n\n"
        "Shared identifiers come first (ISO codes, Wikidata, GeoNames, EU), then names, where the\n"
        "types agree. What is not sure goes to stderr, and never into the links."
    )
    parser.add_argument("foreign", type=Path, metavar="FOREIGN", help="an RDF file, or a folder")
    parser.add_argument(
        "-o", "--output", default="-", metavar="FILE", help="an SSSOM table; - is stdout"
    )
    parser.add_argument("--ambiguous", type=Path, metavar="FILE", help="doubts, as a table, too")
    options.data(parser)


def link(arguments: Namespace) -> int:
    """Write the links that are sure enough, and tell of the others."""
    release = cache.release_of(options.layout(arguments), say)
    ours = facts(ox.parse(release.quads(), format=ox.RdfFormat.N_QUADS))
    found = matching.propose(ours, lambda: stream(arguments.foreign))
    name = "-".join(re.findall(r"[a-z0-9]+", arguments.foreign.name.lower()))
    text = sssom.write(
        found.links,
        f"https://w3id.org/sco-graph/links/{name}",
        f"proposed by sco-graph link for {arguments.foreign.name}",
    )
    if arguments.output == "-":
        sys.stdout.write(text)
    else:
        replace_file(Path(arguments.output), text.encode())
    for doubt in found.doubts:
        subjects = ", ".join(map(compact, doubt.subjects))
        say(f"ambiguous: <{doubt.object}> may be {subjects}: {doubt.why}")
    if arguments.ambiguous:
        out = io.StringIO()
        rows = csv.writer(out, delimiter="\t", lineterminator="\n")
        rows.writerow(("object_id", "subject_ids", "why"))
        rows.writerows((d.object, "|".join(d.subjects), d.why) for d in found.doubts)
        replace_file(arguments.ambiguous, out.getvalue().encode())
    count = len(found.links)
    say(f"{count} link{'' if count == 1 else 's'}, {len(found.doubts)} to decide")
    return 0
