"""Asking `members` from the shell: sco-graph, the oxigraph tool and a plain rdflib script.

    pip install '.[benchmark]' && python benchmarks/ask.py [ROUNDS]

Each is a whole process that answers the same question from the same release, one after
the other in each round; the figures are the medians of the rounds and their ratios.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sco_graph import cache
from sco_graph.layout import Layout
from sco_graph.namespaces import PREFIXES

QUERY = """SELECT ?iso3 ?state ?since WHERE {
  GRAPH graph:china-keywords-2019 {
    ?claim a scog:Participation ; org:member ?member ; org:organization organization:sco ;
      org:role role:member-state ; scog:validFrom ?since .
    ?member skos:prefLabel ?state .
  }
  GRAPH graph:reference { ?member scog:iso3166Alpha3 ?iso3 }
  FILTER (LANG(?state) = "en")
} ORDER BY ?state"""
RDFLIB = """import sys, rdflib
graph = rdflib.Dataset()
graph.parse(sys.argv[1], format="nquads")
for row in graph.query(open(sys.argv[2]).read()):
    print(*row, sep=",")
"""


def main(rounds: int) -> None:
    """Prepare the same release for all three, time them in turn, print the ratios."""
    release = cache.release_of(Layout.shipped())
    beside = Path(sys.executable).parent
    oxigraph = shutil.which("oxigraph", path=str(beside)) or shutil.which("oxigraph")
    if oxigraph is None:
        sys.exit("the oxigraph tool is missing: pip install '.[benchmark]'")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "release.nq").write_bytes(release.quads())
        prologue = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items())
        (folder / "members.rq").write_text(prologue + QUERY, encoding="utf-8")
        (folder / "plain.py").write_text(RDFLIB, encoding="utf-8")
        store = ["--location", str(folder / "store")]
        load = [oxigraph, "load", *store, "--file", str(folder / "release.nq")]
        subprocess.run(load, check=True, capture_output=True)
        subprocess.run([oxigraph, "optimize", *store], check=True, capture_output=True)
        asked = ["--query-file", str(folder / "members.rq"), "--results-format", "csv"]
        plain = [str(folder / "plain.py"), str(folder / "release.nq"), str(folder / "members.rq")]
        commands = {
            "sco-graph": [str(beside / "sco-graph"), "query", "members", "--format", "csv"],
            "oxigraph": [oxigraph, "query", *store, *asked],
            "rdflib": [sys.executable, *plain],
            "bare python": [sys.executable, "-c", "pass"],
        }
        medians = measure(commands, rounds)
    for label, seconds in medians.items():
        print(f"{label:<12} {seconds * 1000:8.1f} ms")
    ours = medians["sco-graph"]
    print(f"sco-graph takes {ours / medians['oxigraph']:.2f} times oxigraph's time (at most 3)")
    print(f"rdflib takes {medians['rdflib'] / ours:.1f} times sco-graph's time (at least 10)")


def measure(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each command; each has to print an answer of six rows."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {label: [] for label in commands}
    for turn in range(rounds + 1):
        for label, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run(command, check=True, capture_output=True, env=environment)
            if turn:  # the first round warms the caches
                times[label].append(time.perf_counter() - start)
            if label != "bare python" and done.stdout.count(b"2001-06-15") != 6:
                sys.exit(f"{label} did not find six members:\n{done.stdout.decode()}")
    return {label: statistics.median(found) for label, found in times.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
