"""The command line: one module a family of commands, imported only when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from importlib import import_module
from signal import SIGTERM, default_int_handler, signal

from sco_graph.errors import SCOGraphError

# argparse looks for translations of its own few words, which takes as long as the question
# itself and gives a help that is half English: it speaks English here.
vars(argparse)["_"] = str

COMMANDS = {
    "query": ("ask", "Ask a saved question, or SPARQL from a file or standard input."),
    "queries": ("ask", "List the saved questions and their parameters."),
    "describe": ("tell", "Say what the graph knows of a thing."),
    "explain": ("tell", "Show every claim about a thing and the words that it rests on."),
    "stats": ("tell", "Count what is in the graph."),
    "export": ("export", "Write the graph in any format, or in another vocabulary."),
    "link": ("link", "Propose what of another graph is which of our things, as SSSOM."),
    "merge": ("merge", "Make one validated dataset of another graph and ours."),
    "compare": ("merge", "Compare the memberships that another graph has with ours."),
    "verify": (
        "verify",
        "Check that a release or an export is what was released.",
    ),
    "serve": ("serve", "Serve a SPARQL endpoint for reading, and pages for people."),
    "picture": ("picture", "Draw the timeline, the structure or the ontology as SVG."),
    "evidence": ("quotes", "Hold the quotes against the text that they come from."),
    "build": ("make", "Build the graph from its sources and put it through its gate."),
    "validate": ("make", "Put the graph, or the graph with your files added, through the gate."),
    "load": ("stage", "Load files into a store on disk or an endpoint."),
    "reason": ("stage", "Write what follows by the ontology into a store or an endpoint."),
    "rules": ("stage", "Print the ontology's entailments as SPARQL."),
    "shapes": ("stage", "List the shapes, or print them as SPARQL."),
    "format": ("turtle", "Write Turtle files in their canonical form, or check that they are."),
}
"""Command to the module that holds it and the line that says what it does."""

_ON_STORES = ("query", "describe", "explain", "export", "merge", "compare")
"""The commands that need a process of their own on a store on disk, beside the stages."""

USAGE = """usage: sco-graph COMMAND [OPTION …]

The Shanghai Cooperation Organization as a validated, sourced graph.

commands:
{commands}

example:
  sco-graph query members --source china-keywords-2019 --lang zh

Each command explains itself: sco-graph COMMAND --help
exit code: 0 good, 1 the graph is at fault, 2 wrong usage or unreadable input
"""


def usage() -> str:
    """Return the text of `sco-graph --help`."""
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items())
    return USAGE.format(commands="\n".join(lines))


def say(text: str) -> None:
    """Tell a person something that is no result."""
    print(text, file=sys.stderr)


def progress(stage: str) -> None:
    """Show the stage that runs, on a terminal and on one line; an empty one clears it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{stage and stage + ' …'}")
        sys.stderr.flush()


def run() -> None:
    """Run the command of this process and end it at once.

    All that is written is flushed; to take the engine and the interpreter down in order
    would take a tenth of the time that a question takes.
    """
    # Whoever started the process may have closed its streams.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  # open until the end
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115  # open until the end
    # Who is told to stop leaves nothing half-written, as with Ctrl-C.
    signal(SIGTERM, default_int_handler)
    code = main()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        for stream in (sys.stdout, sys.stderr):
            # Names are in three scripts, whatever the locale.
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]  # a test may put another object there
    except AttributeError:
        pass
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = _run(given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader has what it wanted (`| head`): no traceback, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SCOGraphError as error:
        say(f"sco-graph: {error}")
        return error.exit_code
    except RuntimeError as error:
        if "Corruption" not in str(error):  # the engine's word for a damaged store
            raise
        say(f"sco-graph: the store is damaged: {str(error).partition(chr(10))[0]}")
        return 2
    except OSError as error:
        say(f"sco-graph: {error.strerror or error}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except KeyboardInterrupt:
        say("sco-graph: stopped")
        return 130


def _run(given: list[str]) -> int:
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage(), end="", file=sys.stdout if given else sys.stderr)
        return 0 if given else 2
    if given[0] == "--version":
        from sco_graph import __version__

        print(f"sco-graph {__version__}")
        return 0
    name, rest = given[0], given[1:]
    if name not in COMMANDS:
        say(f'sco-graph: there is no command "{name}". Commands: {", ".join(COMMANDS)}')
        return 2
    module = import_module(f"sco_graph.cli.{COMMANDS[name][0]}")
    parser = ArgumentParser(
        prog=f"sco-graph {name}",
        # A width of its own: to ask the terminal for one costs 5 ms of imports.
        formatter_class=lambda prog: RawDescriptionHelpFormatter(prog, width=100),
        allow_abbrev=False,
        description=COMMANDS[name][1],
    )
    getattr(module, f"{name}_options")(parser)
    arguments: Namespace = parser.parse_args(rest)
    command: Callable[[Namespace], int] = getattr(module, name)
    if name in _ON_STORES and arguments.store and not arguments.endpoint:
        from sco_graph.cli.apart import apart

        return apart(lambda: command(arguments), arguments.store, gently=True)
    return command(arguments)
