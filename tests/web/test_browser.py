"""Pages in a browser: as they are seen, clicked and typed at, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from selenium.webdriver.common.keys import Keys

from sco_graph.namespaces import LANGUAGES
from sco_graph.web import words
from web.browser import Browser, browsing, faults_of
from web.conftest import Running

OBSERVER = "/id/participation/india-observer-state-china-keywords-2019"
ROLES = "SELECT ?role { ?role a scog:Role }"
KINDS = {
    "home": "/?",
    "thing": "/id/state/india.html?",
    "claim": f"{OBSERVER}.html?",
    "organization": "/id/organization/sco.html?",
    "ontology": "/ontology.html?",
    "questions": "/query/?",
    "question": "/query/members?",
    "long": "/query/differences?",
    "sources": "/sources?",
    "search": "/search?q=an&",
    "nothing": "/search?q=qqqq&",
    "editor": "/sparql?",
    "results": f"/sparql?{urlencode({'query': ROLES, 'format': 'html'})}&",
    "error": "/nowhere?",
}
"""An address of each kind of page, to which its language is added."""
AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(server.port, tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="session")
def still(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(server.port, tmp_path_factory.mktemp("still"), scripts=False) as found:
        yield found


@pytest.fixture(params=["browser", "still"])
def either(request: pytest.FixtureRequest) -> Browser:
    """Return the browser with scripts, and then the one without."""
    found: Browser = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def _usual(request: pytest.FixtureRequest) -> None:
    """Give each test a window of the usual width and the light scheme."""
    for name in {"browser", "still"} & set(request.fixturenames):
        found: Browser = request.getfixturevalue(name)
        found.wide(1280)
        found.scheme("light")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_is_whole_on_a_desk_and_on_a_telephone(
    browser: Browser, kind: str, lang: str
) -> None:
    """All of it comes from here, nothing complains, and nothing is wider than what shows it."""
    browser.open(f"{KINDS[kind]}lang={lang}")
    heard = browser.heard()
    here = browser.driver.current_url
    own = [f"404 {here}"] if kind == "error" else []
    said = [line for line in heard.complaints if kind != "error" or here not in line]

    assert lang == browser.lang
    assert 1 == len(browser.all("h1"))
    assert browser.one("h1").text
    assert {here, f"{browser.origin}/static/style.css"} <= set(heard.requests)
    assert {browser.origin} == {"://".join(urlsplit(r)[:2]) for r in heard.requests}
    assert own == heard.failed
    assert [] == said
    assert [] == browser.not_loaded()
    for width in (1280, 400):
        browser.wide(width)
        assert 0 == browser.overflow(), width
        assert [] == browser.cut(), width
        assert [] == browser.squeezed(), width


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script that judges whether a page is accessible."""
    if not AXE.exists():
        pytest.skip("axe-core is not here: npm ci --ignore-scripts --prefix tests/web/node")
    return AXE.read_text("utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_is_accessible(browser: Browser, axe: str, kind: str, lang: str) -> None:
    """With all that folds open; the dark colours are the same in each language."""
    schemes = ["light", "dark"] if lang == LANGUAGES[0] else ["light"]
    browser.open(f"{KINDS[kind]}lang={lang}")

    assert {scheme: [] for scheme in schemes} == faults_of(browser, axe, *schemes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reader_gets_to_the_words_and_to_the_reason_by_one_link(
    either: Browser, lang: str
) -> None:
    """On which it rests that India is an observer, and why that is not believed."""
    either.open(f"/?lang={lang}")
    assert "observer status" not in either.text
    either.follow(f'.side.bad .more a[href^="{OBSERVER}"]')

    assert (f"{OBSERVER}.html", lang) == (either.path, either.lang)
    assert "observer status" in either.text
    assert "印度" in either.one('blockquote[lang="zh"]').text
    verdict = either.one(".judgement").text
    assert words.texts(lang)["verdict_bad"] in verdict
    assert "2017" in verdict


def test_the_words_of_a_statement_open_by_mouse_and_by_keyboard(either: Browser) -> None:
    """They are not shown before; Enter opens what Tab leads to, and closes it."""
    either.open("/id/state/india.html?lang=en")
    summary, claim = ".lost summary", either.one(".lost")
    assert "observer status" not in claim.text

    either.one(summary).click()
    assert "observer status" in claim.text
    either.one(summary).click()
    assert "observer status" not in claim.text

    either.open("/id/state/india.html?lang=en")
    reached, claim = either.tab_to(summary), either.one(".lost")
    reached.send_keys(Keys.ENTER)
    assert "observer status" in claim.text
    reached.send_keys(Keys.ENTER)
    assert "observer status" not in claim.text


def test_the_first_key_leads_past_the_menu(browser: Browser) -> None:
    """The way is shown as soon as it has the focus, and the next link is in the content."""
    browser.open("/id/state/india.html?lang=en")
    browser.press(Keys.TAB)
    assert words.texts("en")["skip"] == browser.driver.switch_to.active_element.text
    browser.press(Keys.ENTER)
    browser.press(Keys.TAB)

    assert browser.driver.switch_to.active_element in browser.all("main a")


def test_what_is_typed_into_the_head_of_a_page_is_found(either: Browser) -> None:
    """By Enter, in the language of the page."""
    either.open("/sources?lang=ru")
    either.one("header input[type=search]").send_keys("印度")
    either.enter()

    assert ("/search", "ru") == (either.path, either.lang)
    assert "Индия" == either.one(".find").text
    either.follow(".find a")
    assert ("/id/state/india.html", "ru") == (either.path, either.lang)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/id/state/india.html",
        "/query/observers?at=2019-07-11",
        "/search?q=%D0%98%D0%BD%D0%B4%D0%B8%D1%8F",
        "/ontology.html",
        "/sparql?saved=conflicts",
    ],
)
def test_another_language_is_the_same_page(browser: Browser, path: str) -> None:
    """From each to the next and back, with what was asked."""
    browser.open(path)
    asked = parse_qs(urlsplit(path).query)
    heads = set()
    for lang in ("zh", "ru", "en"):
        browser.follow(f'.tongues a[hreflang="{lang}"]')
        given = parse_qs(urlsplit(browser.driver.current_url).query)
        assert lang == browser.lang
        assert asked == {key: value for key, value in given.items() if key != "lang"}
        heads.add(browser.one("h1").text)

    assert 3 == len(heads)


