"""`format`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sco_graph.cli import say
from sco_graph.errors import InputError
from sco_graph.folders import replace_file
from sco_graph.turtle import format_text


def format_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph format` takes."""
    parser.epilog = "example:\n  sco-graph format --check data/*/*.ttl"
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="Turtle files")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 where one differs")


def format(arguments: Namespace) -> int:
    """Write files in canonical form, all or none; with --check, name those that are not."""
    texts = []
    for path in arguments.files:
        if path.suffix != ".ttl":
            raise InputError(f"{path}: only Turtle (.ttl) has a canonical form")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from None
        texts.append((path, data, format_text(data, str(path)).encode("utf-8")))
    changed = [(path, old, new) for path, old, new in texts if old != new]
    for path, old, new in changed:
        if arguments.check:
            print(f"{path}:{_first_difference(old, new)}: not in canonical form")
        else:
            replace_file(path, new)
            print(f"{path}: written in canonical form")
    if arguments.check and changed:
        say("run sco-graph format on them")
        return 1
    return 0


def _first_difference(old: bytes, new: bytes) -> int:
    pairs = zip(old.splitlines(), new.splitlines(), strict=False)
    for number, (before, after) in enumerate(pairs, 1):
        if before != after:
            return number
    return min(old.count(b"\n"), new.count(b"\n")) + 1
