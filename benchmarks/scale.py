"""The pipeline inside a store at growing sizes, beside what others make of the same data.

    pip install '.[benchmark]' && python benchmarks/scale.py [--sizes N ...] [--patience SECONDS]

For each size a made-up world with planted errors (benchmarks/world.py) is loaded into a store on
disk, reasoned over, validated and asked a saved question. The others get it as N-Triples, with
the ontology and its schemes: `reasonable` and owlrl to reason; pyshifty, pyrudof, Jena and
pyshacl to validate by the shipped shapes. owlrl and pyshacl, the pipeline of small graphs, are
left out of sizes past `--small`, all others of sizes past `--others`. Each is a whole process,
one after the other: start and reading count in. Ours validates more than the others: checks and
contradictions beside the shapes.

Prints seconds, those of them (of all cores) that were work and not waiting, triples a second, peak
memory and the exponent of growth from the size before (1 is linear; starting counts in, so that
from a small size it is low), and then the aims.
"""

from __future__ import annotations

import argparse
import importlib.util
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

import pyoxigraph as ox

import jena
from sco_graph.layout import SHAPES, Layout
from world import LEAST

STAGES = ("load", "reason", "validate", "query")
QUESTION = ("timeline", "--param", "organization=organization/w1")
EXPONENT = 1.15
BEGIN = """import json, sys, time
folder, start = sys.argv[1], time.perf_counter()
def end(found, read=None):
    print(json.dumps({"found": found, "read": read}))
"""
"""What stands before the script of each of the others; `read` is when all was read."""
REASONABLE = """import reasonable
reasoner = reasonable.PyReasoner()
reasoner.load_file(f"{folder}/data.ttl")
read = time.perf_counter() - start
end(len(reasoner.reason()), read)
"""
OWLRL = """import owlrl, rdflib
graph = rdflib.Graph().parse(f"{folder}/data.nt", format="nt")
read = time.perf_counter() - start
owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
end(len(graph), read)
"""
SHIFTY = """from pathlib import Path
import shifty
data, shapes = Path(folder, "data.nt"), Path(folder, "shapes.nt")
# What it is fastest with: reasons and no report, no rules (there are none), no order.
found = shifty.validate_algebra(data, shapes, infer=False, sort_results=False)
end(sum(len(violation.reasons) for violation in found.violations))
"""
RUDOF = """from pathlib import Path
import pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(Path(folder, "data.nt"), pyrudof.RDFFormat.NTriples)
rudof.read_shacl(Path(folder, "shapes.nt"), pyrudof.ShaclFormat.NTriples)
read = time.perf_counter() - start
end(len(rudof.validate_shacl().violations), read)
"""
PYSHACL = """import pyshacl, rdflib
data = rdflib.Graph().parse(f"{folder}/data.nt", format="nt")
shapes = rdflib.Graph().parse(f"{folder}/shapes.nt", format="nt")
read = time.perf_counter() - start
_, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False)
end(len(set(report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult))), read)
"""


class Rival(NamedTuple):
    """Another tool: the stage that it does, its module, its script, and whether it is small."""

    stage: str
    module: str
    script: str
    small: bool = False


RIVALS: Mapping[str, Rival] = {
    "reasonable": Rival("reason", "reasonable", REASONABLE),
    "owlrl": Rival("reason", "owlrl", OWLRL, small=True),
    "pyshifty": Rival("validate", "shifty", SHIFTY),
    "pyrudof": Rival("validate", "pyrudof", RUDOF),
    "jena": Rival("validate", "", ""),
    "pyshacl": Rival("validate", "pyshacl", PYSHACL, small=True),
}


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
        print(f"  {'':<10} {heads}")
        where = ["--store", str(folder / "store")]
        commands = {
            "load": [self._tool, "load", str(folder / "world.nq"), *where],
            "reason": [self._tool, "reason", *where],
            "validate": [self._tool, "validate", *where, "--format", "json", "--most", "1"],
            "query": [self._tool, "query", *QUESTION, *where, "--format", "csv"],
        }
        for stage in STAGES:
            run = self._run(commands[stage])
            # Errors are planted: what validates ends with 1.
            if run is None or run.status != (stage == "validate"):
                print(f"  {stage:<10} {self._why(run)}")
                return found
            found.runs[stage] = run
            note = ""
            if stage == "validate":
                note = compared(json.loads(run.out)["counts"], planted)
            elif stage == "query":
                note = f"{run.out.count(chr(10)) - 1} rows of {QUESTION[0]}"
            self._line(stage, found, before, note)
        self._others(folder, size, found, before, planted)
        return found

    def _others(
        self, folder: Path, size: int, found: Size, before: Size | None, planted: Counter[str]
    ) -> None:
        if size > self._most:
            print(f"  the others are left out past {self._most} triples (--others)")
            return
        data(folder)
        shapes = sum(planted[name] for name in planted if not is_check(name))
        for name, command in self._rivals.items():
            rival = RIVALS[name]
            if rival.small and size > self._small:
                print(f"  {name:<10} left out past {self._small} triples (--small)")
                continue
            run = self._run([text.replace("{}", str(folder)) for text in command])
            if run is None or run.status not in ((0, 1) if name == "jena" else (0,)):
                print(f"  {name:<10} {self._why(run)}")
                continue
            found.runs[name] = run
            if name == "jena":
                many, read = run.out.count("Node="), None
            else:
                told = json.loads(run.out.splitlines()[-1])
                many, read = told["found"], told["read"]
            reading = f", {read:.1f} s to have read it" if read else ""
            of = f"{many} of {shapes} errors" if rival.stage == "validate" else f"{many} triples"
            self._line(name, found, before, f"to {rival.stage}: {of}{reading}")

    def _run(self, command: Sequence[str]) -> Run | None:
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

    def _why(self, run: Run | None) -> str:
        if run is None:
            return f"did not end within {self._patience:.0f} s (--patience)"
        return f"failed ({run.status}): {(run.said.strip().splitlines() or ['no word'])[-1]}"

    def _line(self, name: str, found: Size, before: Size | None, note: str) -> None:
        run, grown = found.runs[name], exponent(name, before, found)
        told = "-" if grown is None else f"{grown:.2f}"
        rate = f"{found.triples / run.seconds:.0f}"
        figures = f"{run.seconds:>8.2f} {run.work:>8.2f} {rate:>10} {run.peak:>8.0f} {told:>9}"
        print(f"  {name:<10} {figures}  {note}".rstrip(), flush=True)


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


