"""Files of a statement a line, which the engine loads in parts: as if Python had read them."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from sco_graph import lines, loading
from sco_graph.errors import InputError, SyntaxFault
from sco_graph.namespaces import BASE, GRAPH, PREFIXES
from sco_graph.rdf import at_home
from sco_graph.reading import stream

A = "<a:a> <a:b> "
IMPORTS = f"<a:a> <{PREFIXES['owl']}imports> "
PLAIN = [f'{A}"{number}" .' for number in range(20)]
SAID = [
    *PLAIN[:5],
    "# a comment says _:nothing <a:g> .",
    "",
    "_:x <a:b> _:y .",
    f'\t{A} "_:x and <<no>> and \\u00e9 and é"@en-GB .  # so',
    f'{A}"01"^^<{PREFIXES["xsd"]}integer> .\r',
    f'_:x <a:b> "twice" .\r{A}"in a line that ends twice" .',
    f"{IMPORTS}<{BASE}ontology> .",
    f'{A}"x"@en--ltr .',
    *PLAIN[5:9],
    "_:x <a:b> <a:c> .",
    *PLAIN[:3],
]
PLACED = [
    f"{A}<a:c> <a:g> .",
    f"{A}<a:c> _:g .",
    f"_:x <a:b> <a:c> <{GRAPH}small> .",
    f"{A}<a:c> <a:g> .",
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a part of a few lines, so that a small file has many."""
    monkeypatch.setattr(lines, "_LINES", 3)
    monkeypatch.setattr(lines, "_PIECE", 100)


def written(folder: Path, name: str, said: list[str]) -> Path:
    data = "\n".join(said).encode()
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def loaded(path: Path, where: ox.Store) -> tuple[dict[str, int], list[str]]:
    """Return the quads by graph that are told of a file that is loaded, and what was told."""
    told: list[str] = []
    [found] = loading.load([path], where, None, told.append)
    return dict(found.graphs), told


def held(where: ox.Store) -> set[str]:
    """Return what is in a store, without what says what was loaded."""
    return {str(quad) for quad in where if quad.graph_name != ox.NamedNode(loading.LOADS)}


def expected(path: Path) -> list[ox.Quad]:
    """Return the quads of a file as Python reads them."""
    prefix = loading._hash(path)[:8]
    return list(at_home(stream(path, prefix), ox.NamedNode(f"{GRAPH}small")))


def kept(quads: list[ox.Quad]) -> set[str]:
    """Return what a store holds that Python gave quads: 01 is 1 there."""
    store = ox.Store()
    store.extend(quads)
    return held(store)


@pytest.mark.parametrize("end", [[], [""], ["", "# the end", ""]], ids=["none", "one", "more"])
@pytest.mark.parametrize("name", ["small.nt", "small.nt.gz", "small.nq", "small.nq.gz"])
def test_parts_hold_what_the_whole_holds(name: str, end: list[str], tmp_path: Path) -> None:
    """The same quads in the same graphs, as many as are told, and blank nodes of the same names."""
    path = written(tmp_path, name, [*SAID, *(PLACED if ".nq" in name else []), *end])
    store = ox.Store()
    graphs, told = loaded(path, store)
    quads = expected(path)

    assert len(list(lines.parts(path))) > 3
    assert lines.looked_through(path, "", print) is not None
    assert kept(quads) == held(store)
    assert sum(graphs.values()) == len(quads)
    assert graphs == Counter(quad.graph_name.value for quad in quads)  # type: ignore[union-attr]  # each has one
    assert f"{len(quads)} of {len(quads)} triples, 100 %" in told[-2]


def test_blank_nodes_of_one_file_are_added_once(tmp_path: Path) -> None:
    """One label is one node in all parts, and in a load that was stopped and is run again."""
    path, store = written(tmp_path, "small.nt", SAID), ox.Store()
    loaded(path, store)
    before = held(store)
    store.remove_graph(ox.NamedNode(loading.LOADS))
    loaded(path, store)

    assert before == held(store)
    [named] = {quad.split()[0] for quad in before if quad.startswith("_:")}
    assert named == f"_:{loading._hash(path)[:8]}bx"


