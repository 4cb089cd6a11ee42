"""The command line: its contracts, its manners and what it does with bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import Run
from sco_graph import cache, store
from sco_graph.cli import COMMANDS, usage
from sco_graph.namespaces import PREFIXES, expand

SOURCE = ("--source", "china-keywords-2019")
PIPED = [sys.executable, "-m", "sco_graph"]


def test_help_lists_every_command(run: Run) -> None:
    """`--help` names each command, says what it does, and exits 0."""
    code, out, _ = run("--help")

    assert (0, usage()) == (code, out)
    assert all(f"  {name}" in out and text in out for name, (_, text) in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example(run: Run, command: str) -> None:
    """A command's help opens with what it does and shows a line that can be copied."""
    code, out, _ = run(command, "--help")

    assert 0 == code
    assert COMMANDS[command][1] in out
    assert f"  sco-graph {command}" in out or f"| sco-graph {command}" in out


def test_the_readme_names_every_command() -> None:
    """A command that the README does not know is not there for anybody."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

    assert [] == [name for name in COMMANDS if f"sco-graph {name}" not in readme]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("ask",),
        ("query",),
        ("query", "no-such-question"),
        ("query", "members", "--format", "pdf"),
        ("query", "members", "--param", "organization"),
        ("query", "members", "--param", "a=1", "--param", "a=2"),
        ("query", "members", "--lang", "fr"),
        ("query", "members", "--at", "2019-02-30"),
        ("query", "founding", "--at", "2019-07-11"),
        ("query", "members", "--data", "no/such/folder"),
        ("query", "no/such/file.rq"),
        ("describe", "Atlantis"),
        ("describe", ""),
        ("validate", "no/such/file.ttl"),
        ("format", "no/such/file.ttl"),
        ("format", "README.md"),
        ("evidence", "check", "--document", "no/such/text", "--language", "en"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_why(run: Run, arguments: tuple[str, ...]) -> None:
    """Nothing goes to stdout, the reason goes to stderr, and there is no traceback."""
    code, out, err = run(*arguments)

    assert (2, "") == (code, out)
    assert err.strip()
    assert "Traceback" not in err


def test_an_ambiguous_term_is_refused_with_the_list(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label that several things have gives their CURIEs, and exit 2."""
    two = store.load(
        b"".join(
            f'<{expand(thing)}> <{expand("skos:prefLabel")}> "Strelsau"@en .\n'.encode()
            for thing in ("place:strelsau", "organ:strelsau")
        )
    )
    monkeypatch.setattr(cache, "with_vocabulary", lambda *_: two)
    code, _, err = run("describe", "Strelsau")

    assert 2 == code
    assert "organ:strelsau" in err
    assert "place:strelsau" in err


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "xml", "table"])
def test_rows_come_in_every_format(run: Run, name: str) -> None:
    """The six members are found in each serialisation, and it parses."""
    code, out, _ = run("query", "members", *SOURCE, "--format", name)

    assert 0 == code
    assert 6 == out.count("2001-06-15")
    if name == "json":
        document = json.loads(out)
        assert ["iso3", "state", "since", "source"] == document["head"]["vars"]
        assert "en" == document["results"]["bindings"][0]["state"]["xml:lang"]
    if name == "xml":
        space = "{http://www.w3.org/2005/sparql-results#}"
        found = ElementTree.fromstring(out)  # noqa: S314  # our own output
        assert 6 == len(found.findall(f".//{space}result"))


def test_triples_come_as_turtle_and_ntriples(run: Run, tmp_path: Path) -> None:
    """A CONSTRUCT is written as RDF, a SELECT is not, and both say so."""
    query = tmp_path / "roles.rq"
    query.write_text("CONSTRUCT { ?s a scog:Role } WHERE { ?s a scog:Role }", encoding="utf-8")

    assert 4 == run("query", str(query), "--format", "nt")[1].count(" .\n")
    assert "role:sco-partner\n    a scog:Role ;\n.\n" in run("query", str(query))[1]
    assert 2 == run("query", str(query), "--format", "csv")[0]
    assert 2 == run("query", "members", "--format", "ttl")[0]


def test_anybodys_sparql_is_asked_with_bound_terms(run: Run, tmp_path: Path) -> None:
    """A file without a header takes --param, --source and --at for variables that it has."""
    query = tmp_path / "mine.rq"
    query.write_text(
        "SELECT ?role WHERE { GRAPH ?graph { ?c org:member ?who ; org:role ?role } }",
        encoding="utf-8",
    )
    code, out, _ = run(
        "query", str(query), "--param", "who=state:india", *SOURCE, "--format", "csv"
    )

    assert (0, "role\r\nhttps://w3id.org/sco-graph/id/role/observer-state\r\n") == (code, out)
    assert 2 == run("query", str(query), "--param", "other=1")[0]


