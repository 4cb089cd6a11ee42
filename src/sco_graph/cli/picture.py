"""`picture`: the graph as SVG."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from sco_graph import cache
from sco_graph.cli import options, say

NAMES = ("ontology", "structure", "timeline")


def picture_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph picture` takes."""
    parser.epilog = "example:\n  sco-graph picture timeline -o timeline.svg --lang ru"
    parser.add_argument("picture", choices=NAMES, metavar="PICTURE", help=", ".join(NAMES))
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="where to write it; - is stdout"
    )
    options.language(parser)
    options.data(parser)


def picture(arguments: Namespace) -> int:
    """Draw a picture of the graph and write it whole, or leave what was there."""
    from sco_graph.folders import replace_file
    from sco_graph.pictures import PICTURES

    graph = cache.with_vocabulary(options.layout(arguments), say)
    text = PICTURES[arguments.picture](graph, arguments.lang)
    if arguments.output == "-":
        sys.stdout.write(text)
    else:
        replace_file(Path(arguments.output), text.encode())
    return 0
