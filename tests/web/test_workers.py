"""Strangers' queries are answered by processes that can be ended and can reach nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sco_graph.errors import GraphError
from sco_graph.namespaces import PREFIXES
from sco_graph.reading import RDF_FORMATS
from sco_graph.web import evaluating
from sco_graph.web.workers import (
    Answer,
    Crashed,
    Expired,
    Job,
    Limits,
    NotAnswered,
    Overloaded,
    Pool,
    TooLarge,
    Unanswered,
)

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
QUADS = "".join(
    f"<http://e/{i}> <http://e/next> <http://e/{i + 1}> <http://g/{i % 2}> .\n"
    f'<http://e/{i}> <{LABEL}> "n\\u00e9 {i}"@en <http://g/{i % 2}> .\n'
    f'<http://e/a> <http://e/p> "both" <http://g/{i % 2}> .\n'
    for i in range(300)
).encode()
ALL = "SELECT * { ?s ?p ?o }"
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PATH = "SELECT (COUNT(*) AS ?n) { ?a (<http://e/next>|^<http://e/next>)* ?b . ?c ?d ?e . ?f ?g ?h }"
BOMB = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f BIND("
    + 'REPLACE(' * 9 + 'STR(?a)' + ', "(.*)*e", "$1ee$1ee")' * 9
    + ' AS ?x) FILTER(REGEX(?x, "z$")) }'
)  # fmt: skip
PLAN = "SELECT * {" + " . ".join(f"?a{i} ?b{i} ?a{i + 1}" for i in range(200)) + "}"
HUNGRY = "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY STR(?i)"
QUICK = Limits(seconds=0.5)


def run(
    test: Callable[[Pool], Awaitable[None]], limits: Limits = QUICK, workers: int = 2
) -> list[int]:
    """Run a test with a pool, see that nothing is left of it, and give the pids there were."""

    async def inside() -> list[int]:
        async with Pool(QUADS, workers, limits) as pool:
            pids = [*pool.alive, pool.zygote or 0]
            assert workers + 1 == len({pid for pid in pids if pid})
            await test(pool)
            pids += [*pool.alive, pool.zygote or pids[-1]]
            closing = time.monotonic()
        assert time.monotonic() - closing < 1
        return pids

    pids = asyncio.run(inside())
    assert [] == [pid for pid in pids if not gone(pid)]
    return pids


def gone(pid: int, seconds: float = 0.5) -> bool:
    """Whether a process ends in time; one that only waits for init to take note has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.005)
    return False


def select(
    query: str, format: str = "json", default: tuple[str, ...] = (), named: tuple[str, ...] = ()
) -> Job:
    return Job(query, "SELECT", format, default, named)


def in_process(query: str, shape: ox.QueryResultsFormat) -> bytes | None:
    found = evaluating.load(QUADS).query(query)
    assert not isinstance(found, ox.QueryTriples)
    return found.serialize(format=shape)


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_rows_are_those_of_the_engine(format: str) -> None:
    """Each format of rows is what pyoxigraph writes in process, and the rows are counted."""
    shape = evaluating.ROW_FORMATS[format]

    async def test(pool: Pool) -> None:
        answer = await pool.ask(select(ALL, format))
        assert in_process(ALL, shape) == answer.body
        assert 601 == answer.rows
        assert 0 < answer.seconds < 0.5
        truth = await pool.ask(Job("ASK {}", "ASK", format))
        assert in_process("ASK {}", shape) == truth.body
        assert truth.rows is None

    run(test)


@pytest.mark.parametrize("format", RDF_FORMATS)
def test_graphs_are_those_of_the_engine(format: str) -> None:
    """Each format of graphs holds the triples that pyoxigraph finds in process."""
    query = "CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o }"
    expected = set(evaluating.load(QUADS).query(query, prefixes=PREFIXES))  # type: ignore[arg-type]

    async def test(pool: Pool) -> None:
        answer = await pool.ask(Job(query, "CONSTRUCT", format))
        found = ox.parse(answer.body, format=RDF_FORMATS[format])
        assert expected == {quad.triple for quad in found}
        assert 300 == answer.rows
        one = await pool.ask(Job("DESCRIBE <http://e/7>", "DESCRIBE", format))
        assert 2 == one.rows

    run(test)


