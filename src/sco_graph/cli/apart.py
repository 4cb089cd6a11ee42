"""Work on a store in a process of its own, so that it can be stopped whatever it does.

No signal stops an update that runs inside the engine; the end of its process does. Where memory
runs out the engine ends its process itself: this one stays, and says what happened.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar, cast

from sco_graph.cli import memory
from sco_graph.errors import GraphError, InputError, SCOGraphError
from sco_graph.store import damaged

T = TypeVar("T")

_FULL = ("memory allocation of", "bad_alloc")
"""What the engine says, in its two languages, when it ends its process for want of memory."""

_NO_MEMORY = 71
"""How a child ends for which there was not enough memory."""
_kept: list[Exception] = []
"""Errors of a child until its end: they hold what only the thread that made it may let go."""


def apart(work: Callable[[], T], folder: str, *, gently: bool = False) -> T:
    """Return what work on the store of a folder returns, or raise what it raises (of ours).

    It is done in a child process, whose memory has a bound. Ctrl-C ends it at once, or `gently`,
    when the engine has answered and temporary files are removed. Raises InputError where it ends
    otherwise. In a process that has threads already, the work is done there.
    """
    if _threads() > 1:  # a store was opened here before: a fork would wait for its threads
        return work()
    sys.stdout.flush()
    sys.stderr.flush()
    read, write = os.pipe()
    heard, told = os.pipe()
    alive, held = os.pipe()
    child = os.fork()
    if child == 0:
        for end in (read, heard, held):
            os.close(end)
        os._exit(_child(work, folder, (write, told, alive), gently))
    for end in (write, told, alive):
        os.close(end)
    try:
        with os.fdopen(read, "rb") as pipe, os.fdopen(heard, errors="replace") as engine:
            said = pipe.read()
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            last_words = engine.read()
    except BaseException:
        os.kill(child, signal.SIGTERM if gently else signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    finally:
        os.close(held)
    if status != 0 or not said:
        raise InputError(_why(folder, status, last_words))
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


def _child(
    work: Callable[[], object], folder: str, ends: tuple[int, int, int], gently: bool
) -> int:
    write, told, alive = ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    signal.signal(signal.SIGTERM, _stop if gently else signal.SIG_DFL)
    ends_with_parent(alive)
    _part_errors(told)
    memory.bind()
    try:
        try:
            result: object = work()
            sys.stdout.flush()
        except Exception as error:  # noqa: BLE001  # what is not expected is raised again
            _kept.append(error)
            result = _sent(error, folder)
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(result, pipe)
        sys.stderr.flush()
    except KeyboardInterrupt:
        return 130
    except MemoryError:  # where there is none to say so either
        return _NO_MEMORY
    except BaseException:  # noqa: BLE001  # the parent tells it
        import traceback

        traceback.print_exc()
        return 70
    return 0


def _sent(error: Exception, folder: str) -> Exception:
    """Return what to raise in the parent."""
    if isinstance(error, SCOGraphError):  # one with data of its own cannot be sent
        return (InputError if error.exit_code == InputError.exit_code else GraphError)(str(error))
    if isinstance(error, OSError):
        return error
    if type(error) is RuntimeError:  # the engine's
        return InputError(_said(folder, str(error)))
    raise error


def _stop(*_: object) -> NoReturn:
    """Stop what runs, once: what tidies up after it is not stopped."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _part_errors(told: int) -> None:
    """Have the engine's errors go to the parent, and ours where they went before."""
    with suppress(OSError):  # who started us may have closed the stream
        shown = os.dup(sys.__stderr__.fileno() if sys.__stderr__ else 2)
        sys.stderr = open(shown, "w", 1, "utf-8", "backslashreplace")  # noqa: SIM115  # to the end
    os.set_blocking(told, False)  # the parent reads it at the end
    os.dup2(told, 2)


def _why(folder: str, status: int, last_words: str) -> str:
    """Return why a child ended, in words."""
    if status in (-signal.SIGKILL, _NO_MEMORY) or any(words in last_words for words in _FULL):
        return _full(folder)
    how = signal.Signals(-status).name if status < 0 else f"exit {status}"
    words = last_words.strip().partition("\n")[0]
    return (
        f"{folder}: it ended before its time ({words or how}); what is in the store stays, "
        "run the command again"
    )


def _full(folder: str) -> str:
    had = memory.free()
    free = "" if had is None else f" ({had / 1e9:.1f} GB are free)"
    return (
        f"{folder}: there is not enough memory{free}, or the store is a damaged one, which takes "
        "all there is; what is in it stays: run the command again where more is free, or load "
        "its files into another folder"
    )


def _said(folder: str, said: str) -> str:
    """Return what the engine said of a store, and what to do."""
    first = said.partition("\n")[0]
    if "Corruption" not in said:  # the engine's word for damage
        return f"{folder}: {first}"
    return damaged(folder, first)
