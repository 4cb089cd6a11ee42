"""A browser that runs, for the tests that see pages as their readers do."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

Found = TypeVar("Found")

SECONDS = 15
"""How long a page may take before a test gives up on it."""

_SWITCHES = (
    "--headless=new",
    "--no-sandbox",  # root has none, and no page but ours is opened
    "--disable-dev-shm-usage",  # containers have little of it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name is looked up: what asks another host is seen in the log, and hears nothing.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

# Each text that sticks out of what shows it. What scrolls may be wider than it shows, and what
# is cut to nothing is there for readers who listen.
_CUT = """
const cut = [];
const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const range = document.createRange();
while (nodes.nextNode()) {
  const text = nodes.currentNode;
  if (!text.data.trim() || !text.parentElement.checkVisibility()) continue;
  let left = 0, right = innerWidth, free = false;
  for (let box = text.parentElement; box && !free; box = box.parentElement) {
    const style = getComputedStyle(box);
    const flow = style.overflowX;
    free = style.clipPath !== 'none' || flow === 'auto' || flow === 'scroll';
    if (!free && flow !== 'visible' && box !== document.body) {
      const edge = box.getBoundingClientRect();
      left = Math.max(left, edge.left);
      right = Math.min(right, edge.right);
    }
  }
  range.selectNodeContents(text);
  const out = [...range.getClientRects()].some(r => r.left < left - 1 || r.right > right + 1);
  if (!free && out) cut.push(text.data.trim());
}
return cut;
"""

# Each text of a table in a column so narrow that hardly two words fit beside each other.
_SQUEEZED = """
return [...document.querySelectorAll('td')].filter(cell => {
  const least = 8 * parseFloat(getComputedStyle(cell).fontSize);
  return cell.checkVisibility() && cell.innerText.length > 40 && cell.clientWidth < least;
}).map(cell => cell.innerText);
"""

_NOT_LOADED = """
const pictures = [...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src);
const sheets = [...document.querySelectorAll('link[rel=stylesheet]')]
  .filter(l => !l.sheet || !l.sheet.cssRules.length).map(l => l.href);
