"""The Shanghai Cooperation Organization as a validated, sourced graph.

    import sco_graph

    graph = sco_graph.open_graph()
    for row in graph.ask("members", source="china-keywords-2019", lang="zh"):
        print(row["state"], row["since"])

`open_graph`, `build_graph` and `validate` are where to start; `Graph` says what can be asked.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # what `typing` says, without the 5 ms that it takes to import

if TYPE_CHECKING:
    from sco_graph.api import Graph, build_graph, open_graph, validate
    from sco_graph.errors import GraphError, InputError, SCOGraphError, UsageError

__all__ = [
    "Graph",
    "GraphError",
    "InputError",
    "SCOGraphError",
    "UsageError",
    "__version__",
    "build_graph",
    "open_graph",
    "validate",
]


def __getattr__(name: str) -> object:
    """Import the interface when it is first used: the shell needs none of it."""
    from importlib import import_module

    if name in ("Graph", "build_graph", "open_graph", "validate"):
        return getattr(import_module("sco_graph.api"), name)
    if name in __all__:
        return getattr(import_module("sco_graph.errors"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
