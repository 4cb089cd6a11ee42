"""Pages for people, in every language of the graph, as whole answers: bytes of HTML.

Everything is computed from an immutable store and kept, so a page that was asked for once
costs nothing afterwards.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from threading import Lock
from typing import Any

import jinja2
import pyoxigraph as ox

from sco_graph import pictures, portable, queries
from sco_graph import store as store_of
from sco_graph.errors import UsageError
from sco_graph.layout import Layout
from sco_graph.namespaces import BASE, ID, LANGUAGES, PREFIXES
from sco_graph.queryfile import QueryFile
from sco_graph.web import asking, editing, finding, overviews, things, views, words
from sco_graph.web.claims import Claims
from sco_graph.web.naming import FORMATS, Links, Names, Shown, Text, is_thing, outside

_KEPT = 4096
"""How many pages are kept."""
_TO_TRY = ("members", "observers", "status", "changes", "office-holders", "only-in")
_START = """SELECT DISTINCT ?thing ?name WHERE {
  ?thing a ?kind ; skos:prefLabel ?name .
  FILTER (LANG(?name) = "%s")
}
LIMIT 20
"""
_RESULTS = ("json", "xml", "csv", "tsv")
_OURS = (
    *("style.css", "mark.svg"),
    *("editor.css", "editor.js", "editor-answers.js", "editor-words.js"),
)
_FETCHED = ("yasgui/yasgui.min.css", "yasgui/yasgui.min.js", "yasgui/NOTICE.txt")


class Refused(UsageError):
    """A question asked with a value that does not fit; `page` is its form, with the reason."""

    def __init__(self, message: str, page: bytes) -> None:
        super().__init__(message)
        self.page = page


class Site:
    """The pages of one graph.

    `store` holds the release's graphs, and ontology and shapes as graphs of their own; `base`
    is the path or origin under which the pages are served. With `keep_language` every link
    names the language, otherwise only where it is not the first one; with `results` the
    editor offers answers as pages, for a server that gives them at /sparql?format=html; with
    `scripted` Yasgui takes the editor's place, where editor/fetch.py put it into `static`.
    """

    def __init__(
        self,
        store: ox.Store,
        layout: Layout,
        base: str = "",
        *,
        keep_language: bool = False,
        results: bool = False,
        scripted: bool = False,
        static: Traversable | None = None,
    ) -> None:
        self.store = store
        self.layout = layout
        self._formats = (*["html"][: int(results)], *_RESULTS, "ttl")
        self._static = static or resources.files("sco_graph.web") / "static"
        self.scripted = scripted and all(self._file(name).is_file() for name in _FETCHED)
        self._questions = queries.saved(layout.queries)
        self._titles = overviews.dataset_titles(layout)
        self._roles = overviews.roles(store)
        self._end = overviews.end(store)
        self._index = finding.Index(store)
        self._names = {
            lang: Names(store, Links(base, lang, keep=keep_language)) for lang in LANGUAGES
        }
        self._links = {lang: Links(base, lang, keep=True) for lang in LANGUAGES}
        self._kept: OrderedDict[tuple[str, ...], bytes | None] = OrderedDict()
        self._lock = Lock()
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("sco_graph.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["outside"] = outside

    def home(self, language: str) -> bytes:
        """Return the first page: what this is, where sources differ, the years, questions."""
        return self._always(("home", language), self._home)

    def thing(self, iri: str, language: str) -> bytes | None:
        """Return the page of a thing, or None where the graph says nothing of it."""
        return self._cached(("thing", language, iri), self._thing)

    def ontology(self, language: str) -> bytes:
        """Return the page of the graph's terms."""
        return self._always(("ontology", language), self._ontology)

    def questions(self, language: str) -> bytes:
        """Return the list of saved questions."""
        return self._always(("questions", language), self._list)

    def question(self, name: str, values: Mapping[str, str], language: str) -> bytes:
        """Return the form of a saved question and, where it can be asked, its answer.

        `values` are the parameters of the address; empty ones and `lang` do not count.
        Raises UsageError where there is no such question, and Refused, which carries the
        page to show, where a value does not fit.
        """
        given = {k: v.strip() for k, v in values.items() if v.strip() and k != "lang"}
        flat = [part for pair in sorted(given.items()) for part in pair]
        return self._always(
            ("question", language, name, *flat), lambda *_: self._question(language, name, given)
        )

    def sources(self, language: str) -> bytes:
        """Return the page of the sources."""
        return self._always(("sources", language), self._sources)

    def search(self, text: str, language: str) -> bytes:
        """Return what a text finds by name."""
        return self._always(("search", language, text), self._search)

    def editor(self, language: str, saved: str = "") -> bytes:
        """Return a plain editor, with a saved question in it where one is named."""
        return self._always(("editor", language, saved), self._editor)

    def results(
        self, query: str, answer: queries.Answer, language: str, *, total: int = 0, view: str = ""
    ) -> bytes:
        """Return the answer to anybody's query as a page, with the query in the editor.

        `answer` may be the first rows of `total`; `view` is one of `views.VIEWS`, or a table.
        """
        names = self._names[language]
        table = asking.table(names, answer)._replace(total=total)
        chosen = view if view in views.VIEWS and table.truth is None else views.VIEWS[0]
        given = {"query": query, "format": "html"}
        to = partial(self._links[language].to, "/sparql", **given)
        shown = {
            "view": chosen,
            "views": [(other, to(view=other.lower())) for other in views.VIEWS],
            "most": views.MOST,
            "chart": views.timeline(names, answer, self._end) if chosen == "Timeline" else None,
            "network": views.network(names, answer) if chosen == "Graph" else None,
        }
        given["view"] = chosen.lower() if view else ""
        return self._write_editor(language, given, query, table, **shown)

    def error(self, status: int, title: str, detail: str, language: str) -> bytes:
        """Return the page of an error; in the languages after the first, both texts stay below."""
        title = title[:1].upper() + title[1:]
        own = None if language == LANGUAGES[0] else words.status(status, language)
        lines = [text for text in ([title, detail] if own else [detail]) if text]
        head = own or title
        return self._page("error", language, "", {}, head, status=status, lines=lines)

    def static(self, name: str) -> bytes | None:
        """Return a file that pages use, by its name under /static/, or None."""
        if name in _OURS or (self.scripted and name in _FETCHED):
            return self._file(name).read_bytes()
        return None

    def _file(self, name: str) -> Traversable:
        return self._static.joinpath(*name.split("/"))

    def _home(self, lang: str) -> bytes:
        names = self._names[lang]
        topic = overviews.topic(names)
        conflicts = Claims(names).conflicts()
        cards = [asking.card(names, question) for question in self._questions]
        first = {name: number for number, name in enumerate(_TO_TRY)}
        return self._page(
            "home",
            lang,
            "/",
            {},
            "",
            topic=topic,
            about=Shown(topic.parts) if topic else None,
            numbers=overviews.numbers(self.store),
            roles=[conflict for conflict in conflicts if conflict.over_roles],
            others=[conflict for conflict in conflicts if not conflict.over_roles],
            timeline=self._picture("timeline", lang),
            structure=self._picture("structure", lang),
            questions=sorted(
                (card for card in cards if card.name in first), key=lambda c: first[c.name]
            ),
        )

    def _thing(self, lang: str, iri: str) -> bytes | None:
        try:
            found = things.read(self._names[lang], iri, self._roles, self._end)
        except ValueError:  # no IRI
            return None
        if found is None or not is_thing(iri):
            return None
        path = "/id/" + iri.removeprefix(ID)
        files = [(name, self._links[lang].file(f"{path}.{key}"), media)
                 for key, (name, media) in FORMATS.items()]  # fmt: skip
        whole = iri == overviews.topic_iri(self.store)
        return self._page(
            "thing",
            lang,
            path,
            {},
            found.title.plain,
            thing=found,
            files=files,
            timeline=self._picture("timeline", lang) if whole else "",
        )

    def _ontology(self, lang: str) -> bytes:
        title = words.texts(lang)["ontology_title"]
        files = [(name, self._links[lang].file(f"/ontology.{key}"), media)
                 for key, (name, media) in FORMATS.items()]  # fmt: skip
        return self._page(
            "ontology",
            lang,
            "/ontology",
            {},
            title,
            groups=overviews.terms(self._names[lang]),
            diagram=self._picture("ontology", lang),
            files=files,
        )

    def _list(self, lang: str) -> bytes:
        cards = [asking.card(self._names[lang], question) for question in self._questions]
        title = words.texts(lang)["questions"]
        return self._page("questions", lang, "/query/", {}, title, questions=cards)

    def _question(self, lang: str, name: str, given: Mapping[str, str]) -> bytes:
        names = self._names[lang]
        question = self._saved(name)
        if question is None:
            raise asking.unknown(name, self._questions)
        table, problem = None, ""
        if asking.complete(question, given):
            try:
                table = asking.ask(names, question, given)
            except UsageError as error:
                problem = str(error)
        card = asking.card(names, question)
        files = [(kind.upper(), self._links[lang].to(f"/query/{name}", **{**given, "format": kind}))
                 for kind in _RESULTS]  # fmt: skip
        page = self._page(
            "question",
            lang,
            f"/query/{name}",
            given,
            card.title,
            card=card,
            fields=asking.fields(names, question, given),
            table=table,
            problem=problem,
            files=files,
            query=asking.in_sparql(names, question, given)
            if table
            else portable.example(self.store, question, lang),
        )
        if problem:
            raise Refused(problem, page)
        return page

    def _sources(self, lang: str) -> bytes:
        found = overviews.sources(self._names[lang], self.layout)
        title = words.texts(lang)["sources"]
        return self._page("sources", lang, "/sources", {}, title, sources=found)

    def _search(self, lang: str, text: str) -> bytes:
        names = self._names[lang]
        found = self._index.search(text)
        finds = [
            (names.shown(ox.NamedNode(find.iri)), self._kinds(names, find.iri), find)
            for find in found[: finding.MOST]
        ]
        return self._page(
            "search",
            lang,
            "/search",
            {"q": text},
            words.texts(lang)["search"],
            wanted=text,
            finds=[(shown, kinds, Text(f.name, f.tag if f.tag != lang else ""))
                   for shown, kinds, f in finds],
            total=len(found),
            most=finding.MOST,
        )  # fmt: skip

    def _kinds(self, names: Names, iri: str) -> list[Shown]:
        if not is_thing(iri):
            return [Shown((Text(words.texts(names.lang)["term"]),))]
        facts = store_of.match(self.store, ox.NamedNode(iri), things.TYPE)
        return [names.shown(kind).unlinked() for kind in things.kinds_of(facts)]

    def _editor(self, lang: str, saved: str) -> bytes:
        question = self._saved(saved)
        text = portable.example(self.store, question, lang) if question else _START % lang
        return self._write_editor(lang, {"saved": saved if question else ""}, text)

    def _write_editor(
        self,
        lang: str,
        given: Mapping[str, str],
        text: str,
        table: asking.Table | None = None,
        **shown: Any,
    ) -> bytes:
        return self._page(
            "editor",
            lang,
            "/sparql",
            given,
            words.texts(lang)["editor_title"],
            query=text,
            table=table,
            prefixes=sorted(PREFIXES.items()),
            formats=self._formats,
            questions=[asking.card(self._names[lang], q) for q in self._questions],
            scripted={**editing.texts(lang), "base": BASE} if self.scripted else None,
            **shown,
        )

    def _saved(self, name: str) -> QueryFile | None:
        return next((q for q in self._questions if q.name == name), None)

    def _picture(self, name: str, lang: str) -> str:
        """Return a picture as it stands inside a page: no declaration, languages as HTML has."""
        text = pictures.PICTURES[name](self.store, lang)
        return text.partition("\n")[2].replace("xml:lang=", "lang=", 1)

    def _page(
        self,
        template: str,
        lang: str,
        path: str,
        query: Mapping[str, str],
        title: str,
        /,
        **more: Any,
    ) -> bytes:
        links = self._names[lang].links
        site = self._titles.get(lang) or self._titles.get(LANGUAGES[0])
        topic = overviews.topic(self._names[lang])
        switch = [
            (tag, words.LANGUAGE_NAMES[tag], self._links[tag].to(path or "/", **query))
            for tag in LANGUAGES
        ]
        text = self._templates.get_template(f"{template}.html").render(
            t=words.texts(lang),
            marks=words.marks(lang),
            fill=partial(words.fill, lang),
            lang=lang,
            links=links,
            path=path,
            title=title,
            site=site or (topic.plain if topic else ""),
            site_tag="" if lang in self._titles or not site else LANGUAGES[0],
            switch=switch,
            keep=lang if links.always else "",
            end=self._end,
            **more,
        )
        return text.encode()

    def _always(self, key: tuple[str, ...], make: Callable[..., bytes | None]) -> bytes:
        page = self._cached(key, make)
        if page is None:
            raise UsageError(f"there is no page {key}")
        return page

    def _cached(self, key: tuple[str, ...], make: Callable[..., bytes | None]) -> bytes | None:
        if key[1] not in LANGUAGES:
            raise UsageError(f'there is no language "{key[1]}". Languages: {", ".join(LANGUAGES)}')
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        page = make(*key[1:])
        with self._lock:
            self._kept[key] = page
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return page