def installed(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the others that are there and how each is started; `{}` is the folder of a size."""
    for name, rival in RIVALS.items():
        if name == "jena":
            if (shacl := jena.command("shacl", folder / "jena")) is None:
                print("there is no Jena: install Java and libapache-jena-java (Debian)")
                continue
            files = ["--shapes", "{}/shapes.nt", "--data", "{}/data.nt"]
            yield name, [*shacl, "validate", "--text", *files]
        elif importlib.util.find_spec(rival.module) is None:
            print(f"there is no {name}: pip install {name}")
        else:
            script = folder / f"with-{name}.py"
            script.write_text(BEGIN + rival.script, encoding="utf-8")
            yield name, [sys.executable, str(script), "{}"]


def make_world(size: int, folder: Path) -> tuple[Counter[str], int]:
    """Write a world; return how many results which rule has to give, and its triples."""
    # In a process of its own: a process that this one starts begins with this one's peak.
    made, told = folder / "world.nq", folder / "planted.json"
    script = str(Path(__file__).with_name("world.py"))
    command = [sys.executable, script, str(size), "-o", str(made), "--planted", str(told)]
    subprocess.run(command, check=True, capture_output=True)
    made_of = json.loads(told.read_text(encoding="utf-8"))
    return Counter(made_of["planted"]), made_of["triples"]


def data(folder: Path) -> None:
    """Write what the others read: the world with the ontology, and the shapes, without graphs."""
    vocabulary = Layout.shipped().vocabulary()
    files = [path for name, path in vocabulary if name != SHAPES and path.endswith(".ttl")]
    plain([str(folder / "world.nq"), *files], folder / "data.nt")
    plain([path for name, path in vocabulary if name == SHAPES], folder / "shapes.nt")
    # N-Triples are Turtle, and `reasonable` goes by the name.
    (folder / "data.ttl").symlink_to("data.nt")


def plain(paths: Sequence[str], out: Path) -> None:
    """Write the triples of some files as N-Triples."""
    triples = (quad.triple for path in paths for quad in ox.parse(path=path))
    ox.serialize(triples, str(out), format=ox.RdfFormat.N_TRIPLES)


def is_check(name: str) -> bool:
    """Return whether a rule is none of the shapes: a check, or a contradiction."""
    return name == "closure" or Path(Layout.shipped().queries, "checks", f"{name}.rq").is_file()


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
    others = [
        name
        for name, rival in RIVALS.items()
        if rival.stage == "validate" and not rival.small and name in size.runs
    ]
    if others:
        fastest = min(others, key=size.seconds)
        yield from faster(size, "validate", fastest, 5)
        part = size.peak("validate") / size.peak(fastest)
        verdict = held(part <= 1 / 4)
        yield f"validate takes {part:.2f} of the memory of {fastest}, at most 0.25: {verdict}"
    whole = size.seconds("load", "reason", "validate")
    if {"owlrl", "pyshacl"} <= size.runs.keys():
        times = size.seconds("owlrl", "pyshacl") / whole
        told = f"owlrl and pyshacl take {times:.1f} times the whole pipeline, at least 100"
        yield f"{told}: {held(times >= 100)}"


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
