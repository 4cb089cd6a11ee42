"""The zygote and its workers as the server sees them: sockets to ask and to end them by."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from typing import NamedTuple, cast

from sco_graph.errors import GraphError
from sco_graph.web import worker as wire
from sco_graph.web.evaluating import Job, Limits
from sco_graph.web.protocol import Asking

ENDING = 0.5
"""Seconds that a process may take to end before it is ended the hard way."""
_STARTING = 10.0
"""Seconds that a fork may take on a machine that has much else to do."""
_PIECE = 1 << 18
"""Bytes that are read at a time."""
_MESSAGE = 1 << 20
"""Bytes of the longest message, or query that comes back."""


class Reply(NamedTuple):
    """What became of a query, how many rows, what the answer says of itself, the answer."""

    outcome: int
    rows: int
    told: bytes
    body: bytes


class Worker(asyncio.Protocol):
    """A worker as the server sees it; `ended` is set once it is gone, to how, if that is known."""

    def __init__(self, zygote: Zygote, serial: int, size: int) -> None:
        loop = asyncio.get_running_loop()
        self.pid = 0
        self.ended: asyncio.Future[int | None] = loop.create_future()
        self._zygote, self._serial = zygote, serial
        self._most = max(size, _MESSAGE)
        self._link: asyncio.Transport | None = None
        self._came = bytearray()
        self._reply: asyncio.Future[Reply] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the way to it."""
        self._link = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take what it says; it is ended where that is more than one reply to one query."""
        self._came += data
        if len(self._came) < wire.REPLY.size and not self._reply.done():
            return
        outcome, rows, told, body = wire.REPLY.unpack_from(self._came)
        start = wire.REPLY.size + told
        missing = start + body - len(self._came)
        if self._reply.done() or max(told, body) > self._most or missing < 0:
            self.end()
        elif missing == 0:
            came = bytes(self._came)
            self._reply.set_result(
                Reply(outcome, rows, came[wire.REPLY.size : start], came[start:])
            )
            self._came.clear()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio calls it so
        """Tell who waits that no more comes."""
        self._link = None
        if not self._reply.done():
            self._reply.set_exception(EOFError())

    async def hello(self) -> None:
        """Wait until it is ready; raises EOFError, OSError where it cannot be."""
        async with asyncio.timeout(_STARTING):
            self.pid = (await self._reply).rows

    async def ask(self, work: Job | Asking) -> Reply:
        """Return its whole reply; EOFError where it ends or says what it must not."""
        if self._link is None:
            raise EOFError
        self._reply = asyncio.get_running_loop().create_future()
        message = json.dumps((type(work).__name__, *work)).encode()
        self._link.write(wire.LENGTH.pack(len(message)) + message)
        return await self._reply

    @property
    def ready(self) -> bool:
        """Whether it still waits for a query."""
        return self._link is not None and not self.ended.done()

    def end(self) -> None:
        """End it at once, whatever it does."""
        self._zygote.kill(self._serial)
        if self._link:
            self._link.abort()


class Zygote:
    """The process that holds the graph and forks the workers; `ended` once it is gone."""

    def __init__(self, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # Not the user's folder on the path, and not in the terminal's group: its Ctrl-C
            # is for the server.
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-P", "-m", wire.__name__],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        ours.setblocking(False)
        self.pid, self.ended = self._process.pid, False
        self._limits, self._control = limits, ours
        self._workers: dict[int, Worker] = {}
        self._serial = 0
        self._reading: asyncio.Task[None] | None = None

    @property
    def workers(self) -> list[int]:
        """The pids of the workers that are not gone."""
        return [worker.pid for worker in self._workers.values() if worker.pid]

    async def load(self, quads: bytes) -> None:
        """Hand over the graph; GraphError where it cannot be read."""
        head = json.dumps(self._limits).encode()
        send = asyncio.get_running_loop().sock_sendall
        try:
            await send(self._control, wire.LENGTH.pack(len(head)) + head)
            await send(self._control, wire.LENGTH.pack(len(quads)))
            await send(self._control, quads)
            said = await _receive(self._control, wire.NOTICE.size)
            fault = await _receive(self._control, wire.NOTICE.unpack(said)[1])
        except (EOFError, OSError):
            raise GraphError("the process that holds the graph for queries cannot start") from None
        if fault:
            raise GraphError(f"the graph cannot be asked: {fault.decode()}")
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """Note which workers are gone, until this process is."""
        try:
            while True:
                said = await _receive(self._control, wire.NOTICE.size)
                serial, ending = wire.NOTICE.unpack(said)
                self._workers.pop(serial).ended.set_result(ending)
        except (EOFError, OSError):
            pass
        finally:
            self.ended = True
            for worker in self._workers.values():
                worker.ended.set_result(None)
            self._workers.clear()

    async def fork(self) -> Worker:
        """Return a new worker that is ready; raises EOFError, OSError where there can be none."""
        if self.ended:
            raise EOFError
        ours, theirs = socket.socketpair()
        self._serial += 1
        serial = self._serial  # another fork may begin before this one is told of
        worker = self._workers[serial] = Worker(self, serial, self._limits.size)
        try:
            with theirs:
                loop = asyncio.get_running_loop()
                await loop.create_connection(lambda: worker, sock=ours)
                command = wire.COMMAND.pack(wire.FORK, serial)
                socket.send_fds(self._control, [command], [theirs.fileno()])
            await worker.hello()
        except BaseException:
            worker.end()
            raise
        return worker

    def kill(self, serial: int) -> None:
        """Have a worker killed, if it is not gone."""
        if serial in self._workers:
            with contextlib.suppress(OSError):
                self._control.send(wire.COMMAND.pack(wire.KILL, serial))

    async def close(self) -> None:
        """End it, and with it all its workers."""
        try:
            if self._reading:
                self._reading.cancel()
                await asyncio.wait([self._reading])
            self._control.close()  # at which it ends its workers and itself
            async with asyncio.timeout(ENDING):
                while self._process.poll() is None:
                    await asyncio.sleep(0.005)
        except TimeoutError:
            pass
        finally:
            self._control.close()
            self._process.kill()
            self._process.wait()


async def _receive(link: socket.socket, length: int) -> bytes:
    """Return so many bytes of a socket; EOFError where it ends before."""
    loop, pieces = asyncio.get_running_loop(), []
    while length:
        piece = await loop.sock_recv(link, min(length, _PIECE))
        if not piece:
            raise EOFError
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)
