"""Why a query has no answer; the text of each is what a person is told.

Unanswered           any of these
 ├── Overloaded      too many wait; `retry_after` says in how many seconds to ask again
 ├── Expired         it ran until the deadline
 ├── TooLarge        its answer, or what it has to keep, is past a bound
 ├── NotAnswered     the engine refuses it, and says why
 └── Crashed         it ended its worker
"""

from __future__ import annotations

import signal

from sco_graph.errors import SCOGraphError


class Unanswered(SCOGraphError):
    """A query without an answer."""


class Overloaded(Unanswered):
    """More queries than the workers can take; ask again in `retry_after` seconds."""

    def __init__(self, reason: str, retry_after: int) -> None:
        super().__init__(f"{reason}; ask again in {retry_after} s")
        self.retry_after = retry_after


class Expired(Unanswered):
    """A query that ran until the deadline."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the query ran for {seconds:g} s, which is the limit, and was ended; "
            "ask for less, or say more of what you are looking for"
        )
        self.seconds = seconds


class TooLarge(Unanswered):
    """A query past a bound: `bound` is rows, bytes or memory, `limit` how much there may be."""

    def __init__(self, bound: str, limit: int) -> None:
        says = {
            "rows": f"the answer has more than {limit:,} rows; take fewer with LIMIT, or COUNT",
            "bytes": f"the answer has more than {limit:,} bytes; take less of it with LIMIT",
            "memory": f"the query needs more than {limit:,} bytes of memory; ask for less: "
            "rows are kept for ORDER BY, GROUP BY, DISTINCT and joins",
        }
        super().__init__(says[bound])
        self.bound, self.limit = bound, limit


class NotAnswered(Unanswered):
    """A query that the engine refuses."""


class Crashed(Unanswered):
    """A query that ended its worker; `ending` is its exit code, a signal below zero."""

    def __init__(self, ending: int | None) -> None:
        how = ""
        if ending is not None:
            how = f" ({signal.Signals(-ending).name if ending < 0 else f'exit {ending}'})"
        super().__init__(f"the engine failed on the query{how}; others go on. Ask it another way")
        self.ending = ending
