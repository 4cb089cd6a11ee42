from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sco_graph import rdf, reading, turtle
from sco_graph.errors import SyntaxFault, UsageError
from sco_graph.namespaces import PREFIXES
from sco_graph.rdf import Fact, literal, named
from sco_graph.sources import Sources

PATH = "folder/name.ttl"
EX = "PREFIX ex: <http://example.org/>\n"
XML = (
    '<?xml version="1.0"?>\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:owl="http://www.w3.org/2002/07/owl#">\n'
)
CONTEXT = '{\n "@context": %s,\n "@id": "http://example.org/s",\n "name": "n"\n}'

NAMES = [
    *("state:india", "scog:State", "rdf:nil", "xsd:date", "role:member-state"),
    *("scogid:state/india", "state:a.b", "state:.", "state:a.", "state:-a", "state:"),
]
IRIS = st.one_of(
    st.sampled_from(NAMES).map(named),
    st.sampled_from(["urn:x:y", "http://example.org", "http://example.org/a%20b#c"]).map(
        ox.NamedNode
    ),
    st.text("aZ0-_.~!$&'()*+,;=:@/?é中", max_size=5).map(
        lambda text: ox.NamedNode("http://example.org/" + text)
    ),
)
BLANKS = st.sampled_from("abcd").map(ox.BlankNode)
# A NUL is refused when it is read (there is a test for that); a lone surrogate is no text at all.
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
LITERALS = st.one_of(
    _TEXT.map(ox.Literal),
    st.builds(
        lambda text, tag: ox.Literal(text, language=tag),
        _TEXT,
        st.sampled_from(["en", "zh", "ru", "en-GB", "zh-Hant"]),
    ),
    st.builds(
        literal,
        st.sampled_from(
            ["0", "01", "+1", "-1", "1.", "1.50", ".5", "1e5", "true", "TRUE", "", "x"]
        ),
        st.sampled_from(["integer", "decimal", "double", "boolean", "date", "string", "int"]),
    ),
)
PREDICATES = st.one_of(
    st.sampled_from(["rdf:type", "rdf:first", "rdf:rest", "skos:prefLabel"]).map(named), IRIS
)
FACTS = st.lists(
    st.builds(Fact, IRIS | BLANKS, PREDICATES, IRIS | BLANKS | LITERALS, st.just("")), max_size=8
)
DECLARED = st.dictionaries(
    st.sampled_from(["ex", "state", "scog", "a.b", ""]),
    st.sampled_from(
        ["http://example.org/", "http://example.org/a", PREFIXES["state"], PREFIXES["scogid"]]
    ),
    max_size=3,
)


def canonical(facts: Iterable[Fact]) -> set[str]:
    """Return facts as lines in which blank nodes have the names that RDFC-1.0 gives them."""
    dataset = ox.Dataset(fact.quad() for fact in facts)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def read(text: str) -> list[Fact]:
    return list(rdf.facts(reading.parse(text.encode(), PATH).quads))


def written(facts: Iterable[Fact]) -> str:
    return turtle.write(fact.triple() for fact in facts)


def formatted(text: str) -> str:
    return turtle.format_text(text.encode(), PATH)


@given(FACTS)
def test_what_is_written_reads_back_the_same(facts: list[Fact]) -> None:
    """Any graph survives: lexical forms, tags, odd IRIs, blank nodes, broken and whole lists."""
    assert canonical(facts) == canonical(read(written(facts)))


@given(FACTS, st.randoms(use_true_random=False))
def test_the_same_graph_is_the_same_text(facts: list[Fact], order: random.Random) -> None:
    """Neither the order of the facts nor the names of blank nodes show in the text."""
    other = []
    for fact in facts:
        subject, predicate, value, _ = fact
        if isinstance(subject, ox.BlankNode):
            subject = ox.BlankNode(f"other{subject.value}")
        if isinstance(value, ox.BlankNode):
            value = ox.BlankNode(f"other{value.value}")
        other.append(Fact(subject, predicate, value))
    order.shuffle(other)

    assert written(facts) == written(other)


