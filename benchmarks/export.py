"""Writing the release in each format: sco-graph, Jena's riot and a plain rdflib script.

    python benchmarks/export.py [ROUNDS]

Each is a whole process that writes the same dataset into a file, one after the other in each
round (a format without named graphs: the union of them); the figures are the medians of the
rounds and their ratios. riot is part of Debian's libapache-jena-java; without it the others are
compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox

import jena
from sco_graph import cache
from sco_graph.layout import Layout

FORMATS = {
    "nq": ("nquads", "nquads"),
    "trig": ("trig", "trig"),
    "nt": ("ntriples", "nt"),
    "ttl": ("turtle", "turtle"),
    "jsonld": ("jsonld10", "json-ld"),
    "rdf": ("rdfxml", "xml"),
}
"""Extension to the name of the format in riot and in rdflib."""

RDFLIB = """import sys, rdflib
graph = rdflib.Dataset(default_union=True)
graph.parse(sys.argv[1], format="nquads")
plain = rdflib.Graph()
if sys.argv[3] in ("nt", "turtle", "xml"):
    for triple in graph.triples((None, None, None)):
        plain.add(triple)
    graph = plain
graph.serialize(sys.argv[2], format=sys.argv[3])
"""


def main(rounds: int) -> None:
    """Write each format with each tool in turn and print medians and ratios."""
    release = cache.release_of(Layout.shipped())
    tool = str(Path(sys.executable).parent / "sco-graph")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        riot = jena.command("riot", folder / "jena")
        if riot is None:
            print("there is no riot: only rdflib is compared", file=sys.stderr)
        source, union = folder / "release.nq", folder / "union.nt"
        source.write_bytes(release.quads())
        triples = {quad.triple for quad in ox.parse(path=str(source))}
        ox.serialize(triples, str(union), format=ox.RdfFormat.N_TRIPLES)
        (folder / "plain.py").write_text(RDFLIB, encoding="utf-8")
        print(f"{'format':<8} {'sco-graph':>10} {'riot':>10} {'rdflib':>10}")
        for extension, (in_riot, in_rdflib) in FORMATS.items():
            out = folder / f"out.{extension}"
            commands = {
                "sco-graph": [tool, "export", "-o", str(out)],
                "rdflib": [
                    *(sys.executable, str(folder / "plain.py"), str(source), str(out)),
                    in_rdflib,
                ],
            }
            if riot:
                plain = extension in ("nt", "ttl", "rdf")
                commands["riot"] = [*riot, f"--output={in_riot}", str(union if plain else source)]
            medians = measure(commands, out, rounds)
            ours = medians["sco-graph"]
            cells = [
                f"{medians[label]:7.2f} s" + (f" {medians[label] / ours:4.1f}x" if label else "")
                if label in medians
                else "-"
                for label in ("sco-graph", "riot", "rdflib")
            ]
            print(f"{extension:<8} {cells[0]} {cells[1]} {cells[2]}")


def measure(commands: dict[str, list[str]], out: Path, rounds: int) -> dict[str, float]:
    """Return the median seconds of each command; each has to write something."""
    times: dict[str, list[float]] = {label: [] for label in commands}
    for _ in range(rounds):
        for label, command in commands.items():
            out.unlink(missing_ok=True)
            start = time.perf_counter()
            if label == "riot":
                with out.open("wb") as file:
                    subprocess.run(command, check=True, stdout=file, stderr=subprocess.DEVNULL)
            else:
                subprocess.run(command, check=True, capture_output=True)
            times[label].append(time.perf_counter() - start)
            if out.stat().st_size < 100_000:
                sys.exit(f"{label} wrote next to nothing")
    return {label: statistics.median(found) for label, found in times.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
