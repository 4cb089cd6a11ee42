"""A stage of work in a process of its own, so that it can be stopped whatever it does.

No signal stops an update that runs inside the engine; the end of its process does.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from typing import TypeVar, cast

from sco_graph.errors import InputError, SCOGraphError

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Return what work returns, or raise what it raises (of ours), from a child process.

    Ctrl-C ends the child at once. Raises InputError where it ends otherwise. In a process
    that has threads already, the work is done there.
    """
    if _threads() > 1:  # a store was opened here before: a fork would wait for its threads
        return work()
    sys.stdout.flush()
    sys.stderr.flush()
    read, write = os.pipe()
    alive, held = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.close(held)
        os._exit(_child(work, write, alive))
    os.close(write)
    os.close(alive)
    try:
        with os.fdopen(read, "rb") as pipe:
            said = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    if status != 0 or not said:
        raise InputError(
            f"the stage ended before its time ({_how(status)}); what is in the store stays, "
            "run the command again"
        )
    result = pickle.loads(said)  # noqa: S301  # our own child wrote it
    if isinstance(result, SCOGraphError | OSError):
        raise result
    return cast("T", result)


def _threads() -> int:
    """Return how many threads this process has, those of the engine too (1 where none tells)."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def ends_with_parent(alive: int) -> None:
    """End this process when the one that started it has ended, however it did."""

    def wait() -> None:
        os.read(alive, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _child(work: Callable[[], object], write: int, alive: int) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ends_with_parent(alive)
    try:
        try:
            result: object = work()
        except (SCOGraphError, OSError) as error:
            result = error
        except RuntimeError as error:  # of the engine
            result = InputError(f"no store of this engine, or a damaged one ({error})")
        except MemoryError:
            result = InputError("there is not enough memory for it")
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(result, pipe)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  # the parent tells it
        import traceback

        traceback.print_exc()
        return 70
    return 0


def _how(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit {status}"