@given(FACTS, DECLARED)
def test_formatting_twice_is_formatting_once(facts: list[Fact], prefixes: dict[str, str]) -> None:
    """What `format` writes is what `format --check` wants, whatever prefixes a file declares."""
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items())
    once = formatted("# A comment.\n" + head + "".join(f"{f.triple()} .\n" for f in facts))

    assert once == formatted(once)


@pytest.mark.parametrize(
    "body",
    [
        "ex:a ex:p ( 1 2 3 ) .",
        "ex:a ex:p () .",
        "ex:a ex:p ( ( 1 ) ( ) ( ( 2 ) 3 ) ) .",
        "ex:a ex:p ( [ ex:q 1 ] [ ex:q ( 2 ) ] [] ) .",
        "ex:a ex:p [ ex:q [ ex:r [ ex:s 1 ] ] ] .",
        "ex:a ex:p [] , [] , [ ex:q 1 ] .",
        "[ ex:q 1 ] ex:p 2 .",
        "( 1 2 ) ex:p 3 .",
        "ex:a ex:p _:x . ex:b ex:p _:x . _:x ex:q 1 .",
        "_:x ex:p _:x .",
        "_:x ex:p _:y . _:y ex:p _:x .",
        "ex:a ex:p _:x . _:x ex:p _:y . _:y ex:p _:z . _:z ex:p _:y .",
        "ex:a ex:p _:l . ex:b ex:p _:l . _:l rdf:first 1 ; rdf:rest () .",
        """ex:a ex:p _:l . _:l rdf:first 1 ; rdf:rest _:m .
        ex:b ex:p _:m . _:m rdf:first 2 ; rdf:rest () .""",
        "ex:a ex:p _:l . _:l rdf:first 1 ; rdf:rest _:l .",
        "ex:a ex:p _:l . _:l rdf:first 1 , 2 ; rdf:rest () .",
        "ex:a ex:p _:l . _:l a rdf:List ; rdf:first 1 ; rdf:rest () .",
        "ex:a ex:p _:l . _:l rdf:first 1 ; rdf:rest ex:m . ex:m rdf:first 2 ; rdf:rest ex:m .",
        "ex:a ex:p _:l . _:l rdf:first 1 .",
        "ex:a ex:p _:l . _:l rdf:rest () .",
        "ex:a ex:p _:l . _:l rdf:first 1 ; rdf:rest 2 .",
    ],
)
def test_lists_and_nested_blank_nodes_survive(body: str) -> None:
    """Whole, shared, cyclic and broken lists and nested blank nodes stay what they are."""
    text = EX + f"PREFIX rdf: <{PREFIXES['rdf']}>\n{body}"
    once = formatted(text)

    assert canonical(read(text)) == canonical(read(once))
    assert once == formatted(once)


def test_the_canonical_form_is_one_fact_a_line() -> None:
    """Prefixes sorted and only those used, blocks by IRI, `a` first, labels next, `.` alone."""
    text = """# What this file holds.

        @prefix unused: <http://example.net/> .
        @prefix state: <https://w3id.org/sco-graph/id/state/> .
        @prefix ex: <http://example.org/> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        state:nepal ex:size 2.50 , 1 ; a ex:State .
        state:india skos:altLabel "Bharat"@en ; ex:has [ ex:of ( "a" true ) ; a ex:Thing ] ;
            skos:prefLabel "印度"@zh , "Индия"@ru , "India"@en ; a ex:State .
    """
    expected = """# What this file holds.

PREFIX ex: <http://example.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX state: <https://w3id.org/sco-graph/id/state/>

state:india
    a ex:State ;
    skos:prefLabel "India"@en ;
    skos:prefLabel "印度"@zh ;
    skos:prefLabel "Индия"@ru ;
    skos:altLabel "Bharat"@en ;
    ex:has [
        a ex:Thing ;
        ex:of ( "a" true ) ;
    ] ;
.

state:nepal
    a ex:State ;
    ex:size 1 ;
    ex:size 2.50 ;
.
"""

    assert expected == formatted(text)


def test_the_shipped_files_are_in_canonical_form(sources: Sources) -> None:
    """`sco-graph format` would change nothing in the project."""
    assert len(sources.files) > 10
    assert not [
        file.path
        for file in sources.files
        if file.path.endswith(".ttl")
        and file.text != turtle.format_text(file.text.encode(), file.path)
    ]


