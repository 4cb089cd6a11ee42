"""The scripted editor: how it is fetched, where its page has it, and what that page may do."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hatchling.builders.wheel import WheelBuilder

from sco_graph.layout import Layout
from sco_graph.namespaces import LANGUAGES
from sco_graph.web import app, documents, editing, guard, workers
from sco_graph.web.pages import Site
from web.conftest import Fetch, Reply

ROOT = Path(__file__).parents[2]
EDITOR = ROOT / "editor"
STATIC = resources.files("sco_graph.web") / "static"
SCRIPTS = ("editor.js", "editor-answers.js", "editor-words.js")
FETCHED = ("yasgui.min.js", "yasgui.min.css", "NOTICE.txt")
YASGUI = "node_modules/@zazuko/yasgui"
PACKAGES: dict[str, dict[str, str]] = {
    YASGUI: {"version": "4.6.2", "integrity": "sha512-AAAA"},
    "node_modules/friend": {"version": "1.0.0", "integrity": "sha512-BBBB"},
}

Lock = dict[str, dict[str, str]]


class Checkout:
    """A folder with the tool in it and an npm that copies what a test laid ready."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ready = root / "ready"
        self.into = root / "src" / "sco_graph" / "web" / "static" / "yasgui"
        self.asked = root / "npm-was-asked"
        (root / "editor").mkdir()
        for name in ("fetch.py", "package.json", ".npmrc"):
            shutil.copyfile(EDITOR / name, root / "editor" / name)
        self.lock(PACKAGES)
        for place, said in PACKAGES.items():
            home = self.ready / place
            home.mkdir(parents=True)
            name = place.removeprefix("node_modules/")
            known = {"name": name, "version": said["version"], "license": "MIT"}
            (home / "package.json").write_text(json.dumps(known))
            (home / "LICENSE").write_text(f"Who may do what with {name}\n")
        built = self.ready / YASGUI / "build"
        built.mkdir()
        (built / "yasgui.min.js").write_text("var Yasgui;\n//# sourceMappingURL=yasgui.min.js.map")
        (built / "yasgui.min.css").write_text(".yasgui{}")
        self.npm(f'touch "{self.asked}"\ncp -R "{self.ready}/." .\n')

    def lock(self, packages: Lock) -> None:
        """Write a lock of these packages."""
        whole = {"lockfileVersion": 3, "packages": {"": {"license": "MIT"}, **packages}}
        text = json.dumps(whole, indent=2)
        (self.root / "editor" / "package-lock.json").write_text(text)

    def npm(self, script: str | None) -> None:
        """Put a script in the place of npm, or nothing."""
        tool = self.root / "bin" / "npm"
        tool.parent.mkdir(exist_ok=True)
        tool.unlink(missing_ok=True)
        if script is not None:
            tool.write_text(f"#!/bin/sh\n{script}")
            tool.chmod(0o755)

    def fetch(self) -> subprocess.CompletedProcess[str]:
        """Run the tool."""
        usual = os.environ["PATH"] if (self.root / "bin" / "npm").exists() else ""
        return subprocess.run(
            [sys.executable, str(self.root / "editor" / "fetch.py")],
            env={**os.environ, "PATH": f"{self.root / 'bin'}:{usual}"},
            capture_output=True,
            text=True,
            check=False,
        )

    def there(self) -> dict[str, str]:
        """Return each file below the folder of static files, with its text."""
        static = self.into.parent
        files = [path for path in static.rglob("*") if path.is_file()]
        return {str(path.relative_to(static)): path.read_text() for path in files}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_lock_names_a_sum_for_each_package_and_no_host() -> None:
    """What is fetched is what was looked at, from whichever registry."""
    text = (EDITOR / "package-lock.json").read_text("utf-8")
    wanted = json.loads((EDITOR / "package.json").read_text("utf-8"))
    packages = json.loads(text)["packages"]
    top = packages.pop("")

    assert "://" not in text
    assert all(said["integrity"].startswith("sha512-") for said in packages.values())
    assert packages[YASGUI]["version"] == wanted["dependencies"]["@zazuko/yasgui"]
    assert (True, "MIT") == (wanted["private"], wanted["license"])
    assert wanted["dependencies"] == top["dependencies"]
    assert "omit-lockfile-registry-resolved=true\n" == (EDITOR / ".npmrc").read_text("utf-8")


