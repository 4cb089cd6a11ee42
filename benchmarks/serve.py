"""Serving the release: sco-graph, oxigraph's server, rdflib-endpoint and Virtuoso under load.

    pip install '.[serve,benchmark]' && python benchmarks/serve.py [--seconds N]

All serve the same N-Quads on loopback and are asked in turn by wrk (a Debian package), eight
connections at a time, after a second of warming up; one that is not installed is left out. The
figures are requests a second, latencies, and the rates as multiples of ours. A number is given
only where every reply was an answer, and where a query has the rows that ours has. The page and
the data of a thing stand beside the DESCRIBE of it that the others are asked. A fresh query has a
text of its own for each request; the lookup, of one triple, shows what the way to the engine and
back costs, the saved questions what people ask.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import itertools
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from threading import Event
from typing import NamedTuple

import servers
from sco_graph import cache, queryfile
from sco_graph.layout import Layout
from sco_graph.namespaces import ID
from servers import JSON, Missing, Server

OURS, OXIGRAPH, RDFLIB = "sco-graph", "oxigraph", "rdflib-endpoint"
STARTS: Mapping[str, Callable[[Path, Path], AbstractContextManager[Server]]] = {
    OURS: servers.ours,
    OXIGRAPH: servers.oxigraph,
    RDFLIB: servers.rdflib_endpoint,
    "virtuoso": servers.virtuoso,
}
THING = f"{ID}state/india"
NUMBER = "OWNNUMBER"
"""What stands in a query where each request writes a number of its own: no cache helps."""
LOOKUP = f"""SELECT DISTINCT ("{NUMBER}" AS ?asked) ?name {{
  <{THING}> <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }}"""
_BOMB = "REPLACE(" * 9 + "STR(?a)" + ', "(.*)*e", "$1ee$1ee")' * 9
_LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
DEATHS = (
    f'SELECT ?x {{ ?a ?b ?c . ?d ?e ?f BIND({_BOMB} AS ?x) FILTER (REGEX(?x, "z$")) }}',
    f"SELECT (COUNT(*) AS ?n) {{ ?a ({_LABEL}|!{_LABEL}|^!{_LABEL})* ?b }}",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i",
)
"""Queries that no engine answers in time: a string that grows, paths all over, a product."""

CONNECTIONS, DYING = 8, 50
CHANGING = """local number = %d
request = function()
  number = number + 1
  return wrk.format(nil, "%s" .. number .. "%s")
