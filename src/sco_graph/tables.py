"""The graph as tables: one CSV file for each class, described as a Frictionless data package.

A table is a SELECT of `queries/tables` whose header says what each column holds, and in which
table the thing that it names is:

    # column state string -> states: the IRI of the state

Rows with one key are one row. A column of type `list` may have several values, joined by `|`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sco_graph import queryfile, store
from sco_graph.answers import value
from sco_graph.errors import InputError

PACKAGE = "datapackage.json"
TYPES = ("string", "date", "integer", "boolean", "number", "list")
SEPARATOR = "|"
_COLUMN = re.compile(r"(?m)^# column (\w+) (\w+)(?: -> ([\w-]+))?: (.+)$")


@dataclass(frozen=True)
class Column:
    """A column: its name, its type, the table that it refers to or "", its meaning."""

    name: str
    type: str
    table: str
    description: str


def tables(folder: str) -> list[queryfile.QueryFile]:
    """Return the tables of a folder of queries."""
    return list(queryfile.read_folder(f"{folder}/tables"))


def columns(table: queryfile.QueryFile) -> list[Column]:
    """Return the columns of a table, as its header says them."""
    found = [Column(*groups) for groups in _COLUMN.findall(table.text)]
    for column in found:
        if column.type not in TYPES:
            raise InputError(f'{table.name}: "{column.type}" is no type: {", ".join(TYPES)}')
    return found


def write(
    graph: store.Graph, asked: Iterable[queryfile.QueryFile], about: Mapping[str, object]
) -> dict[str, bytes]:
    """Return the files of a data package: a CSV (RFC 4180, UTF-8) a table, and what it is.

    `about` is what the package says of itself: name, title, version, licences.
    """
    found = list(asked)
    files = {f"{table.name}.csv": _csv(graph, table) for table in found}
    package = {
        "profile": "tabular-data-package",
        **about,
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in found],
    }
    files[PACKAGE] = json.dumps(package, ensure_ascii=False, indent=2).encode() + b"\n"
    return files


def _resource(table: queryfile.QueryFile, data: bytes) -> dict[str, object]:
    fields = [
        {
            "name": column.name,
            "type": "string" if column.type == "list" else column.type,
            "description": column.description
            + (f", joined by {SEPARATOR}" if column.type == "list" else ""),
        }
        for column in columns(table)
    ]
    foreign = [
        {"fields": column.name, "reference": {"resource": column.table, "fields": "id"}}
        for column in columns(table)
        if column.table
    ]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "description": table.summary,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {
            "fields": fields,
            "primaryKey": table.list("key"),
            **({"foreignKeys": foreign} if foreign else {}),
        },
    }


def _csv(graph: store.Graph, table: queryfile.QueryFile) -> bytes:
    described = columns(table)
    key = table.list("key")
    merged: dict[tuple[str, ...], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in store.rows(graph, table.text):
        cells = merged[tuple(value(row.get(name)) for name in key)]
        for name, term in row.items():
            cells[name].add(value(term))
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow([column.name for column in described])
    for at, cells in sorted(merged.items()):
        for column in described:
            if len(cells[column.name]) > 1 and column.type != "list":
                values = ", ".join(sorted(cells[column.name]))
                raise InputError(
                    f"{table.name}: {' '.join(at)} has several values in {column.name}: {values}"
                )
        rows.writerow([SEPARATOR.join(sorted(cells[column.name])) for column in described])
    return out.getvalue().encode()


def differences(folder: Mapping[str, bytes]) -> list[str]:
    """Return what in a data package is not as its description says: one line a file."""
    package = json.loads(folder[PACKAGE])
    found = []
    for resource in package["resources"]:
        data = folder.get(resource["path"])
        if data is None:
            found.append(f"{resource['path']}: it is missing")
        elif f"sha256:{hashlib.sha256(data).hexdigest()}" != resource["hash"]:
            found.append(f"{resource['path']}: its bytes are not those that {PACKAGE} sums")
    named = {resource["path"] for resource in package["resources"]}
    found += [
        f"{name}: {PACKAGE} does not name it" for name in sorted(folder.keys() - named - {PACKAGE})
    ]
    return found