def test_the_editor_is_fetched_with_the_licences_of_all_that_it_is_made_from(
    checkout: Checkout,
) -> None:
    """Script without its map, style sheet, notice; a second time takes the place of the first."""
    checkout.into.mkdir(parents=True)
    (checkout.into / "stale.js").write_text("old")
    (checkout.into.parent / "yasgui.new").mkdir()  # by a run that was killed
    done = checkout.fetch()
    found = checkout.there()

    assert (0, "") == (done.returncode, done.stderr)
    assert "Yasgui 4.6.2 and 1 packages" in done.stdout
    assert {f"yasgui/{name}" for name in FETCHED} == set(found)
    assert "var Yasgui;\n" == found["yasgui/yasgui.min.js"]
    notice = found["yasgui/NOTICE.txt"]
    for said in ("@zazuko/yasgui 4.6.2\nLicence: MIT", "Who may do what with friend"):
        assert said in notice


def without(key: str) -> Lock:
    return {**PACKAGES, "node_modules/friend": {key: PACKAGES["node_modules/friend"][key]}}


BAD: dict[str, tuple[Callable[[Checkout], object], str, bool]] = {
    "a lock that names a host": (
        lambda c: c.lock({YASGUI: {**PACKAGES[YASGUI], "resolved": "https://x.example/y.tgz"}}),
        "package-lock.json:10: the lock names a host",
        False,
    ),
    "a package without a sum": (
        lambda c: c.lock(without("version")),
        "no integrity: node_modules/friend",
        False,
    ),
    "no packages": (lambda c: c.lock({}), "no packages at all", False),
    "no npm": (lambda c: c.npm(None), "npm is not here", False),
    "npm that fails": (lambda c: c.npm("echo no route >&2; exit 7"), "(7):\nno route", False),
    "a package that is not there": (
        lambda c: shutil.rmtree(c.ready / "node_modules" / "friend"),
        "npm did not install node_modules/friend",
        True,
    ),
    "no built script": (
        lambda c: (c.ready / YASGUI / "build" / "yasgui.min.js").unlink(),
        "yasgui.min.js",
        True,
    ),
}
"""What spoils it, what is said of it, and whether npm is asked at all."""


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_fetched_whole_is_refused_and_what_is_there_stays(
    checkout: Checkout, case: str
) -> None:
    """With 2 and the reason; nothing is left half."""
    spoil, said, asked = BAD[case]
    assert 0 == checkout.fetch().returncode
    before = checkout.there()
    checkout.asked.unlink()
    spoil(checkout)
    done = checkout.fetch()

    assert 2 == done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert asked == checkout.asked.exists()
    assert before == checkout.there()


