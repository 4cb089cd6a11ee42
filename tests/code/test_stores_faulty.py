"""What is at fault is found in every store: planted, bad twins, letters beyond ASCII, odd literals.

The store on disk is what servers are held against, and `test_world` holds what was planted
against the small pipeline. What a server finds otherwise is named, with its reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest
from engines import MADE, ROOT, Place, good, held, on_disk, oxigraph, run, virtuoso
from shacl_reports import embedded, parsed, told

from sco_graph import shacl, store
from sco_graph.endpoint import Endpoint
from sco_graph.namespaces import GRAPH, PREFIXES
from sco_graph.rdf import Term, placed
from servers import Missing

BAD = ROOT / "tests" / "bad"
HEAD = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
TWINS = 20
"""How many graphs the bad twins stand in: with two hundred more, requests would name none."""
CURRENT = f"<{GRAPH}current>"

# Each is a note of a thing of its own. They are escaped: composed and decomposed look the same.
TEXTS = [
    r'"Cafe\u0301"',
    r'"http://example.org/Cafe\u0301"^^xsd:anyURI',
    r'"\u1112\u1161\u11AB"@zh',
    r'"\u0438\u0306"@ru',
    r'"\u4E2De\u0301"@zh',
    r'"\u2126"@en',
    r'"\uF900"@zh',
    r'"\U0002F800"@zh',
    r'"\U00011099\U000110BA"@en',
    r'"e\u0301"^^<http://example.org/mine>',
    f'"{"long " * 600}e\\u0301"@en',
    r'"Caf\u00E9"@en',
    r'"\u0439"@ru',
    r'"\u4E2D\u6587"@zh',
    r'"\U0001F600"@en',
]
LABELS = [
    *('"Пекин"@ru', '"Пекин"@zh', '"北京"@zh', '"北京"@ru', '"Beijing"@zh', '"É"@ru', '"X北"@zh'),
    *('"a"@en-GB', '"b"@zh-Hant', '"c"@EN', '"d"@fr', r'"\U00020000"@zh'),
]
QUOTES = [
    *((f'"{"é" * 100}"@en', 100), (f'"{"é" * 101}"@en', 101)),
    *((f'"{"中" * 40}"@zh', 40), (f'"{"中" * 41}"@zh', 41)),
    *(('"中é😀"@zh', 3), ('"中é😀"@zh', 4), ('"中é😀"@zh', 9)),
]
TYPED = [
    *('"yes"^^xsd:boolean', '"TRUE"^^xsd:boolean', '"true"^^xsd:boolean', '"0"^^xsd:boolean'),
    *('"2001-02-29"^^xsd:date', '"2000-02-29"^^xsd:date', '"2001-2-3"^^xsd:date'),
    *('"x"^^xsd:date', '"2001-01-01Z"^^xsd:date', '"2001-01-01T00:00:00"^^xsd:date'),
    *('"2002"^^xsd:date', '"2001Z"^^xsd:gYear', '"x"^^xsd:gYear', '"2001-13"^^xsd:gYearMonth'),
    *('"1,5"^^xsd:decimal', '"1e3"^^xsd:decimal', '"中"^^xsd:decimal', '"1.50"^^xsd:decimal'),
    *('"0g"^^xsd:hexBinary', '"0"^^xsd:hexBinary', '"１"^^xsd:integer', '"+1"^^xsd:integer'),
    *('"2001-01-01T00:00:00Z"^^xsd:dateTime', '"1"^^xsd:int', '"a"^^xsd:token'),
    *('"10:00:00"^^xsd:time', '"x"^^<http://example.org/中>', '"<b>x</b>"^^rdf:HTML'),
]
LINKED = [
    *(("http://例.org/a", "http://例.org/b"), ("http://例.org/é", "http://é.org/é")),
    ("https://example.org/中/1", "https://example.org/中/2"),
]
CLAIM = "a scog:Participation ; org:member state:china ; scog:validFrom '2001-01-01'^^xsd:date"
# Organizations that state three numbers, in a source that lists one observer of each.
NUMBERS = f"""
<urn:source> scog:lastDayCovered "2002-01-01"^^xsd:date .
<urn:listed:1> {CLAIM} ; org:organization <urn:members> ; org:role role:observer-state .
<urn:listed:2> {CLAIM} ; org:organization <urn:observers> ; org:role role:observer-state .
<urn:members> scog:memberStateCount 3 .
<urn:observers> scog:observerStateCount 1, 2 .
"""
UNDATED = f"""
<urn:undated> scog:lastDayCovered "row 7" .
<urn:listed:3> {CLAIM} ; org:organization <urn:unknown> ; org:role role:observer-state .
<urn:unknown> scog:observerStateCount 1 .
"""
# Numbers that are texts, dates that are years, and a thing where a quote should stand.
LONG = "http://example.org/" + "long" * 30
KINDS = f"""
<urn:meeting:1> scog:meetingOf <urn:organ> ; scog:ordinal "9" ; scog:startDate "2001"^^xsd:gYear .
<urn:meeting:2> scog:meetingOf <urn:organ> ; scog:ordinal 2 ; scog:startDate "2001"^^xsd:gYear .
<urn:meeting:3> scog:meetingOf <urn:organ> ; scog:ordinal 3 ;
  scog:startDate "2000-01-01"^^xsd:date .