@pytest.mark.parametrize(
    ("text", "line", "comment"),
    [
        ("# head\n" + EX + "# inside\nex:a ex:p 1 .", 3, "# inside"),
        (EX + "ex:a ex:p 1 . # behind", 2, "# behind"),
        ("PREFIX ex: <http://example.org/> # prefix\nex:a ex:p 1 .", 1, "# prefix"),
        (EX + "ex:a # subject\n  ex:p 1 .", 2, "# subject"),
        (EX + 'ex:a ex:p \'#\' , """\n#\n""" , <http://e.org/#> . # end', 4, "# end"),
        (EX + "ex:a ex:p 1 .\n\n\n#last", 5, "#last"),
    ],
)
def test_a_comment_that_would_be_lost_is_refused(text: str, line: int, comment: str) -> None:
    """Comments stand at the head; one further down is refused with its line."""
    with pytest.raises(SyntaxFault) as caught:
        formatted(text)

    assert (PATH, line) == (caught.value.path, caught.value.line)
    assert comment in caught.value.problem


@pytest.mark.parametrize(
    "body",
    [
        'ex:a ex:p "a # b" .',
        "ex:a ex:p 'a # b' .",
        'ex:a ex:p """one\n# two""" .',
        "ex:a ex:p '''one\n# \\' ' two''' .",
        'ex:a ex:p "\\"# no" .',
        "ex:a ex:p <http://example.org/#c> .",
        "ex:a\\#b ex:p 1 .",
    ],
)
def test_a_hash_that_opens_no_comment_is_none(body: str) -> None:
    """A hash in a string, an IRI or an escaped name is part of it."""
    assert canonical(read(EX + body)) == canonical(read(formatted(EX + body)))


@pytest.mark.parametrize("head", ["", "# one\n", "# one\n# two\n", "# one\n\n# two\n\n\n"])
def test_comments_at_the_head_stay(head: str) -> None:
    """What a file holds, whence and under which licence is kept."""
    expected = [line for line in head.splitlines() if line]
    actual = [line for line in formatted(head + EX + "ex:a ex:p 1 .").splitlines() if "#" in line]

    assert expected == actual


FAULTS = {
    "syntax": (EX + "\nex:a ex:p ex:b ex:c .", 3, "dot"),
    "unclosed string": (EX + 'ex:a ex:p "b .\n', 2, "Unexpected end"),
    "no end": (EX + "ex:a ex:p ex:b", 2, "Unexpected end"),
    "undeclared prefix": (EX + "\nex:a ex:p xe:b .", 3, '"xe"'),
    "declared prefixes": (EX + "PREFIX b: <http://b.org/>\nex:a ex:p xe:b .", 3, "b:, ex:"),
    "no declared prefixes": ("a:b a:c a:d .", 1, "none"),
    "prefix of the project": (EX + "ex:a ex:p scog:b .", 2, f"PREFIX scog: <{PREFIXES['scog']}>"),
    "IRI with a space": (EX + "ex:a ex:p\n <http://e.org/a b> .", 3, "<http://e.org/a b>"),
    "IRI with <": (EX + "ex:a ex:p\n <http://e.org/a<b> .", 3, "<http://e.org/a<b>"),
    "IRI with >": (EX + "ex:a ex:p\n <http://e.org/a>b> .", 3, "b"),
    "IRI with {": (EX + "ex:a ex:p\n <http://e.org/a{b> .", 3, "<http://e.org/a{b>"),
    "IRI with }": (EX + "ex:a ex:p\n <http://e.org/a}b> .", 3, "<http://e.org/a}b>"),
    "relative IRI": (EX + "ex:a ex:p\n <b/c> .", 3, "<b/c>"),
    "relative fragment": (EX + "ex:a ex:p\n <#b> .", 3, "<#b>"),
    "empty IRI": (EX + "ex:a ex:p\n <> .", 3, "<>"),
    "relative prefix": ("PREFIX ex: <e#>\nex:a ex:p 1 .", 1, "<e#>"),
    "NUL": (EX + 'ex:a ex:p\n "b\0c" .', 3, "NUL"),
    "lone surrogate": (EX + 'ex:a ex:p\n "\\uD800" .', 3, "D800"),
    "quoted triple": (EX + "ex:a ex:p\n << ex:a ex:p 1 >> .", 3, "quoted triple"),
    "owl:imports": (
        EX + f"PREFIX owl: <{PREFIXES['owl']}>\nex:a\n owl:imports <http://e.org/o> .",
        4,
        "<http://e.org/o>",
    ),
    "owl:imports under a comment": (
        f"# This imports nothing.\n{EX}ex:a\n <{PREFIXES['owl']}imports> <http://e.org/o> .",
        4,
        "<http://e.org/o>",
    ),
}


