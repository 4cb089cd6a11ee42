"""How far work is: what is told of it, and the pace of work of which the whole is known."""

from __future__ import annotations

import time
from collections.abc import Callable

Tell = Callable[[str], None]
"""What is told how far a stage is."""


class Pace:
    """Tells how much of a whole is done, how fast, and when it will be."""

    def __init__(self, name: str, whole: int, tell: Tell) -> None:
        self._name, self._whole, self._tell = name, whole, tell
        self._began, self._done = time.monotonic(), 0

    def add(self, done: int) -> None:
        """Tell that so many more are done."""
        self._done += done
        rate = self._done / max(time.monotonic() - self._began, 1e-3)
        left = (self._whole - self._done) / rate
        self._tell(
            f"{self._name}: {self._done:,} of {self._whole:,} triples, "
            f"{100 * self._done // self._whole} %, {rate:,.0f} a second, {left:.0f} s left"
        )