def test_only_prefixes_in_use_are_declared() -> None:
    """Turtle and RDF/XML declare the prefixes that they use, in one order."""

    async def test(pool: Pool) -> None:
        query = "CONSTRUCT { <http://e/1> rdfs:label ?o ; a skos:Concept } { <http://e/1> ?p ?o }"
        turtle = (await pool.ask(Job(query, "CONSTRUCT", "ttl"))).body.decode().splitlines()
        assert ["rdfs:", "skos:"] == [s.split()[1] for s in turtle if s.startswith("@prefix")]
        xml = (await pool.ask(Job(query, "CONSTRUCT", "rdfxml"))).body
        assert 3 == xml.count(b"xmlns:")

    run(test)


def test_the_default_graph_is_the_union_and_holds_a_triple_once() -> None:
    """A triple of two graphs counts once; FROM and the request's graphs take the union's place."""
    one, other = "http://g/0", "http://g/1"
    both = 'SELECT ?s { ?s ?p "both" }'
    chain = "SELECT ?s %s { ?s <http://e/next> ?o }"
    homes = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"

    async def test(pool: Pool) -> None:
        async def rows(
            query: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()
        ) -> int | None:
            return (await pool.ask(select(query, "json", default, named))).rows

        assert 1 == await rows(both)
        assert 300 == await rows(chain % "")
        assert 150 == await rows(chain % f"FROM <{one}>")
        assert 0 == await rows(chain % f"FROM NAMED <{one}>")
        assert 150 == await rows(chain % "", default=(one,))
        assert 300 == await rows(chain % f"FROM <{one}>", default=(one, other))
        assert 0 == await rows(chain % "", named=(one,))
        assert 2 == await rows(homes)
        assert 1 == await rows(homes, named=(one,))
        assert 0 == await rows(homes, default=(one,))

    run(test)


def test_a_query_that_is_not_sparql_is_told_line_and_column() -> None:
    """What the engine says is one line that names the place."""

    async def test(pool: Pool) -> None:
        with pytest.raises(NotAnswered, match=r"^line 2, column 9: expected [^\n]+$"):
            await pool.ask(select("SELECT * {\n ?s ?p }"))
        with pytest.raises(NotAnswered, match="line 1, column 31: the SELECT overrides"):
            await pool.ask(select("SELECT (?x+1 AS ?x) {?x ?y ?z}"))
        with pytest.raises(NotAnswered, match="custom function <ftp://f> is not supported"):
            await pool.ask(select("SELECT (<ftp://f>(1) AS ?x) {}"))

    run(test)


@pytest.mark.parametrize(
    ("job", "says"),
    [
        (Job("ASK {}", "SELECT", "json"), "another form"),
        (Job("CONSTRUCT WHERE { ?s ?p ?o }", "SELECT", "json"), "with a graph"),
        (Job("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT", "csv"), "holds rows"),
        (Job(ALL, "SELECT", "ttl"), "holds triples"),
        (Job('SELECT ("\\u0001" AS ?x) {}', "SELECT", "xml"), "XML cannot hold"),
        (Job('SELECT ("\ud800" AS ?x) {}', "SELECT", "xml"), "surrogates"),
        (
            Job('CONSTRUCT { <a:b> <http://e/1> "x" } {}', "CONSTRUCT", "rdfxml"),
            "RDF/XML cannot name",
        ),
    ],
)
def test_what_a_format_cannot_hold_is_refused(job: Job, says: str) -> None:
    """Nothing is answered in another form than was asked for, or in XML that no parser reads."""

    async def test(pool: Pool) -> None:
        with pytest.raises(NotAnswered, match=says):
            await pool.ask(job)

    run(test, workers=1)