def test_no_script_runs_where_scripts_are_off(browser: Browser, still: Browser) -> None:
    """Or what follows would say nothing."""
    page = "data:text/html,<title>off</title><script>document.title='on'</script>"
    for found in (browser, still):
        found.driver.get(page)

    assert ("on", "off") == (browser.driver.title, still.driver.title)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_is_there_without_scripts(still: Browser, kind: str) -> None:
    """Its words, and nothing that complains of what is missing."""
    still.open(f"{KINDS[kind]}lang=en")

    assert "en" == still.lang
    assert still.one("h1").text
    assert still.text.count("\n") > 2
    assert 0 == still.overflow()


def test_a_question_is_asked_by_its_form_without_scripts(still: Browser) -> None:
    """As of a day."""
    still.open("/query/observers?lang=en")
    field = still.one('input[name="at"]')
    field.clear()
    field.send_keys("2019-07-11")
    still.follow("form.ask button")

    rows = [row.text.split()[0] for row in still.all("table.rows tbody tr")]
    assert ["AFG", "BLR", "IRN", "MNG"] == rows
    assert "2019-07-11" == still.one('input[name="at"]').get_property("value")


def test_any_query_is_asked_in_the_plain_editor_without_scripts(still: Browser) -> None:
    """The answer is a table, and the query stays to be asked again."""
    still.open("/sparql?lang=en")
    field = still.one("textarea")
    field.clear()
    field.send_keys(ROLES)
    still.follow("form.editor button")

    assert "en" == still.lang
    assert 4 == len(still.all("table.rows tbody tr"))
    assert "observer state" in still.one("table.rows").text
    assert ROLES == still.one("textarea").get_property("value")


TAB = "#yasgui .tabPanel.active"
TIMES = """SELECT ?member ?role ?since ?until { ?claim org:member ?member ; org:role ?role ;
scog:validFrom ?since ; scog:validUntil ?until }"""
WHOLES = "SELECT ?organ ?whole { ?organ scog:organOf ?whole }"


@pytest.fixture
def editor(browser: Browser) -> Browser:
    """Return the browser at the editor with scripts, as at a first visit."""
    if not (resources.files("sco_graph.web") / "static" / "yasgui").is_dir():
        pytest.skip("Yasgui is not here, only the plain editor was used: python editor/fetch.py")
    browser.open("/sparql?lang=en")
    browser.driver.execute_script("localStorage.clear()")
    browser.open("/sparql?lang=en")
    browser.one(f"{TAB} .CodeMirror")
    return browser


def written(editor: Browser) -> str:
    """Return the query that stands in the editor."""
    code = f"document.querySelector('{TAB} .CodeMirror').CodeMirror"
    return str(editor.driver.execute_script(f"return {code}.getValue()"))


def write(editor: Browser, query: str) -> None:
    """Type a query in the place of what stands there."""
    editor.one(f"{TAB} .CodeMirror").click()
    editor.press(Keys.CONTROL + "a")
    editor.press(query)


def ask(editor: Browser, query: str) -> None:
    """Type a query and ask it by the keyboard."""
    write(editor, query)
    editor.press(Keys.CONTROL + Keys.ENTER)


