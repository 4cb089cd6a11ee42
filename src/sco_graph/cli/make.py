"""`build` and `validate`."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sco_graph import build as building
from sco_graph import cache
from sco_graph.cli import options, progress, say
from sco_graph.errors import UsageError

if TYPE_CHECKING:
    from sco_graph.validation import Report


def build_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph build` takes."""
    parser.epilog = "example:\n  sco-graph build -o release --timings"
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="where to write it too")
    parser.add_argument("--timings", action="store_true", help="seconds of each stage, on stderr")
    options.language(parser)
    options.data(parser)


def build(arguments: Namespace) -> int:
    """Build from sources, whatever the cache holds, and keep what passed."""
    layout = options.layout(arguments)
    timings = building.Timings(announce=progress)
    try:
        release = building.build(layout, timings)
    except building.GateError as error:
        _write_report(error.report, arguments.lang, "table")
        raise
    finally:
        progress("")
        if arguments.timings:
            for stage, seconds in timings.seconds.items():
                say(f"{stage:<8} {seconds:6.2f} s")
    with timings.stage("keep"):
        cache.keep(release, say)
    progress("")
    if arguments.output:
        release.save(arguments.output)
    facts = release.facts
    print(
        f"{facts['quads']} quads in {len(facts['graphs'])} graphs passed "
        f"{len(facts['looked_at'])} shapes and checks"
    )
    return 0


def validate_options(parser: ArgumentParser) -> None:
    """Say what `sco-graph validate` takes."""
    parser.epilog = (
        "examples:\n"
        "  sco-graph validate\n"
        "  sco-graph validate my-facts.ttl --lang zh\n"
        "  sco-graph validate --store world --only named two-roles"
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files to add")
    parser.add_argument("--format", default="table", choices=("table", "json", "ttl"))
    parser.add_argument(
        "--most", type=int, default=10, metavar="N", help="findings shown of each shape of a store"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="NAME",
        help="of a store, judge by these shapes and checks alone",
    )
    options.language(parser)
    options.data(parser)
    options.graphs(parser)
    options.elsewhere(parser)


def validate(arguments: Namespace) -> int:
    """Write what the gate finds; 1 where something has to be mended."""
    if options.named(arguments):
        from sco_graph.cli.stage import judge

        report = judge(arguments)
        _write_report(report, arguments.lang, arguments.format)
        return 0 if report.conforms else 1
    if arguments.only:
        raise UsageError("--only goes with --store or --endpoint: files are judged by all there is")
    timings = building.Timings(announce=progress)
    try:
        judged = building.judge(options.layout(arguments), arguments.files, timings)
    finally:
        progress("")
    _write_report(judged.report, arguments.lang, arguments.format)
    return 0 if judged.report.conforms else 1


def _write_report(report: Report, lang: str, format_name: str) -> None:
    if format_name == "json":
        found = [
            {
                "severity": f.severity,
                "shape": f.shape,
                "focus": f.focus,
                "path": f.path,
                "value": f.value,
                "message": f.message(lang),
                "file": f.file,
                "line": f.line,
            }
            for f in report.findings
        ]
        document = {
            "conforms": report.conforms,
            "findings": found,
            "looked_at": dict(sorted(report.looked_at.items())),
            "counts": report.by_shape(),
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    if format_name == "ttl":
        sys.stdout.write(report.as_turtle())
        return
    from sco_graph.validation import shown

    for f in report.findings:
        where = f"{f.file}:{f.line}: " if f.file else ""
        print(f"{where}{f.severity}: {shown(f.focus)}: {f.message(lang)}")
        about = [("shape", f.shape), ("path", shown(f.path)), ("value", shown(f.value))]
        print("    " + ", ".join(f"{name} {text}" for name, text in about if text))
        if f.solution:
            print(f"    {f.solution}")
    for name in report.idle:
        print(f"info: {name} had nothing to look at")
    for (name, severity), number in sorted(report.counts.items()):
        print(f"{_counted(number, severity)} of {name}")
    wrong, less = report.number("violation"), report.number("warning")
    print(
        f"{'passed' if report.conforms else 'failed'}: {_counted(wrong, 'violation')}, "
        f"{_counted(less, 'warning')}; {len(report.looked_at)} shapes and "
        f"checks looked at {sum(report.looked_at.values())} things"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
