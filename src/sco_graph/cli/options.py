"""Options that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sco_graph.layout import Layout
from sco_graph.namespaces import LANGUAGES


def language(parser: ArgumentParser, default: str | None = LANGUAGES[0]) -> None:
    """Add --lang."""
    parser.add_argument(
        "--lang", default=default, choices=LANGUAGES, help="language of names (default: en)"
    )


def data(parser: ArgumentParser) -> None:
    """Add --data."""
    parser.add_argument(
        "--data",
        metavar="DIR",
        help="a folder of Turtle of your own, in place of the shipped data",
    )


def layout(arguments: Namespace) -> Layout:
    """Return the folders that --data says."""
    shipped = Layout.shipped()
    return shipped.with_data(arguments.data) if arguments.data else shipped
