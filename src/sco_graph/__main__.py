"""`python -m sco_graph`."""

from sco_graph.cli import run

run()
