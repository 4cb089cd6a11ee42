"""The pipeline inside a store at growing sizes, beside what others make of the same data.

    pip install '.[benchmark]' && python benchmarks/scale.py [--sizes N ...] [--patience SECONDS]

For each size a made-up world with planted errors (benchmarks/world.py) is loaded into a store on
disk, reasoned over, validated and asked a saved question. The others (benchmarks/rivals.py) get it
as N-Triples, with the ontology and its schemes: `reasonable` and owlrl to reason; pyshifty,
pyrudof, Jena and pyshacl to validate. owlrl and pyshacl, the pipeline of small graphs, are left
out of sizes past `--small`, all others of sizes past `--others`. Each is a whole process, one
after the other: start and reading count in.

Validation is compared by the same rules and by all. "shapes" is the shipped shapes alone, ours and
the others'. "shared" is the shapes with those of our checks that SHACL can say over one plain graph
(benchmarks/checks.ttl), ours and the others' ("shared" too). "validate" is all that ours does, the
other checks and the contradictions with it, beside what the others do with the shared rules. Who
finds by the checks not what is planted is told, and not compared.

Prints seconds, those of them (of all cores) that were work and not waiting, triples a second, peak
memory and the exponent of growth from the size before (1 is linear; starting counts in, so that
from a small size it is low), and then the aims.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from threading import Timer
from typing import Literal, NamedTuple

from rivals import (
    ALONE,
    RIVALS,
    SHARED,
    arguments,
    by_checks,
    by_shapes,
    data,
    installed,
    result,
    run_name,
    said,
    shape_names,
)
from world import LEAST

STAGES = ("load", "reason", "shapes", "shared", "validate", "query")
JUDGING = {"shapes": ALONE, "shared": SHARED, "validate": SHARED}
"""The stages that validate, and the rules that the others are given to compare with."""
QUESTION = ("timeline", "--param", "organization=organization/w1")
EXPONENT = 1.15


class Run(NamedTuple):
    """A process that ended: seconds, those of all cores, peak memory in MB, exit code, output."""

    seconds: float
    work: float
    peak: float
    status: int
    out: str
    said: str


class Size(NamedTuple):
    """A world and what was measured with it; who is not in `runs` was not there or did not end."""

    triples: int
    runs: dict[str, Run]

    def seconds(self, *names: str) -> float:
        """Return how long these took together."""
        return sum(self.runs[name].seconds for name in names)

    def peak(self, *names: str) -> float:
        """Return the most memory that one of these took."""
        return max(self.runs[name].peak for name in names)


class Bench:
    """A folder, how long each process may take, and up to what size which tools are asked."""

    def __init__(self, folder: Path, patience: float, small: int, others: int) -> None:
        self._folder, self._patience = folder, patience
        self._small, self._most = small, others
        self._tool = str(Path(sys.executable).parent / "sco-graph")
        self._rivals = dict(installed(folder))

    def measure(self, size: int, before: Size | None) -> Size:
        """Make a world, put it through ours and the others, print a line for each."""
        folder = self._folder / str(size)
        folder.mkdir()
        planted, triples = make_world(size, folder)
        found = Size(triples, {})
        print(f"\n{triples} triples; the load is {os.getloadavg()[0]:.1f}")
        heads = f"{'seconds':>8} {'work':>8} {'triples/s':>10} {'peak MB':>8} {'exponent':>9}"
        print(f"  {'':<16} {heads}")
        where = ["--store", str(folder / "store")]
        judge = [self._tool, "validate", *where, "--format", "json", "--most", "1"]
        commands = {
            "load": [self._tool, "load", str(folder / "world.nq"), *where],
            "reason": [self._tool, "reason", *where],
            "shapes": [*judge, "--only", *shape_names()],
            "shared": [*judge, "--only", *shape_names(), *sorted(said())],
            "validate": judge,
            "query": [self._tool, "query", *QUESTION, *where, "--format", "csv"],
        }
        for stage in STAGES:
            run = self.run(commands[stage])
            # Errors are planted: what validates ends with 1.
            if run is None or run.status != (stage in JUDGING):
                print(f"  {stage:<16} {self.why(run)}")
                return found
            found.runs[stage] = run
            note = ""
            if stage in JUDGING:
                shapes, checks = by_shapes(planted), by_checks(planted)
                sought = {"shapes": shapes, "shared": shapes + checks, "validate": planted}
                note = compared(json.loads(run.out)["counts"], sought[stage])
            elif stage == "query":
                note = f"{run.out.count(chr(10)) - 1} rows of {QUESTION[0]}"
            self._line(stage, run, found, before, note)
        self._others(folder, size, found, before, planted)
        return found

    def _others(
        self, folder: Path, size: int, found: Size, before: Size | None, planted: Counter[str]
    ) -> None:
        if size > self._most:
            print(f"  the others are left out past {self._most} triples (--others)")
            return
        data(folder)
        for name, command in self._rivals.items():
            rival = RIVALS[name]
            if rival.small and size > self._small:
                print(f"  {name:<16} left out past {self._small} triples (--small)")
                continue
            by: dict[str, int] = {}
            for rules in rival.reads:
                called = run_name(name, rules)
                run = self.run([*command, *arguments(name, folder, rules)])
                if run is None or run.status not in ((0, 1) if name == "jena" else (0,)):
                    print(f"  {called:<16} {self.why(run)}", flush=True)
                    break  # more rules take it no less
                by[rules], read = result(name, run.out)
                note = f"to {rival.stage}: {by[rules]} {wanted(rules, planted)}"
                if read:
                    note += f", {read:.1f} s to have read it"
                if rules == SHARED and by[SHARED] - by[ALONE] != by_checks(planted).total():
                    note += "; wrong about the checks: not compared"
                else:
                    found.runs[called] = run
                self._line(called, run, found, before, note)

    def run(self, command: Sequence[str]) -> Run | None:
        """Run a process to its end; return None where patience ends first."""
        out, said = self._folder / "out", self._folder / "said"
        with out.open("wb") as taken, said.open("wb") as beside:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=taken, stderr=beside, start_new_session=True)
            timer = Timer(self._patience, os.killpg, (process.pid, signal.SIGKILL))
            timer.start()
            ended = False
            try:
                _, status, usage = os.wait4(process.pid, 0)
                ended = True
            finally:
                timer.cancel()
                if not ended:
                    os.killpg(process.pid, signal.SIGKILL)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if process.returncode == -signal.SIGKILL and seconds >= self._patience:
            return None
        texts = (path.read_text(encoding="utf-8", errors="replace") for path in (out, said))
        work = usage.ru_utime + usage.ru_stime
        return Run(seconds, work, usage.ru_maxrss / 1024, process.returncode, *texts)

    def why(self, run: Run | None) -> str:
        """Say why a process has no figures."""
        if run is None:
            return f"did not end within {self._patience:.0f} s (--patience)"
        return f"failed ({run.status}): {(run.said.strip().splitlines() or ['no word'])[-1]}"

    def _line(self, name: str, run: Run, found: Size, before: Size | None, note: str) -> None:
        grown = exponent(name, before, found)
        told = "-" if grown is None else f"{grown:.2f}"
        rate = f"{found.triples / run.seconds:.0f}"
        figures = f"{run.seconds:>8.2f} {run.work:>8.2f} {rate:>10} {run.peak:>8.0f} {told:>9}"
        print(f"  {name:<16} {figures}  {note}".rstrip(), flush=True)


def main(sizes: Sequence[int], patience: float, small: int, others: int) -> None:
    """Measure each size in turn, then say which of the aims hold."""
    # Ended by a signal, it ends what it runs too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    print(
        f"{os.cpu_count()} cores, the load before was {os.getloadavg()[0]:.1f}: "
        "beside other work the times are rough"
    )
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), patience, small, others)
        found: list[Size] = []
        for size in sizes:
            found.append(bench.measure(size, found[-1] if found else None))
            shutil.rmtree(Path(name) / str(size))
    print("\nthe aims")
    for measured in found:
        print(f"  at {measured.triples} triples")
        for line in aims(measured):
            print(f"    {line}")
    spans = [*pairwise(found)]
    if len(spans) > 1:
        spans.append((found[0], found[-1]))
    for earlier, later in spans:
        print(f"  from {earlier.triples} to {later.triples} triples")
        for line in growth(earlier, later):
            print(f"    {line}")


# ---- what is measured


def make_world(size: int, folder: Path) -> tuple[Counter[str], int]:
    """Write a world; return how many results which rule has to give, and its triples."""
    # In a process of its own: a process that this one starts begins with this one's peak.
    made, told = folder / "world.nq", folder / "planted.json"
    script = str(Path(__file__).with_name("world.py"))
    command = [sys.executable, script, str(size), "-o", str(made), "--planted", str(told)]
    subprocess.run(command, check=True, capture_output=True)
    made_of = json.loads(told.read_text(encoding="utf-8"))
    return Counter(made_of["planted"]), made_of["triples"]


def wanted(rules: str, planted: Counter[str]) -> str:
    """Say of how many what one of the others found is: of none, where it reasons."""
    if not rules:
        return "triples"
    shapes = by_shapes(planted).total()
    checks = by_checks(planted).total()
    return f"of {shapes} errors" if rules == ALONE else f"of {shapes} + {checks} errors"


def compared(counts: Mapping[str, int], planted: Counter[str]) -> str:
    """Say whether all planted errors were found, and nothing else."""
    wrong = [
        f"{name}: {counts.get(name, 0)}, not {planted[name]}"
        for name in sorted({*counts, *planted})
        if counts.get(name, 0) != planted[name]
    ]
    return "; ".join(wrong) or f"all {planted.total()} planted errors found"


def exponent(
    name: str, before: Size | None, after: Size, of: Literal["seconds", "work"] = "seconds"
) -> float | None:
    """Return the exponent of growth of a stage, or None where it is not known at both sizes."""
    if before is None or not {name} <= before.runs.keys() & after.runs.keys():
        return None
    if before.triples == after.triples:
        return None
    first, second = (getattr(size.runs[name], of) for size in (before, after))
    return math.log(second / first) / math.log(after.triples / before.triples)


# ---- the aims


def held(holds: bool) -> str:
    """Say whether an aim holds."""
    return "holds" if holds else "does not hold"


def aims(size: Size) -> Iterator[str]:
    """Yield what is aimed at, what is the case, and whether that holds, at one size."""
    if not set(STAGES) <= size.runs.keys():
        yield "ours did not come to its end"
        return
    yield from faster(size, "reason", "reasonable", 3)
    for stage, rules in JUDGING.items():
        others = [
            called
            for name, rival in RIVALS.items()
            if rules in rival.reads and not rival.small
            if (called := run_name(name, rules)) in size.runs
        ]
        if others:
            fastest = min(others, key=size.seconds)
            yield from faster(size, stage, fastest, 5)
            part = size.peak(stage) / size.peak(fastest)
            verdict = held(part <= 1 / 4)
            yield f"{stage} takes {part:.2f} of the memory of {fastest}, at most 0.25: {verdict}"
    for stage, rules in JUDGING.items():
        both = ("owlrl", run_name("pyshacl", rules))
        if {*both} <= size.runs.keys():
            times = size.seconds(*both) / size.seconds("load", "reason", stage)
            told = f"{both[0]} and {both[1]} take {times:.1f} times load, reason and {stage}"
            yield f"{told}, at least 100: {held(times >= 100)}"


def growth(earlier: Size, later: Size) -> Iterator[str]:
    """Yield how each stage grows from one size to another: its work, its seconds, its memory."""
    for stage in STAGES:
        work = exponent(stage, earlier, later, "work")
        if work is None:
            continue
        seconds = exponent(stage, earlier, later)
        memory = later.peak(stage) / earlier.peak(stage)
        yield (
            f"{stage}: an exponent of {work:.2f} of the work, at most {EXPONENT}: "
            f"{held(work <= EXPONENT)} ({seconds:.2f} of the seconds); "
            f"{memory:.1f} times the memory"
        )


def faster(size: Size, stage: str, other: str, aim: float) -> Iterator[str]:
    """Yield how much longer another takes than a stage alone, and than it with the loading."""
    if other not in size.runs:
        return
    for told, stages in ((stage, (stage,)), (f"load and {stage}", ("load", stage))):
        times = size.seconds(other) / size.seconds(*stages)
        yield f"{other} takes {times:.1f} times {told}, at least {aim:g}: {held(times >= aim)}"


def given() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    sizes = [10_000, 100_000, 1_000_000]
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes, metavar="N")
    parser.add_argument("--patience", type=float, default=600, metavar="SECONDS")
    parser.add_argument(
        "--small", type=int, default=10_000, metavar="N", help="the most for owlrl and pyshacl"
    )
    parser.add_argument(
        "--others", type=int, default=1_000_000, metavar="N", help="the most for any of the others"
    )
    found = parser.parse_args()
    found.sizes = sorted(set(found.sizes))
    if found.sizes[0] < LEAST:
        parser.error(f"a world has at least {LEAST} triples")
    return found


if __name__ == "__main__":
    main(**vars(given()))
