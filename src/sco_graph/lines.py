"""Files of a statement a line, in parts that the engine reads by itself.

It reads lines in half of the time in which it gives their quads to Python, and several parts at
once. A part ends where a line ends, so what is well-formed in parts is so as a whole. What is
not as it should be is told by `reading`, which knows the line and the words.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import pyoxigraph as ox

from sco_graph.errors import InputError
from sco_graph.formats import by_extension
from sco_graph.progress import Tell
from sco_graph.rdf import at_home
from sco_graph.reading import HEAD, RDF_FORMATS, all_renamed, check_head, checked, opened, renamed

Graphs = Counter[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
"""How many quads there are of each graph."""

_LINES, _BYTES = 100_000, 20 << 20
"""How much a part is: the engine needs some 80 MB to load it."""
_PIECE = 1 << 20
"""How much is read at once, and how long a line may be."""
_BLANK = b"_:"
"""What is in each line that names a blank node, and in few others."""
_STRANGE = (b"\0", b"<<", b"owl#imports")
_ESCAPED = (b"\\u", b"\\U")
"""One of these is in each part that holds something that is refused, and in few others."""

_graph = attrgetter("graph_name")


def looked_through(path: Path, prefix: str, tell: Tell) -> list[Graphs] | None:
    """Return how many quads of which graph each part of a file has, None where it has no parts.

    It has none where it is of another format, where its lines are too long, and where something
    in it is at fault. The names of blank nodes start with `prefix`.
    """
    form = by_extension(str(path)).name
    if form not in ("nt", "nq"):
        return None
    found: list[Graphs] = []
    number = 0
    try:
        for part in parts(path):
            if not found:
                check_head(part[:HEAD], path, form)
            quads: Iterator[ox.Quad] = ox.parse(part, format=RDF_FORMATS[form])
            if _strange(part):
                quads = checked(quads, path, part[:HEAD])
            found.append(_named(Counter(map(_graph, quads)), prefix))
            before, number = number, number + found[-1].total()
            if before // 1_000_000 < number // 1_000_000:
                tell(f"{path.name}: {number:,} quads are well-formed so far")
    except (SyntaxError, InputError):
        return None
    return found


def _strange(part: bytes) -> bool:
    """Tell a part that may hold what is refused; to look for a byte is fast, a pattern is not."""
    escaped = b"\\" in part and any(sign in part for sign in _ESCAPED)
    return escaped or any(sign in part for sign in _STRANGE)


def _named(graphs: Graphs, prefix: str) -> Graphs:
    """Return counts in which graphs that are blank nodes have the names of the store."""
    return Counter(
        {
            renamed(graph, prefix) if isinstance(graph, ox.BlankNode) else graph: count
            for graph, count in graphs.items()
        }
    )


def parts(path: Path) -> Iterator[bytes]:
    """Yield the parts of a file, the same each time; InputError where it cannot be cut."""
    try:
        with opened(path) as file:
            pieces: list[bytes] = []
            size = lines = 0
            while piece := file.read(_PIECE):
                rest = file.readline(_PIECE)
                if len(rest) == _PIECE and not rest.endswith(b"\n"):
                    raise InputError(f"{path}: a line is longer than {_PIECE} bytes")
                pieces += (piece, rest)
                size += len(piece) + len(rest)
                lines += piece.count(b"\n")
                if lines >= _LINES or size >= _BYTES:
                    yield b"".join(pieces)
                    pieces.clear()
                    size = lines = 0
            if pieces:
                yield b"".join(pieces)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}") from None


def put(part: bytes, where: ox.Store, path: Path, prefix: str, home: ox.NamedNode) -> None:
    """Put a part of a file into a store, triples without a graph into `home`.

    The engine's own loader gives blank nodes other names each time: lines that may name some
    are read here. Raises InputError where the part is not what was looked through.
    """
    form = RDF_FORMATS[by_extension(str(path)).name]
    try:
        if _BLANK in part:
            lines = part.split(b"\n")
            blank = b"\n".join(line for line in lines if _BLANK in line)
            part = b"\n".join(line for line in lines if _BLANK not in line)
            quads = all_renamed(ox.parse(blank, format=form), prefix)
            where.bulk_extend(list(at_home(quads, home)))
        where.bulk_load(part, format=form, to_graph=home)
    except SyntaxError:
        raise InputError(f"{path}: it was changed while it was loaded: load it again") from None
