"""`evidence`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sco_graph import cache
from sco_graph import evidence as held
from sco_graph.cli import options, say
from sco_graph.errors import InputError
from sco_graph.namespaces import LANGUAGES


def evidence_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph evidence` takes."""
    parser.epilog = "example:\n  sco-graph evidence check --document text.en.txt --language en"
    parser.add_argument(
        "what",
        choices=("check", "coverage"),
        help="check: does each quote stand at its position; coverage: which sentences are quoted",
    )
    parser.add_argument("--document", type=Path, required=True, metavar="FILE", help="the text")
    parser.add_argument("--language", required=True, choices=LANGUAGES, help="its language")
    options.data(parser)


def evidence(arguments: Namespace) -> int:
    """Check or measure the quotes of a text; 1 where something fails or is uncovered."""
    try:
        data = arguments.document.read_bytes()
    except OSError as error:
        raise InputError(f"{arguments.document}: cannot be read: {error.strerror}") from None
    graph = cache.at_hand(options.layout(arguments), say)
    found = (held.check if arguments.what == "check" else held.coverage)(
        graph, data, arguments.language
    )
    if found.sha256 != found.expected:
        print(f"{arguments.document}: sha256 is {found.sha256}, not {found.expected}")
    if isinstance(found, held.Check):
        for misquote in found.misquotes:
            print(f"{arguments.document}: {misquote}")
        good = found.looked_at - len(found.misquotes)
        print(f"{good} of {found.looked_at} quotes stand where their evidence says")
    else:
        for sentence in found.uncovered:
            print(f"uncovered: {sentence}")
        count = len(found.sentences)
        print(f"{count - len(found.uncovered)} of {count} sentences covered ({found.share:.0%})")
    return 0 if found.passes else 1
