"""What is not compiled, and what to do about it."""

from __future__ import annotations

from sco_graph.errors import UsageError


class NotCompiled(UsageError):
    """A shape that cannot become a query: `shape`, `construct`, and `advice`, the way out."""

    def __init__(self, shape: str, construct: str, advice: str) -> None:
        super().__init__(f"{shape}: {construct} is not compiled to SPARQL; {advice}")
        self.shape = shape
        self.construct = construct
        self.advice = advice
