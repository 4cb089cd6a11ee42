"""The child that answers a stranger's query, and the parent that forks it.

    server ──control── zygote ──fork── worker ──its own socket── server

The zygote, `python -m sco_graph.web.worker`, reads the graph once and forks a worker when it
is told to: that takes a millisecond, because the memory is shared. A worker opens nothing:
it has its socket and may have no other descriptor, so no query reaches a file or a network.
Whatever ends the server ends the zygote, and whatever ends the zygote ends the workers.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Collection

import pyoxigraph as ox

from sco_graph.web import protocol
from sco_graph.web.evaluating import ANSWERED, PROBLEM, Job, Limits, answer, load
from sco_graph.web.problems import Problem
from sco_graph.web.protocol import Asking, Told

LENGTH = struct.Struct("!Q")
"""Before a message to the zygote or a worker: how many bytes of it come."""
COMMAND = struct.Struct("!cI")
"""To the zygote: what to do, and to which worker (a serial number; pids are used again)."""
FORK, KILL = b"F", b"K"
NOTICE = struct.Struct("!Ii")
"""From the zygote: which worker ended, and its exit code, or the signal below zero. Serial 0
is the zygote itself: the graph is loaded, or a message of so many bytes says why not."""
REPLY = struct.Struct("!BQIQ")
"""From a worker: what became of the query, how many rows, how many bytes of what the answer says
of itself, how many bytes of it. The first, before any query, says that it is ready, and its pid
for rows."""
WORK: dict[str, type[Job] | type[Asking]] = {kind.__name__: kind for kind in (Job, Asking)}
"""What a worker can be told to do, by its name in a message."""

_GRACE = 0.3
"""Seconds past the deadline after which a worker ends itself, should the server be too busy."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


def serve(link: socket.socket, store: ox.Store, limits: Limits) -> None:
    """Answer queries one after another until the other side closes."""
    graphs = {g.value for g in store.named_graphs() if isinstance(g, ox.NamedNode)}
    link.sendall(REPLY.pack(ANSWERED, os.getpid(), 0, 0))
    while head := link.recv(LENGTH.size, socket.MSG_WAITALL):
        # The alarm has no handler, so it ends the process whatever the engine does.
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE)
        kind, *said = json.loads(link.recv(LENGTH.unpack(head)[0], socket.MSG_WAITALL))
        outcome, rows, told, body = _done(WORK[kind](*said), store, graphs, limits)
        link.sendall(REPLY.pack(outcome, rows, len(told), len(body)) + told + body)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _done(
    work: Job | Asking, store: ox.Store, graphs: Collection[str], limits: Limits
) -> tuple[int, int, bytes, bytes]:
    """Return what became of it, the number of rows, what the answer says of itself, and it."""
    if isinstance(work, Job):
        job, told = work, Told(work.format, work.form)
    else:
        try:
            asked = protocol.ask(work, graphs)
        except Problem as problem:
            said = problem.status, problem.title, problem.detail, problem.headers
            return PROBLEM, 0, b"", json.dumps(said).encode()
        job, told = asked.job, asked.told
    outcome, rows, body = answer(store, job, limits)
    return outcome, rows, json.dumps(told).encode(), body


def _begin(link: int, null: int, store: ox.Store, limits: Limits) -> None:
    """Give up in a fresh fork what a query does not need, and serve."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory is short, this process goes first
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.dup2(link, 3)
    os.closerange(4, 1 << 16)
    os.nice(5)  # after the server, which has others to answer
    _dies_with_its_parent()
    used = _size_of_this()
    if used:
        lower(resource.RLIMIT_AS, used + limits.memory)
    # No file, socket or pipe, whatever is closed meanwhile; no process; nothing written; no dump.
    for name in ("NOFILE", "NPROC", "FSIZE", "CORE"):
        lower(getattr(resource, f"RLIMIT_{name}"), 0)
    with socket.socket(fileno=3) as own:
        serve(own, store, limits)


def lower(name: int, value: int) -> None:
    """Lower a limit of this process for good."""
    hard = resource.getrlimit(name)[1]
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(name, (most, most))


def _size_of_this() -> int:
    """Return the bytes of address space in use, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * _PAGE
    except OSError:
        return 0


