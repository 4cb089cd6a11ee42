"""What can go wrong, and the exit code that the shell shows for it.

SCOGraphError                 anything this package raises on purpose
 ├── GraphError       exit 1  the graph is at fault: it fails its gate
 └── InputError       exit 2  what was given cannot be used
      ├── UsageError          a wrong option, parameter or question
      ├── SyntaxFault         a file that cannot be parsed; knows file and line
      ├── AmbiguousTerm       a term that fits several things; knows them
      └── StorageError        a folder or file that cannot be written
"""

from __future__ import annotations


class SCOGraphError(Exception):
    """Base of all errors raised here; `exit_code` is what a command ends with."""

    exit_code = 1


class GraphError(SCOGraphError):
    """The graph fails its gate, or a text fails its evidence."""


class InputError(SCOGraphError):
    """An argument or a file that cannot be used."""

    exit_code = 2


class UsageError(InputError):
    """An option, a parameter or a name that does not exist or does not fit."""


class SyntaxFault(InputError):
    """A file that cannot be parsed: `path`, `line` (from 1) and what is wrong."""

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem

    def __reduce__(self) -> tuple[type[SyntaxFault], tuple[str, int, str]]:
        return SyntaxFault, (self.path, self.line, self.problem)


class AmbiguousTerm(InputError):
    """A term that fits more than one thing; `candidates` are their IRIs."""

    def __init__(self, term: str, candidates: list[str], shown: list[str]) -> None:
        lines = "".join(f"\n  {text}" for text in shown)
        super().__init__(f'"{term}" fits {len(candidates)} things; name one of them:{lines}')
        self.term = term
        self.candidates = candidates


class StorageError(InputError):
    """A folder or file that cannot be written; what stood there is untouched."""