@pytest.mark.parametrize(("text", "line", "says"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_turtle_names_file_line_and_value(text: str, line: int, says: str) -> None:
    """Nothing is guessed or repaired, and the way to the fault is short."""
    with pytest.raises(SyntaxFault) as caught:
        reading.parse(text.encode(), PATH)

    assert (PATH, line) == (caught.value.path, caught.value.line)
    assert says in caught.value.problem
    assert "Parser error" not in caught.value.problem
    assert str(caught.value).startswith(f"{PATH}:{line}: ")


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        pytest.param((EX + 'ex:a ex:p "é" .').encode("latin-1"), 2, "0xE9", id="Latin-1"),
        pytest.param((EX + "ex:a ex:p 1 .").encode("utf-16"), 1, "0xFF", id="UTF-16"),
        pytest.param((EX + "ex:a ex:p 1 .").encode("utf-8-sig"), 1, "byte-order mark", id="BOM"),
        pytest.param(EX.encode() + b'ex:a ex:p "\xed\xa0\x80" .', 2, "0xED", id="surrogate"),
        pytest.param(EX.encode() + b'ex:a ex:p "\xc0\x80" .', 2, "0xC0", id="overlong"),
    ],
)
def test_bytes_that_are_no_utf_8_are_refused(data: bytes, line: int, says: str) -> None:
    """A wrong encoding is told with the line and the byte."""
    with pytest.raises(SyntaxFault) as caught:
        reading.parse(data, PATH)

    assert (PATH, line) == (caught.value.path, caught.value.line)
    assert says in caught.value.problem


OTHERS = {
    "N-Triples, relative IRI": ("x.nt", "\n<http://e.org/a> <http://e.org/p> <b> .", 2, "<b>"),
    "N-Triples, IRI with a space": (
        "x.nt",
        "\n<http://e.org/a> <http://e.org/p> <http://e.org/b c> .",
        2,
        "<http://e.org/b c>",
    ),
    "RDF/XML, document type": (
        "x.rdf",
        XML.replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n', 1),
        2,
        "<!DOCTYPE",
    ),
    "RDF/XML, not closed": ("x.rdf", XML + "<rdf:Description>\n", 4, ""),
    "RDF/XML, relative IRI": ("x.rdf", XML + '<owl:Thing rdf:about="b"/>\n</rdf:RDF>', 3, "b"),
    "RDF/XML, import": (
        "x.rdf",
        XML + '<owl:Ontology rdf:about="http://e.org/o">\n'
        '<owl:imports rdf:resource="http://e.org/i"/>\n</owl:Ontology>\n</rdf:RDF>',
        4,
        "<http://e.org/i>",
    ),
    "JSON-LD, syntax": ("x.jsonld", '{\n "@id": \n}', 3, ""),
    "JSON-LD, remote context": ("x.jsonld", CONTEXT % '"http://e.org/c"', 2, "http://e.org/c"),
    "JSON-LD, file context": ("x.jsonld", CONTEXT % '"file:///etc/c"', 2, "file:///etc/c"),
    "JSON-LD, relative context": ("x.jsonld", CONTEXT % '"c.jsonld"', 2, "c.jsonld"),
    "JSON-LD, list": ("x.jsonld", CONTEXT % '["http://e.org/c"]', 2, "http://e.org/c"),
    "JSON-LD, list of two": (
        "x.jsonld",
        CONTEXT % '[{"name": "http://e.org/n"}, "file:///etc/c"]',
        2,
        "file:///etc/c",
    ),
    "JSON-LD, import": (
        "x.jsonld",
        CONTEXT % '{"@version": 1.1, "@import": "http://e.org/c"}',
        2,
        "http://e.org/c",
    ),
    "JSON-LD, scoped context": (
        "x.jsonld",
        CONTEXT % '{"name": {"@id": "http://e.org/n", "@context": "file:///etc/c"}}',
        2,
        "file:///etc/c",
    ),
    "JSON-LD, IRI with a space": (
        "x.jsonld",
        '{"@context": {"name": "http://e.org/n"},\n "@id": "http://e.org/b c", "name": "n"}',
        2,
        "http://e.org/b c",
    ),
    "JSON-LD, relative IRI": (
        "x.jsonld",
        '{"@context": {"name": "http://e.org/n"},\n "@id": "b", "name": "n"}',
        2,
        "b",
    ),
}


