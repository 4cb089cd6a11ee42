"""Pictures are valid XML with text as text, hold what the graph holds, and never vary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from sco_graph import cache
from sco_graph.cli import main
from sco_graph.layout import Layout
from sco_graph.namespaces import LANGUAGES
from sco_graph.pictures import PICTURES
from sco_graph.pictures.svg import WORDS, Drawing, width

DOCS = Path(__file__).resolve().parents[2] / "docs"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def whole() -> ox.Store:
    """Return the shipped graph with its ontology."""
    return cache.with_vocabulary(Layout.shipped(), lambda _: None)


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.encode())  # noqa: S314  # what was drawn a moment ago


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in parse(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_xml_whose_words_stay_on_the_page(
    whole: ox.Store, name: str, lang: str
) -> None:
    """No text begins left of the page or ends right of it, as far as widths can be told."""
    root = parse(PICTURES[name](whole, lang))
    page, count = float(root.attrib["width"]), 0
    for element in root.iter(f"{SVG}text"):
        size = float(element.get("font-size", "12"))
        long = width(element.text or "", size)
        x = float(element.attrib["x"])
        left = {"start": x, "end": x - long}[element.attrib["text-anchor"]]

        assert left >= 0
        assert left + long <= page
        count += 1

    assert count > 20


@pytest.mark.parametrize(
    ("lang", "state"), [("en", "Kazakhstan"), ("zh", "哈萨克斯坦"), ("ru", "Казахстан")]
)
def test_the_timeline_names_each_state_once(whole: ox.Store, lang: str, state: str) -> None:
    """Twenty-seven rows, four roles in the legend, and the day of the record."""
    svg = PICTURES["timeline"](whole, lang)
    found = texts(svg)

    assert 1 == found.count(state)
    assert 1 == sum("2025-11-18" in text for text in found)
    assert 49 == svg.count("<polygon")


def test_the_structure_holds_the_organs_and_their_seats(whole: ox.Store) -> None:
    """The seven organs of the Charter, two of RATS, three associated bodies."""
    found = texts(PICTURES["structure"](whole, "en"))

    assert {"Secretariat", "Council of RATS", "SCO Forum"} <= set(found)
    assert 2 == found.count("seat: Tashkent")


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_of_the_readme_are_what_the_command_draws(whole: ox.Store, name: str) -> None:
    """A picture in docs/ is drawn anew when the graph changes: sco-graph picture NAME -o FILE."""
    drawn = PICTURES[name](whole, "en")

    assert drawn == (DOCS / f"{name}.svg").read_text(encoding="utf-8")
    assert f"docs/{name}.svg" in (DOCS.parent / "README.md").read_text(encoding="utf-8")


def test_the_hash_seed_changes_no_byte() -> None:
    """The same graph gives the same bytes, whatever the hash seed."""
    command = [sys.executable, "-m", "sco_graph", "picture", "ontology", "-o", "-"]
    found = set()
    for seed in ("0", "1"):
        environment = {"PYTHONHASHSEED": seed}
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        found.add(done.stdout)

    assert 1 == len(found)


def test_a_picture_of_nothing_is_still_a_picture() -> None:
    """An empty graph has a title and no rows."""
    for name, draw in PICTURES.items():
        assert texts(draw(ox.Store(), "en")), name


def test_hostile_labels_are_text() -> None:
    """Angle brackets, ampersands and quotes in a label are escaped."""
    drawing = Drawing(10, 10, "<script>", "en")
    drawing.text(1, 1, 'a < b & "c" </svg>')
    drawing.diamond(1, 1, 1, fill="red", tip="<&>")

    assert ['a < b & "c" </svg>'] == texts(str(drawing))


def test_every_fixed_word_is_there_in_every_language() -> None:
    """The table of words has no holes."""
    assert all(set(LANGUAGES) == set(words) for words in WORDS.values())


def test_the_command_writes_a_file_or_nothing(tmp_path: Path) -> None:
    """A file that is there is replaced whole; a folder that is not there is told."""
    target = tmp_path / "timeline.svg"

    assert 0 == main(["picture", "timeline", "-o", str(target), "--lang", "zh"])
    assert target.read_text(encoding="utf-8").startswith("<?xml")
    assert 2 == main(["picture", "timeline", "-o", str(tmp_path / "no" / "x.svg")])
    assert ["timeline.svg"] == [path.name for path in tmp_path.iterdir()]