end
"""
REPORT = """done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("measured %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
_NUMBERS = itertools.count(10**6, 10**7)  # further apart than one measurement can ask


class Load(NamedTuple):
    """What a server bore: requests a second, milliseconds, and how many were not answered."""

    rate: float
    median: float
    p99: float
    errors: int


class Measure(NamedTuple):
    """What is asked of each server: a path of ours, or a query of everybody's endpoint."""

    name: str
    query: str = ""
    path: str = ""
    accept: str = JSON
    rows: bool = True
    among: tuple[str, ...] = tuple(STARTS)
    """Who is asked."""


def main(seconds: int) -> None:
    """Start the servers, put each through each measure, print the figures and the aims."""
    wrk = shutil.which("wrk")
    if wrk is None:
        print("there is no wrk: install it, Debian calls the package wrk", file=sys.stderr)
        sys.exit(2)
    # Ended by a signal, it ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quads = folder / "release.nq"
        quads.write_bytes(cache.release_of(Layout.shipped()).quads())
        busy = os.getloadavg()[0]
        print(
            f"{seconds} s each, {CONNECTIONS} connections, {os.cpu_count()} cores; the load before "
            f"was {busy:.1f}: beside other work a p99 says little"
        )
        with started(quads, folder) as running:
            found = {
                measure.name: compared(measure, running, Wrk(wrk, folder, seconds))
                for measure in measures(running[OURS])
            }
        late = health(folder, seconds)
    aims(found, late)


@contextlib.contextmanager
def started(quads: Path, folder: Path) -> Iterator[dict[str, Server]]:
    """Start every server that is installed, and say which is not."""
    with ExitStack() as stack:
        running = {}
        for name, start in STARTS.items():
            home = folder / name
            home.mkdir()
            try:
                running[name] = stack.enter_context(start(quads, home))
            except Missing as missing:
                print(f"{name} is not compared: {missing}")
        yield running


def measures(server: Server) -> list[Measure]:
    """Return what is measured; the text of a saved question is the one that ours shows."""
    members = plain(server, "members")
    describe, page = f"DESCRIBE <{THING}>", "/id/state/india"
    others = [name for name in _names() if name != "members"]
    return [
        Measure("saved question", members, "/query/members?format=json"),
        Measure("fresh lookup", LOOKUP),
        Measure("fresh members", f"{members}\n# {NUMBER}"),
        *(
            Measure(f"fresh {name}", f"{plain(server, name)}\n# {NUMBER}", among=(OURS, OXIGRAPH))
            for name in others
        ),
        Measure("page of a thing", describe, f"{page}.html", "text/turtle", rows=False),
        Measure("data of a thing", describe, f"{page}.ttl", "text/turtle", rows=False),
    ]


def _names() -> list[str]:
    found = queryfile.read_folder(os.path.join(Layout.shipped().queries, "questions"))
    return sorted(question.name for question in found)


def plain(server: Server, name: str) -> str:
    """Return a question as the editor of ours shows it: a query that any endpoint takes."""
    page = server.fetch(f"/sparql?saved={name}", "text/html")[1].decode()
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    if shown is None:
        sys.exit("the page of the editor has no editor")
    return html.unescape(shown[1])


# ---- under load


class Wrk(NamedTuple):
    """The load generator: its command, a folder for scripts, the seconds of a measurement."""

    command: str
    folder: Path
    seconds: int

    def load(self, address: str, accept: str) -> Load:
        """Ask an address for a second and then as long as is measured; return what came of it."""
        self._run(address, accept, 1)
        return self._run(address, accept, self.seconds)

    def _run(self, address: str, accept: str, seconds: int) -> Load:
        before, number, after = address.partition(NUMBER)
        path = before.split("/", 3)[-1]
        changing = CHANGING % (next(_NUMBERS), f"/{path}", after) if number else ""
        script = self.folder / "load.lua"
        script.write_text(changing + REPORT, encoding="utf-8")
        done = subprocess.run(
            [
                *(self.command, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"),
                *("-s", str(script), "-H", f"Accept: {accept}", address),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        told = re.search(r"^measured (\d+) (\d+) (\d+) (\d+) (\d+)$", done.stdout, re.MULTILINE)
        if told is None:
            sys.exit(f"wrk did not say what it measured:\n{done.stdout}")
        requests, took, median, p99, errors = map(int, told.groups())
        return Load(requests / took * 1e6, median / 1000, p99 / 1000, errors)


def compared(measure: Measure, running: Mapping[str, Server], wrk: Wrk) -> dict[str, Load]:
    """Put each server through a measure and print a line of each; return what counts."""
    print(f"\n{measure.name:<24} {'requests/s':>10} {'median ms':>10} {'p99 ms':>10}  of ours")
    found: dict[str, Load] = {}
    wanted: list[tuple[str, ...]] | None = None
    for name, server in running.items():
        if name not in measure.among:
            continue
        path = measure.path if name == OURS and measure.path else server.asking(measure.query)
        status, body = server.fetch(path, measure.accept)
        if status != 200:
            print(f"  {name:<14} answers {status}: {body.decode(errors='replace')[:100]!r}")
            continue
        if measure.rows:
            rows = sorted_rows(body)
            wanted = rows if wanted is None else wanted
            if rows != wanted or not rows:
                why = f"gives other rows than {OURS}" if rows != wanted else "has no rows today"
                print(f"  {name:<14} {why}")
                continue
        load = wrk.load(server.origin + path, measure.accept)
        if load.errors or not load.rate:
            left = f"left {load.errors} requests without an answer"
            print(f"  {name:<14} {left if load.errors else 'has no answer in time'}")
            continue
        found[name] = load
        ratio = f"{load.rate / found[OURS].rate:8.3f}" if OURS in found else "-"
        print(f"  {name:<22} {load.rate:10.1f} {load.median:10.2f} {load.p99:10.2f} {ratio}")
    return found


def sorted_rows(body: bytes) -> list[tuple[str, ...]]:
    """Return the rows of an answer, each as its values in the order of their columns' names."""
    return sorted(
        tuple(f"{name}={row[name]['value']}" for name in sorted(row))
        for row in json.loads(body)["results"]["bindings"]
    )


# ---- while queries die


def health(folder: Path, seconds: int) -> list[float]:
    """Return the milliseconds of `/healthz`, 20 times a second, while 50 queries run for ever."""
    home = folder / "dying"
    home.mkdir()
    over = Event()
    with (
        servers.ours(home, home, "--timeout", "2") as server,
        ThreadPoolExecutor(DYING) as many,
    ):
        dying = [many.submit(_dies, server, number, over) for number in range(DYING)]
        try:
            late = _asked(server, seconds)
        finally:
            over.set()
        statuses = sorted(set().union(*(death.result() for death in dying)))
    print(f"\n{DYING} queries of death at a time ended with {', '.join(map(str, statuses))}")
    median = statistics.median(late)
    print(f"/healthz meanwhile: median {median:.1f} ms, at most {max(late):.1f} ms")
    return late


def _dies(server: Server, number: int, over: Event) -> set[int]:
    """Ask queries of death, one after another, until it is over; return the statuses."""
    found = set()
    for turn in itertools.count():
        query = f"# {number}.{turn}\n{DEATHS[(number + turn) % len(DEATHS)]}"
        found.add(server.fetch(server.asking(query), JSON)[0])
        if over.is_set():
            break
    return found


def _asked(server: Server, seconds: int) -> list[float]:
    """Return latencies from when each request was due: one that is late delays the next too."""
    began, late = time.perf_counter() + 0.5, []
    for turn in range(20 * seconds):
        due = began + turn / 20
        time.sleep(max(0.0, due - time.perf_counter()))
        if server.fetch("/healthz", "*/*")[0] != 200:
            sys.exit("/healthz does not say that the server is well")
        late.append((time.perf_counter() - due) * 1000)
    return late


# ---- what is aimed at


def aims(found: Mapping[str, Mapping[str, Load]], late: list[float]) -> None:
    """Print what is aimed at, what was reached, and whether it holds."""
    print("\naims")
    for measure, other, least in (
        ("saved question", OXIGRAPH, 1.0),
        ("fresh lookup", OXIGRAPH, 1 / 3),
        ("fresh lookup", RDFLIB, 10.0),
        ("fresh members", RDFLIB, 10.0),
    ):
        if ratio := _ratio(found[measure], other):
            text = f"{measure}: at least {least:.3g} times {other}'s rate"
            say(text, f"{ratio:.2f} times", ratio >= least)
        else:
            print(f"  {measure}: {OURS} and {other} cannot be compared")
    asked = [f"fresh {name}" for name in _names()]
    ratios = {name: ratio for name in asked if (ratio := _ratio(found[name], OXIGRAPH))}
    if ratios:
        mean, worst = (
            statistics.geometric_mean(ratios.values()),
            min(ratios, key=ratios.__getitem__),
        )
        text = f"{len(ratios)} of {len(asked)} questions fresh: 0.333 times {OXIGRAPH}'s rate"
        say(f"{text}, the mean", f"{mean:.2f} times", mean >= 1 / 3)
        say(
            f"{worst}, the slowest beside {OXIGRAPH}",
            f"{ratios[worst]:.2f} times",
            ratios[worst] >= 1 / 3,
        )
    for measure, loads in found.items():
        if ours := loads.get(OURS):
            ratio = ours.p99 / ours.median
            say(f"{measure}: p99 at most 10 medians", f"{ratio:.1f} medians", ratio <= 10)
    say("/healthz beside queries of death: under 100 ms", f"{max(late):.1f} ms", max(late) < 100)


def _ratio(loads: Mapping[str, Load], other: str) -> float | None:
    """Return our rate as a multiple of another's, None where there are not both."""
    ours, theirs = loads.get(OURS), loads.get(other)
    return ours.rate / theirs.rate if ours and theirs else None


def say(aim: str, reached: str, holds: bool) -> None:
    """Print one aim."""
    print(f"  {aim:<70} {reached:>14}  {'holds' if holds else 'DOES NOT HOLD'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--seconds",
        type=int,
        default=5,
        choices=range(1, 61),
        metavar="N",
        help="how long each measurement is, 1 to 60 (default: 5)",
    )
    main(parser.parse_args().seconds)