@pytest.mark.parametrize(("path", "text", "line", "says"), OTHERS.values(), ids=OTHERS)
def test_a_fault_in_another_format_names_file_line_and_value(
    path: str, text: str, line: int, says: str
) -> None:
    """Document types, contexts and imports that point elsewhere are refused by name."""
    with pytest.raises(SyntaxFault) as caught:
        reading.parse(text.encode(), path)

    assert (path, line) == (caught.value.path, caught.value.line)
    assert says in caught.value.problem


def test_a_context_in_a_file_is_not_opened(tmp_path: Path) -> None:
    """A context that exists beside the file is refused all the same."""
    context = tmp_path / "c.jsonld"
    context.write_text('{"@context": {"name": "http://example.org/name"}}', encoding="utf-8")

    with pytest.raises(SyntaxFault, match=r"c\.jsonld"):
        reading.parse((CONTEXT % f'"{context.as_uri()}"').encode(), "x.jsonld")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.jsonld", CONTEXT % '"{url}"'),
        ("x.jsonld", CONTEXT % '[{"name": "http://example.org/n"}, "{url}"]'),
        ("x.rdf", XML.replace("?>\n", '?>\n<!DOCTYPE x SYSTEM "{url}">\n', 1) + "</rdf:RDF>"),
        ("x.ttl", f"<http://e.org/o> <{PREFIXES['owl']}imports> <{{url}}> ."),
    ],
    ids=["context", "context in a list", "document type", "import"],
)
def test_nothing_goes_out(path: str, text: str) -> None:
    """A listener on this machine gets not one packet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/c"
        with pytest.raises(SyntaxFault):
            reading.parse(text.replace("{url}", url).encode(), path)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.ttl", EX + "ex:a ex:p <http://example.org/é/%20> ."),
        ("x.ttl", EX.replace("\n", "\r\n") + "ex:a ex:p 1 .\r\n"),
        ("x.ttl", EX + 'ex:a ex:p "owl:imports <http://e.org/o>" .'),
        ("x.nt", "<http://e.org/a> <http://e.org/p> <http://e.org/b> ."),
        ("x.nq", "<http://e.org/a> <http://e.org/p> <http://e.org/b> <http://e.org/g> ."),
        ("x.trig", "<http://e.org/g> { <http://e.org/a> <http://e.org/p> 1 }"),
        ("x.rdf", XML + '<owl:Thing rdf:about="http://e.org/b"/>\n</rdf:RDF>'),
        ("x.jsonld", CONTEXT % '{"name": "http://example.org/name"}'),
        ("x.jsonld", CONTEXT % '[{"name": "http://example.org/name"}]'),
    ],
)
def test_a_good_file_is_read(path: str, text: str) -> None:
    """Each format that the table of formats names is read by its extension."""
    expected = 1
    actual = len(reading.parse(text.encode(), path).quads)

    assert expected == actual


@pytest.mark.parametrize("path", ["x", "x.csv", "x.ttl.bak", ".ttl/x"])
def test_a_file_without_a_known_extension_is_refused(path: str) -> None:
    """No format is guessed from what is inside."""
    with pytest.raises(UsageError, match="says no RDF format"):
        reading.parse(b"", path)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No input ends in anything but triples or a fault with a line of the file."""
    line = 1
    try:
        reading.parse(data, PATH)
    except SyntaxFault as fault:
        line = fault.line

    assert 1 <= line <= 1 + data.count(b"\n") + data.count(b"\r")