# ---- the zygote


def _dies_with_its_parent() -> None:
    """Have the kernel end this process when its parent does (Linux)."""
    parent = os.getppid()
    _prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it ended in between
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        call = ctypes.CDLL(None).prctl
        call(option, *(ctypes.c_ulong(number) for number in (value, 0, 0, 0)))


def _leave_the_network() -> None:
    """Move to a network namespace with nothing in it, where that is permitted (Linux)."""
    if sys.platform == "linux":
        import ctypes

        unshare = ctypes.CDLL(None).unshare
        network, user = 0x40000000, 0x10000000
        if unshare(network) != 0:
            unshare(network | user)


class _Zygote:
    """The parent of the workers; it does what `control` says until that closes."""

    def __init__(self, control: socket.socket, store: ox.Store, limits: Limits) -> None:
        self._control, self._store, self._limits = control, store, limits
        self._serials: dict[int, int] = {}  # by pid
        self._null = os.open(os.devnull, os.O_RDWR)

    def run(self) -> None:
        """Fork, kill and report until the control socket closes; then end all workers."""
        woken, wake = socket.socketpair()
        woken.setblocking(False)
        wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(woken, select.POLLIN)
        open_ = True
        while open_:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if woken.fileno() in ready:
                woken.recv(4096)
                self._reap()
            if self._control.fileno() in ready:
                open_ = self._obey()
        for pid in self._serials:
            os.kill(pid, signal.SIGKILL)
        for pid in self._serials:
            os.waitpid(pid, 0)

    def _obey(self) -> bool:
        """Do what one command says; False where there are no more."""
        data, links, _, _ = socket.recv_fds(self._control, COMMAND.size, 1)
        if len(data) < COMMAND.size:
            return False
        command, serial = COMMAND.unpack(data)
        if command == FORK:
            self._fork(serial, links[0])
        for pid, other in self._serials.items():
            if command == KILL and other == serial:
                os.kill(pid, signal.SIGKILL)
        return True

    def _fork(self, serial: int, link: int) -> None:
        try:
            pid = os.fork()
        except OSError:
            self._control.sendall(NOTICE.pack(serial, 1))
            pid = -1
        if pid == 0:
            status = 1
            try:
                _begin(link, self._null, self._store, self._limits)
                status = 0
            finally:
                os._exit(status)
        os.close(link)
        if pid > 0:
            self._serials[pid] = serial

    def _reap(self) -> None:
        """Report the workers that ended."""
        while self._serials:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            self._control.sendall(NOTICE.pack(self._serials.pop(pid), code))


def main() -> None:
    """Be the zygote: the standard input is the control socket, first the limits, then the graph."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=0)
    with control.makefile("rb") as stream:
        limits = Limits(*json.loads(stream.read(LENGTH.unpack(stream.read(LENGTH.size))[0])))
        quads = stream.read(LENGTH.unpack(stream.read(LENGTH.size))[0])
    try:
        store = load(quads)
    except (SyntaxError, ValueError, OSError) as error:
        message = str(error).encode()
        control.sendall(NOTICE.pack(0, len(message)) + message)
        return
    del quads
    _leave_the_network()
    _dies_with_its_parent()
    _prctl(38, 1)  # PR_SET_NO_NEW_PRIVS
    lower(resource.RLIMIT_CORE, 0)
    gc.collect()
    gc.freeze()  # what the workers share stays as it is
    control.sendall(NOTICE.pack(0, 0))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _Zygote(control, store, limits).run()
    os._exit(0)  # to free a large graph piece by piece takes half a second


if __name__ == "__main__":
    main()