def test_an_ask_answers_yes_or_no(run: Run, tmp_path: Path) -> None:
    """ASK is answered in a word, and in SPARQL's JSON and XML."""
    query = tmp_path / "ask.rq"
    query.write_text("ASK { state:india a scog:State }", encoding="utf-8")

    assert "true\n" == run("query", str(query))[1]
    assert json.loads(run("query", str(query), "--format", "json")[1]) == {
        "head": {},
        "boolean": True,
    }
    assert "<boolean>true</boolean>" in run("query", str(query), "--format", "xml")[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"SELECT * {", "not SPARQL"),
        (b"", "empty"),
        (b"SELECT \xff", "UTF-8"),
        (b"#" * 70_000, "64 KiB"),
        (b"DELETE WHERE { ?s ?p ?o }", "not SPARQL"),
        (b"SELECT (<a:f>(1) AS ?x) {}", "cannot be asked: The custom function <a:f>"),
    ],
    ids=["syntax", "empty", "bytes", "long", "update", "function"],
)
def test_a_query_that_cannot_be_asked_is_named(
    run: Run, tmp_path: Path, text: bytes, words: str
) -> None:
    """The reason is told and the exit code is 2."""
    query = tmp_path / "bad.rq"
    query.write_bytes(text)
    code, _, err = run("query", str(query))

    assert 2 == code
    assert words in err


def test_explain_gives_the_documented_json(run: Run) -> None:
    """Every claim has its source, rank and evidence; a table's evidence has no quote."""
    code, out, _ = run("explain", "india", "--format", "json")
    claims = json.loads(out)
    keys = ["subject", "predicate", "object", "source", "rank", "evidence"]

    assert 0 == code
    assert all(keys == list(claim) for claim in claims)
    role = next(c for c in claims if c["object"].endswith("/role/observer-state"))
    assert ("china-keywords-2019", "Deprecated") == (role["source"], role["rank"])
    assert {("en", "India"), ("zh", "印度")} <= {
        (e["language"], e["quote"]) for e in role["evidence"]
    }
    evidence = ["language", "quote", "start", "end", "document", "sha256"]
    assert all(evidence == list(e) for claim in claims for e in claim["evidence"])
    code_claim = next(c for c in claims if c["object"] == "IND")
    assert [code_claim["evidence"][0][key] for key in evidence if key != "document"] == [
        None,
        None,
        None,
        None,
        None,
    ]


def test_describe_shows_what_only_the_chinese_names(run: Run) -> None:
    """The Executive Committee is an organ of the RATS, with its seat, in either language."""
    _, english, _ = run("describe", "rats-executive-committee")
    _, chinese, _ = run("describe", "地区反恐怖机构执行委员会", "--lang", "zh")
    _, _, note = run("describe", "SCO", "--lang", "zh")

    assert "organ of: Regional Anti-Terrorist Structure (organ:rats)" in english
    assert "驻地: 塔什干 (place:tashkent)" in chinese
    assert "no zh name" in note


def test_stats_shows_each_sources_day(run: Run) -> None:
    """The last day that a source covers stands beside its count."""
    _, out, _ = run("stats")

    assert any(
        line.split()[0] == "china-keywords-2019" and line.split()[-1] == "2019-07-11"
        for line in out.splitlines()
        if line
    )


def test_format_writes_what_check_demands(run: Run, tmp_path: Path) -> None:
    """--check names file and line and writes nothing; format mends it; a comment is kept safe."""
    path = tmp_path / "facts.ttl"
    text = (
        "# Invented.\nPREFIX state: <https://w3id.org/sco-graph/id/state/>\nstate:a a state:b .\n"
    )
    path.write_text(text, encoding="utf-8")

    code, out, _ = run("format", "--check", str(path))
    assert (1, True) == (code, f"{path}:2" in out or f"{path}:3" in out)
    assert text == path.read_text(encoding="utf-8")
    assert 0 == run("format", str(path))[0]
    assert 0 == run("format", "--check", str(path))[0]
    assert path.read_text(encoding="utf-8").startswith("# Invented.\n\nPREFIX state:")

    path.write_text(text + "# lost?\n", encoding="utf-8")
    code, _, err = run("format", str(path))
    assert (2, True) == (code, f"{path}:4" in err)
    assert (text + "# lost?\n") == path.read_text(encoding="utf-8")