@pytest.mark.parametrize(
    "query", [PRODUCT, PATH, BOMB, PLAN], ids=["product", "path", "bomb", "plan"]
)
def test_a_query_without_end_is_ended(query: str) -> None:
    """It is told within half a second of the limit, its process is gone, and a new one is there."""

    async def test(pool: Pool) -> None:
        before = pool.alive
        started = time.monotonic()
        with pytest.raises(Expired, match=r"0.5 s, which is the limit"):
            await pool.ask(select(query))
        assert 0.5 <= time.monotonic() - started < 1.0
        await asyncio.sleep(0.3)
        (ended,) = set(before) - set(pool.alive)
        assert gone(ended, 0.1)
        assert 2 == len(pool.alive)
        assert 601 == (await pool.ask(select(ALL))).rows

    run(test)


def test_a_query_ends_even_where_the_server_is_held_up() -> None:
    """A worker keeps to its deadline by itself, whatever the server's loop does meanwhile."""

    async def test(pool: Pool) -> None:
        (busy,) = pool.alive
        task = asyncio.create_task(pool.ask(select(PRODUCT)))
        await asyncio.sleep(0.1)
        time.sleep(1)  # the loop is held up on purpose
        assert gone(busy, 0.05)
        with pytest.raises(Expired):
            await task
        assert 601 == (await pool.ask(select(ALL))).rows

    run(test, workers=1)


def test_a_query_that_takes_memory_is_ended_and_others_go_on() -> None:
    """It is told that memory is the bound; another query is answered meanwhile."""

    async def test(pool: Pool) -> None:
        task = asyncio.create_task(pool.ask(select(HUNGRY)))
        await asyncio.sleep(0.05)
        assert 601 == (await pool.ask(select(ALL))).rows
        with pytest.raises(TooLarge, match="memory") as told:
            await task
        assert ("memory", 64 << 20) == (told.value.bound, told.value.limit)
        assert 601 == (await pool.ask(select(ALL))).rows

    run(test, Limits(seconds=20, memory=64 << 20))


def test_an_answer_past_a_bound_is_never_shortened() -> None:
    """It is told which bound, for rows, triples and bytes; one that fits is whole."""
    graph = "CONSTRUCT WHERE { ?s ?p ?o }"

    async def test(pool: Pool) -> None:
        assert 600 == (await pool.ask(select(ALL + " LIMIT 600"))).rows
        for job in (select(ALL), Job(graph, "CONSTRUCT", "nt")):
            with pytest.raises(TooLarge, match=r"more than 600 rows; .* LIMIT") as told:
                await pool.ask(job)
            assert "rows" == told.value.bound

    async def by_bytes(pool: Pool) -> None:
        assert 2 == (await pool.ask(select(ALL + " LIMIT 2"))).rows
        for job in (select(ALL), Job(graph, "CONSTRUCT", "nt")):
            with pytest.raises(TooLarge, match=r"more than 4,096 bytes; .* LIMIT") as told:
                await pool.ask(job)
            assert "bytes" == told.value.bound

    run(test, Limits(rows=600))
    run(by_bytes, Limits(size=4096))


def test_a_large_answer_arrives_whole() -> None:
    """Megabytes pass through the socket in pieces."""
    query = "SELECT * { ?a <http://e/next> ?b . ?c <http://e/next> ?d }"

    async def test(pool: Pool) -> None:
        answer = await pool.ask(select(query, "tsv"))
        assert 90_000 == answer.rows
        assert 90_001 == answer.body.count(b"\n")

    run(test, Limits())


def test_a_worker_that_is_killed_is_told_and_replaced() -> None:
    """The query of a worker that is killed is Crashed, with the signal; the next one works."""

    async def test(pool: Pool) -> None:
        task = asyncio.create_task(pool.ask(select(PRODUCT)))
        await asyncio.sleep(0.1)
        (busy,) = pool.alive
        os.kill(busy, signal.SIGKILL)
        with pytest.raises(Crashed, match=r"SIGKILL"):
            await task
        assert 601 == (await pool.ask(select(ALL))).rows
        os.kill(pool.alive[0], signal.SIGKILL)  # an idle one is nobody's crash
        await asyncio.sleep(0.1)
        assert 601 == (await pool.ask(select(ALL))).rows
        with pytest.raises(Crashed, match="SIGSEGV"):
            await pool.ask(select("SELECT * " + "{" * 3000 + "}" * 3000))
        assert 601 == (await pool.ask(select(ALL))).rows

    run(test, Limits(seconds=5), workers=1)


