"""A bound for the memory of a process: what the machine has free, so that others keep theirs.

Linux tells what is free, and counts against the bound what a process may write to: not the
addresses that threads and files only reserve, which grow with the machine's cores. Elsewhere
nothing is bound.
"""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator

PROC, GROUPS = "/proc", "/sys/fs/cgroup"
_SPARE = 1 << 30
"""Bytes that are counted and never touched: the stacks of the engine's threads, its buffers."""
_KEPT = 10
"""What part of the free memory is kept for others: a tenth."""


def bind() -> None:
    """Bound the memory of this process, once for all; where it is short, this one ends first."""
    available = free()
    if available is None:
        return
    with contextlib.suppress(OSError, ValueError):
        _write("self/oom_score_adj", "1000")
    with contextlib.suppress(OSError, ValueError):
        held = int(_read(f"{PROC}/self/statm").split()[5]) * resource.getpagesize()
        most = held + available - available // _KEPT + _SPARE
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        there = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_DATA, (min([most, *there]), hard))


def free() -> int | None:
    """Return how many bytes can be had, of the machine and of its groups; None where none tells."""
    try:
        lines = _read(f"{PROC}/meminfo").splitlines()
        [kilobytes] = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
        return min([int(kilobytes) << 10, *_of_groups()])
    except (OSError, ValueError):
        return None


def _of_groups() -> Iterator[int]:
    """Yield what the groups of this process may still take, each and those around it."""
    for line in _read(f"{PROC}/self/cgroup").splitlines():
        _, kinds, path = line.split(":", 2)
        if kinds == "":
            root, names = GROUPS, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in kinds.split(","):
            root = f"{GROUPS}/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        parts = [part for part in path.split("/") if part not in ("", "..")]
        # In a container the path can be the one outside: what is missing says nothing.
        for depth in range(len(parts) + 1):
            with contextlib.suppress(OSError, ValueError):
                yield _of_group("/".join((root, *parts[:depth])), *names)


def _of_group(folder: str, limit: str, used: str, cached: str) -> int:
    """Return what a group may still take; ValueError where it has no limit (`max`)."""
    most, taken = int(_read(f"{folder}/{limit}")), int(_read(f"{folder}/{used}"))
    for line in _read(f"{folder}/memory.stat").splitlines():
        name, _, size = line.partition(" ")
        if name == cached:
            taken -= int(size)  # the system takes it back when it is wanted
    return max(most - taken, 0)


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _write(name: str, text: str) -> None:
    with open(os.path.join(PROC, name), "w", encoding="utf-8") as file:
        file.write(text)
