"""How far work is: what is told of it, and a file that tells how far it is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO

Tell = Callable[[str], None]
"""What is told how far a stage is."""


class Watched:
    """A file that tells how far it is read, once a second."""

    def __init__(self, file: IO[bytes], name: str, at: Callable[[], int], size: int, tell: Tell):
        self._file, self._name, self._at, self._size, self._tell = file, name, at, size, tell
        self._began = self._told = time.monotonic()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        now = time.monotonic()
        if now - self._told >= 1 and (at := self._at()):
            self._told, took = now, now - self._began
            left = took * (self._size - at) / at
            rate = at / took / (1 << 20)
            done = 100 * at // max(self._size, 1)
            self._tell(f"{self._name}: {done} %, {rate:.0f} MiB/s, {left:.0f} s left")
        return self._file.read(size)