return [...pictures, ...sheets];
"""


class Heard(NamedTuple):
    """What the browser did since a page was opened."""

    requests: list[str]
    """The address of each request, also of one that got no answer."""
    failed: list[str]
    """What was not got, with the reason."""
    complaints: list[str]
    """Errors and warnings in the console."""


class Browser:
    """Chromium, at a server."""

    def __init__(self, driver: webdriver.Chrome, origin: str) -> None:
        self.driver, self.origin = driver, origin

    # ---- how it looks at a page

    def wide(self, pixels: int) -> None:
        """Show pages in a window of this width."""
        window = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", window)

    def scheme(self, name: str) -> None:
        """Prefer light or dark."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    # ---- what a reader does

    def open(self, path: str) -> None:
        """Go to an address of the server and forget what was heard before."""
        self.heard()
        self.driver.get(self.origin + path)

    def one(self, selector: str) -> WebElement:
        """Return the first element that there is and that is shown."""
        return self.until(
            lambda: next((e for e in self.all(selector) if e.is_displayed()), None),
            f"{selector} is not shown on {self.driver.current_url}",
        )

    def all(self, selector: str) -> list[WebElement]:
        """Return every element that there is."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def follow(self, selector: str) -> None:
        """Click on what leads to another page and wait until it is there."""
        before = self.all("html")[0].id
        self.one(selector).click()
        self.until(lambda: self._another(before))

    def enter(self) -> None:
        """Press Enter where it leads to another page and wait until it is there."""
        before = self.all("html")[0].id
        self.press(Keys.ENTER)
        self.until(lambda: self._another(before))

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def tab_to(self, selector: str) -> WebElement:
        """Press Tab until an element has the focus."""
        for _ in range(200):
            self.press(Keys.TAB)
            if (reached := self.driver.switch_to.active_element) in self.all(selector):
                return reached
        raise AssertionError(f"Tab does not lead to {selector}")

    def until(self, give: Callable[[], Found | None], otherwise: str = "") -> Found:
        """Return what a function gives as soon as it gives something that counts as true."""
        waiting = WebDriverWait(self.driver, SECONDS, poll_frequency=0.05)
        return waiting.until(lambda _: give() or False, otherwise)

    def _another(self, before: str) -> bool:
        found = self.all("html")
        state = self.driver.execute_script("return document.readyState")
        return state == "complete" and bool(found) and found[0].id != before

    # ---- what there is

    @property
    def text(self) -> str:
        """The words of the page that are shown, without its frame."""
        return self.one("main").text

    @property
    def lang(self) -> str:
        """The language that the page says it is in."""
        return self.all("html")[0].get_dom_attribute("lang") or ""

    @property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.driver.current_url).path

    def cut(self) -> list[str]:
        """Return each text that is not shown whole."""
        return list(self.driver.execute_script(_CUT))

    def squeezed(self) -> list[str]:
        """Return each text that stands in a column too narrow to read it."""
        return list(self.driver.execute_script(_SQUEEZED))

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        root = "document.documentElement"
        return int(
            self.driver.execute_script(f"return {root}.scrollWidth - {root}.clientWidth") or 0
        )

    def not_loaded(self) -> list[str]:
        """Return pictures and style sheets that are named and not there."""
        return list(self.driver.execute_script(_NOT_LOADED))

    def heard(self) -> Heard:
        """Return what was asked for and said since a page was opened, once."""
        found = Heard([], [], [])
        replies = []
        for entry in self._log("performance"):
            message = json.loads(entry["message"])["message"]
            said = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                found.requests.append(said["request"]["url"])
            elif message["method"] == "Network.loadingFailed":
                found.failed.append(said["errorText"])
            elif message["method"] == "Network.responseReceived":
                replies.append((said["response"]["status"], said["response"]["url"]))
        found.failed.extend(f"{status} {url}" for status, url in replies if status >= 400)
        for entry in self._log("browser"):
            if entry["level"] in ("SEVERE", "WARNING"):
                found.complaints.append(entry["message"])
        return found

    def _log(self, name: str) -> list[dict[str, Any]]:
        """Return what was written into a log of the browser since it was read before."""
        return list(self.driver.get_log(name))  # type: ignore[no-untyped-call]


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not here, so no page was opened: install chromium-driver")
    return path


@contextmanager
def browsing(port: int, profile: Path, *, scripts: bool = True) -> Iterator[Browser]:
    """Start a browser at a server on this port, with an empty profile, and end it."""
    options = webdriver.ChromeOptions()
    options.binary_location = _program("chromium")
    for switch in _SWITCHES:
        options.add_argument(switch)
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
    if not scripts:
        blocked = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", blocked)
    # With the path given, selenium looks for no driver and fetches none.
    service = Service(_program("chromedriver"), log_output=subprocess.DEVNULL)
    driver = webdriver.Chrome(options=options, service=service)
    try:
        driver.set_page_load_timeout(SECONDS)
        driver.set_script_timeout(SECONDS)
        driver.get("about:blank")  # the page of its own that it starts with may come late
        yield Browser(driver, f"http://127.0.0.1:{port}")
    finally:
        driver.quit()


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def faults_of(browser: Browser, axe: str, *schemes: str) -> dict[str, list[object]]:
    """Return what WCAG 2.1, level AA, finds wrong with the page that is open, by its colours."""
    unfold = "document.querySelectorAll('details').forEach(found => { found.open = true; });"
    browser.driver.execute_script(f"{axe}; {unfold}")
    found: dict[str, list[object]] = {}
    for scheme in schemes:
        browser.scheme(scheme)
        judged = browser.driver.execute_async_script(
            "axe.run({runOnly: arguments[0]}).then(arguments[1])", WCAG
        )
        found[scheme] = [
            (fault["id"], fault["help"], [node["html"] for node in fault["nodes"]])
            for fault in judged["violations"]
        ]

        assert len(judged["passes"]) > 20, scheme
    return found
