"""A made-up world of organizations in the project's own ontology, as large as one asks for.

    python benchmarks/world.py TRIPLES -o FILE.nq [--seed N] [--clean] [--planted FILE.json]

N-Quads, a named graph for each source: states with their regions and cities, organizations with
organs, offices and people, who took part in which role and when, meetings and what they adopted,
and the evidence for all of it. FILE ending in `.gz` is compressed, `-` is the standard output. The
same numbers give the same bytes. A larger world has more organizations, not larger ones.

About one thing in a thousand is at fault, each kind at least once; `--clean` leaves the faults
out. How many results which shape or check has to give goes to stderr and, with what the world
consists of, to the file that `--planted` names. Two-letter codes come round again after 676
states (1.3 million triples): `shared-code` counts the pairs that this makes, without faults too.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from faults import FAULTS, Planter
from lands import NEIGHBOURS, Lands
from quads import RESOLUTIONS, SOURCES, Name, Pair, Sink, day, iri, labels, name, whole
from sco_graph.namespaces import GRAPH

LEAST = 10_000
"""Of a smaller world the faults, one of each kind, would be too large a part."""
RATE = 5_000
"""Triples to a fault: some thousand things."""
ROLES = ("dialogue-partner", "observer-state", "member-state")
MEMBER, ORGANIZATION, ROLE = iri("org:member"), iri("org:organization"), iri("org:role")
SINCE, UNTIL, STATED = iri("scog:validFrom"), iri("scog:validUntil"), iri("scog:statedAsOf")
SEAT, HELD_IN = iri("scog:seat"), iri("scog:heldIn")
RANK, ON, ORGAN_OF = iri("scog:rank"), iri("scog:date"), iri("scog:organOf")
YEAR, MONTH = iri("xsd:gYear"), iri("xsd:gYearMonth")


class World(Lands):
    """Writes lands and, in each, organizations."""

    def blocks(self) -> Iterator[None]:
        """Write block after block, without end; one can stop after each."""
        yield from self.sources()
        for _ in range(NEIGHBOURS):
            yield from self.state()
        while True:
            yield from self.state()
            yield from self.places()
            yield from self.people()
            for _ in range(2):
                yield from self._organization()

    def _any_day(self, year: int) -> str:
        return day(year, self.random.randrange(1, 13), self.random.randrange(1, 29))

    def _organization(self) -> Iterator[None]:
        it = self.new("organization")
        number = self.numbers["organization"]
        main, other = f"world-{2 + number % 3}", f"world-{2 + (number + 1) % 3}"
        called, founded = name(number + 17), self.random.randrange(1950, 2000)
        treaty = self._document(main, called, founded, "constituent-treaty")
        yield
        about = labels(called, "{} Organization", "{}组织", "Организация {}")
        about += [
            (iri("skos:altLabel"), f'"{called.en[:2].upper()}O"@en'),
            (iri("scog:establishedOn"), f'"{founded}"^^{YEAR}'),
            (iri("scog:permanent"), f'"true"^^{iri("xsd:boolean")}'),
            (iri("scog:objective"), self.known["Objective"]),
            (iri("scog:internalPrinciple"), self.known["Principle"]),
            (SEAT, self.cities[0]),
        ]
        self.plain(main, it, "scog:IntergovernmentalOrganization", about)
        yield
        council, secretariat = self.new("organ"), self.new("organ")
        yield from self._organs(main, called, it, (council, secretariat), treaty)
        yield from self._founding(main, called, it, founded)
        yield from self._offices(main, called, secretariat, founded)
        self.known |= {"organization": it, "organ": council}
        members = 0
        for state in self.states:
            members += self._participations((main, other), it, state, founded)
            yield
        self.told(main, it, [(iri("scog:memberStateCount"), whole(members))])
        yield
        yield from self._meetings(main, called, council, founded)

    def _document(self, source: str, called: Name, year: int, kind: str) -> str:
        it = self.new("document")
        about = labels(called, f"{kind} {year} of {{}}", "{}的文件", "документ {}")
        about += [(iri("scog:kindOfDocument"), iri(f"concept:{kind}"))]
        about += [(iri("scog:signedOn"), self._any_day(year))]
        about += [(iri("scog:inForceSince"), self._any_day(year + 1))]
        about += [(iri("scog:signedIn"), self.cities[2])]
        about += [(iri("scog:party"), state) for state, _ in self.states[:3]]
        self.claim(source, it, "scog:Document", called, about)
        return it

    def _organs(
        self, source: str, called: Name, of: str, organs: tuple[str, str], treaty: str
    ) -> Iterator[None]:
        """Write a council, a secretariat below it, and a committee below that."""
        council, secretariat = organs
        about = labels(called, "Council of {}", "{}理事会", "Совет {}")
        about += [(iri("scog:supremeOrganOf"), of), (ORGAN_OF, of)]
        about += [(iri("scog:meetingFrequency"), iri("concept:annual"))]
        self.plain(source, council, "scog:DecisionMakingBody", about)
        yield
        about = labels(called, "Secretariat of {}", "{}秘书处", "Секретариат {}")
        about += [(ORGAN_OF, of), (SEAT, self.cities[0]), (iri("scog:establishedBy"), treaty)]
        about += [(iri("scog:task"), self.known["Task"]), (iri("scog:article"), '"11"')]
        self.plain(source, secretariat, "scog:PermanentBody", about)
        yield
        about = [*labels(called, "Committee of {}", "{}委员会", "Комитет {}")]
        about += [(ORGAN_OF, secretariat)]
        about += [(iri("scog:meetingFrequency"), self.known["Frequency"])]
        self.plain(source, self.new("organ"), "scog:Organ", about)
        yield

    def _founding(self, source: str, called: Name, of: str, founded: int) -> Iterator[None]:
        about = labels(called, "founding of {}", "{}成立", "основание {}")
        about += [(ON, self._any_day(founded)), (iri("scog:founded"), of)]
        about += [(iri("scog:founder"), state) for state, _ in self.states[:3]]
        about += [(HELD_IN, self.cities[1])]
        self.claim(source, self.new("event"), "scog:Founding", called, about)
        yield

    def _offices(self, source: str, called: Name, of: str, founded: int) -> Iterator[None]:
        office = self.new("office")
        about = labels(called, "Secretary of {}", "{}秘书长", "Секретарь {}")
        self.plain(source, office, "scog:Office", [*about, (iri("scog:officeOf"), of)])
        yield
        for turn in range(3):
            about = [
                (MEMBER, self.persons[turn]),
                (iri("scog:office"), office),
                (SINCE, f'"{founded + 4 * turn}"^^{YEAR}'),
                (UNTIL, f'"{founded + 4 * turn + 3}"^^{YEAR}'),
                (iri("scog:titleUsed"), '"Secretary"@en'),
            ]
            self.claim(source, self.new("office-holding"), "scog:OfficeHolding", called, about)
            yield
        self.known["office"] = office

    def _participations(
        self, sources: tuple[str, str], of: str, state: tuple[str, Name], founded: int
    ) -> int:
        """Write the roles of a state, one after the other; return 1 where it ends as a member."""
        main, other = sources
        turns = self.random.choice((1, 2, 2, 3))
        first = self.random.randrange(4 - turns)
        year = founded + self.random.randrange(3)
        _, since = self._turn(year)
        ended = self.random.random() < 0.2
        for turn in range(turns):
            role, last = first + turn, turn == turns - 1
            doubt = self.random.random()
            it = self.new("participation")
            about = [(SINCE, since)]
            began, year = year, year + self.random.randrange(2, 6)
            until, since = self._turn(year)
            if ended or not last:
                about += [(UNTIL, until)]
            if doubt < 0.3:
                about += [(RANK, iri("scog:Preferred"))]
            self._participation(main, it, of, state, role, about)
            if role == len(ROLES) - 1:
                self._accession(main, it, state[1], began)
            day_within = self._any_day(began + 1)
            if doubt < 0.15:  # another source says so too, and knows less about when
                if last and not ended and doubt < 0.08:
                    about = [(SINCE, day_within)]
                else:
                    about = [(STATED, f'"{began + 1}"^^{YEAR}' if doubt < 0.1 else day_within)]
                self._participation(other, self.new("participation"), of, state, role, about)
            elif doubt < 0.25:
                self._contradict(other, it, of, state, (role + 1) % 3, day_within)
        return int(not ended and first + turns == 3)

    def _accession(self, source: str, claim: str, called: Name, year: int) -> None:
        about = labels(called, "accession of {}", "{}加入", "вступление {}")
        about += [(ON, f'"{year}"^^{YEAR}'), (iri("scog:concerns"), claim)]
        self.claim(source, self.new("event"), "scog:Accession", called, about)

    def _turn(self, year: int) -> tuple[str, str]:
        """Return an end and a beginning that touch: as days, as months or as years."""
        kind = self.random.random()
        if kind < 0.7:
            both = self._any_day(year)
            return both, both
        if kind < 0.85:
            month = self.random.randrange(1, 12)
            return f'"{year}-{month:02d}"^^{MONTH}', f'"{year}-{month + 1:02d}"^^{MONTH}'
        return f'"{year}"^^{YEAR}', f'"{year + 1}"^^{YEAR}'

    def _participation(
        self, source: str, it: str, of: str, state: tuple[str, Name], role: int, about: list[Pair]
    ) -> None:
        said = [(MEMBER, state[0]), (ORGANIZATION, of), (ROLE, iri(f"role:{ROLES[role]}"))]
        self.claim(source, it, "scog:Participation", state[1], [*said, *about])

    def _contradict(
        self, source: str, claim: str, of: str, state: tuple[str, Name], role: int, on: str
    ) -> None:
        """Let a source give another role for a day, and resolve that."""
        it = self.new("participation")
        reason = (iri("scog:rankReason"), '"Outdated when it was published."@en')
        about = [(STATED, on), (RANK, iri("scog:Deprecated")), reason]
        about += [(iri("scog:conflictsWith"), claim)]
        self._participation(source, it, of, state, role, about)
        about = [(iri("scog:prefers"), claim), (iri("scog:over"), it)]
        about += [(iri("scog:reason"), '"The other source was there."@en')]
        about += [(iri("scog:reason"), '"另一来源在场。"@zh')]
        self.thing(RESOLUTIONS, self.new("resolution"), "scog:Resolution", about)

    # ---- meetings

    def _meetings(self, source: str, called: Name, of: str, founded: int) -> Iterator[None]:
        for number in range(1, 9):
            english, chinese = f"meeting {number} of {{}}", f"{{}}第{number}次会议"
            about = labels(called, english, chinese, "встреча {}")
            if number % 2:
                kind = "declaration" if number % 4 == 1 else "treaty"
                adopted = self._document(source, called, founded + number, kind)
                about += [(iri("scog:adopted"), adopted)]
                yield
            month, dom = self.random.randrange(1, 13), self.random.randrange(1, 26)
            first, last = (day(founded + number, month, dom + more) for more in (0, 2))
            about += [
                (iri("scog:meetingOf"), of),
                (iri("scog:ordinal"), whole(number)),
                (iri("scog:startDate"), first),
                (iri("scog:endDate"), last),
                (iri("scog:sessionDate"), last),
                (HELD_IN, self.cities[number % 4]),
                (iri("scog:hostState"), self.states[-1][0]),
                (iri("scog:hasFormat"), iri("concept:in-person")),
                (iri("scog:chairedBy"), self.persons[number % 6]),
                (iri("scog:agreedOn"), self.known["Objective"]),
                (iri("scog:progressIn"), self.known["CooperationArea"]),
            ]
            self.claim(source, self.new("meeting"), "scog:Meeting", called, about)
            yield
            if number % 4 == 0:
                yield from self._memorandum(source, called, founded + number)

    def _memorandum(self, source: str, called: Name, year: int) -> Iterator[None]:
        about = labels(called, "memorandum with {}", "与{}的备忘录", "меморандум с {}")
        about += [(ON, self._any_day(year)), (iri("scog:signatory"), self.states[0][0])]
        self.claim(source, self.new("event"), "scog:MemorandumSigning", called, about)
        yield


# ---- the command


def write(out: Sink, triples: int, seed: int, clean: bool) -> tuple[World, Counter[str]]:
    """Write a world; return it and how many results each shape or check has to give."""
    world = World(out, seed)
    many = 0 if clean else max(len(FAULTS), triples // RATE)
    planter = Planter(world, many)
    for _ in world.blocks():
        if "office" in world.known:
            planter.plant(many * world.triples // triples)
        world.flush()
        if world.triples >= triples:
            break
    planter.plant(many)
    world.flush()
    planter.results["shared-code"] += world.shared_codes()
    return world, +planter.results


@contextlib.contextmanager
def opened(path: str) -> Iterator[Sink]:
    """Open what is written to: a file, one that is compressed, or the standard output."""
    if path == "-":
        yield sys.stdout.buffer
    elif path.endswith(".gz"):
        # Neither a name nor a time in the header: the same world, the same bytes.
        with (
            Path(path).open("wb") as file,
            gzip.GzipFile("", "wb", compresslevel=5, fileobj=file, mtime=0) as out,
        ):
            yield out
    else:
        with Path(path).open("wb") as file:
            yield file


def main() -> None:
    """Write a world as the command line asks for it, and tell what is at fault in it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("triples", type=int, metavar="TRIPLES")
    parser.add_argument("-o", "--output", required=True, metavar="FILE.nq")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--clean", action="store_true", help="plant no fault")
    parser.add_argument("--planted", type=Path, metavar="FILE.json")
    given = parser.parse_args()
    if given.triples < LEAST:
        parser.error(f"a world has at least {LEAST} triples")
    with opened(given.output) as out:
        world, planted = write(out, given.triples, given.seed, given.clean)
    print(f"{world.triples} triples, {sum(world.classes.values())} things", file=sys.stderr)
    for rule, count in sorted(planted.items()):
        print(f"{rule:<30} {count:>8}", file=sys.stderr)
    if given.planted:
        told = {
            "triples": world.triples,
            "sources": [GRAPH + source for source in (*SOURCES, RESOLUTIONS)],
            "classes": dict(sorted(world.classes.items())),
            "planted": dict(sorted(planted.items())),
        }
        given.planted.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
