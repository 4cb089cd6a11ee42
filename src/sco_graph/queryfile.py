"""A query file: SPARQL that says in its header what it asks, of what, and how it is bound.

    # Which states are members of the organization?
    # tags: participation, time
    # param organization thing: the organization; by default the one that the graph is about
    # at: yes

The first comment line is the summary; `key: value` lines follow; the first line that is
no comment ends the header. The prefixes of the project need no PREFIX lines. A file with
`asks: NAME` asks the query of that name, with fields of its own in place of that one's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from os.path import join

from sco_graph.errors import InputError
from sco_graph.records import NamedTuple

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
    """Read a query's header; InputError where a parameter is not well declared."""
    summary = ""
    fields: dict[str, str] = {}
    parameters = []
    for raw in text.splitlines():
        if not raw.startswith("#"):
            break
        line = raw.lstrip("# ").strip()
        key, colon, value = line.partition(":")
        if not summary:
            summary = line
        elif key.startswith("param "):
            parameters.append(_parameter(name, key, value.strip()))
        elif colon and key.replace(" ", "").isalpha() and key.islower():
            fields[key] = value.strip()
    return QueryFile(name, summary, text, fields, tuple(parameters))


def _parameter(query: str, head: str, text: str) -> Parameter:
    """Read `param NAME TYPE [as VARIABLE] [= DEFAULT]`."""
    words = head.split()[1:]
    default = variable = None
    if words[-2:-1] == ["="]:
        default = words[-1]
        words = words[:-2]
    if words[-2:-1] == ["as"]:
        variable = words[-1]
        words = words[:-2]
    if len(words) != 2 or words[1] not in TYPES:
        raise InputError(
            f'{query}: "{head}" is no parameter: write '
            f"param NAME TYPE [as VARIABLE] [= DEFAULT]: text. Types: {', '.join(TYPES)}"
        )
    return Parameter(words[0], words[1], variable or words[0], default, text)


def read_file(folder: str, name: str) -> QueryFile:
    """Read the query called `name` in a folder; OSError where there is none."""
    with open(join(folder, f"{name}.rq"), encoding="utf-8") as file:
        found = parse(name, file.read())
    if "asks" not in found.fields:
        return found
    same = read_file(folder, found.fields["asks"])
    return same._replace(name=name, summary=found.summary, fields={**same.fields, **found.fields})


def read_folder(folder: str) -> Iterator[QueryFile]:
    """Yield the query files of a folder in order of their names."""
    for name in sorted(os.listdir(folder)):
        if name.endswith(".rq"):
            yield read_file(folder, name.removesuffix(".rq"))
