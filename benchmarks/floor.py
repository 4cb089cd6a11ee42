"""What the engine alone takes for what the stages inside a store are made of.

    pip install '.[benchmark]' && python benchmarks/floor.py [--sizes N ...] [--patience SECONDS]

Each is a process of its own, with the start of Python: "load" lets the engine read a made-up world
(benchmarks/world.py) into a store on disk, without a look at the file before and without putting
the store in order after; "pass" counts all quads, which reads each once and no text; "texts" asks
of each thing and value that is spoken of, once, whether it is a blank node, which reads its text.
"python" starts, and imports the engine. Each runs on one core; ours use two where they can, and
what validates looks at a text more than once, or not at all.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scale import Bench, make_world
from world import LEAST

BEGIN = "import sys, pyoxigraph as ox\nworld, store = sys.argv[1:]\n"
SCRIPTS = {
    "python": "",
    "load": "ox.Store(store).bulk_load(path=world)\n",
    "pass": "list(ox.Store.read_only(store).query("
    "'SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }'))\n",
    "texts": "list(ox.Store.read_only(store).query('SELECT ?t WHERE {"
    " { SELECT DISTINCT ?t WHERE { { GRAPH ?g { ?t ?p ?o } } UNION { GRAPH ?g { ?s ?p ?t } } } }"
    " FILTER (ISBLANK(?t)) }'))\n",
}
"""What each process does."""


def main(sizes: Sequence[int], patience: float) -> None:
    """Measure each size in turn."""
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), patience, 0, 0)
        for size in sizes:
            folder = Path(name, str(size))
            folder.mkdir()
            _, triples = make_world(size, folder)
            print(
                f"\n{triples} triples\n  {'':<8} {'seconds':>8} {'µs a triple':>12} {'peak MB':>8}"
            )
            for what, script in SCRIPTS.items():
                path = Path(name, f"{what}.py")
                path.write_text(BEGIN + script, encoding="utf-8")
                paths = [str(folder / "world.nq"), str(folder / "store")]
                run = bench.run([sys.executable, str(path), *paths])
                if run is None or run.status:
                    print(f"  {what:<8} {bench.why(run)}")
                    break
                each = run.seconds / triples * 1e6
                print(f"  {what:<8} {run.seconds:>8.2f} {each:>12.1f} {run.peak:>8.0f}", flush=True)


def given() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    sizes = [100_000, 1_000_000]
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes, metavar="N")
    parser.add_argument("--patience", type=float, default=600, metavar="SECONDS")
    found = parser.parse_args()
    if min(found.sizes) < LEAST:
        parser.error(f"a world has at least {LEAST} triples")
    return found


if __name__ == "__main__":
    main(**vars(given()))
