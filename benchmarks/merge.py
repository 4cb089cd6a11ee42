"""Merging foreign graphs of growing size: time, peak memory, and how both grow.

    python benchmarks/merge.py [SIZE ...]

Generated N-Triples of 10,000, 100,000 and 1,000,000 lines, in which one line in a thousand
speaks of a state of ours through a link. The exponent of growth is that between two sizes, of
the time beyond what a merge with next to nothing takes: 1 is linear.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINKS = """#curie_map:
#  ex: http://example.org/
#  scogid: https://w3id.org/sco-graph/id/
subject_id\tpredicate_id\tobject_id\tmapping_justification
scogid:state/india\tschema:sameAs\tex:thing/0\tsemapv:ManualMappingCuration
"""


def main(sizes: list[int]) -> None:
    """Merge each size in turn and print seconds, memory and exponents."""
    tool = str(Path(sys.executable).parent / "sco-graph")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "links.sssom.tsv").write_text(LINKS, encoding="utf-8")
        base = merge(tool, folder, 10)[0]
        print(
            f"{'triples':>10} {'seconds':>8} {'peak MB':>8} {'exponent':>8}   (base {base:.1f} s)"
        )
        before: tuple[int, float] | None = None
        for size in sizes:
            seconds, peak = merge(tool, folder, size)
            beyond = max(seconds - base, 0.01)
            grown = "-"
            if before:
                grown = f"{math.log(beyond / before[1]) / math.log(size / before[0]):.2f}"
            print(f"{size:>10} {seconds:>8.1f} {peak:>8.0f} {grown:>8}")
            before = (size, beyond)


def merge(tool: str, folder: Path, size: int) -> tuple[float, float]:
    """Return the seconds and the peak memory (MB) of one merge with `size` triples."""
    foreign, out = folder / "theirs.nt", folder / "merged.nq"
    with foreign.open("w", encoding="utf-8") as file:
        for number in range(size):
            thing = number // 5 if number % 1000 else 0
            file.write(
                f"<http://example.org/thing/{thing}> <http://example.org/says/{number % 5}> "
                f'"statement {number} of a graph that is not ours"@en .\n'
            )
    links = ["--links", str(folder / "links.sssom.tsv")]
    start = time.perf_counter()
    process = subprocess.Popen(
        [tool, "merge", str(foreign), *links, "-o", str(out)], stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status or out.stat().st_size < foreign.stat().st_size:
        sys.exit(f"merging {size} triples failed")
    return seconds, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
