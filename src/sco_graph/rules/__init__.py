"""What follows from an ontology, as SPARQL that any engine can run: sets, not node by node.

The rules are those of OWL 2 RL for things; the reference is `reasoning.close`. Not kept, as
there: texts as subjects, `x owl:sameAs x`, types that everything has, what is said of terms.
"""

from __future__ import annotations

from sco_graph.rules.alone import alone
from sco_graph.rules.clauses import NotCompiled
from sco_graph.rules.compiling import compile  # noqa: A004 - what it does
from sco_graph.rules.rule import CONTRADICTS, ENTAILS, STATES, SWEEPS, Rule, request, terms, written
from sco_graph.rules.running import Reasoned, run

__all__ = [
    "CONTRADICTS",
    "ENTAILS",
    "STATES",
    "SWEEPS",
    "NotCompiled",
    "Reasoned",
    "Rule",
    "alone",
    "compile",
    "request",
    "run",
    "terms",
    "written",
]
