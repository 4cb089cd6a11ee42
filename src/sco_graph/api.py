"""The interface from Python: open a graph, ask it, build and validate one's own files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sco_graph import answers, cache, queries, queryfile, store, terms
from sco_graph import build as building
from sco_graph import describe as describing
from sco_graph import explain as explaining
from sco_graph.errors import UsageError
from sco_graph.layout import Layout

if TYPE_CHECKING:
    from rdflib import Dataset

    from sco_graph.release import Release
    from sco_graph.validation import Report


class Graph:
    """A graph that passed its gate, open for reading."""

    def __init__(self, graph: ox.Store, layout: Layout) -> None:
        self.store = graph
        self.layout = layout

    def answer(
        self,
        question: str,
        parameters: Mapping[str, str] | None = None,
        *,
        lang: str | None = None,
        source: str | None = None,
        at: str | None = None,
    ) -> queries.Answer:
        """Ask a saved question by name, or SPARQL, and get terms and notes.

        `parameters` are texts as the command line takes them; `source` is the name of a
        source; `at` is a day, YYYY-MM-DD. Raises UsageError where one does not fit.
        """
        if re.fullmatch(r"[a-z0-9-]+", question):
            asked = queries.find(self.layout.queries, question)
        else:
            asked = queryfile.parse("SPARQL", question)
        return queries.ask(self.store, asked, queries.Asking(lang, source, at, parameters or {}))

    def ask(
        self,
        question: str,
        parameters: Mapping[str, str] | None = None,
        *,
        lang: str | None = None,
        source: str | None = None,
        at: str | None = None,
    ) -> list[dict[str, str]]:
        """Ask as `answer` does and get plain rows: column to text, "" where nothing is known.

        Raises UsageError for ASK and CONSTRUCT, which have no rows.
        """
        found = self.answer(question, parameters, lang=lang, source=source, at=at)
        if found.truth is not None or found.triples is not None:
            raise UsageError("this query answers with no rows: ask it with Graph.answer")
        return [
            dict(zip(found.columns, map(answers.value, row), strict=True)) for row in found.rows
        ]

    def describe(self, term: str, lang: str = "en") -> describing.Description:
        """Return what the graph knows of the thing that a term names."""
        return describing.describe(self.store, terms.resolve(self.store, term), lang)

    def explain(self, term: str) -> list[explaining.Claim]:
        """Return every claim about the thing that a term names, with its evidence."""
        return explaining.explain(self.store, terms.resolve(self.store, term))

    def dataset(self) -> Dataset:
        """Return the whole graph as an rdflib Dataset, named graphs and all."""
        from sco_graph.bridge import to_dataset

        return to_dataset(store.match(self.store))


def open_graph(data: str | PathLike[str] | None = None) -> Graph:
    """Open the shipped graph, or the one of a folder of data, with its vocabulary.

    It is built where it is not at hand yet; GraphError where it fails its gate.
    """
    layout = _layout(data)
    return Graph(cache.with_vocabulary(layout), layout)


def build_graph(
    data: str | PathLike[str] | None = None, output: str | PathLike[str] | None = None
) -> Release:
    """Build the shipped data, or a folder of data, and write the release into a folder.

    Raises build.GateError, with the report, where the graph fails its gate.
    """
    release = building.build(_layout(data))
    if output is not None:
        release.save(Path(output))
    return release


def validate(*files: str | PathLike[str], data: str | PathLike[str] | None = None) -> Report:
    """Put the graph with files added to it through the gate and return what it finds."""
    return building.judge(_layout(data), [Path(file) for file in files]).report


def _layout(data: str | PathLike[str] | None) -> Layout:
    shipped = Layout.shipped()
    return shipped if data is None else shipped.with_data(data)