def test_a_wheel_has_the_editor_where_it_was_fetched(tmp_path: Path) -> None:
    """It is ignored by git and packed none the less; what a killed run left is not."""
    static = tmp_path / "src" / "sco_graph" / "web" / "static"
    for name in ("yasgui", "yasgui.new"):
        (static / name).mkdir(parents=True)
        (static / name / "yasgui.min.js").touch()
    (tmp_path / "src" / "sco_graph" / "__init__.py").touch()
    for name in ("pyproject.toml", ".gitignore"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    builder = WheelBuilder(str(tmp_path))
    packed = {
        included.distribution_path
        for included in builder.recurse_included_files()
        if "static" in included.distribution_path
    }

    assert {"sco_graph/web/static/yasgui/yasgui.min.js"} == packed


# ---- the page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return our static files with stand-ins for what is fetched, and one file more."""
    found = tmp_path_factory.mktemp("static")
    for name in ("style.css", "mark.svg", "editor.css", *SCRIPTS):
        (found / name).write_bytes((STATIC / name).read_bytes())
    (found / "yasgui").mkdir()
    for name in (*FETCHED, "other.js"):
        (found / "yasgui" / name).write_text(name)
    return found


@pytest.fixture(scope="module")
def plain(graph: ox.Store) -> Site:
    return Site(graph, Layout.shipped())


@pytest.fixture(scope="module")
def scripted(graph: ox.Store, folder: Path) -> Site:
    return Site(graph, Layout.shipped(), scripted=True, static=folder)


@pytest.mark.parametrize("missing", FETCHED)
def test_without_all_of_it_the_page_is_the_plain_editor(
    graph: ox.Store, plain: Site, folder: Path, tmp_path: Path, missing: str
) -> None:
    """To the byte, and nothing of it is given out."""
    shutil.copytree(folder, tmp_path / "static")
    (tmp_path / "static" / "yasgui" / missing).unlink()
    site = Site(graph, Layout.shipped(), scripted=True, static=tmp_path / "static")

    for lang in LANGUAGES:
        page = site.editor(lang, "members")
        assert plain.editor(lang, "members") == page
        assert b"<script" not in page
    assert not site.scripted
    assert [None] * 3 == [site.static(f"yasgui/{name}") for name in FETCHED]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_with_it_the_page_names_files_of_ours_and_keeps_its_form(scripted: Site, lang: str) -> None:
    """No script stands inside; the words are there for it, and the form for who has none."""
    page = scripted.editor(lang).decode()
    loaded = re.findall(r'<(?:script|link rel="stylesheet")[^>]*(?:src|href)="([^"]+)"', page)
    given = re.search(r"data-given='([^']+)'", page)
    assert given is not None
    words = json.loads(given[1])

    assert [
        "/static/style.css",
        "/static/yasgui/yasgui.min.css",
        "/static/editor.css",
        "/static/yasgui/yasgui.min.js",
        "/static/editor.js",
    ] == loaded
    assert set(re.findall(r"<script.*", page)) == set(re.findall(r"<script [^>]*></script>", page))
    assert '<link rel="license" href="/static/yasgui/NOTICE.txt">' in page
    form = re.search(r'<form class="editor" action="/sparql" method="get"[^>]*>', page)
    assert form is not None
    assert " hidden" not in form[0]
    marks = re.findall(r'<a href="/sparql\?[^"]*saved=[^"]*"([^>]*)>', page)
    assert {" data-saved"} == set(marks)
    assert set(editing.OURS) == set(words["ours"])
    assert editing.YASGUI["Run query"][LANGUAGES.index(lang)] == words["yasgui"]["Run query"]


def test_every_other_page_is_as_it_was(scripted: Site, plain: Site) -> None:
    """Only the editor's page has scripts."""
    for lang in LANGUAGES:
        assert plain.home(lang) == scripted.home(lang)
        assert plain.question("members", {}, lang) == scripted.question("members", {}, lang)
        assert plain.error(404, "no", "", lang) == scripted.error(404, "no", "", lang)


def test_files_are_given_by_names_that_are_known(scripted: Site) -> None:
    """What is fetched too, and nothing beside it or above it."""
    given = [*(f"yasgui/{name}" for name in FETCHED), *SCRIPTS, "editor.css"]

    assert all(scripted.static(name) for name in given)
    for name in (
        *("yasgui/other.js", "yasgui", "yasgui/", "", "other.js", "yasgui/../yasgui/NOTICE.txt"),
        *("../pages.py", "yasgui/../../pages.py", "yasgui\\NOTICE.txt", "/yasgui/NOTICE.txt"),
    ):
        assert scripted.static(name) is None, name


# ---- the server


@pytest.fixture(scope="module")
def server_of(graph: ox.Store) -> Callable[[Site], guard.Guard]:
    """Return a function that serves a site, without workers."""

    def serve(site: Site) -> guard.Guard:
        layout = Layout.shipped()
        known = documents.Documents(graph, layout, b"")
        pool = workers.Pool(b"", 1)
        routes = app.make(app.App(layout, known, site, pool), pool)
        return guard.Guard(routes, None, site.error, lambda _: None)

    return serve


def ask(server: guard.Guard, address: str, **headers: str) -> Reply:
    path, _, query = address.partition("?")
    said: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.update(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [
            (b"host", b"localhost"),
            *(
                (key.lower().replace("_", "-").encode(), value.encode())
                for key, value in headers.items()
            ),
        ],
    }
    asyncio.run(server(scope, receive, send))
    found = {key.decode(): value.decode() for key, value in said["headers"]}
    assert len(found) == len(said["headers"]), "a header is there twice"
    return Reply(said["status"], found, said["body"])


def policy(reply: Reply) -> dict[str, list[str]]:
    parts = [part.split() for part in reply.headers["content-security-policy"].split(";")]
    return {what: sources for what, *sources in parts}


def test_the_page_of_the_editor_alone_may_run_files_of_ours_and_ask_this_server(
    scripted: Site, server_of: Callable[[Site], guard.Guard]
) -> None:
    """Nothing inline, nothing evaluated; the two sheets that it writes are known by their sums."""
    server = server_of(scripted)
    page = policy(ask(server, "/sparql", Accept="text/html"))
    usual = policy(ask(server, "/", Accept="text/html"))

    assert {"script-src": ["'self'"], "connect-src": ["'self'"]} == {
        what: page[what] for what in page.keys() - usual.keys()
    }
    assert "'self'" == page["style-src"][0]
    assert all(re.fullmatch(r"'sha256-[\w+/]{43}='", source) for source in page["style-src"][1:])
    assert {what: page[what] for what in usual if what != "style-src"} | {
        "style-src": ["'self'"]
    } == usual
    assert "unsafe" not in str(page)
    for path in ("/query/members", "/static/editor.js", "/nowhere", "/sparql?update=x"):
        assert usual == policy(ask(server, path, Accept="text/html")), path
    assert usual == policy(ask(server, "/sparql", Accept="text/turtle"))


def test_a_plain_page_may_run_nothing(
    plain: Site, server_of: Callable[[Site], guard.Guard]
) -> None:
    """Where the editor was not fetched, its page is held like every other."""
    reply = ask(server_of(plain), "/sparql", Accept="text/html")

    assert guard.POLICY == reply.headers["content-security-policy"]


def test_a_page_with_an_answer_may_do_what_its_editor_needs(fetch: Fetch) -> None:
    """Whether or not the editor is here: scripts are named where they may run, and only there."""
    for path in ("/sparql", "/sparql?query=ASK%7B%7D&format=html"):
        reply = fetch(path, Accept="text/html")
        may = reply.headers["content-security-policy"]

        assert 200 == reply.status
        assert (guard.EDITOR_POLICY if b"<script" in reply.body else guard.POLICY) == may


def test_what_was_fetched_is_kept_by_its_tag(
    scripted: Site, server_of: Callable[[Site], guard.Guard]
) -> None:
    """From our own origin, each kind as what it is; a name with a way up leads nowhere."""
    server = server_of(scripted)
    for name, kind in (
        ("yasgui.min.js", "text/javascript"),
        ("yasgui.min.css", "text/css"),
        ("NOTICE.txt", "text/plain"),
    ):
        reply = ask(server, f"/static/yasgui/{name}")
        again = ask(server, f"/static/yasgui/{name}", If_None_Match=reply.headers["etag"])

        assert (200, name.encode()) == (reply.status, reply.body)
        assert f"{kind}; charset=utf-8" == reply.headers["content-type"]
        assert (304, b"") == (again.status, again.body)
    for path in ("yasgui/other.js", "yasgui/../../app.py", "../app.py", "yasgui/", "yasgui", ""):
        assert 404 == ask(server, f"/static/{path}").status, path


# ---- our part of it


def test_the_words_of_the_editor_are_complete_and_used() -> None:
    """Each is there in every language, and each of ours is said somewhere."""
    code = "".join((STATIC / name).read_text("utf-8") for name in SCRIPTS)
    for key, found in [*editing.OURS.items(), *editing.YASGUI.items()]:
        places = {frozenset(re.findall(r"{\w+}|_[A-Z]+_", text)) for text in found}

        assert len(LANGUAGES) == len(found), key
        assert all(text.strip() for text in found), key
        assert 1 == len(places), key
        assert re.search(r"[\u4e00-\u9fff]", found[1]), key
        assert re.search(r"[а-яё]", found[2]) or "_" in found[2], key
    used = set(re.findall(r"ours\.(\w+)", code)) | {"timeline", "graph"}
    assert set(editing.OURS) == used


def test_our_files_name_no_other_site_and_write_no_markup() -> None:
    """What comes from elsewhere stays text, and nothing comes from another host."""
    for name in (*SCRIPTS, "editor.css"):
        text = (STATIC / name).read_text("utf-8")
        hosts = set(re.findall(r"https?://[\w.]+", text)) - {"http://rdfs.org"}  # a namespace

        assert set() == hosts, name
        assert [] == re.findall(r"innerHTML|outerHTML|insertAdjacent|eval\(|@import|url\(", text)
        assert len(text.splitlines()) < 200, name


@pytest.fixture
def yasgui() -> str:
    path = STATIC / "yasgui" / "yasgui.min.js"
    if not path.is_file():
        pytest.skip("the editor is not here: python editor/fetch.py")
    return path.read_text("utf-8")


def test_yasgui_is_as_our_part_of_it_takes_it(yasgui: str) -> None:
    """It says what we say otherwise, and writes the style sheets that its page allows."""
    lost = [text for text in editing.YASGUI if f"`{text}`" not in yasgui]
    grips = re.search(r'createStyle\(\w+,[`"]( \.grip.*?\})[`"]\)', yasgui, re.DOTALL)
    assert grips is not None
    sheets = (grips[1].replace("\\t", "\t"), "*{cursor:col-resize!important}")
    sums = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in sheets]

    assert [] == lost
    assert all(f"'sha256-{one}'" in guard.EDITOR_POLICY for one in sums)
    assert "sourceMappingURL" not in yasgui
