"""`serve`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sco_graph.cli import say
from sco_graph.errors import UsageError
from sco_graph.layout import Layout


def serve_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph serve` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph serve --open\n"
        "  sco-graph serve --port 7878 --data my-facts.ttl\n"
        "  sco-graph serve --store world\n"
        "  sco-graph serve --endpoint http://127.0.0.1:7878/query\n\n"
        "A SPARQL endpoint for reading at /sparql and pages for people at /. It needs the extra:\n"
        "pip install 'sco-graph[serve]'\n\n"
        "What a store or an endpoint holds is copied into memory when it starts, five million\n"
        "quads at most: nothing that anybody asks reaches either. Credentials for an endpoint:\n"
        "SCO_GRAPH_USER and SCO_GRAPH_PASSWORD, or SCO_GRAPH_TOKEN, or netrc."
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: loopback)")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (default: 8000)")
    parser.add_argument(
        "--public", action="store_true", help="let a host be reached from other machines"
    )
    parser.add_argument(
        "--timeout", type=float, default=10.0, metavar="S", help="seconds for a query (default: 10)"
    )
    parser.add_argument(
        "--workers", type=int, default=2, metavar="N", help="queries at once (default: 2)"
    )
    parser.add_argument(
        "--store", metavar="DIR", default="", help="what a store on disk holds, in place of it"
    )
    parser.add_argument(
        "--endpoint", metavar="URL", default="", help="what a SPARQL 1.1 endpoint holds, likewise"
    )
    parser.add_argument("--open", action="store_true", help="show it in a browser")
    parser.add_argument(
        "--data",
        nargs="+",
        default=[],
        type=Path,
        metavar="FILE",
        help="RDF files served beside the graph, or a folder of data in place of the shipped one",
    )


def serve(arguments: Namespace) -> int:
    """Serve until Ctrl-C."""
    try:
        from sco_graph.web import server
    except ModuleNotFoundError as error:
        raise UsageError(f"serving needs {error.name}: pip install 'sco-graph[serve]'") from None

    def ready(address: str) -> None:
        say(f"serving {address} - Ctrl-C stops it")
        if arguments.open:
            import webbrowser

            webbrowser.open(address)

    layout = Layout.shipped()
    folders = [path for path in arguments.data if path.is_dir()]
    if len(folders) > 1:
        raise UsageError("--data takes one folder, and files beside it")
    named = {"--store": arguments.store, "--endpoint": arguments.endpoint, "a folder": folders}
    if len(several := [name for name, given in named.items() if given]) > 1:
        raise UsageError(f"{' and '.join(several)} are two graphs: name one")
    if folders:
        layout = layout.with_data(folders[0])
    settings = server.Settings(
        host=arguments.host,
        port=arguments.port,
        public=arguments.public,
        timeout=arguments.timeout,
        workers=arguments.workers,
        data=tuple(path for path in arguments.data if path not in folders),
        store=arguments.store,
        endpoint=arguments.endpoint,
    )
    server.serve(layout, settings, say, ready)
    return 0