<urn:quoted> oa:hasSource <urn:text> ; oa:hasSelector <urn:exact>, <urn:position> .
<urn:position> oa:start 0 ; oa:end "5" .
<urn:exact> oa:exact <{LONG}> .
<urn:text> dcterms:language "en" .
"""

Wrong = tuple[str, str]
"""A shape or check, and the value that it tells of."""
LOST: dict[str, dict[Wrong, str]] = {
    "disk": {},
    "oxigraph": {},
    "virtuoso": {
        ("ill-typed-literal", "ten"): "loaded as the integer 0",
        ("ill-typed-literal", "many"): "loaded as the integer 0",
        ("ill-typed-literal", "１"): "loaded as the integer 0",
        ("ill-typed-literal", "19"): "loaded as the year 0019",
        ("ill-typed-literal", "2002"): "loaded as the first day of that year",
        ("unknown-datatype", "10"): "its double is written 10.0",
    },
}
"""What a server does not find, for the data that it holds are others: it reads literals so."""
FOUND: dict[str, dict[Wrong, str]] = {
    "disk": {},
    "oxigraph": {},
    "virtuoso": {
        ("unknown-datatype", "10.0"): "the double that is 10 on disk",
        ("unknown-datatype", "1"): "an xsd:int, which is loaded as an xsd:integer on disk",
    },
}
"""What a server finds and the store on disk does not."""
NAMED = "blank-node"
"""The check that finds nothing on a server: what is loaded over HTTP gets IRIs."""


class Judged(NamedTuple):
    """A place, its name, and what its gate says."""

    name: str
    place: Place
    report: dict[str, Any]

    @property
    def findings(self) -> Counter[tuple[str, ...]]:
        """Each finding by shape, severity, focus, path and value."""
        parts = ("shape", "severity", "focus", "path", "value")
        return Counter(tuple(f[part] for part in parts) for f in self.report["findings"])


def odd() -> Iterator[ox.Quad]:
    """Yield what no fault of the made-up world and no twin has in it."""
    about = [("skos:editorialNote", text) for text in TEXTS]
    about += [("skos:altLabel", text) for text in LABELS]
    about += [("oa:end", text) for text in TYPED]  # which needs no evidence, and is no shape's here
    lines = [f"<urn:odd:{n}> {name} {value} ." for n, (name, value) in enumerate(about)]
    for n, (text, end) in enumerate(QUOTES):
        lines.append(f"<urn:quote:{n}> a scog:Evidence ; oa:hasSelector <urn:q:{n}>, <urn:p:{n}> .")
        lines.append(f"<urn:q:{n}> a oa:TextQuoteSelector ; oa:exact {text} .")
        lines.append(f"<urn:p:{n}> a oa:TextPositionSelector ; oa:start 0 ; oa:end {end} .")
    links = [f"state:odd{n} schema:sameAs <{a}>, <{b}> ." for n, (a, b) in enumerate(LINKED)]
    kept = {"odd": lines, "links": links, "numbers": [NUMBERS], "undated": [UNDATED]}
    for graph, texts in {**kept, "kinds": [KINDS]}.items():
        triples = parsed(HEAD + "\n".join(texts))
        yield from (placed(triple, ox.NamedNode(GRAPH + graph)) for triple in triples)


def twins() -> Iterator[ox.Quad]:
    """Yield the bad twins of the shipped data, and what stands beside them."""
    files = [*sorted(BAD.glob("*.ttl")), *sorted((BAD / "beside").glob("*.ttl"))]
    for number, path in enumerate(files):
        graph = ox.NamedNode(f"{GRAPH}twins-{number % TWINS}")
        for quad in ox.parse(path=str(path), rename_blank_nodes=True):
            yield placed(quad, graph)


def write(path: Path, quads: Iterable[ox.Quad]) -> None:
    path.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return files of faulty data: a made-up world, the shipped graph with twins, what is odd."""
    folder = tmp_path_factory.mktemp("faulty")
    command = [sys.executable, str(ROOT / "benchmarks" / "world.py"), "10000", "-o", "world.nq"]
    command += ["--planted", "planted.json"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    good(run("export", "-o", folder / "whole.nq"))
    made = {ox.NamedNode(GRAPH + name) for name in MADE}
    shipped = ox.parse(path=str(folder / "whole.nq"))
    write(folder / "shipped.nq", (quad for quad in shipped if quad.graph_name not in made))
    write(folder / "twins.nq", twins())
    write(folder / "odd.nq", odd())
    return [folder / f"{name}.nq" for name in ("world", "shipped", "twins", "odd")]


def disturb(place: Place) -> None:
    """Take some of the current view away, and put into it what does not hold."""
    there = sorted(held(place.graph(), "current"))
    wrong = [(s, p, o) for (s, p, _), (_, _, o) in zip(there[5::19], there[11::19], strict=False)]
    parts = (("DELETE", there[::17]), ("INSERT", wrong))
    texts = {word: " . ".join(" ".join(triple) for triple in triples) for word, triples in parts}
    update = " ; ".join(f"{w} DATA {{ GRAPH {CURRENT} {{ {t} }} }}" for w, t in texts.items())
    if place.options[0] == "--store":
        ox.Store(place.options[1]).update(update)
    else:
        writable(place).update(update)


def writable(place: Place) -> Endpoint:
    """Return a server with the name and password of who may write there."""
    with pytest.MonkeyPatch.context() as patch:
        for key, value in place.credentials.items():
            patch.setenv(key, value)
        there = place.graph()
    assert isinstance(there, Endpoint)
    return there


def judged(name: str, place: Place, files: list[Path]) -> Judged:
    """Run all stages over files."""
    good(place.run("load", *files))
    good(place.run("reason"))
    disturb(place)
    done = place.run("validate", "--format", "json", "--most", "1000")
    assert done.returncode == 1, done.stderr
    return Judged(name, place, json.loads(done.stdout))


@pytest.fixture(scope="module")
def disk(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Return what is found in a store on disk."""
    return judged("disk", on_disk(tmp_path_factory.mktemp("disk") / "store"), files)


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(
    request: pytest.FixtureRequest, files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Judged]:
    """Yield what is found in a server."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        try:
            begun = {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param](folder)
            there = stack.enter_context(begun)
        except Missing as missing:
            pytest.skip(f"{missing}, so nothing was looked for there")
        yield judged(request.param, there, files)


def test_all_that_was_planted_is_found_on_disk(disk: Judged, files: list[Path]) -> None:
    """By each shape and check, and by the one that nothing can be planted for."""
    planted = json.loads(files[0].with_name("planted.json").read_text("utf-8"))["planted"]
    counts = disk.report["counts"]

    assert all(counts[name] >= number for name, number in planted.items())
    assert counts["current-view"] > 40
    assert counts["decomposed-text"] > 10


def test_a_stated_number_is_held_against_what_its_source_lists(disk: Judged) -> None:
    """Whatever else is listed there; where no day is told, nothing is listed."""
    found = [row for row in disk.findings if row[0] == "stated-number" and row[2][:4] == "urn:"]

    expected = {("urn:members", "3"), ("urn:observers", "2"), ("urn:unknown", "1")}
    assert {(row[2], row[-1]) for row in found} == expected


def test_a_server_finds_what_is_found_on_disk(server: Judged, disk: Judged) -> None:
    """Each finding by shape, severity, focus, path and value, and the departures alone."""
    here, there = (
        Counter({row: n for row, n in found.items() if row[0] != NAMED})
        for found in (disk.findings, server.findings)
    )

    assert set(LOST[server.name]) == {(row[0], row[-1]) for row in here - there}
    assert set(FOUND[server.name]) == {(row[0], row[-1]) for row in there - here}
    assert NAMED in disk.report["counts"]
    assert NAMED not in server.report["counts"]


def test_a_server_counts_what_it_finds(server: Judged) -> None:
    """The counts are those of the findings, which all are brought."""
    shapes = Counter(finding["shape"] for finding in server.report["findings"])

    assert shapes == server.report["counts"]


def test_a_server_looks_at_what_is_looked_at_on_disk(server: Judged, disk: Judged) -> None:
    """As many things for each shape and check."""
    assert disk.report["looked_at"] == server.report["looked_at"]


DEMANDS = [
    *(r'sh:pattern "^[\u4E00-\u9FFF]{2}$"', r'sh:pattern "^\u4E2D|^x"', 'sh:pattern "^.{4}$"'),
    *('sh:pattern "l{1}ain"', 'sh:pattern "^PLAIN$"', r'sh:pattern "\u00C9" ; sh:flags "i"'),
    *('sh:pattern "a.b" ; sh:flags "q"', 'sh:pattern "^$"', "sh:maxLength 2", "sh:minCount 1"),
    *(
        r'sh:in ( "\u4E2D\u6587" "Caf\u00E9"@fr "plain" <urn:\u4E2D> )',
        'sh:pattern "A.b" ; sh:flags "iq"',
    ),
    *(r'sh:hasValue "\u4E2D\u6587"@zh', r'sh:hasValue "\u4E2D\u6587"'),
]
TARGETS = "sh:targetNode <urn:a>, <urn:b>, <urn:z> ; sh:targetSubjectsOf <urn:p>"
VALUES = r"""
<urn:a> <urn:p> "\u4E2D\u6587"@zh, "Caf\u00E9"@fr, "plain", "", "xyz" .
<urn:b> <urn:p> "\u4E2D\u6587", "PLAIN"@en, "a.b", "a+b", "\U0001F600\u00E9", <urn:\u4E2D> .
<urn:c> <urn:p> "\u4E2D", "\u4E2D\u6587"^^<urn:t>, "plain"@en, 12, "2001-01-01"^^xsd:date .
"""


def test_shapes_of_texts_beyond_ascii_find_the_same_in_a_server(server: Judged) -> None:
    """Patterns, lengths, values that are asked for, and nodes that are named."""
    named = [f"<urn:{n}> sh:path <urn:p> ; {TARGETS} ; {text} ." for n, text in enumerate(DEMANDS)]
    data, shapes = parsed(HEAD + VALUES), shacl.read(parsed(HEAD + "\n".join(named)))
    graph, here = "http://example.org/texts", ox.Store()
    here.extend(placed(triple, ox.NamedNode(graph)) for triple in data)
    there = writable(server.place)
    there.add(graph, ox.serialize(data, format=ox.RdfFormat.N_TRIPLES) or b"")

    def ask(text: str) -> Iterator[Mapping[str, Term]]:
        return store.terms_of(there.query(text, union=False))

    expected = told(shacl.validate(embedded(here), shapes, [graph]).as_triples())
    assert {row[-1] for row in expected} == {f"<urn:{n}>" for n in range(len(DEMANDS))}
    assert expected == told(shacl.validate(ask, shapes, [graph]).as_triples())