FAULTS = {
    "syntax": f"{A}.",
    "relative IRI": f"{A}<b> .",
    "no end": A,
    "two in a line": f"{A}<a:c> . {A}<a:d> .",
    "text over two lines": f'{A}"x\ny" .',
    "no label": f"{A}_: .",
    "no UTF-8": f'{A}"\udcff" .',
    "NUL": f'{A}"\0" .',
    "escaped NUL": f'{A}"\\u0000" .',
    "long escaped NUL": f'{A}"\\U00000000" .',
    "import": f"{IMPORTS}<e:o> .",
    "escaped import": f"<a:a> <{PREFIXES['owl'].replace('#', '')}\\u0023imports> <e:o> .",
    "quoted triple": f"{A}<<({A}<a:c>)>> .",
    "byte-order mark inside": f"\ufeff{A}<a:c> .",
}


@pytest.mark.parametrize("name", ["small.nt", "small.nq", "small.nq.gz"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_in_any_part_is_told_as_that_of_the_whole(
    fault: str, name: str, tmp_path: Path
) -> None:
    """The same line and words as where Python reads, and nothing is in the store."""
    said = "\n".join([*PLAIN[:12], fault, *PLAIN[12:]])
    path, data = tmp_path / name, said.encode("utf-8", "surrogateescape")
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    with pytest.raises(SyntaxFault) as known:
        list(stream(path))
    store = ox.Store()
    with pytest.raises(SyntaxFault) as found:
        loaded(path, store)

    assert str(known.value) == str(found.value)
    assert len(store) == 0


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (f"\ufeff{A}<a:c> .".encode(), ":1: the file starts with a byte-order mark"),
        (b'{"@id": "a:a"}', ":1: it is JSON"),
        (gzip.compress(f"{A}<a:c> .".encode()), ":1: it is packed with gzip"),
        (b"<?xml version='1.0'?>", ":1: it is XML"),
        (b"<rdf:RDF> <a:b> <a:c> .", ":1: it is XML"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    data: bytes, says: str, tmp_path: Path
) -> None:
    """By its first bytes."""
    path, store = tmp_path / "small.nt", ox.Store()
    path.write_bytes(data)
    with pytest.raises(SyntaxFault) as found:
        loaded(path, store)

    assert f"{path}{says}" in str(found.value)
    assert len(store) == 0


@pytest.mark.parametrize("lost", [1, 8, 40])
def test_a_packed_file_that_is_cut_adds_nothing(lost: int, tmp_path: Path) -> None:
    """Wherever it is cut."""
    path, store = written(tmp_path, "small.nt.gz", PLAIN), ox.Store()
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(InputError, match="cannot be read"):
        loaded(path, store)

    assert len(store) == 0


def test_a_part_may_hold_comments_alone(tmp_path: Path) -> None:
    """It is loaded, and nothing is told of it."""
    path, store = written(tmp_path, "small.nt", ["# so"] * 100), ox.Store()

    assert loaded(path, store)[0] == {}
    assert len(list(lines.parts(path))) > 1
    assert held(store) == set()


@pytest.mark.parametrize("length", [50, 500])
def test_a_file_of_long_lines_is_loaded_too(length: int, tmp_path: Path) -> None:
    """In parts, unless a line is longer than what is read at once."""
    path = written(tmp_path, "small.nt", [*PLAIN, f'{A}"{"x" * length}" .', *SAID])
    store = ox.Store()
    loaded(path, store)

    assert (lines.looked_through(path, "", print) is None) == (length > 100)
    assert kept(expected(path)) == held(store)


def test_other_formats_have_no_parts(tmp_path: Path) -> None:
    """A statement of Turtle may go over many lines."""
    assert lines.looked_through(written(tmp_path, "small.ttl", PLAIN), "", print) is None
    assert lines.looked_through(written(tmp_path, "small.nt", PLAIN), "", print) is not None


@pytest.mark.parametrize(
    ("name", "says"),
    [("small.nt", "changed while it was loaded"), ("small.nt.gz", "cannot be read")],
)
def test_a_file_that_changes_meanwhile_is_told(
    name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a line, and it is not noted as loaded."""
    path, store, read = written(tmp_path, name, PLAIN), ox.Store(), lines.looked_through

    def changed(path: Path, *more: object) -> list[lines.Graphs] | None:
        found = read(path, *more)  # type: ignore[arg-type]  # it is what it gets
        written(tmp_path, name, [*PLAIN[:-1], f"{A}."])
        if name.endswith(".gz"):
            path.write_bytes(path.read_bytes()[:-9])
        return found

    monkeypatch.setattr(lines, "looked_through", changed)
    with pytest.raises(InputError, match=says):
        loaded(path, store)

    assert not list(store.quads_for_pattern(None, None, None, ox.NamedNode(loading.LOADS)))