def test_no_query_reaches_a_listener() -> None:
    """SERVICE and LOAD find no network, even where no gate stands before them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

        async def test(pool: Pool) -> None:
            with pytest.raises(NotAnswered, match="not in this graph"):
                await pool.ask(select(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))
            silent = await pool.ask(select(f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}"))
            assert silent.rows == 1
            with pytest.raises(NotAnswered):
                await pool.ask(select(f"LOAD <{url}>"))
            with pytest.raises(NotAnswered):
                await pool.ask(select("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o } LOAD"))
            files = await pool.ask(select("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"))
            assert 0 == files.rows

        run(test)
        with pytest.raises(TimeoutError):
            listener.accept()


CONFINED = """
import os, socket, sys
import pyoxigraph as ox
from sco_graph.web import worker
from sco_graph.web.evaluating import Limits

def serve(link, store, limits):
    tried = {
        "read": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "write": lambda: os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY),
        "write to what is open": lambda: os.ftruncate(0, 1),
        "socket": socket.socket,
        "pair": socket.socketpair,
        "pipe": os.pipe,
        "dup": lambda: os.dup(0),
        "after a close": lambda: (os.close(2), os.open("/etc/passwd", os.O_RDONLY)),
        "LOAD": lambda: store.update("LOAD <%s>" % sys.argv[2]),
    }
    for name, act in tried.items():
        try:
            act()
            link.sendall(f"{name} is possible\\n".encode())
        except OSError:
            pass
    held = sorted(n for n in range(64) if alive(n))
    link.sendall(f"done {held}\\n".encode())

def alive(descriptor):
    try:
        return bool(os.fstat(descriptor))
    except OSError:
        return False

worker.serve = serve
ours, theirs = socket.socketpair()
if os.fork() == 0:
    worker._begin(theirs.fileno(), os.open(os.devnull, os.O_RDWR), ox.Store(), Limits())
    os._exit(0)
theirs.close()
while said := ours.recv(4096):
    sys.stdout.write(said.decode())
"""


def test_a_worker_can_open_nothing(tmp_path: Path) -> None:
    """Python code of a worker itself finds no file, socket or pipe, not after a close either."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        asked = [sys.executable, "-c", CONFINED, str(tmp_path / "written"), url]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True)
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()

    assert "done [0, 1, 3]\n" == done.stdout
    assert [] == list(tmp_path.iterdir())


def test_a_worker_holds_its_socket_and_nothing_else() -> None:
    """Three ends of /dev/null and one socket; limits of zero; no privileges to gain."""

    async def test(pool: Pool) -> None:
        for pid in pool.alive:
            folder = Path(f"/proc/{pid}")
            held = {p.name: os.readlink(p).split(":")[0] for p in (folder / "fd").iterdir()}
            assert {"0": "/dev/null", "1": "/dev/null", "2": "/dev/null", "3": "socket"} == held
            limits = (folder / "limits").read_text().splitlines()
            zero = {s[:26].strip() for s in limits if s[26:].split()[:2] == ["0", "0"]}
            assert {"Max open files", "Max file size", "Max core file size"} <= zero
            assert "NoNewPrivs:\t1" in (folder / "status").read_text()
            if os.geteuid() == 0:
                assert os.readlink("/proc/self/ns/net") != os.readlink(folder / "ns/net")

    if not Path("/proc/self/fd").exists():
        pytest.skip("this system has no /proc, so nothing was seen of the worker")
    run(test)


