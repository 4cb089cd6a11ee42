"""A full build from sources, nothing cached, stage by stage.

    python benchmarks/build.py [ROUNDS]

Prints the median seconds of each stage, its share of the whole, and what a stage costs
against the reading of the sources.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections import defaultdict

ONCE = """import sys
from sco_graph.build import Timings, build
from sco_graph.layout import Layout
timings = Timings()
release = build(Layout.shipped(), timings)
for stage, seconds in timings.seconds.items():
    print(stage, seconds)
"""


def main(rounds: int) -> None:
    """Build in fresh processes and print the stages."""
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, "-c", ONCE], check=True, capture_output=True, text=True
        )
        for line in done.stdout.splitlines():
            stage, took = line.split()
            times[stage].append(float(took))
    medians = {stage: statistics.median(found) for stage, found in times.items()}
    whole = sum(medians.values())
    for stage, seconds in medians.items():
        ratio = seconds / medians["read"]
        print(f"{stage:<8} {seconds:6.2f} s  {seconds / whole:5.0%}  {ratio:6.1f} times reading")
    print(f"{'whole':<8} {whole:6.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
