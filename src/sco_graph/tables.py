"""The graph as tables: one CSV file for each class, described as a Frictionless data package.

A table is a SELECT of `queries/tables` whose header says what each column holds:

    # column iso3 string: ISO 3166-1 alpha-3 code
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable

import pyoxigraph as ox

from sco_graph import queryfile, store
from sco_graph.answers import value
from sco_graph.errors import InputError
from sco_graph.namespaces import BASE

PACKAGE = "datapackage.json"
TYPES = ("string", "date", "integer", "boolean", "number")
_COLUMN = re.compile(r"(?m)^# column (\w+) (\w+): (.+)$")


def tables(folder: str) -> list[queryfile.QueryFile]:
    """Return the tables of a folder of queries."""
    return list(queryfile.read_folder(f"{folder}/tables"))


def columns(table: queryfile.QueryFile) -> list[dict[str, str]]:
    """Return name, type and meaning of each column of a table, as its header says them."""
    found = [
        {"name": name, "type": kind, "description": text}
        for name, kind, text in _COLUMN.findall(table.text)
    ]
    for column in found:
        if column["type"] not in TYPES:
            raise InputError(f'{table.name}: "{column["type"]}" is no type: {", ".join(TYPES)}')
    return found


def write(graph: ox.Store, asked: Iterable[queryfile.QueryFile], version: str) -> dict[str, bytes]:
    """Return the files of a data package: a CSV (RFC 4180, UTF-8) a table, and what it is."""
    files = {f"{table.name}.csv": _csv(graph, table) for table in asked}
    resources = [
        {
            "name": table.name,
            "path": f"{table.name}.csv",
            "profile": "tabular-data-resource",
            "description": table.summary,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(files[f"{table.name}.csv"]),
            "hash": f"sha256:{hashlib.sha256(files[f'{table.name}.csv']).hexdigest()}",
            "schema": {"fields": columns(table), "primaryKey": table.list("key")},
        }
        for table in asked
    ]
    package = {
        "profile": "tabular-data-package",
        "name": "sco-graph",
        "id": BASE.rstrip("/"),
        "version": version,
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": resources,
    }
    files[PACKAGE] = json.dumps(package, ensure_ascii=False, indent=2).encode() + b"\n"
    return files


def _csv(graph: ox.Store, table: queryfile.QueryFile) -> bytes:
    names = [column["name"] for column in columns(table)]
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(names)
    found = {tuple(value(row.get(name)) for name in names) for row in store.rows(graph, table.text)}
    rows.writerows(sorted(found))
    return out.getvalue().encode()