def test_the_queue_is_bounded() -> None:
    """Past the queue a query is refused at once, and is told when to ask again."""

    async def test(pool: Pool) -> None:
        tasks = [asyncio.create_task(pool.ask(select(PRODUCT))) for _ in range(4)]
        await asyncio.sleep(0.05)
        started = time.monotonic()
        with pytest.raises(Overloaded, match="2 queries wait already; ask again in 1 s") as told:
            await pool.ask(select(ALL))
        assert time.monotonic() - started < 0.02
        assert 1 == told.value.retry_after
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert [Expired, Expired] == [type(end) for end in ends[:2]]
        assert {Expired, Overloaded} >= {type(end) for end in ends[2:]}
        assert 601 == (await pool.ask(select(ALL))).rows

    run(test, Limits(seconds=0.5, queue=2))


def test_who_waits_past_the_deadline_is_told() -> None:
    """A query that no worker took in time is refused, and the pool goes on."""

    async def test(pool: Pool) -> None:
        pool.limits = Limits(seconds=0.2)
        taken = pool._idle.pop()
        with pytest.raises(Overloaded, match="all workers are busy"):
            await pool.ask(select(ALL))
        pool._idle.append(taken)
        assert 601 == (await pool.ask(select(ALL))).rows

    run(test, workers=1)


def test_who_leaves_takes_his_worker_with_him() -> None:
    """Cancelling ends the process at once; one that only waited costs no worker."""

    async def test(pool: Pool) -> None:
        (first,) = pool.alive
        task = asyncio.create_task(pool.ask(select(PRODUCT)))
        waits = asyncio.create_task(pool.ask(select(PRODUCT)))
        await asyncio.sleep(0.1)
        waits.cancel()
        task.cancel()
        ends = await asyncio.gather(task, waits, return_exceptions=True)
        assert [asyncio.CancelledError] * 2 == [type(end) for end in ends]
        await asyncio.sleep(0.1)
        assert gone(first, 0.1)
        assert first not in pool.alive
        assert 601 == (await pool.ask(select(ALL))).rows

    run(test, Limits(seconds=10), workers=1)


def test_short_queries_all_get_their_own_answer() -> None:
    """200 queries at once through two workers, each with its own rows, and no worker is lost."""

    async def test(pool: Pool) -> None:
        before = pool.alive

        async def one(i: int) -> Answer:
            return await pool.ask(select(f"SELECT * {{ <http://e/{i}> rdfs:label ?o }}", "tsv"))

        found = await asyncio.gather(*(one(i) for i in range(200)))
        assert [f'?o\n"né {i}"@en\n' for i in range(200)] == [a.body.decode() for a in found]
        assert before == pool.alive

    run(test, Limits(queue=200))


def test_who_waits_longest_is_next() -> None:
    """Those who ask again and again do not get in between, and who leaves loses no worker."""

    async def test(pool: Pool) -> None:
        order: list[int] = []

        async def one(i: int) -> None:
            await pool.ask(select(ALL + " LIMIT 1"))
            order.append(i)

        tasks = [asyncio.create_task(one(i)) for i in range(20)]
        await asyncio.gather(*tasks)
        assert list(range(20)) == order

        for turns in range(30):  # cancelled at each point of the way, idle, waiting, given
            tasks = [asyncio.create_task(one(i)) for i in range(3)]
            for _ in range(turns):
                await asyncio.sleep(0)
            tasks[2].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await one(0)

    run(test, Limits(), workers=1)


def test_queries_of_death_leave_the_loop_free() -> None:
    """While 50 of them run and wait, the server's loop is never held for long."""

    async def test(pool: Pool) -> None:
        tasks = [asyncio.create_task(pool.ask(select(PRODUCT))) for _ in range(50)]
        longest = 0.0
        for _ in range(60):
            started = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - started - 0.01)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, Unanswered) for end in ends)
        assert longest < 0.1

    run(test)


def test_two_forks_at_once_are_two_workers() -> None:
    """Each ends by itself: none is taken for the other, and the zygote stays."""

    async def test(pool: Pool) -> None:
        zygote = pool._zygote
        assert zygote is not None
        one, other = await asyncio.gather(zygote.fork(), zygote.fork())
        other.end()
        await asyncio.wait_for(other.ended, 5)
        assert not one.ended.done()
        assert not zygote.ended
        one.end()
        await asyncio.wait_for(one.ended, 5)
        assert not zygote.ended

    run(test)


