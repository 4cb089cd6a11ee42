"""JSON-LD with a context that travels inside, so that no reader has to fetch one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from os.path import join
from typing import Any

import pyoxigraph as ox

from sco_graph.errors import InputError, UsageError
from sco_graph.layout import CONTEXT
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Statements

_TYPE = PREFIXES["rdf"] + "type"
FRAMES = "frames"


def context(ontology: str) -> dict[str, Any]:
    """Return the published context, from the folder of the ontology."""
    found: dict[str, Any] = _load(join(ontology, CONTEXT))["@context"]
    return found


def frame(folder: str, name: str) -> Any:
    """Return a frame: one of a folder of queries, by name, or a file.

    Raises UsageError where there is none, InputError where it asks for nothing in particular.
    """
    known = sorted(file.removesuffix(".jsonld") for file in os.listdir(join(folder, FRAMES)))
    if "." not in name and name not in known:
        raise UsageError(f'there is no frame "{name}". Frames: {", ".join(known)}, or a file')
    found = _load(name if "." in name else join(folder, FRAMES, f"{name}.jsonld"))
    if not isinstance(found, dict) or (
        not any(not key.startswith("@") for key in found) and not ({"@id", "@type"} & found.keys())
    ):
        raise InputError(f"{name}: a frame names a type, an id or a property of what it gathers")
    return found


def _load(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None


def prefixes(context: Mapping[str, object]) -> dict[str, str]:
    """Return the prefixes that a context declares."""
    return {
        name: home
        for name, home in context.items()
        if isinstance(home, str) and not name.startswith("@") and home.endswith(("/", "#"))
    }


def expanded(quads: Statements) -> Any:
    """Return quads as an expanded document, its types under the keyword for them."""
    written = ox.serialize(quads, format=ox.RdfFormat.JSON_LD) or b"[]"
    return json.loads(written, object_hook=_typed)


def _typed(node: dict[str, Any]) -> dict[str, Any]:
    kinds = node.pop(_TYPE, None)
    if kinds is None:
        return node
    if any("@id" not in kind for kind in kinds):
        return {**node, _TYPE: kinds}
    return {"@id": node["@id"], "@type": [kind["@id"] for kind in kinds], **node}


def write(quads: Statements, context: Mapping[str, object], frame: object = None) -> bytes:
    """Return quads as compacted JSON-LD with its context inside, or framed.

    A frame merges the named graphs; it takes the context given, unless it brings its own.
    """
    # Compacting is asked for by few, and pyld takes longer to import than a question takes.
    from pyld import jsonld

    options = {"documentLoader": _offline, "processingMode": "json-ld-1.1"}
    whole = {**options, "skipExpansion": True, "graph": True}
    try:
        if frame is None:
            found = jsonld.compact(expanded(quads), {"@context": context}, whole)
        else:
            merged = [*{q.triple if isinstance(q, ox.Quad) else q: None for q in quads}]
            asked = {"@context": context, **dict(frame)}  # type: ignore[call-overload]  # JSON
            found = jsonld.frame(expanded(merged), asked, {**options, "omitGraph": False})
    except (jsonld.JsonLdError, TypeError, ValueError) as error:
        raise InputError(f"the frame or its context cannot be used: {error}") from None
    return json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"


def _offline(url: str, _: object) -> None:
    raise InputError(f"the context {url} is not fetched: put the context itself into the file")
