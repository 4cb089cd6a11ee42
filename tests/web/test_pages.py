"""The pages: whole, well-formed, in three languages, inert, and leading to the words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from sco_graph import build, queries, queryfile, store
from sco_graph.errors import UsageError
from sco_graph.layout import Layout
from sco_graph.namespaces import GRAPH, ID, LANGUAGES, expand
from sco_graph.web import asked, finding, words
from sco_graph.web.naming import FORMATS, Links, outside
from sco_graph.web.pages import Refused, Site

LEAGUE = Path(__file__).resolve().parents[1] / "own" / "league"
INDIA = f"{ID}participation/india-observer-state-china-keywords-2019"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
DRAWN = {"path", "circle"}
QUOTES = ("observer status", "India", "6个观察员国", "印度", "July 11, 2019")


class Page(HTMLParser):
    """A page read by the standard parser: what is wrong with it, and what it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[tuple[str, dict[str, str]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.labels: set[str] = set()
        self.fields: dict[str, dict[str, str]] = {}
        self.lang = ""
        self.headings: list[int] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        if self._open:
            self.faults.append(f"not closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        given = {key: value or "" for key, value in attrs}
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag in ("script", "style", "base", "iframe", "object"):
            self.faults.append(f"<{tag}> is no part of a page")
        self.attributes += [(tag, key, value) for key, value in given.items()]
        if tag == "html":
            self.lang = given.get("lang", "")
        if "id" in given:
            self.ids.append(given["id"])
        if "href" in given:
            self.links.append((tag, given))
        if tag == "label":
            self.labels.add(given.get("for", ""))
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self.fields[given.get("id", "")] = given
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a" and "a" in self._open:
            self.faults.append("a link inside a link")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Hold an end against its beginning."""
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> inside {self._open[-3:]}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the words, but those of pictures."""
        if "svg" not in self._open:
            self.words += data


@pytest.fixture(scope="session")
def site(graph: ox.Store) -> Site:
    return Site(graph, Layout.shipped())


@pytest.fixture(scope="session")
def things(graph: ox.Store) -> list[str]:
    """Return three things of each class, all claims and all resolutions."""
    every = {"Participation", "OfficeHolding", "Resolution"}
    found: dict[str, set[str]] = defaultdict(set)
    for fact in store.match(graph, None, ox.NamedNode(expand("rdf:type"))):
        iri = fact.subject.value
        if iri.startswith(ID) and "#" not in iri and fact.graph != "inferred":
            found[fact.object.value].add(iri)
    chosen: set[str] = set()
    for kind, iris in found.items():
        whole = kind.rpartition("#")[2] in every
        chosen |= set(sorted(iris)[:: 1 if whole else max(1, len(iris) // 3)])
    return sorted(chosen)


@pytest.fixture(scope="session", params=LANGUAGES)
def pages(request: pytest.FixtureRequest, site: Site, things: list[str]) -> dict[str, Page]:
    """Return pages of every kind in a language, read."""
    lang = request.param
    found = {
        "/": site.home(lang),
        "/ontology": site.ontology(lang),
        "/query/": site.questions(lang),
        "/sources": site.sources(lang),
        "/sparql": site.editor(lang),
        "/sparql?saved": site.editor(lang, "conflicts"),
        "/search": site.search("", lang),
        "/search?q=a": site.search("an", lang),
        "/error": site.error(404, "Nothing here", "<b>no</b> & nothing", lang),
    }
    for question in queries.saved(Layout.shipped().queries):
        found[f"/query/{question.name}"] = site.question(question.name, {}, lang)
    for iri in things:
        page = site.thing(iri, lang)
        assert page is not None, iri
        found[iri] = page
    return {name: Page(page.decode()) for name, page in found.items()}


def test_the_texts_of_the_interface_are_complete_in_every_language() -> None:
    """Each text is there three times, with the same places to fill in."""
    for key, found in [
        *words.TEXTS.items(),
        *asked.COLUMNS.items(),
        *asked.TITLES.items(),
        *words.GRAPHS.items(),
        *words.BACKWARDS.items(),
        *words.STATUSES.items(),
    ]:
        places = {frozenset(re.findall(r"{\w+}", text)) for text in found}

        assert len(LANGUAGES) == len(found), key
        assert all(text.strip() for text in found), key
        assert 1 == len(places), key
        assert re.search(r"[\u4e00-\u9fff]", found[1]) or found[1].isascii(), key
        assert re.search(r"[а-яё]", found[2], re.IGNORECASE), key


def test_every_saved_question_is_called_something_in_every_language() -> None:
    """No page lists a question in a language that its reader did not choose."""
    shipped = {question.name for question in queries.saved(Layout.shipped().queries)}

    assert shipped == set(asked.TITLES) == set(asked.SUMMARIES)


def test_every_column_of_the_saved_questions_has_a_name(site: Site, graph: ox.Store) -> None:
    """A table's head is in the language of the page."""
    wanted = {
        "only-in": {"language": "en"},
        "changes": {"from": "2001-01-01", "until": "2026-01-01"},
    }
    for question in queries.saved(site.layout.queries):
        asking = queries.Asking(parameters=wanted.get(question.name, {}))
        answer = queries.ask(graph, question, asking)

        assert set(answer.columns) <= set(asked.COLUMNS), question.name
        assert {p.name for p in question.parameters} <= set(asked.COLUMNS), question.name


def test_every_text_is_used() -> None:
    """A text that no page shows is not kept."""
    folder = resources.files("sco_graph.web")
    templates = [path.read_text("utf-8") for path in (folder / "templates").iterdir()]
    code = [(folder / f"{name}.py").read_text("utf-8") for name in ("pages", "asking", "overviews")]
    text = "".join(templates + code)
    unused = [
        key
        for key in words.TEXTS
        if not re.search(rf'\bt\.{key}\b|["\']{key}["\']', text) and not key.startswith("n_")
    ]

    assert [] == unused


def test_every_page_is_well_formed_and_runs_nothing(pages: dict[str, Page]) -> None:
    """Tags nest, names are unique, and there is neither script nor style inside."""
    for name, page in pages.items():
        inline = [
            (tag, key, value)
            for tag, key, value in page.attributes
            if key.startswith("on") or key in ("style", "srcset", "formaction", "xlink:href")
        ]

        assert [] == page.faults, name
        assert sorted(set(page.ids)) == sorted(page.ids), name
        assert [] == inline, name
        assert page.lang in LANGUAGES, name


def test_every_page_can_be_found_ones_way_in(pages: dict[str, Page]) -> None:
    """One first heading, a way past the menu, landmarks, and a label for each field."""
    for name, page in pages.items():
        tags = [tag for tag, _, _ in page.attributes]
        references = {
            part
            for _, key, value in page.attributes
            if key in ("aria-labelledby", "aria-describedby", "for")
            for part in value.split()
        }

        assert 1 == page.headings.count(1), name
        assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), name
        assert page.links[0][1] or "link" in tags, name
        assert ("a", "href", "#content") in page.attributes, name
        assert {"content"} | references <= set(page.ids), name
        assert set(page.fields) <= page.labels, name
        assert all(value for tag, key, value in page.attributes if (tag, key) == ("th", "scope"))


def test_table_heads_say_what_they_head(site: Site) -> None:
    """Every head cell has a scope, every table a caption."""
    for page in (site.thing(INDIA, "en"), site.question("members", {}, "en")):
        text = (page or b"").decode()

        assert [] == re.findall(r"<th(?![^>]*scope=)[ >]", text)
        assert text.count("<table") == text.count("<caption")


def test_every_link_leads_somewhere(pages: dict[str, Page], site: Site, graph: ox.Store) -> None:
    """Links inside lead to routes that there are, to things and places that there are."""
    lang = next(iter(pages.values())).lang
    anchors = {
        "/ontology": set(Page(site.ontology(lang).decode()).ids),
        "/sources": set(Page(site.sources(lang).decode()).ids),
    }
    known = {"/", "/ontology", "/query/", "/sources", "/search", "/sparql", "/.well-known/void"}
    known |= {f"/query/{question.name}" for question in queries.saved(site.layout.queries)}
    known |= {f"/ontology.{suffix}" for suffix in FORMATS}
    known |= {"/static/style.css", "/static/mark.svg"}
    seen = set()
    for name, page in pages.items():
        for _, given in page.links:
            parts = urlsplit(given["href"])
            if parts.scheme:
                assert outside(given["href"]), (name, given)
                continue
            seen.add((name, parts.path, parts.fragment))
    for name, path, fragment in seen:
        if path.startswith("/id/"):
            thing = re.sub(r"\.(ttl|jsonld|nt|rdf)\Z", "", path).removeprefix("/id/")
            node = ox.NamedNode(ID + thing)
            assert any(True for _ in store.match(graph, node)), (name, path)
        elif path:
            assert path in known, (name, path)
            assert not fragment or fragment in anchors[path], (name, path, fragment)
        else:
            assert fragment in pages[name].ids, (name, fragment)


def test_links_keep_the_language(pages: dict[str, Page]) -> None:
    """In the first language links are bare; in another, each link and form names it."""
    for name, page in pages.items():
        switch = {a["href"] for tag, a in page.links if "hreflang" in a}
        for tag, given in page.links:
            href = given["href"]
            parts = urlsplit(href)
            file = re.search(r"\.\w+\Z", parts.path) or "/.well-known/" in href
            if parts.scheme or href in switch or file or tag == "link" or not parts.path:
                continue
            if "format" in parse_qs(parts.query):
                continue  # data: its language is said, whichever it is
            expected = [] if page.lang == LANGUAGES[0] else [page.lang]
            assert expected == parse_qs(parts.query).get("lang", []), (name, href)
        assert name == "/error" or set(LANGUAGES) <= {
            a["hreflang"] for tag, a in page.links if tag == "link" and "hreflang" in a
        }


def test_data_stand_beside_every_thing(site: Site) -> None:
    """A page names its data in the formats that programs read."""
    page = Page((site.thing(INDIA, "zh") or b"").decode())
    alternates = {a["type"]: a["href"] for tag, a in page.links if tag == "link" and "type" in a}

    assert {media for _, media in FORMATS.values()} <= set(alternates)
    assert INDIA.removeprefix("https://w3id.org/sco-graph") + ".ttl" == alternates["text/turtle"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_stranger_finds_the_words_within_two_clicks(site: Site, lang: str) -> None:
    """From the first page one link leads to the words, where they stand, and why not believed."""
    home = Page(site.home(lang).decode())
    leading = [
        a["href"] for _, a in home.links if urlsplit(a["href"]).path == f"/id/{INDIA[len(ID) :]}"
    ]
    page = (site.thing(INDIA, lang) or b"").decode()

    assert leading
    assert all(f"<q>{quote}</q>" in page for quote in QUOTES)
    assert "1401–1416" in page
    assert 'href="http://english.scio.gov.cn/featured/chinakeywords/' in page
    assert "9 June 2017" in page or "2017年6月9日" in page
    assert "/id/participation/india-member-state-public-record" in page
    assert words.texts(lang)["verdict_bad"] in page


def test_quotes_are_marked_with_their_language(site: Site) -> None:
    """A reader in one language hears the words of another as such."""
    page = (site.thing(INDIA, "ru") or b"").decode()

    assert '<blockquote lang="zh"><p><q>印度</q>' in page
    assert '<blockquote lang="en"><p><q>India</q>' in page


def test_a_state_shows_its_roles_over_time_and_their_grounds(site: Site) -> None:
    """Claims of all sources, drawn and listed, with rank and evidence, and the conflict."""
    page = (site.thing(f"{ID}state/india", "en") or b"").decode()

    assert 3 == page.count('class="label"')
    assert "<q>observer status</q>" in page
    assert "participations.csv: IND-member-2017-06-09" in page
    assert "Outdated when published" in page
    assert "印度 · Индия" in re.sub(r"<[^>]+>", "", page)


def test_a_row_is_shown_where_there_are_no_words(site: Site) -> None:
    """What was read from a table names the row and the document."""
    page = (site.thing(f"{ID}participation/india-member-state-public-record", "en") or b"").decode()

    assert words.texts("en")["rows"] in page
    assert "participations.csv: IND-member-2017-06-09" in page
    assert words.texts("en")["verdict_good"] in page


def test_what_there_is_not_has_no_page(site: Site) -> None:
    """Neither unknown things nor what is no IRI."""
    for iri in (
        f"{ID}state/nowhere",
        f"{ID}x> }} UNION {{?s ?p ?o",
        "",
        "javascript:alert(1)",
        GRAPH,
    ):
        assert site.thing(iri, "en") is None, iri


def test_a_language_that_there_is_not_is_refused(site: Site) -> None:
    """Whatever is said in its place."""
    with pytest.raises(UsageError, match="there is no language"):
        site.home('en")) || true #')


def test_the_same_graph_gives_the_same_bytes(graph: ox.Store, site: Site) -> None:
    """Another process's pages would be the same."""
    other = Site(graph, Layout.shipped())

    assert site.home("zh") == other.home("zh")
    assert site.thing(INDIA, "ru") == other.thing(INDIA, "ru")
    assert site.ontology("en") == other.ontology("en")


def test_pages_can_stand_under_a_path(graph: ox.Store) -> None:
    """Every link inside begins with it."""
    page = Page(Site(graph, Layout.shipped(), "/graph/").home("en").decode())
    inside = [a["href"] for _, a in page.links if not urlsplit(a["href"]).scheme]

    assert [] == [href for href in inside if not href.startswith(("/graph/", "#"))]


def test_the_language_can_always_be_kept(graph: ox.Store) -> None:
    """For a server that also follows what a browser prefers."""
    page = Page(Site(graph, Layout.shipped(), keep_language=True).questions("en").decode())

    assert {"/query/members?lang=en"} <= {a["href"] for _, a in page.links}


@pytest.mark.parametrize("name", [q.name for q in queries.saved(Layout.shipped().queries)])
def test_a_saved_question_in_the_editor_answers_as_it_does(
    site: Site, graph: ox.Store, name: str
) -> None:
    """Its text stands alone: prefixes and values are in it."""
    page = site.editor("en", name).decode()
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    text = re.sub(r"&(\w+|#\d+);", lambda m: _PLAIN[m[1]], found[1])
    question = queries.find(site.layout.queries, name)
    given = {"only-in": {"language": "en"}, "changes": _changes(text)}.get(name, {})
    expected = queries.ask(graph, question, queries.Asking("en", parameters=given))
    solutions = graph.query(text, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    rows = [tuple(row[column] for column in expected.columns) for row in solutions]

    assert sorted(map(str, expected.rows)) == sorted(map(str, rows))
    assert len(text) < 4_096


_PLAIN = {"lt": "<", "gt": ">", "amp": "&", "#34": '"', "#39": "'"}


def _changes(text: str) -> dict[str, str]:
    days = re.findall(r'"(\d{4}-\d{2}-\d{2})"\^\^xsd:date', text)
    return {"from": days[0], "until": days[1]} if len(days) == 2 else {}


def test_a_question_is_answered_as_of_a_day(site: Site) -> None:
    """The form keeps what was asked, the table answers it, names lead to things."""
    page = site.question(
        "observers", {"at": "2019-07-11", "lang": "zh", "source": ""}, "zh"
    ).decode()

    assert 'value="2019-07-11"' in page
    assert "阿富汗" in page
    assert 'href="/id/state/iran?lang=zh"' in page
    assert "/query/observers?at=2019-07-11&amp;format=csv&amp;lang=zh" in page
    assert "印度" not in page.partition("<tbody>")[2]


def test_a_wrong_value_gives_the_form_back_with_the_reason(site: Site) -> None:
    """And what is asked by nobody's name is no question."""
    with pytest.raises(Refused, match="2019-13-45") as refused:
        site.question("members", {"at": "2019-13-45"}, "en")
    page = refused.value.page.decode()

    assert [] == Page(page).faults
    assert 'value="2019-13-45"' in page
    with pytest.raises(UsageError, match='there is no question "nothing"'):
        site.question("nothing", {}, "en")


def test_an_answer_is_in_the_words_of_the_page(site: Site) -> None:
    """Ranks and terms too; a term leads to where it is explained."""
    status = site.question("status", {"state": "india"}, "zh").decode()
    differences = site.question("differences", {}, "zh").decode()

    for rank in words.RANKS:
        assert f">{words.texts('zh')[rank]}</td>" in status
        assert rank not in status.partition("<tbody>")[2].partition("</table>")[0]
    assert '<a href="/ontology?lang=zh#validFrom">生效起始</a>' in differences
    assert "印度：成员国" in differences
    assert ">常设机构</a></td>" in differences
    assert ">地区反恐怖机构执行委员会：常设机构</td>" in differences


def test_a_question_that_another_names_is_called_by_its_title(site: Site) -> None:
    """Not by what is typed on the command line."""
    for page in (site.question("differences", {}, "en"), site.questions("en")):
        text = re.sub(r"<(code|textarea).*?</\1>", "", page.decode(), flags=re.DOTALL)

        assert "Roles of states are in “Conflicts”." in text
        assert "`" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_decision_and_its_claims_lead_to_each_other(site: Site, lang: str) -> None:
    """In words that fit the direction; no page leads to itself from its text."""
    resolution = f"{ID}resolution/status-of-india"
    own = re.escape(f'href="/id/{resolution[len(ID) :]}')
    main = (site.thing(resolution, lang) or b"").decode().partition("<main")[2]
    lost = (site.thing(INDIA, lang) or b"").decode()
    won = (site.thing(f"{ID}participation/india-member-state-public-record", lang) or b"").decode()

    assert not re.search(own + r'(\?[^"]*)?"', main)
    assert re.search(own, lost)
    assert f'#over">{words.backwards("scog:over", lang)}</a></dt>' in lost
    assert f'#prefers">{words.backwards("scog:prefers", lang)}</a></dt>' in won


def test_chinese_has_its_own_punctuation(pages: dict[str, Page]) -> None:
    """No Latin colon, comma or bracket follows a character."""
    ours = re.compile(r"/|.*/(participation|resolution|statement|state)/")  # notes are quoted
    for name, page in pages.items():
        if page.lang == "zh" and ours.match(name):
            found = re.findall(r".{8}[\u4e00-\u9fff] ?[:,;(](?!//).{8}", page.words)
            assert [] == found, name


def test_a_question_that_needs_a_value_shows_its_form(site: Site) -> None:
    """No error where nothing was asked yet."""
    page = site.question("only-in", {}, "ru").decode()

    assert words.texts("ru")["needs"] in page
    assert "<select" in page


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("india", "state/india"),
        ("  INDIA ", "state/india"),
        ("индия", "state/india"),
        ("印度", "state/india"),
        ("IND", "state/india"),
        ("Ｉｎｄｉａ", "state/india"),
        ("turkiye", "state/turkey"),
        ("secretariat", "organ/secretariat"),
    ],
)
def test_search_finds_by_name_in_any_language(site: Site, text: str, slug: str) -> None:
    """Accents, case and width do not matter; the closest stands first."""
    found = re.search(r'class="find"><a href="([^"]+)"', site.search(text, "en").decode())

    assert found
    assert f"/id/{slug}" == found[1]


@pytest.mark.parametrize(
    "text",
    ['") } ; DROP ALL #', "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\0"],
)
def test_what_is_searched_is_text(site: Site, text: str) -> None:
    """Whatever it looks like."""
    page = site.search(text, "en").decode()

    assert [] == Page(page).faults
    assert "<script" not in page
    assert "<img" not in page
    assert words.texts("en")["found_none"] in page


def test_a_long_list_of_finds_says_how_long(site: Site) -> None:
    """What is left out is not left unsaid."""
    page = site.search("a", "en").decode()

    assert finding.MOST == page.count('class="find"')
    assert re.search(r"Found: \d{3,}", page)


HOSTILE = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,%3Cscript%3Ealert(1)%3C/script%3E",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "httpx://example.org/",
    "urn:x:y",
]
LABELS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></svg><script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %}",
    "' onmouseover='alert(1)",
]


@pytest.fixture
def hostile() -> Site:
    """Return the site of a graph whose every label and IRI means harm."""
    graph = ox.Store()
    home = ox.NamedNode(GRAPH + "evil")
    mallory = ox.NamedNode(f"{ID}state/mallory")
    claim = ox.NamedNode(f"{ID}participation/mallory")
    document = ox.NamedNode(f"{ID}document/evil")
    evidence = ox.NamedNode(f"{ID}evidence/evil")

    def say(subject: ox.NamedNode, predicate: str, value: str, kind: str = "") -> None:
        node: ox.NamedNode | ox.Literal
        if kind == "text":
            node = ox.Literal(value, language="en")
        else:
            node = ox.Literal(value) if kind == "plain" else ox.NamedNode(value)
        graph.add(ox.Quad(subject, ox.NamedNode(expand(predicate)), node, home))

    derived = ox.NamedNode(GRAPH + "derived")
    kind, source = ox.NamedNode(expand("rdf:type")), ox.NamedNode(expand("scog:SourceGraph"))
    graph.add(ox.Quad(home, kind, source, derived))
    first = ox.NamedNode(expand("scog:firstDay"))
    day = ox.Literal("2001-01-01", datatype=ox.NamedNode(expand("xsd:date")))
    graph.add(ox.Quad(claim, first, day, derived))
    say(mallory, "rdf:type", expand("scog:State"))
    say(mallory, "skos:prefLabel", LABELS[0], "text")
    for label in LABELS:
        say(mallory, "skos:altLabel", label, "text")
        say(mallory, "skos:editorialNote", label, "text")
    for iri in HOSTILE:
        say(mallory, "scog:capital", iri)
        say(mallory, "schema:sameAs", iri)
        say(document, "foaf:page", iri)
        say(document, "dcterms:license", iri)
    say(document, "rdf:type", expand("scog:Document"))
    say(document, "skos:prefLabel", LABELS[1], "text")
    say(document, "foaf:primaryTopic", mallory.value)
    say(document, "scog:sourceGraph", home.value)
    say(claim, "rdf:type", expand("scog:Participation"))
    say(claim, "org:member", mallory.value)
    say(claim, "org:role", mallory.value)
    say(claim, "scog:validFrom", LABELS[3], "plain")
    say(claim, "scog:rankReason", LABELS[2], "text")
    say(claim, "prov:wasDerivedFrom", evidence.value)
    say(evidence, "rdf:type", expand("scog:Evidence"))
    say(evidence, "oa:hasSource", document.value)
    say(evidence, "dcterms:identifier", LABELS[4], "plain")
    return Site(graph, Layout.shipped())


def _all(site: Site) -> Iterator[str]:
    for name in ("state/mallory", "participation/mallory", "document/evil", "evidence/evil"):
        page = site.thing(ID + name, "en")
        assert page is not None
        yield page.decode()
    for lang in LANGUAGES:
        yield site.home(lang).decode()
        yield site.sources(lang).decode()
        yield site.search("script", lang).decode()
    yield site.error(404, LABELS[0], LABELS[1], "en").decode()


def test_labels_and_iris_that_mean_harm_are_inert(hostile: Site) -> None:
    """They are shown as they are written and lead nowhere."""
    for text in _all(hostile):
        page = Page(text)

        assert [] == page.faults
        assert "<script" not in text
        assert "<img" not in text
        assert "49" not in re.sub(r"<[^>]+>", "", text.partition("<main")[2].partition("<svg")[0])
        assert [] == [a for a in page.attributes if a[1].startswith("on")]
        for _, given in page.links:
            known = ("/", "#", "http://www.w3.org/", "https://schema.org/", "http://xmlns.com/")
            assert given["href"].startswith((*known, "http://purl.org/"))
            assert not given["href"].startswith("//")


@pytest.mark.parametrize(
    "iri", [*HOSTILE, "//example.org/", " https://example.org", "https://a b", "http://x/\n", ""]
)
def test_only_web_addresses_lead_outside(iri: str) -> None:
    """No other scheme, and nothing that another reader could take for more."""
    assert not outside(iri)
    assert "" == Links("", "en").here(iri)


def test_a_graph_of_another_organization_has_its_pages() -> None:
    """Nothing on them comes from this one."""
    layout = Layout.shipped().with_data(LEAGUE)
    league = Site(store.load(build.build(layout).quads()), layout)
    text = league.home("en").decode() + league.sources("en").decode() + league.editor("en").decode()

    assert "League of Isles" in text
    assert "Shanghai" not in text
    assert [] == Page(league.home("ru").decode()).faults


def test_an_answer_to_anybodys_query_is_a_page(site: Site, graph: ox.Store) -> None:
    """Rows, a yes or no, and triples."""
    for query in ("SELECT * { ?s a scog:Role }", "ASK { ?s ?p ?o }", "DESCRIBE role:member-state"):
        answer = queries.ask(graph, queryfile.parse("query", query), queries.Asking())
        page = Page(site.results(query, answer, "en").decode())

        assert [] == page.faults
        assert "answer" in page.ids


def test_files_of_pages_are_given_by_name(site: Site) -> None:
    """Two there are, and no path leads elsewhere."""
    assert site.static("style.css")
    assert site.static("mark.svg")
    assert site.static("../pages.py") is None
    assert site.static("") is None


# Text on its ground, as the style sheet combines them.
PAIRS = [
    *((text, ground) for text in ("ink", "soft", "accent") for ground in ("paper", "card", "band")),
    *((text, ground) for text in ("ink", "soft", "accent") for ground in ("good-wash", "bad-wash")),
    ("ink", "mark"), ("ink", "pale"), ("soft", "pale"), ("accent", "pale"), ("on-accent", "accent"),
    ("good", "good-wash"), ("good", "paper"), ("good", "card"), ("good", "pale"),
    ("bad", "bad-wash"), ("bad", "paper"), ("bad", "card"), ("bad", "pale"),
]  # fmt: skip


def _schemes() -> dict[str, dict[str, str]]:
    sheet = (resources.files("sco_graph.web") / "static" / "style.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    colours = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    first = dict(colours.findall(light))
    return {"light": first, "dark": first | dict(colours.findall(dark))}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme: str) -> None:
    """Contrast as WCAG AA asks it: 4.5 for text, 3 for the edges of what can be used."""
    colours = _schemes()[scheme]
    low = {
        pair: round(_contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in PAIRS
        if _contrast(colours[pair[0]], colours[pair[1]]) < 4.5
    }

    assert {} == low
    assert _contrast(colours["edge"], colours["card"]) >= 3
    assert _contrast(colours["edge"], colours["band"]) >= 3


def test_the_style_sheet_needs_nothing_from_elsewhere() -> None:
    """No fonts, no pictures, no other sheet."""
    sheet = (resources.files("sco_graph.web") / "static" / "style.css").read_text("utf-8")

    assert [] == re.findall(r"url\(|@import|@font-face|https?:", sheet)