def test_a_zygote_that_ends_is_started_again() -> None:
    """Its workers end with it, idle and busy; the query that ran and the next one are answered."""
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STR(?a) > STR(?f)) }"

    async def test(pool: Pool) -> None:
        before = [*pool.alive, pool.zygote or 0]
        running = asyncio.create_task(pool.ask(select(slow)))
        await asyncio.sleep(0.05)
        os.kill(before[-1], signal.SIGKILL)
        assert 601 == (await pool.ask(select(ALL))).rows
        assert 1 == (await running).rows
        assert all(gone(pid) for pid in before)
        assert 2 == len(pool.alive)
        assert pool.zygote not in (None, before[-1])

    run(test, Limits(seconds=10))


def test_closing_tells_who_runs_and_who_waits() -> None:
    """Nobody hangs: all are told that the server stops, and nothing more is taken."""

    async def test(pool: Pool) -> None:
        tasks = [asyncio.create_task(pool.ask(select(PRODUCT))) for _ in range(5)]
        await asyncio.sleep(0.1)
        await pool.close()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert ["the server stops; ask again in 10 s"] * 5 == [str(end) for end in ends]
        assert {Overloaded} == {type(end) for end in ends}
        with pytest.raises(Overloaded, match="the server stops"):
            await pool.ask(select(ALL))

    run(test, Limits())


KILLED = """
import asyncio, sys
from sco_graph.web.workers import Job, Pool

async def main():
    async with Pool(b"<a:b> <a:c> <a:d> <a:e> .\\n" * 1, 2) as pool:
        forever = "ASK { " + " ".join(f"VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 9 }}" for i in range(20))
        forever += " FILTER(?v0 + ?v19 > 99) }"
        asyncio.ensure_future(pool.ask(Job(forever, "ASK", "json")))
        await asyncio.sleep(0.1)
        print(*pool.alive, pool.zygote, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_nothing_survives_a_server_that_is_killed() -> None:
    """A server ended by kill -9 takes zygote and workers with it, one in the midst of a query."""
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        pids = [int(pid) for pid in server.stdout.readline().split()]
        server.kill()

    assert 3 == len(pids)
    assert all(gone(pid) for pid in pids)


def test_a_graph_that_cannot_be_read_is_told() -> None:
    """The pool does not start, says why, and leaves no process."""

    async def start() -> None:
        async with Pool(b"<a:b> <a:c> .\n", 1, QUICK):
            pytest.fail("it started")

    with pytest.raises(GraphError, match=r"the graph cannot be asked: .*line 1"):
        asyncio.run(start())


TEXTS = st.text(st.sampled_from('"{}[],:\\ \n\r\tab<>&'), max_size=12)
VALUES = st.one_of(
    st.none(),
    st.builds(ox.Literal, TEXTS),
    st.builds(lambda text: ox.Literal(text, language="en"), TEXTS),
    st.builds(lambda text: ox.Literal(text, datatype=ox.NamedNode("a:b")), TEXTS),
)


@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=6))
def test_rows_are_counted_whatever_they_hold(
    rows: list[tuple[ox.Literal | None, ox.Literal | None]],
) -> None:
    """The number of rows is right in each format, and no XML reader loses a carriage return."""
    table = " ".join(f"({' '.join('UNDEF' if v is None else str(v) for v in row)})" for row in rows)
    query = f"SELECT * {{ VALUES (?x ?y) {{ {table} }} }}"
    store = ox.Store()

    for name, shape in evaluating.ROW_FORMATS.items():
        outcome, count, body = evaluating.answer(store, select(query, name), Limits())
        assert (evaluating.ANSWERED, len(rows)) == (outcome, count)
        if name in ("xml", "json"):
            parsed = ox.parse_query_results(body, format=shape)
            assert not isinstance(parsed, ox.QueryBoolean)
            assert rows == [tuple(row) for row in parsed]