def test_a_saved_question_is_opened_in_the_editor_and_asked(editor: Browser) -> None:
    """A table with its rows, how many there are, the same as it came; nothing from elsewhere."""
    editor.one('a[data-saved][href*="saved=members"]').click()
    editor.until(lambda: "scog:memberStateOf" in written(editor))
    editor.one(f"{TAB} .yasqe_queryButton").click()
    rows = editor.until(lambda: editor.all(f"{TAB} table.dataTable tbody tr"))

    assert "/sparql" == editor.path
    assert 10 == len(rows)
    assert "BLR" in rows[0].text
    assert "Rows: 10" in editor.one(f"{TAB} .yasr").text
    editor.one(f"{TAB} .select_response").click()
    assert '"bindings"' in editor.until(lambda: editor.one(f"{TAB} .yasr_results").text)
    heard = editor.heard()
    assert {editor.origin} == {"://".join(urlsplit(r)[:2]) for r in heard.requests}
    assert heard.requests.count(f"{editor.origin}/sparql") == 1
    assert ([], []) == (heard.failed, heard.complaints)


def test_the_editor_completes_the_terms_of_this_graph(editor: Browser) -> None:
    """A part of a name is enough; what is taken can be asked."""
    write(editor, "SELECT * { ?s a Partici")
    editor.press(Keys.CONTROL + Keys.SPACE)
    offered = editor.until(lambda: [li.text for li in editor.all(".CodeMirror-hints li")])
    editor.press(Keys.ENTER)
    editor.press(" }")

    assert "scog:Participation" == offered[0]
    editor.until(lambda: "{ ?s a scog:Participation }" in written(editor))
    editor.press(Keys.CONTROL + Keys.ENTER)
    editor.until(lambda: "Rows: 69" in editor.one(f"{TAB} .yasr").text)


def test_an_error_is_told_in_words(editor: Browser) -> None:
    """What is wrong and where, not the JSON in which it comes."""
    ask(editor, "SELECT nonsense")
    said = editor.until(lambda: editor.one(f'{TAB} [role="alert"]').text)

    assert "nonsense" in said
    assert "line 1" in said
    assert '{"' not in said


@pytest.mark.parametrize(
    ("view", "query", "drawn"),
    [("Timeline", TIMES, "svg.chart rect.bar"), ("Graph", WHOLES, "svg.network circle")],
)
def test_a_comment_of_a_query_chooses_how_its_answer_is_drawn(
    editor: Browser, view: str, query: str, drawn: str
) -> None:
    """A bar for each dated row, a node for each thing; the table is one click away."""
    ask(editor, f"#defaultView:{view}\n{query}")
    marks = editor.until(lambda: editor.all(f"{TAB} .yasr_results {drawn}"))

    assert len(marks) > 5
    assert marks[0].is_displayed()
    editor.one(f"{TAB} .select_table").click()
    assert editor.until(lambda: editor.all(f"{TAB} table.dataTable tbody tr"))


def test_the_editor_speaks_the_language_of_its_page(editor: Browser) -> None:
    """Whatever can be pressed or filled in is called something in it."""
    editor.driver.execute_script("localStorage.clear()")
    editor.open("/sparql?lang=zh")
    ask(editor, "SELECT ?s { ?s a scog:Meeting }")
    editor.one(f"{TAB} table.dataTable")
    names = [
        control.accessible_name
        for control in editor.all("#yasgui button, #yasgui input, #yasgui select, #yasgui textarea")
        if control.is_displayed()
    ]

    assert len(names) > 8
    assert [] == [name for name in names if re.search(r"[a-z]", name) and name.isascii()]


NO_FAULTS: dict[str, list[object]] = {"light": [], "dark": []}


def test_every_answer_of_the_editor_is_accessible(editor: Browser, axe: str) -> None:
    """Rows, the answer as it came, a picture, and what is told instead of an answer."""
    ask(editor, f"#defaultView:Graph\n{WHOLES}")
    editor.one(f"{TAB} svg.network")
    assert NO_FAULTS == faults_of(editor, axe, *NO_FAULTS)
    for view, drawn in (("table", "table.dataTable"), ("response", ".yasr_results .CodeMirror")):
        editor.one(f"{TAB} .select_{view}").click()
        editor.one(f"{TAB} {drawn}")
        assert NO_FAULTS == faults_of(editor, axe, *NO_FAULTS)
    ask(editor, "SELECT nonsense")
    editor.one(f'{TAB} [role="alert"]')
    assert NO_FAULTS == faults_of(editor, axe, *NO_FAULTS)


def test_the_keyboard_gets_out_of_the_editor(editor: Browser) -> None:
    """Tab leads on, to what asks and to the answer."""
    editor.one(f"{TAB} .CodeMirror").click()
    before = written(editor)
    editor.tab_to(f"{TAB} .select_response")

    assert before == written(editor)
