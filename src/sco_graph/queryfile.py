"""A query file: SPARQL that says in its header what it asks, of what, and how it is bound.

    # Which states are members of the organization?
    # tags: participation, time
    # param organization thing: the organization; by default the one that the graph is about
    # at: yes

The first comment line is the summary; `key: value` lines follow; a blank comment line or
the first line of SPARQL ends the header. The prefixes of the project need no PREFIX lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sco_graph.errors import InputError

_FIELD = re.compile(r"#\s*([a-z][a-z ]*[a-z])\s*:\s*(.*)")
_PARAMETER = re.compile(r"#\s*param\s+(\w+)\s+(\w+)(?:\s+as\s+(\w+))?(?:\s*=\s*(\S+))?\s*:\s*(.*)")
TYPES = ("thing", "language", "text", "integer", "day")


class Parameter(NamedTuple):
    """A value that a question is asked with: its name, type, variable, default and meaning."""

    name: str
    type: str
    variable: str
    default: str | None
    text: str


class QueryFile(NamedTuple):
    """A query with its name, its header and its text."""

    name: str
    summary: str
    text: str
    fields: Mapping[str, str] = {}
    parameters: tuple[Parameter, ...] = ()

    @property
    def declared(self) -> bool:
        """Whether the header says anything beside the summary."""
        return bool(self.fields or self.parameters)

    def list(self, key: str) -> list[str]:
        """Return a comma-separated field of the header."""
        return [part.strip() for part in self.fields.get(key, "").split(",") if part.strip()]


def parse(name: str, text: str) -> QueryFile:
    """Read a query's header; InputError where a parameter has an unknown type."""
    summary, fields, parameters = "", {}, []
    for raw in text.splitlines():
        if not raw.startswith("#"):
            break
        found = _PARAMETER.match(raw)
        if found:
            parameter = Parameter(found[1], found[2], found[3] or found[1], found[4], found[5])
            if parameter.type not in TYPES:
                raise InputError(
                    f"{name}: parameter {parameter.name} has the unknown type "
                    f"{parameter.type}. Types: {', '.join(TYPES)}"
                )
            parameters.append(parameter)
            continue
        line = _FIELD.match(raw)
        if line and summary:
            fields[line[1]] = line[2].strip()
        elif not summary:
            summary = raw.lstrip("# ").strip()
    return QueryFile(name, summary, text, fields, tuple(parameters))


def read_folder(folder: Path) -> Iterator[QueryFile]:
    """Yield the query files of a folder in order of their names."""
    for path in sorted(folder.glob("*.rq")):
        yield parse(path.stem, path.read_text(encoding="utf-8"))
