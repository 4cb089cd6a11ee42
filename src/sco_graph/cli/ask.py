"""`query` and `queries`."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace

from sco_graph import answers, queryfile
from sco_graph import queries as asking_of
from sco_graph.cli import options, say
from sco_graph.errors import InputError, UsageError
from sco_graph.formats import ASKABLE
from sco_graph.queryfile import QueryFile

_LONGEST = 64 * 1024
_DEEPEST = 64
_JOINED = 500


def query_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph query` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph query observers --source china-keywords-2019 --format csv\n"
        "  sco-graph query status --param state=india\n"
        "  echo 'SELECT * { ?s a scog:State }' | sco-graph query -\n\n"
        "The prefixes of the project need no PREFIX lines. `sco-graph queries` lists the questions."
    )
    parser.add_argument("question", metavar="NAME|FILE.rq|-", help="what to ask")
    parser.add_argument("--at", metavar="DAY", help="as of a day, YYYY-MM-DD")
    parser.add_argument("--source", metavar="NAME", help="as one source has it, whatever its rank")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter's value"
    )
    parser.add_argument("--format", default="table", choices=ASKABLE, help="default: table")
    options.language(parser, default=None)
    options.data(parser)
    options.elsewhere(parser)


def query(arguments: Namespace) -> int:
    """Ask, and write the answer to standard output, what to know beside it to stderr."""
    layout = options.layout(arguments)
    question = _question(arguments.question, layout.queries)
    asking = asking_of.Asking(
        arguments.lang, arguments.source, arguments.at, _pairs(arguments.param)
    )
    answer = asking_of.ask(options.graph(arguments), question, asking)
    for note in answer.notes:
        say(f"note: {note}")
    sys.stdout.write(answers.write(answer, arguments.format))
    return 0


def queries_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph queries` takes."""
    parser.epilog = "example:\n  sco-graph queries"
    options.data(parser)


def queries(arguments: Namespace) -> int:
    """List the saved questions."""
    for question in asking_of.saved(options.layout(arguments).queries):
        print(f"{question.name}\n  {question.summary}")
        if tags := question.list("tags"):
            print(f"  tags: {', '.join(tags)}")
        if question.fields.get("at", "no") != "no":
            print("  --at DAY")
        for p in question.parameters:
            default = f", default {p.default}" if p.default else ""
            print(f"  --param {p.name}=… ({p.type}{default}): {p.text}")
    return 0


def _question(name: str, folder: str) -> QueryFile:
    if name != "-" and not name.endswith(".rq"):
        return asking_of.find(folder, name)
    try:
        with sys.stdin.buffer if name == "-" else open(name, "rb") as file:
            data = file.read(_LONGEST + 1)
        text = data.decode("utf-8")
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8") from None
    if len(data) > _LONGEST:
        raise InputError(f"{name}: longer than {_LONGEST // 1024} KiB")
    if not text.strip():
        raise InputError(f"{name}: the query is empty")
    _refuse_deep(name, text)
    return queryfile.parse(name, text)


def _refuse_deep(name: str, text: str) -> None:
    """Refuse what brings the engine down: it recurses without a bound of its own."""
    depth = deepest = 0
    for character in text:
        depth += (character in "{([") - (character in "})]")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise UsageError(f"{name}: {deepest} brackets stand inside each other, at most {_DEEPEST}")
    joined = len(re.findall(r"\|\||&&|\bUNION\b|\bOPTIONAL\b", text, re.IGNORECASE))
    if joined > _JOINED:
        raise UsageError(f"{name}: {joined} parts are joined, at most {_JOINED}")


def _pairs(given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.replace("_", "a").isalnum():
            raise UsageError(f'--param takes NAME=VALUE, not "{text}"')
        if name in pairs:
            raise UsageError(f'--param {name} is given twice: "{pairs[name]}" and "{value}"')
        pairs[name] = value
    return pairs
