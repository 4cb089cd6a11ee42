"""The others that benchmarks/scale.py compares with: how each is started, and what it reads.

They read N-Triples, without named graphs: the world with the ontology and its schemes; and the
shapes, alone or with those of our checks that SHACL can say over one plain graph (checks.ttl).
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

import jena
from sco_graph.layout import SHAPES, Layout
from sco_graph.namespaces import expand, slug
from sco_graph.rdf import named

CHECKS = Path(__file__).with_name("checks.ttl")
ALONE, SHARED = "shapes.nt", "shared.nt"
"""The shapes alone, and with the checks that the others can be given."""
BEGIN = """import json, sys, time
folder, rules, start = *sys.argv[1:], time.perf_counter()
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
data, shapes = Path(folder, "data.nt"), Path(folder, rules)
# What it is fastest with: reasons and no report, no rules (there are none), no order.
found = shifty.validate_algebra(data, shapes, infer=False, sort_results=False)
end(sum(len(violation.reasons) for violation in found.violations))
"""
RUDOF = """from pathlib import Path
import pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(Path(folder, "data.nt"), pyrudof.RDFFormat.NTriples)
rudof.read_shacl(Path(folder, rules), pyrudof.ShaclFormat.NTriples)
read = time.perf_counter() - start
end(len(rudof.validate_shacl().violations), read)
"""
PYSHACL = """import pyshacl, rdflib
data = rdflib.Graph().parse(f"{folder}/data.nt", format="nt")
shapes = rdflib.Graph().parse(f"{folder}/{rules}", format="nt")
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

    @property
    def reads(self) -> tuple[str, ...]:
        """The rules that it is given, one run after the other."""
        return (ALONE, SHARED) if self.stage == "validate" else ("",)


RIVALS: Mapping[str, Rival] = {
    "reasonable": Rival("reason", "reasonable", REASONABLE),
    "owlrl": Rival("reason", "owlrl", OWLRL, small=True),
    "pyshifty": Rival("validate", "shifty", SHIFTY),
    "pyrudof": Rival("validate", "pyrudof", RUDOF),
    "jena": Rival("validate", "", ""),
    "pyshacl": Rival("validate", "pyshacl", PYSHACL, small=True),
}


def run_name(rival: str, rules: str) -> str:
    """Return what a run of one of the others is called."""
    return f"{rival} shared" if rules == SHARED else rival


def installed(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the others that are there and how each is started, before `arguments`."""
    for name, rival in RIVALS.items():
        if name == "jena":
            if (shacl := jena.command("shacl", folder / "jena")) is None:
                print("there is no Jena: install Java and libapache-jena-java (Debian)")
                continue
            yield name, [*shacl, "validate", "--text"]
        elif importlib.util.find_spec(rival.module) is None:
            print(f"there is no {name}: pip install {name}")
        else:
            script = folder / f"with-{name}.py"
            script.write_text(BEGIN + rival.script, encoding="utf-8")
            yield name, [sys.executable, str(script)]


def arguments(rival: str, folder: Path, rules: str) -> list[str]:
    """Return what one of the others is told: the folder of a size, and the rules."""
    if rival == "jena":
        return ["--shapes", str(folder / rules), "--data", str(folder / "data.nt")]
    return [str(folder), rules]


def result(rival: str, out: str) -> tuple[int, float | None]:
    """Return how much one of the others found, and the seconds until it had read, if it told."""
    if rival == "jena":
        return out.count("Node="), None
    told = json.loads(out.splitlines()[-1])
    return told["found"], told["read"]


def data(folder: Path) -> None:
    """Write what the others read: the world with the ontology, and the rules, without graphs."""
    vocabulary = Layout.shipped().vocabulary()
    files = [path for name, path in vocabulary if name != SHAPES and path.endswith(".ttl")]
    plain([str(folder / "world.nq"), *files], folder / "data.nt")
    plain(shapes(), folder / ALONE)
    plain([*shapes(), str(CHECKS)], folder / SHARED)
    # N-Triples are Turtle, and `reasonable` goes by the name.
    (folder / "data.ttl").symlink_to("data.nt")


def plain(paths: Iterable[str], out: Path) -> None:
    """Write the triples of some files as N-Triples."""
    triples = (quad.triple for path in paths for quad in ox.parse(path=path))
    ox.serialize(triples, str(out), format=ox.RdfFormat.N_TRIPLES)


def shapes() -> list[str]:
    """Return the files of the shipped shapes."""
    return [path for name, path in Layout.shipped().vocabulary() if name == SHAPES]


def shape_names() -> list[str]:
    """Return the names of the shapes that have targets, as `validate --only` takes them."""
    targets = expand("sh:target")
    quads = (quad for path in shapes() for quad in ox.parse(path=path))
    return sorted({slug(q.subject.value) for q in quads if q.predicate.value.startswith(targets)})


@cache
def said() -> frozenset[str]:
    """Return the names of the checks that the others are given."""
    message = named("sh:message")
    return frozenset(q.object.value for q in ox.parse(path=CHECKS) if q.predicate == message)


def is_check(name: str) -> bool:
    """Return whether a rule is none of the shapes: a check, or a contradiction."""
    return name == "closure" or Path(Layout.shipped().queries, "checks", f"{name}.rq").is_file()


def by_shapes(planted: Counter[str]) -> Counter[str]:
    """Return of what is planted what the shapes find."""
    return Counter({name: many for name, many in planted.items() if not is_check(name)})


def by_checks(planted: Counter[str]) -> Counter[str]:
    """Return of what is planted what the checks find that the others are given."""
    return Counter({name: many for name, many in planted.items() if name in said()})
