"""`describe`, `explain` and `stats`."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict

from sco_graph import answers, cache, queries, store, terms
from sco_graph import explain as explaining
from sco_graph.cli import options, say
from sco_graph.describe import describe as describing
from sco_graph.namespaces import LANGUAGES, compact


def describe_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph describe` takes."""
    parser.epilog = "examples:\n  sco-graph describe KAZ\n  sco-graph describe 上合组织 --lang zh"
    _term(parser)
    parser.add_argument("--format", default="text", choices=("text", "json"), help="default: text")


def describe(arguments: Namespace) -> int:
    """Write what the graph knows of a thing."""
    graph = options.graph(arguments, vocabulary=True)
    found = describing(graph, terms.resolve(graph, arguments.term), arguments.lang)
    if note := queries.fallback_note(found.fallbacks, arguments.lang):
        say(f"note: {note}")
    if arguments.format == "json":
        groups = {
            name: [{"property": f.property, "value": f.value, "sources": f.sources} for f in facts]
            for name, facts in found.groups.items()
        }
        about = {"iri": found.iri, "label": found.label, **groups}
        print(json.dumps(about, ensure_ascii=False, indent=2))
        return 0
    print(f"{found.label}  {found.curie}\n{found.iri}")
    for name, lines in found.groups.items():
        print(f"\n{name}")
        for line in lines:
            text = f"{line.property}: {line.value}" if line.property else line.value
            print(f"  {text}  [{', '.join(line.sources)}]")
    return 0


def explain_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph explain` takes."""
    parser.epilog = "example:\n  sco-graph explain india --format json"
    _term(parser)
    parser.add_argument("--format", default="text", choices=("text", "json"), help="default: text")


def explain(arguments: Namespace) -> int:
    """Write every claim about a thing with its evidence."""
    graph = options.graph(arguments, vocabulary=True)
    iri = terms.resolve(graph, arguments.term)
    claims = explaining.explain(graph, iri)
    if arguments.format == "json":
        print(json.dumps([claim.as_json() for claim in claims], ensure_ascii=False, indent=2))
        return 0
    names = terms.Names(graph, arguments.lang)
    count = f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'}"
    print(f"{names.named(iri)}: {count}")
    for group in explaining.by_evidence(claims):
        first = group[0]
        print(f"\n{names.named(first.subject)}  [{first.source}, {first.rank}]")
        for claim in group:
            value = names.named(claim.object) if claim.object.startswith("http") else claim.object
            print(f"  {names.label(claim.predicate)}: {value}")
        for words in first.evidence:
            document = names.label(words.document)
            if words.quote is None:
                remark = f" ({words.note})" if words.note else ""
                print(f"    — {document}, row {words.row}{remark}")
            else:
                print(
                    f"    — “{words.quote}” {words.language} {words.start}–{words.end}, {document}"
                )
        texts: dict[str, list[str]] = defaultdict(list)
        for language, text in first.notes:
            texts[language].append(text)
        for told in texts.get(arguments.lang) or texts.get(LANGUAGES[0], []):
            print(f"    note: {told}")
    if not claims:
        say("note: no source claims anything about it")
    if note := queries.fallback_note(names.fallbacks, arguments.lang):
        say(f"note: {note}")
    return 0


def stats_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph stats` takes."""
    parser.epilog = "example:\n  sco-graph stats"
    options.data(parser)


def stats(arguments: Namespace) -> int:
    """Count quads by graph, things by kind, names by language, and say each source's day.

    Names of pages that are cited, and nothing else, are left out.
    """
    layout = options.layout(arguments)
    facts = cache.release_of(layout, say).facts
    graph = cache.at_hand(layout, say)
    sources = store.sources(graph)
    rows = []
    for name, count in facts["graphs"].items():
        day = None
        if name in sources:
            day = queries.last_day(graph, name)
        rows.append([name, str(count), answers.value(day)])
    sys.stdout.write(answers.columns(("graph", "quads", "last day covered"), rows))
    counts = store.rows(graph, _KINDS)
    rows = [[compact(row["kind"].value), row["count"].value] for row in counts]
    sys.stdout.write("\n" + answers.columns(("kind", "things"), rows))
    named = store.rows(graph, _NAMED)
    found = {row["lang"].value: row["count"].value for row in named}
    rows = [[lang, found.get(lang, "0")] for lang in LANGUAGES]
    sys.stdout.write("\n" + answers.columns(("language", "things named"), rows))
    print(
        f"\n{facts['quads']} quads, {sum(facts['looked_at'].values())} looks by "
        f"{len(facts['looked_at'])} shapes and checks"
    )
    return 0


_KINDS = """SELECT ?kind (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  GRAPH ?graph { ?thing a ?kind }
  FILTER (?graph NOT IN (graph:inferred, graph:derived) && STRSTARTS(STR(?kind), STR(scog:)))
} GROUP BY ?kind ORDER BY ?kind"""
_NAMED = """SELECT ?lang (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?thing skos:prefLabel ?name . BIND (LANG(?name) AS ?lang)
  FILTER NOT EXISTS { ?words oa:hasSource ?thing }
} GROUP BY ?lang"""


def _term(parser: ArgumentParser) -> None:
    parser.add_argument(
        "term", metavar="TERM", help="an IRI, a CURIE, a code, a slug or a label in any language"
    )
    options.language(parser)
    options.data(parser)
    options.elsewhere(parser)
