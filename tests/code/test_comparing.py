"""What others say of the same memberships: in any of four shapes, with a verdict for each."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from conftest import Run

FOREIGN = Path(__file__).parents[1] / "foreign"
NO_LINKS = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"


def compared(run: Run, foreign: Path, links: Path) -> list[dict[str, str]]:
    code, out, _ = run("compare", foreign, "--links", links)
    assert 0 == code
    return list(csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "wikidata.nt",
            [
                "IND,member-state,2017-06-09,,2017-06-09,,same",
                "PAK,member-state,2017-06-09,,2016-06-24,,differs",
            ],
        ),
        (
            "page.jsonld",
            [
                "IND,member-state,2017-06-09,,2017-06-09,,same",
                "MNG,observer-state,2004-06-17,2025-09-01,2004,2025-08-31,same",
                "TUR,member-state,,,2025-09-01,,only-theirs",
            ],
        ),
        (
            "register.ttl",
            [
                "IRN,observer-state,2005-07-05,2023-07-04,2005-07-05,2022-09-15,differs",
                "KAZ,member-state,2001-06-15,,2001-06-15,,same",
            ],
        ),
    ],
)
def test_a_foreign_graph_is_compared_whatever_its_vocabulary(
    run: Run, tmp_path: Path, name: str, expected: list[str]
) -> None:
    """Blank nodes, periods, years, last days and roles by name are understood; the rest is ours."""
    links = tmp_path / "links.sssom.tsv"
    run("link", FOREIGN / name, "-o", links)
    rows = compared(run, FOREIGN / name, links)
    theirs = [",".join(row.values()) for row in rows if row["verdict"] != "only-ours"]

    assert expected == theirs
    assert 48 == sum(1 for row in rows if row["verdict"] != "only-theirs")
    assert rows == sorted(rows, key=lambda row: list(row.values()))


@pytest.mark.parametrize(
    ("options", "same"),
    [
        (("--profile", "org"), 48),
        (("--profile", "schema"), 48),
        (("--profile", "wikidata"), 10),
        (("--graph", "public-record"), 48),
    ],
)
def test_what_we_export_says_the_same_as_we_do(
    run: Run, tmp_path: Path, options: tuple[str, str], same: int
) -> None:
    """Each shape that is read is also written: nothing differs, nothing is new."""
    theirs, links = tmp_path / "theirs.ttl", tmp_path / "links.sssom.tsv"
    links.write_text(NO_LINKS, encoding="utf-8")
    run("export", *options, "-o", theirs)
    if "wikidata" in options:
        run("link", theirs, "-o", links)
    verdicts = Counter(row["verdict"] for row in compared(run, theirs, links))

    assert (same, 48 - same) == (verdicts["same"], verdicts["only-ours"])
    assert {"same", "only-ours"} >= set(verdicts)


def test_a_membership_without_a_node_of_its_own_is_found(run: Run, tmp_path: Path) -> None:
    """A plain triple says a role and no dates: it differs where ours has one."""
    theirs, links = tmp_path / "theirs.nt", tmp_path / "links.sssom.tsv"
    links.write_text(NO_LINKS, encoding="utf-8")
    ours = "https://w3id.org/sco-graph/id/"
    theirs.write_text(
        f"<{ours}state/india> <http://schema.org/memberOf> <{ours}organization/sco> .\n"
        f"<{ours}state/turkey> <http://www.w3.org/ns/org#memberOf> <{ours}organization/sco> .\n",
        encoding="utf-8",
    )
    found = {(r["iso3"], r["role"]): r["verdict"] for r in compared(run, theirs, links)}

    assert "differs" == found["IND", "member-state"]
    assert "only-theirs" == found["TUR", "member-state"]
    assert "only-ours" == found["CHN", "member-state"]


def test_what_cannot_be_compared_is_refused(run: Run, tmp_path: Path) -> None:
    """A missing file, an organization that is none."""
    links = tmp_path / "links.sssom.tsv"
    links.write_text(NO_LINKS, encoding="utf-8")
    for arguments in (
        ("no.ttl", "--links", links),
        (FOREIGN / "register.ttl", "--links", tmp_path / "no.tsv"),
        (FOREIGN / "register.ttl", "--links", links, "--organization", "nato-x"),
    ):
        code, out, err = run("compare", *arguments)
        assert (2, "") == (code, out)
        assert err
