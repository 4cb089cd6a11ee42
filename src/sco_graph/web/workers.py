"""A fixed pool of workers that answer strangers' queries, each of which can be ended at once.

`sco_graph.web.worker` says what a worker is and what it cannot do, `unanswered` what can go
wrong. The server's loop only waits for sockets: no query ever holds it.
"""

from __future__ import annotations

import asyncio
import json
import math
import signal
import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sco_graph.errors import GraphError
from sco_graph.web import evaluating
from sco_graph.web.children import ENDING, Reply, Worker, Zygote
from sco_graph.web.evaluating import Job, Limits
from sco_graph.web.problems import Problem
from sco_graph.web.protocol import Asking, Told
from sco_graph.web.unanswered import (
    Crashed,
    Expired,
    NotAnswered,
    Overloaded,
    TooLarge,
    Unanswered,
)

__all__ = [
    "Answer", "Crashed", "Expired", "Job", "Limits", "NotAnswered", "Overloaded", "Pool",
    "TooLarge", "Unanswered",
]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A whole answer: its bytes, its rows or triples (None for ASK), the seconds it took."""

    body: bytes
    rows: int | None
    seconds: float
    told: Told


class Pool:
    """`workers` processes that answer over N-Quads; `async with` it, or `start` and `close`.

    The default graph is the union of all graphs, in which each triple is once.
    """

    def __init__(self, quads: bytes, workers: int, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._quads, self._size = quads, workers
        self._zygote: Zygote | None = None
        self._starting = asyncio.Lock()
        self._idle: deque[Worker] = deque()
        self._queue: deque[asyncio.Future[Worker]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def alive(self) -> list[int]:
        """The pids of the workers that are not gone."""
        return self._zygote.workers if self._zygote else []

    @property
    def zygote(self) -> int | None:
        """The pid of the process that holds the graph, if there is one."""
        return self._zygote.pid if self._zygote and not self._zygote.ended else None

    async def start(self) -> None:
        """Start all processes; GraphError where the quads cannot be read or nothing can start."""
        try:
            zygote = await self._running()
            for _ in range(self._size):
                self._welcome(await zygote.fork())
        except (EOFError, OSError):
            await self.close()
            raise GraphError("no worker can be started to answer queries") from None
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End all processes within a second; who waits is told that it is over."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for waiting in self._queue:
            if not waiting.done():
                waiting.set_exception(self._overloaded("the server stops"))
        while self._idle:
            self._idle.pop().end()
        if self._zygote:
            await self._zygote.close()

    async def ask(self, work: Job | Asking) -> Answer:
        """Return the whole answer to a query, or raise Unanswered; if cancelled, end its worker.

        What is asked by a stranger passes the gate in the worker: it raises Problem.
        """
        for again in (True, False):
            worker, whole, started = await self._take(), False, time.perf_counter()
            try:
                async with asyncio.timeout(self.limits.seconds):
                    reply = await worker.ask(work)
                whole = True
                seconds = time.perf_counter() - started
                break
            except TimeoutError:
                raise Expired(self.limits.seconds) from None
            except (EOFError, OSError):
                ending = await self._ending(worker)
                # Where its parent ended, or it ended before it was asked, the query did nothing.
                if not again or ending is not None or self._closed:
                    raise self._told(ending) from None
            finally:
                if whole and not self._closed and not worker.ended.done():
                    self._give(worker)
                else:
                    worker.end()
        return self._answer(reply, seconds)

    def _answer(self, reply: Reply, seconds: float) -> Answer:
        outcome, body = reply.outcome, reply.body
        if outcome == evaluating.ANSWERED:
            told = Told(*json.loads(reply.told))
            return Answer(body, None if told.form == "ASK" else reply.rows, seconds, told)
        if outcome == evaluating.PROBLEM:
            raise Problem(*json.loads(body))
        if outcome == evaluating.REFUSED:
            raise NotAnswered(body.decode(errors="replace"))
        if outcome == evaluating.ROWS:
            raise TooLarge("rows", self.limits.rows)
        if outcome == evaluating.SIZE:
            raise TooLarge("bytes", self.limits.size)
        raise TooLarge("memory", self.limits.memory)

    def _told(self, ending: int | None) -> Unanswered:
        """Return what to tell of a query whose worker ended."""
        if self._closed:
            return self._overloaded("the server stops")
        if ending == -signal.SIGABRT:  # how the engine ends where it gets no memory
            return TooLarge("memory", self.limits.memory)
        if ending == -signal.SIGALRM:
            return Expired(self.limits.seconds)
        return Crashed(ending)

    def _overloaded(self, reason: str) -> Overloaded:
        return Overloaded(reason, max(1, math.ceil(self.limits.seconds)))

    async def _ending(self, worker: Worker) -> int | None:
        """Return how a worker ended, None where its parent did too and nobody knows."""
        done, _ = await asyncio.wait([worker.ended], timeout=ENDING)
        return worker.ended.result() if done else None

    async def _take(self) -> Worker:
        """Return an idle worker; Overloaded where too many wait, or this waits too long."""
        if self._closed:
            raise self._overloaded("the server stops")
        while self._idle:
            if (worker := self._idle.popleft()).ready:
                return worker
            worker.end()
        if len(self._queue) >= self.limits.queue:
            raise self._overloaded(f"{len(self._queue)} queries wait already")
        waiting: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._queue.append(waiting)
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await waiting
        except BaseException as error:
            if waiting in self._queue:
                self._queue.remove(waiting)
            elif waiting.done() and not waiting.cancelled() and not waiting.exception():
                self._give(waiting.result())  # it came in the moment in which this one left
            if isinstance(error, TimeoutError):
                raise self._overloaded("all workers are busy") from None
            raise

    def _give(self, worker: Worker) -> None:
        """Give a worker to who waits longest: who comes later does not get in between."""
        while self._queue:
            waiting = self._queue.popleft()
            if not waiting.done():
                waiting.set_result(worker)
                return
        self._idle.append(worker)

    def _welcome(self, worker: Worker) -> None:
        """Give a worker its first query, and have another take its place when it is gone."""
        worker.ended.add_done_callback(lambda _: self._replace())
        self._give(worker)

    def _replace(self) -> None:
        if not self._closed:
            task = asyncio.create_task(self._hire())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _hire(self) -> None:
        """Fork a worker; where that cannot be, try again until it can."""
        pause = 0.05
        while True:
            try:
                self._welcome(await (await self._running()).fork())
                return
            except (EOFError, OSError, GraphError):
                await asyncio.sleep(pause)
                pause = min(2 * pause, 2.0)

    async def _running(self) -> Zygote:
        """Return the zygote, started again if it ended."""
        async with self._starting:
            if self._zygote and not self._zygote.ended:
                return self._zygote
            if self._zygote:
                await self._zygote.close()
            self._zygote = Zygote(self.limits)
            try:
                await self._zygote.load(self._quads)
            except BaseException:
                self._zygote.ended = True
                await self._zygote.close()
                raise
            return self._zygote