def test_validate_names_file_line_and_value(run: Run) -> None:
    """A finding says where, in the language asked for, in three formats."""
    twin = "tests/bad/participation-role--frequency.ttl"
    code, english, _ = run("validate", twin)
    _, chinese, _ = run("validate", twin, "--lang", "zh")
    _, text, _ = run("validate", twin, "--format", "json")
    finding = json.loads(text)["findings"][0]

    assert 1 == code
    assert f"{twin}:" in english
    assert "exactly one role" in english
    assert "恰有一种身份" in chinese
    assert {"severity", "shape", "focus", "path", "value", "message", "file", "line"} == set(
        finding
    )
    assert "sh:ValidationReport" in run("validate", twin, "--format", "ttl")[1]


def test_a_blank_node_for_a_member_is_a_finding_and_no_crash(run: Run, tmp_path: Path) -> None:
    """What has no name is told by the gate, also where days and roles are derived from it."""
    path = tmp_path / "blank.ttl"
    head = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items())
    path.write_text(
        head
        + """participation:x a scog:Participation ; org:member [ a scog:State ] ;
          org:organization "SCO" ; org:role role:member-state ;
          scog:validFrom "2001"^^xsd:gYear .""",
        encoding="utf-8",
    )
    code, out, _ = run("validate", str(path), "--format", "json")
    shapes = {finding["shape"] for finding in json.loads(out)["findings"]}

    assert 1 == code
    assert {"blank-node", "participation-organization", "claim-evidence"} <= shapes


@pytest.mark.parametrize(
    "text",
    [
        "{" * 3000,
        "SELECT * { " + "OPTIONAL { " * 3000,
        "SELECT * { ?s ?p ?o FILTER (" + " || ".join(["true"] * 10_000) + ") }",
        "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 5_000) + " }",
    ],
    ids=["braces", "optional", "or", "union"],
)
def test_a_query_that_would_bring_the_engine_down_is_refused(
    run: Run, tmp_path: Path, text: str
) -> None:
    """The engine recurses without a bound; the bound is told instead."""
    query = tmp_path / "deep.rq"
    query.write_text(text, encoding="utf-8")
    code, _, err = run("query", str(query))

    assert 2 == code
    assert "at most" in err or "64 KiB" in err


def test_from_chooses_the_graphs_that_are_asked(run: Run, tmp_path: Path) -> None:
    """Without FROM the default graph is all graphs, with it those that it names."""
    query = tmp_path / "from.rq"
    for clause, expected in (
        ("", "69"),
        ("FROM graph:china-keywords-2019", "18"),
        ("FROM graph:reference", "0"),
    ):
        text = f"SELECT (COUNT(?s) AS ?n) {clause} {{ ?s a scog:Participation }}"
        query.write_text(text, encoding="utf-8")
        assert f"n\r\n{expected}\r\n" == run("query", str(query), "--format", "csv")[1]


@pytest.mark.parametrize(
    ("day", "rows"), [("1990-01-01", 0), ("2005-01-01", 7), ("2019-07-11", 18), ("2025-11-18", 27)]
)
def test_status_is_asked_as_of_a_day(run: Run, day: str, rows: int) -> None:
    """With --at the best claims that hold on that day are listed: one row a state."""
    _, out, _ = run("query", "status", "--at", day, "--format", "csv")

    assert rows == out.count("\r\n") - 1


def test_output_into_head_leaves_no_traceback() -> None:
    """A reader that stops reading is no error."""
    names = subprocess.Popen(
        [*PIPED, "query", "names"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert names.stdout is not None
    assert names.stderr is not None
    names.stdout.close()
    err = names.stderr.read()
    names.stderr.close()

    assert (0, b"") == (names.wait(), err)


def test_a_full_disk_is_told() -> None:
    """What cannot be written ends with 2 and the reason."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full, so no full disk was tried")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PIPED, "query", "members"], stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert (2, b"sco-graph: No space left on device\n") == (done.returncode, done.stderr)


def test_the_locale_does_not_matter() -> None:
    """Chinese comes out whole in an ASCII locale, byte for byte as in another one."""
    import os

    outputs = {
        subprocess.run(
            [*PIPED, "query", "members", "--lang", "zh"],
            env={**os.environ, "LC_ALL": locale, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for locale, seed, zone in (("C", "0", "UTC"), ("C.UTF-8", "1", "Asia/Shanghai"))
    }

    assert 1 == len(outputs)
    assert "印度" in outputs.pop().decode()


def test_a_long_query_comes_from_standard_input() -> None:
    """`-` reads SPARQL, and no network or update is reached from it."""
    done = subprocess.run(
        [*PIPED, "query", "-", "--format", "csv"],
        input=b"SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a scog:State }",
        capture_output=True,
        check=True,
    )

    assert b"n\r\n27\r\n" == done.stdout
