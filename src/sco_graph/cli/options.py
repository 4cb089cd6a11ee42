"""Options that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sco_graph import cache, store
from sco_graph.cli import say
from sco_graph.errors import UsageError
from sco_graph.layout import Layout
from sco_graph.namespaces import LANGUAGES
from sco_graph.records import TYPE_CHECKING

if TYPE_CHECKING:
    from sco_graph.endpoint import Endpoint


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


def elsewhere(parser: ArgumentParser) -> None:
    """Add --store and --endpoint: a graph that is not the shipped one."""
    where = parser.add_argument_group(
        "another graph",
        "credentials come from SCO_GRAPH_USER and SCO_GRAPH_PASSWORD, SCO_GRAPH_TOKEN, or netrc",
    )
    where.add_argument("--store", metavar="DIR", help="a store on disk, as `sco-graph load` makes")
    where.add_argument("--endpoint", metavar="URL", help="a SPARQL 1.1 endpoint, for queries")
    where.add_argument("--update", metavar="URL", help="where the endpoint takes updates")
    where.add_argument("--graph-store", metavar="URL", help="its Graph Store Protocol")
    where.add_argument(
        "--dry-run", action="store_true", help="print the requests and send none of them"
    )


def graphs(parser: ArgumentParser) -> None:
    """Add --graphs: data under names that are not ours."""
    parser.add_argument(
        "--graphs",
        dest="beside",
        nargs="+",
        default=[],
        metavar="IRI",
        help="graphs with data beside those under …/sco-graph/graph/",
    )


def graph(arguments: Namespace, *, vocabulary: bool = False) -> store.Graph:
    """Return the graph that is asked: --store, --endpoint, or the release of --data."""
    if not named(arguments):
        found = cache.with_vocabulary if vocabulary else cache.at_hand
        return found(layout(arguments), say)
    if arguments.data:
        raise UsageError("--data is for the shipped graph: leave it out with --store or --endpoint")
    return store.open_read_only(arguments.store) if arguments.store else endpoint(arguments)


def named(arguments: Namespace) -> bool:
    """Whether --store or --endpoint names a graph; UsageError where both do."""
    if arguments.store and arguments.endpoint:
        raise UsageError("--store and --endpoint are two graphs: name one")
    if not arguments.endpoint and (arguments.update or arguments.graph_store or arguments.dry_run):
        raise UsageError("--update, --graph-store and --dry-run go with --endpoint")
    return bool(arguments.store or arguments.endpoint)


def endpoint(arguments: Namespace) -> Endpoint:
    """Return the endpoint that the options name."""
    from sco_graph.endpoint import Address, Endpoint

    address = Address(arguments.endpoint, arguments.update or "", arguments.graph_store or "")
    return Endpoint(address, dry=print if arguments.dry_run else None)


def layout(arguments: Namespace) -> Layout:
    """Return the folders that --data says."""
    shipped = Layout.shipped()
    return shipped.with_data(arguments.data) if arguments.data else shipped
